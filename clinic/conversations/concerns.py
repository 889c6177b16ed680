"""The safety concerns that are open, as the staff room shows them to whoever may judge."""

from typing import Any

from django.http import HttpRequest
from laces.components import Component

from clinic.conversations import addresses, reviewing

#: So many are named; the number says how many more there are.
NAMED = 10


def number(request: HttpRequest) -> int:
    """How many are open, counted once for a page."""
    counted: int | None = getattr(request, "open_concerns", None)
    if counted is None:
        counted = reviewing.number_of(reviewing.open_concerns())
        request.open_concerns = counted
    return counted


class OpenConcerns(Component):
    """A banner that names the newest and leads to them."""

    template_name = "conversations/concerns.html"
    #: Among Wagtail's own panels of the home page.
    order = 10

    class Media:
        """What it looks like."""

        css = {"all": ["conversations/review.css"]}

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """How many there are, and where."""
        newest = reviewing.open_concerns().select_related("turn", "by")[:NAMED]
        return {
            "number": number(parent_context["request"]),
            "concerns": [(verdict, addresses.of_turn(verdict.turn)) for verdict in newest],
        }
