"""A conversation as it is opened: with its neighbours in time, and with whoever opens it written down."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from clinic.conversations.models import Conversation, Reading

#: Who comes back to a conversation within this time is still reading it.
ONE_READING = dt.timedelta(minutes=10)


def conversations(by: Any, *, at: dt.datetime) -> QuerySet[Conversation]:
    """Each with the ids of the `newer` and the `older` one, and whether it is `noted` that this person reads it."""
    same = Q(latest=OuterRef("latest"))
    older = Q(latest__lt=OuterRef("latest")) | same & Q(pk__lt=OuterRef("pk"))
    newer = Q(latest__gt=OuterRef("latest")) | same & Q(pk__gt=OuterRef("pk"))
    readings = Reading.objects.filter(sender=OuterRef("sender"), by=by, at__gt=at - ONE_READING)
    return Conversation.objects.annotate(
        older=_first(Conversation.objects.filter(older, latest__lte=OuterRef("latest")).order_by("-latest", "-pk")),
        newer=_first(Conversation.objects.filter(newer, latest__gte=OuterRef("latest")).order_by("latest", "pk")),
        noted=Exists(readings),
    )


def note(conversation: Any, *, by: Any, at: dt.datetime) -> None:
    """Write down who reads one of `conversations`."""
    if not conversation.noted:
        Reading.objects.create(sender=conversation.sender, by=by, username=by.get_username(), at=at)


def _first(found: QuerySet[Conversation]) -> Subquery:
    return Subquery(found.values("pk")[:1])
