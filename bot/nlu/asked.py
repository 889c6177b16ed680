"""Which question of the booking form a conversation has open."""

from typing import Literal

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker

FORM = "booking_form"

Asked = Literal["when", "name", "contact", "review"]

QUESTIONS: dict[str, Asked] = {
    "booking_when": "when",
    "booking_name": "name",
    "booking_contact": "contact",
    "booking_sent": "review",
}


def asked(tracker: DialogueStateTracker | None) -> Asked | None:
    """What the open form asks for; None without a form."""
    if tracker is None or tracker.active_loop_name != FORM:
        return None
    return QUESTIONS.get(tracker.get_slot(REQUESTED_SLOT) or "", "when")
