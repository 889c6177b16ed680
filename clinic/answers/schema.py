"""The shape of the curated content: an answer's front matter, a fact, the clinic's own facts."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from babel.dates import format_date, format_time, get_day_names
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
LOCALES = {"en": "en_CA", "fr": "fr_CA"}

PERIOD = re.compile(r"(\d+) (day|week|month|year)s?")
DAYS_PER = {"day": 1, "week": 7, "month": 30, "year": 365}


def _period(value: str) -> str:
    if not PERIOD.fullmatch(value):
        raise ValueError("write a number and day(s), week(s), month(s) or year(s), such as '6 months'")
    return value


def _opening(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("write opening hours on the 24-hour clock, such as '09:00-17:00'")
    return value


def _once(value: list[str]) -> list[str]:
    if not value or len(set(value)) < len(value):
        raise ValueError("name each of inbox, email and webhook once or not at all, but at least one")
    return value


class Strict(BaseModel):
    """Unknown keys are faults: most are misspelled known ones."""

    model_config = ConfigDict(extra="forbid")


class FrontMatter(Strict):
    """What stands above the text of an answer."""

    id: str
    title: str = Field(min_length=1, max_length=30)
    claims: dict[str, Annotated[list[str], Field(min_length=1)]]
    owner: str
    reviewed_by: str | None
    last_reviewed_on: dt.date | None
    review_in: Annotated[str, AfterValidator(_period)]
    next: list[str] = Field(max_length=3)


class Source(BaseModel):
    """Where a fact was read."""

    title: str
    publisher: str
    year: int | None = None
    url: HttpUrl | None = None


class Fact(BaseModel):
    """One sourced statement of `content/facts.yml`."""

    id: str
    topic: str
    statement: str
    strength: Literal[
        "regulator",
        "systematic-review",
        "review",
        "case-report",
        "hospital",
        "primary-study",
        "clinic",
        "news",
        "seed",
        "general-knowledge",
    ]
    source: Source | None


class Spoken(Strict):
    """The same words in each language."""

    en: str = Field(min_length=1)
    fr: str = Field(min_length=1)


class Pages(Strict):
    """The address of the same page in each language."""

    en: HttpUrl
    fr: HttpUrl


class Booking(Strict):
    """How patients book: `link` sends them to the clinic's booking page, `request` takes a request, `both` offers both.

    `transports` are the systems that receive each request; the staff inbox has it in any case. A request is deleted
    `kept_for_days` after it was handled or cancelled.
    """

    mode: Literal["link", "request", "both"]
    url: Spoken
    transports: Annotated[list[Literal["inbox", "email", "webhook"]], AfterValidator(_once)] = ["inbox"]
    prefix: str = Field(default="RV", pattern="^[A-Z]{1,4}$")
    kept_for_days: int = Field(default=730, ge=1, strict=True)


class Privacy(Strict):
    """What patients are told before they write; the channels read it too (bot/clinic_facts.py)."""

    url: Pages
    kept_for_days: int = Field(ge=1, strict=True)


class PrivacyOfficer(Strict):
    """The person answerable for personal information, as Québec's law asks."""

    name: str
    email: str


class Emergency(Strict):
    """Whom to call."""

    number: str
    health_line: str
    health_line_name: Spoken
    crisis_line: str


class Price(Strict):
    """One price the clinic publishes."""

    what: Spoken
    amount: str


class Clinic(Strict):
    """The clinic's own facts, `content/clinic.yml`."""

    name: Spoken
    default_language: Language
    time_zone: str
    phone: str
    email: str
    address: Spoken
    parking: Spoken
    transit: Spoken
    payment: Spoken
    hours: dict[
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        list[Annotated[str, AfterValidator(_opening)]],
    ]
    holidays: list[dt.date]
    booking: Booking
    prices: list[Price]
    privacy: Privacy
    privacy_officer: PrivacyOfficer
    emergency: Emergency

    def words(self, language: Language) -> dict[str, str]:
        """What an answer's placeholders stand for, in one language."""
        return {
            "name": getattr(self.name, language),
            "address": getattr(self.address, language),
            "hours": self.opening(language),
            "phone": self.phone,
            "email": self.email,
            "booking_url": getattr(self.booking.url, language),
            "parking": getattr(self.parking, language),
            "transit": getattr(self.transit, language),
            "payment": getattr(self.payment, language),
            "privacy_officer": self.privacy_officer.name,
            "privacy_email": self.privacy_officer.email,
            "kept_for_days": str(self.privacy.kept_for_days),
        }

    def opening(self, language: Language) -> str:
        """The opening hours, one line for each run of days that are alike."""
        names = get_day_names("wide", locale=LOCALES[language])
        week = [(names[i], self.hours.get(day.lower(), [])) for i, day in enumerate(calendar.day_name)]  # type: ignore[call-overload]
        runs: list[tuple[str, str, list[str]]] = []
        for name, hours in week:
            if runs and runs[-1][2] == hours:
                runs[-1] = (runs[-1][0], name, hours)
            else:
                runs.append((name, name, hours))
        return "\n".join(_run(*run, language=language) for run in runs if run[2])


def _run(first: str, last: str, hours: list[str], *, language: Language) -> str:
    days = first if first == last else f"{first} – {last}"
    spans = (" – ".join(_time(time, language) for time in span.split("-")) for span in hours)
    return f"{days[0].upper()}{days[1:]}: {', '.join(spans)}" if language == "en" else f"{days} : {', '.join(spans)}"


def _time(value: str, language: Language) -> str:
    time = dt.time.fromisoformat(value)
    if language == "fr":
        # As Québec's language office writes it: 9 h, 13 h 30.
        return format_time(time, "H 'h' mm" if time.minute else "H 'h'", locale=LOCALES[language])
    return format_time(time, "short", locale=LOCALES[language])


class Wording(Strict):
    """The few words put around an answer, `content/wording.yml`."""

    more: Spoken
    reviewed: Spoken
    not_reviewed: Spoken
    source_line: Spoken
    book: Spoken
    change: Spoken
    cancel_visit: Spoken
    call_back: Spoken
    places: dict[str, Spoken] = {}

    def review(self, front: FrontMatter, language: Language) -> str:
        """Who reviewed an answer and when, or that nobody has."""
        if front.reviewed_by is None or front.last_reviewed_on is None:
            return str(getattr(self.not_reviewed, language))
        on = format_date(front.last_reviewed_on, "long", locale=LOCALES[language])
        return str(getattr(self.reviewed, language)).format(by=front.reviewed_by, on=on)

    def source(self, sources: tuple[dict[str, str | int | None], ...], language: Language) -> str | None:
        """Where the first of the sources was published, and when."""
        for source in sources:
            where = f"{source['publisher']}, {source['year']}" if source["year"] else str(source["publisher"])
            return str(getattr(self.source_line, language)).format(where=where)
        return None


@dataclass(frozen=True)
class Answer:
    """One approved answer in one language, ready to be said: placeholders filled in, sources found."""

    id: str
    language: Language
    title: str
    short: str
    more: str | None
    variants: dict[str, str]
    kind: str
    review: str | None
    next: tuple[str, ...]
    claims: dict[str, tuple[dict[str, str | int | None], ...]]
    reviewed_by: str | None
    reviewed_on: dt.date | None
    due: dt.date | None
    revision: str

    @property
    def sources(self) -> tuple[dict[str, str | int | None], ...]:
        """What a patient may read up on, each once, in the order of the claims."""
        return tuple({str(source["url"]): source for sources in self.claims.values() for source in sources}.values())

    def sources_of(self, texts: list[str]) -> tuple[dict[str, str | int | None], ...]:
        """The sources of what these texts claim; those of the whole answer where none of them can be shown."""
        said = "\n".join(texts)
        claimed = {claim: sources for claim, sources in self.claims.items() if claim in said}
        return replace(self, claims=claimed).sources or self.sources

    def is_overdue(self, today: dt.date) -> bool:
        """Whether its review is past; it is then no longer said."""
        return self.due is not None and today > self.due


def due(front: FrontMatter) -> dt.date | None:
    """The day by which a reviewed answer must be reviewed again."""
    if front.last_reviewed_on is None:
        return None
    number, unit = PERIOD.fullmatch(front.review_in).groups()  # type: ignore[union-attr]  # the schema checked it
    return front.last_reviewed_on + dt.timedelta(days=int(number) * DAYS_PER[unit])
