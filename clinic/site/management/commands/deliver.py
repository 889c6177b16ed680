"""`python -m clinic deliver`: hand confirmed requests to the clinic's systems until SIGTERM or Ctrl-C."""

import datetime as dt
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.booking import deliver, transports
from clinic.booking.outbox import Patience
from clinic.site import naming


class Command(BaseCommand):
    """The worker of the outbox. Several may run."""

    help = "Hand confirmed booking requests to the clinic's systems, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """All have defaults."""
        default = Patience()
        parser.add_argument("--lease", type=float, default=default.lease.total_seconds(), help="seconds")
        parser.add_argument("--first-wait", type=float, default=default.first_wait.total_seconds(), help="seconds")
        parser.add_argument("--longest-wait", type=float, default=default.longest_wait.total_seconds(), help="seconds")
        parser.add_argument("--give-up-after", type=float, default=24.0, help="hours")
        parser.add_argument("--timeout", type=float, help="seconds for one exchange with a receiver")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deliver; a second signal ends at once."""
        current = settings.load()
        try:
            release = load(current.content)
            names = naming.of(release, release.clinic.default_language)
            on = transports.ready(release.clinic, current, names=names, timeout=options["timeout"])
        except (ContentError, settings.SettingsError) as error:
            raise CommandError(str(error)) from None
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        kept_for = dt.timedelta(days=release.clinic.booking.kept_for_days)
        deliver.run(on, patience=_patience(options), kept_for=kept_for, stop=stop)


def _patience(options: dict[str, Any]) -> Patience:
    return Patience(
        lease=dt.timedelta(seconds=options["lease"]),
        first_wait=dt.timedelta(seconds=options["first_wait"]),
        longest_wait=dt.timedelta(seconds=options["longest_wait"]),
        give_up_after=dt.timedelta(hours=options["give_up_after"]),
    )
