"""A text in lower case and without accents that remembers where each character stood."""

from bot.languages import fold

#: In the place of what was read already; no pattern and no name contains it.
READ = "\x00"


class Aligned:
    """The folded text, of which stretches can be taken out, and the way back to the patient's own spelling."""

    def __init__(self, text: str) -> None:
        self.original = text
        pieces = [fold(character) for character in text]
        self.folded = "".join(pieces)
        self._places = [place for place, piece in enumerate(pieces) for _ in piece] + [len(text)]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the folded text came from."""
        return self._places[start], self._places[end - 1] + 1 if end > start else self._places[start]

    def said(self, start: int, end: int) -> str:
        """The patient's own spelling."""
        first, last = self.back(start, end)
        return self.original[first:last]


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text, with marks of the same length where the spans were."""
    for start, end in spans:
        text = text[:start] + READ * (end - start) + text[end:]
    return text
