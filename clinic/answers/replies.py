"""What is said in one turn: a pure function of what the patient wrote, what is remembered and the answers in force."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from clinic.answers import topics
from clinic.answers.conversation import PLACE, Clause, Memory, Turn, complete, variants_of
from clinic.answers.links import with_query
from clinic.answers.release import Release
from clinic.answers.schema import Answer, Language

#: How many questions of one message are answered, and how many topics are offered when it is unclear what was meant.
ANSWERED = OFFERED = 3
#: The part of an answer that says what else matters.
MORE = "more"
#: Whoever says so starts again with an empty memory.
START_AGAIN = "start_again"
#: After this many unclear turns in a row, the clinic's phone number is offered too.
PATIENT_TURNS = 2


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
    if any(clause.topic == START_AGAIN for clause in turn.clauses):
        return [_from_the_start("chat", "utter_start_again", turn, release)], Memory()
    said: dict[str, Message] = {}
    for clause in turn.clauses:
        memory = memory.hear(clause.mentions)
        whole = complete(clause, memory, release=release, language=turn.language)
        if whole.topic not in said and len(said) < ANSWERED:
            said[whole.topic], memory = _message(whole, turn, memory, release)
    unclear = any(message.metadata["kind"] == "clarify" for message in said.values())
    return list(said.values()), replace(memory, unclear=memory.unclear + 1 if unclear else 0)


def _message(clause: Clause, turn: Turn, memory: Memory, release: Release) -> tuple[Message, Memory]:
    if clause.outcome == "clarify":
        return _clarify(clause, turn, memory, release), memory
    if clause.outcome == "decline" or clause.topic not in topics.ALL:
        return _from_the_start("decline", "utter_decline", turn, release), memory
    if clause.topic in topics.MEDICAL:
        memory = memory.turn_to(clause.topic)
    answer = release.answer(clause.topic, turn.language)
    if answer is None:
        return _no_answer(clause.topic, turn, release), memory
    if not release.may_say(answer, turn.today):
        return _operational("decline", "utter_under_review", [_person(turn, release)], answer, turn, release), memory
    return _answer(clause, answer, turn, memory, release)


def _answer(clause: Clause, answer: Answer, turn: Turn, memory: Memory, release: Release) -> tuple[Message, Memory]:
    whole = f"{turn.language}/{answer.id}"
    if answer.more and (turn.part == MORE or _goes_on(clause, whole, memory)):
        message = _approved(answer, [answer.more], (), _next(answer, turn, release), turn, release)
        return message, memory.say(f"{whole}/{MORE}")
    variants = variants_of(clause.mentions, answer) or variants_of(memory.mentions, answer)[:1]
    keys = [f"{whole}/{variant}" for variant in variants] or [whole]
    if clause.bare and not variants and any(mention.type in PLACE for mention in clause.mentions):
        return _operational(
            "decline", "utter_nothing_more", _ways_on(answer, turn, release), answer, turn, release
        ), memory
    if answer.review is not None and all(key in memory.said for key in keys):
        return _operational("clarify", "utter_repeat", _ways_on(answer, turn, release), answer, turn, release), memory
    texts = [answer.variants[variant] for variant in variants]
    if not texts or (whole not in memory.said and answer.id not in topics.VARIANT_ALONE):
        texts = [answer.short, *texts]
    buttons = [*_requests(answer, turn, release), *_more(answer, turn, release), *_next(answer, turn, release)]
    texts = [_with_links(text, turn.language, memory, release) for text in texts]
    return _approved(answer, texts, variants, buttons, turn, release), memory.say(whole, *keys)


def _requests(answer: Answer, turn: Turn, release: Release) -> list[dict[str, str]]:
    """Buttons that open a request to the clinic, where it takes requests."""
    if release.clinic.booking.mode == "link":
        return []
    kinds = topics.REQUESTS.get(answer.id, ())
    return [
        _button(getattr(getattr(release.wording, kind), turn.language), answer.id, turn, booking=kind) for kind in kinds
    ]


def _with_links(text: str, language: Language, memory: Memory, release: Release) -> str:
    """The booking page is told the language and what was asked about."""
    address = getattr(release.clinic.booking.url, language)
    return text.replace(address, with_query(address, lang=language, topic=memory.topic))


def _goes_on(clause: Clause, whole: str, memory: Memory) -> bool:
    """Whether "how long?" asks on after the short answer."""
    return clause.how_long and whole in memory.said and f"{whole}/{MORE}" not in memory.said


def _approved(
    answer: Answer,
    texts: list[str],
    variants: tuple[str, ...],
    buttons: list[dict[str, str]],
    turn: Turn,
    release: Release,
) -> Message:
    sources = answer.sources_of(texts)
    metadata = _metadata(answer.kind, turn, release) | {
        "topic": answer.id,
        "variant": next(iter(variants), None),
        "revision": answer.revision,
        "sources": list(sources),
        "reviewed_by": answer.reviewed_by,
        "reviewed_on": answer.reviewed_on and answer.reviewed_on.isoformat(),
    }
    below = [answer.review, release.wording.source(sources, turn.language)] if answer.review else []
    return Message(metadata, text="\n\n".join([*texts, " ".join(filter(None, below))]).strip(), buttons=tuple(buttons))


def _from_the_start(kind: str, response: str, turn: Turn, release: Release) -> Message:
    """A response of the domain with what may be asked."""
    offered = _buttons([_in_force(topic, turn, release) for topic in topics.OPENING], turn)
    return Message(_metadata(kind, turn, release), response=response, buttons=offered)


def _clarify(clause: Clause, turn: Turn, memory: Memory, release: Release) -> Message:
    found = [a for topic in clause.candidates if (a := _in_force(topic, turn, release))]
    person = _person(turn, release)
    offered = [a for a in found if a.id != "talk_to_human"][:OFFERED]
    if not offered:
        return Message(_metadata("decline", turn, release), response="utter_decline", buttons=_buttons([person], turn))
    return Message(
        _metadata("clarify", turn, release),
        response="utter_still_unclear" if memory.unclear >= PATIENT_TURNS else "utter_clarify",
        words={"phone": release.clinic.phone},
        buttons=_buttons([*offered, person], turn),
    )


def _no_answer(topic: str, turn: Turn, release: Release) -> Message:
    return Message(
        _metadata("decline", turn, release) | {"topic": topic},
        response="utter_no_answer_symptom" if topic == "mild_symptom" else "utter_no_answer",
        words={"phone": release.clinic.phone},
        buttons=_buttons([_person(turn, release)], turn),
    )


def _operational(kind: str, response: str, buttons: list[Any], answer: Answer, turn: Turn, release: Release) -> Message:
    """A response of the domain where an answer stands but is not what helps now."""
    shown = tuple(b if isinstance(b, dict) else _button(b.title, b.id, turn) for b in buttons if b)
    metadata = _metadata(kind, turn, release) | {"topic": answer.id}
    return Message(metadata, response=response, words={"phone": release.clinic.phone}, buttons=shown)


def _ways_on(answer: Answer, turn: Turn, release: Release) -> list[Any]:
    return [*_more(answer, turn, release), _person(turn, release)]


def _person(turn: Turn, release: Release) -> Answer | None:
    return _in_force("talk_to_human", turn, release)


def _in_force(topic: str, turn: Turn, release: Release) -> Answer | None:
    """The answer to a topic, if it may be said today."""
    answer = release.answer(topic, turn.language)
    return answer if answer and release.may_say(answer, turn.today) else None


def _more(answer: Answer, turn: Turn, release: Release) -> list[dict[str, str]]:
    title = getattr(release.wording.more, turn.language)
    return [_button(title, answer.id, turn, part=MORE)] if answer.more else []


def _next(answer: Answer, turn: Turn, release: Release) -> list[dict[str, str]]:
    return list(_buttons([_in_force(topic, turn, release) for topic in answer.next], turn))


def _buttons(answers: list[Answer | None], turn: Turn) -> tuple[dict[str, str], ...]:
    return tuple(_button(answer.title, answer.id, turn) for answer in answers if answer)


def _button(title: str, topic: str, turn: Turn, **entities: str) -> dict[str, str]:
    return {"title": title, "payload": f"/{topic}{json.dumps(entities | {'language': turn.language})}"}


def _metadata(kind: str, turn: Turn, release: Release) -> dict[str, Any]:
    return {"kind": kind, "language": turn.language, "release": release.revision}
