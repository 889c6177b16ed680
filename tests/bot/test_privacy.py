"""What patients type about themselves is in no event of the conversation, on any channel and behind any pipeline."""

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain

from bot.redaction import IDENTIFIERS
from bot.tracker_store import AskMesoTrackerStore
from tests.conftest import ROOT, events
from tests.fakes import Stream

#: What a patient types, and what may be left of it nowhere.
CONFIDENCES = {
    "Call me at 418.555.0199, does it hurt?": "0199",
    "mon cell c'est le (418) 555-0198, est-ce que ça fait mal?": "0198",
    "my number is 555-0197": "0197",
    "écrivez-moi à marie.tremblay@example.com svp": "tremblay",
    "gagnon dot marie at gmail dot com": "gagnon",
    "ma carte soleil est ROYM 8512 7713": "7713",
    "my health card is 9876-543-217-XK. How many sessions?": "217",
    "I can't breathe, call 418 555 0196 and roy@example.com": "0196",
}


def texts(value):
    """Every text of an event that machines did not make."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key not in IDENTIFIERS for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value.lower()] if isinstance(value, str) else []


def leaks(stored):
    return [(secret, text) for text in texts(stored) for secret in CONFIDENCES.values() if secret in text]


def test_no_stored_event_of_a_website_conversation_holds_a_contact(assistant):
    patient = assistant.patient("en")
    for text in CONFIDENCES:
        patient.hear(say=text)
    stored = events(assistant.log.parent / "askmeso.db", patient.conversation)
    assert len([event for event in stored if event["event"] == "user"]) == len(CONFIDENCES)
    assert not leaks(stored)


def test_the_clinics_own_number_stays_in_what_is_stored(assistant):
    patient = assistant.patient("en")
    said = patient.say("What is your phone number?")["text"]
    stored = events(assistant.log.parent / "askmeso.db", patient.conversation)
    assert "418 555-0142" in said
    assert said in [event["text"] for event in stored if event["event"] == "bot"]


@pytest.mark.filterwarnings("ignore")
async def test_no_streamed_event_holds_a_contact(model, tmp_path):
    stream = Stream()
    store = AskMesoTrackerStore(
        Domain.load(ROOT / "domain.yml"), host=f"sqlite:///{tmp_path}/c.db", event_broker=stream
    )
    agent = Agent.load(model, tracker_store=store)
    for text in CONFIDENCES:
        await agent.handle_text(text, sender_id="c1")
    assert len([event for event in stream.published if event["event"] == "user"]) == len(CONFIDENCES)
    assert not leaks(stream.published)
