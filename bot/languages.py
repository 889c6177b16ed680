"""The languages the assistant speaks, how patients name them, and how their spelling is evened out."""

import re
import unicodedata

LANGUAGES = ("en", "fr")

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "œ": "oe", "æ": "ae"})

_NAMES = {
    "en": re.compile(r"\b(english|anglais|anglaise|ingles|inglis|eng)\b"),
    "fr": re.compile(r"\b(french|francais|francaise|frances|francophone)\b"),
}


def fold(text: str) -> str:
    """Lower case, no accents, one kind of apostrophe: "Ça m’élance" becomes "ca m'elance"."""
    # Apostrophes first: compatibility decomposition would turn a lone acute accent into a space.
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_APOSTROPHES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def named(text: str) -> str | None:
    """The one language that the text names ("en français svp" → "fr"); None if it names none or both."""
    folded = fold(text)
    found = [language for language, pattern in _NAMES.items() if pattern.search(folded)]
    return found[0] if len(found) == 1 else None


def other(language: str) -> str:
    """The language a patient means who asks to change it without naming one."""
    return "fr" if language == "en" else "en"
