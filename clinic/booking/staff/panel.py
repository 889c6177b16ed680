"""What the first page of the staff room says of the inbox."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from clinic.booking.models import BookingRequest, Delivery


class InboxPanel(Component):
    """How many requests wait, and what was given up."""

    name = "inbox"
    template_name = "booking/staff/panel.html"
    order = 100

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Both numbers."""
        return {
            "waiting": BookingRequest.objects.inbox().count(),
            "given_up": Delivery.objects.to_see_to().count(),
        }
