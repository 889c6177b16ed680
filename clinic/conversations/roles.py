"""Who may do what in the staff room. The groups are made and kept as this table says whenever the tables are migrated.

An administrator is what Django calls a superuser, or a member of the first group. What a group was given by hand in the
staff room stays.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions

INBOX = ("booking.view_bookingrequest", "booking.handle_bookingrequest", "booking.resend_delivery")
TRANSCRIPTS = ("conversations.view_conversation",)
REVIEW = (
    "conversations.judge_turn",
    "conversations.view_example",
    "conversations.change_example",
    "conversations.view_gap",
    "conversations.change_gap",
)
TEACH = ("conversations.approve_example", "conversations.export_example")
INSIGHTS = ("conversations.view_insights",)
READINGS = ("conversations.view_reading",)
ACCOUNTS = tuple(f"auth.{verb}_{what}" for verb in ("add", "change", "delete", "view") for what in ("user", "group"))

#: Names in both languages of the staff room: they are data, and data is not translated.
ADMINISTRATORS = "Administration · Administrators"
REVIEWERS = "Révision · Reviewers"
FRONT_DESK = "Accueil · Front desk"
ANALYSTS = "Analyse · Analysts"

ROLES: dict[str, tuple[str, ...]] = {
    ADMINISTRATORS: (*INBOX, *TRANSCRIPTS, *REVIEW, *TEACH, *INSIGHTS, *READINGS, *ACCOUNTS),
    REVIEWERS: (*TRANSCRIPTS, *REVIEW, *TEACH, *INSIGHTS),
    FRONT_DESK: INBOX,
    ANALYSTS: INSIGHTS,
}
#: Wagtail makes them for pages; this project has none.
FOREIGN = ("Editors", "Moderators")


def bring_up_to_date(using: str, **_: Any) -> None:
    """Make the groups and give them what is missing."""
    from django.contrib.auth.models import Group, Permission

    for app in ("wagtailadmin", "booking", "conversations", "auth"):
        create_permissions(apps.get_app_config(app), using=using, verbosity=0)
    Group.objects.using(using).filter(name__in=FOREIGN, user=None).delete()
    for name, allowed in ROLES.items():
        group, _made = Group.objects.using(using).get_or_create(name=name)
        codenames = {full.partition(".")[2]: full.partition(".")[0] for full in ("wagtailadmin.access_admin", *allowed)}
        found = Permission.objects.using(using).filter(codename__in=codenames).select_related("content_type")
        group.permissions.add(*(p for p in found if codenames[p.codename] == p.content_type.app_label))
