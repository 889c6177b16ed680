"""The numbers of the staff room are those that one counts by hand."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test.utils import CaptureQueriesContext

import clinic

clinic.setup()

from django.db import connection  # noqa: E402  # Django must be set up first

from clinic.conversations import counting  # noqa: E402
from clinic.conversations.counting import Bookings, Day, Period, Votes  # noqa: E402
from tests.clinic.staff import NOW, Talk, rasas_table  # noqa: E402

ZONE = ZoneInfo("America/Toronto")
TODAY = dt.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


def at(year, month, day, hour=0, minute=0, second=0):
    """A moment on the clinic's clock; `Talk` says its first word a second later."""
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=ZONE) - dt.timedelta(seconds=1)


def counted(first=TODAY, last=TODAY):
    return counting.count(Period(first, last, ZONE))


def test_a_period_ends_today_at_the_clinic():
    late = dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC)  # still the 25th in Québec
    assert Period.until(late, days=7, zone=ZONE) == Period(dt.date(2026, 11, 19), TODAY, ZONE)


def test_days_without_anything_are_zero():
    Talk(at=at(2026, 11, 23, 10)).says("does it hurt").hears().says("and how long").hears().read()
    Talk(at=at(2026, 11, 25, 9)).says("hi", "greet").hears(kind="chat").read()
    numbers = counted(dt.date(2026, 11, 22))
    assert numbers.days == [
        Day(dt.date(2026, 11, 22), 0, 0),
        Day(dt.date(2026, 11, 23), 1, 2),
        Day(dt.date(2026, 11, 24), 0, 0),
        Day(dt.date(2026, 11, 25), 1, 1),
    ]
    assert (numbers.conversations, numbers.messages) == (2, 3)


def test_days_begin_at_midnight_at_the_clinic():
    Talk(at=at(2026, 11, 24, 23, 59, 59)).says("a").hears().read()
    Talk(at=at(2026, 11, 25)).says("b").hears().read()
    Talk(at=at(2026, 11, 25, 23, 59, 59)).says("c").hears().read()
    Talk(at=at(2026, 11, 26)).says("d").hears().read()
    assert counted().days == [Day(TODAY, 2, 2)]


def test_a_conversation_counts_once_on_the_day_on_which_it_began():
    Talk(at=at(2026, 11, 24, 23, 59, 59)).says("a").hears().says("b").hears().says("c").hears().read()
    assert counted(dt.date(2026, 11, 24)).days == [Day(dt.date(2026, 11, 24), 1, 1), Day(TODAY, 0, 2)]
    assert counted().conversations == 0


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 8), 23), (dt.date(2026, 11, 1), 25)], ids=["spring forward", "fall back"]
)
def test_the_days_on_which_the_clocks_change_are_whole(day, hours):
    begins, ends = Period(day, day, ZONE).bounds
    assert (ends.astimezone(dt.UTC) - begins.astimezone(dt.UTC)) == dt.timedelta(hours=hours)
    for hour in range(hours):
        moment = begins.astimezone(dt.UTC) + dt.timedelta(hours=hour, minutes=30)
        Talk(at=moment).says("hello").hears().read()
    numbers = counted(day, day)
    assert numbers.days == [Day(day, hours, hours)]
    changed = 2 if hours == 23 else 1
    assert [n for hour, n in enumerate(numbers.hours) if hour != changed] == [1] * 23
    assert numbers.hours[changed] == hours - 23
    assert numbers.weekdays == [0, 0, 0, 0, 0, 0, hours]


def test_hours_and_weekdays_are_the_clinics():
    Talk(at=at(2026, 11, 25, 0, 5)).says("a").hears().read()  # a Wednesday
    Talk(at=at(2026, 11, 23, 23, 30)).says("b").hears().read()  # a Monday; in UTC it is Tuesday
    numbers = counted(dt.date(2026, 11, 23))
    assert {hour: n for hour, n in enumerate(numbers.hours) if n} == {0: 1, 23: 1}
    assert numbers.weekdays == [1, 0, 1, 0, 0, 0, 0]


def test_a_message_counts_for_each_topic_it_was_answered():
    Talk().says("does it hurt and what does it cost").hears(topic="pain").hears(topic="cost").read()
    Talk().says("prices", "cost").hears(topic="cost").read()
    Talk().says("I want to come", "book_appointment").hears(kind="booking", topic="").read()
    assert counted().topics == [("cost", 2), ("book_appointment", 1), ("pain", 1)]


def test_what_was_not_answered_or_is_no_topic_is_not_asked_about():
    Talk().says("varicose veins", "pain").hears(kind="decline", topic="").read()
    Talk().says("hm", "pain").hears(kind="clarify", topic="").read()
    Talk().says("hello", "greet").hears(kind="chat", topic="").read()
    Talk().says("Julie", "pain").hears(kind="booking", topic="").read()
    assert counted().topics == []


def test_only_the_most_frequent_topics_are_listed():
    from clinic.answers.topics import MEDICAL

    talk = Talk()
    for topic in (*MEDICAL, "pain", "clinic_info", "privacy"):
        talk.says("?", topic).hears(topic=topic)
    talk.read()
    topics = counted().topics
    assert len(topics) == counting.MOST_TOPICS
    assert topics[0] == ("pain", 2)


def test_every_outcome_is_there_and_each_message_counts_once():
    Talk().says("a").hears().says("b").hears(kind="decline").says("c").hears().hears(kind="urgent").says("d").read()
    outcomes = dict(counted().outcomes)
    assert {name: n for name, n in outcomes.items() if n} == {"answered": 1, "declined": 1, "urgent": 1, "silent": 1}
    assert sum(outcomes.values()) == 4
    assert len(outcomes) == 8


def booking(*, ends=None):
    talk = Talk().says("I want to come", "book_appointment").event("active_loop", name="booking_form")
    talk.hears(kind="booking", topic="")
    if ends:
        talk.says("yes", "affirm").hears(kind="booking", topic="", variant=ends).event("active_loop", name=None)
    return talk.read()


def test_bookings_are_counted_by_how_far_they_came():
    booking()
    booking(ends="sent")
    booking(ends="sent")
    booking(ends="cancelled")
    bookings = counted().bookings
    assert bookings == Bookings(started=4, finished=2, given_up=1)
    assert bookings.left_open == 1


def test_votes_are_counted_per_answer_language_and_wording():
    for n, helpful in enumerate([True, True, False]):
        Talk().says("?").hears(id=f"v{n}", revision="abc").votes(f"v{n}", helpful=helpful).read()
    Talk(language="fr").says("?").hears(id="v4", revision="def").votes("v4", helpful=False).read()
    Talk().says("?").hears(id="v5", revision="old").votes("v5", helpful=True).votes("v5", helpful=False).read()
    assert counted().votes == [
        Votes("pain", "en", "abc", 2, 1),
        Votes("pain", "en", "old", 0, 1),
        Votes("pain", "fr", "def", 0, 1),
    ]


def test_languages_and_channels_are_counted_by_conversation():
    Talk(language="fr").says("a").hears().says("b").hears().read()
    Talk(language="fr", channel="sms").says("a").hears().read()
    Talk().says("a").hears().read()
    numbers = counted()
    assert numbers.languages == [("fr", 2), ("en", 1)]
    assert numbers.channels == [("website", 2), ("sms", 1)]


def test_an_empty_period_is_all_zero():
    numbers = counted()
    assert (numbers.conversations, numbers.messages, numbers.topics, numbers.votes) == (0, 0, [], [])
    assert numbers.hours == [0] * 24


def test_the_number_of_queries_does_not_grow():
    for n in range(12):
        Talk(at=NOW - dt.timedelta(days=n)).says("?").hears(id=f"q{n}").votes(f"q{n}", helpful=True).read()
    with CaptureQueriesContext(connection) as queries:
        counted(TODAY - dt.timedelta(days=364))
    assert len(queries) == 6
