"""French into rough English: the longest phrase wins, and a line that cannot be read is named."""

import pytest

from bot.nlu.gloss import Gloss, LexiconError, read
from tests.conftest import ROOT

gloss = Gloss(
    {"ca fait mal": "it hurts", "mal": "bad", "combien": "how many", "combien ca coute": "how much", "ne": ""}
)


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Ça fait mal", "it hurts"),
        ("mal", "bad"),
        ("COMBIEN ça coûte?", "how much"),
        ("combien de visites", "how many de visites"),
        ("ne mal", "bad"),
        ("mals", "bad"),
        ("", ""),
    ],
)
def test_the_longest_phrase_wins_and_unknown_words_stay(french, english):
    assert gloss(french) == english


def test_the_lexicon_is_read(tmp_path):
    (tmp_path / "words.tsv").write_text("# a comment\nça fait mal\tit hurts\n")
    assert read(tmp_path) == {"ca fait mal": "it hurts"}


def test_every_fault_is_named(tmp_path):
    (tmp_path / "words.tsv").write_text("mal\tbad\nno tab\n?\tquestion\nMal\tpain\n")
    with pytest.raises(LexiconError) as fault:
        read(tmp_path)
    assert [line.split(":")[1] for line in str(fault.value).splitlines()] == ["2", "3", "4"]


def test_our_lexicon_speaks_of_what_patients_ask():
    ours = Gloss(read(ROOT / "data/lexicon/gloss"))
    assert ours("Est-ce que ça fait mal?") == "does it hurt"
    assert ours("chu enceinte") == "i am pregnant"
