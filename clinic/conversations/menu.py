"""The staff room's entries in Wagtail's menu: each is shown to those who hold its permission."""

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from clinic.conversations import concerns, reviewing


class Entry(MenuItem):
    """An entry of the menu for those who hold a permission."""

    def __init__(self, label: object, url_name: str, *, permission: str, icon: str, order: int) -> None:
        address = reverse_lazy(f"conversations:{url_name}")
        super().__init__(label, address, name=f"conversations-{url_name}", icon_name=icon, order=order)
        self.permission = f"conversations.{permission}"

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether it leads anywhere for this person."""
        return request.user.has_perm(self.permission)


class ReviewEntry(Entry):
    """The review, with how much waits."""

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
        entry.name = "conversations-concerns"
        entry.label = f"{self.label} ({reviewing.in_words(concerns.number(request))})"
        entry.url += "#concerns"
        return entry


MAIN = (
    ConcernsEntry(_("Safety concerns"), "review", permission="judge_turn", icon="warning", order=1),
    Entry(_("Conversations"), "index", permission="view_conversation", icon="comment", order=100),
    ReviewEntry(_("Review"), "review", permission="judge_turn", icon="glasses", order=110),
    Entry(_("Gaps"), "gaps", permission="view_gap", icon="help", order=120),
    Entry(_("Teach"), "examples", permission="view_example", icon="edit", order=130),
    Entry(_("Insights"), "insights", permission="view_insights", icon="insights", order=140),
)
SETTINGS = (Entry(_("Who read what"), "readings", permission="view_reading", icon="view", order=900),)
