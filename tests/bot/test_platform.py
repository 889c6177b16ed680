"""What all messaging channels share, with a platform that is an ordinary class and an assistant that repeats."""

import datetime as dt
import functools
import types

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import clinic_facts
from bot.channels.claims import Claims
from bot.channels.platform import LARGEST_CALL, STALE, Incoming, Platform, PlatformInput, Problem, Turns
from bot.channels.verification import Verification
from tests.conftest import ROOT


@functools.cache
def domain():
    return Domain.load(str(ROOT / "domain.yml"))


class Post(Platform):
    """A platform without buttons; a call's body says whether it is signed, `incoming` what is in it."""

    name = "post"
    longest = 1000

    def __init__(self):
        self.incoming = []
        self.sent = []

    def verify(self, request, body):
        if body != b"signed":
            raise Problem(403, "signature", "It is not signed.")

    def read(self, request, body):
        return self.incoming

    async def send(self, to, message):
        self.sent.append((to, message["text"]))


class PostInput(PlatformInput):
    channel = "post"


class Store:
    """What was said so far."""

    def __init__(self):
        self.events = []

    async def said(self, conversation, *, latest):
        return self.events

    async def retrieve(self, conversation):
        return DialogueStateTracker(conversation, [])


class Desk:
    """The channel, and Rasa, which says what it is told."""

    def __init__(self, folder, *, rate=100, until=None):
        self.platform = Post()
        self.channel = PostInput(
            self.platform,
            verification=Verification("post", until=until),
            claims=Claims(f"sqlite:///{folder / 'a.db'}"),
            clinic=clinic_facts.read(ROOT / "content"),
            secret="s" * 40,
            rate=rate,
        )
        self.store = Store()
        self.agent = types.SimpleNamespace(domain=domain(), tracker_store=self.store)
        self.heard = []

    async def handle(self, message):
        self.heard.append(message)
        said = {"text": f"You said {message.text}", "metadata": {"kind": "chat", "language": "en"}}
        await message.output_channel.send_response(message.sender_id, said)

    async def post(self, *incoming, body=b"signed"):
        self.platform.incoming = list(incoming)
        request = types.SimpleNamespace(
            body=body, app=types.SimpleNamespace(ctx=types.SimpleNamespace(agent=self.agent))
        )
        try:
            return self.channel._receive(request, self.handle)
        finally:
            await self.channel._turns.idle(timeout=5)
            await self.channel._outbox.idle(timeout=5)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def text(number, said="hello", sender="+15145550199", **more):
    return Incoming(id=str(number), sender=sender, text=said, **more)


async def test_it_works(desk):
    assert (await desk.post(text(1))).status == 200
    assert desk.platform.sent == [("+15145550199", "You said hello")]


async def test_who_is_not_verified_is_not_even_read(desk):
    with pytest.raises(Problem) as refused:
        await desk.post(text(1), body=b"forged")
    assert refused.value.status == 403
    assert (desk.heard, desk.platform.sent) == ([], [])


async def test_who_is_not_verified_is_let_pass_and_counted_while_it_is_watched(tmp_path):
    desk = Desk(tmp_path, until=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    await desk.post(text(1), body=b"forged")
    assert len(desk.heard) == 1
    assert desk.channel.report()["unverified"] == 1


async def test_a_large_call_is_refused_before_it_is_verified(desk):
    with pytest.raises(Problem) as refused:
        await desk.post(body=b"a" * (LARGEST_CALL + 1))
    assert refused.value.status == 413


async def test_a_message_is_answered_once_even_by_another_process(desk, tmp_path):
    await desk.post(text(1))
    await desk.post(text(1), text(2, "again"))
    other = Desk(tmp_path)
    await other.post(text(1))
    assert [message.text for message in desk.heard] == ["hello", "again"]
    assert other.heard == []


async def test_a_call_of_many_messages_is_answered_in_order(desk):
    await desk.post(*(text(number, f"number {number}") for number in range(10)))
    assert [said for _, said in desk.platform.sent] == [f"You said number {number}" for number in range(10)]


async def test_whoever_writes_too_often_is_asked_to_come_back_and_loses_nothing(tmp_path):
    desk = Desk(tmp_path, rate=2)
    messages = [text(number, f"number {number}") for number in range(3)]
    with pytest.raises(Problem) as refused:
        await desk.post(*messages, text(9, "hello", sender="+15145550188"))
    assert refused.value.status == 429
    assert int(refused.value.headers["Retry-After"]) > 0
    assert sorted(message.text for message in desk.heard) == ["hello", "number 0", "number 1"]
    desk.channel._limits = Desk(tmp_path).channel._limits  # a minute later
    await desk.post(*messages)
    assert [message.text for message in desk.heard][-1] == "number 2"


@pytest.mark.parametrize("at", [0.0, 1.0, -1e9, 1e30])
async def test_what_is_too_old_or_not_yet_sent_is_refused(desk, at):
    with pytest.raises(Problem) as refused:
        await desk.post(text(1, at=at))
    assert refused.value.status == 403
    assert desk.heard == []


async def test_what_is_old_is_left_out_of_a_call_with_news(desk):
    await desk.post(text(1, "old", at=dt.datetime.now().timestamp() - STALE - 10), text(2, "new"))
    assert [message.text for message in desk.heard] == ["new"]


async def test_the_assistant_hears_neither_the_number_nor_the_id(desk):
    await desk.post(text("SM123", phone="+15145550199", language="fr-CA"))
    (message,) = desk.heard
    assert "5145550199" not in message.sender_id
    assert message.message_id != "SM123"
    assert message.metadata == {"language": "fr", "phone": "+15145550199"}


@pytest.mark.parametrize("said", [None, "", "  ", "\u200b", "\x00"])
async def test_what_cannot_be_read_gets_a_sentence_of_the_domain(desk, said):
    await desk.post(text(1, said))
    ((_, sentence),) = desk.platform.sent
    assert "I can only read text" in sentence
    assert "je peux seulement lire du texte" in sentence, "nobody knows yet which language it is"
    assert desk.heard == []


async def test_a_response_may_be_said_instead_or_nothing_at_all(desk):
    await desk.post(text(1, says="utter_sms_help", language="en"), text(2, says=""))
    ((_, sentence),) = desk.platform.sent
    assert "STOP" in sentence
    assert "{" not in sentence


async def test_a_number_is_the_choice_that_was_offered_last(desk):
    buttons = [{"title": "Pain", "payload": '/pain{"language": "en"}'}, {"title": "Cost", "payload": "/cost"}]
    desk.store.events = [UserUttered("hello"), BotUttered("Hello!", {"buttons": buttons})]
    await desk.post(text(1, "deux"), text(2, "7"), text(3, "2 pm"))
    assert [message.text for message in desk.heard] == ["/cost", "7", "2 pm"]


@pytest.mark.parametrize("payload", ["/restart", "hello", "", "/pain{", "#" + "0" * 24, "/" + "a" * 300])
async def test_a_button_of_nobody_gets_a_sentence(desk, payload):
    await desk.post(Incoming(id="1", sender="a", payload=payload))
    assert desk.heard == []
    assert "no longer works" in desk.platform.sent[0][1]


async def test_words_that_cannot_be_arranged_are_said_all_the_same(desk):
    desk.platform.is_numbered = None
    await desk.post(text(1))
    assert desk.platform.sent == [("+15145550199", "You said hello")]


async def test_a_turn_that_fails_does_not_stop_the_next_one():
    done = []

    async def turn(name):
        if name == "bad":
            raise RuntimeError(name)
        done.append(name)

    turns = Turns()
    for name in ("one", "bad", "two"):
        turns.add("a", turn(name))
    await turns.idle(timeout=5)
    assert done == ["one", "two"]
