"""`python -m clinic erase DL-7K3F9`: delete requests for good, when a patient asks for it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.booking import references, store


class Command(BaseCommand):
    """Deletes requests with their deliveries; nothing brings them back."""

    help = "Delete booking requests and their deliveries for good."

    def add_arguments(self, parser: CommandParser) -> None:
        """The references."""
        parser.add_argument("reference", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete each; name those that there are not."""
        wanted = [references.heard(typed) for typed in options["reference"]]
        missing = [reference for reference in wanted if not store.erase(reference)]
        if missing:
            raise CommandError(f"No such request: {', '.join(missing)}; the others, if any, were erased.")
