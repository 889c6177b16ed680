"""The answers in force: an immutable release, made from the content files."""

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot import settings
from clinic.answers import files, topics
from clinic.answers.schema import Answer, Clinic, Fact, Language, Wording, due

#: The kinds of source a patient is shown. Never a clinic's marketing, never the press.
SHOWN = ("regulator", "systematic-review", "review", "hospital", "primary-study")
#: Second-hand pages, as the publisher's name in facts.yml tells: a patient is shown the original or nothing.
SECOND_HAND = re.compile(
    r"\b(copy|copies|mirror|proxy|blog|digest|aggregator|reproducing|reproduced|republished|reporting|quoting)\b", re.I
)


class ContentError(Exception):
    """The content cannot be used; the message lists every fault."""


@dataclass(frozen=True)
class Release:
    """All answers of one moment, in both languages, and the clinic's own facts."""

    answers: dict[tuple[str, Language], Answer]
    clinic: Clinic
    wording: Wording
    revision: str
    require_review: bool = False

    def answer(self, topic: str, language: Language) -> Answer | None:
        """The answer to a topic, if there is one."""
        return self.answers.get((topic, language))

    def of(self, language: Language) -> list[Answer]:
        """All answers of one language, in the order of the topics."""
        return [answer for topic in topics.ALL if (answer := self.answer(topic, language))]

    def may_say(self, answer: Answer, today: dt.date) -> bool:
        """Whether an answer is in force: its review is not overdue, and there is one where one is required."""
        unreviewed = answer.review is not None and answer.reviewed_by is None
        return not (answer.is_overdue(today) or (self.require_review and unreviewed))


async def current() -> Release:
    """The release in force. Asynchronous, because it will come from the database one day."""
    current = settings.load()
    return load(current.content, require_review=current.require_review)


@lru_cache(maxsize=4)
def load(folder: Path, *, require_review: bool = False) -> Release:
    """Make a release from the content files.

    Raises:
        ContentError: a file cannot be read.
    """
    content = files.read(folder)
    if content.faults or content.clinic is None or content.wording is None:
        raise ContentError("\n".join(str(fault) for fault in content.faults))
    answers = {
        (d.front.id, d.language): _answer(d, content.facts, content.clinic, content.wording) for d in content.drafts
    }
    revisions = sorted(answer.revision for answer in answers.values())
    return Release(answers, content.clinic, content.wording, _sha256(revisions), require_review)


def _answer(draft: files.Draft, facts: dict[str, Fact], clinic: Clinic, wording: Wording) -> Answer:
    front = draft.front
    words = clinic.words(draft.language)
    more = draft.sections.get(files.MORE)
    short, more = filled(draft.short, words), more and filled(more, words)
    variants = {name: filled(text, words) for name, text in draft.sections.items() if name != files.MORE}
    claims = {claim: _sources(ids, facts) for claim, ids in front.claims.items()}
    return Answer(
        id=front.id,
        language=draft.language,
        title=front.title,
        short=short,
        more=more,
        variants=variants,
        kind=topics.CLINIC.get(front.id, "answer"),
        review=wording.review(front, draft.language) if front.id in topics.MEDICAL else None,
        next=tuple(front.next),
        claims=claims,
        reviewed_by=front.reviewed_by,
        reviewed_on=front.last_reviewed_on,
        due=due(front),
        revision=_sha256([front.id, draft.language, front.title, short, more, variants, claims]),
    )


def filled(text: str, words: dict[str, str]) -> str:
    """The text with its placeholders filled in; the validator has seen that each is known."""
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text


def _sources(ids: list[str], facts: dict[str, Fact]) -> tuple[dict[str, str | int | None], ...]:
    """What a patient may read up on about one claim."""
    return tuple(
        {"title": s.title, "publisher": s.publisher, "year": s.year, "url": str(s.url)}
        for fact in (facts[id] for id in ids if id in facts)
        if (s := fact.source) and is_shown(fact)
    )


def is_shown(fact: Fact) -> bool:
    """Whether a patient may be pointed to this fact's source."""
    source = fact.source
    if source is None or source.url is None:
        return False
    return fact.strength in SHOWN and not SECOND_HAND.search(source.publisher)


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
