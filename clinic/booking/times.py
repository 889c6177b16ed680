"""When a patient would come, held against the clinic's opening hours: "mardi matin", "le 3 à 14h", "next week after 5".

Pure. Neighbouring atoms make one wish; each wish is a preference that can be, or a problem with the nearest choice.
"""

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from clinic.booking import opening
from clinic.booking.aligned import Aligned
from clinic.booking.atoms import Atom, Bound, Calendar, Clock, Offset, Range, Reader, Stretch, Weekday
from clinic.booking.opening import Hours, Problem, ProblemKind
from clinic.booking.preferences import Part, Preference

#: After a day: "Friday doesn't work", "vendredi je peux pas".
NO_AFTER_ALL = re.compile(
    r"\s*,?\s*(?:is|are|s)?\s*"
    r"(?:n[o']t (?:good|possible|an option|great)|no good|out\b|(?:does|do|will|wo)\s?n[o']?t work|impossible"
    r"|(?:ne |n')?(?:me )?(?:marche|convient|va|fonctionne)(?:nt)? pas|est exclue?|c'est non|i can't|i cannot"
    r"|je (?:ne )?(?:peux|suis) pas(?: libre| dispo\w*)?)"
)
#: What may stand between the pieces of one wish, and what joins two wishes.
GLUE = set(
    "on in the at le la les l' l en a au aux de du d' d des dans pour for of during vers around plutot rather "
    "preferably ideally with sur pendant some sometime soit either maybe peut etre peut-etre if possible si idealement "
    "prefere prefer anytime is best preference mostly any day".split()
)
OR = set("or ou and et & bien encore sinon else otherwise puis then also aussi ni nor".split())
#: "After the 15th" means the weeks that follow.
OPEN_END = dt.timedelta(weeks=4)
#: After "not Friday" the next day is wanted again.
TURN = {"but", "mais", "plutot", "rather", "instead", "however", "par", "contre"}
RANGE = re.compile(r"^\s*(?:to|-|–|through|thru|until|till|a|au|jusqu'?\s?(?:au|a))\s*(?:le |the |l')?\s*$")
BETWEEN = re.compile(r"(?:between|entre)\s*(?:le |the )?$")
AND = re.compile(r"^\s*(?:and|et)\s*(?:le |the )?$")


@dataclass(frozen=True)
class Times:
    """What a message says about when. `wanted` can all be; `problems` say what cannot, and what is nearest.

    `any_time` is "whenever you like", `soonest` "as soon as possible". `spans` are the stretches that were read.
    """

    wanted: tuple[Preference, ...] = ()
    refused: tuple[Preference, ...] = ()
    problems: tuple[Problem, ...] = ()
    any_time: bool = False
    soonest: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.refused or self.problems or self.any_time or self.soonest)


@dataclass
class Wish:
    """Neighbouring atoms that belong together."""

    start: int
    end: int
    day: Any = None
    part: Part | None = None
    clock: Clock | None = None
    refused: bool = False
    refuses_lists: bool = False
    joined: str = ""


def find_times(text: str, *, now: dt.datetime, clinic: Hours, language: str = "fr") -> Times:
    """What a message says about when; `language` decides which number of 3/12 is the month.

    A wish that cannot be stands in `problems` and not in `wanted`.
    """
    aligned = Aligned(text)
    reader = Reader(aligned.folded, language)
    wishes = group(reader.atoms(), aligned.folded)
    found = [_settled(wish, aligned, now=now, clinic=clinic) for wish in wishes]
    spans = [aligned.back(a.start, a.end) for a in reader.found if a.kind != "not" or wishes]
    kinds = {atom.kind for atom in reader.found}
    wanted = tuple(dict.fromkeys(f for f in found if isinstance(f, Preference) and not f.refused and f != Preference()))
    refused = tuple(dict.fromkeys(f for f in found if isinstance(f, Preference) and f.refused))
    return Times(
        wanted=wanted,
        refused=refused,
        problems=tuple(f for f in found if isinstance(f, Problem)),
        any_time="any" in kinds and not wanted,
        soonest="soonest" in kinds,
        spans=tuple(sorted(spans)),
    )


def group(atoms: list[Atom], text: str) -> list[Wish]:
    """Neighbouring atoms make a wish; what "or" joins to it shares its day or its hours."""
    wishes: list[Wish] = []
    negation: Atom | None = None
    for atom in _bounded_days(atoms):
        if atom.kind == "not":
            negation = atom
            continue
        last = wishes[-1] if wishes else None
        gap = Gap(text, last.end if last else 0, atom.start)
        if last and negation is None and (gap.is_glue or _is_range(last, gap, text)) and _fits(last, atom, gap, text):
            last.end = atom.end
            continue
        refused = _is_refused(negation, last, atom, text)
        wishes.append(_begun(atom, refused=refused, joined=gap.kind if last else ""))
        # "Except Monday, Tuesday" refuses both; after "not Monday, Tuesday" the second is as likely wanted.
        wishes[-1].refuses_lists = refused and bool(negation.value if negation else last and last.refuses_lists)
        negation = None
    _share(wishes)
    for wish in wishes:
        wish.refused = wish.refused or bool(NO_AFTER_ALL.match(text, wish.end))
    return wishes


def _bounded_days(atoms: list[Atom]) -> Iterator[Atom]:
    """The atoms that make wishes; a day and the bound before it are one."""
    bound: Atom | None = None
    for atom in atoms:
        if atom.kind == "bound":
            bound = atom
        elif atom.kind in ("day", "part", "clock", "not"):
            is_bounded = bound is not None and atom.kind == "day"
            yield replace(atom, start=bound.start, value=Bound(bound.value, atom.value)) if is_bounded else atom  # type: ignore[union-attr]
            bound = None


class Gap:
    """What stands between two atoms."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text[start:end] if end > start else ""
        words = re.findall(r"[\w'&]+", self.text)
        ends = bool(re.search(r"[.;!?\n]", self.text))
        self.is_glue = not ends and all(word in GLUE for word in words)
        self.is_turn = bool(TURN & set(words))
        joins = not ends and all(word in GLUE | OR for word in words)
        self.kind = ("or" if OR & set(words) or "/" in self.text else "comma") if joins else ""


def _is_refused(negation: Atom | None, last: Wish | None, atom: Atom, text: str) -> bool:
    if negation is not None:
        gap = Gap(text, negation.end, atom.start)
        return (gap.is_glue and "," not in gap.text) or gap.kind == "or"
    if last is None or not last.refused:
        return False
    gap = Gap(text, last.end, atom.start)
    return (gap.kind == "or" or (gap.kind == "comma" and last.refuses_lists)) and not gap.is_turn


def _begun(atom: Atom, *, refused: bool, joined: str) -> Wish:
    wish = Wish(atom.start, atom.end, refused=refused, joined=joined)
    _put(wish, atom)
    return wish


def _put(wish: Wish, atom: Atom) -> None:
    if atom.kind == "day":
        wish.day = atom.value
    elif atom.kind == "part":
        wish.part = atom.value.part
    else:
        wish.clock = atom.value


def _fits(wish: Wish, atom: Atom, gap: Gap, text: str) -> bool:
    """Whether the atom adds to the wish, and then adds it."""
    if atom.kind == "day" and wish.day is not None:
        day = _merged(wish, atom, gap, text)
        wish.day = day or wish.day
        return day is not None
    taken = wish.part if atom.kind == "part" else wish.clock if atom.kind == "clock" else wish.day
    if taken is None:
        _put(wish, atom)
    return taken is None


def _merged(wish: Wish, atom: Atom, gap: Gap, text: str) -> Any:
    one, other = wish.day, atom.value
    if isinstance(other, Bound):
        return None
    if wish.clock is None and wish.part is None and _is_range(wish, gap, text):
        return Range(one.day if isinstance(one, Bound) else one, other)
    if isinstance(one, Weekday) and isinstance(other, Stretch):
        return replace(other, weekday=one.number)
    if isinstance(one, Stretch) and isinstance(other, Weekday) and one.weekday is None:
        return replace(one, weekday=other.number)
    if isinstance(one, Weekday) and isinstance(other, Calendar):
        return replace(other, weekday=one.number)
    return None


def _is_range(wish: Wish, gap: "Gap", text: str) -> bool:
    if AND.match(gap.text):
        return bool(BETWEEN.search(text[: wish.start]))
    return bool(RANGE.match(gap.text) and gap.text.strip())


def _share(wishes: list[Wish]) -> None:
    for before, wish in itertools.pairwise(wishes):
        if wish.day is None and before.day is not None and (wish.joined == "or" or wish.refused):
            wish.day = before.day
        elif wish.joined == "or" and isinstance(wish.day, Calendar) and isinstance(before.day, Calendar):
            wish.day = replace(
                wish.day, month=wish.day.month or before.day.month, year=wish.day.year or before.day.year
            )
    shared = False
    for before, wish in reversed(list(itertools.pairwise(wishes))):
        bare = before.day is not None and before.part is None and before.clock is None
        shared = (
            bare and before.refused == wish.refused and (wish.joined == "or" or (wish.joined == "comma" and shared))
        )
        if shared:
            before.part, before.clock = wish.part, wish.clock


class ImpossibleDateError(ValueError):
    """There is no such day; `near` is one that there is."""

    def __init__(self, near: dt.date) -> None:
        super().__init__()
        self.near = near


def _settled(wish: Wish, aligned: Aligned, *, now: dt.datetime, clinic: Hours) -> Preference | Problem:
    """The preference a wish stands for, or what is wrong with it."""
    today = opening.local(now, clinic).date()
    said = aligned.said(wish.start, wish.end).strip()
    clock = wish.clock or Clock()
    hours = Preference(
        part=wish.part or clock.part, at=clock.at, since=clock.since, until=clock.until, refused=wish.refused
    )
    if hours.part == "morning" and hours.at and hours.at >= dt.time(12) and hours.at < dt.time(20):
        hours = replace(hours, at=dt.time(hours.at.hour - 12, hours.at.minute))
    if hours.at:
        hours = replace(hours, part=None)
    kind: ProblemKind | None = "impossible_time" if clock.impossible else None
    try:
        found, around = _dated(wish.day, hours, today=today, now=now, clinic=clinic)
    except ImpossibleDateError as error:
        found, around, kind = hours, error.near, "impossible_date"
    kind = kind or (None if wish.refused else opening.judge(found, now=now, clinic=clinic))
    if kind is None:
        return found
    return Problem(kind, said, found, opening.nearest(found, around=around, now=now, clinic=clinic))


def _dated(
    day: Any, hours: Preference, *, today: dt.date, now: dt.datetime, clinic: Hours
) -> tuple[Preference, dt.date]:
    """The hours on that day, and the day that the nearest choice is looked for around."""
    if day is None:
        return hours, today
    if isinstance(day, Weekday) and (day.mode == "every" or (hours.refused and not day.mode)):
        return replace(hours, weekday=day.number), _ahead(today, day.number)
    if isinstance(day, Weekday) and day.mode == "" and day.number == today.weekday():
        over = opening.judge(replace(hours, first=today, last=today), now=now, clinic=clinic) == "past"
        first = last = today + dt.timedelta(days=7 if over else 0)
    else:
        first, last = _first_and_last(day, today)
    return replace(hours, first=first, last=last), first


def _first_and_last(day: Any, today: dt.date) -> tuple[dt.date, dt.date]:
    if isinstance(day, Range):
        first = _first_and_last(day.first, today)[0]
        last = _first_and_last(day.last, today)[1]
        while last < first:
            last += dt.timedelta(days=7)
        return first, last
    if isinstance(day, Bound):
        return _bounded(day, today)
    if isinstance(day, Offset):
        found = today + dt.timedelta(days=day.days)
    elif isinstance(day, Calendar):
        found = _date(day, today)
    elif isinstance(day, Weekday):
        found = _on(day, today)
    else:
        return _stretch(day, today)
    return found, found


def _bounded(day: Bound, today: dt.date) -> tuple[dt.date, dt.date]:
    first, last = _first_and_last(day.day, today)
    if day.side == "week":
        monday = first - dt.timedelta(days=first.weekday())
        return monday, monday + dt.timedelta(days=6)
    if day.side in ("after", "since"):
        begins = first if day.side == "since" else last + dt.timedelta(days=1)
        return begins, begins + OPEN_END
    return today, last if day.side == "until" else first - dt.timedelta(days=1)


def _ahead(today: dt.date, weekday: int) -> dt.date:
    return today + dt.timedelta(days=(weekday - today.weekday()) % 7)


def _on(day: Weekday, today: dt.date) -> dt.date:
    """ "Next Friday" is not the Friday of this week; « vendredi prochain » is the one that comes."""
    found = _ahead(today, day.number)
    this_week = found.isocalendar()[:2] == today.isocalendar()[:2]
    later = (day.mode == "next" and this_week) or day.mode == "in eight days" or (day.mode and found == today)
    return found + dt.timedelta(days=7 if later else 0)


def _date(day: Calendar, today: dt.date) -> dt.date:
    """The date that is meant: without a year the next one, unless it has only just passed."""
    if day.month is None:
        return _day_of_a_month(day, today)
    if not 1 <= day.month <= 12:
        raise ImpossibleDateError(today)
    years = [day.year] if day.year else [today.year - 1, today.year, today.year + 1]
    found = [date for year in years if (date := _made(year, day.month, day.day))]
    if not found:
        year = day.year or today.year + (day.month < today.month)
        raise ImpossibleDateError(dt.date(year, day.month, calendar.monthrange(year, day.month)[1]))
    recent = today - dt.timedelta(days=60)
    return next((date for date in found if date >= recent), found[-1])


def _day_of_a_month(day: Calendar, today: dt.date) -> dt.date:
    months = [(today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1) for ahead in range(12)]
    ahead = [date for year, month in months if (date := _made(year, month, day.day)) and date >= today]
    if not ahead:
        raise ImpossibleDateError(today)
    agreeing = [date for date in ahead[:2] if day.weekday in (None, date.weekday())]
    if not agreeing:
        raise ImpossibleDateError(ahead[0])
    return agreeing[0]


def _made(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _stretch(day: Stretch, today: dt.date) -> tuple[dt.date, dt.date]:
    first, last = _whole(day, today)
    if day.weekday is not None:
        first = last = _ahead(first, day.weekday)
        return first, last
    length = (last - first).days + 1
    if day.edge == "early":
        last = first + dt.timedelta(days=(length + 1) // 3 if length > 7 else 2)
    elif day.edge == "late":
        first = last - dt.timedelta(days=length // 3 if length > 7 else 3)
    elif day.edge == "middle":
        first, last = first + dt.timedelta(days=length // 3), last - dt.timedelta(days=length // 3)
    return (max(first, today) if last >= today else first), last


def _whole(day: Stretch, today: dt.date) -> tuple[dt.date, dt.date]:
    monday = today - dt.timedelta(days=today.weekday())
    if day.unit == "week":
        first = monday + dt.timedelta(weeks=day.ahead)
        return first, first + dt.timedelta(days=6)
    if day.unit == "weekend":
        saturday = monday + dt.timedelta(days=5, weeks=day.ahead)
        return saturday, saturday + dt.timedelta(days=1)
    months = today.month - 1 + day.ahead
    if day.month is not None:
        months = day.month - 1 + (12 if day.month < today.month else 0)
    year, month = today.year + months // 12, months % 12 + 1
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
