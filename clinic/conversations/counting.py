"""What the staff room counts: conversations, messages, topics and votes, and never a word that anybody typed.

A period is whole days of the clinic's time zone. All is counted by the database.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncDate

from clinic.answers import topics
from clinic.conversations.models import Conversation, Turn, Vote

#: So many rows of a long table are shown.
MOST_TOPICS, MOST_ANSWERS = 20, 50
WEEKDAYS, HOURS = 7, 24
BOOKING = ("book_appointment", "change_appointment", "talk_to_human")


@dataclass(frozen=True)
class Period:
    """Whole days, both included, in a time zone."""

    first: dt.date
    last: dt.date
    zone: ZoneInfo

    @classmethod
    def until(cls, moment: dt.datetime, *, days: int, zone: ZoneInfo) -> "Period":
        """So many days, of which the last is the day of a moment."""
        last = moment.astimezone(zone).date()
        return cls(last - dt.timedelta(days=days - 1), last, zone)

    @property
    def days(self) -> list[dt.date]:
        """Every day of it."""
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        """The moment it begins, and the one at which it is over."""
        return self._midnight(self.first), self._midnight(self.last + dt.timedelta(days=1))

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self.zone)


@dataclass(frozen=True)
class Day:
    """What happened on a day."""

    day: dt.date
    conversations: int
    messages: int


@dataclass(frozen=True)
class Bookings:
    """How many conversations came how far with a booking."""

    started: int
    finished: int
    given_up: int

    @property
    def left_open(self) -> int:
        """Neither sent nor cancelled: the patient went away, or is still there."""
        return max(0, self.started - self.finished - self.given_up)


@dataclass(frozen=True)
class Votes:
    """What patients thought of one answer in one wording."""

    topic: str
    language: str
    revision: str
    helpful: int
    unhelpful: int


@dataclass(frozen=True)
class Numbers:
    """All that is counted of a period. The counters are by topic, outcome, language and channel."""

    days: list[Day]
    topics: list[tuple[str, int]]
    outcomes: list[tuple[str, int]]
    bookings: Bookings
    votes: list[Votes]
    languages: list[tuple[str, int]]
    channels: list[tuple[str, int]]
    hours: list[int]
    weekdays: list[int]

    @property
    def conversations(self) -> int:
        """How many began in the period."""
        return sum(day.conversations for day in self.days)

    @property
    def messages(self) -> int:
        """How many messages patients sent in the period."""
        return sum(day.messages for day in self.days)


def count(period: Period) -> Numbers:
    """Count a period, in six queries."""
    begins, ends = period.bounds
    turns = Turn.objects.filter(at__gte=begins, at__lt=ends)
    # What began in the period was not over before it, and for that there is an index.
    conversations = Conversation.objects.filter(latest__gte=begins, started__gte=begins, started__lt=ends)
    messages, hours, weekdays = _busy(turns, period)
    began = _began(conversations, period)
    languages, channels, bookings = _of_conversations(conversations)
    return Numbers(
        days=[Day(day, began.get(day, 0), messages[day]) for day in period.days],
        topics=_asked(turns).most_common(MOST_TOPICS),
        outcomes=_outcomes(turns),
        bookings=bookings,
        votes=_votes(Vote.objects.filter(at__gte=begins, at__lt=ends)),
        languages=languages.most_common(),
        channels=channels.most_common(),
        hours=hours,
        weekdays=weekdays,
    )


def _busy(turns: QuerySet[Turn], period: Period) -> tuple[Counter[dt.date], list[int], list[int]]:
    """Messages by day, by hour of the day and by day of the week."""
    rows = turns.annotate(day=TruncDate("at", tzinfo=period.zone), hour=ExtractHour("at", tzinfo=period.zone))
    days: Counter[dt.date] = Counter()
    hours, weekdays = [0] * HOURS, [0] * WEEKDAYS
    for day, hour, number in rows.values_list("day", "hour").annotate(number=Count("pk")).order_by():
        days[day] += number
        hours[hour] += number
        weekdays[day.weekday()] += number
    return days, hours, weekdays


def _began(conversations: QuerySet[Conversation], period: Period) -> dict[dt.date, int]:
    rows = conversations.annotate(day=TruncDate("started", tzinfo=period.zone))
    return dict(rows.values_list("day").annotate(number=Count("pk")).order_by())


def _of_conversations(conversations: QuerySet[Conversation]) -> tuple[Counter[str], Counter[str], Bookings]:
    """Conversations by language and by channel, and what became of their bookings."""
    finished, given_up = Q(booking_finished=True), Q(booking_given_up=True)
    rows = conversations.values_list("language", "channel").annotate(
        number=Count("pk"),
        started=Count("pk", filter=Q(booking_started=True)),
        finished=Count("pk", filter=finished),
        given_up=Count("pk", filter=given_up & ~finished),
    )
    languages: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    came = [0, 0, 0]
    for language, channel, number, *booked in rows.order_by():
        languages[language] += number
        channels[channel] += number
        came = [sum(pair) for pair in zip(came, booked, strict=True)]
    return languages, channels, Bookings(*came)


def _outcomes(turns: QuerySet[Turn]) -> list[tuple[str, int]]:
    """Every outcome that there can be, in the order of the model."""
    found = dict(turns.values_list("outcome").annotate(number=Count("pk")).order_by())
    return [(outcome, found.get(outcome, 0)) for outcome in Turn.Outcome.values]


def _asked(turns: QuerySet[Turn]) -> Counter[str]:
    """How many messages asked about each topic; the database joins what is alike, for lists have no common tongue."""
    said = turns.filter(outcome__in=[Turn.Outcome.ANSWERED, Turn.Outcome.BOOKING, Turn.Outcome.CHAT])
    asked: Counter[str] = Counter()
    for outcome, topic, answers, number in (
        said.values_list("outcome", "topic", "answers").annotate(number=Count("pk")).order_by()
    ):
        for found in _topics(outcome, topic, answers):
            asked[found] += number
    return Counter({topic: asked[topic] for topic in sorted(asked)})


def _topics(outcome: str, topic: str, answers: list[str]) -> list[str]:
    """What was answered; of a booking only that it was asked for, since the rest answers its questions."""
    if outcome == str(Turn.Outcome.BOOKING):
        return [topic] if topic in BOOKING else []
    return [name for name in answers or [topic] if name in topics.ALL]


def _votes(votes: QuerySet[Vote]) -> list[Votes]:
    """The answers with the most votes."""
    rows = votes.values_list("topic", "language", "revision").annotate(
        yes=Count("pk", filter=Q(helpful=True)), no=Count("pk", filter=Q(helpful=False))
    )
    most = rows.order_by((F("yes") + F("no")).desc(), "topic", "language", "revision")
    return [Votes(*row) for row in most[:MOST_ANSWERS]]
