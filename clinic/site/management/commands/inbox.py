"""`python -m clinic inbox`: the requests that the front desk has before it."""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.booking import cells
from clinic.booking.models import BookingRequest

COLUMNS = (
    "reference",
    "confirmed_at",
    "kind",
    "topic",
    "area",
    "language",
    "name",
    "phone",
    "extension",
    "email",
    "when_said",
    "note",
)


class Command(BaseCommand):
    """A table that a spreadsheet opens, oldest first. It names patients: send it nowhere but to the front desk."""

    help = "List the confirmed requests that nobody has handled, as CSV."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a row for each request."""
        rows = BookingRequest.objects.inbox().values_list(*COLUMNS)
        self.stdout.write(cells.table([COLUMNS, *rows]), ending="")
