"""An e-mail to the reviewers about a safety concern. It says nothing that a patient typed or a reviewer noted."""

import smtplib
from typing import Any

from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.booking.transports.email import Server
from clinic.conversations import roles
from clinic.conversations.models import Verdict


class AlertError(Exception):
    """The e-mail did not go out; the banner in the staff room stays all the same."""


def tell_reviewers(verdict: Verdict, *, path: str) -> int:
    """Write to each reviewer who has an address; how many. None is written to where no mail server is named.

    Raises:
        AlertError: the mail server is named, but did not take it.
    """
    current, people = settings.load(), _reviewers()
    if not (current.smtp_url and people):
        return 0
    try:
        server = Server.read(current.smtp_url, sender=load(current.content).clinic.email)
        letters = [_letter(verdict, to=person, sender=server.sender, path=path) for person in people]
        return server.backend().send_messages(letters) or 0
    except (smtplib.SMTPException, OSError, ValueError, ContentError) as error:
        raise AlertError(type(error).__name__) from error


def _reviewers() -> list[Any]:
    people = get_user_model().objects.filter(is_active=True, groups__name=roles.REVIEWERS).exclude(email="")
    return list(people.select_related("wagtail_userprofile"))


def _letter(verdict: Verdict, *, to: Any, sender: str, path: str) -> EmailMessage:
    profile = getattr(to, "wagtail_userprofile", None)
    with translation.override(profile.get_preferred_language() if profile else site.LANGUAGE_CODE):
        return EmailMessage(
            subject=_("Safety concern about the assistant"),
            body=_(
                "%(who)s has a safety concern about something the assistant said.\n\nRead it here: %(address)s\n\n"
                "It stays open in the staff room until somebody gives another verdict."
            )
            % {"who": get_user_display_name(verdict.by), "address": site.WAGTAILADMIN_BASE_URL + path},
            from_email=sender,
            to=[to.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
