"""What `make demo` does in the database: nothing to what is not its own."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest

import clinic

clinic.setup()

from django.core.management import CommandError, call_command  # noqa: E402  # Django must be set up first
from django.db import connection  # noqa: E402

from clinic.booking.models import BookingRequest, Delivery  # noqa: E402
from clinic.conversations import follow  # noqa: E402
from clinic.conversations.models import Conversation, Event, Turn, Vote  # noqa: E402
from clinic.site import demo  # noqa: E402
from tests.clinic.booking import confirmed, drafted  # noqa: E402
from tests.clinic.staff import NOW, Talk, rasas_table  # noqa: E402

ZONE = ZoneInfo("America/Toronto")
MADE_UP, REAL = "demo0a1b", "0a1b2c3d"


@pytest.fixture
def table(database):
    rasas_table()


def talk(sender, *, at=NOW):
    """A conversation with a vote and a request."""
    spoken = Talk(sender, at=at).says("does it hurt").hears(id=f"m-{sender}").says("how much", "cost").hears()
    confirmed(conversation=sender, at=at)
    return spoken.votes(f"m-{sender}", helpful=False)


def rows(sender):
    return list(Event.objects.filter(sender_id=sender).order_by("pk").values_list("timestamp", "data"))


def everything_of(sender):
    return (
        rows(sender),
        list(Conversation.objects.filter(sender=sender).values()),
        list(Turn.objects.filter(conversation__sender=sender).values()),
        list(BookingRequest.objects.filter(conversation=sender).values()),
        list(Delivery.objects.filter(request__conversation=sender).values()),
    )


def spread(**more):
    demo.spread(**({"until": NOW + dt.timedelta(hours=1), "days": 30, "zone": ZONE, "seed": 1} | more))


def test_the_times_are_sorted_lie_in_the_last_days_and_are_the_same_again():
    given = {"until": NOW, "days": 30, "zone": ZONE, "seed": 9}
    times = demo.schedule(300, **given)
    assert times == sorted(times)
    assert times == demo.schedule(300, **given)
    assert NOW - dt.timedelta(days=30) <= times[0]
    assert times[-1] <= NOW
    assert len({time.date() for time in times}) > 25


def test_patients_write_by_day_and_in_the_evening_and_seldom_at_night():
    hours = [time.astimezone(ZONE).hour for time in demo.schedule(2000, until=NOW, days=30, zone=ZONE, seed=9)]
    night, evening = sum(1 <= hour < 6 for hour in hours), sum(18 <= hour < 22 for hour in hours)
    assert night < 0.03 * len(hours)
    assert evening > 0.2 * len(hours)


def test_all_events_of_a_conversation_move_by_the_same_time(table):
    talk(MADE_UP)
    before = rows(MADE_UP)
    spread()
    after = rows(MADE_UP)
    moved = {round(new - old, 3) for (old, _), (new, _) in zip(before, after, strict=True)}
    assert len(moved) == 1
    assert moved != {0}
    assert [at for at, _ in after] == sorted(at for at, _ in after)
    for (_, old), (at, new) in zip(before, after, strict=True):
        assert json.loads(new) == json.loads(old) | {"timestamp": at}


def test_the_order_in_which_they_were_played_is_kept(table):
    for number in range(5):
        talk(f"demo{number}", at=NOW + dt.timedelta(minutes=number))
    spread()
    firsts = [rows(f"demo{number}")[0][0] for number in range(5)]
    assert firsts == sorted(firsts)


def test_what_was_asked_for_and_the_summary_move_with_it(table):
    talk(MADE_UP).read()
    spread()
    request, conversation = BookingRequest.objects.get(), Conversation.objects.get()
    assert request.confirmed_at == request.created == conversation.started - dt.timedelta(seconds=1)
    assert conversation.started == follow.moment(rows(MADE_UP)[0][0])
    assert Vote.objects.get().at == follow.moment(rows(MADE_UP)[-1][0])
    assert Delivery.objects.get().next_try == request.confirmed_at


def test_nothing_real_is_moved(table):
    talk(REAL).read()
    talk(MADE_UP).read()
    before = everything_of(REAL)
    spread()
    demo.handle_requests(at=NOW + dt.timedelta(days=40), zone=ZONE)
    assert everything_of(REAL) == before


def test_the_front_desk_has_handled_what_is_old_by_the_next_morning(table):
    talk(MADE_UP, at=NOW - dt.timedelta(days=9))
    talk("demo-new")
    drafted("demo-draft")
    assert demo.handle_requests(at=NOW + dt.timedelta(hours=1), zone=ZONE) == 1
    request = BookingRequest.objects.get(conversation=MADE_UP)
    assert request.state == "handled"
    assert request.handled_at.astimezone(ZONE).time() == demo.HANDLED_AT
    assert BookingRequest.objects.get(conversation="demo-new").state == "confirmed"
    assert {delivery.state for delivery in Delivery.objects.all()} == {"done"}


def test_only_its_own_is_removed(table):
    talk(REAL).read()
    talk(MADE_UP).read()
    before = everything_of(REAL)
    assert demo.remove() == 1
    assert everything_of(REAL) == before
    assert everything_of(MADE_UP) == ([], [], [], [], [])


def test_the_channels_claims_of_its_own_are_removed(table):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE channel_claims (conversation VARCHAR(64), message VARCHAR(64))")
        try:
            cursor.execute("INSERT INTO channel_claims VALUES (%s, 'm'), (%s, 'm')", [MADE_UP, REAL])
            demo.remove()
            cursor.execute("SELECT conversation FROM channel_claims")
            assert cursor.fetchall() == [(REAL,)]
        finally:
            cursor.execute("DROP TABLE channel_claims")


def test_a_database_in_which_rasa_never_ran_can_be_filled_and_emptied(sqlite):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS events")
    assert demo.real_conversations() == demo.remove() == 0


def test_it_refuses_where_patients_have_written(table):
    talk(REAL)
    with pytest.raises(CommandError, match=r"holds real conversations \(1\)"):
        call_command("demo", "start")
    call_command("demo", "start", again=True)
    assert rows(REAL)


def test_an_earlier_demo_makes_way(table):
    talk(MADE_UP).read()
    call_command("demo", "start")
    assert everything_of(MADE_UP) == ([], [], [], [], [])


def test_it_refuses_where_requests_are_sent_elsewhere(table, folder, monkeypatch):
    folder.replace("clinic.yml", "- inbox", "- inbox\n  - email")
    monkeypatch.setenv("ASKMESO_CONTENT", str(folder.path))
    with pytest.raises(CommandError, match="names email: made-up requests"):
        call_command("demo", "start")


def test_it_ends_with_what_it_made_and_what_to_do_next(table, capsys):
    talk(MADE_UP, at=dt.datetime.now(dt.UTC))
    call_command("demo", "finish")
    told = capsys.readouterr().out
    assert "1 made-up conversations" in told
    assert "2 turns" in told
    assert "1 booking requests, 0 helpful and 1 unhelpful votes" in told
    assert "createsuperuser" in told
    assert "clinic demo remove" in told
