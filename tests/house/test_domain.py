"""The domain, the rules and the answers agree with each other."""

import pytest
import yaml

import clinic
from bot.languages import LANGUAGES
from clinic.answers import topics
from tests.conftest import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())
RULES = [rule for path in (ROOT / "data/rules").glob("*.yml") for rule in yaml.safe_load(path.read_text())["rules"]]
KINDS = {"answer", "clarify", "decline", "urgent", "booking", "clinic", "chat", "error"}


def intents_with_a_rule():
    for rule in RULES:
        first = rule["steps"][0]
        yield from (step["intent"] for step in first.get("or", [first]) if "intent" in step)


def test_every_intent_has_exactly_one_rule_but_the_red_flag():
    with_a_rule = list(intents_with_a_rule())
    assert len(with_a_rule) == len(set(with_a_rule))
    assert set(DOMAIN["intents"]) - set(with_a_rule) == {"urgent_symptom"}


def test_every_topic_is_an_intent():
    assert set(topics.ALL) <= set(DOMAIN["intents"])


def test_every_intent_that_is_learnt_can_be_taught_but_the_red_flag():
    clinic.setup()
    from clinic.conversations import teaching

    assert sorted(teaching.TOPICS) == sorted(set(DOMAIN["intents"]) - {"urgent_symptom", "inform", "nlu_fallback"})


def said_together():
    """The responses but the safety messages, of which each language has its own (tests/house/test_safety_words.py)."""
    return {
        name: variations for name, variations in DOMAIN["responses"].items() if not name.startswith("utter_urgent_")
    }


@pytest.mark.parametrize("name", said_together())
def test_every_response_is_said_in_both_languages_with_its_kind(name):
    spoken = {variation["metadata"]["language"] for variation in DOMAIN["responses"][name]}
    assert spoken == set(LANGUAGES)
    assert {variation["metadata"]["kind"] for variation in DOMAIN["responses"][name]} <= KINDS


def test_no_response_is_drawn_by_lot():
    for name, variations in said_together().items():
        assert len(variations) == len(LANGUAGES), f"{name}: the same message gets the same words"
        assert variations[1]["condition"] == [{"type": "slot", "name": "language", "value": "fr"}], name


@pytest.mark.parametrize("name", DOMAIN["responses"])
def test_every_button_of_a_response_leads_to_an_answer(name):
    for variation in DOMAIN["responses"][name]:
        language = variation["metadata"]["language"]
        for button in variation.get("buttons", []):
            if button["payload"].startswith("tel:"):
                continue
            topic = button["payload"].partition("{")[0].removeprefix("/")
            if topic == "inform":
                assert name.startswith("utter_booking_"), button
                continue
            assert (ROOT / "content" / language / f"{topic}.md").exists(), button


@pytest.mark.parametrize("name", ["utter_text_only", "utter_text_too_long", "utter_sms_help"])
def test_who_is_not_understood_is_told_whom_to_call_in_an_emergency(name):
    assert all("{emergency_number}" in variation["text"] for variation in DOMAIN["responses"][name])


def test_a_text_message_that_carriers_demand_says_how_to_stop_or_start_again():
    for name, words in {"help": ("STOP", "ARRET"), "stopped": ("START", "START"), "started": ("STOP", "ARRET")}.items():
        for variation, word in zip(DOMAIN["responses"][f"utter_sms_{name}"], words, strict=True):
            assert word in variation["text"]
            assert "{clinic}" in variation["text"]


@pytest.mark.parametrize("name", DOMAIN["slots"])
def test_no_slot_takes_a_red_flag_for_an_answer(name):
    for mapping in DOMAIN["slots"][name]["mappings"]:
        assert mapping["type"] != "from_text" or mapping.get("not_intent") == "urgent_symptom", name
