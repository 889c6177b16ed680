"""The clinic's side: the curated answers, booking, the conversations and the staff room."""

import os


def setup(settings: str = "clinic.site.settings") -> None:
    """Make Django's settings and apps ready, for a process that Django did not start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    import django

    django.setup()
