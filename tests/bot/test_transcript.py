"""A reload shows what the patient saw, and nothing else of Rasa's events."""

import json

from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.output import METADATA
from bot.channels.transcript import transcript

BUTTONS = [
    {"title": "Does it hurt?", "payload": '/pain{"language": "en"}'},
    {"title": "More", "payload": '/pain{"part": "more", "language": "en"}'},
]


def said(text, **more):
    return BotUttered(
        text, {"buttons": BUTTONS}, {"metadata": {"id": "b1", "kind": "chat"} | more, "model_id": "secret"}
    )


def typed(text, **more):
    return UserUttered(text, {"name": "pain", "confidence": 0.7}, message_id="u1", metadata={"language": "en"}, **more)


def texts(*events):
    return [(entry["from"], entry["text"]) for entry in transcript(events)]


def test_both_sides_are_shown_in_their_order():
    assert texts(typed("hello"), said("Hello!"), typed("thanks")) == [
        ("patient", "hello"),
        ("assistant", "Hello!"),
        ("patient", "thanks"),
    ]


def test_a_tapped_button_reads_as_its_title():
    assert texts(said("Hello!"), typed('/pain{"language": "en"}'))[-1] == ("patient", "Does it hurt?")
    assert texts(said("Hello!"), typed('/pain{"language": "fr", "part": "more"}'))[-1] == ("patient", "More")
    assert texts(said("Hello!"), typed("/pain"))[-1] == ("patient", "Does it hurt?")


def test_a_payload_that_no_button_offered_is_not_shown():
    assert texts(typed('/pain{"language": "en"}'), said("Hello!"), typed("/cost")) == [("assistant", "Hello!")]


def test_an_entry_has_the_keys_of_the_contract_and_no_other():
    patient, assistant = transcript([typed("hello"), said("Hello!", revision="r", secret="s")])
    assert patient == {
        "id": "u1",
        "from": "patient",
        "text": "hello",
        "buttons": [],
        "metadata": {"language": "en"},
    }
    assert set(assistant) == {"id", "from", "text", "buttons", "metadata"}
    assert set(assistant["metadata"]) == set(METADATA)
    assert "secret" not in json.dumps([patient, assistant])


def test_the_language_is_the_one_that_was_found():
    found = [{"entity": "area", "value": "face"}, {"entity": "language", "value": "fr"}]
    assert transcript([typed("bonjour", entities=found)])[0]["metadata"] == {"language": "fr"}


def test_a_message_without_words_is_not_shown():
    assert transcript([BotUttered(None, {"image": "x"}), UserUttered(None)]) == []
