"""The clinic's side: the curated answers, and later booking, the conversations and the staff room."""

import os


def setup() -> None:
    """Make Django's settings and apps ready, for a process that Django did not start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.site.settings")
    import django

    django.setup()
