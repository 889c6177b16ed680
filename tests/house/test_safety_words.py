"""The safety messages are baked into the model, and their wording belongs to the clinicians.

A change of these texts is a clinical decision: whoever makes it changes the digest here in the same commit.
"""

import hashlib

import pytest
import yaml
from rasa.core.nlg.interpolator import interpolate
from rasa.shared.core.domain import Domain

from bot.languages import LANGUAGES
from bot.policies.red_flag_first import SAFETY
from tests.conftest import ROOT

DOMAIN = Domain.load(ROOT / "domain.yml")
NUMBERS = {slot.name: slot.initial_value for slot in DOMAIN.slots}
CLINIC = yaml.safe_load((ROOT / "content/clinic.yml").read_text())["emergency"]
RED_FLAGS = yaml.safe_load((ROOT / "content/safety/red_flags.yml").read_text())

PINNED = {
    "utter_urgent_emergency": "afbbbffda363762a",
    "utter_urgent_same_day": "d5b350a186797e4c",
    "utter_urgent_distress": "b8075752a16c7f0b",
    "utter_urgent_danger": "6712b5a82ef7ad26",
    "utter_error": "614fd27996f2cdce",
}
#: What the first sentence of a message begins with.
FIRST = {
    "emergency": {"en": "Call 911 now", "fr": "Appelez le 911 maintenant"},
    "same_day": {"en": "See a doctor today", "fr": "Voyez un médecin aujourd’hui"},
    "distress": {"en": "Call 911 now", "fr": "Appelez le 911 maintenant"},
    "danger": {"en": "Call 911 now", "fr": "Appelez le 911 maintenant"},
}
MOST_WORDS = 40
MESSAGES = [(what, language) for what in SAFETY for language in LANGUAGES]


def message(what, language):
    (one,) = DOMAIN.responses[f"utter_urgent_{what}_{language}"]
    return interpolate(one, NUMBERS)


def digest(name):
    said = [v["text"] for key, responses in DOMAIN.responses.items() if key.startswith(name) for v in responses]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", PINNED)
def test_the_wording_is_the_approved_one(name):
    assert digest(name) == PINNED[name]


@pytest.mark.parametrize(("what", "language"), MESSAGES)
def test_a_safety_message_says_first_what_to_do(what, language):
    said = message(what, language)
    assert said["text"].startswith(FIRST[what][language])
    assert said["metadata"] == {"kind": "urgent", "language": language}


@pytest.mark.parametrize(("what", "language"), MESSAGES)
def test_a_safety_message_is_short(what, language):
    assert len(message(what, language)["text"].split()) <= MOST_WORDS


@pytest.mark.parametrize(("what", "language"), MESSAGES)
def test_a_safety_message_offers_numbers_and_a_person_and_nothing_else(what, language):
    payloads = [button["payload"] for button in message(what, language)["buttons"]]
    assert f"tel:{CLINIC['number']}" in payloads
    person = f'/talk_to_human{{"language": "{language}"}}'
    numbers = {f"tel:{CLINIC[name]}" for name in ("number", "health_line", "crisis_line")}
    assert set(payloads) <= numbers | {person}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_to_someone_in_distress_names_the_crisis_line(language):
    assert CLINIC["crisis_line"] in message("distress", language)["text"]


def test_the_same_day_message_names_the_health_line():
    for language in LANGUAGES:
        assert CLINIC["health_line_name"][language] in message("same_day", language)["text"]


def test_no_number_is_written_into_a_response():
    numbers = {CLINIC[name] for name in ("number", "health_line", "crisis_line")}
    for name, variations in yaml.safe_load((ROOT / "domain.yml").read_text())["responses"].items():
        assert not {n for n in numbers if n in str(variations)}, f"{name}: take the number from the slots of clinic.yml"


def test_the_last_line_of_the_apology_is_the_emergency_line():
    for variation in interpolate(DOMAIN.responses["utter_error"], NUMBERS):
        assert CLINIC["number"] in variation["text"].splitlines()[-1]


def test_every_message_of_a_red_flag_exists():
    assert {symptom.get("message", symptom["tier"]) for symptom in RED_FLAGS["symptoms"]} <= set(SAFETY)
