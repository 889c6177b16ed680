"""The app of the staff room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConversationsConfig(AppConfig):
    """The roles are brought up to date whenever the tables are."""

    name = "clinic.conversations"

    def ready(self) -> None:
        """Keep the groups as `roles` says."""
        from clinic.conversations import roles

        post_migrate.connect(roles.bring_up_to_date, sender=self)
