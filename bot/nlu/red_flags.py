"""The red-flag rules: does the patient describe something that cannot wait?

They read what a message asserts (`bot/nlu/assertions.py`). The rules are data that a clinician can read
(`content/safety/`). They are copied into the model at training time, so that the alarm does not depend on a file
that can break at run time.
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
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.languages import LANGUAGES, fold
from bot.nlu.assertions import Assertions
from bot.nlu.spelling import Spelling, dictionary
from bot.nlu.stored import StoredComponent
from bot.nlu.tokens import pipeline

TIERS = ("emergency", "same_day")
#: The attribute of a message that holds what it asserts.
ASSERTED = "asserted"
#: The intent whose examples are red flags.
URGENT = "urgent_symptom"
#: What is told of a red flag; only where it is not the tier's is there a message.
KEYS = ("symptom", "tier", "source", "message")
#: At most this many words may stand where a pattern says "...".
GAP = 5


class InvalidRules(RasaException):
    """The rules cannot be compiled; the message says which and why."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class RedFlagRules(StoredComponent):
    """Sets `asserted`, what a message asserts, and `red_flag` (symptom, tier, source, maybe message) if a rule of
    either language matches that."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Where the rules are at training time."""
        return {"rules": "content/safety/red_flags.yml", "assertions": "content/safety/assertions.yml"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changed rules make Rasa train this component again."""
        paths = cls.get_default_config() | config
        return hashlib.sha256(b"".join(Path(paths[name]).read_bytes() for name in ("rules", "assertions"))).hexdigest()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._rules, self._assertions = Rules({"symptoms": []}), Assertions({})

    def restore(self) -> None:
        """Read the rules from the model."""
        with self._storage.read_from(self._resource) as folder:
            self._compile(json.loads((folder / "rules.json").read_text()))

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the rules into the model."""
        data = {name: yaml.safe_load(Path(self._config[name]).read_text()) for name in ("rules", "assertions")}
        data["everyday"] = sorted(Rules(data["rules"]).mistaken(dictionary()))
        self._compile(data)
        with self._storage.write_to(self._resource) as folder:
            (folder / "rules.json").write_text(json.dumps(data))
        return self._resource

    def _compile(self, data: dict[str, Any]) -> None:
        self._rules, self._assertions = Rules(data["rules"], data["everyday"]), Assertions(data["assertions"])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set what each example asserts, from which the alarm learns."""
        for example in training_data.intent_examples:
            example.set(ASSERTED, self._assertions(example.get(TEXT)))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Look for red flags in what each message asserts."""
        for message in messages:
            text = message.get(TEXT) or ""
            asserted = self._assertions(text)
            message.set(ASSERTED, asserted)
            supposes = self._assertions.supposes(text)
            supposed = self._assertions(text, even_supposed=True) if supposes else ""
            flag = self._rules.find(asserted, supposed=supposed)
            message.set("red_flag", flag, add_to_output=True)
        return messages


class Rules:
    """The compiled rules of both languages; a message is held against all of them, whatever its language.

    `everyday` words are never taken for misspelled ones of the rules.
    """

    def __init__(self, data: dict[str, Any], everyday: Iterable[str] = ()) -> None:
        self._symptoms = {s["symptom"]: s for s in data["symptoms"]}
        self._languages = [_Language(language, data, frozenset(everyday)) for language in LANGUAGES]

    def _found(self, text: str) -> set[str]:
        folded = fold(text)
        return {symptom for language in self._languages for symptom in language.symptoms(folded)}

    def mistaken(self, right: Iterable[str]) -> set[str]:
        """Which right words would be taken for a misspelled word of the rules."""
        words = set(right)
        known = {word for language in self._languages for word in language.known}
        # A word of the one language's rules may be near a word of the other's: "blanche", "blanched".
        of_the_other = {
            word
            for language in self._languages
            for word in (known - language.known) & words
            if language.spelling.meant(word)
        }
        return Spelling(known).mistaken(words) | of_the_other

    def find(self, asserted: str, *, supposed: str = "") -> dict[str, str] | None:
        """The most urgent red flag in what is asserted: `{"symptom", "tier", "source"}`, maybe "message"; or None.

        Of what is `supposed` too, only those count that do `even_supposed`.
        """
        symptoms = self._found(asserted)
        if supposed and supposed != asserted:
            symptoms |= {symptom for symptom in self._found(supposed) if self._symptoms[symptom].get("even_supposed")}
        flags = sorted((self._symptoms[symptom] for symptom in symptoms), key=lambda s: TIERS.index(s["tier"]))
        return {key: flags[0][key] for key in KEYS if key in flags[0]} if flags else None


class _Language:
    """The rules of one language, compiled for spaCy's matcher."""

    def __init__(self, language: str, data: dict[str, Any], everyday: frozenset[str]) -> None:
        self._nlp = pipeline(language)
        self._matcher = Matcher(self._nlp.vocab)
        self.known: set[str] = set()
        self._words = {name: str(words) for name, words in data.get(language, {}).items()}
        for symptom in data["symptoms"]:
            compiled = [tokens for pattern in symptom.get(language, []) for tokens in self._compile(pattern)]
            if compiled:
                self._matcher.add(symptom["symptom"], compiled)
        self.spelling = Spelling(self.known, everyday)

    def symptoms(self, folded: str) -> set[str]:
        """The symptoms of which a pattern matches."""
        words = [self._right(token.text) for token in self._nlp(folded)]
        return {match.label_ for match in self._matcher(Doc(self._nlp.vocab, words=words), as_spans=True)}

    def _right(self, word: str) -> str:
        """The word of the rules that is meant; of several, which are forms of one another, any; else the word."""
        return min(self.spelling.meant(word), default=word)

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
        return ([[self._one_of(single)]] if single else []) + several

    def _spelled(self, part: str) -> list[str]:
        if not part.startswith("$"):
            return [part]
        if part[1:] not in self._words:
            raise InvalidRules(f"red-flag rules: {part!r} is not one of the lists of words; add it or mend its name.")
        return self._words[part[1:]].split("|")

    def _tokens(self, option: str) -> list[str]:
        return [token.text for token in self._nlp(fold(option.replace("_", " ")))]

    def _one_of(self, words: list[str]) -> dict[str, Any]:
        self.known.update(words)
        return {"LOWER": {"IN": words}}


def _orders(pattern: str) -> list[str]:
    """`a & b` stands for `a ... b` and `b ... a`."""
    sides = [side.strip() for side in pattern.split("&")]
    return [" ... ".join(order) for order in itertools.permutations(sides)]
