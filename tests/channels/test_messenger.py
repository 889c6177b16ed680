"""Messenger from outside: Meta's webhooks in, its Send API beside, the real assistant between them."""

import hashlib
import hmac
import http.client
import urllib.parse

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.exceptions import InvalidConfigException

from bot.channels.messenger import MessengerInput
from tests.channels.channel import another, opened
from tests.channels.fake_platform import Reply
from tests.channels.messenger import (
    SECRET,
    VERIFY_TOKEN,
    MessengerKit,
    delivery,
    error,
    event,
    mid,
    signature,
    text_event,
)
from tests.channels.questions import *  # noqa: F403  # what every channel is asked
from tests.channels.questions import FUZZ, JSON


@pytest.fixture(scope="module")
def channel(model, tmp_path_factory):
    with opened(MessengerKit(), tmp_path_factory.mktemp("messenger")) as started:
        yield started


def handshake(channel, **changed):
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"} | changed
    return requests.get(f"{channel.base}/webhook", params=asked)


def test_the_handshake_echoes_the_challenge_as_text(channel):
    reply = handshake(channel)
    assert (reply.status_code, reply.text) == (200, "1158201444")
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert VERIFY_TOKEN not in channel.assistant.log.read_text()


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "x"},
        {"hub.verify_token": ["x", VERIFY_TOKEN]},
        {"hub.verify_token": "é"},
        {"hub.verify_token": None},
        {"hub.challenge": "<script>"},
        {"hub.challenge": "1" * 2000},
        {"hub.challenge": None},
    ],
    ids=str,
)
def test_a_bad_handshake_is_refused(channel, changed):
    reply = handshake(channel, **changed)
    assert reply.status_code in (400, 403)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert VERIFY_TOKEN not in reply.text


def test_a_right_sha1_beside_a_wrong_sha256_is_refused(channel):
    webhook = delivery(text_event(channel.person().id, "Hello", another()))
    sha1 = hmac.new(SECRET.encode(), webhook.body, hashlib.sha1).hexdigest()
    webhook.headers.update({"X-Hub-Signature": f"sha1={sha1}", "X-Hub-Signature-256": "sha256=" + "0" * 64})
    assert channel.post(webhook).status_code == 403


def test_several_events_in_one_call_are_answered_in_order(channel):
    person, other = channel.person(), channel.person()
    channel.delivered(
        delivery(
            text_event(person.id, "Hello", another()),
            event(person.id, read={"watermark": 1}),
            text_event(other.id, "goodbye", another()),
            text_event(person.id, "goodbye", another()),
        )
    )
    person.heard(0, until="Goodbye")
    other.heard(0, until="Goodbye")
    assert [message.text[:6] for message in person.inbox] == ["Hello!", "Goodby"]


def test_a_postback_is_answered_as_its_button(channel):
    person, payload = channel.person(), '/goodbye{"language": "fr"}'
    channel.delivered(delivery(event(person.id, postback={"mid": mid(another()), "title": "Bye", "payload": payload})))
    person.heard(0, until="Au revoir")


def test_the_get_started_button_of_the_page_is_answered(channel):
    person = channel.person()
    started = {"mid": mid(another()), "title": "Hello", "payload": "GET_STARTED"}
    channel.delivered(delivery(event(person.id, postback=started)))
    person.heard(0, until="Hello!")


def test_a_payload_that_no_button_carries_is_no_command(channel):
    person = channel.person()
    person.say("Hello")
    for payload in ("/restart", "/urgent_symptom", "/session_start", '/pain{"dose": "5"}'):
        channel.delivered(channel.kit.tap(person.id, payload, id=another()))
    channel.platform.wait(lambda: len(person.inbox) == 5)
    assert len({message.text for message in person.inbox[1:]}) == 1
    assert not any('"event": "restart"' in data for data in channel.events())


def test_the_patient_sees_that_an_answer_is_being_written(channel):
    person = channel.person()
    person.say("Hello", until="Hello!")
    asked = [sent.json() for sent in channel.platform.requests if person.id.encode() in sent.body]
    assert asked[0] == {"recipient": {"id": person.id}, "sender_action": "typing_on"}


def test_a_short_title_is_tapped_and_a_longer_one_is_listed_in_full(channel):
    english, french = channel.person(), channel.person()
    (short,) = english.say("Hello", until="Hello!")
    assert [title for title, _ in short.buttons] == ["How it is done", "Does it hurt?", "Book a visit"]
    (long,) = french.say("Bonjour", until="Bonjour!")
    assert [title for title, _ in long.buttons] == ["1", "2", "3"]
    assert "2. Est-ce que ça fait mal?" in long.text.splitlines()


@pytest.mark.parametrize("typed", ["3", "trois", "le 3"])
def test_a_number_may_be_typed_where_titles_are_listed(channel, typed):
    person = channel.person()
    person.say("Bonjour", until="Bonjour!")
    person.say(typed, until="rendez-vous")


@pytest.mark.parametrize("reply", [error(4, status=400), error(1200, status=400), error(2, status=500)], ids=repr)
def test_what_passes_at_meta_is_tried_again(channel, reply):
    person = channel.person()
    with channel.platform.answering(reply):
        person.say("Hello", until="Hello!")
    assert len(channel.platform.attempts_to(person.id)) == 2


@pytest.mark.parametrize(
    "reply",
    [error(10, status=400, subcode=2018278), error(200, status=403), error(190, status=401), Reply(404)],
    ids=repr,
)
def test_what_meta_refuses_is_not_tried_again(channel, reply):
    person = channel.person()
    with channel.platform.answering(reply):
        person.write("Hello")
        channel.platform.wait(lambda: channel.platform.attempts_to(person.id))
        channel.platform.quiet(2.0)
    assert len(channel.platform.attempts_to(person.id)) == 1


def test_two_signatures_in_two_headers_are_refused(channel):
    webhook = delivery(text_event(channel.person().id, "Hello", another()))
    address = urllib.parse.urlsplit(channel.base)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.putrequest("POST", f"{address.path}/webhook")
    for value in ("sha256=" + "0" * 64, signature(webhook.body)):
        connection.putheader("X-Hub-Signature-256", value)
    connection.putheader("Content-Length", str(len(webhook.body)))
    connection.endheaders(webhook.body)
    assert connection.getresponse().status == 403


def test_a_call_with_many_events_is_read_and_an_endless_one_is_not(channel):
    receipts = [event(channel.person().id, read={"watermark": 1}, padding="a" * 1000) for _ in range(100)]
    channel.delivered(delivery(*receipts))
    assert channel.post(delivery(*receipts * 3)).status_code == 413


def test_a_platform_that_never_answers_is_tried_again(channel):
    person = channel.person()
    with channel.platform.answering(Reply(after=30)):
        person.write("Hello")
        assert channel.platform.wait(lambda: len(channel.platform.attempts_to(person.id)) == 2)


def test_what_was_not_delivered_is_counted_on_the_health_page(channel):
    before, person = requests.get(f"{channel.base}/health").json()["undelivered"], channel.person()
    with channel.platform.answering(channel.kit.refused()):
        person.write("Hello")
        channel.platform.wait(lambda: channel.platform.attempts_to(person.id))
        channel.platform.quiet()
    assert requests.get(f"{channel.base}/health").json()["undelivered"] == before + 1


@pytest.mark.parametrize("missing", ["app_secret", "page_token", "verify_token"])
def test_without_what_it_needs_it_does_not_start_and_says_which_variable_is_missing(missing):
    given = dict.fromkeys(("app_secret", "page_token", "verify_token", "api", "secret", "database_url", "content"), "x")
    with pytest.raises(InvalidConfigException) as refused:
        MessengerInput.from_credentials(given | {missing: ""})
    assert MessengerInput.needs[missing] in str(refused.value)


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "sender": JSON | st.fixed_dictionaries({"id": JSON | st.just("71")}),
        "timestamp": JSON | st.integers(0, 2 * 10**12),
        "message": JSON
        | st.fixed_dictionaries(
            {"mid": JSON | st.text(min_size=1)},
            optional={"text": JSON, "quick_reply": JSON, "attachments": JSON, "is_echo": JSON},
        ),
        "postback": JSON | st.fixed_dictionaries({}, optional={"mid": JSON, "title": JSON, "payload": JSON}),
        "reaction": JSON | st.fixed_dictionaries({}, optional={"mid": JSON, "action": JSON}),
    },
)


@FUZZ
@given(events=st.lists(FIELDS, min_size=1, max_size=3))
def test_no_event_makes_it_fail(channel, events):
    assert channel.post(delivery(*events)).status_code < 500
