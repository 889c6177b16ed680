"""What a reply is worth: a pure function of what the patient asked and what the patient saw.

`tests/benchmarks/outcomes.yml` has worked examples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from benchmarks.items import Entity, Item

URGENT = "urgent_symptom"
NOT_OURS = "out_of_scope"
#: A yes or a no to nothing: nothing is to be answered.
AGREEMENT = frozenset({"affirm", "deny"})
#: How many topics of one message count, the first ones.
COUNTED = 3

#: The chat replies that carry no topic, and the intents each is a reply to.
CHAT = {
    "utter_greet": frozenset({"greet"}),
    "utter_goodbye": frozenset({"goodbye"}),
    "utter_thanks": frozenset({"thanks"}),
    "utter_what_next": AGREEMENT,
    "utter_bot_challenge": frozenset({"bot_challenge"}),
    "utter_complaint": frozenset({"complaint"}),
    "utter_language_changed": frozenset({"change_language"}),
}


class Outcome(StrEnum):
    """What became of an item, best first."""

    RIGHT = "right"
    PARTIAL = "partial"
    CLARIFIED = "clarified"
    MISSED = "missed"
    WRONG = "wrong"


@dataclass(frozen=True)
class Seen:
    """One message of a reply: its kind, topic and language, the domain's response it came from if any, and the
    topics its buttons lead to."""

    kind: str
    topic: str | None = None
    response: str | None = None
    language: str | None = None
    offers: tuple[str, ...] = ()

    @property
    def answers(self) -> frozenset[str]:
        """The intents this message is an answer to; empty if it answers nothing."""
        if self.kind in ("clarify", "decline", "error"):
            return frozenset()
        if self.kind == "urgent":
            return frozenset({URGENT})
        if self.topic:
            return frozenset({self.topic})
        return CHAT.get(self.response or "", frozenset({self.response or self.kind}))

    def __str__(self) -> str:
        what = " ".join(part for part in (self.kind, self.topic or self.response) if part)
        return f"{what} [{', '.join(self.offers)}]" if self.kind == "clarify" else what


@dataclass(frozen=True)
class Result:
    """An item, what the patient saw, the classifier's ranking (topic, confidence), the entities found and how long the
    reply took."""

    item: Item
    seen: tuple[Seen, ...]
    ranking: tuple[tuple[str, float], ...] = ()
    milliseconds: float = 0.0
    entities: frozenset[Entity] = frozenset()

    @property
    def outcome(self) -> Outcome:
        """What the reply is worth."""
        return outcome(self.item.intents, self.seen)


def seen(message: dict[str, Any], *, response: str | None) -> Seen:
    """A message as the website's channel gives it to a patient."""
    metadata = message["metadata"]
    offers = tuple(button["payload"].partition("{")[0].removeprefix("/") for button in message["buttons"])
    return Seen(metadata["kind"], metadata["topic"], response, metadata["language"], offers)


def outcome(intents: Sequence[str], reply: Iterable[Seen]) -> Outcome:
    """What a reply is worth to a patient who wanted the intents.

    Anything answered that was not asked is wrong, and so is an urgent message too many or too few. Offering all that
    was asked is `clarified`, less than that is `missed`; to what nobody can answer, declining is right.
    """
    asked, messages = asked_for(intents), list(reply)
    answers = [message.answers for message in messages if message.answers]
    done = asked & frozenset().union(*answers)
    if URGENT in asked:
        return Outcome.RIGHT if URGENT in done else Outcome.WRONG
    if not all(asked & answered for answered in answers):
        return Outcome.WRONG
    if done:
        return Outcome.RIGHT if done == asked else Outcome.PARTIAL
    return _unanswered(asked, messages)


def asked_for(intents: Sequence[str]) -> frozenset[str]:
    """The first topics, without what needs no answer unless it stands alone."""
    first = frozenset(intents[:COUNTED])
    return first - AGREEMENT - {NOT_OURS} or first


def _unanswered(asked: frozenset[str], messages: list[Seen]) -> Outcome:
    kinds = {message.kind for message in messages}
    if not kinds or "error" in kinds:
        return Outcome.MISSED
    if asked <= AGREEMENT:
        return Outcome.RIGHT
    if NOT_OURS in asked:
        return Outcome.CLARIFIED if "clarify" in kinds else Outcome.RIGHT
    offered = {topic for message in messages for topic in message.offers}
    return Outcome.CLARIFIED if asked <= offered else Outcome.MISSED
