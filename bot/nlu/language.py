"""Which language a message is in. A message too short to tell keeps the language of the conversation."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.pipeline import Pipeline

from bot.languages import LANGUAGES
from bot.nlu import linear
from bot.nlu.stored import StoredComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageDetector(StoredComponent):
    """Sets `language` on every message, and an entity of that name, from which the slot `language` is filled.

    Trained on the language marked in each file of `data/nlu`.
    """

    _model: Pipeline | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {
            # Below this probability the message does not decide: the conversation's language stays.
            "sure": 0.8,
            # The language of a conversation that has none yet.
            "default": "fr",
        }

    def restore(self) -> None:
        """Read the classifier from the model."""
        self._model = linear.load(self._storage, self._resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the languages from the examples, whatever their topic."""
        examples = [(e.get(TEXT), language) for e in training_data.intent_examples if (language := marked_language(e))]
        self._model = linear.train(
            [text for text, _ in examples],
            [language for _, language in examples],
            characters=(1, 4),
            words=(1, 1),
            strength=1.0,
        )
        linear.persist(self._model, self._storage, self._resource)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every example its marked language, as `process` gives it to messages."""
        for example in training_data.intent_examples:
            example.set("language", marked_language(example))
        return training_data

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set the language of each message."""
        for message in messages:
            self._set(message, self._language(message, tracker))
        return messages

    def _language(self, message: Message, tracker: DialogueStateTracker | None) -> str:
        assert self._model is not None, "a detector processes messages only after it was trained or loaded"
        probabilities = self._model.predict_proba([message.get(TEXT) or ""])[0]
        if probabilities.max() >= self._config["sure"]:
            return str(self._model.classes_[probabilities.argmax()])
        return conversation_language(message, tracker) or self._config["default"]

    def _set(self, message: Message, language: str) -> None:
        message.set("language", language, add_to_output=True)
        entity = {
            "entity": "language",
            "value": language,
            "start": 0,
            "end": len(message.get(TEXT) or ""),
            "extractor": type(self).__name__,
        }
        message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)


def marked_language(example: Message) -> str | None:
    """The language that the training file of this example states."""
    return ((example.get(METADATA) or {}).get("intent") or {}).get("language")


def conversation_language(message: Message, tracker: DialogueStateTracker | None) -> str | None:
    """The language spoken so far: the slot, else what the channel was opened in."""
    known = tracker.get_slot("language") if tracker else None
    opened_in = (message.get(METADATA) or {}).get("language")
    return next((language for language in (known, opened_in) if language in LANGUAGES), None)
