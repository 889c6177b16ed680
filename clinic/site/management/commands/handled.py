"""`python -m clinic handled DL-7K3F9 --by "Julie"`: take requests out of the inbox."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.booking import references, store


class Command(BaseCommand):
    """Marks requests as handled; they stay in the database."""

    help = "Mark requests as handled."

    def add_arguments(self, parser: CommandParser) -> None:
        """The references, and who handled them."""
        parser.add_argument("reference", nargs="+")
        parser.add_argument("--by", required=True, help="the member of the staff who did")

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark each; name those that are not in the inbox."""
        wanted = [references.heard(typed) for typed in options["reference"]]
        now = dt.datetime.now(dt.UTC)
        missing = [reference for reference in wanted if not store.handle(reference, by=options["by"], at=now)]
        if missing:
            raise CommandError(f"Not in the inbox: {', '.join(missing)}; `python -m clinic inbox` lists what is.")
