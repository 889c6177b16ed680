"""Approved examples are written where `make train` reads them. What stands in a file stays as it is, new lines follow.

Each export adds a block of its own to `nlu/<language>/<topic>.yml`, with its date, so that it can be taken out again.
"""

import contextlib
import datetime as dt
import fcntl
import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clinic.conversations import taught
from clinic.conversations.models import Example
from clinic.conversations.wording import essence

HEAD = b'version: "3.1"\n\nnlu:\n'
BLOCK = "# exported {day}\n- intent: {topic}\n  metadata:\n    language: {language}\n  examples: |\n{lines}\n"


@dataclass
class Written:
    """What an export did. `conflicts` are left for a person to decide, and so are the files that cannot be added to."""

    #: How many sentences each file gained.
    added: dict[str, int] = field(default_factory=dict)
    #: How many were there already.
    known: int = 0
    conflicts: list[str] = field(default_factory=list)
    #: Why nothing was added to a file.
    left: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many sentences were written."""
        return sum(self.added.values())


def export(*, training: Path, at: dt.datetime) -> Written:
    """Write every approved example.

    Raises:
        OSError: the folder cannot be written to.
    """
    written = Written()
    with _alone(training):
        for (language, topic), examples in _waiting().items():
            _export(examples, training / "nlu" / language / f"{topic}.yml", written, at=at)
    return written


def _waiting() -> dict[tuple[str, str], list[Example]]:
    waiting = defaultdict(list)
    for example in Example.objects.filter(state=Example.State.APPROVED).order_by("language", "topic", "pk"):
        waiting[example.language, example.topic].append(example)
    return waiting


def _export(examples: list[Example], path: Path, written: Written, *, at: dt.datetime) -> None:
    """Write those of one file. They are marked only once they are on the disk."""
    known = taught.known(training=path.parents[2])
    topics = {example.pk: known.get((example.language, essence(example.text))) for example in examples}
    new = [example for example in examples if topics[example.pk] is None]
    there = [example for example in examples if topics[example.pk] == example.topic]
    written.conflicts += [
        f"{e.text} ({e.topic}, {topics[e.pk]})" for e in examples if topics[e.pk] not in (None, e.topic)
    ]
    try:
        if new:
            _append(path, new, at=at)
            written.added[_name(path)] = len(new)
    except taught.UnreadableError as error:
        written.left[_name(path)] = str(error)
        new = []
    written.known += len(there)
    exported = Example.objects.filter(pk__in=[e.pk for e in (*new, *there)], state=Example.State.APPROVED)
    exported.update(state=Example.State.EXPORTED, exported_at=at)


def _append(path: Path, examples: list[Example], *, at: dt.datetime) -> None:
    """Add a block to a file; nothing is written unless the file then reads as before, with these after it."""
    before = path.read_bytes() if path.exists() else HEAD
    lines = "\n".join(f"    - {example.text}" for example in examples)
    first = examples[0]
    block = BLOCK.format(day=f"{at:%Y-%m-%d}", topic=first.topic, language=first.language, lines=lines)
    after = before + (b"" if before.endswith(b"\n") else b"\n") + block.encode()
    if taught.sentences(after) != [*taught.sentences(before), *((example.topic, example.text) for example in examples)]:
        raise taught.UnreadableError("nothing can be added after its last line")
    replace(path, after)


def replace(path: Path, content: bytes) -> None:
    """Put a whole file in place of another, or of none, in one step; it is on the disk afterwards."""
    with _written(path, content) as temporary:
        os.replace(temporary, path)


def create(path: Path, content: bytes) -> None:
    """Put a file where there is none.

    Raises:
        FileExistsError: there is one.
    """
    with _written(path, content) as temporary:
        os.link(temporary, path)


@contextlib.contextmanager
def _written(path: Path, content: bytes) -> Iterator[Path]:
    """A file beside the one to be, complete and on the disk; whatever is left of it goes afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(training: Path) -> Iterator[None]:
    """One export at a time, in whatever process; the lock goes with the process."""
    training.mkdir(parents=True, exist_ok=True)
    with open(training / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])
