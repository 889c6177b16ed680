"""The answers this repository ships: without fault, in both languages, for the topics the project is named for."""

import pytest

from clinic.answers import files, topics, validator
from clinic.answers.release import load
from clinic.answers.schema import LANGUAGES
from tests.conftest import ROOT

CONTENT = files.read(ROOT / "content")
RELEASE = load(ROOT / "content")
ANSWERED = {
    "what_is",
    "procedure",
    "pain",
    "downtime",
    "side_effects",
    "session_count",
    "choosing_clinic",
    "cost",
    *topics.CLINIC,
}


def test_there_is_no_fault():
    assert [str(fault) for fault in validator.faults(CONTENT)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_topics_we_are_named_for_are_answered(language):
    assert {topic for topic, spoken in RELEASE.answers if spoken == language} >= ANSWERED


@pytest.mark.parametrize("topic", ["downtime", "side_effects"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_follows_a_session_says_when_to_call_911(topic, language):
    answer = RELEASE.answer(topic, language)
    assert "911" in f"{answer.short} {answer.more}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_price_is_never_ours_to_say(language):
    answer = RELEASE.answer("cost", language)
    assert not any(character.isdigit() for character in f"{answer.short} {answer.more}")
    assert "RAMQ" in answer.short


@pytest.mark.parametrize("answer", RELEASE.answers.values(), ids=lambda a: f"{a.language}-{a.id}")
def test_no_placeholder_is_left(answer):
    assert "{" not in f"{answer.short}{answer.more}"
