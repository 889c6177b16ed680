"""The app of the curated answers."""

from django.apps import AppConfig


class AnswersConfig(AppConfig):
    """No models yet: the answers are files."""

    name = "clinic.answers"
