"""Dates, hours and wishes as they are written in each language. The words stand in `templates/booking/when_….txt`."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from babel.dates import format_date, format_time, get_day_names
from django.template.loader import render_to_string

from clinic.booking.opening import Choice
from clinic.booking.preferences import Preference

LOCALES = {"en": "en_CA", "fr": "fr_CA"}


def day(value: dt.date | None, language: str) -> str | None:
    """A day with its weekday and year."""
    return _dated(value, language, {"en": ", y", "fr": " y"}[language]) if value else None


def _dated(value: dt.date, language: str, year: str = "") -> str:
    """The first of a month is "1er" in French, which Babel does not know."""
    form = "EEEE, MMMM d" if language == "en" else "EEEE d'er' MMMM" if value.day == 1 else "EEEE d MMMM"
    return str(format_date(value, form + year, locale=LOCALES[language]))


def hour(value: dt.time | None, language: str) -> str | None:
    """An hour of the day, in French as Québec's language office writes it: 9 h, 13 h 30."""
    if value is None:
        return None
    form = "short" if language == "en" else "H 'h' mm" if value.minute else "H 'h'"
    return str(format_time(value, form, locale=LOCALES[language]))


def line(preference: Preference, language: str) -> dict[str, Any]:
    """One wish as the templates take it."""
    several = preference.last != preference.first
    weekday = preference.weekday
    return {
        "first": day(preference.first, language),
        "last": day(preference.last, language) if several else None,
        "weekday": None if weekday is None else str(get_day_names("wide", locale=LOCALES[language])[weekday]),
        "part": preference.part,
        "at": hour(preference.at, language),
        "since": hour(preference.since, language),
        "until": hour(preference.until, language),
        "refused": preference.refused,
    }


def wishes(preferences: Iterable[Preference], language: str) -> str:
    """Several wishes in one line; empty if there are none."""
    written = (render_to_string(f"booking/when_{language}.txt", {"line": line(wish, language)}) for wish in preferences)
    return "; ".join(" ".join(text.split()) for text in written)


def choice(value: Choice, language: str) -> dict[str, str]:
    """A stretch of a day as the responses of the domain take it; `date` is for buttons."""
    return {
        "day": _dated(value.day, language),
        "start": str(hour(value.start, language)),
        "end": str(hour(value.end, language)),
        "date": value.day.isoformat(),
    }
