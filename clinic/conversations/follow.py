"""Keeps a summary of every conversation and turn in step with Rasa's table. Reading one again changes nothing.

A conversation of which anything is new is read whole: conversations are short, and a vote may come late.
"""

import datetime as dt
import logging
import threading
import zlib
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Max

from bot.languages import fold
from clinic.conversations import grouping, reading
from clinic.conversations.models import LONGEST_SAID, Conversation, Event, Example, Progress, Turn, Vote

logger = logging.getLogger(__name__)

#: So many of Rasa's rows are looked at in one go.
BATCH = 2000
#: Rows that are numbered lower may be committed later: so many are looked at again.
OVERLAP = 500
#: One of so many ordinary turns is put before a reviewer, so that quiet mistakes are found.
ONE_IN = 20
#: In seconds: how often new rows are looked for, and old conversations are forgotten.
LOOK_EVERY = 2.0
FORGET_EVERY = 3600.0


def run(*, kept_for: dt.timedelta, stop: threading.Event) -> None:
    """Follow until `stop` is set, whatever the database does in between."""
    forgotten, faulty = 0.0, False
    while not stop.is_set():
        now = dt.datetime.now(dt.UTC)
        try:
            close_old_connections()
            if now.timestamp() - forgotten > FORGET_EVERY:
                forget(before=now - kept_for)
                forgotten = now.timestamp()
            more, faulty = catch_up(at=now), False
            more = bool(grouping.group()) or more
        except DatabaseError as error:
            if not faulty:
                logger.warning("The conversations cannot be read: %s. Tried again every %s s.", error, LOOK_EVERY)
            more, faulty = False, True
        if not more:
            stop.wait(LOOK_EVERY)


def catch_up(*, at: dt.datetime, batch: int = BATCH) -> bool:
    """Read the next rows; whether there may be more."""
    progress = Progress.objects.get_or_create(pk=1)[0]
    rows = Event.objects.filter(pk__gt=progress.last_event - OVERLAP).order_by("pk")
    window = list(rows.values_list("pk", flat=True)[: batch + OVERLAP])
    if window:
        seen = Event.objects.filter(pk__gte=window[0], pk__lte=window[-1])
        newest = dict(seen.values_list("sender_id").annotate(newest=Max("pk")).order_by())
        for sender in _changed(newest):
            summarise(sender)
    last = max([progress.last_event, *window[-1:]])
    Progress.objects.filter(pk=1).update(last_event=last, read_at=at)
    return len(window) == batch + OVERLAP


def _changed(newest: dict[str, int]) -> list[str]:
    read = dict(Conversation.objects.filter(sender__in=newest).values_list("sender", "last_event"))
    return [sender for sender, event in newest.items() if read.get(sender, 0) < event]


@transaction.atomic
def summarise(sender: str) -> None:
    """Bring the summary of a conversation and its turns up to date."""
    rows = list(Event.objects.filter(sender_id=sender).order_by("pk"))
    turns = reading.turns(rows)
    if not turns:
        return
    conversation, _ = Conversation.objects.update_or_create(
        sender=sender, defaults=_summary(turns) | {"last_event": rows[-1].pk}
    )
    _store(conversation, turns)
    refresh_reviewed(conversation.pk)


def refresh_reviewed(conversation: int) -> None:
    """A conversation is reviewed once nothing of it waits and something was judged."""
    turns = Turn.objects.filter(conversation=conversation)
    waits = turns.filter(review=Turn.Review.WAITING).exists()
    judged = not waits and turns.filter(verdicts__isnull=False).exists()
    Conversation.objects.filter(pk=conversation).update(reviewed=judged)


def forget(*, before: dt.datetime) -> int:
    """Delete the summaries of conversations in which nothing happened since; how many there were.

    Rasa's own rows are deleted by the tracker store, by the same rule.
    """
    gone = Conversation.objects.filter(latest__lt=before)
    number = gone.count()
    gone.delete()
    grouping.tidy()
    # What nobody approved may still say who the patient was.
    Example.objects.filter(turn=None).exclude(state__in=(Example.State.APPROVED, Example.State.EXPORTED)).delete()
    return number


def _summary(turns: list[reading.Turn]) -> dict[str, Any]:
    outcomes = {turn.outcome for turn in turns}
    started = any(turn.booking_started for turn in turns)
    sent = any(turn.booking_sent for turn in turns)
    return {
        "channel": next((turn.channel for turn in turns if turn.channel), "")[:40],
        "language": next((turn.language for turn in reversed(turns) if turn.language), ""),
        "started": moment(turns[0].at),
        "latest": moment(max(turn.at for turn in turns)),
        "length": len(turns),
        "topics": list(dict.fromkeys(topic[:64] for turn in turns for topic in turn.answers or [turn.topic] if topic)),
        "red_flag": "urgent" in outcomes or any(turn.red_flag for turn in turns),
        "clarified": "clarified" in outcomes,
        "declined": "declined" in outcomes,
        "wrong_language": any(turn.topic == reading.LANGUAGE_WISH for turn in turns),
        "unhelpful": any(turn.helpful is False for turn in turns),
        "booking_started": started,
        "booking_finished": sent,
        "booking_given_up": started and not sent and any(turn.booking_ended for turn in turns),
        "error": bool(outcomes & {"error", "silent"}),
        "low_confidence": any(turn.doubtful for turn in turns),
    }


def _store(conversation: Conversation, turns: list[reading.Turn]) -> None:
    stored = {turn.event: turn for turn in Turn.objects.filter(conversation=conversation)}
    new = []
    for number, read in enumerate(turns, start=1):
        values = _values(read, number)
        if read.event not in stored:
            new.append(Turn(conversation=conversation, event=read.event, **values))
        elif any(getattr(stored[read.event], name) != value for name, value in values.items() if name != "review"):
            _renew(stored[read.event], values)
    Turn.objects.bulk_create(new)
    _store_votes(conversation, turns)


def _values(turn: reading.Turn, number: int) -> dict[str, Any]:
    priority = _priority(turn)
    return {
        "number": number,
        "at": moment(turn.at),
        "language": turn.language,
        "said": _storable(turn.text),
        "folded": fold(_storable(turn.text)),
        "tapped": turn.tapped,
        "topic": turn.topic[:64],
        "confidence": turn.confidence,
        "outcome": turn.outcome,
        "answers": [topic[:64] for topic in turn.answers],
        "helpful": turn.helpful,
        "changed": moment(turn.latest),
        "priority": priority,
        "review": Turn.Review.WAITING if priority else Turn.Review.NONE,
    }


def _renew(turn: Turn, values: dict[str, Any]) -> None:
    """Write what is new. What was judged comes back only if a vote came after, and only to be looked at."""
    happened = values["changed"] > turn.changed
    if turn.review == Turn.Review.DONE and not (happened and values["helpful"] is False):
        values = values | {"review": Turn.Review.DONE}
    Turn.objects.filter(pk=turn.pk).update(**values)


def _priority(turn: reading.Turn) -> int | None:
    """Why a turn deserves a look, or None."""
    reasons: tuple[tuple[bool, Any], ...] = (
        (turn.outcome == "urgent" or bool(turn.red_flag), Turn.Priority.RED_FLAG),
        (turn.helpful is False, Turn.Priority.UNHELPFUL),
        (turn.suspect, Turn.Priority.SUSPECT),
        (turn.outcome == "clarified", Turn.Priority.CLARIFIED),
        (turn.outcome == "declined", Turn.Priority.DECLINED),
        (not turn.tapped and zlib.crc32(str(turn.event).encode()) % ONE_IN == 0, Turn.Priority.SAMPLE),
    )
    return next((int(priority) for holds, priority in reasons if holds), None)


def _store_votes(conversation: Conversation, turns: Iterable[reading.Turn]) -> None:
    voted = {turn.event: [r for r in turn.replies if r.helpful is not None] for turn in turns}
    keys = (
        dict(Turn.objects.filter(conversation=conversation).values_list("event", "pk")) if any(voted.values()) else {}
    )
    for event, replies in voted.items():
        for reply in replies:
            Vote.objects.update_or_create(
                message=reply.id[:64],
                defaults={
                    "turn_id": keys[event],
                    "topic": reply.topic[:64],
                    "language": reply.language[:2],
                    "revision": reply.revision[:64],
                    "helpful": reply.helpful,
                    "comment": _storable(reply.comment),
                    "at": moment(reply.voted_at or 0.0),
                },
            )


def _storable(text: str) -> str:
    """What a list and a search need; PostgreSQL stores no NUL."""
    return text.replace("\x00", "")[:LONGEST_SAID]


def moment(timestamp: float) -> dt.datetime:
    """A time of Rasa's; one that cannot be is the beginning of time, and not the end of the page."""
    try:
        return dt.datetime.fromtimestamp(timestamp, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)
