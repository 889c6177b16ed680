"""Keeps a summary of every conversation and turn in step with Rasa's table. Reading one again changes nothing.

A conversation of which anything is new is read whole: conversations are short, and a vote may come late.
"""

import datetime as dt
import logging
import threading
import zlib
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, Max, OuterRef

from bot.languages import fold
from clinic.conversations import grouping, reading
from clinic.conversations.models import LONGEST_SAID, Conversation, Event, Example, Progress, Turn, Vote

logger = logging.getLogger(__name__)

#: So many of Rasa's rows are looked at in one go.
BATCH = 2000
#: Rows that are numbered lower may be committed later: so many are looked at again.
OVERLAP = 500
#: So many conversations are written in one go: others wait for the database meanwhile, under a tenth of a second.
TOGETHER = 50
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
    window = _window(progress.last_event, batch)
    if window:
        seen = Event.objects.filter(pk__gte=window[0], pk__lte=window[-1])
        newest = dict(seen.values_list("sender_id").annotate(newest=Max("pk")).order_by())
        changed = _changed(newest)
        for start in range(0, len(changed), TOGETHER):
            summarise(*changed[start : start + TOGETHER])
    last = max([progress.last_event, *window[-1:]])
    Progress.objects.filter(pk=1).update(last_event=last, read_at=at)
    return len(window) == batch + OVERLAP


def _window(last_event: int, batch: int) -> list[int]:
    """The next rows, after some that were seen before. Until Rasa has made its table there are none."""
    if not last_event and Event._meta.db_table not in connection.introspection.table_names():
        return []
    rows = Event.objects.filter(pk__gt=last_event - OVERLAP).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: batch + OVERLAP])


def _changed(newest: dict[str, int]) -> list[str]:
    read = dict(Conversation.objects.filter(sender__in=newest).values_list("sender", "last_event"))
    return [sender for sender, event in newest.items() if read.get(sender, 0) < event]


def summarise(*senders: str) -> None:
    """Bring the summaries of conversations and of their turns up to date. Nothing is locked while they are read."""
    rows: dict[str, list[Event]] = {sender: [] for sender in senders}
    for row in Event.objects.filter(sender_id__in=senders).order_by("pk"):
        rows[row.sender_id].append(row)
    read = {sender: turns for sender in senders if (turns := reading.turns(rows[sender]))}
    summaries = {sender: _summary(turns) | {"last_event": rows[sender][-1].pk} for sender, turns in read.items()}
    with transaction.atomic():
        keys = [row.pk for row in _put(Conversation, summaries, key="sender")]
        _store(dict(zip(keys, read.values(), strict=True)))
        refresh_reviewed(*keys)


def _put(model: Any, rows: dict[str, dict[str, Any]], *, key: str) -> list[Any]:
    """Insert rows by their key; of those that are there, update no more than is given."""
    if not rows:
        return []
    made = [model(**{key: name}, **values) for name, values in rows.items()]
    given = list(next(iter(rows.values())))
    return list(model.objects.bulk_create(made, update_conflicts=True, unique_fields=[key], update_fields=given))


def refresh_reviewed(*conversations: int) -> None:
    """A conversation is reviewed once nothing of it waits and something was judged."""
    turns = Turn.objects.filter(conversation=OuterRef("pk"))
    waits, judged = turns.filter(review=Turn.Review.WAITING), turns.filter(verdicts__isnull=False)
    reviewed = ExpressionWrapper(Exists(judged) & ~Exists(waits), BooleanField())
    Conversation.objects.filter(pk__in=conversations).update(reviewed=reviewed)


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


def _store(read: dict[int, list[reading.Turn]]) -> None:
    """Store what is new of the turns of conversations."""
    stored = {turn.event: turn for turn in Turn.objects.filter(conversation__in=read)}
    new = []
    for conversation, turns in read.items():
        for number, turn in enumerate(turns, start=1):
            values = _values(turn, number)
            if turn.event not in stored:
                new.append(Turn(conversation_id=conversation, event=turn.event, **values))
            elif any(getattr(stored[turn.event], name) != value for name, value in values.items() if name != "review"):
                _renew(stored[turn.event], values)
    Turn.objects.bulk_create(new)
    _store_votes([turn for turns in read.values() for turn in turns])


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
    review = values.pop("review")
    Turn.objects.filter(pk=turn.pk).update(**values)
    happened = values["changed"] > turn.changed
    if turn.review != Turn.Review.DONE or (happened and values["helpful"] is False):
        # A verdict that was given since it was read stays.
        Turn.objects.filter(pk=turn.pk, review=turn.review).update(review=review)


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


def _store_votes(turns: list[reading.Turn]) -> None:
    voted = [(turn.event, reply) for turn in turns for reply in turn.replies if reply.helpful is not None]
    keys = dict(Turn.objects.filter(event__in={event for event, _ in voted}).values_list("event", "pk"))
    votes = {
        reply.id[:64]: {
            "turn_id": keys[event],
            "topic": reply.topic[:64],
            "language": reply.language[:2],
            "revision": reply.revision[:64],
            "helpful": reply.helpful,
            "comment": _storable(reply.comment),
            "at": moment(reply.voted_at or 0.0),
        }
        for event, reply in voted
    }
    _put(Vote, votes, key="message")


def _storable(text: str) -> str:
    """What a list and a search need; PostgreSQL stores no NUL."""
    return text.replace("\x00", "")[:LONGEST_SAID]


def moment(timestamp: float) -> dt.datetime:
    """A time of Rasa's; one that cannot be is the beginning of time, and not the end of the page."""
    try:
        return dt.datetime.fromtimestamp(timestamp, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)
