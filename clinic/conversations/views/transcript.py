"""A conversation as the patient saw it, and beside each turn what the assistant understood."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clinic.conversations import addresses, naming, opening, reviewing, showing
from clinic.conversations.forms import VerdictForm
from clinic.conversations.models import Verdict
from clinic.conversations.views.filters import QueueFilters

#: After these a message can teach.
TEACHING = {Verdict.Kind.OTHER_TOPIC, Verdict.Kind.DECLINE}


class Transcript(PermissionRequiredMixin, WagtailAdminTemplateMixin, View):
    """Reading it is written down."""

    permission_required: tuple[str, ...] = ("conversations.view_conversation",)
    raise_exception = True
    template_name = "conversations/transcript.html"
    header_icon = "comment"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        self.open(pk)
        return self.render_to_response(self.get_context_data())

    def open(self, pk: int) -> None:
        """Open it, and write down who does."""
        by, at = self.request.user, timezone.now()
        self.conversation = get_object_or_404(opening.conversations(by, at=at), pk=pk)
        opening.note(self.conversation, by=by, at=at)

    def get_page_title(self) -> str:
        """A conversation is known by when it began."""
        began = date_format(timezone.localtime(self.conversation.started), "DATETIME_FORMAT")
        return _("Conversation of %(when)s") % {"when": began}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Below the list of conversations."""
        index = {"url": addresses.if_there("conversations:index"), "label": _("Conversations")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, *, refused: VerdictForm | None = None, **more: Any) -> dict[str, Any]:
        """All that the page shows; `refused` is a verdict that could not be taken."""
        turn = refused.turn.pk if refused else _number(self.request.GET.get("turn"))
        chosen = self.request.GET if refused is None else refused.among_queue
        number = _number(self.request.GET.get("p")) or 1
        return super().get_context_data(
            conversation=self.conversation,
            page=showing.page(self.conversation, number=number, turn=turn),
            wanted=turn,
            refused=refused,
            names=naming.names(),
            revisions=naming.revisions(),
            may_judge=reviewing.may_judge(self.request.user),
            keyboard=_wants_keyboard(self.request.user),
            kinds=Verdict.Kind.choices,
            teaching=TEACHING if addresses.if_there("conversations:example_propose", 0) else (),
            choices=naming.choices(),
            as_test=addresses.if_there("conversations:conversation_test", self.conversation.pk),
            among=QueueFilters.carried(chosen),
            older=_address(self.conversation.older),
            newer=_address(self.conversation.newer),
            now=timezone.now(),
            **more,
        )


def _wants_keyboard(user: Any) -> bool:
    """Wagtail lets everyone switch shortcuts off."""
    profile = getattr(user, "wagtail_userprofile", None)
    return profile is None or bool(profile.keyboard_shortcuts)


def _address(conversation: int | None) -> str:
    return reverse("conversations:transcript", args=[conversation]) if conversation else ""


def _number(given: str | None) -> int | None:
    return int(given) if given and given.isascii() and given.isdecimal() and len(given) < 19 else None
