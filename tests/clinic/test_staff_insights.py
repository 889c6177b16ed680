"""The numbers on a page: for those who may see them, and without a word that anybody typed."""

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

import clinic

clinic.setup()

from django.db import connection  # noqa: E402  # Django must be set up first

from clinic.conversations import counting, roles  # noqa: E402
from clinic.conversations.views import charts, insights  # noqa: E402
from tests.clinic.staff import Talk, browser, everyone, rasas_table  # noqa: E402

PAGE = "/staff/conversations/insights/"
TABLES = ("days", "topics", "votes", "outcomes", "weekdays", "bookings", "channels", "languages", "hours")
MARKER = "Zanzibar-514-555-0123"
ALLOWED = {roles.ADMINISTRATORS, roles.REVIEWERS, roles.ANALYSTS}


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


@pytest.fixture
def analyst():
    return browser(roles.ANALYSTS)


def talked(days=0, **more):
    """A conversation that ended so many days ago, with a marker in all that was typed."""
    talk = Talk(at=timezone.now() - dt.timedelta(days=days, minutes=5), **more)
    mid = f"vote-{talk.sender}"
    talk.says(f"does it hurt {MARKER}").hears(f"No {MARKER}", id=mid, revision="a" * 64)
    talk.votes(mid, helpful=True, comment=f"thanks {MARKER}")
    talk.says(f"{MARKER}?", "out_of_scope").hears(kind="decline", topic="")
    return talk.read()


def rows(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_it_works(analyst):
    talked()
    page = analyst.get(PAGE)
    assert page.status_code == 200
    text = html.unescape(page.content.decode())
    for chart in page.context_data["charts"]:
        assert chart.title in text
        assert chart.how in text
    assert [chart.name for chart in page.context_data["charts"]] == list(TABLES)
    assert text.count('class="chart__table"') == len(TABLES)


def test_it_works_before_anybody_wrote(analyst):
    page = analyst.get(PAGE)
    assert page.status_code == 200
    assert "Nobody wrote in this period" in page.content.decode()


def test_it_requires_permission():
    for role, client in everyone().items():
        for address in (PAGE, f"{PAGE}?table=days"):
            status = client.get(address).status_code
            assert (status == 200) == (role in ALLOWED), (role, status)


def test_whoever_is_not_signed_in_is_asked_to():
    from django.test import Client

    assert Client(SERVER_NAME="localhost").get(PAGE).headers["Location"].startswith("/staff/login/")


def test_it_changes_nothing(analyst):
    assert analyst.post(PAGE).status_code == 405


def test_it_shows_no_identifiers(analyst):
    conversation = talked()
    pages = [analyst.get(PAGE), *(analyst.get(f"{PAGE}?table={name}") for name in TABLES)]
    for page in pages:
        text = page.content.decode()
        assert "Zanzibar" not in text
        assert "555-0123" not in text
        assert conversation.sender not in text


def test_only_who_may_see_it_has_it_in_the_menu():
    for role, client in everyone().items():
        assert (PAGE in client.get("/staff/", follow=True).content.decode()) == (role in ALLOWED)


@pytest.mark.parametrize("name", TABLES)
def test_each_table_is_a_csv(analyst, name):
    talked()
    response = analyst.get(f"{PAGE}?table={name}&days=7")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.search(
        rf'filename="askmeso-{name}-\d{{4}}-\d\d-\d\d-\d{{4}}-\d\d-\d\d\.csv"', response["Content-Disposition"]
    )
    head, *body = rows(response)
    assert body
    assert {len(row) for row in body} == {len(head)}


def test_the_csv_has_every_day(analyst):
    talked()
    _head, *days = rows(analyst.get(f"{PAGE}?table=days&days=365"))
    assert len(days) == 365
    assert sum(int(day[2]) for day in days) == 2


def test_no_cell_is_a_formula(analyst):
    Talk(channel="=cmd|calc", at=timezone.now() - dt.timedelta(minutes=5)).says("hi").hears().read()
    assert rows(analyst.get(f"{PAGE}?table=channels"))[1][0] == "'=cmd|calc"


def test_an_unknown_table_is_not_found(analyst):
    assert analyst.get(f"{PAGE}?table=transcripts").status_code == 404


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_a_period_is_so_many_days_up_to_today(analyst, days):
    period = analyst.get(f"{PAGE}?days={days}").context_data["period"]
    assert len(period.days) == days
    assert period.last == timezone.now().astimezone(period.zone).date()


@pytest.mark.parametrize("query", ["", "?days=8", "?days=x", "?days=-1", "?days=99999999999999999999", "?days=²"])
def test_without_a_period_it_is_thirty_days(analyst, query):
    assert len(analyst.get(PAGE + query).context_data["period"].days) == 30


def test_a_period_can_be_chosen_by_its_days(analyst):
    talked(days=40)
    day = timezone.localdate(timezone.now() - dt.timedelta(days=40)).isoformat()
    page = analyst.get(f"{PAGE}?since={day}&until={day}")
    assert page.context_data["tiles"][1][1] == "2"


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-02-30",
        "since=2026-05-02&until=2026-05-01",
        "since=2020-01-01&until=2026-01-01",
        "since=0001-01-01&until=0001-01-02",
        "until=9999-12-31",
        "since=<script>alert(1)</script>",
        "until=%00",
    ],
)
def test_an_impossible_period_is_named_and_the_page_opens(analyst, query):
    page = analyst.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert page.context_data["form"].errors
    assert "help-critical" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_one_end_of_a_period_is_enough(analyst):
    assert len(analyst.get(f"{PAGE}?until=2026-05-30").context_data["period"].days) == 30
    period = analyst.get(f"{PAGE}?since=2020-01-01").context_data["period"]
    assert (period.first, len(period.days)) == (dt.date(2020, 1, 1), insights.LONGEST)
    assert len(analyst.get(f"{PAGE}?since=2090-01-01").context_data["period"].days) == 1


def test_what_came_through_an_odd_channel_executes_nothing(analyst):
    Talk(channel="<script>alert(1)</script>", at=timezone.now() - dt.timedelta(minutes=5)).says("hi").hears().read()
    assert "<script>alert" not in analyst.get(PAGE).content.decode()


def test_the_number_of_queries_is_bounded(analyst):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            analyst.get(f"{PAGE}?days=90")
        return len(captured)

    talked()
    queries()  # the first request makes the user's profile
    few = queries()
    for days in range(1, 30):
        talked(days, channel=f"channel {days % 4}")
    assert queries() == few <= 15


def test_lengths_are_written_with_a_point_in_french():
    client = browser(roles.ANALYSTS)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    talked()
    Talk(channel="sms", at=timezone.now() - dt.timedelta(minutes=5)).says("a").hears().says("b").hears().read()
    lengths = re.findall(r"(?:width|height): ([^\"]+)\"", client.get(PAGE).content.decode())
    assert lengths
    assert all(re.fullmatch(r"\d+(\.\d+)?%", length) for length in lengths)


def test_a_long_chart_shows_weeks():
    days = [counting.Day(dt.date(2026, 1, 1) + dt.timedelta(days=n), 1, 2) for n in range(365)]
    empty = counting.Bookings(0, 0, 0)
    chart = insights._days(counting.Numbers(days, [], [], empty, [], [], [], [0] * 24, [0] * 7))
    assert len(chart.rows) == 365
    assert [(bar.whole, bar.part) for bar in chart.bars[:2]] == [(14, 7), (14, 7)]
    assert sum(bar.whole for bar in chart.bars) == 730


def test_a_share_is_rounded_and_never_divided_by_zero():
    with translation.override("en"):
        assert charts.said_share(2, 3) == "67%"
        assert charts.said_share(1, 300) == "0.3%"
    assert charts.said_share(0, 0) == "–"
    assert charts.share(0, 0) is None
