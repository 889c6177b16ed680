"""What a text costs as an SMS, and where it is cut."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.segments import is_gsm, plain, segments, split

FRENCH = "Vous pouvez reprendre le travail le jour même. Évitez le soleil pendant deux jours; ça aide la peau. "
LINK = "https://www.canada.ca/fr/sante-canada/services/medicaments/avis.html?langue=fr#ici"


def three_segments(text):
    return segments(text) <= 3


@pytest.mark.parametrize("character", "éèàùìòäöüñÇÉæøå£$¥@Δ¿¡\n'\"")
def test_the_gsm_alphabet_has(character):
    assert is_gsm(character)


@pytest.mark.parametrize("character", "êçœâîôûëïÊÀÈ’«»…–\u00a0😀中")
def test_the_gsm_alphabet_lacks(character):
    assert not is_gsm(character)
    assert segments("a" * 69 + character) == (2 if character == "😀" else 1)
    assert segments("a" * 70 + character) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 153 is odd: no segment ends with half of a character, so 76 of them fit in each.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 201, 3),
        ("ê" * 202, 4),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_segments_are_counted(text, expected):
    assert segments(text) == expected


def test_typography_alone_does_not_halve_what_fits():
    assert plain("It’s mild – “a pinch”…") == 'It\'s mild - "a pinch"...'
    assert segments(plain("It’s " * 30)) == 1
    assert plain("C’est prêt…") == "C’est prêt…"


def test_a_short_text_stays_whole():
    assert split("Does it hurt? A little.", fits=three_segments) == ["Does it hurt? A little."]
    assert split("  \n ", fits=three_segments) == []


def test_a_long_text_is_cut_at_sentences():
    parts = split(FRENCH * 6, fits=three_segments)
    assert len(parts) > 1
    assert all(part.endswith((".", ";")) and three_segments(part) for part in parts)


def test_a_long_sentence_is_cut_at_words():
    sentence = "a word and " * 100
    parts = split(sentence, fits=three_segments)
    assert " ".join(parts) == sentence.strip()


def test_a_link_a_phone_number_and_a_list_stay_whole():
    words = enumerate(["prête", "déjà", "fenêtre", "peau"] * 4, start=1)
    lines = [f"{f'{word} ' * 8}{LINK} 418 555-0142 (418) 555-0142\n{n}. Prix ou tarif\n" for n, word in words]
    text = "".join(lines)
    parts = split(text, fits=three_segments)
    assert len(parts) > 3
    assert sum(part.count(LINK) for part in parts) == 16
    assert sum(len(re.findall(r"(?<!\) )(?<!\d )418 555-0142", part)) for part in parts) == 16
    assert sum(part.count("(418) 555-0142") for part in parts) == 16
    assert sum(len(re.findall(r"^\d+\. Prix ou tarif$", part, re.MULTILINE)) for part in parts) == 16


WRITTEN = st.lists(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from([FRENCH, LINK, "418 555-0142", "1. oui\n", "Ça va. ", " ", "\u00a0", "a" * 500]),
    ),
    max_size=30,
).map("".join)


@settings(deadline=None)
@given(WRITTEN)
@example("😀" * 500)
@example("€" * 1000)
@example(f"voir {LINK}. " * 20)
def test_nothing_is_lost_and_every_part_fits(text):
    parts = split(text, fits=three_segments)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(three_segments(part) or re.fullmatch(r"https?://\S+", part) for part in parts)
    assert all(part.strip() == part != "" for part in parts)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["mot", "prêt.", LINK, f"({LINK})", "fin!"]), min_size=1, max_size=60))
def test_no_link_is_cut(words):
    parts = split(" ".join(words), fits=three_segments)
    assert " ".join(parts) == " ".join(words)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_plain_words_cost_no_more(text):
    assert segments(plain(text)) <= segments(text)


def test_a_list_that_fits_is_not_torn_from_its_first_line():
    numbered = "Répondez par un numéro :\n1. Comment ça se passe\n2. Effets secondaires"
    assert all(split(FRENCH * n + "\n\n" + numbered, fits=three_segments)[-1].endswith(numbered) for n in range(1, 9))
