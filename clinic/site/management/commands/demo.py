"""`python -m clinic demo`: what `make demo` does in the database before and after its patients talk; and `remove`."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.site import demo

#: Over so many days the demo is spread; over fewer where conversations are not kept that long.
DAYS = 30
#: What a made-up request may be handed to: it goes nowhere else.
HARMLESS = {"inbox"}


class Command(BaseCommand):
    """Touches nothing but the made-up conversations."""

    help = "Remove the made-up conversations of `make demo`; `start` and `finish` are what it does itself."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=["start", "finish", "remove"])
        parser.add_argument("--again", action="store_true", help="start although there are real conversations")
        parser.add_argument("--seed", type=int, default=0, help="draws the times")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        try:
            current = settings.load()
            clinic = load(current.content).clinic
        except (ContentError, settings.SettingsError) as error:
            raise CommandError(str(error)) from None
        if options["what"] == "start":
            self._start(clinic, again=options["again"])
        elif options["what"] == "finish":
            self._finish(clinic, seed=options["seed"], at=dt.datetime.now(dt.UTC), port=current.web_port)
        else:
            self._remove()

    def _start(self, clinic: Any, *, again: bool) -> None:
        """Refuse where the demo would be in the way; the demo before this one goes."""
        elsewhere = set(clinic.booking.transports) - HARMLESS
        if elsewhere:
            raise CommandError(
                f"booking.transports of content/clinic.yml names {', '.join(sorted(elsewhere))}: made-up "
                "requests would be sent there. Set ASKMESO_CONTENT to a folder whose clinic.yml names inbox alone."
            )
        real = demo.real_conversations()
        if real and not again:
            raise CommandError(
                f"The database holds real conversations ({real}); the demo is not mixed with them. Set DATABASE_URL to "
                "another database, or run `.venv/bin/python -m bot.demo --again` to play all the same."
            )
        self._remove()

    def _finish(self, clinic: Any, *, seed: int, at: dt.datetime, port: int) -> None:
        days, zone = min(DAYS, clinic.privacy.kept_for_days), ZoneInfo(clinic.time_zone)
        demo.spread(until=at, days=days, zone=zone, seed=seed)
        demo.handle_requests(at=at, zone=zone)
        call_command("follow", once=True)
        made = demo.made()
        self.stdout.write(
            f"\nThe staff room holds {made.conversations} made-up conversations of the last {days} days: {made.turns} "
            f"turns, {made.red_flags} with a red flag, {made.requests} booking requests, {made.helpful} helpful and "
            f"{made.unhelpful} unhelpful votes.\n"
            f"  Make an account:   .venv/bin/python -m clinic createsuperuser\n"
            f"  Start everything:  make run\n"
            f"  Look around:       http://localhost:{port}/staff/\n"
            f"  Remove the demo:   .venv/bin/python -m clinic demo remove\n"
        )

    def _remove(self) -> None:
        gone = demo.remove()
        if gone:
            self.stdout.write(f"The made-up conversations are removed: {gone}.")
