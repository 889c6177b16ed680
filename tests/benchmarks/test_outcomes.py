"""What a reply is worth, by worked examples, and the shares that follow."""

from pathlib import Path

import pytest
import yaml

from benchmarks.figures import figures
from benchmarks.items import Entity, Item
from benchmarks.outcomes import CHAT, Result, Seen, outcome, seen
from tests.conftest import ROOT

EXAMPLES = yaml.safe_load(Path(__file__).with_name("outcomes.yml").read_text())


def messages(example):
    return tuple(Seen(**message | {"offers": tuple(message.get("offers", ()))}) for message in example["seen"])


def result(intents, *reply, milliseconds=10.0):
    return Result(Item(text="Sunday?", language="en", intents=intents), reply, milliseconds=milliseconds)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["example"])
def test_outcome(example):
    assert outcome(example["intents"], messages(example)) == example["outcome"]


def test_a_message_is_read_as_the_patient_sees_it():
    message = {
        "metadata": {"kind": "clarify", "topic": None, "language": "fr"},
        "buttons": [{"title": "Prix", "payload": '/cost{"language": "fr"}'}, {"title": "Douleur", "payload": "/pain"}],
    }
    assert seen(message, response="utter_clarify") == Seen("clarify", None, "utter_clarify", "fr", ("cost", "pain"))


def test_every_chat_reply_is_known_by_the_rule_that_says_it():
    rules = yaml.safe_load((ROOT / "data/rules/chat.yml").read_text())["rules"]
    said = {}
    for rule in rules:
        first, last = rule["steps"][0], rule["steps"][-1]["action"]
        said.setdefault(last, set()).update(step["intent"] for step in first.get("or", [first]))
    assert {name: set(intents) for name, intents in CHAT.items()} == {
        name: intents for name, intents in said.items() if name != "action_answer"
    }


def test_an_alarm_is_false_unless_the_patient_has_a_symptom():
    urgent = Seen("urgent")
    found = figures([result(["urgent_symptom"], urgent), result(["mild_symptom"], urgent), result(["cost"], urgent)])
    assert (found["urgent_recall"], found["urgent_false_alarm"]) == (1.0, 1.0)
    assert (found["right"], found["wrong"]) == (0.3333, 0.6667)


def test_a_compound_message_counts_under_each_of_its_topics():
    found = figures([result(["cost", "pain"], Seen("answer", "cost")), result(["pain"], Seen("answer", "pain"))])
    assert found["by_intent"]["pain"] == {"items": 2, "right": 0.5, "clarified": 0.0, "wrong": 0.0}
    assert (found["partial"], found["compound_right"]) == (0.5, 0.0)


def test_a_rate_of_nothing_is_zero():
    assert figures([result(["cost"])])["urgent_recall"] == 0.0


def test_entities_are_counted_by_type_and_words():
    def entity(kind, value):
        return Entity(type=kind, value=value)

    item = Item(text="…", language="en", intents=["pain"], entities=[entity("area", "face"), entity("area", "neck")])
    found = {entity("area", "my face"), entity("concern", "neck"), entity("area", "hands")}
    unlabelled = Result(Item(text="…", language="en", intents=["pain"]), (), entities=frozenset(found))
    counted = figures([Result(item, (), entities=frozenset(found)), unlabelled])["entities"]
    assert counted == {"labelled": 2, "found": 2, "precision": 0.5, "recall": 0.5}
