"""A conversation as a reviewer sees it: Rasa's events, the summary, and the verdicts, turn by turn."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from clinic.conversations import addresses, follow, naming, reading
from clinic.conversations.models import Conversation, Event, Turn, Verdict

#: So many turns stand on one page.
ON_A_PAGE = 200
#: So many runners-up are shown, if they are at least this likely.
RUNNERS_UP = 3
LIKELY = 0.01
#: A longer message scrolls in its place.
LONG = 1500
#: What the assistant made of these, a reviewer may settle with one tap.
UNSETTLED = {Turn.Outcome.CLARIFIED, Turn.Outcome.DECLINED}


@dataclass(frozen=True)
class Topic:
    """A topic by its id and its name, and how sure the classifier was of it."""

    id: str
    name: str
    confidence: float | None = None

    @property
    def percent(self) -> int | None:
        """Its confidence in percent."""
        return None if self.confidence is None else round(min(max(self.confidence, 0.0), 1.0) * 100)


@dataclass
class Clause:
    """A part of a message that was understood by itself."""

    text: str
    topic: Topic
    outcome: str


@dataclass
class Shown:
    """One turn; `stored` is what the staff room keeps of it, None while it has not read the turn yet."""

    number: int
    read: reading.Turn
    names: dict[str, str]
    stored: Turn | None = None
    #: Rasa's own rows of it are gone; the summary is what is left.
    gone: bool = False
    #: The newest first.
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def at(self) -> dt.datetime:
        """When it was said."""
        return follow.moment(self.read.at)

    @property
    def anchor(self) -> str:
        """Where it stands on its page."""
        return addresses.anchor(self.read.event)

    @property
    def address(self) -> str:
        """Where it stands in the staff room."""
        return addresses.of_turn(self.stored) if self.stored else ""

    @property
    def outcome(self) -> str:
        """What the assistant did, in words."""
        outcome = self.stored.outcome if self.stored else self.read.outcome
        return str(Turn.Outcome(outcome).label)

    @property
    def reason(self) -> str:
        """Why it waits for a reviewer, if it does; not what its outcome says already."""
        if self.stored is None or self.stored.review != Turn.Review.WAITING:
            return ""
        reason = str(self.stored.get_priority_display() or "")
        return reason if reason != self.outcome else str(Turn.Review(self.stored.review).label)

    @property
    def is_long(self) -> bool:
        """Whether it would fill the page."""
        return len(self.read.text) > LONG

    @property
    def topic(self) -> Topic | None:
        """What the message was taken to be about."""
        return self._topic(self.read.topic, self.read.confidence) if self.read.topic else None

    @property
    def runners_up(self) -> list[Topic]:
        """What else it might have been about."""
        others = [(t, c) for t, c in self.read.ranking if t != self.read.topic and c >= LIKELY]
        return [self._topic(topic, confidence) for topic, confidence in others[:RUNNERS_UP]]

    @property
    def suggestions(self) -> list[Topic]:
        """What a reviewer of an unsettled turn most likely chooses."""
        unsettled = self.stored and (self.stored.helpful is False or self.stored.outcome in UNSETTLED)
        found = [topic for topic in [self.topic, *self.runners_up] if topic and topic.id not in naming.OTHERS]
        wrong = set(self.read.answers)
        return [topic for topic in found if topic.id in self.names and topic.id not in wrong] if unsettled else []

    @property
    def clauses(self) -> list[Clause]:
        """The parts of a message that has several."""
        found = self.read.clauses if len(self.read.clauses) > 1 else []
        return [
            Clause(
                text=str(clause.get("text") or ""),
                topic=self._topic(str(clause.get("topic") or ""), _number(clause.get("confidence"))),
                outcome=str(clause.get("outcome") or ""),
            )
            for clause in found
        ]

    @property
    def verdict(self) -> Verdict | None:
        """What counts now."""
        return self.verdicts[0] if self.verdicts else None

    def _topic(self, topic: str, confidence: float | None) -> Topic:
        return Topic(topic, self.names.get(topic, topic), confidence)


@dataclass
class Page:
    """A page of a conversation."""

    turns: list[Shown]
    number: int
    last: int
    #: Rasa keeps none of its rows any more.
    purged: bool


def page(conversation: Conversation, *, number: int = 1, turn: int | None = None) -> Page:
    """The page with that turn of the staff room's on it, else the page with that number."""
    names = naming.names()
    read = reading.turns(Event.objects.filter(sender_id=conversation.sender).order_by("pk"))
    stored = {t.event: t for t in conversation.turns.select_related("taken_by").order_by("number")}
    left = {t.event: t for t in read}
    both = {event: left.get(event) or _from_summary(stored[event]) for event in sorted({*left, *stored})}
    shown = [
        Shown(number, turn, names, stored.get(event), gone=event not in left)
        for number, (event, turn) in enumerate(both.items(), start=1)
    ]
    last = max(1, -(-len(shown) // ON_A_PAGE))
    wanted = next((s.number for s in shown if s.stored and s.stored.pk == turn), None)
    number = min(max(number if wanted is None else -(-wanted // ON_A_PAGE), 1), last)
    on_it = shown[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    _add_verdicts(on_it)
    return Page(on_it, number, last, purged=not left and bool(stored))


def _add_verdicts(shown: list[Shown]) -> None:
    by_turn: dict[int, list[Verdict]] = {}
    keys = [turn.stored.pk for turn in shown if turn.stored]
    for verdict in Verdict.objects.filter(turn__in=keys).select_related("by").order_by("-at", "-pk"):
        by_turn.setdefault(verdict.turn_id, []).append(verdict)
    for turn in shown:
        turn.verdicts = by_turn.get(turn.stored.pk, []) if turn.stored else []


def _from_summary(turn: Turn) -> reading.Turn:
    return reading.Turn(
        event=turn.event,
        at=turn.at.timestamp(),
        text=turn.said,
        tapped=turn.tapped,
        language=turn.language,
        topic=turn.topic,
        confidence=turn.confidence,
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
