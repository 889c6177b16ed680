"""What the booking actions read from a conversation and write into it; tests/conversations plays the whole."""

from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import SLOTS, Turn, closed, is_answered, last_kind, markers
from clinic.booking.dialogue import Form, Line, sent
from clinic.booking.store import Given
from tests.conftest import ROOT

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text())
USER = {"event": "user", "text": "…"}


def tracker(*events, message=None, **slots):
    latest = {"intent": {"name": "inform"}, "entities": [], "text": "Julie"} | (message or {})
    return Tracker("c1", slots, latest, list(events), False, None, {"name": "booking_form"}, "action_listen")


def action(name):
    return {"event": "action", "name": name}


def bot(kind):
    return {"event": "bot", "metadata": {"metadata": {"kind": kind}}}


def given(*names, key="k"):
    return Given(key, "book", "", "", "en", (), frozenset(names), {})


@pytest.mark.parametrize(
    ("events", "answered"),
    [
        ([USER], False),
        ([action("action_answer"), USER], False),
        ([USER, action("booking_form")], False),
        ([USER, action("booking_form"), action("action_answer")], True),
        ([USER, action("action_book")], True),
    ],
)
def test_a_message_is_heard_once_and_not_after_something_else_was_said(events, answered):
    assert is_answered(tracker(*events)) is answered


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([bot("booking"), USER], "booking"),
        ([bot("booking"), USER, bot("urgent"), USER], "urgent"),
        ([bot("urgent"), USER, bot("booking")], "urgent"),
        ([USER], None),
        ([{"event": "bot", "metadata": {}}, USER], None),
    ],
)
def test_what_the_patient_read_before_writing(events, kind):
    assert last_kind(tracker(*events)) == kind


def test_the_slots_hold_no_more_than_that_something_was_given():
    slots = {event["name"]: event["value"] for event in markers(Form(when="given"), given("name", "phone"))}
    assert {slots[slot] for slot in SLOTS.values()} == {"given", None}
    assert slots["booking_sent"] is None


def test_a_closed_form_asks_for_nothing_and_remembers_its_key():
    slots = {event["name"]: event["value"] for event in closed(Form(key="k"))}
    assert slots.pop("booking")["key"] == "k"
    assert set(slots) == {*SLOTS.values(), "requested_slot"}
    assert set(slots.values()) == {None}


async def turn(**more):
    return await Turn.of(CollectingDispatcher(), tracker(USER, **more), DOMAIN)


async def test_a_typed_text_is_read_and_a_payload_is_not():
    assert (await turn(requested_slot="booking_name")).said.asked == "name"
    assert (await turn()).said.text == "Julie"
    entities = [{"entity": "booking", "value": "send"}]
    tapped = (await turn(message={"text": '/inform{"booking": "send"}', "entities": entities})).said
    assert (tapped.text, tapped.button) == ("", "send")


async def test_a_number_that_the_channel_knows_is_taken_from_its_metadata():
    message = {"metadata": {"phone": "+15145550199"}}
    assert (await turn(message=message)).said.phone == "+15145550199"
    assert (await turn()).said.phone == ""


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Clinique Demi-Lune keeps"), ("fr", "Clinique Demi-Lune garde")]
)
async def test_what_the_patient_agrees_to_is_what_the_review_shows(language, words):
    one = await turn(language=language)
    line = Line("utter_booking_review", {"kind": "book", "name": "J•••", "contact": "…", "when": (), "time": "any"})
    one.say([line])
    (message,) = one.dispatcher.messages
    assert message["consent"] == one.consent
    assert words in one.consent
    assert message["metadata"]["kind"] == "booking"


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_stored_request_is_told_with_the_next_opening_hours(language):
    one = await turn(language=language)
    one.say([sent("DL-34679", now=one.now, clinic=one.release.clinic)])
    (message,) = one.dispatcher.messages
    assert message["reference"] == "DL-34679"
    assert {"day", "start", "end"} <= message.keys()
