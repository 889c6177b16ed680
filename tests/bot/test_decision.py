"""What is made of a message: the red flag first, then answer, clarify or decline."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Decision


def decided(*ranking, red_flag=None, urgent=0.0):
    message = Message(data={"text": "…", "red_flag": red_flag, "urgent_probability": urgent})
    message.set("intent_ranking", [{"name": name, "confidence": confidence} for name, confidence in ranking])
    Decision(Decision.get_default_config()).process([message])
    return message


@pytest.mark.parametrize(
    ("ranking", "intent", "outcome"),
    [
        ([("pain", 0.9), ("cost", 0.05)], "pain", "answer"),
        ([("pain", 0.3), ("procedure", 0.25)], "nlu_fallback", "clarify"),
        ([("pain", 0.1), ("cost", 0.09)], "out_of_scope", "decline"),
        ([("out_of_scope", 0.3), ("cost", 0.2)], "out_of_scope", "decline"),
        ([], "out_of_scope", "decline"),
    ],
)
def test_the_probability_decides(ranking, intent, outcome):
    message = decided(*ranking)
    assert message.get("intent")["name"] == intent
    assert message.get("clauses")[0]["outcome"] == outcome


def test_only_likely_topics_are_offered():
    message = decided(("pain", 0.3), ("procedure", 0.25), ("cost", 0.01))
    assert message.get("clauses")[0]["candidates"] == ["pain", "procedure"]


def test_a_red_flag_wins_over_a_sure_topic():
    flag = {"symptom": "s", "tier": "emergency", "source": "x"}
    message = decided(("cost", 0.99), red_flag=flag)
    assert message.get("intent")["name"] == "urgent_symptom"
    assert message.get("red_flag") == flag


def test_the_classifier_raises_the_alarm_at_a_low_threshold():
    message = decided(("mild_symptom", 0.5), ("urgent_symptom", 0.4), urgent=0.4)
    assert message.get("red_flag")["tier"] == "same_day"
    assert message.get("clauses")[0]["outcome"] == "urgent"


def test_below_it_the_classifier_alone_never_answers():
    assert decided(("urgent_symptom", 0.25), ("pain", 0.2), urgent=0.25).get("clauses")[0]["outcome"] == "clarify"
