"""Rasa's events of one conversation as a reviewer reads them: turn by turn, what was said and what was understood.

Pure functions. What they read was written by older models, by other versions or half-way: what is not there is left
out, what is of an unknown kind is passed over, and nothing here fails on it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.languages import LANGUAGES

#: A tapped button, as the channel hands it to Rasa.
PAYLOAD = re.compile(r"/(?P<intent>\w+)\s*(?P<entities>\{.*\})?\s*", re.DOTALL)
BOOKING_FORM = "booking_form"
LANGUAGE_WISH = "change_language"
#: What patients say after a wrong answer.
REGRETS = {"complaint", LANGUAGE_WISH}
#: A topic that is surer than this is not called doubtful; the threshold of `config.yml` is lower.
SURE = 0.65
#: What the assistant did, the weightiest first; `kind` of a message's metadata to the outcome of a turn.
OUTCOMES = {
    "urgent": "urgent",
    "error": "error",
    "booking": "booking",
    "clarify": "clarified",
    "decline": "declined",
    "answer": "answered",
    "clinic": "answered",
    "chat": "chat",
}


class Row(Protocol):
    """A row of Rasa's table."""

    pk: Any
    type_name: str
    timestamp: float
    data: str


@dataclass
class Reply:
    """One message of the assistant, as the patient saw it, and what is known about it."""

    text: str
    buttons: list[str] = field(default_factory=list)
    id: str = ""
    kind: str = ""
    topic: str = ""
    variant: str = ""
    language: str = ""
    revision: str = ""
    release: str = ""
    sources: list[dict[str, Any]] = field(default_factory=list)
    helpful: bool | None = None
    comment: str = ""
    voted_at: float | None = None


@dataclass
class Turn:
    """What a patient said once, how it was understood, and what the assistant said to it."""

    event: int
    at: float
    text: str = ""
    tapped: bool = False
    channel: str = ""
    language: str = ""
    topic: str = ""
    confidence: float | None = None
    ranking: list[tuple[str, float]] = field(default_factory=list)
    entities: list[tuple[str, str]] = field(default_factory=list)
    clauses: list[dict[str, Any]] = field(default_factory=list)
    red_flag: dict[str, Any] | None = None
    model: str = ""
    replies: list[Reply] = field(default_factory=list)
    booking_started: bool = False
    booking_ended: bool = False
    #: What the patient said next was a complaint, or asked for another language.
    regretted: bool = False

    @property
    def outcome(self) -> str:
        """The weightiest thing that the assistant did."""
        kinds = {reply.kind for reply in self.replies}
        return next((outcome for kind, outcome in OUTCOMES.items() if kind in kinds), "silent")

    @property
    def answers(self) -> list[str]:
        """The topics that were answered, in their order."""
        return list(dict.fromkeys(r.topic for r in self.replies if r.kind in ("answer", "clinic") and r.topic))

    @property
    def helpful(self) -> bool | None:
        """False as soon as one message was unhelpful; None without a vote."""
        votes = [reply.helpful for reply in self.replies if reply.helpful is not None]
        return all(votes) if votes else None

    @property
    def booking_sent(self) -> bool:
        """Whether a request was passed on: the form ended with a message of its own."""
        return any(reply.variant == "sent" for reply in self.replies)

    @property
    def doubtful(self) -> bool:
        """Whether it was answered although the classifier was not sure."""
        return not self.tapped and self.outcome == "answered" and self.confidence is not None and self.confidence < SURE

    @property
    def suspect(self) -> bool:
        """Whether something probably went wrong, though nobody voted."""
        return self.regretted or self.outcome in ("error", "silent")

    @property
    def latest(self) -> float:
        """When something of it happened last."""
        return max([self.at, *(reply.voted_at for reply in self.replies if reply.voted_at is not None)])


def turns(rows: Iterable[Row]) -> list[Turn]:
    """The turns of a conversation, oldest first, of its rows in the order in which they were stored."""
    reader = _Reader()
    for row in rows:
        if row.type_name in KINDS:
            reader.read(row, _data(row))
    return reader.turns


def _data(row: Row) -> Mapping[str, Any]:
    try:
        data = json.loads(row.data)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


class _Reader:
    """Walks through the events and remembers what later ones refer to."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._titles: dict[str, str] = {}
        self._replies: dict[str, Reply] = {}

    def read(self, row: Row, data: Mapping[str, Any]) -> None:
        """Read one event of a kind that we know."""
        if _mapping(data.get("metadata")).get("snapshot"):
            return
        getattr(self, f"_{row.type_name}")(row, data)

    def _user(self, row: Row, data: Mapping[str, Any]) -> None:
        text = _text(data.get("text"))
        if not text or text in ("/session_start", "/restart"):
            return
        understood = _mapping(data.get("parse_data"))
        tapped = bool(PAYLOAD.fullmatch(text))
        turn = Turn(
            event=int(row.pk),
            at=row.timestamp,
            text=self._titles.get(_tapped(text), _intent(text)) if tapped else text,
            tapped=tapped,
            channel=_text(data.get("input_channel")),
            red_flag=_mapping(understood.get("red_flag")) or None,
            model=_text(_mapping(data.get("metadata")).get("model_id")),
        )
        _understand(turn, understood, _mapping(data.get("metadata")))
        if self.turns and turn.topic in REGRETS:
            self.turns[-1].regretted = True
        self.turns.append(turn)

    def _bot(self, row: Row, data: Mapping[str, Any]) -> None:
        text = _text(data.get("text"))
        if not text or not self.turns:
            return
        around, details = _mapping(data.get("metadata")), _mapping(data.get("data"))
        # A response of the domain is stored with its metadata inside Rasa's own.
        given = _mapping(around.get("metadata")) or around
        buttons = [b for b in _list(details.get("buttons")) if isinstance(b, dict) and b.get("title")]
        self._titles |= {_tapped(_text(b.get("payload"))): _text(b["title"]) for b in buttons}
        reply = Reply(text=text, buttons=[_text(b["title"]) for b in buttons])
        for key in ("id", "kind", "topic", "variant", "language", "revision", "release"):
            setattr(reply, key, _text(given.get(key)))
        reply.sources = [source for source in _list(given.get("sources")) if isinstance(source, dict)]
        if "utter_booking_sent" in _text(around.get("utter_action")):
            reply.variant = "sent"
        self.turns[-1].replies.append(reply)
        self._replies[reply.id] = reply

    def _feedback(self, row: Row, data: Mapping[str, Any]) -> None:
        reply = self._replies.get(_text(data.get("message_id")))
        if reply and isinstance(data.get("helpful"), bool):
            reply.helpful, reply.comment, reply.voted_at = data["helpful"], _text(data.get("comment")), row.timestamp

    def _active_loop(self, row: Row, data: Mapping[str, Any]) -> None:
        if not self.turns:
            return
        if data.get("name") == BOOKING_FORM:
            self.turns[-1].booking_started = True
        elif data.get("name") is None:
            self.turns[-1].booking_ended = True


#: What a reviewer sees of Rasa's events, by their type.
KINDS = {"user", "bot", "feedback", "active_loop"}


def _understand(turn: Turn, understood: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    intent = _mapping(understood.get("intent"))
    turn.clauses = [clause for clause in _list(understood.get("clauses")) if isinstance(clause, dict)]
    turn.topic = _text(intent.get("name"))
    turn.confidence = None if turn.tapped else _number(intent.get("confidence"))
    ranks = [_mapping(rank) for rank in _list(understood.get("intent_ranking"))]
    turn.ranking = [(_text(r.get("name")), _number(r.get("confidence")) or 0.0) for r in ranks if r.get("name")]
    found = [_mapping(entity) for entity in _list(understood.get("entities"))]
    turn.entities = [(_text(e.get("entity")), _text(e.get("value"))) for e in found if e.get("entity") != "language"]
    spoken = [_text(e.get("value")) for e in found if e.get("entity") == "language"]
    language = next(iter(spoken), "") or _text(metadata.get("language"))
    turn.language = language if language in LANGUAGES else ""


def _intent(payload: str) -> str:
    match = PAYLOAD.fullmatch(payload)
    return f"[{match['intent']}]" if match else payload


def _tapped(payload: str) -> str:
    """What two spellings of a button's payload have in common: the channel may have added the language."""
    match = PAYLOAD.fullmatch(payload)
    if not match:
        return payload
    try:
        entities = _mapping(json.loads(match["entities"] or "{}"))
    except ValueError:
        return payload
    return f"{match['intent']} {json.dumps({k: v for k, v in entities.items() if k != 'language'}, sort_keys=True)}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
