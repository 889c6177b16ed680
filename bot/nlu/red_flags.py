"""The red-flag rules: does the patient describe something that cannot wait?

The rules are data that a clinician can read (`content/safety/red_flags.yml`). They are copied into the
model at training time, so that the alarm does not depend on a file that can break at run time.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import Matcher

from bot.languages import LANGUAGES, fold
from bot.nlu.stored import StoredComponent
from bot.nlu.tokens import pipeline

TIERS = ("emergency", "same_day")
#: What takes a match back, by the name of its list in the rules.
NEGATION, HYPOTHESIS, SUPPOSITION = "negations", "hypotheses", "suppositions"
FIRST_PERSON = re.compile(r"\b(i|i'm|im|i've|ive|my|we|our|je|j|jai|chu|ma|mon|mes|on|notre)\b")
SENTENCE_END = re.compile(r"[.!?]")
CLAUSE_END = re.compile(r"[.!?,;]|\b(but|mais)\b")

#: At most this many words may stand where a pattern says "...".
GAP = 5
#: A negation counts when fewer than this many words stand between it and the match.
NEGATION_REACH = 3
#: Words of this length and more may be misspelled in one letter.
FUZZY_FROM = 6


class InvalidRules(RasaException):
    """The rules cannot be compiled; the message says which and why."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class RedFlagRules(StoredComponent):
    """Sets `red_flag` (symptom, tier, source) on a message that a rule of either language matches."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the rules are at training time."""
        return {"rules": "content/safety/red_flags.yml"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed rules make Rasa train this component again."""
        path = config.get("rules", cls.get_default_config()["rules"])
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._rules = Rules({"symptoms": []})

    def restore(self) -> None:
        """Read the rules from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._rules = Rules(json.loads((folder / "rules.json").read_text()))

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the rules into the model."""
        rules = yaml.safe_load(Path(self._config["rules"]).read_text())
        self._rules = Rules(rules)
        with self._storage.write_to(self._resource) as folder:
            (folder / "rules.json").write_text(json.dumps(rules))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples carry no red flag: their label says it."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Look for red flags in each message."""
        for message in messages:
            message.set("red_flag", self._rules.find(message.get(TEXT) or ""), add_to_output=True)
        return messages


@dataclass(frozen=True)
class Found:
    """A stretch of the folded text: a symptom, or something that takes one back."""

    label: str
    start: int
    end: int


class Rules:
    """The compiled rules of both languages; a message is held against all of them, whatever its language."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._symptoms = {s["symptom"]: s for s in data["symptoms"]}
        self._languages = [_Language(language, data) for language in LANGUAGES]

    def find(self, text: str) -> dict[str, str] | None:
        """The most urgent red flag in the text: `{"symptom", "tier", "source"}`, or None."""
        folded = fold(text)
        taken_back = [found for language in self._languages for found in language.taken_back(folded)]
        symptoms = {
            match.label
            for language in self._languages
            for match in language.symptoms(folded)
            if not any(_takes_back(found, match, folded) for found in taken_back)
        }
        flags = sorted((self._symptoms[label] for label in symptoms), key=lambda s: TIERS.index(s["tier"]))
        return {key: flags[0][key] for key in ("symptom", "tier", "source")} if flags else None


def _takes_back(found: Found, match: Found, text: str) -> bool:
    """A negation counts for the next few words of its clause, what is only supposed for the rest of its sentence.

    A general question ends where the patient speaks of themselves: "can it cause this, my lips are swelling".
    """
    between = text[found.end : match.start]
    if found.label == NEGATION:
        near = found.end <= match.start and len(between.split()) < NEGATION_REACH
        return near and not CLAUSE_END.search(between)
    supposed = found.start <= match.start and not SENTENCE_END.search(between)
    return supposed and not (found.label == HYPOTHESIS and FIRST_PERSON.search(between))


class _Language:
    """The rules of one language, compiled for spaCy's matcher."""

    def __init__(self, language: str, data: dict[str, Any]) -> None:
        self._nlp = pipeline(language)
        self._taken_back = Matcher(self._nlp.vocab)
        self._symptoms = Matcher(self._nlp.vocab)
        common = data.get(language, {})
        self._right = common.get("spelled_right", [])
        self._words = {name: str(words) for name, words in common.get("words", {}).items()}
        for label in (NEGATION, HYPOTHESIS, SUPPOSITION):
            self._add(self._taken_back, label, common.get(label, []))
        for symptom in data["symptoms"]:
            self._add(self._symptoms, symptom["symptom"], symptom.get(language, []))

    def symptoms(self, folded: str) -> list[Found]:
        """Where a pattern of a symptom matches."""
        return self._find(self._symptoms, folded)

    def taken_back(self, folded: str) -> list[Found]:
        """Where something is negated or only supposed."""
        return self._find(self._taken_back, folded)

    def _find(self, matcher: Matcher, folded: str) -> list[Found]:
        return [Found(m.label_, m.start_char, m.end_char) for m in matcher(self._nlp(folded), as_spans=True)]

    def _add(self, matcher: Matcher, label: str, patterns: list[str]) -> None:
        compiled = [tokens for pattern in patterns for tokens in self._compile(pattern)]
        if compiled:
            matcher.add(label, compiled)

    def _compile(self, pattern: str) -> Iterator[list[dict[str, Any]]]:
        """Every sequence of token conditions that a written pattern stands for."""
        for order in _orders(pattern):
            slots = [self._alternatives(word) for word in order.split()]
            for choice in itertools.product(*slots):
                yield [condition for part in choice for condition in part]

    def _alternatives(self, word: str) -> list[list[dict[str, Any]]]:
        """The token sequences that may stand for one written word; single tokens are tested together."""
        if word == "...":
            return [[{"OP": f"{{0,{GAP}}}"}]]
        options = [self._tokens(option) for part in word.split("|") for option in self._spelled(part)]
        single = [tokens[0] for tokens in options if len(tokens) == 1]
        several = [[self._one_of([token]) for token in tokens] for tokens in options if len(tokens) > 1]
        tests = [[self._one_of(words)] for words in _by_length(single)]
        return tests + several

    def _spelled(self, part: str) -> list[str]:
        if not part.startswith("$"):
            return [part]
        if part[1:] not in self._words:
            raise InvalidRules(f"red-flag rules: {part!r} is not one of the lists of words; add it or mend its name.")
        return self._words[part[1:]].split("|")

    def _tokens(self, option: str) -> list[str]:
        return [token.text for token in self._nlp(fold(option.replace("_", " ")))]

    def _one_of(self, words: list[str]) -> dict[str, Any]:
        if len(words[0]) < FUZZY_FROM:
            return {"LOWER": {"IN": words}}
        return {"LOWER": {"FUZZY1": {"IN": words}, "NOT_IN": [word for word in self._right if word not in words]}}


def _by_length(words: list[str]) -> list[list[str]]:
    """Short words, which must be spelled right, and long ones, apart."""
    groups = ([w for w in words if len(w) < FUZZY_FROM], [w for w in words if len(w) >= FUZZY_FROM])
    return [group for group in groups if group]


def _orders(pattern: str) -> list[str]:
    """`a & b` stands for `a ... b` and `b ... a`."""
    sides = [side.strip() for side in pattern.split("&")]
    return [" ... ".join(order) for order in itertools.permutations(sides)]
