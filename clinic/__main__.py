"""Django's command line: `python -m clinic migrate`, `deliver`, `undelivered`, `resend DL-7K3F9`."""

import sys

import clinic
from bot.settings import SettingsError


def main() -> None:
    """Run the command; settings that cannot be used end it with a sentence."""
    try:
        clinic.setup()
    except SettingsError as error:
        sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
