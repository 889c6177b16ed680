"""What a message and its parts mean, as vectors; French goes through an English gloss first (docs/adr/0007)."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.languages import fold
from bot.nlu import gloss, minilm
from bot.nlu.names import unnamed
from bot.nlu.red_flags import ASSERTED
from bot.nlu.stored import StoredComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(StoredComponent):
    """Adds a sentence feature to every message, to what it asserts and to each of its parts; sets `gloss` and
    `asserted_gloss` on the French ones."""

    _gloss = gloss.Gloss({})

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the lexicon of the gloss is at training time."""
        return {"lexicon": "data/lexicon/gloss"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A changed lexicon makes Rasa train what follows again."""
        folder = Path(config.get("lexicon", cls.get_default_config()["lexicon"]))
        return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.tsv")))).hexdigest()

    def restore(self) -> None:
        """Read the lexicon from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._gloss = gloss.Gloss(json.loads((folder / "gloss.json").read_text()))
        minilm.encoder()

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the lexicon into the model."""
        entries = gloss.read(Path(self._config["lexicon"]))
        self._gloss = gloss.Gloss(entries)
        with self._storage.write_to(self._resource) as folder:
            (folder / "gloss.json").write_text(json.dumps(entries))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode the examples as `process` encodes messages, one for each core at a time."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self._encode_whole, training_data.intent_examples))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encode each message and its parts."""
        for message in messages:
            self._encode_whole(message)
            for part in message.get("parts") or []:
                self._encode(part)
        return messages

    def _encode_whole(self, message: Message) -> None:
        self._encode(message)
        self._encode(message, ASSERTED)

    def _encode(self, message: Message, attribute: str = TEXT) -> None:
        text = message.get(attribute) or ""
        gloss, vector = self._read(text, message.get("language"))
        message.set("gloss" if attribute == TEXT else "asserted_gloss", gloss)
        message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, attribute, type(self).__name__))

    def _read(self, text: str, language: str | None) -> tuple[str | None, NDArray[Any]]:
        """The gloss of a French text, and the vector of a text, shape (1, width)."""
        plain = unnamed(fold(text), language)
        gloss = self._gloss(plain) if language == "fr" else None
        return gloss, self._vector(gloss or plain)

    @lru_cache(maxsize=1024)  # noqa: B019  # a message and what it asserts are mostly the same
    def _vector(self, text: str) -> NDArray[Any]:
        return minilm.encoder().encode([text])
