"""Our treatment has many names and most questions do without: "does mesotherapy hurt" asks what "does it hurt" asks."""

import re

_NAME = re.compile(
    r"\b(?:(?:la|le|the|une|a) |l['’] ?)?(?:m[eé]so[- ]?(?:th[eé]rap(?:y|ie)|lift(?:ing)?)s?|m[eé]so)\b", re.IGNORECASE
)
_INSTEAD = {"en": "this treatment", "fr": "ce soin"}


def unnamed(text: str, language: str | None) -> str:
    """The text with a plain word for our treatment in place of its name."""
    return _NAME.sub(_INSTEAD.get(language or "", "this treatment"), text)
