"""French into rough English, word by word and phrase by phrase, for an encoder that knows English only.

The lexicon is our own (`data/lexicon/*.tsv`, one `french<TAB>english` a line). Nobody reads the result: it
carries what the words mean, not how they are joined.
"""

import re
from pathlib import Path

from bot.languages import fold

_WORD = re.compile(r"[a-z0-9]+")


class LexiconError(ValueError):
    """Lines of the lexicon cannot be read; the message names each."""


class Gloss:
    """A lexicon by its folded French side; the longest phrase that matches wins."""

    def __init__(self, entries: dict[str, str]) -> None:
        self._entries = entries
        self._longest = max((len(french.split()) for french in entries), default=1)

    def __call__(self, text: str) -> str:
        """The English of a French text; words that the lexicon does not know stay."""
        words, english, place = words_of(text), [], 0
        while place < len(words):
            taken, found = self._match(words[place : place + self._longest])
            english.append(found)
            place += taken
        return " ".join(part for part in english if part)

    def _match(self, words: list[str]) -> tuple[int, str]:
        for length in range(len(words), 0, -1):
            found = self._entries.get(" ".join(words[:length]))
            if found is not None:
                return length, found
        return 1, self._entries.get(words[0].rstrip("sx"), words[0])


def words_of(text: str) -> list[str]:
    """The folded words; apostrophes and hyphens separate ("qu'est-ce" is three words)."""
    return _WORD.findall(fold(text))


def read(folder: Path) -> dict[str, str]:
    """The entries of all files of a folder, French sides folded.

    Raises:
        LexiconError: a line is not `french<TAB>english`, or two lines give different English.
    """
    entries: dict[str, str] = {}
    faults = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if not line or line.startswith("#"):
                continue
            french, tab, english = line.partition("\t")
            key = " ".join(words_of(french))
            if not tab or not key or "\t" in english:
                faults.append(f"{path.name}:{number}: {line!r} is not 'french<TAB>english'")
            elif entries.setdefault(key, english) != english:
                faults.append(f"{path.name}:{number}: {french!r} is {entries[key]!r} elsewhere; keep one of the two")
    if faults:
        raise LexiconError("\n".join(faults))
    return entries
