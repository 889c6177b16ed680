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

from bot.nlu import linear
from bot.nlu.clauses import with_parts
from bot.nlu.names import unnamed
from bot.nlu.neighbours import Neighbours
from bot.nlu.stored import StoredComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(StoredComponent):
    """Sets `intent_ranking`, with probabilities, on a message and its parts; the same for both languages."""

    _classifier: linear.Classifier | None = None
    _neighbours: Neighbours | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        of_the_classifier = {
            "characters": [2, 5],
            "words": [1, 2],
            "strength": 1.0,
            "weight": 2.0,
            "balanced": True,
            "steepness": 3.8,
        }
        return of_the_classifier | {"width": 256, "among": 10, "sharpness": 20.0, "share": 0.5, "ranking": 5}

    def restore(self) -> None:
        """Read the classifier from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._classifier = linear.Classifier.load(folder)
            self._neighbours = Neighbours.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the topics from all examples of both languages."""
        examples = training_data.intent_examples
        recipe = linear.Recipe(
            characters=tuple(self._config["characters"]),
            words=tuple(self._config["words"]),
            strength=self._config["strength"],
            weight=self._config["weight"],
            balanced=self._config["balanced"],
            sharpness=self._config["steepness"],
        )
        labels = [example.get(INTENT) for example in examples]
        vectors = _vectors(examples)
        self._classifier = linear.train(_wordings(examples), labels, vectors, recipe=recipe)
        classes = np.searchsorted(self._classifier.classes, labels)
        self._neighbours = Neighbours.fit(vectors, classes, width=self._config["width"])
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
            self._neighbours.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the topics of all messages and their parts in one batch."""
        assert self._classifier is not None, "a classifier processes messages only after it was trained or loaded"
        whole = with_parts(messages)
        for message, row in zip(whole, self._probabilities(whole), strict=True):
            self._rank(message, dict(zip(self._classifier.classes, map(float, row), strict=True)))
        return messages

    def _probabilities(self, messages: list[Message]) -> NDArray[Any]:
        assert self._classifier is not None and self._neighbours is not None
        vectors, share = _vectors(messages), self._config["share"]
        by_examples = self._neighbours.probabilities(
            vectors,
            len(self._classifier.classes),
            among=self._config["among"],
            sharpness=self._config["sharpness"],
        )
        by_the_line = self._classifier.probabilities(_wordings(messages), vectors)
        return (1 - share) * by_the_line + share * by_examples

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
