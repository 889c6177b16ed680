"""A page that was loaded again shows the conversation as it was."""

import time

import requests

from tests.bot.test_website import assert_problem
from tests.conftest import Patient


def test_a_reload_shows_what_was_said_and_tapped(assistant):
    patient = assistant.patient("en")
    first = patient.say("Does it hurt?")
    title = next(iter(patient.buttons))
    second = patient.tap(title)
    shown = patient.reload()
    assert [(entry["from"], entry["text"]) for entry in shown] == [
        ("patient", "Does it hurt?"),
        ("assistant", first["text"]),
        ("patient", title),
        ("assistant", second["text"]),
    ]
    assert [{key: entry[key] for key in first} for entry in shown[1::2]] == [first, second]
    assert {entry["metadata"]["language"] for entry in shown} == {"en"}


def test_words_that_rasa_says_itself_have_the_same_id_after_a_reload(assistant):
    patient = assistant.patient("fr")
    hello = patient.say("bonjour")
    assert hello["metadata"]["kind"] == "chat"
    assert patient.reload()[1]["id"] == hello["id"]


def test_a_reload_shows_no_contact_and_no_parse(assistant):
    patient = assistant.patient("en")
    patient.say("call me at 418 555-0199, does it hurt?")
    shown = patient.reload()
    assert shown[0]["text"] == "call me at [phone], does it hurt?"
    assert set(shown[0]) == set(shown[1]) == {"id", "from", "text", "buttons", "metadata"}
    assert set(shown[0]["metadata"]) == {"language"}


def test_before_the_first_message_there_is_nothing_to_show(assistant):
    assert assistant.patient().reload() == []


def test_a_patient_reads_only_their_own_conversation(assistant):
    assistant.patient("en").say("hello")
    assert assistant.patient("en").reload() == []


def test_a_reload_needs_a_token(assistant):
    assert_problem(requests.get(f"{assistant.base}/messages"), 401)


def test_a_foreign_page_reads_nothing(assistant):
    patient = assistant.patient()
    headers = {"Authorization": f"Bearer {patient.token}", "Origin": "http://evil.example"}
    assert_problem(requests.get(f"{assistant.base}/messages", headers=headers), 403)


def test_after_an_apology_the_conversation_is_shown_too(assistant):
    patient = assistant.patient("en")
    with assistant.without_actions():
        apology = patient.say("Does it hurt?")
    assert apology["metadata"]["kind"] == "error"
    assert eventually(patient, entries=2)[1]["id"] == apology["id"]


def eventually(patient: Patient, *, entries: int) -> list[dict]:
    """A turn that failed is stored after its apology was sent."""
    until = time.monotonic() + 5
    while len(patient.reload()) < entries and time.monotonic() < until:
        time.sleep(0.1)
    return patient.reload()
