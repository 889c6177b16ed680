"""What a patient typed, made ready to be taught: personal data out, one line, nothing that Rasa reads as a mark.

Pure functions. What is found here is a proposal; a person looks at the words before they are kept.
"""

import hashlib
import re
import unicodedata
from functools import partial

from bot.languages import fold
from bot.redaction import redact
from clinic.booking.names import find_name

LONGEST = 500
#: A message can name so many people before the rest is left to whoever looks at it.
MOST_NAMES = 5

#: What stands for something that was taken out, in the words of either language.
PLACEHOLDER = re.compile(
    r"\[(?:name|phone|e-?mail|number|health number|date|nom|téléphone|courriel|numéro|numéro de santé)\]", re.I
)

_MONTH = (
    "(?:jan(?:uary|vier|v)?|feb(?:ruary)?|f[ée]v(?:rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai|june?|juin"
    "|july?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sep(?:t(?:ember|embre)?)?|o[ck]t(?:ob(?:er|re))?|nov(?:emb(?:er|re))?"
    "|d[ée]c(?:emb(?:er|re))?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|e)?"
_DAY_OF_MONTH = rf"(?:{_DAY}\s(?:of\s|de\s)?{_MONTH}|{_MONTH}\.?\s{_DAY})\b"
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"\d{{4}}[-/.\s]\d{{1,2}}[-/.\s]\d{{1,2}}|\d{{1,2}}[-/.\s]\d{{1,2}}[-/.\s]\d{{2,4}}|{_DAY_OF_MONTH},?\s{_YEAR}"
_BORN = r"\b(?:born|birth\w*|bday|dob|d\.o\.b\.?|n[ée]e?|naissance|anniversaire|ddn)\b"
_DATES = (
    re.compile(rf"(?<![\d$])(?P<secret>{_DATE})(?!\d)", re.I),
    re.compile(rf"{_BORN}\D{{0,20}}?(?P<secret>(?:{_DAY_OF_MONTH}|(?:{_MONTH}\s)?{_YEAR}))(?!\d)", re.I),
)
_CALLED = re.compile(
    r"\b(?i:dre?|doct(?:or|eur)|mme|mrs?|ms|miss|madame|monsieur|nurse|infirmi[eè]re?)\b\.?\s"
    r"(?P<secret>[A-ZÀ-Þ][\w'’-]+(?:\s[A-ZÀ-Þ][\w'’-]+)?)"
)
_LONG_NUMBER = re.compile(r"(?P<secret>\d[\d-]{4,}\d)")


def redacted(text: str) -> str:
    """The text with a placeholder for what looks like a name, a contact detail, a date of birth or a long number."""
    text = redact(text)
    for placeholder, pattern in (*(("[date]", dates) for dates in _DATES), ("[name]", _CALLED)):
        text = pattern.sub(partial(_put, placeholder=placeholder), text)
    for _ in range(MOST_NAMES):
        found = find_name(text)
        if found is None:
            break
        text = f"{text[: found.span[0]]}[name]{text[found.span[1] :]}"
    return _LONG_NUMBER.sub("[number]", text)


def _put(match: re.Match[str], *, placeholder: str) -> str:
    before = match.start("secret") - match.start()
    return match[0][:before] + placeholder + match[0][match.end("secret") - match.start() :]


def tidy(text: str) -> str:
    """One line that YAML and Rasa read as it stands: no brackets but placeholders, no mark before the first word."""
    line = " ".join(text.replace("\\", "/").split())
    line = "".join(c for c in line if unicodedata.category(c)[0] != "C")
    line = re.sub(rf"{PLACEHOLDER.pattern}|[\[\]{{}}]", _rounded, line, flags=re.I)
    return " ".join(line.lstrip("-/*•–— ").split())


def _rounded(match: re.Match[str]) -> str:
    return {"[": "(", "{": "(", "]": ")", "}": ")"}.get(match[0], match[0])


def shortened(text: str, *, longest: int = LONGEST) -> str:
    """The text, cut between two words where it is too long."""
    return text if len(text) <= longest else text[: longest + 1].rsplit(" ", 1)[0][:longest].rstrip()


def placeholders(text: str) -> list[str]:
    """What still stands for something that was taken out."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def is_personal(text: str) -> bool:
    """Whether a phone number, an address or a health number is left in it."""
    return redact(text) != text


def essence(text: str) -> str:
    """What two spellings of one sentence have in common; tests/house/test_training_data.py compares in the same way."""
    return " ".join(re.findall(r"\w+|[^\w\s]+$", fold(text))) or text


def fingerprint(text: str) -> str:
    """The essence in a form that a database compares."""
    return hashlib.sha256(essence(text).encode()).hexdigest()
