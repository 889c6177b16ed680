"""The columns of the inbox that Wagtail has not."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn

from clinic.booking.models import BookingRequest, Delivery
from clinic.booking.staff import labels


class KindColumn(Column):
    """What the clinic is asked for, and in which language the answer is expected."""

    cell_template_name = "booking/staff/kind_cell.html"

    def get_value(self, instance: BookingRequest) -> dict[str, Any]:
        """The words of both."""
        return {"kind": labels.KINDS[instance.kind], "language": labels.LANGUAGES[instance.language]}


class PatientColumn(BaseColumn):
    """Who, and how to reach them."""

    cell_template_name = "booking/staff/patient_cell.html"


class DeliveriesColumn(Column):
    """How far the deliveries are, at a glance."""

    cell_template_name = "booking/staff/deliveries_cell.html"

    def get_value(self, instance: BookingRequest) -> dict[str, Any]:
        """The state of the least of them, and which were given up."""
        deliveries = instance.deliveries.all()
        state = labels.progress(deliveries)
        stuck = [labels.TRANSPORTS.get(d.transport, d.transport) for d in deliveries if d.state == state]
        given_up = state == Delivery.State.GIVEN_UP
        return {"label": labels.DELIVERIES[state], "given_up": stuck if given_up else []}


class StateColumn(Column):
    """How far the front desk is with it."""

    cell_template_name = "booking/staff/state_cell.html"

    def get_value(self, instance: BookingRequest) -> Any:
        """The word for it."""
        return labels.STATES[instance.state]


def beside_the_reference() -> list[BaseColumn]:
    """All but the first."""
    return [
        KindColumn("kind", label=_("Request"), sort_key="kind"),
        PatientColumn("name", label=_("Patient"), sort_key="name"),
        Column("when", label=_("Preferred times"), accessor=labels.times),
        DateColumn("confirmed_at", label=_("Received"), sort_key="confirmed_at"),
        StateColumn("state", label=_("State")),
        DeliveriesColumn("deliveries", label=_("Deliveries")),
    ]
