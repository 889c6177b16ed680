"""Everything a booking needs, read out of one message in any order: "Tuesday morning, Julie, 514 555 0199".

Pure: no Rasa, no Django, no network. What is found says where it stood, so that the stored text can read [name].
"""

import datetime as dt
from dataclasses import dataclass

from clinic.booking.aligned import READ, without
from clinic.booking.contact import Email, Phone, find_email, find_phone
from clinic.booking.names import Name, find_name
from clinic.booking.opening import CallBack, Choice, Hours, Problem, when_called_back
from clinic.booking.preferences import Preference
from clinic.booking.times import Times, find_times

__all__ = [
    "Bounded",
    "CallBack",
    "Choice",
    "Email",
    "Heard",
    "Name",
    "Phone",
    "Preference",
    "Problem",
    "Times",
    "bounded",
    "find_email",
    "find_name",
    "find_phone",
    "find_times",
    "read",
    "when_called_back",
]

#: No message that books is longer; what comes after is not searched.
LONGEST_MESSAGE = 2000
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Heard:
    """What one message gives; `rest` is what nothing was made of."""

    name: Name | None
    phone: Phone | None
    email: Email | None
    times: Times
    rest: str

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email or self.times)

    def redacted(self, text: str) -> str:
        """The message with `[name]`, `[phone]` and `[email]` in the place of what was found."""
        found = [("[name]", self.name), ("[phone]", self.phone), ("[email]", self.email)]
        for placeholder, piece in sorted(found, key=lambda each: each[1].span if each[1] else (0, 0), reverse=True):
            if piece:
                text = text[: piece.span[0]] + placeholder + text[piece.span[1] :]
        return text


@dataclass(frozen=True)
class Bounded:
    """A note as it can be kept; `cut` characters of it did not fit."""

    text: str
    cut: int


def read(
    text: str, *, now: dt.datetime, clinic: Hours, language: str = "fr", asked: str | None = None, region: str = "CA"
) -> Heard:
    """All that a message gives. `asked` is what the patient was asked for last: "name", or anything else."""
    text = text[:LONGEST_MESSAGE]
    left = text.replace(READ, " ")
    email = find_email(left)
    left = _taken_out(left, email)
    phone = find_phone(left, region=region)
    left = _taken_out(left, phone)
    times = (
        Times()
        if asked == "name" and _is_one_word(left)
        else find_times(left, now=now, clinic=clinic, language=language)
    )
    left = without(left, list(times.spans))
    company = bool(phone or email)
    name = find_name(left, asked=asked == "name", company=company)
    rest = _taken_out(left, name).replace(READ, " ")
    return Heard(name, phone, email, times, " ".join(rest.split()).strip(" ,.;"))


def bounded(note: str, *, most: int = LONGEST_NOTE) -> Bounded:
    """A note of any length, cut where it must be."""
    note = note.strip()
    return Bounded(note[:most], max(0, len(note) - most))


def _taken_out(text: str, found: Email | Phone | Name | None) -> str:
    return without(text, [found.span]) if found else text


def _is_one_word(text: str) -> bool:
    """Asked for a name, "April", "Mai" and "Sam" are names."""
    return len(text.split()) == 1 and text.strip().isalpha()
