"""The lexicon: what a message mentions, in either language, and what only looks like it."""

import copy
import time

import pytest
import yaml

from bot.nlu.entities import TYPES, InvalidLexicon, Lexicon, read
from bot.nlu.spelling import dictionary
from tests.conftest import ROOT

DATA = read(ROOT / "data/lexicon/entities")


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon(DATA, Lexicon(DATA).mistaken(dictionary()))


def mentions(lexicon, text):
    return [f"{found['entity']} {found['value']}" for found in lexicon.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is it safe under my eyes?", ["area under_eyes"]),
        ("pour mes CHEVEUX pis mon ventre", ["area hair", "area abdomen"]),
        ("j’ai des vergetures sur les cuisses", ["concern stretch_marks", "area thighs"]),
        ("I take Eliquis and an Advil", ["medication blood_thinner", "medication anti_inflammatory"]),
        ("je suis sous Accutane", ["medication isotretinoin"]),
        ("j'allaite encore", ["condition breastfeeding"]),
        ("ma fille de 16 ans", ["condition minor"]),
        ("Juvéderm or microneedling", ["treatment filler", "treatment microneedling"]),
        ("c'est quoi la méso-thérapie", ["treatment mesotherapy"]),
        ("dark skin, I scar easily", ["condition skin_of_colour", "condition keloid"]),
    ],
)
def test_a_message_of_either_language_is_understood(lexicon, text, expected):
    assert mentions(lexicon, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hair loss", ["concern hair_loss"]),
        ("a mask of pregnancy", ["concern melasma"]),
        ("laser hair removal", ["treatment hair_removal"]),
    ],
)
def test_the_longest_match_wins(lexicon, text, expected):
    assert mentions(lexicon, text) == expected


@pytest.mark.parametrize("text", ["pregnnat", "I am prengant", "enciente", "grosesse", "pregnancies"])
def test_one_wrong_letter_is_forgiven(lexicon, text):
    assert mentions(lexicon, text) == ["condition pregnancy"]


@pytest.mark.parametrize(
    "text",
    [
        "la caisse est en avant",  # cuisse
        "is the message private",  # massage
        "je souffre beaucoup",
        "le canadien joue à soir",  # joue: a cheek, and plays
        "up front payment",  # front: a forehead
        "the main side effects",  # main: a hand
        "my skin is peeling",
        "I was expecting more",
        "on the other hand",
    ],
)
def test_an_everyday_word_is_not_taken_for_another(lexicon, text):
    assert mentions(lexicon, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 weeks", "P3W"),
        ("deux jours", "P2D"),
        ("une couple de jours", "P2D"),
        ("il y a 4 mois", "P4M"),
        ("48h", "PT48H"),
        ("twenty-four hours", "PT24H"),
        ("a week and a half", "P1.5W"),
        ("une demi-heure", "PT0.5H"),
        ("2 à 3 semaines", "P3W"),
        ("a few days", "P3D"),
        ("day 2", "P2D"),
        ("avant-hier", "P2D"),
    ],
)
def test_a_length_of_time_is_read(lexicon, text, expected):
    assert mentions(lexicon, text) == [f"duration {expected}"]


@pytest.mark.parametrize(
    "text",
    [
        "next month",
        "j'ai 45 ans",
        "I'm 45 years old",
        "à 17h30",
        "twice a week",
        "deux fois par année",
        "have a good day",
    ],
)
def test_an_age_a_time_of_day_and_a_rhythm_are_no_length_of_time(lexicon, text):
    assert mentions(lexicon, text) == []


def test_an_entity_points_into_the_message_as_it_was_typed(lexicon):
    text = "Ma sœur a des « Cernes » depuis 3 semaines"
    assert [text[found["start"] : found["end"]] for found in lexicon.find(text)] == ["Cernes", "3 semaines"]


@pytest.mark.parametrize("text", ["", "   ", "?!", "🙂", "a" * 5000, "’'’", "1,5", "\u0301", "/pain{}"])
def test_odd_input_is_no_entity_and_no_error(lexicon, text):
    assert lexicon.find(text) == []


def test_what_patients_type_fills_no_memory(lexicon):
    before = len(lexicon._vocab)
    lexicon.find("zyxwvut qwertyuiop 123456789 asdfghjkl")
    assert len(lexicon._vocab) == before


def test_a_long_message_takes_little_time(lexicon):
    text = "I take blood thinners, had botox 3 weeks ago and wonder about my thighs and my scalp. " * 10
    start = time.perf_counter()
    lexicon.find(text)
    assert time.perf_counter() - start < 0.1


def test_a_phrase_with_two_meanings_is_refused():
    data = copy.deepcopy(DATA)
    data["concern"]["fat"]["en"].append("botox")
    with pytest.raises(InvalidLexicon, match="'botox' means concern/fat and treatment/botox"):
        Lexicon(data)


@pytest.mark.parametrize("name", TYPES)
def test_every_meaning_has_words_in_both_languages(name):
    data = yaml.safe_load((ROOT / f"data/lexicon/entities/{name}.yml").read_text())
    meanings = data["phrases"] if name == "duration" else data
    assert {value for value, spoken in meanings.items() if not (spoken.get("en") and spoken.get("fr"))} == set()
