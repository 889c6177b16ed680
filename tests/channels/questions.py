"""What every messaging channel is asked: `from tests.channels.questions import *` in a module with a fixture `channel`.

The fixture gives a `Channel` (tests/channels/channel.py); a module adds what only its platform has.
"""

import json
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.channel import Channel, Webhook, another
from tests.channels.fake_platform import Reply

#: At least so many requests are refused on each channel.
REFUSED = 40

#: In each language: what is said or tapped, and words of the last message that answers it.
CONVERSATIONS = {
    "en": [
        ("say", "Hello", "Hello! I am the clinic"),
        ("say", "Does it hurt?", ""),
        ("say", "I would like to book an appointment", "555-01"),
        ("tap", "Send a request", "When would suit you"),
        ("say", "Tuesday morning", "What is your name"),
        ("alarm", "my lips are swelling and I can't breathe", "Call 911 now"),
        ("say", "Julie Tremblay", "number"),
        ("say", "514 555 0199", "Nothing is sent yet"),
        ("tap", "Send it", "The clinic has your request"),
    ],
    "fr": [
        ("say", "Bonjour", "Bonjour! Je suis l’assistant"),
        ("say", "Est-ce que ça fait mal?", ""),
        ("say", "je veux prendre un rendez-vous", "555-01"),
        ("tap", "Envoyer une demande", "Quel moment"),
        ("say", "mardi matin", "Quel est votre nom"),
        ("alarm", "mes lèvres gonflent et j'ai de la misère à respirer", "Appelez le 911 maintenant"),
        ("say", "Julie Tremblay", "numéro"),
        ("say", "514 555 0199", "Rien n’est encore envoyé"),
        ("tap", "Envoyer", "La clinique a votre demande"),
    ],
}


@pytest.fixture(autouse=True)
def nothing_is_sent_that_the_platform_refuses(channel: Channel):
    """Whatever a test asks, what goes out keeps the platform's limits."""
    channel.platform.faults.clear()
    yield
    assert channel.platform.faults == []


def test_it_works(channel):
    person = channel.person()
    heard = person.say("Hello", until="Hello! I am the clinic")
    assert len(heard) == 1


def test_a_source_is_one_short_line_with_its_address(channel):
    heard = channel.person().say("Does it hurt?", until="http")
    lines = [line for message in heard for line in message.text.splitlines() if "http" in line]
    assert all(line.startswith("Source") for line in lines)


@pytest.mark.parametrize("language", CONVERSATIONS)
def test_a_whole_conversation_from_greeting_to_booking_with_a_red_flag(channel, language):
    person = channel.person()
    for how, what, words in CONVERSATIONS[language]:
        heard = person.tap(what, until=words) if how == "tap" else person.say(what, until=words)
        if how == "alarm":
            channel.platform.quiet()
            assert words in heard[0].text
            assert person.inbox[-1] == heard[0], "the form waits"


def test_a_forged_request_is_refused_and_leaves_nothing(channel):
    refuses(channel, channel.kit.forged(channel.person().id), {401, 403})


def test_a_stale_request_is_refused_and_leaves_nothing(channel):
    refuses(channel, channel.kit.stale(channel.person().id), {400, 401, 403})


def test_a_malformed_request_is_refused_and_leaves_nothing(channel):
    refuses(channel, channel.kit.malformed(channel.person().id), set(range(400, 500)))


def test_there_are_enough_bad_requests(channel):
    kit, person = channel.kit, channel.person().id
    assert len({**kit.forged(person), **kit.stale(person), **kit.malformed(person)}) >= REFUSED


def refuses(channel: Channel, webhooks: dict[str, Webhook], statuses: set[int]) -> None:
    """Deliver them all: each gets one of these statuses, and nobody hears of it."""
    before, sent = channel.settled(), len(channel.platform.requests)
    replies = {name: channel.post(webhook) for name, webhook in webhooks.items()}
    wrong = {name: (r.status_code, r.text[:200]) for name, r in replies.items() if r.status_code not in statuses}
    assert wrong == {}
    assert not any("Traceback" in reply.text for reply in replies.values())
    assert channel.settled() == before
    assert len(channel.platform.requests) == sent


def test_a_redelivery_is_answered_once(channel):
    person, same = channel.person(), another()
    webhook = channel.kit.text(person.id, "Does it hurt?", id=same)
    channel.delivered(webhook)
    person.heard(0)
    channel.platform.quiet()
    answered, stored = len(person.inbox), channel.stored()
    for _ in range(3):
        channel.delivered(webhook)
    assert channel.settled() == stored
    assert len(person.inbox) == answered


def test_one_message_delivered_twenty_times_at_once_is_answered_once(channel):
    person = channel.person()
    webhook = channel.kit.text(person.id, "goodbye", id=another())
    replies = at_once([lambda: channel.post(webhook).status_code] * 20)
    assert set(replies) == {200}
    person.heard(0)
    channel.platform.quiet()
    assert len(person.inbox) == 1


def at_once(jobs):
    """What every job returns, all started together."""
    results = []
    threads = [threading.Thread(target=lambda job=job: results.append(job())) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_message_without_text_gets_one_polite_sentence(channel):
    for kind in channel.kit.wordless(channel.person().id):
        # Each kind has a person of its own, so that what is heard belongs to it.
        person = channel.person()
        channel.delivered(channel.kit.wordless(person.id)[kind])
        person.heard(0)
        assert len(person.inbox) == 1, kind


def test_what_needs_no_answer_gets_none(channel):
    person = channel.person()
    before = channel.settled()
    for webhook in channel.kit.silent(person.id).values():
        channel.delivered(webhook)
    assert channel.settled() == before
    assert person.inbox == []


def test_a_burst_is_answered_in_order(channel):
    person = channel.person()
    texts = ["Hello", "thanks", "are you a robot?", "goodbye"]
    for text in texts:
        person.write(text)
    assert channel.platform.wait(lambda: len(person.inbox) >= len(texts))
    heard = [message.text for message in person.inbox]
    for text, begins in zip(heard, ["Hello!", "You are welcome", "I am an automated", "Goodbye"], strict=True):
        assert text.startswith(begins), heard


def test_a_late_older_message_is_answered_like_any_other(channel):
    person, kit = channel.person(), channel.kit
    later, earlier = another(), another()
    channel.delivered(kit.text(person.id, "Hello", id=later, at=time.time()))
    channel.delivered(kit.text(person.id, "goodbye", id=earlier, at=time.time() - 60))
    person.heard(0, until="Goodbye")
    channel.platform.quiet()
    assert len(person.inbox) == 2


def test_many_people_at_once_each_get_their_own_answer(channel):
    people = [channel.person() for _ in range(10)]
    at_once([lambda person=person: person.write("Hello") for person in people])
    for person in people:
        person.heard(0, until="Hello!")
    assert [len(person.inbox) for person in people] == [1] * len(people)


def test_a_platform_that_takes_no_more_is_given_the_time_it_asks_for(channel):
    person = channel.person()
    with channel.platform.answering(channel.kit.busy(2)):
        person.say("Hello", until="Hello!")
    first, second = channel.platform.attempts_to(person.id)
    assert second - first >= 1.9


def test_a_platform_that_is_down_for_a_moment_is_tried_again(channel):
    person = channel.person()
    with channel.platform.answering(Reply(500), Reply(503)):
        person.say("Hello", until="Hello!")
    assert len(channel.platform.attempts_to(person.id)) == 3


def test_a_reply_that_breaks_off_ends_in_one_message_more_at_most(channel):
    person = channel.person()
    with channel.platform.answering(Reply(200, {"a": 1}, cut=True)):
        person.write("Hello")
        channel.platform.quiet(2.0)
    assert 1 <= len(channel.platform.attempts_to(person.id)) <= 2


def test_a_permanent_refusal_is_not_tried_again_and_is_recorded(channel):
    person = channel.person()
    with channel.platform.answering(channel.kit.refused()):
        person.write("Hello")
        channel.platform.wait(lambda: channel.platform.attempts_to(person.id))
        channel.platform.quiet(3.0)
    assert len(channel.platform.attempts_to(person.id)) == 1
    assert "was not delivered" in channel.assistant.log.read_text()
    person.say("goodbye", until="Goodbye")


def test_a_slow_platform_keeps_nobody_else_waiting(channel):
    waiting, other = channel.person(), channel.person()
    with channel.platform.answering(Reply(after=4.0)):
        waiting.write("Hello")
        channel.platform.wait(lambda: channel.platform.attempts_to(waiting.id))
        started = time.monotonic()
        other.say("Hello", until="Hello!")
    assert time.monotonic() - started < 3.5


def test_the_webhook_is_answered_before_the_message_is(channel):
    person = channel.person()
    started = time.monotonic()
    with channel.platform.answering(Reply(after=3.0)):
        person.write("Hello")
        assert time.monotonic() - started < 2.0
        channel.platform.wait(lambda: channel.platform.attempts_to(person.id))


def test_no_identifier_of_the_platform_is_stored_or_logged(channel):
    person = channel.person()
    person.say("Hello", until="Hello!")
    channel.platform.quiet()
    assert not any(person.id in data for data in channel.events())
    log = channel.assistant.log.read_text()
    assert person.id not in log
    secrets = [v for k, v in channel.kit.environment(channel.platform.base).items() if k.endswith(("TOKEN", "SECRET"))]
    assert not any(secret in log for secret in secrets)


def test_a_typed_slash_is_text_and_never_a_command(channel):
    person = channel.person()
    person.say("hello", until="Hello!")
    person.say("/restart")
    assert not any('"event": "restart"' in data for data in channel.events())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@FUZZ
@given(body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_makes_it_fail(channel, body):
    assert channel.post(channel.kit.signed(body)).status_code < 500


@FUZZ
@given(body=st.binary(max_size=200), headers=st.dictionaries(st.sampled_from(["X-A", "Content-Type"]), st.just("a")))
def test_no_unsigned_body_is_taken(channel, body, headers):
    assert 400 <= channel.post(Webhook(body, headers)).status_code < 500
