"""Whether a message asserts something that cannot wait, in words that no rule foresees (docs/adr/0010).

It reads only what the message asserts (`bot/nlu/assertions.py`): "what if my lip swells" has nothing to read.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, METADATA
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.blend import Blend
from bot.nlu.names import unnamed
from bot.nlu.red_flags import ASSERTED, TIERS, URGENT
from bot.nlu.stored import StoredComponent
from bot.nlu.tokens import pipeline

CALM = "calm"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AlarmClassifier(StoredComponent):
    """Sets `alarm` on a message: how likely it is of each tier, `{"emergency", "same_day"}`; needs what it asserts,
    encoded."""

    _blend: Blend | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        line = {"strength": 1.0, "weight": 2.0, "steepness": 4.0}
        return line | {"width": 128, "among": 10, "sharpness": 20.0, "share": 0.5}

    def restore(self) -> None:
        """Read the classifier from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._blend = Blend.load(folder, config=self._config)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the tiers from the examples of `urgent_symptom`, and calm from all others."""
        examples = [example for example in training_data.intent_examples if example.get(ASSERTED)]
        labels = [_label(example) for example in examples]
        with self._storage.write_to(self._resource) as folder:
            self._blend = Blend.train(
                _wordings(examples), labels, _vectors(examples), config=self._config, folder=folder
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Say of each message how likely it is an alarm; what asserts nothing is none."""
        for message in messages:
            alarm = self._alarm(message) if message.get(ASSERTED) else dict.fromkeys(TIERS, 0.0)
            message.set("alarm", alarm, add_to_output=True)
        return messages

    def _alarm(self, message: Message) -> dict[str, float]:
        assert self._blend, "a classifier processes messages only after it was trained or loaded"
        likely = self._blend.probabilities(_wordings([message]), _vectors([message]))[0]
        return {tier: likely.get(tier, 0.0) for tier in TIERS}


def _label(example: Message) -> str:
    """The tier that its file states; if it states none, the more urgent one."""
    if example.get(INTENT) != URGENT:
        return CALM
    return str(((example.get(METADATA) or {}).get("intent") or {}).get("tier") or TIERS[0])


def _wordings(messages: list[Message]) -> list[str]:
    return [
        " | ".join(part for part in (_words(message), message.get("asserted_gloss")) if part) for message in messages
    ]


def _words(message: Message) -> str:
    tokens = pipeline(message.get("language") or "en")(message.get(ASSERTED))
    return unnamed(" ".join(token.text for token in tokens if not token.is_space), message.get("language"))


def _vectors(messages: list[Message]) -> NDArray[Any]:
    return np.vstack([message.get_dense_features(ASSERTED)[1].features for message in messages])
