"""Messages on their way: in order, again after a passing failure, never again after a refusal."""

import asyncio
import time

import httpx
import pytest

from bot.channels import sending
from bot.channels.sending import ATTEMPTS, Caller, Outbox, SendError, refusal, seconds


def message(name, kind="answer"):
    return {"id": name, "text": name, "buttons": [], "metadata": {"kind": kind}}


class Recipient:
    """A platform that fails as it is told and keeps what it took."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.taken = []
        self.tried = []

    async def send(self, to, message):
        self.tried.append(time.monotonic())
        await asyncio.sleep(0)
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        self.taken.append((to, message["id"]))


async def sent(recipient, *messages, to="a"):
    outbox = Outbox(recipient.send, first_wait=0.001)
    outbox.put(to, list(messages))
    await outbox.idle(timeout=5)
    return outbox


async def test_messages_arrive_in_order_even_when_one_fails_at_first():
    recipient = Recipient(SendError("busy"), None, SendError("busy"))
    outbox = await sent(recipient, message("1"), message("2"), message("3"))
    assert recipient.taken == [("a", "1"), ("a", "2"), ("a", "3")]
    assert outbox.undelivered == 0


async def test_a_refusal_is_not_tried_again_and_is_counted_and_the_next_message_goes():
    recipient = Recipient(SendError("blocked", permanent=True))
    outbox = await sent(recipient, message("1"), message("2"))
    assert recipient.taken == [("a", "2")]
    assert outbox.undelivered == 1


async def test_a_failure_that_stays_is_given_up(caplog):
    recipient = Recipient(*[SendError("down")] * 100)
    outbox = await sent(recipient, message("1"))
    assert len(recipient.tried) == ATTEMPTS
    assert outbox.undelivered == 1
    assert "Message 1 was not delivered: down." in caplog.text


async def test_a_fault_of_ours_is_no_reason_to_stop():
    recipient = Recipient(KeyError("text"))
    outbox = await sent(recipient, message("1"), message("2"))
    assert (recipient.taken, outbox.undelivered) == ([("a", "2")], 1)


async def test_the_wait_that_is_asked_for_is_kept():
    recipient = Recipient(SendError("busy", retry_after=0.3))
    await sent(recipient, message("1"))
    assert recipient.tried[1] - recipient.tried[0] >= 0.29


async def test_a_wait_that_is_too_long_is_given_up_at_once():
    recipient = Recipient(SendError("busy", retry_after=sending.LONGEST_WAIT + 1))
    outbox = await sent(recipient, message("1"))
    assert (len(recipient.tried), outbox.undelivered) == (1, 1)


async def test_an_urgent_message_overtakes_what_waits():
    recipient = Recipient(SendError("busy"))
    await sent(recipient, message("1"), message("2"), message("help", "urgent"))
    assert [name for _, name in recipient.taken] == ["help", "1", "2"]


async def test_nobody_waits_for_another():
    recipient = Recipient(SendError("busy", retry_after=1.0))
    outbox = Outbox(recipient.send)
    outbox.put("a", [message("1")])
    await asyncio.sleep(0.05)
    outbox.put("b", [message("2")])
    await asyncio.sleep(0.05)
    assert recipient.taken == [("b", "2")]
    await outbox.idle(timeout=5)
    assert recipient.taken == [("b", "2"), ("a", "1")]


async def test_what_is_late_at_the_end_is_dropped():
    recipient = Recipient(SendError("busy", retry_after=60.0))
    outbox = Outbox(recipient.send)
    outbox.put("a", [message("1")])
    started = time.monotonic()
    await outbox.idle(timeout=0.1)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (403, True), (302, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_a_status_says_whether_to_try_again(status, permanent):
    assert refusal(httpx.Response(status)).permanent is permanent


@pytest.mark.parametrize(("value", "wait"), [("3", 3.0), (2, 2.0), ("-1", None), ("inf", None), ("nan", None)])
def test_what_is_no_wait_is_ignored(value, wait):
    assert seconds(value) == wait


@pytest.mark.parametrize("value", [None, "Thu, 26 Nov 2026 02:00:00 GMT", "", [], {}])
def test_a_date_is_no_number_of_seconds(value):
    assert seconds(value) is None


async def test_no_connection_is_a_passing_failure_that_names_no_address():
    caller = Caller(timeout=1)
    with pytest.raises(SendError) as failed:
        await caller.post("http://127.0.0.1:1/bot-token/sendMessage", json={})
    await caller.close()
    assert not failed.value.permanent
    assert "token" not in str(failed.value)
