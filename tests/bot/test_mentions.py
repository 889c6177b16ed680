"""What a message mentions, question by question, and whether it does nothing else."""

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Decision
from bot.nlu.mentions import asks_how_long, is_bare
from bot.nlu.tokens import pipeline


def message(text, *mentions, language="en"):
    """A message in which each (type, value, words) is an entity."""
    entities = [
        {"entity": kind, "value": value, "start": text.index(words), "end": text.index(words) + len(words)}
        for kind, value, words in mentions
    ]
    tokens = [Token(token.text, token.idx) for token in pipeline(language)(text)]
    return Message(data={TEXT: text, "language": language, TOKENS_NAMES[TEXT]: tokens, ENTITIES: entities})


@pytest.mark.parametrize(
    "bare",
    [
        message("and for hair?", ("area", "hair", "hair")),
        message("what about my neck", ("area", "neck", "neck")),
        message("What if I'm pregnant?", ("condition", "pregnancy", "pregnant")),
        message("et pour les cheveux?", ("area", "hair", "cheveux"), language="fr"),
        message("pis si j'suis enceinte", ("condition", "pregnancy", "enceinte"), language="fr"),
        message("hair", ("area", "hair", "hair")),
    ],
    ids=lambda bare: bare.get(TEXT),
)
def test_what_only_mentions_something_is_bare(bare):
    assert is_bare(bare)


@pytest.mark.parametrize(
    "full",
    [
        message("does it hurt on the neck", ("area", "neck", "neck")),
        message("and?"),
        message("et la douleur au cou", ("area", "neck", "cou"), language="fr"),
        message("3 weeks", ("duration", "P3W", "3 weeks")),
    ],
    ids=lambda full: full.get(TEXT),
)
def test_what_asks_something_or_mentions_nothing_is_not(full):
    assert not is_bare(full)


def ranked(whole, *ranking):
    whole.set("intent_ranking", [{"name": name, "confidence": confidence} for name, confidence in ranking])
    return whole


def part(of, text, topic):
    start = of.get(TEXT).index(text)
    clause = Message(data={TEXT: text, "start": start, "end": start + len(text)})
    return ranked(clause, (topic, 0.95))


def test_each_question_has_its_own_mentions_and_those_of_what_asks_nothing():
    text = "I have diabetes. Does it hurt on the face and what does it cost for hair"
    mentions = [("condition", "diabetes", "diabetes"), ("area", "face", "face"), ("area", "hair", "hair")]
    whole = ranked(message(text, *mentions), ("pain", 0.6), ("cost", 0.3))
    whole.set(
        "parts", [part(whole, "Does it hurt on the face", "pain"), part(whole, "what does it cost for hair", "cost")]
    )
    Decision(Decision.get_default_config()).process([whole])
    pain, cost = whole.get("clauses")
    assert [mention["value"] for mention in pain["mentions"]] == ["face", "diabetes"]
    assert [mention["value"] for mention in cost["mentions"]] == ["hair", "diabetes"]


def test_a_bare_message_is_no_greeting():
    whole = ranked(message("and for hair?", ("area", "hair", "hair")), ("greet", 0.99))
    Decision(Decision.get_default_config()).process([whole])
    assert whole.get("intent")["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how long?", "en"),
        ("and how long does that last", "en"),
        ("How long will it take to go away?", "en"),
        ("combien de temps ça dure?", "fr"),
        ("ça reste-tu longtemps", "fr"),
        ("pis c'est pour combien de temps", "fr"),
    ],
)
def test_how_long_of_what_may_be_left_open(text, language):
    assert asks_how_long(message(text, language=language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how long does a session last", "en"),
        ("how long do the results last", "en"),
        ("does it go away", "en"),
        ("long", "en"),
        ("combien de temps entre les séances", "fr"),
        ("combien ça coûte", "fr"),
    ],
)
def test_a_question_that_says_of_what_stands_alone(text, language):
    assert not asks_how_long(message(text, language=language))
