"""SMS and WhatsApp through Twilio: the questions every channel is asked, and what only Twilio has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.exceptions import InvalidConfigException

from bot.channels.segments import segments
from bot.channels.twilio import TwilioInput
from tests.channels.channel import another, opened
from tests.channels.fake_platform import Reply
from tests.channels.questions import *  # noqa: F403
from tests.channels.questions import FUZZ
from tests.channels.twilio import ACCOUNT, NUMBER, PUBLIC, SERVICE, TwilioKit, error, written


@pytest.fixture(scope="module", params=["", "whatsapp:"], ids=["sms", "whatsapp"])
def channel(request, model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twilio")
    # Of the questions, one delivers twenty times at once.
    with opened(TwilioKit(request.param), folder, ASKMESO_RATE_SESSION="100000") as started:
        yield started


def forms(channel, person):
    """What was posted to Twilio for one person."""
    sent = (request.form() for request in channel.platform.requests)
    return [form for form in sent if form.get("To") == person.id]


ON_THE_WAY = {
    "directly": ({}, {}),
    "through a proxy that ends the encryption": ({}, {"X_Forwarded_Proto": "http", "X_Forwarded_Port": "8080"}),
    "through a proxy that renames the host": ({}, {"Host": "rasa.internal:5005", "X_Forwarded_Host": "a.example"}),
    "signed with the port": ({"url": PUBLIC.replace(".example", ".example:443")}, {}),
    "with a query": ({"url": f"{PUBLIC}?clinic=1&x=%20y", "path": "webhook?clinic=1&x=%20y"}, {}),
    "with a port and a query": (
        {"url": PUBLIC.replace(".example", ".example:443") + "?a=", "path": "webhook?a="},
        {"X_Forwarded_Proto": "http"},
    ),
}


@pytest.mark.parametrize(("how", "headers"), ON_THE_WAY.values(), ids=ON_THE_WAY)
@pytest.mark.parametrize("service", [False, True], ids=["a number", "a service"])
def test_it_is_answered_however_it_comes_and_by_the_way_it_came(channel, how, headers, service):
    person = channel.person()
    more = {"MessagingServiceSid": SERVICE} if service else {}
    channel.delivered(written(channel.kit.fields(person.id, **more), **how, **headers))
    person.heard(0, until="Hello!")
    form = forms(channel, person)[-1]
    assert form.get("MessagingServiceSid") == (SERVICE if service else None)
    assert form.get("From") == (None if service else channel.kit.prefix + NUMBER)


def test_another_of_our_numbers_answers_for_itself(channel):
    person, to = channel.person(), f"{channel.kit.prefix}+14185550177"
    channel.delivered(written(channel.kit.fields(person.id, To=to)))
    person.heard(0)
    assert forms(channel, person)[-1]["From"] == to


def test_the_webhook_says_nothing_by_itself(channel):
    reply = channel.post(channel.kit.text(channel.person().id, "Hello", id=another()))
    assert (reply.status_code, reply.headers["Content-Type"].split(";")[0]) == (200, "text/xml")
    assert reply.text == "<Response/>"


def test_another_text_under_a_known_message_is_not_answered(channel):
    person, same = channel.person(), another()
    person.write("Hello", id=same)
    person.heard(0)
    before = channel.settled()
    person.write("goodbye", id=same)
    assert channel.settled() == before
    assert len(person.inbox) == 1


def test_a_long_answer_is_sent_in_order_and_within_three_segments(channel):
    person = channel.person()
    person.say("Bonjour", until="Que voulez-vous savoir")
    person.say("Est-ce que ça fait mal?", until="http")
    channel.platform.quiet()
    texts = [form["Body"] for form in forms(channel, person)]
    if not channel.kit.prefix:
        assert all(segments(text) <= 3 for text in texts), [segments(text) for text in texts]
        assert len(texts) > 2
    assert all(len(text) <= 1600 for text in texts)


def test_an_urgent_message_is_one_message(channel):
    person = channel.person()
    person.say("mes lèvres gonflent et j'ai de la misère à respirer", until="Appelez le 911 maintenant")
    channel.platform.quiet()
    assert len(person.inbox) == 1


def test_who_says_stop_is_told_once_and_hears_no_more(channel):
    person = channel.person()
    person.say("Hello", until="Hello!")
    person.say("STOP", until="no more messages")
    before, told = channel.settled(), len(person.inbox)
    for text in ("Does it hurt?", "stop", "help", "I can't breathe"):
        person.write(text)
    assert channel.settled() == before
    assert len(person.inbox) == told


@pytest.mark.parametrize("word", ["START", "yes"])
def test_who_had_stopped_may_start_again(channel, word):
    person = channel.person()
    person.say("Arrêt", until="Clinique Demi-Lune")
    person.say(word, until="Welcome back")
    person.say("Hello", until="Hello!")


def test_help_says_who_this_is_and_whom_to_call(channel):
    person = channel.person()
    person.say("Bonjour", until="Bonjour!")
    heard = person.say("AIDE", until="Clinique Demi-Lune")
    help = next(message.text for message in heard if "Clinique Demi-Lune" in message.text)
    assert "418 555-0142" in help
    assert "911" in help


def test_what_a_messaging_service_answered_itself_is_not_answered_twice(channel):
    person = channel.person()
    for word in ("HELP", "STOP", "START"):
        channel.delivered(written(channel.kit.fields(person.id, word, OptOutType=word)))
        channel.platform.quiet()
    assert person.inbox == []
    person.say("Hello", until="Hello!")


def test_who_stopped_at_twilio_is_not_written_to_again(channel):
    person, stopped = channel.person(), Reply(400, error(21610, "Attempt to send to unsubscribed recipient", 400))
    with channel.platform.answering(stopped):
        person.write("Hello")
        assert channel.platform.wait(lambda: channel.platform.attempts_to(person.id))
        channel.platform.quiet(2.0)
    person.write("Does it hurt?")
    channel.platform.quiet()
    assert len(channel.platform.attempts_to(person.id)) == 1
    assert "error 21610" in channel.assistant.log.read_text()


def test_a_full_queue_at_twilio_is_tried_again(channel):
    person = channel.person()
    with channel.platform.answering(Reply(400, error(21611, "Queue overflow", 400))):
        person.say("Hello", until="Hello!")
    assert len(channel.platform.attempts_to(person.id)) == 2


def test_the_number_is_neither_stored_nor_logged(channel):
    person = channel.person()
    person.say("I would like to book an appointment", until="555-01")
    person.say("STOP", until="no more messages")
    channel.platform.quiet()
    number = person.id.removeprefix(channel.kit.prefix)
    stored = [path.read_bytes() for path in channel.database.parent.glob("askmeso.db*")]
    assert not any(number.encode() in data for data in stored)
    assert number not in channel.assistant.log.read_text()


FIELDS = ["Body", "From", "To", "MessageSid", "NumMedia", "ButtonPayload", "OptOutType", "SmsStatus", "Latitude", "é"]


@FUZZ
@given(fields=st.dictionaries(st.sampled_from(FIELDS), st.text(st.characters(codec="utf-8"), max_size=40), max_size=4))
def test_no_field_makes_it_fail(channel, fields):
    reply = channel.post(written(channel.kit.fields(channel.person().id) | fields))
    assert reply.status_code < 500


CREDENTIALS = {
    "account": ACCOUNT,
    "token": "t",
    "number": NUMBER,
    "url": PUBLIC,
    "secret": "s" * 32,
    "content": "content",
}


@pytest.mark.parametrize(
    ("key", "value", "variable"),
    [
        ("account", "", "ASKMESO_TWILIO_ACCOUNT"),
        ("account", "SK1", "ASKMESO_TWILIO_ACCOUNT"),
        ("token", "", "ASKMESO_TWILIO_TOKEN"),
        ("url", "", "ASKMESO_TWILIO_URL"),
        ("url", "chat.example", "ASKMESO_TWILIO_URL"),
        ("number", "", "ASKMESO_TWILIO_NUMBER"),
        ("api", "http://evil.example", "ASKMESO_TWILIO_API"),
    ],
)
def test_without_what_it_needs_it_does_not_start_and_says_what(tmp_path, key, value, variable):
    given = CREDENTIALS | {"database_url": f"sqlite:///{tmp_path / 'a.db'}", key: value}
    with pytest.raises(InvalidConfigException, match=variable):
        TwilioInput.from_credentials(given)
