"""A message as folded words, and which word of a lexicon a misspelled one stands for."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from spellchecker import SpellChecker

from bot.languages import LANGUAGES, fold

_APOSTROPHE = "['’‘ʼ`´]"
#: A number, what is elided before a vowel ("l'"), a word, or a mark; hyphens and other apostrophes only separate.
WORD = re.compile(
    rf"\d+(?:[.,]\d+)?|\b(?:[cdjlmnst]|qu|jusqu){_APOSTROPHE}(?=\w)|(?:[^\W\d_]|[\u0300-\u036f])+"
    r"|[^\w\s'’‘ʼ`´-]",
    re.IGNORECASE,
)
PLURAL = re.compile(r"(?<=\w{3}[^\Ws])s$")
#: Words of this length and more may be misspelled in one letter.
FUZZY_FROM = 6


@dataclass(frozen=True)
class Word:
    """A word, folded and without the "s" of its plural, and where it stands in the message."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text."""
    return [Word(PLURAL.sub("", fold(m[0])), m.start(), m.end()) for m in WORD.finditer(text)]


@cache
def dictionary() -> frozenset[str]:
    """Every right word of both languages, folded."""
    return frozenset(
        fold(entry) for language in LANGUAGES for entry in SpellChecker(language=language).word_frequency.words()
    )


class Spelling:
    """Forgives one letter wrong, missing, added or swapped with the next in the longer words of a lexicon."""

    def __init__(self, lexicon: Iterable[str], everyday: Iterable[str] = ()) -> None:
        self._lexicon = frozenset(lexicon)
        self._everyday = frozenset(everyday)
        self._masked: dict[str, list[str]] = {}
        self._ends: set[tuple[str, int]] = set()
        for word in self._lexicon:
            if len(word) >= FUZZY_FROM:
                for form in (*_masked(word), word):
                    self._masked.setdefault(form, []).append(word)
                self._ends |= {end for length in (-1, 0, 1) for end in _ends(word, len(word) + length)}

    def right(self, word: str) -> str:
        """The word of the lexicon that is meant; "" if there is none, or more than one."""
        meant = self.meant(word)
        return meant.pop() if len(meant) == 1 else ""

    def meant(self, word: str) -> set[str]:
        """The words of the lexicon that may be meant."""
        if word in self._lexicon:
            return {word}
        if word in self._everyday or len(word) < FUZZY_FROM - 1 or self._ends.isdisjoint(_ends(word, len(word))):
            return set()
        return {right for form in _forms(word) for right in self._masked.get(form, ())}

    def mistaken(self, everyday: Iterable[str]) -> set[str]:
        """Those of the right words that would be taken for a misspelled one."""
        return {word for word in set(everyday) - self._lexicon if self.meant(word)}


def _ends(word: str, length: int) -> tuple[tuple[str, int], tuple[str, int]]:
    """How a word begins and ends: one wrong letter leaves one of the two as it was."""
    return (word[:3], length), (word[-3:], length)


def _masked(word: str) -> list[str]:
    """The word with any one letter masked."""
    return [f"{word[:i]}?{word[i + 1 :]}" for i in range(len(word))]


def _forms(word: str) -> Iterator[str]:
    """What a misspelled word shares with the right one: it, or the other, has one letter masked."""
    yield from _masked(word)  # wrong
    for i in range(len(word) + 1):
        yield f"{word[:i]}?{word[i:]}"  # missing
        yield word[:i] + word[i + 1 :]  # added
        yield word[:i] + word[i + 1 : i + 2] + word[i : i + 1] + word[i + 2 :]  # swapped
