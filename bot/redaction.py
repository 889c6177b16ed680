"""What patients typed about themselves, taken out of a conversation before it is stored or sent on.

Pure functions: nothing is read and nothing is remembered here. Phone numbers become `[phone]`, e-mail addresses
`[email]`, health-insurance and social-insurance numbers `[health number]`; dates, prices, doses and the emergency
numbers stay. Where a number could be one of them, it goes: a number too few in the log harms nobody.
"""

import re
from collections.abc import Iterable, Set
from functools import partial
from typing import Any

from bot.languages import fold

#: Machines made the values under these keys, and others refer to them.
IDENTIFIERS = {"id", "key", "sender_id", "message_id", "model_id", "assistant_id", "revision", "release", "url"}

#: What a message says, and its pieces, stand under these keys; what stands under others is no patient's wording.
WORDS = {"text", "asserted"}

#: No number of a person has fewer digits.
FEWEST_DIGITS = 7

_GAP = r"[\s.\-\u2010-\u2015·/()]{0,3}"
_AREA = r"(?: \( \d{3} \) | \d{3} )"
_NO_DATE = r"""
    (?! (?:19|20)\d\d [-/.\s] (?:0?[1-9]|1[0-2]) [-/.\s] (?:0?[1-9]|[12]\d|3[01]) (?!\d) )
    (?! \d{1,2} [-/.\s] \d{1,2} [-/.\s] (?:19|20)\d\d (?!\d) )
"""
_NO_YEARS = rf"(?! (?:19|20)\d\d {_GAP} (?:19|20)\d\d (?!\d) )"
_NO_PRICE = r"(?! \s? (?: [$€%] | dollars? | euros? | m[lg] ) )"
_VERSION = r"[\s-]? (?-i:[A-Z]{2}) \b"

_LOCAL = r"(?<![\w.+'-]) \w[\w.+'-]{0,63} (?: \s (?:dot|point|tiret|dash|underscore) \s [\w.+'-]{1,63} ){0,3}"
_DOT = r"(?: \. | \s\.\s? | \s?[(\[]dot[)\]]\s? | \s(?:dot|point)\s )"
_PROVIDER = r"""
    (?: g-?mail | hotmail | outlook | yahoo | ymail | live | msn | icloud | me | aol | gmx | proton(?:mail)?
    | vid[eé]otron | bell | sympatico | globetrotter | cgocable | cogeco | telus | rogers | shaw
    | laposte | orange | free | sfr | wanadoo )
"""
_PHONE_CUE = r"""
    (?: (?:tele|télé)?phone | tel | tél | mobile | cell | cellphone | cellulaire | fax
    | number | num[eé]ro | num | n[o°º]
    | call | text | reach | ring | whatsapp | (?:r?appele|texte)[rz] | (?:re)?joindre | joignable )
"""
_HEALTH_CUE = r"""
    (?: ramq | nam | nas | sin | ohip | phn | msp | medicare | carte[\s-](?:soleil | sant[eé] | d['’]assurance)
    | assurance[\s-](?:maladie|sociale) | health[\s-](?:card|number|insurance) | social[\s-]insurance )
"""

#: In this order: an address may contain a number, and a health number what looks like the end of a phone number.
_SOURCES = (
    ("email", r"(?<![\w.+'-]) (?P<secret> [\w.+'-]{1,64} @ [\w-]+ (?:\.[\w-]+)* )"),
    ("email", rf"(?P<secret> {_LOCAL} \s? (?: @ | [(\[]at[)\]] ) \s? [\w-]+ (?: {_DOT} [\w-]+ )+ )"),
    ("email", rf"(?P<secret> {_LOCAL} \s arobase? \s [\w-]+ (?: {_DOT} [\w-]+ )* )"),
    ("email", rf"(?P<secret> {_LOCAL} \s (?:at|à|a|chez) \s {_PROVIDER} (?: {_DOT} [\w-]+ )+ )"),
    ("email", rf"(?P<secret> {_LOCAL} \s at \s [\w-]+ (?: \s dot \s [\w-]+ )+ )"),
    # Québec: four letters and eight digits. "from 2020-2024" and "born 1985-12-12" are none.
    (
        "health number",
        rf"\b (?P<secret> [a-z]{{4}} (?: (?=\d) | {_GAP} {_NO_DATE} {_NO_YEARS} )"
        rf"\d{{4}} {_GAP} \d\d {_GAP} \d\d ) (?!\d)",
    ),
    # Ontario: ten digits and two letters.
    ("health number", rf"(?<!\d) (?P<secret> \d{{4}} {_GAP} \d{{3}} {_GAP} \d{{3}} {_VERSION} )"),
    (
        "health number",
        rf"\b {_HEALTH_CUE} \b [^\d.,;!?\n]{{0,25}}?"
        rf"(?P<secret> \b (?: (?:[a-z]{_GAP}){{4}} )? {_NO_DATE} \d (?:{_GAP}\d){{7,11}} (?:{_VERSION})? ) (?!\d)",
    ),
    # Abroad, with the prefix written out.
    ("phone", rf"(?P<secret> (?: \+ | (?<!\d)00 | (?<!\d)011 ) {_GAP} [2-9] (?:{_GAP}\d){{7,14}} ) (?!\d)"),
    # Ontario again, without the letters, which would pass for a phone number.
    ("health number", r"(?<!\d) (?P<secret> \d{4} (?P<gap>[\s.-]) \d{3} (?P=gap) \d{3} ) (?!\d)"),
    # North America: 3-3-4; three digits and seven in any grouping; one by one; in a row.
    ("phone", rf"(?<!\d) (?P<secret> (?:\+?1{_GAP})? {_AREA} {_GAP} \d{{3}} {_GAP} \d{{4}} ) (?!\d)"),
    ("phone", rf"(?<!\d) {_NO_DATE} (?P<secret> (?:\+?1{_GAP})? {_AREA} {_GAP} \d (?:[\s.-]?\d){{6}} ) (?!\d)"),
    ("phone", r"(?<!\d) (?P<secret> \d (?:[\s.-]\d){9,10} ) (?!\d)"),
    ("phone", r"(?<!\d) (?P<secret> \d{10,19} ) (?!\d)"),
    # France: five pairs.
    ("phone", r"(?<!\d) (?P<secret> 0[1-9] (?P<gap>[\s.-]?) \d\d (?: (?P=gap)\d\d ){3} ) (?!\d)"),
    # Health and social insurance elsewhere in Canada.
    (
        "health number",
        rf"(?<! [\d$€] ) (?P<secret> \d{{3}} (?P<gap>[\s.-]?) \d{{3}} (?P=gap) \d{{3}} ) (?! [\s.-]?\d ) {_NO_PRICE}",
    ),
    # Seven digits or more where the patient says what they are.
    (
        "phone",
        rf"\b {_PHONE_CUE} (?![^\W\d_]) .{{0,25}}? (?<!\d) (?<!\d[-/.]) {_NO_DATE}"
        r"(?P<secret> \d (?: [\s./()-]{0,3} \d ){6,9} ) (?!\d)",
    ),
)
_DIGITS = re.compile(r"\d{3,}")
_PATTERNS = [(f"[{kind}]", re.compile(source, re.VERBOSE | re.IGNORECASE)) for kind, source in _SOURCES]


def redact(text: str, *, keep: Set[str] = frozenset()) -> str:
    """The text with a placeholder for each contact detail and health number; `keep` is what `contacts` found."""
    for placeholder, pattern in _PATTERNS:
        if placeholder == "[email]" or sum(map(str.isdigit, text)) >= FEWEST_DIGITS:
            text = pattern.sub(partial(_replaced, placeholder=placeholder, keep=keep), text)
    return text


def redact_event(event: dict[str, Any], *, keep: Set[str] = frozenset()) -> dict[str, Any]:
    """A copy of an event as Rasa serialises it, every text in it redacted, however deep; identifiers stay.

    A pipeline cuts a message into clauses and entities, and a piece of a number looks like any other number:
    what the text lost, its pieces lose too. `personal` of a message's `parse_data` says where more stands that only
    the booking form knows: a name, half a phone number (bot/nlu/booking.py).
    """
    text = event.get("text") or ""
    marked = _marked(event)
    shown = _with_placeholders(text, marked)
    lost = _digits(text) - _digits(redact(shown, keep=keep))
    names = _pattern_of(text[mark["start"] : mark["end"]] for mark in marked if mark["kind"] == "name")

    def words(value: str, key: str) -> str:
        said = shown if key in WORDS and value == text else value
        cleaned = _DIGITS.sub(lambda run: "[number]" if run[0] in lost else run[0], redact(said, keep=keep))
        return names.sub("[name]", cleaned) if names and key in WORDS else cleaned

    def clean(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return words(value, key)
        if isinstance(value, dict):
            return {name: inner if name in IDENTIFIERS else clean(inner, name) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [clean(inner, key) for inner in value]
        return value

    cleaned = dict(clean(event))
    if marked:
        # Where it stood in the text that is gone helps nobody, and an event is not redacted twice by it.
        cleaned["parse_data"] = cleaned["parse_data"] | {"personal": [{"kind": mark["kind"]} for mark in marked]}
    return cleaned


def _marked(event: dict[str, Any]) -> list[dict[str, Any]]:
    marks = (event.get("parse_data") or {}).get("personal") or []
    return sorted((mark for mark in marks if "start" in mark), key=lambda mark: mark["start"])


def _with_placeholders(text: str, marked: list[dict[str, Any]]) -> str:
    for mark in reversed(marked):
        text = f"{text[: mark['start']]}[{mark['kind']}]{text[mark['end'] :]}"
    return text


def _pattern_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Each name as a whole, and each word of it that is long enough to be one."""
    pieces = {piece for name in names for piece in (name, *name.split()) if len(piece) > 1}
    spellings = {spelling for piece in pieces for spelling in (piece, fold(piece))}
    if not spellings:
        return None
    longest_first = "|".join(re.escape(piece) for piece in sorted(spellings, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)


def contacts(text: str) -> frozenset[str]:
    """The phone numbers and addresses in a text that may be shown, in the form that `keep` takes."""
    return frozenset(_essence(match["secret"]) for _, pattern in _PATTERNS for match in pattern.finditer(text))


def _digits(text: str) -> set[str]:
    return set(_DIGITS.findall(text))


def _replaced(match: re.Match[str], *, placeholder: str, keep: Set[str]) -> str:
    if _essence(match["secret"]) in keep:
        return match[0]
    start = match.start("secret") - match.start()
    return match[0][:start] + placeholder + match[0][start + len(match["secret"]) :]


def _essence(secret: str) -> str:
    """What makes two spellings the same: an address in lower case, or the last ten digits of a number."""
    return secret.lower() if "@" in secret else re.sub(r"\D", "", secret)[-10:]
