"""`python -m clinic follow`: keep the staff room's summaries in step with the conversations until SIGTERM or Ctrl-C."""

import datetime as dt
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.conversations import follow


class Command(BaseCommand):
    """The reader of Rasa's table. One is enough; a second does no harm."""

    help = "Summarise new conversations for the staff room, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Once, or until stopped."""
        parser.add_argument("--once", action="store_true", help="read what is there and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow; a second signal ends at once."""
        try:
            days = load(settings.load().content).clinic.privacy.kept_for_days
        except ContentError as error:
            raise CommandError(str(error)) from None
        if options["once"]:
            while follow.catch_up(at=dt.datetime.now(dt.UTC)):
                pass
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        follow.run(kept_for=dt.timedelta(days=days), stop=stop)
