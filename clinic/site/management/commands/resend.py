"""`python -m clinic resend DL-7K3F9`: try again what was given up."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.booking import outbox, references


class Command(BaseCommand):
    """Puts deliveries back into the outbox; `deliver` sends them within a second."""

    help = "Send booking requests once more."

    def add_arguments(self, parser: CommandParser) -> None:
        """The references, and whether what is done is sent too."""
        parser.add_argument("reference", nargs="+")
        parser.add_argument("--again", action="store_true", help="also what a receiver confirmed already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say for each reference how many deliveries will be sent."""
        sent = 0
        for typed in options["reference"]:
            reference = references.heard(typed)
            number = outbox.resend(reference, at=dt.datetime.now(dt.UTC), again=options["again"])
            self.stdout.write(f"{reference}: {number} to be sent")
            sent += number
        if not sent:
            raise CommandError("Nothing was given up under this reference; `undelivered` lists what is not done.")
