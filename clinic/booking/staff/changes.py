"""What the front desk does with a request. Changes are posted; whoever comes second is told so."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseOperationView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from clinic.booking import outbox, store
from clinic.booking.models import BookingRequest
from clinic.booking.staff import labels
from clinic.booking.staff.views import one


class ChangeView(PermissionCheckedMixin, BaseOperationView):
    """A change of one request, which somebody else may have made a moment before."""

    index_url_name = ""
    inspect_url_name = ""
    permission_policy = None
    permission_required = "handle"
    action = ""

    def get_object(self) -> BookingRequest:
        """Never a draft."""
        return one(self.pk)

    def change(self, at: dt.datetime) -> int:
        """Make the change if it can still be made; whether it was, or how often."""
        raise NotImplementedError

    def changed(self, number: int) -> str:
        """What is said of it."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Make the change, write it into the log, and say so; or say why not."""
        with transaction.atomic():
            number = self.change(timezone.now())
            if number:
                log(self.object, self.action, user=request.user)
        if not number:
            messages.error(request, self.refused())
            return redirect(self.own_url)
        look = [messages.button(self.own_url, _("View"))] if self.after != self.own_url else []
        messages.success(request, self.changed(number), buttons=look)
        return redirect(self.after)

    def refused(self) -> str:
        """Who was faster."""
        now = one(self.pk)
        if now.state == BookingRequest.State.CONFIRMED:
            return _("%(reference)s waits in the inbox already.") % {"reference": now}
        return _("Somebody was faster: %(who)s changed %(reference)s to “%(state)s” at %(time)s.") % {
            "who": now.handled_by,
            "reference": now,
            "state": labels.STATES[now.state],
            "time": hour(now.handled_at),
        }

    @property
    def own_url(self) -> str:
        """The page of the request."""
        return reverse(self.inspect_url_name, args=[self.object.pk])

    @property
    def after(self) -> str:
        """Where the front desk goes on: the list."""
        return reverse(self.index_url_name)


def hour(at: dt.datetime) -> str:
    """The hour; with the day, unless that is today."""
    local = timezone.localtime(at)
    is_today = local.date() == timezone.localdate()
    return str(date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT"))


class HandleView(ChangeView):
    """Takes a request out of the inbox: the patient was called."""

    action = "booking.handle"
    take_out = staticmethod(store.handle)
    done = gettext_lazy("%(reference)s is marked as handled.")

    def change(self, at: dt.datetime) -> int:
        """Only what waits."""
        return self.take_out(self.object.reference, by=self.request.user.get_username(), at=at)

    def changed(self, number: int) -> str:
        """It is done."""
        return str(self.done) % {"reference": self.object}


class CancelView(HandleView):
    """Takes a request out of the inbox: the patient wants it no more."""

    action = "booking.cancel"
    take_out = staticmethod(store.cancel)
    done = gettext_lazy("%(reference)s is marked as cancelled.")


class ReopenView(ChangeView):
    """Puts a request back into the inbox: the button was pressed by mistake."""

    action = "booking.reopen"

    def change(self, at: dt.datetime) -> int:
        """Only what was taken out."""
        return store.reopen(self.object.reference, at=at)

    def changed(self, number: int) -> str:
        """It waits again."""
        return _("%(reference)s is back in the inbox.") % {"reference": self.object}

    @property
    def after(self) -> str:
        """The page, where it can be handled again."""
        return self.own_url


class ResendView(ChangeView):
    """Sends what was given up once more."""

    action = "booking.resend"
    permission_required = "resend"
    again = False

    def change(self, at: dt.datetime) -> int:
        """What is on its way is left alone."""
        return outbox.resend(self.object.reference, at=at, again=self.again)

    def changed(self, number: int) -> str:
        """How many will be sent."""
        said = ngettext(
            "%(number)s delivery of %(reference)s will be sent again.",
            "%(number)s deliveries of %(reference)s will be sent again.",
            number,
        )
        return said % {"number": number, "reference": self.object}

    def refused(self) -> str:
        """There was nothing to send."""
        return _("Nothing of %(reference)s can be sent again: it is on its way already.") % {"reference": self.object}

    @property
    def after(self) -> str:
        """The page, which shows what comes of it."""
        return self.own_url


class ResendAllView(WagtailAdminTemplateMixin, ResendView):
    """Sends also what was delivered, after it was asked whether that is meant."""

    action = "booking.resend_all"
    again = True
    template_name = "booking/staff/confirm_resend.html"
    page_title = gettext_lazy("Send again")
    header_icon = "mail"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask."""
        return self.render_to_response(self.get_context_data())

    def get_page_subtitle(self) -> str:
        """The reference."""
        return str(self.object)
