"""Where things are in the staff room."""

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from clinic.conversations.models import Turn


def of_turn(turn: Turn, **more: Any) -> str:
    """A turn in its transcript, whatever page of it that is on."""
    query = urlencode({"turn": turn.pk} | more, doseq=True)
    return f"{reverse('conversations:transcript', args=[turn.conversation_id])}?{query}#{anchor(turn.event)}"


def anchor(event: int) -> str:
    """A turn on its page, by Rasa's event."""
    return f"turn-{event}"


def if_there(name: str, *args: Any) -> str:
    """A page that another part of the staff room may bring; empty if it does not."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
