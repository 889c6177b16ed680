"""What a text costs as an SMS, and how a long one is cut: at paragraphs, lines, sentences and words, in this order,
never inside a link.

A phone network carries a text in segments. One holds 160 characters of the GSM alphabet (3GPP TS 23.038; those of its
extension count twice) or, if a single character is not in it, 70 of UCS-2; a text of several segments loses seven
characters or three of each to the header that joins them.
"""

import re
from collections.abc import Callable
from itertools import pairwise

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

#: How much fits in a text of one segment, and in each segment of a longer one.
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67

#: Typography that the GSM alphabet lacks and can do without; no letter is among it, so no word changes.
TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "•": "-"}
    | {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2011": "-"}
)

Fits = Callable[[str], bool]

PARAGRAPHS = re.compile(r"\n\s*\n")
LINES = re.compile(r"\n+")
#: After a full stop, but not after the number of a list.
SENTENCES = re.compile(r"(?m)(?<=[.!?…])(?<!^\d\.)(?<!^\d\d\.)\s+")
#: The groups of a phone number stay together, and so does what a hard space joins.
WORDS = re.compile(r"(?<![\d)])[^\S\u00a0\u202f]+|[^\S\u00a0\u202f]+(?!\d)")
#: The last resort: anything between two characters, but a link that can be sent at all stays whole.
CHARACTERS = re.compile(r"https?://\S{1,1500}|.", re.DOTALL)


def is_gsm(text: str) -> bool:
    """Whether the GSM alphabet has every character."""
    return GSM.union(EXTENSION).issuperset(text)


def segments(text: str) -> int:
    """In how many segments a text travels; an empty one needs one all the same."""
    if is_gsm(text):
        return _count([2 if c in EXTENSION else 1 for c in text], alone=GSM_ALONE, joined=GSM_JOINED)
    return _count([2 if ord(c) > 0xFFFF else 1 for c in text], alone=UCS2_ALONE, joined=UCS2_JOINED)


def plain(text: str) -> str:
    """The text with plain quotes, dashes and spaces, where that brings it into the GSM alphabet; else as it is."""
    simple = text.translate(TYPOGRAPHY)
    return simple if is_gsm(simple) else text


def split(text: str, *, fits: Fits) -> list[str]:
    """The text in parts that fit, each as long as possible; only a single link may be longer than its part allows."""
    parts = [""]
    for piece in _pieces(text, [PARAGRAPHS, LINES, SENTENCES, WORDS], fits=fits):
        if fits((parts[-1] + piece).strip()):
            parts[-1] += piece
        else:
            parts.append(piece)
    return [part.strip() for part in parts if part.strip()]


def _count(widths: list[int], *, alone: int, joined: int) -> int:
    """Segments for characters of these widths; none is cut in two."""
    if sum(widths) <= alone:
        return 1
    number, used = 1, 0
    for width in widths:
        if used + width > joined:
            number, used = number + 1, 0
        used += width
    return number


def _pieces(text: str, cuts: list[re.Pattern[str]], *, fits: Fits) -> list[str]:
    """What the text is put together from: whole where it fits, else cut finer and finer."""
    if fits(text.strip()):
        return [text]
    if not cuts:
        return CHARACTERS.findall(text)
    return [piece for part in _cut(text, cuts[0]) for piece in _pieces(part, cuts[1:], fits=fits)]


def _cut(text: str, after: re.Pattern[str]) -> list[str]:
    ends = [0, *(match.end() for match in after.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if start < end]
