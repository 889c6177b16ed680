"""Conversations are kept whole, reload a bounded stretch, and reach neither the database nor the stream unredacted."""

import asyncio
import json
import statistics
import time

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, ConversationPaused, SlotSet, UserUttered

from bot.tracker_store import BATCH, STRETCH, is_snapshot
from tests.bot.conftest import opened


@pytest.fixture(scope="module")
def interrupted(little_model, tmp_path_factory):
    """The folder of a conversation whose form was interrupted 300 times."""
    folder = tmp_path_factory.mktemp("interrupted")

    async def interrupt():
        agent = Agent.load(little_model, tracker_store=opened(folder))
        for text in ["book", "tuesday", *["does it hurt?"] * 300]:
            await say(agent, text)

    asyncio.run(interrupt())
    return folder


async def say(agent, text, conversation="c1"):
    return [message["text"] for message in await agent.handle_text(text, sender_id=conversation)]


async def turn(store, text, *more):
    """One turn as Rasa makes it: load, add, save."""
    tracker = await store.get_or_create_tracker("c1", append_action_listen=False)
    for event in (UserUttered(text), *more, BotUttered("Call 418 555-0142."), ActionExecuted("action_listen")):
        tracker.update(event)
    await store.save(tracker)
    return tracker


def typed(tracker):
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def rows(store):
    with store.engine.connect() as connection:
        return [json.loads(data) for (data,) in connection.execute(sa.text("SELECT data FROM events ORDER BY id"))]


async def test_a_form_stays_open_through_300_interruptions_and_a_restart(little_model, interrupted):
    restarted = Agent.load(little_model, tracker_store=opened(interrupted))
    assert await say(restarted, "it will hurt") == ["A little.", "Which area?"]
    assert await say(restarted, "the face") == ["Booked: tuesday, the face."]


async def test_turn_300_takes_at_most_a_third_longer_than_turn_5(little_model, interrupted):
    agent = Agent.load(little_model, tracker_store=opened(interrupted))
    seconds = {"young": [], "c1": []}
    for text in ["book", "tuesday", *["does it hurt?"] * 25]:
        for conversation, taken in seconds.items():
            started = time.perf_counter()
            await say(agent, text, conversation)
            taken.append(time.perf_counter() - started)
    assert statistics.median(seconds["c1"][3:]) <= 1.3 * statistics.median(seconds["young"][3:])


async def test_a_conversation_reloads_a_stretch_and_is_kept_whole(store):
    for number in range(60):
        tracker = await turn(store, f"question {number}")
        assert len(tracker.events) <= STRETCH + 10
    whole = await store.retrieve_full_tracker("c1")
    assert typed(whole) == [f"question {number}" for number in range(60)]
    assert len(whole.events) == 60 * 3
    assert any(is_snapshot(event) for event in (await store.retrieve("c1")).events)


async def test_a_snapshot_keeps_what_was_known(store):
    await turn(store, "bonjour", SlotSet("language", "fr"), ConversationPaused())
    for _ in range(40):
        await turn(store, "hello")
    tracker = await store.retrieve("c1")
    assert tracker.get_slot("language") == "fr"
    assert tracker.is_paused()
    assert "bonjour" not in typed(tracker)


async def test_a_turn_saved_twice_is_stored_once(store):
    for number in range(20):
        await store.save(await turn(store, f"question {number}"))
    assert typed(await store.retrieve_full_tracker("c1")) == [f"question {number}" for number in range(20)]


async def test_no_event_is_lost_to_clocks_that_differ(store):
    for number in range(40):
        said = UserUttered(f"question {number}", timestamp=time.time() - number)
        tracker = await store.get_or_create_tracker("c1")
        tracker.update(said)
        await store.save(tracker)
        assert typed(await store.retrieve("c1"))[-1] == said.text
    assert len(typed(await store.retrieve_full_tracker("c1"))) == 40


async def test_neither_the_database_nor_the_stream_holds_a_contact(store, stream):
    await turn(store, "call 418 555-0199 or marie@example.com", SlotSet("language", "TREM 8512 1234"))
    for events in (rows(store), stream.published):
        assert [e["text"] for e in events if e["event"] == "user"] == ["call [phone] or [email]"]
        assert [e["value"] for e in events if e["event"] == "slot"] == ["[health number]"]
        assert [e["text"] for e in events if e["event"] == "bot"] == ["Call 418 555-0142."]


async def test_the_stream_carries_each_event_once_and_no_snapshot(store, stream):
    for number in range(30):
        await turn(store, f"question {number}")
    assert [e["text"] for e in stream.published if e["event"] == "user"] == [f"question {n}" for n in range(30)]
    assert not [e for e in stream.published if e.get("metadata", {}).get("snapshot")]
    assert {e["sender_id"] for e in stream.published} == {"c1"}


async def test_what_memory_takes_over_is_streamed_without_contacts(store, stream):
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE events"))
    store_with_memory = FailSafeTrackerStore(store)
    tracker = store.init_tracker("c1")
    tracker.update(UserUttered("418 555-0199"))
    await store_with_memory.save(tracker)
    assert not store.healthy
    assert [event["text"] for event in stream.published] == ["[phone]"]


async def test_closing_the_store_s_broker_closes_the_one_behind(store, stream):
    assert store.event_broker.is_ready()
    await store.event_broker.close()
    assert stream.closed


async def test_the_latest_messages_of_both_sides_are_read_without_the_rest(store):
    for number in range(60):
        await turn(store, f"question {number}", SlotSet("language", "fr"))
    said = await store.said("c1", latest=4)
    assert [event.text for event in said] == ["question 58", "Call 418 555-0142.", "question 59", "Call 418 555-0142."]
    assert await store.said("c2", latest=4) == []


async def test_only_conversations_that_were_silent_long_enough_are_deleted(store):
    limit = time.time() - 1000
    for conversation, ages in {"old": [3000, 2000], "long": [3000, 10], "new": [10]}.items():
        for age in ages:
            await at(store, conversation, time.time() - age)
    assert store.purge(before=limit) == 1
    assert set(await store.keys()) == {"long", "new"}
    assert len(typed(await store.retrieve_full_tracker("long"))) == 2


async def test_many_old_conversations_are_deleted_in_one_go(store):
    for number in range(2 * BATCH + 1):
        await at(store, f"c{number}", 1.0 + number)
    await at(store, "new", time.time())
    assert store.purge(before=time.time() - 1000) == 2 * BATCH + 1
    assert await store.keys() == ["new"]
    assert store.purge(before=time.time() - 1000) == 0


async def at(store, conversation, timestamp):
    """One message of a conversation at a time of the past."""
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    tracker.update(UserUttered("hello", timestamp=timestamp))
    await store.save(tracker)


async def test_neither_the_database_nor_the_stream_holds_a_name_that_the_form_asked_for(store, stream):
    text = "it's Julie Tremblay"
    found = {"text": text, "clauses": [{"text": text}], "personal": [{"kind": "name", "start": 5, "end": len(text)}]}
    tracker = await store.get_or_create_tracker("c1")
    tracker.update(UserUttered(text, {"name": "inform"}, parse_data=found))
    await store.save(tracker)
    for events in (rows(store), stream.published):
        assert [e["text"] for e in events if e["event"] == "user"] == ["it's [name]"]
        assert "Julie" not in json.dumps(events)
        assert "Tremblay" not in json.dumps(events)
