"""Lexicon entities: which area, concern, medicine, condition, treatment, situation and length of time are mentioned.

The lexicon is data that a clinician can read (`data/lexicon/entities`, explained in its `area.yml`). It is copied
into the model at training time, with the everyday words that must not be taken for a misspelled word of it.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from bot.nlu.durations import DURATION, Durations
from bot.nlu.spelling import Spelling, dictionary, words
from bot.nlu.stored import StoredComponent

#: The types of entities, each a file of the lexicon.
TYPES = ("area", "concern", "medication", "condition", "treatment", "situation", DURATION)
#: What only looks like an entity; it keeps its words from the others and is dropped.
IGNORED = "ignored"


class InvalidLexicon(RasaException):
    """The lexicon contradicts itself; the message says where."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LexiconEntities(StoredComponent):
    """Adds what the lexicon finds to the entities of a message, whatever its language."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the lexicon is at training time."""
        return {"lexicon": "data/lexicon/entities"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A changed lexicon makes Rasa train this component again."""
        lexicon = read(config.get("lexicon", cls.get_default_config()["lexicon"]))
        return hashlib.sha256(json.dumps(lexicon).encode()).hexdigest()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._lexicon: Lexicon | None = None

    def restore(self) -> None:
        """Read the lexicon from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._lexicon = Lexicon(**json.loads((folder / "lexicon.json").read_text()))

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the lexicon into the model."""
        data = read(self._config["lexicon"])
        everyday = sorted(Lexicon(data).mistaken(dictionary()))
        self._lexicon = Lexicon(data, everyday)
        with self._storage.write_to(self._resource) as folder:
            (folder / "lexicon.json").write_text(json.dumps({"data": data, "everyday": everyday}))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples need no entities: nothing is learnt from them."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Look for entities in each message."""
        assert self._lexicon, "trained or restored before any message"
        for message in messages:
            found = [e | {"extractor": type(self).__name__} for e in self._lexicon.find(message.get(TEXT) or "")]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def read(folder: str | Path) -> dict[str, Any]:
    """The lexicon: what each file holds, by its name."""
    return {name: yaml.safe_load((Path(folder) / f"{name}.yml").read_text()) for name in (*TYPES, IGNORED)}


class Lexicon:
    """The compiled lexicon of both languages; `everyday` words are never taken for misspelled ones of it."""

    def __init__(self, data: dict[str, Any], everyday: Iterable[str] = ()) -> None:
        self._vocab = Vocab()
        self._durations = Durations(self._vocab, data[DURATION])
        self._matcher = PhraseMatcher(self._vocab)
        phrases = _phrases(data)
        for phrase, meaning in phrases.items():
            self._matcher.add("/".join(meaning), [Doc(self._vocab, words=list(phrase))])
        self._spelling = Spelling(self._durations.known | {word for phrase in phrases for word in phrase}, everyday)

    def mistaken(self, right: Iterable[str]) -> set[str]:
        """Which right words would be taken for a misspelled word of the lexicon."""
        return self._spelling.mistaken(word.text for entry in right for word in words(entry))

    def find(self, text: str) -> list[dict[str, Any]]:
        """The entities of a text, in its order: `{"entity", "value", "start", "end"}`; the longest match wins."""
        found = words(text)
        # A word that is no part of the lexicon becomes a blank, so that what patients type fills no memory.
        doc = Doc(self._vocab, words=[self._spelling.right(word.text) or " " for word in found])
        spans = filter_spans([*self._matcher(doc, as_spans=True), *self._durations.spans(doc)])
        meanings = [(span, *self._meaning(span)) for span in spans]
        return [
            {"entity": kind, "value": value, "start": found[span.start].start, "end": found[span.end - 1].end}
            for span, kind, value in meanings
            if kind in TYPES and value
        ]

    def _meaning(self, span: Span) -> tuple[str, str | None]:
        kind, _, value = span.label_.partition("/")
        return kind, value or (self._durations.iso(span) if kind == DURATION else None)


def _phrases(data: dict[str, Any]) -> dict[tuple[str, ...], tuple[str, str]]:
    """Every phrase of the lexicon as its words, with the type and the id it means."""
    phrases: dict[tuple[str, ...], tuple[str, str]] = {}
    for kind in (*TYPES, IGNORED):
        meanings = data[kind]["phrases"] if kind == DURATION else data[kind]
        for value, languages in meanings.items():
            for phrase in _spelled(itertools.chain.from_iterable(languages.values())):
                known = phrases.setdefault(phrase, (kind, value))
                if known != (kind, value):
                    raise InvalidLexicon(
                        f"{' '.join(phrase)!r} means {'/'.join(known)} and {kind}/{value}; keep it in one place."
                    )
    return phrases


def _spelled(written: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The words of each phrase that a written one stands for: `my|the back` is two."""
    for phrase in written:
        for choice in itertools.product(*(part.split("|") for part in phrase.split())):
            yield tuple(word.text for word in words(" ".join(choice)))
