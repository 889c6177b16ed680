"""The safety messages are baked into the model, and their wording belongs to the clinicians.

A change of these texts is a clinical decision: whoever makes it changes the digest here in the same commit.
"""

import hashlib

import pytest
import yaml

from bot.policies.red_flag_first import SAFETY
from tests.conftest import ROOT

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
CLINIC = yaml.safe_load((ROOT / "content/clinic.yml").read_text())

PINNED = {
    "utter_urgent_emergency": "6d0592590c41d024",
    "utter_urgent_same_day": "64d82902adda2708",
    "utter_urgent_distress": "1798e3025360018a",
    "utter_urgent_danger": "b789f4458e01d91c",
    "utter_error": "4eb60af98019cf3e",
}


def digest(name: str) -> str:
    return hashlib.sha256("\n".join(v["text"] for v in RESPONSES[name]).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", PINNED)
def test_the_wording_is_the_approved_one(name):
    assert digest(name) == PINNED[name]


@pytest.mark.parametrize("name", SAFETY.values())
def test_a_safety_message_names_the_emergency_number_and_offers_nothing_else(name):
    for variation in RESPONSES[name]:
        assert CLINIC["emergency"]["number"] in variation["text"]
        assert variation["metadata"]["kind"] == "urgent"
        assert "buttons" not in variation


def test_the_same_day_message_names_the_health_line():
    for variation in RESPONSES["utter_urgent_same_day"]:
        assert CLINIC["emergency"]["health_line"] in variation["text"]


def test_the_last_line_of_the_apology_is_the_emergency_line():
    for variation in RESPONSES["utter_error"]:
        assert CLINIC["emergency"]["number"] in variation["text"].splitlines()[-1]
