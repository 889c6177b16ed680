"""The short name of a request, for the telephone: `DL-7K3F9`."""

import secrets

#: No letter that passes for a digit or another letter, and no vowel, so that no word comes out.
ALPHABET = "34679CDFGHJKMNPQRTVWXY"
LENGTH = 5


def draw(prefix: str) -> str:
    """A new reference; one in five million is taken already, which the database's unique key notices."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def heard(text: str) -> str:
    """A reference as it is stored, from what was typed or said."""
    return text.strip().upper().replace(" ", "")
