"""The made-up patients of `make demo`: what is written about them, and what the assistant makes of some of them."""

import json
import re
from collections import Counter

import httpx
import pytest

from bot import settings
from bot.channels.tokens import Tokens
from bot.demo import scripts
from bot.demo.playing import Patient, Played, play
from bot.demo.scripts import ScriptError, Step
from bot.redaction import contacts
from tests.conftest import ROOT, events

WRITTEN = [script for language in scripts.SHARES for script in scripts.read(language)]
DRAWN = scripts.conversations(300, seed=9)
#: Each way in which a patient of the demo is worth looking at, by the names of the scripts that the test plays.
HANDFUL = {
    "en": ["a blunt one", "fever and pus", "a request question by question", "exosomes", "a prompt injection"],
    "fr": ["une première fois", "une demande, question par question", "du français à l'anglais"],
}


def said(conversations):
    return [step.say for script in conversations for step in script.steps if step.say]


@pytest.mark.parametrize("language", scripts.SHARES)
def test_there_are_scripts_enough_and_each_is_another(language):
    written = scripts.read(language)
    assert len(written) >= 60
    assert len({script.name for script in written}) == len({script.steps for script in written}) == len(written)


def test_every_conversation_has_one_to_eight_turns():
    assert all(1 <= script.turns <= scripts.LONGEST for script in DRAWN)


def test_two_in_five_are_in_english():
    assert Counter(script.language for script in DRAWN) == {"fr": 180, "en": 120}


def test_the_same_seed_plays_the_same_and_another_does_not():
    assert scripts.conversations(300, seed=9) == DRAWN
    assert scripts.conversations(300, seed=10) != DRAWN


def test_few_conversations_repeat_another_word_for_word():
    assert len({tuple(script.steps) for script in DRAWN}) > 0.75 * len(DRAWN)


def test_nothing_of_how_a_script_is_written_is_said():
    left = [text for text in said(DRAWN) if scripts.CHOICE.search(text) or scripts.PERSONAL.search(text)]
    assert not left


def test_all_numbers_and_addresses_are_fictitious():
    text = "\n".join([*said(DRAWN), *(step.comment for script in DRAWN for step in script.steps)])
    assert {number for number in re.findall(r"\d[\d ().-]{6,}\d", text) if "555-01" not in number} == set()
    assert {address for address in re.findall(r"\S+@\S+", text) if not address.endswith("@example.com")} == set()


def test_nothing_in_the_files_is_a_way_to_reach_anybody():
    for language in scripts.SHARES:
        assert not contacts((scripts.FOLDER / f"{language}.yml").read_text())


def test_no_script_is_an_example_that_the_assistant_was_trained_on():
    trained = set()
    for path in (ROOT / "data/nlu").glob("*/*.yml"):
        trained |= {line.strip()[2:].lower() for line in path.read_text().splitlines() if line.startswith("    - ")}
    long = {text.lower() for text in said(WRITTEN) if len(text.split()) > 8}
    assert not long & trained


@pytest.mark.parametrize("written", [[], 5, {"say": "x", "tap": 1}, {"sing": "x"}])
def test_a_step_that_cannot_be_played_is_named(written):
    with pytest.raises(ScriptError, match="is no step"):
        scripts._step(written)


def test_a_script_that_is_too_long_is_named():
    with pytest.raises(ScriptError, match="'talkative' has 9 turns"):
        scripts._script({"script": "talkative", "does": ["a"] * 9}, "en")


def chosen():
    return [script for script in WRITTEN if script.name in HANDFUL[script.language]]


@pytest.fixture(scope="module")
def seen(assistant):
    """What was played and stored of a handful of scripts, by their name."""
    import random

    tokens = Tokens(audience="website", secret=secret(assistant))
    played, stored = Played(), {}
    with httpx.Client(base_url=f"{assistant.base}/", timeout=30) as channel:
        for script in chosen():
            opened = tokens.issue(language=script.language, prefix=settings.DEMO)
            varied = scripts.varied(script, random.Random(1), called=scripts.names(script.language))
            play(varied, Patient(channel, opened["token"]), played=played)
            stored[script.name] = opened["conversation"]
    database = assistant.log.parent / "askmeso.db"
    return played, {name: events(database, conversation) for name, conversation in stored.items()}, stored


def secret(assistant):
    return (assistant.log.parent / "secret").read_text().strip()


def kinds(stored):
    metadata = [event["metadata"] for event in stored if event["event"] == "bot"]
    return {(given.get("metadata") or given).get("kind") for given in metadata}


def test_a_handful_plays_to_its_end_on_the_real_assistant(seen):
    played, stored, _ = seen
    assert len(stored) == sum(map(len, HANDFUL.values())) == played.conversations
    assert played.turns == sum(script.turns for script in chosen())
    assert not played.missing


def test_the_assistant_does_to_them_what_it_does_to_patients(seen):
    _, stored, _ = seen
    assert "urgent" in kinds(stored["fever and pus"])
    assert "booking" in kinds(stored["a request question by question"])
    assert "decline" in kinds(stored["a prompt injection"])
    assert [e["helpful"] for e in stored["exosomes"] if e["event"] == "feedback"] == [False]


def test_their_conversations_are_known_by_their_ids(seen):
    _, _, ids = seen
    assert all(conversation.startswith(settings.DEMO) for conversation in ids.values())
    assert not re.match("[0-9a-f]{4}", settings.DEMO)


def test_what_they_gave_is_redacted_like_anyones(seen):
    _, stored, _ = seen
    assert "555-01" not in json.dumps([e for e in stored["a request question by question"] if e["event"] == "user"])


def test_a_button_that_is_not_there_is_told_and_the_patient_goes_on(assistant):
    tokens, played = Tokens(audience="website", secret=secret(assistant)), Played()
    script = scripts.Script("lost", "en", (Step(say="Does it hurt?"), Step(tap="No such"), Step(say="thanks")))
    with httpx.Client(base_url=f"{assistant.base}/", timeout=30) as channel:
        play(script, Patient(channel, tokens.issue(language="en", prefix="demo")["token"]), played=played)
    assert (played.turns, played.missing) == (2, ["en lost: No such"])
