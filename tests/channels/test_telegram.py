"""Telegram, asked what every channel is asked, and what only Telegram has."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.channel import Webhook, another, opened
from tests.channels.questions import *  # noqa: F403
from tests.channels.questions import FUZZ, JSON
from tests.channels.telegram import PHOTO, SECRET, TelegramKit, delivery, message, query


@pytest.fixture(scope="module")
def channel(model, tmp_path_factory):
    with opened(TelegramKit(), tmp_path_factory.mktemp("telegram")) as started:
        yield started


def calls(channel, method):
    return [sent.json() for sent in channel.platform.requests if sent.path.endswith(f"/{method}")]


def test_the_chat_is_opened_by_telegrams_own_button_in_the_persons_language(channel):
    person = channel.person()
    started = message(person.id, another(), text="/start flyer")
    started["from"]["language_code"] = "fr-CA"
    channel.delivered(delivery(message=started))
    assert "Bonjour!" in person.heard(0)[0].text


def test_a_tapped_button_stops_waiting_and_typing_is_shown(channel):
    person = channel.person()
    person.say("Hello", until="Hello!")
    tapped = query(person.id, another(), data=person.inbox[0].buttons[1][1])
    channel.delivered(delivery(callback_query=tapped))
    person.heard(1)
    assert {"callback_query_id": tapped["id"]} in calls(channel, "answerCallbackQuery")
    assert {"chat_id": person.id, "action": "typing"} in calls(channel, "sendChatAction")


def test_a_payload_too_long_for_telegram_comes_back_by_its_short_name(channel):
    person = channel.person()
    person.say("I would like to book an appointment", until="555-01")
    payload, _ = person.offered("Send a request")
    assert len(payload.encode()) <= 64
    person.tap("Send a request", until="When would suit you")


def test_the_words_under_a_photo_are_read(channel):
    person = channel.person()
    channel.delivered(delivery(message=message(person.id, another(), photo=PHOTO, caption="I can't breathe")))
    assert "Call 911 now" in person.heard(0)[0].text


GOOD = message("612349999", 1, text="Hello")
WHERE = ("update_id", "message", "message.chat", "message.from", "message.chat.id", "message.chat.type", "message.text")
MORE = ("message.message_id", "message.date", "message.from.is_bot", "message.from.language_code", "message.caption")


@FUZZ
@given(where=st.sampled_from(WHERE + MORE), what=JSON)
def test_no_update_with_one_thing_changed_makes_it_fail(channel, where, what):
    changed = json.loads(json.dumps({"update_id": 1, "message": GOOD}))
    *path, last = where.split(".")
    place = changed
    for step in path:
        place = place[step]
    place[last] = what
    reply = channel.post(channel.kit.signed(json.dumps(changed).encode()))
    assert reply.status_code < 500, (reply.text, changed)


@pytest.mark.parametrize("data", ["/restart", "/urgent_symptom", "/pain{", "#" + "0" * 24, "", "hello"])
def test_a_button_that_is_none_of_ours_is_refused_kindly_and_not_stored(channel, data):
    person, before = channel.person(), channel.settled()
    channel.delivered(TelegramKit().tap(person.id, data, id=another()))
    assert "no longer works" in person.heard(0)[0].text
    assert channel.settled() == before


def test_a_tap_delivered_twice_is_answered_once(channel):
    person = channel.person()
    webhook = channel.kit.tap(person.id, '/pain{"language": "en"}', id=another())
    channel.delivered(webhook)
    channel.delivered(webhook)
    person.heard(0)
    channel.platform.quiet()
    assert sum("/pain" in data for data in channel.events("user")) <= 2
    assert len([m for m in person.inbox if "http" in m.text]) <= 1


def test_a_text_too_long_to_read_is_answered_with_a_sentence(channel):
    person = channel.person()
    person.write("a " * 1500)
    (told,) = person.heard(0)
    assert "too long" in told.text
    assert "911" in told.text


def test_a_call_that_is_too_large_is_refused(channel):
    webhook = channel.kit.text(channel.person().id, "a" * 300_000, id=another())
    assert channel.post(webhook).status_code == 413


def test_another_method_is_refused(channel):
    assert channel.post(Webhook(b"", {}, method="GET")).status_code == 405
    assert channel.post(Webhook(b"{}", {}, method="PUT")).status_code == 405


def test_another_content_type_is_refused(channel):
    good = channel.kit.text(channel.person().id, "Hello", id=another())
    plain = Webhook(good.body, good.headers | {"Content-Type": "text/plain"})
    assert channel.post(plain).status_code == 415


def test_the_health_page_shows_the_channel(channel):
    page = channel.post(Webhook(b"", {}, path="../website/health", method="GET"))
    assert page.status_code == 200
    told = page.json()
    assert told["status"] == "ok"
    assert told["channels"]["telegram"]["verify"] == "enforce"
    assert told["channels"]["telegram"]["undelivered"] >= 0


def test_an_error_that_asks_to_wait_too_long_is_given_up(channel):
    person = channel.person()
    with channel.platform.answering(channel.kit.busy(100_000)):
        person.write("Hello")
        channel.platform.wait(lambda: channel.platform.attempts_to(person.id))
        channel.platform.quiet(1.5)
    assert len(channel.platform.attempts_to(person.id)) == 1


def test_the_secret_and_the_time_are_what_opens_the_door(channel):
    person = channel.person()
    body = json.dumps({"update_id": 1, "message": message(person.id, another(), time.time(), text="Hello")}).encode()
    right = Webhook(body, {"Content-Type": "application/json", "x-telegram-bot-api-secret-token": SECRET})
    channel.delivered(right)
    person.heard(0, until="Hello!")
