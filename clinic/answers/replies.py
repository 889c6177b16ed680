"""What is said in one turn: a pure function of what the patient wrote, what is remembered and the answers in force."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from clinic.answers import topics
from clinic.answers.release import Release
from clinic.answers.schema import Answer, Language

Outcome = Literal["answer", "clarify", "decline"]

#: How many topics are offered when it is unclear what was meant.
OFFERED = 3
#: After this many unclear turns in a row, the clinic's phone number is offered too.
PATIENT_TURNS = 2


@dataclass(frozen=True)
class Clause:
    """One question of a message, and what the pipeline made of it."""

    topic: str
    outcome: Outcome = "answer"
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What the patient wrote, understood. `part` is the part of an answer that a button asks for."""

    clauses: tuple[Clause, ...]
    language: Language
    today: dt.date
    part: str | None = None


@dataclass(frozen=True)
class Memory:
    """What is remembered between turns."""

    unclear: int = 0


@dataclass(frozen=True)
class Message:
    """One message to the patient: either `text` of an approved answer, or the name of a `response` of the domain
    and the `words` that fill it in."""

    metadata: dict[str, Any]
    text: str | None = None
    response: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    buttons: tuple[dict[str, str], ...] = ()


def reply(turn: Turn, memory: Memory, *, release: Release) -> tuple[list[Message], Memory]:
    """Decide what is said to a turn, and what is remembered of it."""
    messages = [_message(clause, turn, memory, release) for clause in turn.clauses]
    unclear = any(message.metadata["kind"] == "clarify" for message in messages)
    return messages, Memory(unclear=memory.unclear + 1 if unclear else 0)


def _message(clause: Clause, turn: Turn, memory: Memory, release: Release) -> Message:
    if clause.outcome == "clarify":
        return _clarify(clause, turn, memory, release)
    if clause.outcome == "decline" or clause.topic not in topics.ALL:
        return Message(_metadata("decline", turn, release), response="utter_decline")
    answer = _in_force(clause.topic, turn, release)
    if answer is None:
        return _no_answer(clause.topic, turn, release)
    return _say_more(answer, turn, release) if turn.part == "more" and answer.more else _say(answer, turn, release)


def _say(answer: Answer, turn: Turn, release: Release) -> Message:
    more = [_button(getattr(release.wording.more, turn.language), answer.id, turn, part="more")] if answer.more else []
    return _approved(answer, answer.short, [*more, *_next(answer, turn, release)], turn, release)


def _say_more(answer: Answer, turn: Turn, release: Release) -> Message:
    return _approved(answer, answer.more or "", _next(answer, turn, release), turn, release)


def _approved(answer: Answer, text: str, buttons: list[dict[str, str]], turn: Turn, release: Release) -> Message:
    metadata = _metadata(answer.kind, turn, release) | {
        "topic": answer.id,
        "revision": answer.revision,
        "sources": list(answer.sources),
        "reviewed_by": answer.reviewed_by,
        "reviewed_on": answer.reviewed_on and answer.reviewed_on.isoformat(),
    }
    said = "\n\n".join(part for part in (text, answer.review) if part)
    return Message(metadata, text=said, buttons=tuple(buttons))


def _clarify(clause: Clause, turn: Turn, memory: Memory, release: Release) -> Message:
    found = [a for topic in clause.candidates if (a := _in_force(topic, turn, release))]
    person = _in_force("talk_to_human", turn, release)
    offered = [a for a in found if a.id != "talk_to_human"][:OFFERED]
    if not offered:
        return Message(_metadata("decline", turn, release), response="utter_decline", buttons=_buttons([person], turn))
    unclear = "utter_still_unclear" if memory.unclear >= PATIENT_TURNS else "utter_clarify"
    return Message(
        _metadata("clarify", turn, release),
        response=unclear,
        words={"phone": release.clinic.phone},
        buttons=_buttons([*offered, person], turn),
    )


def _no_answer(topic: str, turn: Turn, release: Release) -> Message:
    response = "utter_no_answer_symptom" if topic == "mild_symptom" else "utter_no_answer"
    metadata = _metadata("decline", turn, release) | {"topic": topic}
    person = _in_force("talk_to_human", turn, release)
    return Message(metadata, response=response, words={"phone": release.clinic.phone}, buttons=_buttons([person], turn))


def _in_force(topic: str, turn: Turn, release: Release) -> Answer | None:
    """The answer to a topic, unless its review is overdue."""
    answer = release.answer(topic, turn.language)
    return None if answer is None or answer.is_overdue(turn.today) else answer


def _next(answer: Answer, turn: Turn, release: Release) -> list[dict[str, str]]:
    return list(_buttons([_in_force(topic, turn, release) for topic in answer.next], turn))


def _buttons(answers: list[Answer | None], turn: Turn) -> tuple[dict[str, str], ...]:
    return tuple(_button(answer.title, answer.id, turn) for answer in answers if answer)


def _button(title: str, topic: str, turn: Turn, **entities: str) -> dict[str, str]:
    return {"title": title, "payload": f"/{topic}{json.dumps(entities | {'language': turn.language})}"}


def _metadata(kind: str, turn: Turn, release: Release) -> dict[str, Any]:
    return {"kind": kind, "language": turn.language, "release": release.revision}
