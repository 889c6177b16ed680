"""`python -m clinic prepare`: what must hold before anything starts. `make run` calls it first."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.booking import transports


class Command(BaseCommand):
    """Checks that each booking transport has its settings, then brings the database's tables up to date."""

    help = "Check the booking settings and bring the database's tables up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say nothing if all is well."""
        current = settings.load()
        try:
            transports.ready(load(current.content).clinic, current)
            call_command("migrate", interactive=False, verbosity=0)
        except (ContentError, settings.SettingsError) as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database at DATABASE_URL could not be brought up to date: {error}") from None
