"""When the clinic is open, what of a patient's wish falls into it, and when somebody will call back. Data, no words."""

import calendar
import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from clinic.booking.preferences import Preference

ProblemKind = Literal["impossible_date", "impossible_time", "past", "closed_day", "holiday", "closed_hour", "too_far"]

#: A day further away than this was hardly meant.
FURTHEST = dt.timedelta(days=366)
#: An hour that is open so many days before or after is nearer than another hour of the same day.
SAME_HOUR = 7
#: A patient who writes so shortly before closing time is called on the next open day.
LAST_CALL = dt.timedelta(hours=1)


class Hours(Protocol):
    """What is asked of a clinic: `hours`, `holidays` and `time_zone` of content/clinic.yml."""

    @property
    def time_zone(self) -> str:
        """An IANA name."""
        ...

    @property
    def hours(self) -> Mapping[Any, list[str]]:
        """Weekday in English: spans such as "09:00-17:00"."""
        ...

    @property
    def holidays(self) -> Collection[dt.date]:
        """Closed days."""
        ...


@dataclass(frozen=True)
class Choice:
    """A stretch of one day in which the clinic is open."""

    day: dt.date
    start: dt.time
    end: dt.time


@dataclass(frozen=True)
class Problem:
    """What cannot be as it was wished. `said` is the patient's wording, `nearest` the nearest open choice."""

    kind: ProblemKind
    said: str
    wished: Preference
    nearest: Choice | None


@dataclass(frozen=True)
class CallBack:
    """When somebody will call: `when` counts from the patient's day, `start` is now or when the clinic opens."""

    when: Literal["today", "tomorrow", "later"]
    day: dt.date
    start: dt.time
    end: dt.time

    @property
    def is_morning(self) -> bool:
        """Whether the clinic opens before noon that day."""
        return self.start < dt.time(12)


def local(now: dt.datetime, clinic: Hours) -> dt.datetime:
    """The clinic's own time."""
    return now.astimezone(ZoneInfo(clinic.time_zone))


def spans(day: dt.date, clinic: Hours) -> list[tuple[dt.time, dt.time]]:
    """From when until when the clinic is open on a day; nothing on a closed one."""
    if day in clinic.holidays:
        return []
    return usual_spans(day.weekday(), clinic)


def usual_spans(weekday: int, clinic: Hours) -> list[tuple[dt.time, dt.time]]:
    """The opening hours of a weekday, holidays aside."""
    written = clinic.hours.get(calendar.day_name[weekday].lower(), [])
    return sorted((dt.time.fromisoformat(span[:5]), dt.time.fromisoformat(span[6:])) for span in written)


def when_called_back(now: dt.datetime, clinic: Hours) -> CallBack:
    """The first stretch of opening hours in which somebody has the time to call.

    Raises:
        ValueError: the clinic is closed for a whole year.
    """
    here = local(now, clinic)
    for ahead in range(FURTHEST.days):
        day = here.date() + dt.timedelta(days=ahead)
        for start, end in spans(day, clinic):
            if ahead == 0 and here + LAST_CALL > dt.datetime.combine(day, end, here.tzinfo):
                continue
            since = max(start, here.time().replace(second=0, microsecond=0)) if ahead == 0 else start
            return CallBack("today" if ahead == 0 else "tomorrow" if ahead == 1 else "later", day, since, end)
    raise ValueError("clinic.yml has no opening hours within a year")


def window(wish: Preference, day: dt.date, *, now: dt.datetime, clinic: Hours) -> Choice | None:
    """What of a day's opening hours is as wished and still to come."""
    here = local(now, clinic)
    if day < here.date():
        return None
    earliest = here.time().replace(second=0, microsecond=0) if day == here.date() else dt.time(0)
    for start, end in _common(wish, spans(day, clinic)):
        if (wish.at or end) > earliest:
            return Choice(day, max(start, earliest), end)
    return None


def _common(wish: Preference, open_spans: list[tuple[dt.time, dt.time]]) -> Iterator[tuple[dt.time, dt.time]]:
    since, until = wish.hours
    for start, end in open_spans:
        if wish.at is not None:
            if start <= wish.at < end:
                yield wish.at, end
        elif max(start, since) < min(end, until):
            yield max(start, since), min(end, until)


def judge(wish: Preference, *, now: dt.datetime, clinic: Hours) -> ProblemKind | None:
    """Why nothing of a wish can be; None if something can."""
    today = local(now, clinic).date()
    if wish.since and wish.until and wish.since >= wish.until:
        return "impossible_time"
    if wish.first is None or wish.last is None:
        days = range(7) if wish.weekday is None else [wish.weekday]
        if not any(usual_spans(day, clinic) for day in days):
            return "closed_day"
        return None if any(list(_common(wish, usual_spans(day, clinic))) for day in days) else "closed_hour"
    if wish.last < today:
        return "past"
    if wish.first - today > FURTHEST:
        return "too_far"
    days_ahead = list(_days(max(wish.first, today), wish.last))
    if any(window(wish, day, now=now, clinic=clinic) for day in days_ahead):
        return None
    return _why(wish, days_ahead, today, clinic)


def _why(wish: Preference, days: list[dt.date], today: dt.date, clinic: Hours) -> ProblemKind:
    open_days = [day for day in days if spans(day, clinic)]
    if not open_days:
        return "holiday" if any(usual_spans(day.weekday(), clinic) for day in days) else "closed_day"
    fits = any(list(_common(wish, spans(day, clinic))) for day in open_days)
    return "past" if fits and open_days == [today] else "closed_hour"


def nearest(wish: Preference, *, around: dt.date, now: dt.datetime, clinic: Hours) -> Choice | None:
    """The nearest open choice to a wish: at the same hours within a week, else whenever it is open."""
    around = max(around, local(now, clinic).date())
    for hours, furthest in ((wish, SAME_HOUR), (replace(wish, part=None, at=None, since=None, until=None), 60)):
        for distance in range(furthest + 1):
            for day in (around + dt.timedelta(days=distance), around - dt.timedelta(days=distance)):
                if found := window(hours, day, now=now, clinic=clinic):
                    return found
    return None


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for ahead in range(min((last - first).days, FURTHEST.days) + 1):
        yield first + dt.timedelta(days=ahead)
