"""What the pages say of the clinic and of the answers, made from the content files."""

import datetime as dt
import re
from typing import Any

from babel.dates import format_skeleton

from clinic.answers.release import Release
from clinic.answers.schema import LANGUAGES, LOCALES, Language

#: The answers that the home page names.
FIRST_QUESTIONS = ("what_is", "procedure", "pain", "downtime", "session_count", "safety")
CLOSED_DAYS = 4


def of_clinic(release: Release, language: Language, today: dt.date) -> dict[str, Any]:
    """The clinic's own facts."""
    clinic = release.clinic
    return {
        "clinic": clinic.words(language),
        "emergency": clinic.emergency,
        "kept_for_days": clinic.privacy.kept_for_days,
        "requests_kept_for_days": clinic.booking.kept_for_days,
        "telephone": telephone(clinic.phone),
        "hours": [line.partition(":")[::2] for line in clinic.opening(language).splitlines()],
        "closed_on": [day_of(day, language) for day in clinic.holidays if day >= today][:CLOSED_DAYS],
    }


def of_answers(release: Release, language: Language, today: dt.date) -> dict[str, Any]:
    """All answers, and how many of those that need a review have one."""
    said = release.of(language)
    medical = [answer for answer in said if answer.review]
    return {
        "answers": said,
        "questions": [answer for id in FIRST_QUESTIONS if (answer := release.answer(id, language))],
        "withheld": [answer.id for answer in said if not release.may_say(answer, today)],
        "medical": len(medical),
        "reviewed": sum(answer.reviewed_by is not None for answer in medical),
    }


def other(language: Language) -> Language:
    """The language one can switch to."""
    return next(other for other in LANGUAGES if other != language)


def telephone(number: str) -> str:
    """The link that dials a Canadian number."""
    digits = re.sub(r"\D", "", number)
    return f"tel:+{digits if len(digits) > 10 else '1' + digits}"


def day_of(day: dt.date, language: Language) -> str:
    """The 24th of December as people write it; French has "1er" for the first."""
    text: str = format_skeleton("MMMMd", day, locale=LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text
