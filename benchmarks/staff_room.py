"""Does the staff room stay fast? `python -m benchmarks.staff_room [postgresql://user@host:port]`.

Two databases are made, with 1,000 and with 1,000,000 of Rasa's events, and summarised as `python -m clinic follow`
does. Then someone who is signed in opens each page in both, in turn. A page of the large one may take five times as
long as that of the small one, and neither may ask the database more than fifteen times. The last line is one JSON
object.
"""

import datetime as dt
import json
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import clinic

SMALL, LARGE = 1_000, 1_000_000
ROUNDS = 15
MOST_TIMES, MOST_QUERIES = 5.0, 15
NOW = dt.datetime.now(dt.UTC)
YEAR = dt.timedelta(days=365)
#: So many conversations go on at the same time.
AT_ONCE = 5
BATCH = 5000

PAGES = {
    "list": "",
    "a page further on": "?p={older}",
    "flag": "?flag=red_flag",
    "rare flag": "?flag=error",
    "two flags": "?flag=clarified&flag=unhelpful",
    "topic": "?topic=side_effects",
    "reviewed": "?reviewed=true",
    "combined": "?flag=declined&topic=cost&channel=sms&language=fr&since={since}&until={until}",
    "combined, nothing": "?flag=error&flag=booking_finished&topic=pain&channel=telegram&language=fr",
    "common word": "?q=visage",
    "rare word": "?q=Zébulon",
    "no such word": "?q=qqqq",
    "word and flag": "?q=visage&flag=red_flag&language=fr",
    "who read what": "readings/",
}
TOPICS = ("pain", "cost", "side_effects", "session_count", "results", "downtime", "safety", "procedure", "candidacy")
WORDS = {
    "en": "does it hurt how many sessions for the face and is there any bruising after my next appointment please",
    "fr": "est-ce que ça fait mal combien de séances pour le visage et y a-t-il des bleus après mon rendez-vous svp",
}
CHANNELS = ("website",) * 6 + ("sms", "whatsapp", "messenger", "telegram")


def words(language: str, number: int) -> str:
    """A message; one in fifty thousand of them names someone."""
    said = random.choices(WORDS[language].split(), k=random.randint(3, 16))
    return " ".join([*said, *(["Zébulon"] if number % 50_000 == 40 else [])])


def turn(number: int, channel: str, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a turn, eight or nine as a rule."""
    topic = random.choice(TOPICS)
    kind = random.choices(("answer", "clarify", "decline", "urgent", "error"), (800, 80, 80, 30, 1))[0]
    confidence = random.uniform(0.5, 1)
    understood = {
        "intent": {"name": topic, "confidence": confidence},
        "intent_ranking": [{"name": name, "confidence": confidence / 2} for name in TOPICS[:5]],
        "entities": [{"entity": "language", "value": language}, {"entity": "area", "value": "face"}],
        "clauses": [{"text": "…", "topic": topic, "outcome": "answer", "confidence": confidence}],
    }
    yield "action", {"name": "action_listen"}
    yield (
        "user",
        {
            "text": words(language, number),
            "input_channel": channel,
            "parse_data": understood,
            "metadata": {"language": language},
        },
    )
    yield "slot", {"name": "language", "value": language}
    yield "user_featurization", {"use_text_for_featurization": False}
    if random.random() < 0.03:
        yield "active_loop", {"name": "booking_form"}
    yield "action", {"name": "action_answer"}
    given = {"id": uuid.UUID(int=random.getrandbits(128)).hex, "kind": kind, "topic": topic, "language": language}
    yield "bot", {"text": "It is like a light prick. " * 12, "metadata": given, "data": {"buttons": []}}
    yield "slot", {"name": "memory", "value": {"topic": topic}}
    if random.random() < 0.05:
        yield "feedback", {"message_id": given["id"], "helpful": random.random() < 0.6}
    yield "action", {"name": "action_listen"}


def conversations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Events of several conversations at a time, without an end: whose, of which type, and what."""
    number = 0

    def conversation() -> Iterator[tuple[str, str, dict[str, Any]]]:
        nonlocal number
        sender = uuid.UUID(int=random.getrandbits(128)).hex
        channel, language = random.choice(CHANNELS), random.choice(("en", "fr", "fr"))
        for _ in range(random.randint(3, 8)):
            number += 1
            for kind, data in turn(number, channel, language):
                yield sender, kind, data

    going_on = [conversation() for _ in range(AT_ONCE)]
    while True:
        place = random.randrange(AT_ONCE)
        for _ in range(9):
            if event := next(going_on[place], None):
                yield event
            else:
                going_on[place] = conversation()


def fill(url: str, events: int) -> None:
    """Rasa's table, made by Rasa's own model, with so many events of the last year."""
    from rasa.core.tracker_store import SQLTrackerStore

    from clinic.conversations.models import Event

    SQLTrackerStore.Base.metadata.create_all(sa.create_engine(url))
    random.seed(9)
    source, rows = conversations(), []
    for number in range(1, events + 1):
        sender, kind, data = next(source)
        at = (NOW - YEAR * (1 - number / events)).timestamp()
        data |= {"event": kind, "timestamp": at}
        rows.append(Event(sender_id=sender, type_name=kind, timestamp=at, data=json.dumps(data)))
        if len(rows) == BATCH or number == events:
            Event.objects.bulk_create(rows)
            rows = []


def summarise() -> float:
    """As `python -m clinic follow` does; in seconds."""
    from clinic.conversations import follow

    started = time.monotonic()
    while follow.catch_up(at=dt.datetime.now(dt.UTC)):
        pass
    return time.monotonic() - started


def judge_some() -> None:
    """One conversation in seven is reviewed, and each of them was read."""
    from django.db.models.functions import Mod

    from clinic.conversations.models import Conversation, Reading

    some = Conversation.objects.annotate(left=Mod("pk", 7)).filter(left=0)
    some.update(reviewed=True)
    read = ((row.sender, row.latest) for row in some.only("sender", "latest"))
    Reading.objects.bulk_create(
        [Reading(sender=s, username=f"reviewer{i % 5}", at=at) for i, (s, at) in enumerate(read)]
    )


class Room:
    """The staff room on a database of its own, and an administrator who is signed in."""

    def __init__(self, url: str, events: int) -> None:
        """Make everything; this takes minutes with a million events."""
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.db import connections
        from django.test import Client

        from clinic.conversations.models import Conversation
        from clinic.site.settings import database

        connections.settings["default"] = connections.configure_settings({"default": database(url)})["default"]
        self.connection = connections.create_connection("default")
        self.use()
        call_command("migrate", verbosity=0)
        fill(url, events)
        self.seconds = summarise()
        judge_some()
        if self.connection.vendor == "postgresql":
            # As its own housekeeping does within minutes.
            self.connection.cursor().execute("ANALYZE")
        self.conversations = Conversation.objects.count()
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(User.objects.create_superuser("benchmark"), "django.contrib.auth.backends.ModelBackend")
        self.size = events

    def use(self) -> None:
        """Let Django use this database from now on."""
        from django.db import connections

        connections["default"] = self.connection

    def open(self, page: str) -> float:
        """Open a page; in seconds."""
        self.use()
        started = time.perf_counter()
        response = self.client.get(f"/staff/conversations/{page}")
        seconds = time.perf_counter() - started
        if response.status_code != 200:
            raise RuntimeError(f"{page}: status {response.status_code}")
        return seconds

    def queries(self, page: str) -> int:
        """How often a page asks the database."""
        from django.test.utils import CaptureQueriesContext

        self.use()
        with CaptureQueriesContext(self.connection) as asked:
            self.open(page)
        return len(asked)

    def older(self) -> str:
        """The place half-way down the list."""
        from clinic.conversations.models import Conversation

        self.use()
        row = Conversation.objects.order_by("latest")[self.conversations // 2]
        return f"older_{row.latest.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}Z_{row.pk}"


def measure(small: Room, large: Room) -> dict[str, dict[str, float]]:
    """Each page in both, in turn."""
    figures = {}
    day = {"since": f"{NOW - YEAR / 2:%Y-%m-%d}", "until": f"{NOW - YEAR / 10:%Y-%m-%d}"}
    for name, page in PAGES.items():
        addresses = {room: page.format(older=room.older(), **day) for room in (small, large)}
        queries = max(room.queries(address) for room, address in addresses.items())
        rounds = [[room.open(address) for room, address in addresses.items()] for _ in range(ROUNDS)]
        little, much = (statistics.median(times) * 1000 for times in zip(*rounds, strict=True))
        figures[name] = {"small_ms": little, "large_ms": much, "ratio": much / little, "queries": queries}
    return figures


def run(addresses: list[str]) -> bool:
    """Make both rooms, measure, print; whether all is within the mark."""
    clinic.setup("clinic.site.staff_settings")
    small, large = (Room(url, events) for url, events in zip(addresses, (SMALL, LARGE), strict=True))
    for room in (small, large):
        print(f"{room.size:,} events, {room.conversations:,} conversations: summarised in {room.seconds:.1f} s")
    figures = measure(small, large)
    print(f"{'page':<20}{SMALL:>10,}{LARGE:>12,}{'ratio':>8}{'queries':>9}")
    for name, f in figures.items():
        print(f"{name:<20}{f['small_ms']:>7.1f} ms{f['large_ms']:>9.1f} ms{f['ratio']:>8.2f}{f['queries']:>9.0f}")
    worst, most = max(f["ratio"] for f in figures.values()), max(f["queries"] for f in figures.values())
    summary = {"database": large.connection.vendor, "summarised_s": round(large.seconds, 1)}
    print(json.dumps(summary | {"worst_ratio": round(worst, 2), "most_queries": most, "pages": figures}))
    large.connection.close()
    small.connection.close()
    return worst <= MOST_TIMES and most <= MOST_QUERIES


def main() -> None:
    """On SQLite files, or on databases of its own in a PostgreSQL server; exit with 1 beyond the mark."""
    if len(sys.argv) == 1:
        with tempfile.TemporaryDirectory() as folder:
            good = run([f"sqlite:///{Path(folder) / name}.db" for name in ("small", "large")])
    else:
        server = sys.argv[1].rstrip("/")
        with databases(server) as names:
            good = run([f"{server}/{name}" for name in names])
    sys.exit(not good)


@contextmanager
def databases(server: str) -> Iterator[list[str]]:
    """Two new databases in a PostgreSQL server, dropped in the end."""
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", future=True)
    names = [f"askmeso_bench_{uuid.uuid4().hex[:8]}" for _ in range(2)]
    try:
        with engine.connect() as connection:
            for name in names:
                connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield names
    finally:
        with engine.connect() as connection:
            for name in names:
                connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
