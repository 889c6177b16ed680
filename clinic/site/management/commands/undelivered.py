"""`python -m clinic undelivered`: which confirmed requests no receiver has confirmed yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.booking.models import Delivery


class Command(BaseCommand):
    """A line for each delivery that is not done, without anything of the patient's."""

    help = "List the deliveries that are not done."

    def add_arguments(self, parser: CommandParser) -> None:
        """Everything, unless told otherwise."""
        parser.add_argument("--given-up", action="store_true", help="only those that were given up")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print reference, transport, state, tries and the last error."""
        rows = Delivery.objects.given_up() if options["given_up"] else Delivery.objects.undelivered()
        for row in rows:
            self.stdout.write(
                f"{row.request}  {row.transport}  {row.state}  {row.attempts} tries  {row.last_error or '-'}"
            )
        self.stdout.write(f"{len(rows)} not delivered")
