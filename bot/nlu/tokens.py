"""spaCy tokens, from the blank pipeline of the message's language: nothing trained, nothing downloaded."""

from functools import cache
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot.languages import LANGUAGES


@cache
def pipeline(language: str) -> Language:
    """The blank pipeline of a language, built once: French takes seconds."""
    return spacy.blank(language)


class PlainToken(Token):
    """A word and where it stands."""

    def fingerprint(self) -> str:
        """Rasa asks it of each token of each example again and again; its own hashes five values for it."""
        return f"{self.start} {self.text}"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyTokens(Tokenizer):
    """Cuts a message into spaCy's tokens, by the rules of its language."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's tokenizer asks for these three; intents here are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SpacyTokens":
        """Make the tokenizer, both languages ready."""
        for language in LANGUAGES:
            pipeline(language)
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one message, white space left out."""
        doc = pipeline(message.get("language") or LANGUAGES[0])(message.get(attribute))
        return [PlainToken(t.text, t.idx) for t in doc if not t.is_space]
