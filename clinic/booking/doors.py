"""How the actions reach the requests: asynchronous, each call with a database connection that is known to be alive.

rasa_sdk runs actions inside its event loop, where the ORM must not be called. What these doors raise is a
`BookingError`; `NotStored` means that the database failed, and that the patient needs the phone number.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar, Unpack

from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError, close_old_connections

from clinic.booking import store
from clinic.booking.errors import BookingError, FieldError, Incomplete, NoDraft, NotStored
from clinic.booking.store import Fields, Given, Route

__all__ = [
    "BookingError",
    "FieldError",
    "Given",
    "Incomplete",
    "NoDraft",
    "NotStored",
    "confirm",
    "discard",
    "draft",
    "expire_drafts",
    "fields_given",
]

Result = TypeVar("Result")


async def draft(conversation: str, *, at: dt.datetime, **fields: Unpack[Fields]) -> Given:
    """Write answers into the conversation's draft, which is opened by the first; without answers, keep it alive.

    Raises:
        FieldError: an answer cannot be stored as it is.
        NotStored: the database failed.
    """
    return await _in_a_thread(store.draft, conversation, at=at, fields=fields)


async def fields_given(conversation: str, *, at: dt.datetime) -> Given | None:
    """What the draft holds, contact details masked; None without a draft."""
    return await _in_a_thread(store.fields_given, conversation, at=at)


async def confirm(conversation: str, *, key: str, consent: str, at: dt.datetime, route: Route) -> str:
    """The reference, once the request and its deliveries are committed; the same key gives the same reference.

    Only what this returns may be called passed on. `key` is `Given.key`, `route` is `release.clinic.booking`.

    Raises:
        NoDraft: it was given up, or nobody touched it for an hour.
        Incomplete: a name or a way to reach the patient is missing.
        NotStored: the database failed.
    """
    return await _in_a_thread(store.confirm, conversation, key=key, consent=consent, at=at, route=route)


async def discard(conversation: str) -> bool:
    """Delete the draft with all that is in it; whether there was one."""
    return await _in_a_thread(store.discard, conversation)


async def expire_drafts(now: dt.datetime) -> int:
    """Delete the drafts that nobody touched for an hour; `deliver` does so every minute."""
    return await _in_a_thread(store.expire_drafts, now)


async def _in_a_thread(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    # Not one thread for all: a patient must not wait for another's database lock.
    return await sync_to_async(_connected, thread_sensitive=False)(work, *args, **kwargs)


def _connected(work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    close_old_connections()
    try:
        return work(*args, **kwargs)
    except (DatabaseError, InterfaceError) as error:
        raise NotStored(type(error).__name__) from error
    finally:
        close_old_connections()
