"""The list of requests, and one request with its deliveries."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import BaseColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import registry as logs

from clinic.booking import contact
from clinic.booking.models import BookingRequest, Delivery, Requests
from clinic.booking.staff import columns, export, filters, labels

#: So many entries of the log are shown with a request.
ENTRIES = 50


def shown() -> Requests:
    """All that patients confirmed, with the deliveries."""
    return BookingRequest.objects.confirmed().prefetch_related(
        Prefetch("deliveries", queryset=Delivery.objects.order_by("pk"))
    )


class InboxView(generic.IndexView):
    """What waits, oldest first; anything else by the filters."""

    any_permission_required = ["view"]
    page_title = gettext_lazy("Inbox")
    template_name = "booking/staff/inbox.html"
    results_template_name = "booking/staff/inbox_results.html"
    filterset_class = filters.RequestFilters
    default_ordering = "confirmed_at"
    is_searchable = True
    FORMATS = ("csv",)

    def get_base_queryset(self) -> Requests:
        """Never a draft."""
        return shown()

    def order_queryset(self, queryset: Requests) -> Requests:
        """Of what is alike, the older first."""
        return queryset.order_by(self.ordering, "pk")

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """What waits, unless something else was chosen."""
        return super().get_filterset_kwargs() | {"data": filters.with_default(self.request.GET)}

    def search_queryset(self, queryset: Requests) -> Requests:
        """By reference, name, number or address."""
        return filters.found(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The state only where it is not the same for all."""
        reference = TitleColumn(
            "reference",
            label=_("Reference"),
            sort_key="reference",
            get_url=self.get_inspect_url,
            classname="booking-reference",
        )
        every = [reference, *columns.beside_the_reference()]
        waiting = filters.with_default(self.request.GET)["state"] == BookingRequest.State.CONFIRMED
        return [column for column in every if not (waiting and column.name == "state")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The list as it is filtered, for a spreadsheet."""
        return [Button(_("Download CSV"), url=self.csv_export_url, icon_name="download", priority=90)]

    def as_spreadsheet(self, queryset: Requests, spreadsheet_format: str) -> HttpResponse:
        """Wagtail's own would let a spreadsheet compute what patients typed."""
        response = HttpResponse(export.table(queryset), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="inbox-{timezone.localdate()}.csv"'
        return response

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What was given up is said above the list; what is not found here may be in another state."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        everywhere = self.request.GET.copy()
        everywhere["state"] = "all"
        return context | {
            "given_up": Delivery.objects.to_see_to().count(),
            "everywhere": f"{self.index_url}?{everywhere.urlencode()}",
            "is_everywhere": self.request.GET.get("state") == "all",
        }


class RequestView(PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin, TemplateView):
    """Everything of one request, and its deliveries."""

    index_url_name = ""
    permission_policy = None
    permission_required = "view"
    template_name = "booking/staff/request.html"
    header_icon = "mail"

    def get_object(self) -> BookingRequest:
        """Never a draft."""
        return one(self.pk)

    def get_page_title(self) -> str:
        """Its reference."""
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, inbox, reference."""
        inbox = {"url": reverse(self.index_url_name), "label": _("Inbox")}
        return [*self.breadcrumbs_items, inbox, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The request in words, its deliveries, and who did what."""
        booking, user = self.object, self.request.user
        states = {delivery.state for delivery in booking.deliveries.all()}
        return super().get_context_data(**kwargs) | {
            "booking": booking,
            "said": labels.of(booking),
            "phone": contact.shown(booking.phone),
            "deliveries": [delivery_row(delivery) for delivery in booking.deliveries.all()],
            "entries": logs.get_logs_for_instance(booking).select_related("user")[:ENTRIES],
            "is_waiting": booking.state == BookingRequest.State.CONFIRMED,
            "may_handle": user.has_perm("booking.handle_bookingrequest"),
            "may_resend": user.has_perm("booking.resend_delivery"),
            "was_given_up": Delivery.State.GIVEN_UP in states,
            "was_delivered": Delivery.State.DONE in states,
        }


def one(pk: str) -> BookingRequest:
    """The request; drafts are not found."""
    request = shown().filter(pk=pk).first()
    if request is None:
        raise Http404
    return request


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the page shows it."""
    return {
        "transport": labels.TRANSPORTS.get(delivery.transport, delivery.transport),
        "state": labels.DELIVERIES[delivery.state],
        "given_up": delivery.state == Delivery.State.GIVEN_UP,
        "attempts": delivery.attempts,
        "last_error": delivery.last_error,
        "next_try": delivery.next_try if delivery.state == Delivery.State.WAITING else None,
        "done_at": delivery.done_at,
    }
