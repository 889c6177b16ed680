"""One assistant with the limits it is shipped with, behind one proxy, while its key is being changed."""

import asyncio
import threading
import time
import uuid
from collections import Counter

import jwt
import pytest
import requests
from rasa.shared.core.events import UserUttered

from bot.settings import RATES
from tests.bot.conftest import opened
from tests.bot.test_website import assert_problem
from tests.conftest import Assistant, environment, events, running

PREVIOUS = "the key before this one, " * 2
SHIPPED_RATES = {f"ASKMESO_RATE_{name.upper()}": str(rate) for name, rate in RATES.items()}


@pytest.fixture(scope="module")
def strict(model, tmp_path_factory):
    """It finds a conversation of the year before last and one of today."""
    folder = tmp_path_factory.mktemp("strict")
    asyncio.run(write_conversations(folder, {"old": time.time() - 366 * 24 * 3600, "new": time.time()}))
    shipped = SHIPPED_RATES | {"ASKMESO_PROXIES": "1", "ASKMESO_SECRET_PREVIOUS": PREVIOUS}
    with running(Assistant(environment(folder, **shipped), folder / "log")) as started:
        yield started


async def write_conversations(folder, last_said):
    """Conversations of one message each."""
    store = opened(folder, name="askmeso.db")
    for conversation, at in last_said.items():
        tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
        tracker.update(UserUttered("hello", timestamp=at))
        await store.save(tracker)


def session(assistant, address, **headers):
    headers |= {"X-Forwarded-For": address}
    return requests.post(f"{assistant.base}/session", json={"language": "en"}, headers=headers)


def send(assistant, token, address, **body):
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": address}
    body = {"id": str(uuid.uuid4()), "text": "hello"} | body
    return requests.post(f"{assistant.base}/messages", json=body, headers=headers)


def at_once(jobs):
    """What every job returns, all started together."""
    replies = []
    threads = [threading.Thread(target=lambda job=job: replies.append(job())) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def test_fifty_messages_in_a_second_are_answered_twenty_times(strict):
    opened_session = session(strict, "192.0.2.1").json()
    replies = at_once([lambda: send(strict, opened_session["token"], "192.0.2.1")] * 50)
    assert Counter(reply.status_code for reply in replies) == {200: 20, 429: 30}
    for reply in replies:
        if reply.status_code == 429:
            assert_problem(reply, 429)
            assert 1 <= int(reply.headers["Retry-After"]) <= 60
    stored = events(strict.log.parent / "askmeso.db", opened_session["conversation"])
    ids = [event["message_id"] for event in stored if event["event"] == "user"]
    assert len(ids) == len(set(ids)) == 20


def test_one_message_sent_fifty_times_is_answered_once(strict):
    opened_session, same = session(strict, "192.0.2.2").json(), str(uuid.uuid4())
    replies = at_once([lambda: send(strict, opened_session["token"], "192.0.2.2", id=same)] * 50)
    assert {reply.status_code for reply in replies} <= {200, 409, 429}
    assert len({reply.text for reply in replies if reply.status_code == 200}) == 1
    stored = events(strict.log.parent / "askmeso.db", opened_session["conversation"])
    assert len([event for event in stored if event["event"] == "user"]) == 1


def test_an_address_opens_so_many_sessions_and_no_more(strict):
    replies = [session(strict, "192.0.2.3") for _ in range(RATES["openings"] + 1)]
    assert [reply.status_code for reply in replies] == [201] * RATES["openings"] + [429]
    assert_problem(replies[-1], 429)


def test_an_address_is_counted_whatever_session_and_token_it_shows(strict):
    replies = [send(strict, "forged", "192.0.2.4") for _ in range(RATES["address"] + 1)]
    assert Counter(reply.status_code for reply in replies) == {401: RATES["address"], 429: 1}


def test_what_a_patient_writes_into_the_header_is_not_believed(strict):
    replies = [session(strict, f"198.51.100.{number}, 192.0.2.5") for number in range(RATES["openings"] + 1)]
    assert replies[-1].status_code == 429


def test_a_session_of_the_previous_key_goes_on_and_a_new_one_has_the_current(strict):
    claims = {"sub": uuid.uuid4().hex, "exp": time.time() + 60, "aud": "website", "language": "en"}
    assert send(strict, jwt.encode(claims, PREVIOUS), "192.0.2.6").status_code == 200
    current = (strict.log.parent / "secret").read_text()
    token = session(strict, "192.0.2.6").json()["token"]
    assert jwt.decode(token, current, ["HS256"], audience="website")


def test_a_conversation_older_than_patients_are_told_is_deleted_at_the_start(strict):
    database, until = strict.log.parent / "askmeso.db", time.monotonic() + 10
    while events(database, "old") and time.monotonic() < until:
        time.sleep(0.1)
    assert events(database, "old") == []
    assert len(events(database, "new")) == 1


def test_it_stops_without_a_complaint(strict):
    # The last test of this file: nothing answers after it.
    strict.stop("rasa")
    assert "Task was destroyed" not in strict.log.read_text()
