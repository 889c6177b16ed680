"""What `make demo` does in the database, with its own conversations and no others: their ids begin with "demo".

The made-up patients talked within minutes; here their conversations are spread over the last weeks. This is the one
place that changes rows of Rasa's table, and the channel's: nothing reads a made-up conversation while it is moved, for
the demo's Rasa has ended. What a patient asked for ("Tuesday") keeps the date that it had when it was played.
"""

import datetime as dt
import json
import random
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Min, QuerySet

from bot.settings import DEMO
from clinic.booking import store
from clinic.booking.models import BookingRequest, Delivery
from clinic.conversations import follow
from clinic.conversations.models import Conversation, Event, Gap, Turn, Vote

#: How probable a message is in each hour of the clinic's day, from midnight: little at night, most in the evening.
HOURS = (3, 1, 1, 0, 0, 1, 3, 8, 14, 20, 22, 20, 24, 22, 18, 18, 20, 24, 26, 30, 34, 30, 18, 8)
#: On a Saturday or a Sunday, of a weekday's.
WEEKEND = 0.6
#: Nothing is moved closer to the present.
LATEST = dt.timedelta(minutes=5)
#: The front desk has seen to what is older, at this hour of the day after it came.
HANDLED_AFTER = dt.timedelta(days=4)
HANDLED_AT = dt.time(10, 20)
HANDLED_BY = "demo"

REQUEST_TIMES = ("created", "updated", "confirmed_at", "consent_at")
EVENTS, CLAIMS = Event._meta.db_table, "channel_claims"


@dataclass(frozen=True)
class Made:
    """What a demo consists of."""

    conversations: int
    turns: int
    requests: int
    helpful: int
    unhelpful: int
    red_flags: int


def tables() -> set[str]:
    """The tables there are; Rasa and its channel make theirs when they start."""
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def real_conversations() -> int:
    """How many conversations are not made up."""
    if EVENTS not in tables():
        return 0
    return Event.objects.exclude(sender_id__startswith=DEMO).values("sender_id").distinct().count()


def made() -> Made:
    """Count what is made up and summarised."""
    ours = Conversation.objects.filter(sender__startswith=DEMO)
    votes = Vote.objects.filter(turn__conversation__sender__startswith=DEMO)
    return Made(
        conversations=ours.count(),
        turns=Turn.objects.filter(conversation__sender__startswith=DEMO).count(),
        requests=_requests().exclude(state=BookingRequest.State.DRAFT).count(),
        helpful=votes.filter(helpful=True).count(),
        unhelpful=votes.filter(helpful=False).count(),
        red_flags=ours.filter(red_flag=True).count(),
    )


@transaction.atomic
def remove() -> int:
    """Delete the made-up conversations, their summaries and their booking requests; how many conversations it were.

    Examples that the staff took from them stay, as those of any conversation that is deleted.
    """
    there = tables()
    gone = 0
    if EVENTS in there:
        ours = Event.objects.filter(sender_id__startswith=DEMO)
        gone = ours.values("sender_id").distinct().count()
        ours.delete()
    if CLAIMS in there:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {CLAIMS} WHERE conversation LIKE %s", [f"{DEMO}%"])  # noqa: S608  # constants
    Conversation.objects.filter(sender__startswith=DEMO).delete()
    Gap.objects.filter(turns=None, state=Gap.State.OPEN).delete()
    _requests().delete()
    return gone


def spread(*, until: dt.datetime, days: int, zone: ZoneInfo, seed: int) -> None:
    """Move each made-up conversation to a time of its own, in the order in which they were played, and summarise it."""
    played = Event.objects.filter(sender_id__startswith=DEMO).values("sender_id")
    starts = list(played.annotate(first=Min("pk"), at=Min("timestamp")).order_by("first"))
    times = schedule(len(starts), until=until - LATEST, days=days, zone=zone, seed=seed)
    for start, at in zip(starts, times, strict=True):
        move(start["sender_id"], by=at - follow.moment(start["at"]))
        follow.summarise(start["sender_id"])


def schedule(number: int, *, until: dt.datetime, days: int, zone: ZoneInfo, seed: int) -> list[dt.datetime]:
    """So many times within the last `days`, earliest first; the same arguments give the same."""
    chance = random.Random(seed)  # noqa: S311  # draws times, keeps no secret
    hours = [until - dt.timedelta(hours=back) for back in range(1, 24 * days)]
    weights = [_weight(hour.astimezone(zone)) for hour in hours]
    drawn = chance.choices(hours, weights, k=number) if number else []
    return sorted(hour + dt.timedelta(seconds=chance.randrange(3600)) for hour in drawn)


@transaction.atomic
def move(sender: str, *, by: dt.timedelta) -> None:
    """Move all events of a conversation, and what it asked the clinic for, by the same time."""
    rows = list(Event.objects.filter(sender_id=sender))
    for row in rows:
        row.timestamp += by.total_seconds()
        row.data = json.dumps(json.loads(row.data) | {"timestamp": row.timestamp})
    Event.objects.bulk_update(rows, ["timestamp", "data"], batch_size=50)
    requests = BookingRequest.objects.filter(conversation=sender)
    requests.update(**{name: F(name) + by for name in REQUEST_TIMES})
    deliveries = Delivery.objects.filter(request__in=requests)
    deliveries.update(next_try=F("next_try") + by, first_try=F("first_try") + by, done_at=F("done_at") + by)


def handle_requests(*, at: dt.datetime, zone: ZoneInfo) -> int:
    """What the outbox and a front desk would have done by now; how many requests are handled.

    The inbox is this database: what is stored was delivered.
    """
    at_once = {"state": Delivery.State.DONE, "attempts": 1, "first_try": F("next_try"), "done_at": F("next_try")}
    Delivery.objects.filter(request__in=_requests(), state=Delivery.State.WAITING).update(**at_once)
    old = _requests().filter(state=BookingRequest.State.CONFIRMED, confirmed_at__lt=at - HANDLED_AFTER)
    waiting = list(old.values_list("reference", "confirmed_at"))
    return sum(store.handle(reference, by=HANDLED_BY, at=_next_morning(since, zone)) for reference, since in waiting)


def _next_morning(since: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(since.astimezone(zone).date() + dt.timedelta(days=1), HANDLED_AT, tzinfo=zone)


def _requests() -> "QuerySet[BookingRequest]":
    return BookingRequest.objects.filter(conversation__startswith=DEMO)


def _weight(local: dt.datetime) -> float:
    return HOURS[local.hour] * (WEEKEND if local.weekday() >= 5 else 1.0)
