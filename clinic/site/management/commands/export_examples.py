"""`python -m clinic export_examples`: write what was approved in the staff room where `make train` reads it."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bot import settings
from clinic.conversations import exporting


class Command(BaseCommand):
    """The same as the button of the staff room. A second run writes nothing."""

    help = "Write the approved examples into ASKMESO_TRAINING_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was written, and what was left for a person."""
        training = settings.load().training
        try:
            written = exporting.export(training=training, at=dt.datetime.now(dt.UTC))
        except OSError as error:
            raise CommandError(f"{training} cannot be written to: {error}. See ASKMESO_TRAINING_DIR.") from None
        for name, number in written.added.items():
            self.stdout.write(f"{training / name}: {number} added")
        self.stdout.write(f"{written.total} examples written, {written.known} were there already")
        for sentence in written.conflicts:
            self.stderr.write(f"left, because it is an example of two topics: {sentence}")
        for name, reason in written.left.items():
            self.stderr.write(f"{training / name} was left as it is: {reason}. Mend it and export again.")
