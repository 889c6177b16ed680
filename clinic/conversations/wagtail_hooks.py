"""What the staff room adds to Wagtail, and what it takes away: there are no pages to edit here."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from laces.components import Component
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from clinic.conversations import concerns, reviewing, urls

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


class ReviewEntry(Entry):
    """The review, with how much waits, or the safety concerns that are open."""

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        """The entry is the same object for everyone, so its label is made anew."""
        entry = super().render_component(request)
        number = reviewing.number_of(reviewing.waiting())
        entry.label = f"{self.label} ({reviewing.in_words(number)})" if number else str(self.label)
        return entry


class ConcernsEntry(Entry):
    """The safety concerns; there while any is open, on every page."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether a reviewer has one to see to."""
        return super().is_shown(request) and bool(concerns.number(request))

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        """With how many they are."""
        entry = super().render_component(request)
        entry.label = f"{self.label} ({reviewing.in_words(concerns.number(request))})"
        entry.url += "#concerns"
        return entry


@hooks.register("construct_main_menu")
def leave_out_pages(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what only a site with pages needs."""
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("register_admin_urls")
def pages() -> list[URLPattern | URLResolver]:
    """The staff room's own pages."""
    return [path("conversations/", include(urls))]


@hooks.register("register_admin_menu_item")
def review() -> MenuItem:
    """The queue."""
    permission = "conversations.judge_turn"
    return ReviewEntry(_("Review"), "conversations:review", permission=permission, icon="glasses", order=110)


@hooks.register("register_admin_menu_item")
def safety_concerns() -> MenuItem:
    """What must be seen to."""
    permission = "conversations.judge_turn"
    return ConcernsEntry(_("Safety concerns"), "conversations:review", permission=permission, icon="warning", order=1)


@hooks.register("construct_homepage_panels")
def concerns_first(request: HttpRequest, panels: list[Component]) -> None:
    """What must be seen to stands above all else."""
    if reviewing.may_judge(request.user) and concerns.number(request):
        panels.insert(0, concerns.OpenConcerns())
