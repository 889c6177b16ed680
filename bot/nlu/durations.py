"""Lengths of time in a message ("deux jours", "48h", "a week and a half"), in the notation of ISO 8601."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from bot.languages import LANGUAGES
from bot.nlu.spelling import words

Pattern = list[dict[str, Any]]

DURATION = "duration"
#: A number and a unit that are no length of time: an age, an hour of the clock, how often.
AGE, CLOCK, FREQUENCY = "age", "clock", "frequency"

HAVING = ("ai", "a", "as", "avez", "avait", "avais", "avoir", "aura", "aurai", "age", "agee")
PEOPLE = ("bebe", "fille", "fils", "garcon", "enfant", "ado", "femme", "homme", "dame", "mere", "personne")
AT = ("at", "around", "vers", "a", "entre", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
OFTEN = ("once", "twice", "time", "times", "fois")
EACH = ("a", "an", "per", "par", "each", "every", "chaque")
#: From here on "ans" and "years" tell an age, not how long ago something was.
ADULT = 18


class Durations:
    """Finds and reads lengths of time; the words for numbers and units are data."""

    def __init__(self, vocab: Vocab, data: dict[str, Any]) -> None:
        #: Every word that a length of time is told with.
        self.known: set[str] = set()
        self._units = _by_word(data["units"])
        self._digits = {str(n): float(n) for n in range(1, 400)}
        self._digits |= {f"{n}{mark}5": n + 0.5 for n in range(13) for mark in ".,"}
        self._numbers = self._digits | {word: float(n) for word, n in _by_word(data["numbers"]).items()}
        self._half = list(_by_word({"half": data["half"]}))
        self._between = [*self._half, *_by_word({"between": data["between"]})]
        self._matcher = Matcher(vocab)
        self._matcher.add(DURATION, [p for language in LANGUAGES for p in self._lengths(data, language)])
        self._matcher.add(AGE, self._ages())
        self._matcher.add(CLOCK, self._hours())
        self._matcher.add(FREQUENCY, [[self._one_of(OFTEN), self._one_of(EACH), self._one_of(self._units)]])

    def spans(self, doc: Doc) -> list[Span]:
        """Lengths of time, and what only looks like one under its own label."""
        return list(self._matcher(doc, as_spans=True))

    def iso(self, span: Span) -> str | None:
        """The length in ISO 8601; of a range, the longer. None if it must be an age."""
        found = [token.text for token in span]
        unit = next(self._units[word] for word in reversed(found) if word in self._units)
        counted = reduce(_count, (self._numbers[word] for word in found if word in self._numbers), 0.0)
        if any(word in self._half for word in found):
            counted = counted + 0.5 if {"and", "et"} & set(found) else 0.5
        return None if unit == "P{}Y" and counted >= ADULT else unit.format(f"{counted:g}")

    def _lengths(self, data: dict[str, Any], language: str) -> list[Pattern]:
        """`two to three weeks`, `an hour and a half`, `il y a 2 h`, `day 2`; "a" is a number in English only."""
        some = self._one_of(self._numbers, OP="*")
        number = [self._one_of([*self._digits, *_by_word(data["numbers"], language)]), some]
        joined = [self._one_of(_by_word({"joining": data["joining"]})), self._one_of(self._numbers), some]
        unit = [self._one_of(self._between, OP="*"), self._one_of(_by_word(data["units"], language))]
        half = self._one_of(self._half)
        and_half = [self._one_of(("and", "et")), self._one_of(("a", "une"), OP="?"), half]
        return [
            [*number, *unit],
            [*number, *joined, *unit],
            [*number, *unit, *and_half],
            [half, some, *unit],
            [self._one_of(("y",)), self._one_of(("a",)), *number, *unit],
            [self._one_of(("day", "jour")), self._one_of(self._digits)],
        ]

    def _ages(self) -> list[Pattern]:
        """`16 years old`, `j'ai 40 ans`, `un bébé de 11 mois`."""
        number, unit, years = self._one_of(self._numbers), self._one_of(self._units), self._one_of(("an", "ans"))
        return [
            [self._one_of(("a",), OP="?"), number, unit, self._one_of(("old",))],
            [self._one_of(HAVING), self._one_of(("de",), OP="?"), number, years],
            [self._one_of(PEOPLE), self._one_of(("de",)), number, unit],
        ]

    def _hours(self) -> list[Pattern]:
        """`vers 17h`, `9h30`, `de 9h à 17h`."""
        number, hour = self._one_of(self._digits), self._one_of(("h",))
        return [
            [self._one_of(AT), number, hour],
            [number, hour, number],
            [self._one_of(("de",)), number, hour, self._one_of(("a",)), number, hour],
        ]

    def _one_of(self, options: Iterable[str], **more: Any) -> dict[str, Any]:
        self.known |= set(options)
        return {"ORTH": {"IN": list(options)}} | more


def _by_word(meanings: dict[str, dict[str, list[str]]], *languages: str) -> dict[str, str]:
    """Every word, as messages are read, with what it means in these languages (in all, if none is named)."""
    return {
        words(word)[0].text: meaning
        for meaning, names in meanings.items()
        for language in languages or LANGUAGES
        for word in names[language]
    }


def _count(total: float, number: float) -> float:
    """`twenty` and `four` add up; of `two` and `three` the longer counts."""
    return total + number if total >= 20 > number else max(total, number)
