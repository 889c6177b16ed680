"""The same assistant on PostgreSQL: one change of DATABASE_URL."""

import os
import time
import uuid

import psycopg2
import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.claims import Claims, State
from bot.feedback import Feedback
from bot.tracker_store import AskMesoTrackerStore
from tests.conftest import ROOT

SERVER = os.environ.get("POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")


@pytest.fixture(scope="module")
def database_url():
    """A database of its own; without a server the test is skipped on a laptop and fails in CI."""
    name = f"askmeso_test_{uuid.uuid4().hex[:8]}"
    try:
        connection = psycopg2.connect(f"{SERVER}/postgres", connect_timeout=3)
    except psycopg2.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL does not answer at {SERVER}: {error}")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield f"{SERVER}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


async def test_conversations_are_kept(database_url):
    domain = Domain.load(ROOT / "domain.yml")
    store = AskMesoTrackerStore(domain, host=database_url)
    tracker = DialogueStateTracker("c1", domain.slots)
    tracker.update(UserUttered("est-ce que ça fait mal?", {"name": "pain"}), domain)
    tracker.update(SlotSet("language", "fr"), domain)
    await store.save(tracker)
    assert (await store.retrieve("c1")).get_slot("language") == "fr"
    assert store.healthy


async def test_a_long_conversation_reloads_a_stretch_and_is_kept_whole(database_url):
    store = AskMesoTrackerStore(Domain.load(ROOT / "domain.yml"), host=database_url)
    for number in range(60):
        tracker = await store.get_or_create_tracker("c2", append_action_listen=False)
        tracker.update(SlotSet("language", "fr"))
        tracker.update(UserUttered(f"question {number}, 418 555-0199"))
        await store.save(tracker)
    whole = await store.retrieve_full_tracker("c2")
    said = [event.text for event in whole.events if isinstance(event, UserUttered)]
    assert said == [f"question {number}, [phone]" for number in range(60)]


async def test_the_latest_messages_are_read_and_a_vote_is_kept(database_url):
    store = AskMesoTrackerStore(Domain.load(ROOT / "domain.yml"), host=database_url)
    tracker = await store.get_or_create_tracker("c3")
    tracker.update(UserUttered("does it hurt?"))
    tracker.update(Feedback("m1", False, about={"topic": "pain"}))
    await store.save(tracker)
    assert [event.text for event in await store.said("c3", latest=5)] == ["does it hurt?"]
    assert (await store.retrieve("c3")).events[-1] == Feedback("m1", False, about={"topic": "pain"})


async def test_only_old_conversations_are_deleted(database_url):
    store = AskMesoTrackerStore(Domain.load(ROOT / "domain.yml"), host=database_url)
    for conversation, ages in {"old": [3000, 2000], "long": [3000, 10]}.items():
        tracker = store.init_tracker(conversation)
        for age in ages:
            tracker.update(UserUttered("hello", timestamp=time.time() - age))
        await store.save(tracker)
    assert store.purge(before=time.time() - 1000) == 1
    assert "old" not in await store.keys()
    assert "long" in await store.keys()


def test_a_message_is_claimed_once(database_url):
    claims = Claims(database_url)
    assert claims.claim("c1", "m1", "hello")[0] is State.OURS
    assert claims.claim("c1", "m1", "hello")[0] is State.IN_PROGRESS
    assert claims.claim("c1", "m1", "another")[0] is State.ANOTHER_TEXT
    claims.settle("c1", "m1", [{"text": "Bonjour"}])
    assert claims.claim("c1", "m1", "hello") == (State.ANSWERED, [{"text": "Bonjour"}])


def test_django_reads_the_same_address(database_url):
    import dj_database_url

    assert dj_database_url.parse(database_url)["NAME"] == sa.engine.make_url(database_url).database
