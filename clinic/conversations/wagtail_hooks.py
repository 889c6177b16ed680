"""What the staff room adds to Wagtail, and what it takes away: there are no pages to edit here."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

#: Wagtail's own entries for pages and their reports.
UNUSED = {"explorer", "images", "documents", "reports", "help"}


class PermittedMenuItem(MenuItem):
    """An entry for those who may open it."""

    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        self._permission = permission
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether it is for whoever asks."""
        return bool(request.user.has_perm(self._permission))


@hooks.register("construct_main_menu")
def leave_out_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what only a site with pages needs."""
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    """Where the pages of the staff room are."""
    return [path("conversations/", include("clinic.conversations.urls"))]


@hooks.register("register_admin_menu_item")
def gaps_item() -> MenuItem:
    """The questions without an answer."""
    return PermittedMenuItem(
        _("Gaps"),
        reverse_lazy("conversations:gaps"),
        name="gaps",
        icon_name="help",
        order=300,
        permission="conversations.view_gap",
    )


@hooks.register("register_admin_menu_item")
def insights_item() -> MenuItem:
    """The numbers."""
    return PermittedMenuItem(
        _("Insights"),
        reverse_lazy("conversations:insights"),
        name="insights",
        icon_name="insights",
        order=400,
        permission="conversations.view_insights",
    )


@hooks.register("register_icons")
def icons(icons: list[str]) -> list[str]:
    """What Wagtail has no picture of."""
    return [*icons, "conversations/icons/insights.svg"]
