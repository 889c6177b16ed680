"""The alarm learns the tier that is stated, else the more urgent one."""

import pytest
from rasa.shared.nlu.constants import INTENT, METADATA
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.alarm import AlarmClassifier, _label


def example(intent, *, tier=None):
    return Message(data={INTENT: intent, METADATA: {"intent": {"language": "en", "tier": tier}}})


@pytest.mark.parametrize(
    ("message", "label"),
    [
        (example("pain"), "calm"),
        (example("urgent_symptom", tier="same_day"), "same_day"),
        (example("urgent_symptom"), "emergency"),
    ],
)
def test_an_example_teaches_its_tier(message, label):
    assert _label(message) == label


def test_what_asserts_nothing_is_no_alarm():
    message = Message(data={"text": "what if my lip swells", "asserted": ""})
    AlarmClassifier(AlarmClassifier.get_default_config(), None, None).process([message])
    assert message.get("alarm") == {"emergency": 0.0, "same_day": 0.0}
