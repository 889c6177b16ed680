"""What a message asserts: not what it denies, supposes, tells of long ago or says as a figure of speech."""

import pytest
import yaml

from bot.nlu.assertions import Assertions
from tests.conftest import ROOT

asserted = Assertions(yaml.safe_load((ROOT / "content/safety/assertions.yml").read_text()))


@pytest.mark.parametrize(
    "text",
    [
        "what if my lip swells?",
        "Can it cause blindness?",
        "how common are infections",
        "in 2019 I had an abscess, all healed",
        "I had a stroke ten years ago",
        "no fever",
        "et si ma lèvre enfle?",
        "Est-ce que ça peut rendre aveugle?",
        "J'ai fait un AVC il y a dix ans",
        "aucune fièvre",
        "",
    ],
)
def test_nothing_is_asserted(text):
    assert asserted(text) == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no fever but pus", "pus"),
        ("pas de fièvre mais du pus", "pus"),
        ("no redness, swelling or pus, just a small bruise", "a small bruise"),
        ("can it cause blindness? my eye went dark", "my eye went dark"),
        ("is it usual that I can't swallow since this morning", "i can't swallow since this morning"),
        ("I had injections last year and now there's pus", "now there's pus"),
        ("should I worry, my throat is closing", "my throat is closing"),
        ("c'est tu normal que j'aie perdu un coin de vision", "j'aie perdu un coin de vision"),
        ("my lips are swelling, what should I do", "my lips are swelling"),
    ],
)
def test_what_is_asserted_beside_it_stays(text, kept):
    assert kept in asserted(text)


@pytest.mark.parametrize(
    "text",
    [
        "I can't breathe well",
        "my son isn't breathing",
        "she won't wake up",
        "I no longer feel my arm",
        "it is not getting better",
        "if I press on it, pus comes out",
        "chu pas capable de respirer",
        "je vois plus rien",
        "I don't want to live",
    ],
)
def test_what_is_denied_may_be_the_symptom(text):
    assert asserted(text) == text.lower()
