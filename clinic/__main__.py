"""Django's command line for the clinic: `python -m clinic migrate`, `deliver`, `inbox`, `resend DL-7K3F9` and so on."""

import sys

import clinic
from bot.settings import SettingsError


def main() -> None:
    """Run the command; settings or a database that cannot be used end it with a sentence."""
    try:
        clinic.setup("clinic.site.staff_settings")
    except SettingsError as error:
        sys.exit(str(error))
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        sys.exit(f"The database failed: {error}. If a table is missing, run `python -m clinic migrate`.")


if __name__ == "__main__":
    main()
