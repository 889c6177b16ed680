"""What the patient gets when a process is down or a part fails."""

import shutil
import time

import pytest

from tests.conftest import ROOT, Assistant, environment, running

URGENT = {"en": "my lips are swelling and I can't breathe", "fr": "mes lèvres gonflent et j'ai de la misère à respirer"}


def test_a_red_flag_needs_no_action_server(assistant):
    with assistant.without_actions():
        english = assistant.patient("en").say("my lips are swelling and I can't breathe")
        french = assistant.patient("fr").say("mes lèvres gonflent et j'ai de la misère à respirer")
    assert english["metadata"]["kind"] == french["metadata"]["kind"] == "urgent"
    assert (english["metadata"]["language"], french["metadata"]["language"]) == ("en", "fr")


def test_a_question_without_an_action_server_gets_the_apology(assistant):
    with assistant.without_actions():
        started = time.monotonic()
        message = assistant.patient("en").say("Does it hurt?")
    assert time.monotonic() - started < 6
    assert message["metadata"]["kind"] == "error"
    assert "911" in message["text"].splitlines()[-1]


def test_a_hanging_action_server_is_not_waited_for(assistant):
    patient = assistant.patient("fr")
    with assistant.with_hanging_actions():
        started = time.monotonic()
        message = patient.say("Est-ce que ça fait mal?")
        waited = time.monotonic() - started
        urgent = patient.say("j'ai du mal à respirer")
    assert 4.5 < waited < 6
    assert message["metadata"]["kind"] == "error"
    assert urgent["metadata"]["kind"] == "urgent"
    assert patient.say("Est-ce que ça fait mal?")["metadata"]["topic"] == "pain"


@pytest.fixture(scope="module")
def fragile(model, tmp_path_factory):
    """An assistant with a copy of the content, whose libraries fail on demand (tests/faulty.py)."""
    folder = tmp_path_factory.mktemp("fragile")
    shutil.copytree(ROOT / "content", folder / "content")
    settings = environment(folder, FAULTS=str(folder), ASKMESO_CONTENT=str(folder / "content"))
    assistant = Assistant(settings, folder / "log")
    assistant.commands["rasa"] = assistant.commands["rasa"].replace("-m bot", "-m tests.faulty")
    with running(assistant) as started:
        yield started, folder


def told_within_six_seconds(patient, text):
    started = time.monotonic()
    (message,) = patient.hear(say=text)
    assert time.monotonic() - started < 6
    return message


@pytest.mark.parametrize("language", URGENT)
@pytest.mark.parametrize("part", ["tokenizer", "encoder"])
def test_a_red_flag_is_not_met_with_silence_when_a_part_fails(fragile, part, language):
    assistant, folder = fragile
    patient = assistant.patient(language)
    # Words that were not encoded before, so that no memory stands in for the part.
    text = f"{URGENT[language]} ({part})"
    (folder / part).touch()
    try:
        message = told_within_six_seconds(patient, text)
    finally:
        (folder / part).unlink()
    assert message["metadata"] == message["metadata"] | {"kind": "error", "language": language}
    assert "911" in message["text"].splitlines()[-1]
    assert patient.say(text)["metadata"]["kind"] == "urgent"


@pytest.mark.parametrize("language", URGENT)
def test_a_red_flag_needs_no_content(fragile, language):
    assistant, folder = fragile
    (folder / "content").rename(folder / "gone")
    try:
        message = told_within_six_seconds(assistant.patient(language), URGENT[language])
    finally:
        (folder / "gone").rename(folder / "content")
    assert message["metadata"]["kind"] == "urgent"
    assert "911" in message["text"]
