"""The review: whose turn it is to look at a turn, and what was said of it.

A turn is taken by one person at a time, for as long as the lease lasts; a verdict ends it. The newest verdict counts.
"""

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.conversations import follow
from clinic.conversations.models import Turn, Verdict

#: So long a turn is kept for whoever took it.
LEASE = dt.timedelta(minutes=15)
#: So many are tried before somebody is told that nothing is free.
TRIED = 50
#: Numbers are counted up to here and no further.
MANY = 100


class TakenError(Exception):
    """Somebody else is looking at the turn."""


def waiting() -> QuerySet[Turn]:
    """What deserves a look, the most pressing first."""
    return Turn.objects.filter(review=Turn.Review.WAITING).order_by("priority", "-at", "-pk")


def free(by: AbstractBaseUser, *, at: dt.datetime) -> Q:
    """What nobody else has."""
    return Q(taken_by=None) | Q(taken_by=by) | Q(taken_until__lte=at)


def take(turn: int, *, by: AbstractBaseUser, at: dt.datetime) -> bool:
    """Keep a turn for one person; False if somebody else has it, or it waits no more."""
    mine = Turn.objects.filter(free(by, at=at), pk=turn, review=Turn.Review.WAITING)
    return bool(mine.update(taken_by=by, taken_until=at + LEASE))


def take_next(
    by: AbstractBaseUser, *, at: dt.datetime, among: QuerySet[Turn] | None = None, after: Turn | None = None
) -> Turn | None:
    """Take the first that is free, of those `among`, behind the one that was skipped."""
    free_ones = (waiting() if among is None else among).filter(free(by, at=at))
    if after is not None:
        free_ones = free_ones.filter(_behind(after)).exclude(pk=after.pk)
    return next((turn for turn in free_ones[:TRIED] if take(turn.pk, by=by, at=at)), None)


def _behind(turn: Turn) -> Q:
    at = Q(at__lt=turn.at) | Q(at=turn.at, pk__lt=turn.pk)
    return Q(priority__gt=turn.priority) | Q(priority=turn.priority) & at


def held(by: AbstractBaseUser, *, at: dt.datetime) -> QuerySet[Turn]:
    """What a person has taken and not judged."""
    return waiting().filter(taken_by=by, taken_until__gt=at)


def release(turn: int, *, by: AbstractBaseUser) -> bool:
    """Give a turn back; False if it was not theirs."""
    return bool(Turn.objects.filter(pk=turn, taken_by=by).update(taken_by=None, taken_until=None))


@transaction.atomic
def judge(turn: Turn, *, kind: str, topic: str = "", note: str = "", by: Any, at: dt.datetime) -> Verdict:
    """Say what should have happened. What was said before stays, as history.

    Raises:
        TakenError: somebody else is looking at it.
    """
    mine = Turn.objects.filter(free(by, at=at), pk=turn.pk)
    if not mine.update(review=Turn.Review.DONE, taken_by=None, taken_until=None):
        raise TakenError
    verdict = Verdict.objects.create(turn=turn, kind=kind, topic=topic, note=note, by=by, at=at)
    follow.refresh_reviewed(turn.conversation_id)
    return verdict


def open_concerns() -> QuerySet[Verdict]:
    """The safety concerns that nobody has seen to: no other verdict came after."""
    later = Verdict.objects.filter(turn=OuterRef("turn"), pk__gt=OuterRef("pk"))
    return Verdict.objects.filter(~Exists(later), kind=Verdict.Kind.SAFETY).order_by("-at", "-pk")


def number_of(rows: QuerySet[Any]) -> int:
    """How many there are, up to `MANY`."""
    return rows.order_by()[:MANY].count()


def in_words(number: int) -> str:
    """A number as a menu shows it."""
    return f"{MANY - 1}+" if number >= MANY else str(number)


def may_judge(user: Any) -> bool:
    """Whether the review is theirs."""
    return bool(user.has_perm("conversations.judge_turn"))


def is_taken(turn: Turn, *, by: AbstractBaseUser, at: dt.datetime) -> bool:
    """Whether somebody else has it."""
    return turn.taken_until is not None and turn.taken_until > at and turn.taken_by_id not in (None, by.pk)
