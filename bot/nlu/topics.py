"""What the patient asks about: a linear classifier over the topics (docs/adr/0002)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import linear
from bot.nlu.clauses import with_parts
from bot.nlu.stored import StoredComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(StoredComponent):
    """Sets `intent_ranking`, with calibrated probabilities, on a message and its parts; one classifier for both
    languages."""

    _classifier: linear.Classifier | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {"characters": [2, 5], "words": [1, 2], "strength": 0.3, "weight": 2.0, "balanced": True, "ranking": 5}

    def restore(self) -> None:
        """Read the classifier from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._classifier = linear.Classifier.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the topics from all examples of both languages."""
        examples = training_data.intent_examples
        recipe = linear.Recipe(
            characters=tuple(self._config["characters"]),
            words=tuple(self._config["words"]),
            strength=self._config["strength"],
            weight=self._config["weight"],
            balanced=self._config["balanced"],
        )
        labels = [example.get(INTENT) for example in examples]
        self._classifier = linear.train(_wordings(examples), labels, _vectors(examples), recipe=recipe)
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the topics of all messages and their parts in one batch."""
        assert self._classifier is not None, "a classifier processes messages only after it was trained or loaded"
        whole = with_parts(messages)
        for message, row in zip(whole, self._classifier.probabilities(_wordings(whole), _vectors(whole)), strict=True):
            self._rank(message, dict(zip(self._classifier.classes, map(float, row), strict=True)))
        return messages

    def _rank(self, message: Message, probabilities: dict[str, float]) -> None:
        best = sorted(probabilities, key=lambda name: -probabilities[name])
        ranking = [{"name": name, "confidence": probabilities[name]} for name in best[: self._config["ranking"]]]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("urgent_probability", probabilities.get("urgent_symptom", 0.0), add_to_output=True)


def _wordings(messages: list[Message]) -> list[str]:
    """What the n-grams are counted in: spaCy's tokens and, of French, the gloss, in which both languages meet."""
    return [" | ".join(part for part in (_words(message), message.get("gloss")) if part) for message in messages]


def _words(message: Message) -> str:
    return " ".join(token.text for token in message.get(TOKENS_NAMES[TEXT]) or [])


def _vectors(messages: list[Message]) -> NDArray[Any]:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
