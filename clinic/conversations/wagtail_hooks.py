"""What the staff room adds to Wagtail, and what it takes away: there are no pages to edit here."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea

#: Wagtail's own entries for pages and their reports.
UNUSED = {"explorer", "images", "documents", "reports", "help"}


@hooks.register("construct_main_menu")
def leave_out_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what only a site with pages needs."""
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("construct_search")
def search_no_pages(request: HttpRequest, areas: list[SearchArea]) -> None:
    """Leave out the search that finds pages and pictures; each list has its own."""
    areas.clear()


@hooks.register("insert_global_admin_js")
def start_choosers() -> str:
    """Start the date and time fields; a module runs once the page and its other scripts are there."""
    return format_html('<script type="module" src="{}"></script>', static("conversations/choosers.js"))
