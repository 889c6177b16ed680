"""One turn of a conversation as the pipeline understood it, what is remembered, and how one completes the other.

"And for hair?" asks what was asked before; "does it hurt there?" means the area that was mentioned before.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from clinic.answers import topics
from clinic.answers.release import Release
from clinic.answers.schema import Answer, Language

Outcome = Literal["answer", "clarify", "decline"]

#: Where and what: a new one takes the place of the old.
PLACE = ("area", "concern")
#: What is true of the patient: it is kept beside what was said before.
HEALTH = ("condition", "medication")
#: What belongs to one topic only.
PASSING = ("treatment", "situation")
#: The topic that is about such a mention where the topic of the conversation is not.
AT_HOME = {"condition": "candidacy", "medication": "candidacy", "treatment": "comparison"}

#: So many mentions and answers are remembered.
MENTIONS, ANSWERS = 8, 6
#: At most so many variants are said at once.
VARIANTS = 2


@dataclass(frozen=True)
class Mention:
    """Something a patient mentioned: the type of the entity and its id in `data/lexicon/entities`."""

    type: str
    value: str


@dataclass(frozen=True)
class Clause:
    """One question of a message, and what the pipeline made of it; a bare one only mentions something, and
    `how_long` asks how long and leaves open of what."""

    topic: str
    outcome: Outcome = "answer"
    candidates: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    bare: bool = False
    how_long: bool = False


@dataclass(frozen=True)
class Turn:
    """What the patient wrote, understood. `part` is the part of an answer that a button asks for."""

    clauses: tuple[Clause, ...]
    language: Language
    today: dt.date
    part: str | None = None


@dataclass(frozen=True)
class Memory:
    """What is remembered between turns: unclear turns in a row, the last topic, mentions (latest first) and the
    answers that were given, each as language, topic and variant."""

    unclear: int = 0
    topic: str | None = None
    mentions: tuple[Mention, ...] = ()
    said: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> "Memory":
        """The memory as `dataclasses.asdict` stored it; what another version stored is forgotten."""
        try:
            kept = dict(stored or {})
            mentions = tuple(Mention(**mention) for mention in kept.pop("mentions", ()))
            return cls(mentions=mentions, said=tuple(kept.pop("said", ())), **kept)
        except TypeError:
            return cls()

    def hear(self, mentions: Iterable[Mention]) -> "Memory":
        """Remember new mentions; a place takes the place of the old one."""
        new = tuple(dict.fromkeys(mentions))
        replaced = {group for group in (PLACE, *((kind,) for kind in PASSING)) if any(m.type in group for m in new)}
        old = [m for m in self.mentions if m not in new and not any(m.type in group for group in replaced)]
        return replace(self, mentions=(*new, *old)[:MENTIONS])

    def turn_to(self, topic: str) -> "Memory":
        """Remember the topic; with another one, what belonged to the old one is dropped."""
        kept = self.mentions if topic == self.topic else tuple(m for m in self.mentions if m.type not in PASSING)
        return replace(self, topic=topic, mentions=kept)

    def say(self, *keys: str) -> "Memory":
        """Remember what was said."""
        return replace(self, said=tuple(dict.fromkeys((*keys, *self.said)))[:ANSWERS])


def complete(clause: Clause, memory: Memory, *, release: Release, language: Language) -> Clause:
    """The clause with the topic that it lacks, taken from the conversation."""
    if clause.how_long and memory.topic in topics.TIMED:
        return replace(clause, topic=str(memory.topic), outcome="answer")
    if clause.bare and (memory.topic or _may_be_ours(clause)):
        return _with_the_topic_before(clause, memory, release, language)
    if clause.outcome == "clarify" and memory.topic in clause.candidates and clause.mentions:
        return replace(clause, topic=str(memory.topic), outcome="answer")
    return clause


def _may_be_ours(clause: Clause) -> bool:
    """Whether a mention that nothing came before is worth asking about: "liposuction" alone is not."""
    elsewhere = clause.outcome == "decline" and any(mention.type == "treatment" for mention in clause.mentions)
    return clause.outcome != "answer" and not elsewhere


def _with_the_topic_before(clause: Clause, memory: Memory, release: Release, language: Language) -> Clause:
    answer = release.answer(memory.topic or "", language)
    if answer and variants_of(clause.mentions, answer):
        return replace(clause, topic=answer.id, outcome="answer")
    for mention in clause.mentions:
        home = release.answer(AT_HOME.get(mention.type, ""), language)
        if home and variants_of(clause.mentions, home):
            return replace(clause, topic=home.id, outcome="answer")
    if answer and any(mention.type in PLACE for mention in clause.mentions):
        return replace(clause, topic=answer.id, outcome="answer")
    about = [a.id for a in release.of(language) if variants_of(clause.mentions, a)]
    likely = [topic for topic in clause.candidates if topic in about]
    return replace(clause, outcome="clarify", candidates=tuple(dict.fromkeys([*likely, *about]))) if about else clause


def variants_of(mentions: Iterable[Mention], answer: Answer) -> tuple[str, ...]:
    """The variants of an answer that the mentions call for, in their order."""
    called = (_variant_of(mention.value, answer) for mention in mentions)
    return tuple(dict.fromkeys(variant for variant in called if variant))[:VARIANTS]


def _variant_of(mention: str, answer: Answer) -> str | None:
    variant = topics.VARIANT_OF.get(mention)
    if variant in answer.variants:
        return variant
    return _variant_of(topics.WIDER[mention], answer) if mention in topics.WIDER else None
