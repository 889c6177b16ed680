"""The actions translate: what the pipeline made of a message into a turn, and messages into utterances."""

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, read_turn
from actions.language import ActionChangeLanguage
from clinic.answers import Clause
from clinic.answers.release import load
from tests.conftest import ROOT

NOTHING: dict[str, Any] = {"mentions": [], "bare": False, "how_long": False}
RELEASE = load(ROOT / "content")


def tracker(message, **slots):
    return Tracker(
        "c1", slots, {"intent": {"name": "pain"}, "entities": [], **message}, [], False, None, {}, "action_listen"
    )


def entity(name, value):
    return {"entity": name, "value": value}


async def said(message, **slots):
    dispatcher = CollectingDispatcher()
    events = await ActionAnswer().run(dispatcher, tracker(message, **slots), {})
    return dispatcher.messages, events


async def test_it_works():
    clauses = [
        {"text": "Does it hurt?", "topic": "pain", "outcome": "answer", "confidence": 0.9, "candidates": [], **NOTHING}
    ]
    messages, events = await said({"clauses": clauses}, language="en")
    assert messages[0]["text"].startswith(RELEASE.answer("pain", "en").short)
    assert messages[0]["metadata"]["topic"] == "pain"
    assert len(messages[0]["metadata"]["id"]) == 36
    remembered = {"unclear": 0, "topic": "pain", "mentions": (), "said": ("en/pain",)}
    assert events == [{"event": "slot", "timestamp": None, "name": "memory", "value": remembered}]


async def test_a_response_of_the_domain_is_said_by_name_with_its_words():
    clauses = [{"text": "…", "topic": "nlu_fallback", "outcome": "clarify", "candidates": ["pain"], **NOTHING}]
    messages, _ = await said({"clauses": clauses}, language="fr")
    assert messages[0]["response"] == "utter_clarify"
    assert messages[0]["phone"] == RELEASE.clinic.phone
    assert messages[0]["text"] is None


async def test_it_remembers():
    clauses = [
        {
            "text": "…",
            "topic": "nlu_fallback",
            "outcome": "clarify",
            "confidence": 0.3,
            "candidates": ["pain"],
            **NOTHING,
        }
    ]
    _, events = await said({"clauses": clauses}, language="en", memory={"unclear": 1})
    assert events[0]["value"]["unclear"] == 2


def test_a_button_has_no_clauses_and_its_intent_is_the_topic():
    turn = read_turn(tracker({"entities": [entity("part", "more")]}, language="en"), RELEASE)
    assert turn.clauses == (Clause("pain"),)
    assert turn.part == "more"


@pytest.mark.parametrize(
    ("slots", "metadata", "language"),
    [
        ({"language": "en"}, {"language": "fr"}, "en"),
        ({"language": None}, {"language": "en"}, "en"),
        ({"language": None}, {}, RELEASE.clinic.default_language),
        ({"language": None}, None, RELEASE.clinic.default_language),
    ],
)
def test_the_language_is_the_conversations_then_the_sessions_then_the_clinics(slots, metadata, language):
    assert read_turn(tracker({"metadata": metadata}, **slots), RELEASE).language == language


@pytest.mark.parametrize(
    ("text", "spoken", "wanted"),
    [
        ("can we speak French please", "en", "fr"),
        ("en anglais svp", "fr", "en"),
        ("english please", "en", "en"),
        ("parlez-vous français", "en", "fr"),
        ("another language please", "en", "fr"),
        ("une autre langue", "fr", "en"),
    ],
)
async def test_the_language_changes_to_the_one_named_or_to_the_other(text, spoken, wanted):
    message = {"text": text, "clauses": [{}]}
    events = await ActionChangeLanguage().run(CollectingDispatcher(), tracker(message, language=spoken), {})
    assert (events[0]["name"], events[0]["value"]) == ("language", wanted)


async def test_a_language_button_says_which():
    message = {"text": '/change_language{"language": "en"}', "entities": [entity("language", "en")]}
    events = await ActionChangeLanguage().run(CollectingDispatcher(), tracker(message, language="fr"), {})
    assert events[0]["value"] == "en"
