"""A turn on a channel with little room: urgent first and whole, choices numbered, sources in a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain

from bot.channels.numbered import needs_numbers
from bot.channels.output import patient_message
from bot.channels.wording import arranged, pieces
from tests.conftest import ROOT

SOURCE = {"title": "Mesotherapy", "publisher": "a", "year": 2022, "url": "https://example.org/a"}


@pytest.fixture(scope="module")
def domain():
    return Domain.load(str(ROOT / "domain.yml"))


def message(text, *titles, kind="answer", language="en", **metadata):
    buttons = [{"title": title, "payload": f"/{number}"} for number, title in enumerate(titles)]
    return patient_message(
        {"text": text, "buttons": buttons, "metadata": {"kind": kind, "language": language, **metadata}}
    )


def arrange(domain, *messages, room=0, longest=1000):
    return arranged(
        list(messages),
        domain=domain,
        room=room,
        is_numbered=lambda message: needs_numbers(message, room=room),
        cut=lambda text, urgent: [text] if urgent else pieces(text, longest=longest),
    )


def test_choices_are_numbered_where_there_are_no_buttons(domain):
    (shown,) = arrange(domain, message("Hello!", "Does it hurt?", "Book a visit"))
    assert shown["text"] == "Hello!\n\nReply with a number:\n1. Does it hurt?\n2. Book a visit"
    assert shown["buttons"] == []


def test_they_are_numbered_in_the_language_of_the_message(domain):
    (shown,) = arrange(domain, message("Bonjour!", "Le prix", language="fr"))
    assert "Répondez par un numéro :\n1. Le prix" in shown["text"]


def test_buttons_stay_buttons_where_there_is_room(domain):
    (shown,) = arrange(domain, message("Hello!", "a", "b"), room=2)
    assert (shown["text"], [b["title"] for b in shown["buttons"]]) == ("Hello!", ["a", "b"])


def test_numbers_run_on_over_the_messages_of_a_turn(domain):
    _, second = arrange(domain, message("First", "a"), message("Second", "b"))
    assert "2. b" in second["text"]


def test_the_source_is_one_line_and_who_reviewed_it_another(domain):
    told = message("It stings.", sources=[SOURCE, SOURCE], reviewed_by="Dr. Roy", reviewed_on="2026-11-01")
    (shown,) = arrange(domain, told)
    lines = ["It stings.", "Source: Mesotherapy, 2022 https://example.org/a", "Reviewed by Dr. Roy on 2026-11-01."]
    assert shown["text"].splitlines() == lines


def test_an_urgent_message_comes_first_and_whole(domain):
    urgent = message("Call 911 now. " * 200, kind="urgent")
    shown = arrange(domain, message("Hello!"), urgent, longest=100)
    assert [m["metadata"]["kind"] for m in shown] == ["urgent", "answer"]
    assert shown[0]["text"].count("911") == 200


def test_what_dials_is_part_of_the_text_unless_it_says_so_already(domain):
    given = {"text": "Call 911 now.", "metadata": {"kind": "urgent", "language": "en"}}
    dial = [{"title": "Call 911", "payload": "tel:911"}, {"title": "Call the line", "payload": "tel:811"}]
    (shown,) = arrange(domain, patient_message(given | {"buttons": dial}))
    assert shown["text"] == "Call 911 now.\nCall the line: 811"
    assert shown["buttons"] == []


def test_a_long_text_is_cut_between_sentences_and_the_buttons_come_last(domain):
    shown = arrange(domain, message("One sentence. " * 30, "a"), room=1, longest=100)
    assert all(part["text"].endswith("sentence.") for part in shown)
    assert [len(part["buttons"]) for part in shown] == [0] * (len(shown) - 1) + [1]


@given(st.text(alphabet="ab .\n?é🎲", max_size=400), st.integers(5, 60))
def test_nothing_but_white_space_is_lost_and_no_piece_is_too_long(text, longest):
    parts = pieces(text, longest=longest)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part) <= longest for part in parts)
