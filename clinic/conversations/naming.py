"""What the staff call all that a message can be about, answered or not."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.conversations import topics

#: What patients say beside their questions; intents of domain.yml.
CHAT: dict[str, Any] = {
    "greet": _("Greeting"),
    "goodbye": _("Goodbye"),
    "thanks": _("Thanks"),
    "affirm": _("Yes"),
    "deny": _("No"),
    "bot_challenge": _("“Are you a robot?”"),
    "change_language": _("Wants another language"),
    "complaint": _("Complaint about the answer"),
    "start_again": _("Start again"),
}
#: What the assistant may settle on, but no reviewer chooses: there is another verdict for it, or none is needed.
OTHERS: dict[str, Any] = {
    "urgent_symptom": _("Worrying symptom"),
    "out_of_scope": _("Not ours"),
    "nlu_fallback": _("Not understood"),
    "inform": _("Answer to the booking form"),
}


def names() -> dict[str, str]:
    """What each topic is called, in the language of whoever reads."""
    return {topic: str(name) for topic, name in (OTHERS | CHAT).items()} | topics.titles()


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a message can have been about, in groups."""
    return [
        (str(_("Answers")), list(topics.titles().items())),
        (str(_("Conversation")), [(topic, str(name)) for topic, name in CHAT.items()]),
    ]


def revisions() -> set[str]:
    """The revisions of the answers as they are now."""
    try:
        return {answer.revision for answer in load(settings.load().content).answers.values()}
    except ContentError:
        return set()
