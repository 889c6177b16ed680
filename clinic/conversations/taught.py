"""The example sentences that the assistant is trained on: those of `data/nlu` and those exported before. Read only."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot import settings
from clinic.conversations.wording import essence


class UnreadableError(ValueError):
    """A file of example sentences is not as Rasa wants it; the message says why."""


def known(*, training: Path) -> dict[tuple[str, str], str]:
    """The topic of each sentence, by its language and essence. A file that cannot be read is passed over."""
    found: dict[tuple[str, str], str] = {}
    for folder in (settings.ROOT / "data", training):
        for path in sorted((folder / "nlu").glob("*/*.yml")):
            try:
                found |= {(path.parent.name, key): topic for key, topic in of_file(path)}
            except UnreadableError:
                continue
    return found


def of_file(path: Path) -> list[tuple[str, str]]:
    """The essence and the topic of each sentence of a file."""
    stat = path.stat()
    return _of_file(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _of_file(path: Path, _changed: int, _size: int) -> list[tuple[str, str]]:
    return [(essence(sentence), topic) for topic, sentence in sentences(path.read_bytes())]


def sentences(content: bytes) -> list[tuple[str, str]]:
    """The topic and the words of each sentence.

    Raises:
        UnreadableError: it is not a file of example sentences.
    """
    try:
        return list(_sentences(yaml.load(content.decode(), yaml.CSafeLoader)))
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(" ".join(str(error).split())[:200] or type(error).__name__) from None


def _sentences(data: Any) -> Iterator[tuple[str, str]]:
    for block in data["nlu"] or []:
        for line in block["examples"].splitlines():
            if not line.startswith("-"):
                raise ValueError(f"{line!r} does not begin with '-'")
            yield str(block["intent"]), line[1:].strip()
