"""What Meta writes, and what is written to it, without a server: reading, wording, refusals."""

import json
import time

import httpx
import pytest

from bot.channels.messenger import Messenger, messaging_events, read_event, refused, written
from bot.channels.problems import Problem
from tests.channels import messenger
from tests.channels.messenger import MessengerKit, event, malformed_bodies, mid, page, signature, text_event

PERSON = "7100000000012345"
PAYLOAD = '/pain{"language": "en"}'


def made(secret=messenger.SECRET, verify_token=messenger.VERIFY_TOKEN):
    return Messenger(app_secret=secret, page_token="t", verify_token=verify_token, api="http://127.0.0.1:1")


@pytest.fixture
def platform():
    return made()


def read(platform, *events):
    return platform.read(None, json.dumps(page(*events)).encode())


def test_a_text_is_read_with_its_time(platform):
    at = time.time() - 60
    (found,) = read(platform, text_event(PERSON, "Bonjour à tous", 1, at))
    assert (found.id, found.sender, found.text, found.payload) == (mid(1), PERSON, "Bonjour à tous", None)
    assert found.at == pytest.approx(at, abs=0.001)


def test_a_quick_reply_is_read_with_what_it_carries(platform):
    (found,) = read(platform, text_event(PERSON, "Does it hurt?", 1, quick_reply={"payload": PAYLOAD}))
    assert (found.text, found.payload) == ("Does it hurt?", PAYLOAD)


@pytest.mark.parametrize("more", [{"mid": mid(1)}, {}], ids=["mid", "no mid"])
def test_a_postback_is_read_with_what_it_carries(platform, more):
    (found,) = read(platform, event(PERSON, postback={"title": "Does it hurt?", "payload": PAYLOAD, **more}))
    assert (found.text, found.payload) == ("Does it hurt?", PAYLOAD)
    assert found.id


def test_a_button_that_the_page_made_is_read_as_its_words(platform):
    (found,) = read(platform, event(PERSON, postback={"mid": mid(1), "title": "Get Started", "payload": "GET_STARTED"}))
    assert (found.text, found.payload) == ("Get Started", None)


@pytest.mark.parametrize("attachments", messenger.WORDLESS.values(), ids=messenger.WORDLESS)
def test_an_attachment_has_no_text(platform, attachments):
    (found,) = read(platform, event(PERSON, message={"mid": mid(1), "attachments": attachments}))
    assert (found.id, found.text, found.payload) == (mid(1), None, None)


def test_the_words_of_a_photo_are_read(platform):
    photo = messenger.attachment("image")
    (found,) = read(platform, text_event(PERSON, "Is this normal?", 1, attachments=[photo]))
    assert found.text == "Is this normal?"


def test_a_reaction_has_no_text_and_an_id_of_its_own(platform):
    love = {"reaction": "love", "emoji": "❤", "action": "react", "mid": mid(1)}
    first, second = read(platform, event(PERSON, 1.7e9, reaction=love), event(PERSON, 1.6e9, reaction=love))
    assert first.text is None
    assert len({first.id, second.id, mid(1)}) == 3


def test_several_events_of_several_entries_are_read_in_order(platform):
    body = page(text_event(PERSON, "one", 1), text_event("712", "two", 2))
    body["entry"] += page(text_event(PERSON, "three", 3))["entry"]
    assert [found.text for found in platform.read(None, json.dumps(body).encode())] == ["one", "two", "three"]


def test_a_time_to_come_is_refused(platform):
    with pytest.raises(Problem) as to_come:
        read(platform, text_event(PERSON, "hello", 1, time.time() + 2 * 3600))
    assert to_come.value.status == 400


def test_a_time_may_be_written_in_digits(platform):
    given = text_event(PERSON, "hello", 1)
    (found,) = read(platform, given | {"timestamp": str(given["timestamp"])})
    assert found.at == given["timestamp"] / 1000


def test_receipts_and_echoes_ask_nothing_of_us():
    for webhook in MessengerKit().silent(PERSON).values():
        assert [read_event(given) for given in messaging_events(webhook.body)] in ([None], [])


@pytest.mark.parametrize("body", malformed_bodies(PERSON).values(), ids=malformed_bodies(PERSON))
def test_a_malformed_body_is_refused_with_a_sentence(platform, body):
    with pytest.raises(Problem) as problem:
        platform.read(None, body)
    assert problem.value.status == 400
    assert problem.value.detail.endswith(".")


class Request:
    """As much of a request as the signature and the handshake look at."""

    def __init__(self, signatures=(), **query):
        self.headers = httpx.Headers([("X-Hub-Signature-256", value) for value in signatures])
        self.headers.getall = lambda name, default: self.headers.get_list(name) or default
        self.args = {name.replace("_", ".", 1): value for name, value in query.items()}


def test_a_signature_over_the_raw_body_passes(platform):
    body = b'{"text": "\\u00e9  "}'
    platform.verify(Request([signature(body)]), body)


@pytest.mark.parametrize("signatures", [[], [signature(b"a"), signature(b"a")], [signature(b"b")]])
def test_no_two_or_foreign_signatures_are_refused(platform, signatures):
    with pytest.raises(Problem) as problem:
        platform.verify(Request(signatures), b"a")
    assert problem.value.status == 403


def test_an_empty_secret_signs_nothing():
    # Such a channel does not start; should it ever, it opens to nobody.
    platform = made("", "")
    with pytest.raises(Problem):
        platform.handshake(Request(hub_mode="subscribe", hub_verify_token="", hub_challenge="1"))


def test_the_handshake_gives_the_challenge_back(platform):
    asked = {"hub_mode": "subscribe", "hub_verify_token": messenger.VERIFY_TOKEN, "hub_challenge": "1158201444"}
    reply = platform.handshake(Request(**asked))
    assert (reply.status, reply.body, reply.content_type) == (200, b"1158201444", "text/plain; charset=utf-8")


BAD_HANDSHAKES = {
    "nothing": {},
    "no mode": {"hub_mode": ""},
    "another mode": {"hub_mode": "unsubscribe"},
    "another token": {"hub_verify_token": "x"},
    "a token that begins right": {"hub_verify_token": messenger.VERIFY_TOKEN[:-1]},
    "an empty token": {"hub_verify_token": ""},
    "a token that is not ASCII": {"hub_verify_token": "é\ud83d"},
    "no challenge": {"hub_challenge": ""},
    "a challenge that is a page": {"hub_challenge": "<script>alert(1)</script>"},
    "an endless challenge": {"hub_challenge": "1" * 129},
    "a challenge in Arabic digits": {"hub_challenge": "١٢٣"},
}


@pytest.mark.parametrize("changed", BAD_HANDSHAKES.values(), ids=BAD_HANDSHAKES)
def test_a_bad_handshake_is_refused(platform, changed):
    asked = {"hub_mode": "subscribe", "hub_verify_token": messenger.VERIFY_TOKEN, "hub_challenge": "1158201444"}
    with pytest.raises(Problem) as problem:
        platform.handshake(Request(**(asked | changed if changed else {})))
    assert problem.value.status in (400, 403)


def message(text, *titles):
    return {"text": text, "buttons": [{"title": title, "payload": f"/{n}"} for n, title in enumerate(titles)]}


def test_a_message_without_buttons_is_its_text():
    assert written(message("Hello!")) == {"text": "Hello!"}


def test_buttons_are_quick_replies():
    replies = written(message("Hello!", "Does it hurt?"))["quick_replies"]
    assert replies == [{"content_type": "text", "title": "Does it hurt?", "payload": "/0"}]


REFUSALS = {
    "too many for the app": (400, 4, "again"),
    "too many for the user": (400, 17, "again"),
    "too many for the page": (400, 32, "again"),
    "too many calls": (400, 613, "again"),
    "too many, by status": (429, None, "again"),
    "a fault of Meta's": (500, None, "again"),
    "a fault of Meta's, with a code": (500, 2, "again"),
    "a temporary fault": (400, 1200, "again"),
    "unavailable": (503, None, "again"),
    "outside the 24 hours": (400, 10, "never"),
    "no permission": (403, 200, "never"),
    "the person is not available": (400, 551, "never"),
    "nobody there": (400, 100, "never"),
    "the token expired": (401, 190, "never"),
    "no code": (400, None, "never"),
}


@pytest.mark.parametrize(("status", "code", "meaning"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_whether_to_try_again(status, code, meaning):
    body = {} if code is None else {"error": {"code": code, "message": "(#551) Julie cannot be reached"}}
    error = refused(httpx.Response(status, json=body, headers={"Retry-After": "7"}))
    assert error.permanent is (meaning == "never")
    assert error.retry_after == 7
    assert "Julie" not in str(error)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": 5}', b'{"error": {"code": "x"}}', b"[" * 5000])
def test_a_refusal_that_is_no_json_is_judged_by_its_status(body):
    assert refused(httpx.Response(400, content=body)).permanent
    assert not refused(httpx.Response(502, content=body)).permanent


USAGE = {
    "minutes": ('{"1045": [{"type": "messenger", "estimated_time_to_regain_access": 2}]}', 120),
    "none needed": ('{"1045": [{"type": "messenger", "estimated_time_to_regain_access": 0}]}', None),
    "not said": ('{"1045": [{"type": "messenger"}]}', None),
    "no JSON": ("{", None),
    "another shape": ('[{"a": 1}]', None),
    "words": ('{"1045": [{"estimated_time_to_regain_access": "soon"}]}', None),
}


@pytest.mark.parametrize(("usage", "seconds"), USAGE.values(), ids=USAGE)
def test_a_page_that_sent_too_much_waits_as_long_as_meta_says(usage, seconds):
    body, headers = {"error": {"code": 80006}}, {"X-Business-Use-Case-Usage": usage}
    assert refused(httpx.Response(400, json=body, headers=headers)).retry_after == seconds
