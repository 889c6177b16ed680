"""The words that carriers make us honour, and who said them."""

import contextlib
import sqlite3

import pytest

from bot.channels.optouts import OptOuts, Word, carriers_word


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "UNSUBSCRIBE", "ARRET", "arrêt", "Arrêter!", "STOPALL"])
@pytest.mark.parametrize("sms", [True, False])
def test_a_person_may_stop(text, sms):
    assert carriers_word(text, sms=sms, stopped=False) is Word.STOP


@pytest.mark.parametrize("text", ["cancel", "END", "quit"])
def test_cancel_stops_an_sms_and_is_a_patients_word_on_whatsapp(text):
    assert carriers_word(text, sms=True, stopped=False) is Word.STOP
    assert carriers_word(text, sms=False, stopped=False) is None


@pytest.mark.parametrize(
    "text", ["stop it hurts", "I want to cancel", "annuler", "when does it stop?", "no", "", None, "s t o p", "stop 2"]
)
def test_other_words_are_a_patients(text):
    assert carriers_word(text, sms=True, stopped=False) is None


@pytest.mark.parametrize("text", ["HELP", "info", "Aide", "help!"])
def test_a_person_may_ask_who_this_is(text):
    assert carriers_word(text, sms=True, stopped=False) is Word.HELP


@pytest.mark.parametrize("text", ["yes", "OUI"])
def test_yes_brings_back_only_who_had_stopped(text):
    assert carriers_word(text, sms=True, stopped=True) is Word.START
    assert carriers_word(text, sms=True, stopped=False) is None


def test_who_stopped_is_kept_until_they_start(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    people = OptOuts(url)
    assert not people.stopped("a" * 64)
    assert people.stop("a" * 64)
    assert not people.stop("a" * 64)
    assert OptOuts(url).stopped("a" * 64)
    assert not people.stopped("b" * 64)
    assert people.start("a" * 64)
    assert not people.start("a" * 64)
    assert not OptOuts(url).stopped("a" * 64)


def test_the_table_knows_no_number(tmp_path):
    OptOuts(f"sqlite:///{tmp_path / 'a.db'}")
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(channel_optouts)")]
    assert columns == ["conversation", "stopped_at"]
