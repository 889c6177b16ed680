"""There is always a message: Rasa may fail, hang or say nothing."""

import asyncio
import contextlib
import time
from types import SimpleNamespace

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels import answering
from bot.channels.output import PatientOutput
from tests.conftest import ROOT

DOMAIN = Domain.load(ROOT / "domain.yml")


class FakeAgent:
    """An agent whose conversations are kept in a dictionary."""

    def __init__(self):
        self.domain = DOMAIN
        self.saved = {}
        self.lock_store = SimpleNamespace(lock=lambda conversation: contextlib.nullcontext())
        self.lock_store.lock = self._lock
        self.processor = SimpleNamespace(fetch_tracker_and_update_session=self.retrieve)
        self.tracker_store = SimpleNamespace(retrieve=self.retrieve, save=self.save)

    @contextlib.asynccontextmanager
    async def _lock(self, conversation):
        yield

    async def retrieve(self, conversation):
        return self.saved.get(conversation) or DialogueStateTracker(conversation, DOMAIN.slots)

    async def save(self, tracker):
        self.saved[tracker.sender_id] = tracker


def message(language="en"):
    metadata = {"language": language}
    return UserMessage("hello", PatientOutput("website"), "c1", message_id="m1", metadata=metadata)


async def says_hello(message):
    await message.output_channel.send_response(
        "c1", {"text": "Hello", "metadata": {"kind": "chat"}, "custom": {"a": 1}}
    )


async def fails(message):
    raise RuntimeError("a component broke")


async def says_nothing(message):
    pass


async def is_cancelled(message):
    raise asyncio.CancelledError


async def hangs(message):
    await asyncio.sleep(30)


async def test_it_works():
    messages = await answering.answer(message(), handle=says_hello, agent=FakeAgent())
    assert [m["text"] for m in messages] == ["Hello"]
    assert "custom" not in messages[0]


@pytest.mark.parametrize("handle", [fails, says_nothing, is_cancelled, hangs])
@pytest.mark.parametrize(("language", "line"), [("en", "If this is an emergency, call 911."), ("fr", "le 911.")])
async def test_whatever_breaks_the_patient_gets_the_emergency_line(handle, language, line):
    started = time.monotonic()
    messages = await answering.answer(message(language), handle=handle, agent=FakeAgent(), patience=0.2)
    assert time.monotonic() - started < 2
    assert messages[0]["metadata"]["kind"] == "error"
    assert messages[0]["text"].splitlines()[-1].endswith(line)


async def test_in_an_unknown_language_the_apology_is_in_both():
    messages = await answering.answer(message(language=None), handle=fails, agent=FakeAgent())
    assert "call 911" in messages[0]["text"]
    assert "appelez le 911" in messages[0]["text"]


async def test_a_failed_turn_is_stored():
    agent = FakeAgent()
    await answering.answer(message(), handle=fails, agent=agent)
    await asyncio.gather(*answering._recording)
    stored = [e.as_dict() for e in agent.saved["c1"].events]
    assert [(e["event"], e["text"]) for e in stored if e["event"] == "user"] == [("user", "hello")]
    assert stored[-1]["event"] == "bot"
    assert stored[-1]["metadata"]["metadata"]["kind"] == "error"


async def test_the_apology_does_not_wait_for_a_broken_store():
    agent = FakeAgent()

    async def broken(_):
        raise OSError("the database is away")

    agent.tracker_store.retrieve = agent.processor.fetch_tracker_and_update_session = broken
    messages = await answering.answer(message("fr"), handle=fails, agent=agent)
    assert messages[0]["metadata"]["language"] == "fr"


async def test_turns_of_one_conversation_follow_one_another_and_those_of_others_do_not_wait():
    running = []

    async def counts(message):
        running.append(message.sender_id)
        assert running.count(message.sender_id) == 1
        await asyncio.sleep(0.01)
        running.remove(message.sender_id)
        await says_hello(message)

    turns = [said("c1") for _ in range(16)] + [said("c2")]
    began = time.monotonic()
    replies = await asyncio.gather(*(answering.answer(turn, handle=counts, agent=FakeAgent()) for turn in turns))
    assert [reply[0]["text"] for reply in replies] == ["Hello"] * 17
    assert time.monotonic() - began < 1


async def test_who_waits_for_a_turn_that_hangs_is_told_in_time():
    began = time.monotonic()
    turns = [answering.answer(message(), handle=hangs, agent=FakeAgent(), patience=0.2) for _ in range(5)]
    replies = await asyncio.gather(*turns)
    assert {reply[0]["metadata"]["kind"] for reply in replies} == {"error"}
    assert time.monotonic() - began < 2


async def test_nothing_is_remembered_of_conversations_in_which_nothing_happens():
    await answering.answer(message(), handle=says_hello, agent=FakeAgent())
    await asyncio.sleep(0)
    assert dict(answering._busy) == {}


def said(conversation):
    return UserMessage("hello", PatientOutput("website"), conversation, message_id="m1", metadata={"language": "en"})
