"""The parts of a message: where they begin, in both languages and without punctuation."""

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import ClauseSplitter, spans, with_parts
from bot.nlu.tokens import pipeline


def parts(text, language="en"):
    words = [token.text for token in pipeline(language)(text)]
    return [" ".join(words[start:end]) for start, end in spans(words)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("does it hurt and how many sessions?", ["does it hurt", "how many sessions"]),
        ("does it hurt how many sessions do i need", ["does it hurt", "how many sessions do i need"]),
        ("price, downtime", ["price", "downtime"]),
        ("Is it safe? What does it cost?", ["Is it safe", "What does it cost"]),
    ],
)
def test_questions_are_told_apart(text, found):
    assert parts(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ça fait mal pis c'est combien", ["ça fait mal", "c' est combien"]),
        ("prix et effets secondaires", ["prix", "effets secondaires"]),
        ("est-ce que ça fait mal combien ça coûte", ["est -ce que ça fait mal", "combien ça coûte"]),
    ],
)
def test_french_questions_are_told_apart(text, found):
    assert parts(text, "fr") == found


@pytest.mark.parametrize(
    "text",
    [
        "how long does it last",
        "I wonder how much it costs",
        "botox or filler",
        "do you also treat hair",
        "can you tell me what it is",
    ],
)
def test_one_question_stays_one(text):
    assert parts(text) == [text]


@pytest.mark.parametrize(
    "text", ["combien de mois ça tient", "les bleus restent combien de jours", "je veux savoir combien ça coûte"]
)
def test_one_french_question_stays_one(text):
    assert parts(text, "fr") == [text]


def test_a_long_story_keeps_its_end():
    assert parts(". ".join(f"sentence {n}" for n in range(20)))[-1] == "sentence 19"


def message(text):
    tokens = [Token(token.text, token.idx) for token in pipeline("en")(text)]
    return Message(data={TEXT: text, "language": "en", TOKENS_NAMES[TEXT]: tokens})


def test_a_part_is_a_message_of_the_same_language():
    whole = message("Does it hurt? And how much is it?")
    ClauseSplitter().process([whole])
    assert [(part.get(TEXT), part.get("language")) for part in with_parts([whole])[1:]] == [
        ("Does it hurt", "en"),
        ("how much is it", "en"),
    ]


@pytest.mark.parametrize("text", ["", "?!", "Does it hurt?"])
def test_what_has_one_part_has_none_apart(text):
    whole = message(text)
    ClauseSplitter().process([whole])
    assert with_parts([whole]) == [whole]
