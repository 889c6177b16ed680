"""Which language a message is in. A message too short to tell keeps the language of the conversation."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.languages import LANGUAGES
from bot.nlu import linear
from bot.nlu.asked import asked
from bot.nlu.stored import StoredComponent

#: Letters and short words tell a language; the rare word is spelled like its neighbours.
RECIPE = linear.Recipe(characters=(1, 4), words=(1, 1), strength=1.0)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LanguageDetector(StoredComponent):
    """Sets `language` on every message, and an entity of that name, from which the slot `language` is filled.

    `in_doubt` says that the message itself did not tell.

    Trained on the language marked in each file of `data/nlu`.
    """

    _classifier: linear.Classifier | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {
            # Below this probability the message does not decide: the conversation's language stays.
            "sure": 0.8,
            # So much a message of at most `short` words needs: "botox" is a word of both.
            "sure_short": 0.97,
            "short": 2,
            # Of so many words an answer that gives a name or a number tells none: "Marie-Ève Bouchard".
            "details": 6,
            # So likely the language of a first message must be, where nothing else tells.
            "likely": 0.6,
            # The language of a conversation that has none yet.
            "default": "fr",
        }

    def restore(self) -> None:
        """Read the classifier from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._classifier = linear.Classifier.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the languages from the examples, whatever their topic."""
        examples = [(e.get(TEXT), language) for e in training_data.intent_examples if (language := marked_language(e))]
        self._classifier = linear.train(
            [text for text, _ in examples], [language for _, language in examples], recipe=RECIPE
        )
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every example its marked language, as `process` gives it to messages."""
        for example in training_data.intent_examples:
            example.set("language", marked_language(example))
        return training_data

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set the language of each message."""
        for message in messages:
            language, told = self._language(message, tracker)
            message.set("in_doubt", not told)
            self._set(message, language)
        return messages

    def _language(self, message: Message, tracker: DialogueStateTracker | None) -> tuple[str, bool]:
        """The language, and whether the message itself told it."""
        assert self._classifier is not None, "a detector processes messages only after it was trained or loaded"
        text = message.get(TEXT) or ""
        known = conversation_language(message, tracker)
        if known and asked(tracker) in ("name", "contact") and len(text.split()) <= self._config["details"]:
            return known, True
        probabilities = self._classifier.probabilities([text])[0]
        best, probability = self._classifier.classes[probabilities.argmax()], probabilities.max()
        if probability >= self._config["sure_short" if len(text.split()) <= self._config["short"] else "sure"]:
            return best, True
        guess = best if probability >= self._config["likely"] else self._config["default"]
        return known or str(guess), False

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
