"""What the staff room adds to Wagtail, and what it takes away: there are no pages to edit here."""

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

#: Wagtail's own entries for pages and their reports.
UNUSED = {"explorer", "images", "documents", "reports", "help"}


@hooks.register("construct_main_menu")
def leave_out_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what only a site with pages needs."""
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("register_admin_urls")
def addresses() -> list[URLResolver]:
    """The staff room's own pages."""
    return [path("conversations/", include("clinic.conversations.urls"))]


class TeachMenuItem(MenuItem):
    """Shown to whoever may see the examples."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the account has the permission."""
        return bool(request.user.has_perm("conversations.view_example"))


@hooks.register("register_admin_menu_item")
def teach() -> MenuItem:
    """The examples."""
    return TeachMenuItem(_("Teach"), reverse_lazy("conversations:examples"), name="teach", icon_name="edit", order=300)
