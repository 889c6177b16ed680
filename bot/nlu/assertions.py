"""What a message asserts, without what it denies, only supposes, tells of long ago or says as a figure of speech.

"No fever but pus" asserts pus; "what if my lip swells" asserts nothing. The lists are data that a clinician can read
(`content/safety/assertions.yml`). In doubt a stretch stays, so that an alarm is rather raised than missed.
"""

import re
from typing import Any

from bot.languages import LANGUAGES, fold

#: An article before something denied.
ARTICLE = r"(?:(?:an?|the|any|une?|des?)\s+)?"
#: So many words may stand between a denial and what it denies.
REACH = 3
SENTENCE = re.compile(r"[^.!?;\n]*(?:[.!?;\n]+|$)")
#: "I can't breathe well" is not well.
DENIED_BEFORE = re.compile(
    r"(?:n't|nt|\b(?:can'?t|cannot|not|no longer|barely|hardly|to|pas|plus|pu|peine|mal|a|ne|n'))\s+$"
)
#: Where a question begins: at the start, or after one of these.
QUESTION = (
    r"(?:^|[,;:]|\b(?:and|or|but|so|also|then|ok|okay|please|hi|hello|hey|btw|question|is|et|pis|mais|ou|puis|bonjour|allo|"
    r"salut)\b)\s*"
)


class Assertions:
    """The lists of both languages, compiled; a message is held against all of them, whatever its language."""

    def __init__(self, data: dict[str, Any]) -> None:
        lists = [_Lists(data[language]) for language in LANGUAGES if language in data]
        self._over = [(found.over, found.now) for found in lists]
        self._supposed = [(found.supposed, found.own) for found in lists]
        self._denied = [found.denied for found in lists]
        self._well = [found.well for found in lists]
        self._idioms = [found.idioms for found in lists]

    def __call__(self, text: str, *, even_supposed: bool = False) -> str:
        """The folded text without what it does not assert; empty if it asserts nothing.

        With `even_supposed`, what is only supposed stays.
        """
        folded = fold(text).replace("’", "'")
        sentences = (self._asserted(match.group(), even_supposed) for match in SENTENCE.finditer(folded))
        kept = " ".join(" ".join(sentence.split()) for sentence in sentences).strip()
        return kept if re.search(r"\w", kept) else ""

    def supposes(self, text: str) -> bool:
        """Whether the text supposes anything."""
        folded = fold(text).replace("’", "'")
        return any(supposed.search(folded) for supposed, _ in self._supposed)

    def _asserted(self, sentence: str, even_supposed: bool) -> str:
        for idioms in self._idioms:
            sentence = idioms.sub(" ", sentence)
        for over, now in self._over:
            sentence = _without_the_past(sentence, over, now)
        for supposed, own in [] if even_supposed else self._supposed:
            sentence = _without_suppositions(sentence, supposed, own)
        for denied in self._denied:
            sentence = denied.sub(" ", sentence)
        for well in self._well:
            sentence = well.sub(
                lambda found: found.group() if DENIED_BEFORE.search(found.string[: found.start()]) else " ", sentence
            )
        return sentence


def _without_the_past(sentence: str, over: re.Pattern[str], now: re.Pattern[str]) -> str:
    """What is left of a sentence about long ago: what comes after a word of the present."""
    if not (found := over.search(sentence)):
        return sentence
    today = [match for match in now.finditer(sentence) if match.end() <= found.start() or match.start() >= found.end()]
    if any(match.end() <= found.start() for match in today):
        return sentence
    return " ".join(sentence[match.start() :] for match in today[:1])


def _without_suppositions(sentence: str, supposed: re.Pattern[str], own: re.Pattern[str]) -> str:
    """What is left of a sentence that supposes something: what stands before, and where the patient tells what is."""
    if not (found := supposed.search(sentence)):
        return sentence
    told = own.search(sentence, found.end())
    rest = _without_suppositions(sentence[told.start("own") :], supposed, own) if told else ""
    # The comma keeps what is denied before from denying what comes after.
    return f"{sentence[: found.start()]}, {rest}" if rest else sentence[: found.start()]


class _Lists:
    """The patterns of one language."""

    def __init__(self, data: dict[str, list[str]]) -> None:
        deniable = rf"(?:d'|l'|n')?{_any(data['deniable'])}(?!\w)(?:\s{_any(data['of_it'])}(?!\w))?"
        denied = rf"{_any(data['denials'])}(?!\w)\s*(?:\w[\w'-]*\s+){{0,{REACH}}}?{deniable}"
        more = r"\s*(?:,|/|\b(?:or|nor|ou|ni)\b)\s*" + ARTICLE + deniable
        more = rf"(?:\s*(?:,|/|\b(?:or|nor|and|ou|ni|et)\b)*\s*{denied}|{more})*"
        self.denied = re.compile(rf"(?:\bn'\s*)?\b{denied}{more}")
        self.well = _words(data["well"])
        self.supposed = re.compile(rf"\b{_any(data['supposed'])}(?!\w)|{QUESTION}{_any(data['asked'])}(?!\w)")
        self.own = re.compile(
            rf"(?:,|(?<!\w){_any(data['joins'])}(?!\w))\s*(?:\w[\w'-]*\s+){{0,6}}?(?P<own>{_any(data['own'])}(?!\w))"
        )
        self.over, self.now, self.idioms = (_words(data[name]) for name in ("over", "now", "idioms"))


def _words(fragments: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b{_any(fragments)}(?!\w)")


def _any(fragments: list[str]) -> str:
    return f"(?:{'|'.join(fragments)})"
