"""What the patient asks about: a linear classifier over the topics (docs/adr/0002)."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.pipeline import Pipeline

from bot.nlu import linear
from bot.nlu.stored import StoredComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(StoredComponent):
    """Sets `intent` and `intent_ranking`, with calibrated probabilities; one classifier for both languages."""

    _model: Pipeline | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {"characters": [2, 5], "words": [1, 2], "strength": 1.0, "ranking": 5}

    def restore(self) -> None:
        """Read the classifier from the model."""
        self._model = linear.load(self._storage, self._resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the topics from all examples of both languages."""
        examples = training_data.intent_examples
        self._model = linear.train(
            [_words(e) for e in examples],
            [e.get(INTENT) for e in examples],
            characters=tuple(self._config["characters"]),
            words=tuple(self._config["words"]),
            strength=self._config["strength"],
        )
        linear.persist(self._model, self._storage, self._resource)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the topics of all messages in one batch."""
        assert self._model is not None, "a classifier processes messages only after it was trained or loaded"
        probabilities = self._model.predict_proba([_words(message) for message in messages])
        for message, row in zip(messages, probabilities, strict=True):
            best = row.argsort()[::-1]
            ranking = [{"name": str(self._model.classes_[i]), "confidence": float(row[i])} for i in best]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking"]], add_to_output=True)
            urgent = next((r["confidence"] for r in ranking if r["name"] == "urgent_symptom"), 0.0)
            message.set("urgent_probability", urgent, add_to_output=True)
        return messages


def _words(message: Message) -> str:
    """The message's spaCy tokens, one space between any two."""
    return " ".join(token.text for token in message.get(TOKENS_NAMES[TEXT]) or [])
