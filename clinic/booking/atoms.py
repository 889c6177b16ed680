"""Days and times as patients write them, in English and French, cut into atoms: a day, a part of the day, hours, "not".

Pure. The patterns read folded text (bot/languages.py): lower case, no accents. What an atom means is settled in `times`.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clinic.booking.aligned import READ
from clinic.booking.preferences import Part


@dataclass(frozen=True)
class Weekday:
    """A day of the week; `mode` is "next", "coming", "every" or "in eight days"."""

    number: int
    mode: str = ""


@dataclass(frozen=True)
class Calendar:
    """A date, of which month and year may be left out."""

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None


@dataclass(frozen=True)
class Offset:
    """So many days from today."""

    days: int


@dataclass(frozen=True)
class Stretch:
    """A week, weekend or month; `edge` is its beginning, middle or end; `weekday` is one of its days."""

    unit: str
    ahead: int = 0
    month: int | None = None
    edge: str = ""
    weekday: int | None = None


@dataclass(frozen=True)
class Range:
    """From one day to another."""

    first: Any
    last: Any


@dataclass(frozen=True)
class Bound:
    """The days "after", "since", "until" or "before" a day, or the "week" it is in."""

    side: str
    day: Any


@dataclass(frozen=True)
class Clock:
    """Hours: one that was named, or bounds."""

    at: dt.time | None = None
    since: dt.time | None = None
    until: dt.time | None = None
    part: Part | None = None
    impossible: bool = False


@dataclass(frozen=True)
class Atom:
    """One piece of meaning, from `start` to `end` of the folded text."""

    kind: str
    start: int
    end: int
    value: Any = None


WEEKDAYS = {
    0: "mondays?|lundis?",
    1: "tuesdays?|tues?|tuseday|teusday|mardis?",
    2: "wednesdays?|weds?|wensday|wendesday|wednsday|mercredis?|mecredi|mercerdi",
    3: "thursdays?|thurs?|thu|thrusday|thursady|jeudis?",
    4: "fridays?|fri|firday|vendredis?|vendedi|vendrdi",
    5: "saturdays?|satuday|samedis?|samdi",
    6: "sundays?|dimanches?",
}
#: They are words of their own as well: only before a part of the day or an hour.
SHORT_WEEKDAYS = {"mon": 0, "sat": 5, "sun": 6, "lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6}
MONTHS = {
    1: "january|jan|janvier|janv",
    2: "february|feb|fevrier|fevr|fev",
    3: "march|mars",
    4: "april|apr|avril|avr",
    5: "may|mai",
    6: "june|jun|juin",
    7: "july|jul|juillet|juil",
    8: "august|aug|aout",
    9: "september|sept|sep|septembre",
    10: "october|oct|octobre",
    11: "november|nov|novembre",
    12: "december|dec|decembre",
}
NUMBERS = {
    word: number
    for number, words in enumerate(
        "a|an|one|un|une two|deux three|trois four|quatre five|cinq six seven|sept eight|huit nine|neuf ten|dix "
        "eleven|onze twelve|douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt".split(),
        start=1,
    )
    for word in words.split("|")
}
NUMBERS["six"] = 6

_WD = "|".join(WEEKDAYS.values())
_FR_WD = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_M = "|".join(MONTHS.values())
_N = rf"(?:\d{{1,2}}|{'|'.join(NUMBERS)})"
_HOUR_WORD = "|".join(sorted(NUMBERS.keys() - {"a", "an", "un"}, key=len, reverse=True))
_ORD = "(?:st|nd|rd|th|er|e)?"
_B, _E = r"(?<![\w'])", r"(?!\w)"
_MERIDIAN = (
    r"(?:a\.?m\.?|p\.?m\.?)(?!\w)|du matin|de l'(?:apres|avant)[- ]midi|du soir|in the (?:morning|afternoon|evening)"
)
_TIME = (
    rf"(?:(?:\d{{1,2}}|{_HOUR_WORD})\s?(?:h|hrs?|heures?)(?!\w)(?:\s?\d{{2}}(?!\d)|\s(?:et demie?|et quart|moins (?:le )?quart))?"
    rf"|\d{{1,2}}\s?h\s?\d{{2}}(?!\d)"
    rf"|\d{{1,2}}:\d{{2}}(?!\d)"
    rf"|\d{{1,2}}ish"
    rf"|\d{{1,2}}\.\d{{2}}(?=\s?[ap]\.?m)"
    rf"|(?:\d{{1,2}}|{_HOUR_WORD})\s?o'?\s?clock"
    rf"|(?:half past|quarter past|quarter to)\s(?:\d{{1,2}}|{_HOUR_WORD})(?!\w)"
    rf"|\d{{1,2}}(?=\s?[ap]\.?m\.?(?!\w))"
    rf"|noon|(?<!apres[- ])(?<!avant[- ])midi|midnight|minuit)(?:\s?(?:{_MERIDIAN}))?"
)
#: A bare number is an hour only after a word that asks for one, and not where it counts something.
_BARE = (
    rf"(?:\d{{1,2}}|{_HOUR_WORD})(?![\w:%$]|-[a-z])(?!\s?(?:sessions?|seances?|days?|jours?|weeks?|semaines?|months?|mois|years?|ans?"
    r"|treatments?|traitements?|people|personnes?|fois|times|minutes?|mins?|more|other|autres|visits?|visites?|of|/|-\d{3})\b)"
)
#: After a preposition: "at 2", "@2", but not the beginning of "afternoon".
_S = r"(?:\s|(?=\d))"
_ANY_TIME = rf"(?:{_TIME}|{_BARE})"

GREETINGS = (
    r"good (?:morning|afternoon|evening|day|night)|bon(?:ne)? (?:matin|matinee|apres[- ]midi|aprem|soiree|journee)"
)
WHY_NOT = r"why not|pourquoi pas|how about|what about"

SOONEST = (
    r"as soon as (?:possible|you can)|a\.?s\.?a\.?p\.?|(?:the )?(?:earliest|soonest|first) (?:possible|available|you have|time|slot|opening)"
    r"|(?:le )?plus (?:tot|vite|rapidement) possible|au plus (?:vite|tot|sacrant)|des que (?:possible|vous pouvez)"
    r"|(?:la |votre )?premiere (?:place|plage|dispo\w*)"
)
ANY = (
    r"any ?time|whenever(?: you (?:want|can|like))?|any ?day|every ?day|all (?:day|week)|n'importe (?:quand|lequel|laquelle)"
    r"|(?:a )?n'importe quel(?:le)? (?:jour|moment|heure|journee)|peu importe(?: le (?:jour|moment))?"
    r"|quand (?:vous|tu) (?:voulez|pouvez|veux)|flexible|(?:no|any) preference|(?:aucune|pas de) preference|whatever (?:works|suits)(?: you)?"
    r"|tous les jours|tout le temps|does ?n[o']t matter|ca m'est egal|weekdays|(?:en|jours? de) semaine|during the week"
)
#: Who works until four is free from four on.
WORKS = r"(?:work|at work|finish|get off(?: work)?|am done|done|travaille|finis|termine|sors)\s"
SINCE_DAY = r"(?:not|pas) (?:before|avant)|from|(?:a )?partir d[eu']|des|starting(?: on)?|as of|a compter d[eu']"
UNTIL_DAY = r"until|till|by|jusqu'?\s?(?:au|a)|d'ici(?: a| au)?|no later than|(?:not|pas) (?:after|apres)"
NOT_WORD = r"(?:but |mais |surtout )?(?:not|pas)(?: on| le| la)?|never|jamais|ni|nor"
NOT_LIST = (
    r"sauf|except(?:e|ing)?(?: for)?|excluding|hormis|apart from|other than|autre que"
    r"|ca(?:n't|nt|n not|nnot)(?: (?:do|make|come|be there))?(?: it)?|(?:peux|pourrai|pourrais) pas|(?:not|pas) (?:free|available|libre|dispo\w*)|un(?:available|available)"
    r"|avoid|evite[rz]?"
)

PARTS: list[tuple[str, Clock]] = [
    (
        r"(?:late|end of the) afternoon|(?:en )?fin d'(?:apres[- ]midi|aprem)|end of (?:the )?day|late in the day|(?:en )?fin de (?:la )?journee",
        Clock(since=dt.time(15)),
    ),
    (
        r"early (?:in the )?morning|tot (?:le|en) matin(?:ee)?|first thing(?: in the morning)?|de bonne heure|tot le matin",
        Clock(until=dt.time(10)),
    ),
    (r"late morning|(?:en )?fin (?:de matinee|d'avant[- ]midi)", Clock(since=dt.time(10), part="morning")),
    (r"early afternoon|debut d'(?:apres[- ]midi|aprem)", Clock(until=dt.time(15), part="afternoon")),
    (
        r"after (?:work|hours)|apres (?:le |mon )?(?:travail|boulot|job|bureau|l'ouvrage)|apres l'ouvrage",
        Clock(since=dt.time(17)),
    ),
    (r"after school|apres l'ecole", Clock(since=dt.time(16))),
    (
        r"(?:at |over |during )?lunch(?:[- ]?(?:time|hour|break))?|(?:sur |pendant |a )?(?:l')?heure du (?:midi|diner|lunch)|le midi",
        Clock(since=dt.time(12), until=dt.time(13, 30)),
    ),
    (r"mornings?|matins?|matinees?|avant[- ]midi", Clock(part="morning")),
    (r"afternoons?|apres[- ]midis?|aprems?", Clock(part="afternoon")),
    (r"evenings?|soirs?|soirees?|nights?", Clock(part="evening")),
]


class Reader:
    """Cuts a folded text into atoms. What one pattern has read, no later one reads again."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._left = text
        self._language = language
        self.found: list[Atom] = []

    def atoms(self) -> list[Atom]:
        """All atoms in the order they stand in."""
        for _ in self._matches(f"{GREETINGS}|{WHY_NOT}"):
            pass
        self._exceptions()
        self._read("soonest", SOONEST)
        self._dates()
        self._bounded("week", "(?:the )?week of|(?:la )?semaine du")
        self._relative_days()
        self._hours()
        self._parts()
        self._weekdays()
        self._bounded("since", SINCE_DAY)
        self._bounded("until", UNTIL_DAY)
        self._bounded("after", "(?:any ?time )?after|apres")
        self._bounded("before", "before|avant")
        self._read("any", ANY)
        self._read("not", NOT_LIST, "list")
        self._read("not", NOT_WORD)
        self.found.sort(key=lambda atom: atom.start)
        return self.found

    def _matches(self, pattern: str) -> Iterator[re.Match[str]]:
        for match in list(re.finditer(rf"{_B}(?:{pattern}){_E}", self._left)):
            self._left = self._left[: match.start()] + READ * len(match[0]) + self._left[match.end() :]
            yield match

    def _read(self, kind: str, pattern: str, value: Any = None) -> None:
        for match in self._matches(pattern):
            self.found.append(Atom(kind, match.start(), match.end(), value))

    def _bounded(self, side: str, pattern: str) -> None:
        """The word before a day that was read."""
        days = {atom.start for atom in self.found if atom.kind == "day"}
        for match in list(re.finditer(rf"{_B}(?:{pattern})\s(?:the |le )?(?={READ})", self._left)):
            if match.end() in days:
                self._left = self._left[: match.start()] + READ * len(match[0]) + self._left[match.end() :]
                self.found.append(Atom("bound", match.start(), match.end(), side))

    def _exceptions(self) -> None:
        """What stands before a day and refuses it, and would be read as something else later."""
        for match in self._matches(r"(?:any ?day|any ?time|anything|everything) but"):
            self.found.append(Atom("any", match.start(), match.start()))
            self.found.append(Atom("not", match.start(), match.end(), "list"))
        self._read("not", rf"no(?=\s(?:(?:{_WD})(?<=s)|mornings|evenings|afternoons|week-?ends)\b)")

    def _day(self, match: re.Match[str], value: Any, part: Part | None = None) -> None:
        self.found.append(Atom("day", match.start(), match.end(), value))
        if part:
            self.found.append(Atom("part", match.end(), match.end(), Clock(part=part)))

    def _dates(self) -> None:
        for m in self._matches(r"(20\d\d)-(\d{1,2})-(\d{1,2})"):
            self._day(m, Calendar(int(m[3]), int(m[2]), int(m[1])))
        for m in self._matches(r"(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?(?![/\d])|(\d{1,2})[-.](\d{1,2})[-.](20\d\d)"):
            self._day(m, self._numeric(int(m[1] or m[4]), int(m[2] or m[5]), m[3] or m[6]))
        for m in self._matches(
            rf"(?:le |the )?(\d{{1,2}}){_ORD}\s(?:ou|et|or|and)\s(?:le |the )?(\d{{1,2}}){_ORD}(?: of| de)?\s({_M})"
        ):
            month, middle = _month(m[3]), m.start(2)
            self.found.append(Atom("day", m.start(), m.end(1), Calendar(int(m[1]), month)))
            self.found.append(Atom("day", middle, m.end(), Calendar(int(m[2]), month)))
        for m in self._matches(rf"(?:le |the )?(\d{{1,2}}|premier){_ORD}(?: of| de)?\s({_M})\.?(?:,? (20\d\d)(?!\d))?"):
            self._day(m, Calendar(_number(m[1]), _month(m[2]), int(m[3]) if m[3] else None))
        for m in self._matches(rf"({_M})\.?\s(?:the )?(\d{{1,2}}){_ORD}(?!\s?(?:h|:|[ap]\.?m))(?:,? (20\d\d)(?!\d))?"):
            self._day(m, Calendar(int(m[2]), _month(m[1]), int(m[3]) if m[3] else None))
        for m in self._matches(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)"):
            self._day(m, Calendar(int(m[1])))
        for m in self._matches(rf"({_FR_WD}) (\d{{1,2}})(?!\s?(?:h|:|heures?|[ap]\.?m|-|\d))"):
            self._day(m, Calendar(int(m[2]), weekday=_weekday(m[1])))
        ends = r"(?=\s*(?:$|[,.;!?)]|(?:a|au|at|in|en|le|ou|or|et|and|si|if|pm|am|de|svp|pour|apres|after|avant|before|vers|around|matin|soir|dans|entre|between|jusqu'?a?u?|to|plutot)\b))"
        for m in self._matches(rf"(?:le|the) (\d{{1,2}}|premier)(?:er|e)?{ends}"):
            self._day(m, Calendar(_number(m[1])))

    def _numeric(self, first: int, second: int, year: str | None) -> Calendar:
        day, month = (first, second) if self._language == "fr" else (second, first)
        if month > 12 >= day:
            day, month = month, day
        return Calendar(day, month, (int(year) + (2000 if len(year) == 2 else 0)) if year else None)

    def _relative_days(self) -> None:
        for m in self._matches(r"(?:the )?day after (?:tomorrow|tmrw)|apres[- ]?demain|(?:le )?surlendemain"):
            self._day(m, Offset(2))
        for m in self._matches(r"yesterday|hier"):
            self._day(m, Offset(-1))
        for m in self._matches(r"tomm?orr?ow|tmrw?|tmw|2morrow|demain"):
            self._day(m, Offset(1))
        for m in self._matches(
            r"(?:this |ce |cet |cette )(morning|matin|afternoon|apres[- ]midi|aprem|evening|soir)|tonight"
        ):
            self._day(m, Offset(0), _part_of(m[1] or "evening"))
        for m in self._matches(r"today|aujourd'? ?hui|ajd|auj"):
            self._day(m, Offset(0))
        for m in self._matches(rf"(?:in|dans) ({_N}) (?:days?|jours?)"):
            self._day(m, Offset(_number(m[1])))
        for m in self._matches(
            rf"(?:(?:a|one) week from|in a week on) ({_WD})|({_WD}) (?:in a week|en huit|dans huit jours)"
        ):
            self._day(m, Weekday(_weekday(m[1] or m[2]), "in eight days"))
        edges = r"(?:(?P<edge>early|(?:at )?(?:the )?(?:beginning|start) of|(?:au |en )?debut(?: de| du)?|(?:at )?(?:the )?end of|late|(?:a la |en )?fin(?: de| du)?|mid|(?:au )?milieu (?:de|du))\s?)?"
        for m in self._matches(rf"{edges}(?:(?:the |la |le )?week after next|(?:la )?semaine (?:d'apres|suivante))"):
            self._day(m, Stretch("week", 2, edge=_edge(m["edge"])))
        for m in self._matches(rf"(?:in|dans) ({_N}) (?:weeks?|semaines?)|({_N}) weeks? from (?:now|today)"):
            self._day(m, Stretch("week", _number(m[1] or m[2])))
        for m in self._matches(
            rf"{edges}(?:next week(?!-?\s?end)|(?:la )?(?:semaine|sem|week) (?:prochaine|pro|qui vient))"
        ):
            self._day(m, Stretch("week", 1, edge=_edge(m["edge"])))
        for m in self._matches(
            r"(next|this|the|on the|le|ce|la|cette)?\s?(?:week-?\s?ends?|fins? de semaine|fds)(?: (prochaine?|next))?"
        ):
            self._day(m, Stretch("weekend", int(bool(m[2] or m[1] == "next"))))
        for m in self._matches(rf"{edges}(?:(?:later )?(?:this|the) week|(?:cette|la) semaine)"):
            self._day(m, Stretch("week", 0, edge=_edge(m["edge"])))
        for m in self._matches(rf"{edges}(?:next month|(?:le )?mois prochain)"):
            self._day(m, Stretch("month", 1, edge=_edge(m["edge"])))
        for m in self._matches(rf"{edges}(?:this month|the month|ce mois(?:-ci)?|(?:le )?mois)"):
            if m["edge"] or "this" in m[0] or "ce" in m[0]:
                self._day(m, Stretch("month", 0, edge=_edge(m["edge"])))
        for m in self._matches(
            rf"(?:in|during|en|au mois de|courant)\s{edges}(?P<month>{_M})|{edges.removesuffix('?')}(?P<other>{_M})".replace(
                "?P<edge>", "?P<first>", 1
            ).replace("?P<edge>", "?P<second>", 1)
        ):
            self._day(
                m, Stretch("month", month=_month(m["month"] or m["other"]), edge=_edge(m["first"] or m["second"]))
            )

    def _hours(self) -> None:
        a, b = f"(?P<a>{_ANY_TIME})", f"(?P<b>{_ANY_TIME})"
        for m in self._matches(
            rf"(?:(?:between|entre|from|de){_S}|d'){a}\s?(?:and|et|to|a|-|–|until|till|jusqu'?a)\s?{b}|(?P<c>{_ANY_TIME})\s?(?:-|–|to|a)\s?(?P<d>{_TIME})"
        ):
            self._clock(m, *_bounds(m["a"] or m["c"], m["b"] or m["d"]))
        since = rf"(?:any ?time )?(?:after|apres|from|a partir d[eu']|des|starting(?: at)?|not before|pas avant|later than|plus tard que){_S}"
        not_after = (
            rf"(?:not|pas|no later|pas plus tard|can't(?: \w+){{0,2}}|peux pas(?: \w+)?) (?:after|apres|than|que){_S}"
        )
        not_before = (
            rf"(?:not|pas|can't(?: \w+){{0,3}}|cannot(?: \w+){{0,3}}|peux pas(?: \w+){{0,2}}) (?:before|avant){_S}"
        )
        until = rf"(?:before|avant|until|till|by|jusqu'?\s?a|au plus tard(?: a)?){_S}"
        for m in self._matches(f"(?:{not_after}){a}"):
            self._clock(m, until=m["a"])
        for m in self._matches(
            f"(?:{not_before}|{since}){a}|(?P<b>{_ANY_TIME}) (?:or later|ou plus tard|et plus|onwards?)"
        ):
            self._clock(m, since=m["a"] or m["b"])
        for m in self._matches(rf"{WORKS}(?:until|till|at|a|vers|jusqu'?\s?a){_S}{a}"):
            self._clock(m, since=m["a"])
        for m in self._matches(f"{until}{a}"):
            self._clock(m, until=m["a"])
        near = r"(?:at|a|around|about|vers|autour de|aux alentours de|@|pour|for)"
        for m in self._matches(f"(?:{near}{_S})?(?P<a>{_TIME})|(?:at|a|around|about|vers|@){_S}(?P<b>{_BARE})"):
            self._clock(m, at=m["a"] or m["b"])

    def _clock(self, match: re.Match[str], since: str = "", until: str = "", at: str = "") -> None:
        times = {name: _time(value) for name, value in (("since", since), ("until", until), ("at", at)) if value}
        value = Clock(**times) if None not in times.values() else Clock(impossible=True)  # type: ignore[arg-type]
        self.found.append(Atom("clock", match.start(), match.end(), value))

    def _parts(self) -> None:
        for pattern, value in PARTS:
            self._read("clock" if value.since or value.until else "part", pattern, value)

    def _weekdays(self) -> None:
        every = r"(?:every |any |each |chaque |tous les |n'importe quel |les )"
        for m in self._matches(
            rf"(?P<next>next )?(?P<coming>this coming |this |coming |ce )?(?P<every>{every})?(?P<day>{_WD})(?: (?P<fr>prochain|qui vient))?(?: (?:le )?(?P<date>\d{{1,2}})(?!\s?(?:h|:|heures?|[ap]\.?m|-|\d)))?"
        ):
            self._weekday(m)
        marks = rf"\.?(?=\s(?:am|pm|morning|afternoon|evening|matin|soir|apres|avant|aprem|{READ}))"
        for m in self._matches(rf"({'|'.join(SHORT_WEEKDAYS)}){marks}"):
            if READ in self._left[m.end() : m.end() + 3] or m[1] not in ("mon", "sam"):
                self._day(m, Weekday(SHORT_WEEKDAYS[m[1]]))
        days = sorted(atom.end for atom in self.found if atom.kind == "day")
        for m in self._matches(r"(a|p)\.?m\.?"):
            before = self._text[max([end for end in days if end <= m.start()], default=0) : m.start()]
            if (days and not before.strip(" ,")) or before.strip() in ("en", "in the"):
                self.found.append(
                    Atom("part", m.start(), m.end(), Clock(part="morning" if m[1] == "a" else "afternoon"))
                )

    def _weekday(self, m: re.Match[str]) -> None:
        number = _weekday(m["day"])
        plural = m["day"].endswith(("days", "dis", "ches"))
        mode = "next" if m["next"] else "every" if m["every"] or plural else "coming" if m["coming"] or m["fr"] else ""
        end = m.start("date") if m["date"] else m.end()
        self.found.append(Atom("day", m.start(), len(self._text[:end].rstrip()), Weekday(number, mode)))
        if m["date"]:
            self.found.append(Atom("clock", m.start("date"), m.end("date"), Clock(at=_time(m["date"]))))


def _number(text: str) -> int:
    return 1 if text == "premier" else int(text) if text.isdecimal() else NUMBERS[text]


def _month(text: str) -> int:
    return next(number for number, names in MONTHS.items() if text in names.split("|"))


def _weekday(text: str) -> int:
    return next(number for number, names in WEEKDAYS.items() if re.fullmatch(names, text))


def _part_of(text: str) -> Part:
    return next(v.part for pattern, v in PARTS if v.part and not (v.since or v.until) and re.fullmatch(pattern, text))


def _edge(text: str | None) -> str:
    if not text:
        return ""
    return "late" if re.search(r"end|late|fin", text) else "middle" if re.search("mid|milieu", text) else "early"


def _bounds(first: str, second: str) -> tuple[str, str]:
    """In "2-4 pm" and "entre 2 et 4 h" the first hour takes what the second says."""
    mark = re.search(rf"(?:{_MERIDIAN}|h|heures?)$", second.strip())
    bare = first.strip().isdecimal()
    if (
        bare
        and mark
        and re.match(r"[ap]", mark[0])
        and (_time(first + mark[0]) or dt.time.max) < (_time(second) or dt.time.min)
    ):
        return first + mark[0], second
    return first, second


def _time(text: str) -> dt.time | None:
    """The time of day; without a mark the hours from one to seven are those after noon. None if there is no such time."""
    text = text.strip()
    if re.match(r"noon|midi(?!\w)", text):
        return dt.time(12)
    if re.match(r"midnight|minuit", text):
        return dt.time(0)
    match = re.search(rf"(\d{{1,2}}|\b(?:{_HOUR_WORD})\b)(?:\s?(?:h|hrs?|heures?|:|\.)\s?(\d{{2}})?)?", text)
    if match is None:
        return None
    hour, minute = _number(match[1]), int(match[2] or 0)
    minute += 30 if re.search(r"half past|et demi", text) else 15 if re.search(r"quarter past|et quart", text) else 0
    minutes = hour * 60 + minute - (15 if re.search(r"quarter to|moins (?:le )?quart", text) else 0)
    if re.search(r"p\.?m\.?$|apres[- ]midi|soir|afternoon|evening", text):
        minutes += 720 if 60 <= minutes < 720 else 0
    elif re.search(r"a\.?m\.?$|matin|avant[- ]midi|morning", text):
        minutes -= 720 if hour == 12 else 0
    elif 45 <= minutes < 480 and not re.match(r"0\d", text):
        minutes += 720
    return dt.time(minutes // 60, minutes % 60) if minute < 60 and 0 <= minutes < 1440 else None
