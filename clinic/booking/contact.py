"""Phone numbers and e-mail addresses in what a patient writes: found, checked, and masked. Pure: nothing is asked of
a network."""

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType

#: Numbers that cost whoever calls them back.
COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PAGER, PhoneNumberType.UAN}

#: The hidden part of a masked value.
DOTS = "•••"

PhoneProblem = Literal["too_short", "not_a_number", "costly"]


@dataclass(frozen=True)
class Phone:
    """A phone number as it was written, from `span[0]` to `span[1]`; `number` is E.164, None where `problem` says why.

    `abroad` is true of a number outside the clinic's country: it can be called, at a price.
    """

    said: str
    span: tuple[int, int]
    number: str | None
    extension: str = ""
    abroad: bool = False
    problem: PhoneProblem | None = None


@dataclass(frozen=True)
class Email:
    """An e-mail address as it was written; `address` is None where it cannot be one."""

    said: str
    span: tuple[int, int]
    address: str | None


_EXTENSION = re.compile(r"\s*[,;]?\s*(?:poste|ext(?:ension)?|x|#)\.?\s*#?\s*(\d{1,6})\b", re.I)
#: Digits that were meant as a number and are none: "06 12 34 56 78", "555-0199".
_LIKE_A_NUMBER = re.compile(r"(?<![\w+])[+(]?\d(?:[\s().-]{0,2}\d){6,16}(?!\w)")
_DATE = re.compile(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})")
_ADDRESS = re.compile(r"[^\s<>,;:()\[\]\"]+@[^\s<>,;:()\[\]\"]*")
_SPELLED = re.compile(
    r"(?P<local>[\w.+-]+)\s*(?:\(at\)|\[at\]|\s(?:arobase?|at)\s)\s*(?P<domain>[\w-]+(?:\s*(?:\.|\s(?:dot|point)\s)\s*[\w-]+)+)",
    re.I,
)


def find_phone(text: str, *, region: str = "CA") -> Phone | None:
    """The phone number in a text: the first that can be called, else the first that was meant as one."""
    found = [_checked(match, text, region) for match in PhoneNumberMatcher(text, region, leniency=Leniency.POSSIBLE)]
    good = [phone for phone in found if phone.number]
    return next(iter(good or found), None) or _unreadable(text)


def _checked(match: phonenumbers.PhoneNumberMatch, text: str, region: str) -> Phone:
    number, span = match.number, (match.start, match.end)
    extension = number.extension or ""
    if not extension and (after := _EXTENSION.match(text, match.end)):
        extension, span = after[1], (match.start, after.end())
    said = text[span[0] : span[1]]
    if problem := _problem(number):
        return Phone(said, span, None, problem=problem)
    abroad = phonenumbers.region_code_for_number(number) not in (region, None) and not _is_free(number)
    bare = phonenumbers.PhoneNumber(
        country_code=number.country_code,
        national_number=number.national_number,
        italian_leading_zero=number.italian_leading_zero,
        number_of_leading_zeros=number.number_of_leading_zeros,
    )
    e164 = phonenumbers.format_number(bare, phonenumbers.PhoneNumberFormat.E164)
    return Phone(said, span, e164, extension, abroad)


def _is_free(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE


def _problem(number: phonenumbers.PhoneNumber) -> PhoneProblem | None:
    if phonenumbers.is_valid_number(number):
        return "costly" if phonenumbers.number_type(number) in COSTLY else None
    reason = phonenumbers.is_possible_number_with_reason(number)
    local = (phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY, phonenumbers.ValidationResult.TOO_SHORT)
    return "too_short" if reason in local else "not_a_number"


def _unreadable(text: str) -> Phone | None:
    match = _LIKE_A_NUMBER.search(text)
    if match is None or _DATE.search(match[0]):
        return None
    digits = sum(map(str.isdigit, match[0]))
    return Phone(match[0], match.span(), None, problem="too_short" if digits < 10 else "not_a_number")


def find_email(text: str) -> Email | None:
    """The e-mail address in a text, written or spelled out ("julie arobase example point com")."""
    if match := _ADDRESS.search(text):
        said = match[0].rstrip(".!?'’")
        return Email(said, (match.start(), match.start() + len(said)), valid_address(said))
    if match := _SPELLED.search(text):
        domain = re.sub(r"\s*(?:\.|\s(?:dot|point)\s)\s*", ".", match["domain"], flags=re.I)
        address = valid_address(f"{match['local']}@{domain}")
        return Email(match[0], match.span(), address) if address else None
    return None


def valid_address(address: str) -> str | None:
    """The address in its one spelling; None if it cannot be one. Its domain is not looked up."""
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def is_number(value: str) -> bool:
    """Whether this is a phone number in E.164."""
    return re.fullmatch(r"\+[1-9]\d{6,14}", value) is not None


def shown(number: str) -> str:
    """A number in E.164 as people write it: Canadian ones without the country."""
    if re.fullmatch(r"\+1\d{10}", number):
        return f"{number[2:5]} {number[5:8]}-{number[8:]}"
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    except phonenumbers.NumberParseException:  # no such country, or no number at all
        return number


def mask_phone(number: str) -> str:
    """The last four digits: enough for a patient to know the number, too few for anybody else."""
    return f"{DOTS}-{number[-4:]}"


def mask_email(address: str) -> str:
    """The first letter and the domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}{DOTS}@{domain}"


def mask_name(name: str) -> str:
    """The first letter of the first name."""
    return f"{name[:1]}{DOTS}"
