"""What the staff room adds to Wagtail, and what it takes away: there are no pages to edit here."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from laces.components import Component
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea

from clinic.conversations import concerns, menu, reviewing, urls

#: Wagtail's own entries for pages and their reports.
UNUSED = {"explorer", "images", "documents", "reports", "help"}


@hooks.register("construct_main_menu")
def leave_out_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what only a site with pages needs."""
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("construct_homepage_panels", order=-1)
def leave_out_panels_about_pages(request: HttpRequest, panels: list[Component]) -> None:
    """Leave out Wagtail's own, which speak of pages."""
    panels[:] = [panel for panel in panels if not type(panel).__module__.startswith("wagtail.")]


@hooks.register("construct_homepage_panels")
def concerns_first(request: HttpRequest, panels: list[Component]) -> None:
    """What must be seen to stands above all else."""
    if reviewing.may_judge(request.user) and concerns.number(request):
        panels.insert(0, concerns.OpenConcerns())


@hooks.register("register_admin_urls")
def pages() -> list[URLPattern | URLResolver]:
    """The staff room's own pages."""
    return [path("conversations/", include(urls))]


for entry in menu.MAIN:
    hooks.register("register_admin_menu_item", lambda entry=entry: entry)
for entry in menu.SETTINGS:
    hooks.register("register_settings_menu_item", lambda entry=entry: entry)


@hooks.register("register_icons")
def icons(icons: list[str]) -> list[str]:
    """What Wagtail has no picture of."""
    return [*icons, "conversations/icons/insights.svg"]


class ConversationSearch(SearchArea):
    """The search of the menu, for those who may read what it finds."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether it finds anything for this person."""
        return request.user.has_perm("conversations.view_conversation")


@hooks.register("register_admin_search_area")
def search_conversations() -> SearchArea:
    """Before Wagtail's own, which finds pages."""
    return ConversationSearch(_("Conversations"), reverse_lazy("conversations:index"), order=1)


@hooks.register("insert_global_admin_js")
def start_choosers() -> str:
    """Start the date and time fields; a module runs once the page and its other scripts are there."""
    return format_html('<script type="module" src="{}"></script>', static("conversations/choosers.js"))
