"""When a patient would like to come, as data: the clinic's own time, whole days, no words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Part = Literal["morning", "afternoon", "evening"]

#: What a part of the day means, until the one after it begins.
PARTS: dict[Part, tuple[dt.time, dt.time]] = {
    "morning": (dt.time(0), dt.time(12)),
    "afternoon": (dt.time(12), dt.time(17)),
    "evening": (dt.time(17), dt.time(23, 59)),
}


@dataclass(frozen=True)
class Preference:
    """A day, a stretch of days or any day, and the hours of it; `refused` is when the patient would not come.

    `first` and `last` are the same for one day and None for any day. `weekday` (0 is Monday) is for "Fridays".
    `at` is an hour the patient named; `since` and `until` bound the hours.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    weekday: int | None = None
    part: Part | None = None
    at: dt.time | None = None
    since: dt.time | None = None
    until: dt.time | None = None
    refused: bool = False

    @property
    def hours(self) -> tuple[dt.time, dt.time]:
        """From when until when; an hour that was named is a stretch of no length."""
        if self.at is not None:
            return self.at, self.at
        start, end = PARTS[self.part] if self.part else (dt.time(0), dt.time(23, 59))
        return self.since or start, self.until or end

    def as_json(self) -> dict[str, Any]:
        """The preference as it is stored and sent; docs/booking-webhook.md is its description."""
        return {
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "weekday": self.weekday,
            "part": self.part,
            "at": _written(self.at),
            "from": _written(self.since),
            "to": _written(self.until),
            "refused": self.refused,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Preference":
        """The preference that `as_json` wrote."""
        return cls(
            first=_date(stored["first"]),
            last=_date(stored["last"]),
            weekday=stored["weekday"],
            part=stored["part"],
            at=_time(stored["at"]),
            since=_time(stored["from"]),
            until=_time(stored["to"]),
            refused=stored["refused"],
        )


def _written(time: dt.time | None) -> str | None:
    return time.strftime("%H:%M") if time else None


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _time(value: str | None) -> dt.time | None:
    return dt.time.fromisoformat(value) if value else None
