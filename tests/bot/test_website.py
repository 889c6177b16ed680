"""The website channel: who may write, what is refused, what is answered once."""

import http.client
import json
import socket
import threading
import time
import uuid

import jwt
import pytest
import requests

from tests.conftest import events

ODD_TEXTS = {
    "emoji": "😀😀😀",
    "another alphabet": "كم عدد الجلسات",
    "html": "<script>alert(1)</script> how many sessions?",
    "control characters": "does\x00 it\x07 hurt\u202e?",
    "slash": "/restart",
    "slash and a topic": '/pain{"language": "en"}',
    "half a character": "\ud83d hello",
    "one letter": "q",
    "sql": "'; DROP TABLE events; --",
    "2000 characters": "does it hurt " * 153,
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_an_odd_text_gets_a_clear_reply(assistant, text):
    message = assistant.patient("en").say(text)
    assert message["text"]
    assert message["metadata"]["kind"] in {"answer", "clarify", "decline", "chat"}
    assert "<script>" not in message["text"]


def test_a_typed_slash_is_text_and_never_a_command(assistant):
    patient = assistant.patient("en")
    patient.say("hello")
    patient.say("/restart")
    stored = events(assistant.log.parent / "askmeso.db", patient.conversation)
    assert "restart" not in {event["event"] for event in stored}
    assert [e["text"] for e in stored if e["event"] == "user"] == ["hello", "restart"]


BAD_BODIES = {
    "no text": {},
    "both": {"text": "hello", "payload": "/pain"},
    "empty": {"text": ""},
    "white space": {"text": " \n\t\u00a0 "},
    "only control characters": {"text": "\x00\x01\u200b"},
    "only slashes": {"text": "///"},
    "10,000 characters": {"text": "a" * 10_000},
    "a number": {"text": 7},
    "a list": {"text": ["hello"]},
    "no such intent": {"payload": "/no_such_intent"},
    "a command of Rasa's": {"payload": "/restart"},
    "an alarm by button": {"payload": "/urgent_symptom"},
    "a payload with a confidence": {"payload": "/pain@0.9"},
    "a payload with broken JSON": {"payload": '/pain{"part"'},
    "a payload with an unknown entity": {"payload": '/pain{"dose": "5"}'},
    "a payload with a nested value": {"payload": '/pain{"part": {"a": 1}}'},
    "a payload with another language": {"payload": '/pain{"language": "xx"}'},
    "a payload that is no text": {"payload": 5},
    "no uuid": {"id": "1", "text": "hello"},
    "an id that is no text": {"id": 5, "text": "hello"},
    "a long id": {"id": "1" * 5000, "text": "hello"},
    "no text at all": {"text": None},
    "half a character as an id": {"id": "\ud83d", "text": "hello"},
    "a payload deeper than JSON goes": {"payload": "/pain{" + "[" * 190 + "}"},
    "a payload with a number JSON has not": {"payload": '/pain{"part": NaN}'},
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_message_is_refused_with_a_sentence(assistant, body):
    patient = assistant.patient("en")
    assert_problem(patient.post(body), 400)
    assert events(assistant.log.parent / "askmeso.db", patient.conversation) == []


def test_what_is_not_json_is_refused(assistant):
    url, token = f"{assistant.base}/messages", {"Authorization": f"Bearer {assistant.patient().token}"}
    ours = token | {"Content-Type": "application/json"}
    assert_problem(requests.post(url, data=b'{"text": ', headers=ours), 400)
    assert_problem(requests.post(url, data=b"[]", headers=ours), 400)
    assert_problem(requests.post(url, data=b"[" * 15_000, headers=ours), 400)
    assert_problem(requests.post(url, data=b"\xff\xfe", headers=ours), 400)
    assert_problem(requests.post(url, data=b'{"text": "hello", "n": NaN}', headers=ours), 400)
    assert_problem(requests.post(url, data=b'{"text": "hello", "n": ' + b"9" * 9_000 + b"}", headers=ours), 400)
    assert_problem(requests.post(url, data=b'{"a":' * 3_000, headers=ours), 400)
    assert_problem(requests.post(url, data=b"{}", headers=token | {"Content-Type": "application/jsonp"}), 415)
    assert_problem(requests.post(url, data=b"hello", headers=token | {"Content-Type": "text/plain"}), 415)
    assert_problem(requests.post(url, data=b" " * 20_000, headers=ours), 413)


def test_only_a_good_token_opens_a_conversation(assistant):
    patient = assistant.patient()
    claims = {"sub": patient.conversation, "exp": time.time() + 60, "aud": "website"}
    secret = (assistant.log.parent / "secret").read_text()
    forged = jwt.encode(claims, "x" * 40, algorithm="HS256")
    expired = jwt.encode(claims | {"exp": time.time() - 60}, secret, algorithm="HS256")
    elsewhere = jwt.encode(claims | {"aud": "another"}, secret, algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")
    for token in (forged, expired, elsewhere, unsigned, patient.conversation, "", "é"):
        patient.token = token.encode() if token == "é" else token
        headers = {"Authorization": f"Bearer {token}".encode()}
        assert_problem(requests.post(f"{assistant.base}/messages", json={"text": "hello"}, headers=headers), 401)


def test_only_configured_origins_may_write(assistant):
    ours = requests.post(f"{assistant.base}/session", json={}, headers={"Origin": "http://localhost:8000"})
    assert ours.status_code == 201
    assert ours.headers["Access-Control-Allow-Origin"] == "http://localhost:8000"
    foreign = requests.post(f"{assistant.base}/session", json={}, headers={"Origin": "http://evil.example"})
    assert_problem(foreign, 403)
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize(("origin", "allowed"), [("http://localhost:8000", True), ("http://evil.example", False)])
def test_the_browser_is_told_beforehand(assistant, origin, allowed):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    preflight = requests.options(f"{assistant.base}/messages", headers=headers)
    assert (preflight.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_the_language_of_a_session_is_one_we_speak(assistant):
    assert_problem(requests.post(f"{assistant.base}/session", json={"language": "es"}), 400)


def test_a_session_says_who_the_clinic_is_in_its_language(assistant):
    def told(body):
        return requests.post(f"{assistant.base}/session", json=body).json()["clinic"]

    assert told({"language": "en"}) == {
        "name": "Clinique Demi-Lune",
        "phone": "418 555-0142",
        "emergency_number": "911",
        "privacy_officer": "Camille Exemple",
        "privacy_url": "https://example.com/en/privacy",
        "kept_for_days": 365,
    }
    assert told({})["privacy_url"] == told({"language": "fr"})["privacy_url"] == "https://example.com/fr/vie-privee"


def test_a_repeated_message_is_answered_once(assistant):
    patient, body = assistant.patient("en"), {"id": str(uuid.uuid4()), "text": "Does it hurt?"}
    first, again = patient.post(body), patient.post(body)
    assert again.json() == first.json()
    stored = events(assistant.log.parent / "askmeso.db", patient.conversation)
    assert len([e for e in stored if e["event"] == "user"]) == 1


def test_a_message_id_belongs_to_one_text(assistant):
    patient, message_id = assistant.patient("en"), str(uuid.uuid4())
    patient.post({"id": message_id, "text": "Does it hurt?"})
    assert_problem(patient.post({"id": message_id, "text": "How much is it?"}), 409)


def test_two_at_the_same_time_are_answered_once(assistant):
    patient, body = assistant.patient("en"), {"id": str(uuid.uuid4()), "text": "Does it hurt?"}
    replies: list[requests.Response] = []
    threads = [threading.Thread(target=lambda: replies.append(patient.post(body))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status_code for reply in replies} <= {200, 409}
    assert all(reply.headers["Retry-After"] for reply in replies if reply.status_code == 409)
    stored = events(assistant.log.parent / "askmeso.db", patient.conversation)
    assert len([e for e in stored if e["event"] == "user"]) == 1


def test_every_message_carries_all_metadata(assistant):
    metadata = assistant.patient("en").say("Does it hurt?")["metadata"]
    assert set(metadata) == {
        "id",
        "kind",
        "topic",
        "variant",
        "language",
        "revision",
        "release",
        "sources",
        "reviewed_by",
        "reviewed_on",
    }
    assert len(metadata["revision"]) == len(metadata["release"]) == 64
    assert metadata["sources"][0]["url"].startswith("http")


@pytest.mark.parametrize("depth", [10, 100, 500, *range(800, 1000, 10), 5000])
def test_however_deep_a_value_is_it_is_refused(assistant, depth):
    deep = b'{"id": ' + b"[" * depth + b"]" * depth + b', "text": "hello"}'
    headers = assistant.patient().headers() | {"Content-Type": "application/json"}
    assert_problem(requests.post(f"{assistant.base}/messages", data=deep, headers=headers), 400)


def test_what_is_no_http_is_refused(assistant):
    with socket.create_connection(("127.0.0.1", int(assistant.environment["ASKMESO_RASA_PORT"])), timeout=5) as browser:
        browser.sendall(b"hello\r\n\r\n")
        reply = http.client.HTTPResponse(browser)
        reply.begin()
        assert reply.status == 400
        assert json.loads(reply.read())["detail"].endswith(".")


@pytest.mark.parametrize("announced", ["Content-Length: 1000000000", "Transfer-Encoding: chunked"])
def test_a_body_without_end_is_refused_before_it_is_read(assistant, announced):
    head = (
        f"POST /webhooks/website/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{announced}\r\n\r\n"
    )
    body = b"" if "Length" in announced else b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", int(assistant.environment["ASKMESO_RASA_PORT"])), timeout=5) as browser:
        browser.sendall(head.encode() + body)
        reply = http.client.HTTPResponse(browser)
        reply.begin()
        assert reply.status == 413
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert json.loads(reply.read())["detail"].endswith(".")


#: What Rasa serves elsewhere, without asking who calls.
NOT_SERVED = [
    "/webhooks/rest/webhook",
    "/webhooks/rest/",
    "/webhooks/callback/webhook",
    "/socket.io/",
    "/webhooks/socketio/",
    "/model",
    "/model/parse",
    "/model/train",
    "/status",
    "/domain",
    "/conversations/default/tracker",
    "/conversations/default/messages",
    "/conversations/default/tracker/events",
]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", NOT_SERVED)
def test_no_other_door_of_rasas_is_open(assistant, method, path):
    server = f"http://127.0.0.1:{assistant.environment['ASKMESO_RASA_PORT']}"
    assert_problem(requests.request(method, server + path, json={"sender": "x", "message": "hello"}), 404)


def test_another_method_is_refused(assistant):
    assert_problem(requests.get(f"{assistant.base}/session"), 405)
    assert_problem(requests.put(f"{assistant.base}/messages", json={}), 405)


def test_a_page_of_another_origin_may_read_when_to_come_back(assistant):
    patient = assistant.patient("en")
    headers = {"Authorization": f"Bearer {patient.token}", "Origin": "http://localhost:8000"}
    reply = requests.post(f"{assistant.base}/messages", json={"id": "1"}, headers=headers)
    assert "Retry-After" in reply.headers["Access-Control-Expose-Headers"]


def test_sixteen_messages_at_the_same_instant_are_all_answered(assistant):
    patient, replies = assistant.patient("en"), []
    threads = [
        threading.Thread(target=lambda: replies.append(patient.post({"text": "Does it hurt?"}))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.status_code for reply in replies] == [200] * 16
    assert "error" not in {reply.json()["messages"][0]["metadata"]["kind"] for reply in replies}


def assert_problem(reply, status):
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    problem = reply.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"].endswith(".")
    assert "Traceback" not in reply.text
