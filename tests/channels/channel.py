"""One messaging channel under test: the real assistant with the channel switched on, and its platform on loopback.

Each channel brings a `Kit`: how its platform writes a webhook, signs it, and what it takes. `opened` starts everything,
`Person` writes as a patient does, and tests/channels/questions.py asks every channel the same.
"""

import contextlib
import itertools
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import requests
import yaml

from tests.channels.fake_platform import FakePlatform, Limits, Outgoing, Reply, Sent
from tests.conftest import ROOT, Assistant, environment, running

_people = itertools.count(10_001)
_ids = itertools.count(1)

#: How a line of a numbered list begins.
NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)


def another() -> int:
    """A number that no other test was given."""
    return next(_ids)


@dataclass(frozen=True)
class Webhook:
    """One request of the platform to us, signed or not; `path` comes after /webhooks/<channel>/."""

    body: bytes
    headers: dict[str, str]
    path: str = "webhook"
    method: str = "POST"


#: In seconds.
HOUR = 3600.0


def untimely(said: Callable[[float], Webhook]) -> dict[str, Webhook]:
    """What is said at a moment that is too long ago, or has not come."""
    now = time.time()
    ages = {"25 hours": 25, "3 days": 72, "a year": 24 * 365, "half a century": 24 * 365 * 50}
    old = {f"{age} old": said(now - hours * HOUR) for age, hours in ages.items()}
    return old | {"from tomorrow": said(now + 24 * HOUR)}


class Kit(Protocol):
    """What one channel brings to the shared questions."""

    #: The channel's name and the last part of its address.
    name: str
    #: The input channel by dotted path, as credentials.yml has it behind comment signs.
    channel: str
    limits: Limits

    def environment(self, base: str) -> dict[str, str]:
        """The variables that switch the channel on, its platform being at `base`."""

    def person(self, number: int) -> str:
        """A sender as the platform writes one."""

    def text(self, person: str, text: str, *, id: int, at: float | None = None) -> Webhook:
        """A typed message, rightly signed, sent at `at` (now), in seconds."""

    def tap(self, person: str, payload: str, *, id: int) -> Webhook:
        """A tapped button; not used where the platform has none."""

    def wordless(self, person: str) -> dict[str, Webhook]:
        """Messages without text, by kind; each gets one polite sentence."""

    def silent(self, person: str) -> dict[str, Webhook]:
        """What is accepted and not answered: receipts, echoes, edited messages."""

    def forged(self, person: str) -> dict[str, Webhook]:
        """What somebody else sends who has not the secret, by trick; each holds a message that would be answered."""

    def stale(self, person: str) -> dict[str, Webhook]:
        """Rightly signed and too old or from the future, by trick; empty where the platform tells no time."""

    def malformed(self, person: str) -> dict[str, Webhook]:
        """Rightly signed and not what the platform writes, by fault."""

    def signed(self, body: bytes) -> Webhook:
        """Any body, rightly signed."""

    def read(self, sent: Sent) -> Outgoing | None:
        """What a request to the platform means; None where it is no message."""

    def ok(self, number: int) -> Reply:
        """The platform's reply when it took a message."""

    def busy(self, seconds: int) -> Reply:
        """Its reply when it takes no more for so many seconds."""

    def refused(self) -> Reply:
        """Its reply when this person can never be written to."""


@dataclass
class Channel:
    """The running assistant, the platform beside it, and how they talk."""

    kit: Kit
    platform: FakePlatform
    assistant: Assistant

    @property
    def base(self) -> str:
        return f"{self.assistant.base.removesuffix('/website')}/{self.kit.name}"

    @property
    def database(self) -> Path:
        return self.assistant.log.parent / "askmeso.db"

    def post(self, webhook: Webhook) -> requests.Response:
        """Deliver one request of the platform."""
        request = requests.Request(
            webhook.method, f"{self.base}/{webhook.path}", data=webhook.body, headers=webhook.headers
        ).prepare()
        with requests.Session() as session:
            return session.send(request, timeout=30)

    def delivered(self, webhook: Webhook) -> None:
        """Deliver what the platform may expect to be taken."""
        reply = self.post(webhook)
        assert reply.status_code == 200, reply.text

    def person(self) -> "Person":
        """Somebody who has not written before."""
        return Person(self, self.kit.person(next(_people)))

    def stored(self) -> int:
        """How many events are stored, of all conversations."""
        return len(self.events())

    def events(self, type_name: str = "%") -> list[str]:
        """What is stored on this channel, as it stands there."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection:
            rows = connection.execute("SELECT data FROM events WHERE type_name LIKE ? ORDER BY id", [type_name])
            return [data for (data,) in rows]

    def said(self, text: str) -> int:
        """How many times this text of a patient's is stored."""
        return sum(f'"text": "{text}"' in data for data in self.events("user"))

    def settled(self) -> int:
        """The number of stored events once nothing happens any more."""
        self.platform.quiet()
        return self.stored()


@dataclass
class Person:
    """Somebody on the platform: what they write, and what they have read so far."""

    channel: Channel
    id: str
    _read: int = field(default=0)

    @property
    def inbox(self) -> list[Outgoing]:
        return self.channel.platform.to(self.id)

    def write(self, text: str, *, id: int | None = None) -> None:
        """Send a text and wait for nothing."""
        self.channel.delivered(self.channel.kit.text(self.id, text, id=another() if id is None else id))

    def say(self, text: str, *, until: str = "", timeout: float = 20.0) -> list[Outgoing]:
        """Send a text; what comes back, up to the message that holds the words `until`."""
        before = len(self.inbox)
        self.write(text)
        return self.heard(before, until=until, timeout=timeout)

    def tap(self, title: str, *, until: str = "") -> list[Outgoing]:
        """Tap a button that was offered last; where there is only a numbered list, send the number."""
        # A long text comes in several messages, the choices in the last.
        assert self.channel.platform.wait(lambda: self.offered(title)), f"nothing offered {title!r}: {self.inbox[-3:]}"
        payload, number = self.offered(title) or ("", "")
        before = len(self.inbox)
        kit = self.channel.kit
        self.channel.delivered(
            kit.tap(self.id, payload, id=another()) if payload else kit.text(self.id, number, id=another())
        )
        return self.heard(before, until=until)

    def offered(self, title: str) -> tuple[str, str] | None:
        """What the button carries, and its number, one of them empty; None if there is no such button."""
        for message in reversed(self.inbox):
            numbers = {line[1]: line[0] for line in NUMBERED.findall(message.text)}
            taps = dict(message.buttons)
            for shown in (title, numbers.get(title, "")):
                if shown in taps:
                    return taps[shown], ""
            if title in numbers:
                return "", numbers[title]
        return None

    def heard(self, before: int, *, until: str = "", timeout: float = 20.0) -> list[Outgoing]:
        """The messages since the first `before`, as soon as one of them holds the words."""
        platform = self.channel.platform

        def there() -> bool:
            return any(until in message.text for message in self.inbox[before:])

        assert platform.wait(there, timeout=timeout), f"no {until!r} in {self.inbox[before:]}; {platform.faults}"
        return self.inbox[before:]


@contextlib.contextmanager
def opened(kit: Kit, folder: Path, **more: str) -> Iterator[Channel]:
    """Start the platform and the assistant with the channel switched on, beside the website's."""
    platform = FakePlatform(read=kit.read, limits=kit.limits, ok=kit.ok)
    (folder / "credentials.yml").write_text(switched_on(kit.channel))
    with platform:
        assistant = Assistant(environment(folder, **kit.environment(platform.base), **more), folder / "log")
        command = assistant.commands["rasa"]
        ours = f"--credentials {folder / 'credentials.yml'}"
        assistant.commands["rasa"] = command.replace("--credentials credentials.yml", ours)
        with running(assistant):
            yield Channel(kit, platform, assistant)


def switched_on(channel: str) -> str:
    """Our credentials.yml with the comment signs of one channel taken away, the website's beside it."""
    text = re.sub(r"^#(?=bot\.|  \w+: )", "", (ROOT / "credentials.yml").read_text(), flags=re.MULTILINE)
    channels = yaml.safe_load(text)
    return yaml.safe_dump({name: channels[name] for name in ("bot.channels.website.WebsiteInput", channel)})
