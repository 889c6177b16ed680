"""Our treatment by any of its names is one thing to the classifier."""

import pytest

from bot.nlu.names import unnamed


@pytest.mark.parametrize("name", ["mesotherapy", "Meso", "meso-therapy", "the mesolift", "a mesotherapy"])
def test_any_english_name_becomes_plain_words(name):
    assert unnamed(f"does {name} hurt", "en") == "does this treatment hurt"


@pytest.mark.parametrize("name", ["la mésothérapie", "la méso", "le mésolift", "l'mésolift", "MESOTHERAPIE"])
def test_any_french_name_becomes_plain_words(name):
    assert unnamed(f"est-ce que {name} fait mal", "fr") == "est-ce que ce soin fait mal"


@pytest.mark.parametrize("text", ["mesobotox", "the mesoderm", "a mesomorph", "does it hurt"])
def test_other_words_stay(text):
    assert unnamed(text, "en") == text
