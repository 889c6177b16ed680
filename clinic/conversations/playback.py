"""A reviewed conversation as a test that can be played again, in the format of `tests/conversations`.

What reviewers called right is expected as it was, what they corrected is expected as they said; the rest is only said
again. The words are a proposal without personal data: a person looks at them before they are written.
"""

import json
import re
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from clinic.answers import Language, topics
from clinic.conversations import exporting, reading, teaching
from clinic.conversations.models import Conversation, Event, Verdict
from clinic.conversations.wording import placeholders, redacted, shortened, tidy

NAME = re.compile(r"\A[a-z0-9][a-z0-9_-]{0,59}\Z")
LONGEST = 50_000


class PlaybackError(ValueError):
    """This is no conversation test; the message says where and why, in the words of the format."""


class Expected(BaseModel, extra="forbid"):
    """What one message of the assistant must be; what is left out may be anything."""

    kind: str | None = None
    topic: str | None = None
    variant: str | None = None
    language: Language | None = None
    buttons: list[str] = []
    contains: list[str] = []
    lacks: list[str] = []


class Step(BaseModel, extra="forbid"):
    """What the patient says or taps, and what must follow."""

    say: str | None = None
    tap: str | None = None
    expect: Expected | list[Expected] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.say is None) == (self.tap is None):
            raise ValueError("either 'say' or 'tap'")
        return self


class Played(BaseModel, extra="forbid"):
    """One conversation."""

    conversation: str
    language: Language | None = None
    turns: list[Step] = Field(min_length=1)


TESTS = TypeAdapter(list[Played])


def draft(conversation: Conversation) -> str:
    """The test that is proposed for a conversation."""
    verdicts = _newest_verdicts(conversation)
    rows = Event.objects.filter(sender_id=conversation.sender).order_by("pk")
    title = f"a conversation of {conversation.started:%Y-%m-%d}"
    lines = [f"- conversation: {_quoted(title)}", *_language(conversation), "  turns:"]
    for turn in reading.turns(rows):
        lines.append(f"    - {'tap' if turn.tapped else 'say'}: {_quoted(_words(turn))}")
        if (expected := _expected(turn, verdicts.get(turn.event))) is not None:
            lines.append(f"      expect: {expected}")
    return "\n".join(lines) + "\n"


def _newest_verdicts(conversation: Conversation) -> dict[int, Verdict]:
    judged = Verdict.objects.filter(turn__conversation=conversation).order_by("at", "pk").select_related("turn")
    return {verdict.turn.event: verdict for verdict in judged}


def _language(conversation: Conversation) -> list[str]:
    return [f"  language: {conversation.language}"] if conversation.language else []


def _words(turn: reading.Turn) -> str:
    return tidy(turn.text) if turn.tapped else shortened(tidy(redacted(turn.text)))


def _expected(turn: reading.Turn, verdict: Verdict | None) -> str | None:
    """What the verdict says that the assistant must do, as a line of YAML."""
    if verdict is None:
        return None
    if verdict.kind == Verdict.Kind.RIGHT:
        said = [_flow(kind=reply.kind, topic=reply.topic) for reply in turn.replies]
        return said[0] if len(said) == 1 else f"[{', '.join(said)}]"
    if verdict.kind == Verdict.Kind.DECLINE or verdict.topic == teaching.OUT_OF_SCOPE:
        return _flow(kind="decline")
    if verdict.kind == Verdict.Kind.OTHER_TOPIC:
        topic = verdict.topic if verdict.topic in topics.ALL else ""
        return _flow(kind=topics.CLINIC.get(verdict.topic, "answer" if topic else "chat"), topic=topic)
    return None


def _flow(**expected: str) -> str:
    return "{" + ", ".join(f"{key}: {_plain(value)}" for key, value in expected.items() if value) + "}"


def _plain(value: str) -> str:
    return value if re.fullmatch(r"[a-z_]+", value) else _quoted(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def check(text: str) -> None:
    """Whether it can be played.

    Raises:
        PlaybackError: it cannot.
    """
    if left := placeholders(text):
        raise PlaybackError(f"replace {', '.join(left)} with made-up words")
    try:
        data = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise PlaybackError(" ".join(str(error).split())[:300]) from None
    try:
        TESTS.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise PlaybackError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def write(text: str, *, name: str, training: Path) -> Path:
    """Write a test that has been looked at; its path.

    Raises:
        FileExistsError: there is one of this name.
        PlaybackError: it cannot be played, or not under this name.
    """
    if not NAME.match(name):
        raise PlaybackError(f"{name!r} is no name of a file")
    check(text)
    path = training / "tests" / f"{name}.yml"
    exporting.create(path, ("\n".join(text.splitlines()) + "\n").encode())
    return path
