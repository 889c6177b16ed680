"""What the staff room adds to Wagtail, and what it takes away: there are no pages to edit here."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from clinic.conversations import urls

#: Wagtail's own entries for pages and their reports.
UNUSED = {"explorer", "images", "documents", "reports", "help"}


class Entry(MenuItem):
    """An entry of the menu for those who hold a permission."""

    def __init__(self, label: object, url_name: str, *, permission: str, icon: str, order: int) -> None:
        super().__init__(label, reverse_lazy(url_name), name=url_name.replace(":", "-"), icon_name=icon, order=order)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether it leads anywhere for this person."""
        return request.user.has_perm(self.permission)


@hooks.register("construct_main_menu")
def leave_out_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what only a site with pages needs."""
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("register_admin_urls")
def pages() -> list[URLPattern | URLResolver]:
    """The staff room's own pages."""
    return [path("conversations/", include(urls))]


@hooks.register("register_admin_menu_item")
def conversations() -> MenuItem:
    """The list of conversations."""
    permission = "conversations.view_conversation"
    return Entry(_("Conversations"), "conversations:index", permission=permission, icon="comment", order=100)


@hooks.register("register_settings_menu_item")
def readings() -> MenuItem:
    """Who read what."""
    permission = "conversations.view_reading"
    return Entry(_("Who read what"), "conversations:readings", permission=permission, icon="view", order=900)
