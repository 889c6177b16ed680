"""A number that comes back for a choice, and no other number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.numbered import chosen, latest_turn, meant, needs_numbers, number, short, tappable

PAIN = '/pain{"language": "en"}'
COST = '/cost{"language": "en"}'


def said(text, *payloads, kind="answer"):
    buttons = [{"title": payload, "payload": payload} for payload in payloads]
    return BotUttered(text, {"buttons": buttons}, {"metadata": {"kind": kind, "id": "1"}})


def choose(text, *events, room=0):
    return chosen(text, list(events), is_numbered=lambda message: needs_numbers(message, room=room))


NUMBERS = """2 | 2. | 2) | #2 | two | Two! | deux | Deux | le 2 | le deux | number two | numéro 2 | option 2 | no 2
 | the second one | le deuxième | choix 2 | n° 2 | 2 please | 2 svp | ２"""
TEXTS = """2 pm | 2 sessions | 514 555 0199 | two weeks | Tuesday 2 | no | non | yes | 2 3 | 1/2 | -2 | 2,5 | 2% | le
 | twenty | at 2 | à 2h | 123 | deux ou trois | 2:30"""


@pytest.mark.parametrize("text", NUMBERS.split("|"))
def test_a_number_is_read_in_digits_and_words_of_both_languages(text):
    assert number(text) == 2


@pytest.mark.parametrize("text", TEXTS.split("|"))
def test_whatever_says_more_than_a_number_is_a_text(text):
    assert number(text) is None


@given(st.text(max_size=30))
def test_no_text_makes_it_fail(text):
    assert number(text) is None or number(text) >= 0


def test_a_number_brings_back_the_payload_of_the_choice():
    assert choose("deux", UserUttered("hello"), said("Hello!", PAIN, COST)) == COST


@pytest.mark.parametrize("text", ["0", "3", "99"])
def test_a_number_beyond_the_list_is_a_text(text):
    assert choose(text, said("Hello!", PAIN, COST)) is None


def test_a_number_after_another_answer_is_a_text():
    assert choose("1", said("Hello!", PAIN), UserUttered("when?"), said("What is your phone number?")) is None


def test_a_number_is_a_text_where_real_buttons_were_shown():
    assert choose("1", said("Hello!", PAIN, COST), room=3) is None


def test_numbers_run_on_over_the_messages_of_a_turn():
    assert choose("2", said("First", PAIN), said("Second", COST)) == COST


def test_what_dials_is_no_choice():
    urgent = said("Call 911 now.", "tel:911", PAIN, kind="urgent")
    assert choose("1", urgent) == PAIN
    assert tappable(latest_turn([urgent])[0])[0]["payload"] == PAIN


def test_a_short_name_is_found_again_however_long_ago_it_was_offered():
    long = '/inform{"booking": "day:2026-11-27", "language": "en", "part": "a part with a long name"}'
    events = [said("When?", PAIN, long), UserUttered("wait"), said("Yes?")]
    assert len(short(long)) <= 64
    assert meant(short(long), events) == long
    assert meant(short("/restart"), events) is None
