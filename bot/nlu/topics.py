"""What the patient asks about: a linear classifier and the nearest examples, half and half (docs/adr/0002, 0009)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.blend import Blend
from bot.nlu.clauses import with_parts
from bot.nlu.names import unnamed
from bot.nlu.stored import StoredComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(StoredComponent):
    """Sets `intent_ranking`, with probabilities, on a message and its parts; the same for both languages."""

    _blend: Blend | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        line = {"strength": 1.0, "weight": 2.0, "steepness": 3.8}
        return line | {"width": 256, "among": 10, "sharpness": 20.0, "share": 0.5, "ranking": 5}

    def restore(self) -> None:
        """Read the classifier from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._blend = Blend.load(folder, config=self._config)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the topics from all examples of both languages."""
        examples = training_data.intent_examples
        labels = [example.get(INTENT) for example in examples]
        with self._storage.write_to(self._resource) as folder:
            self._blend = Blend.train(
                _wordings(examples), labels, _vectors(examples), config=self._config, folder=folder
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the topics of all messages and their parts in one batch."""
        assert self._blend, "a classifier processes messages only after it was trained or loaded"
        whole = with_parts(messages)
        for message, likely in zip(whole, self._blend.probabilities(_wordings(whole), _vectors(whole)), strict=True):
            self._rank(message, likely)
        return messages

    def _rank(self, message: Message, probabilities: dict[str, float]) -> None:
        best = sorted(probabilities, key=lambda name: -probabilities[name])
        ranking = [{"name": name, "confidence": probabilities[name]} for name in best[: self._config["ranking"]]]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)


def _wordings(messages: list[Message]) -> list[str]:
    """What the n-grams are counted in: spaCy's tokens and, of French, the gloss, in which both languages meet."""
    return [" | ".join(part for part in (_words(message), message.get("gloss")) if part) for message in messages]


def _words(message: Message) -> str:
    words = " ".join(token.text for token in message.get(TOKENS_NAMES[TEXT]) or [])
    return unnamed(words, message.get("language"))


def _vectors(messages: list[Message]) -> NDArray[Any]:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
