"""A vote is kept in the conversation and disturbs nothing in it."""

import asyncio

from rasa.core.agent import Agent
from rasa.shared.core.events import Event, UserUttered

from bot.feedback import ABOUT, Feedback
from bot.tracker_store import STRETCH
from tests.bot.conftest import opened
from tests.bot.test_tracker_store import rows, say, turn, typed

ANSWER = {"kind": "answer", "topic": "pain", "variant": None, "language": "en", "revision": "a", "release": "b"}


def vote(**more):
    return Feedback("m1", True, about=ANSWER | {"sources": []}, **more)


async def voted(store, *votes, conversation="c1"):
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    for event in votes:
        tracker.update(event)
    await store.save(tracker)
    return tracker


def test_any_process_that_loads_conversations_can_read_it():
    said = vote(comment="clear", timestamp=5.0)
    read = Event.from_parameters(said.as_dict())
    assert read == said
    assert read.as_dict() == said.as_dict()


def test_it_says_which_words_it_is_about():
    assert vote().as_dict()["about"] == ANSWER
    assert set(ABOUT) == set(ANSWER)


async def test_it_is_stored_and_streamed_without_contacts(store, stream):
    await turn(store, "does it hurt?")
    await voted(store, vote(comment="call me at 418 555-0199"))
    for events in (rows(store), stream.published):
        assert [e["comment"] for e in events if e["event"] == "feedback"] == ["call me at [phone]"]


async def test_a_second_vote_does_not_replace_the_first(store):
    await turn(store, "does it hurt?")
    await voted(store, vote())
    await voted(store, Feedback("m1", False, about=ANSWER))
    whole = await store.retrieve_full_tracker("c1")
    assert [event.helpful for event in whole.events if isinstance(event, Feedback)] == [True, False]


async def test_many_votes_do_not_make_a_conversation_slow(store):
    await turn(store, "does it hurt?")
    for _ in range(3 * STRETCH):
        tracker = await voted(store, vote())
        assert len(tracker.events) <= STRETCH + 10
    assert typed(await store.retrieve_full_tracker("c1")) == ["does it hurt?"]


def test_a_form_goes_on_after_a_vote(little_model, tmp_path):
    async def talk():
        agent = Agent.load(little_model, tracker_store=opened(tmp_path))
        asked = await say(agent, "book")
        for _ in range(STRETCH + 10):
            await voted(agent.tracker_store._tracker_store, vote())
        area = await say(agent, "tuesday")
        await voted(agent.tracker_store._tracker_store, vote())
        return asked, area, await say(agent, "the face")

    assert asyncio.run(talk()) == (["Which day?"], ["Which area?"], ["Booked: tuesday, the face."])


async def test_a_vote_is_no_message(store):
    await turn(store, "does it hurt?")
    tracker = await voted(store, vote())
    assert tracker.latest_message.text == "does it hurt?"
    assert len(await store.said("c1", latest=10)) == 2
    assert [e.text for e in tracker.applied_events() if isinstance(e, UserUttered)] == ["does it hurt?"]
