"""Numbers as people read them: a chart, a sentence that says how it was counted, and the table behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

#: More are hard to read at a glance; the table has all.
MOST_BARS = 12
#: Of fewer, tenths of a percent say nothing.
PRECISE_FROM = 200


@dataclass(frozen=True)
class Bar:
    """One bar: its whole length, and the part of it that is set off."""

    label: str
    whole: int
    part: int = 0
    #: What stands beside it.
    note: str = ""
    #: In percent of the longest bar, as CSS wants it.
    length: str = "0%"
    part_length: str = "0%"


@dataclass(frozen=True)
class Chart:
    """A chart and its table. `name` is what its CSV is asked for by."""

    name: str
    title: str
    how: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    icon: str = "insights"
    #: Columns stand beside one another, for times; bars lie below one another, for everything else.
    upright: bool = False
    #: What the whole bar and its part mean, where there is a part.
    legend: Sequence[str] = ()
    bars: Sequence[Bar] = field(default=(), repr=False)

    @cached_property
    def drawn(self) -> list[Bar]:
        """The bars with their lengths; of many that lie below one another the first."""
        shown = self.bars if self.upright else self.bars[:MOST_BARS]
        return [
            Bar(b.label, b.whole, b.part, b.note, percent(b.whole, self.longest), percent(b.part, b.whole))
            for b in shown
        ]

    @property
    def left_out(self) -> int:
        """How many bars only the table has."""
        return len(self.bars) - len(self.drawn)

    @property
    def longest(self) -> int:
        """What the top of the chart stands for."""
        return max((bar.whole for bar in self.bars), default=0)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.longest

    @property
    def said(self) -> str:
        """The chart for those who do not see it; the numbers are in the table."""
        bar = max(self.bars, key=lambda bar: bar.whole)
        most = {"label": bar.label, "number": number_format(bar.whole)}
        return (
            f"{self.title}. " + _("The most is %(label)s with %(number)s. All numbers are in the table below.") % most
        )

    @property
    def ticks(self) -> list[str]:
        """What is written below columns: the first, one in the middle and the last."""
        labels = [bar.label for bar in self.bars]
        return labels if len(labels) <= 3 else [labels[0], labels[len(labels) // 2], labels[-1]]


def percent(part: float, whole: float) -> str:
    """A share as CSS writes it, in every language with a point."""
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def share(part: int, whole: int) -> float | None:
    """A share in percent, as a table shows it; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def said_share(part: int, whole: int) -> str:
    """A share in words: "43 %", as the language writes it."""
    if not whole:
        return "–"
    places = 0 if whole < PRECISE_FROM else 1
    return _("%(number)s%%") % {"number": number_format(round(100 * part / whole, places), places)}


def tally(
    counted: Sequence[tuple[str, int]], *, whole: int, called: Callable[[str], str]
) -> tuple[list[list[Any]], list[Bar]]:
    """The rows and the bars of what was counted by name, with their shares of a whole."""
    rows: list[list[Any]] = [[called(key), number, share(number, whole)] for key, number in counted]
    bars = [Bar(called(key), number, note=said_share(number, whole)) for key, number in counted]
    return rows, bars
