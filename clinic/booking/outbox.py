"""Who may send a delivery, and what comes of it. Every change is one conditional UPDATE whose row count is looked at.

A delivery is claimed with a lease and a token. A worker that dies leaves the lease to run out; a worker that comes
back too late does not own the row any more and changes nothing.
"""

import datetime as dt
import random
import uuid
from dataclasses import dataclass

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from clinic.booking.models import Deliveries, Delivery
from clinic.booking.transports.contract import DeliveryError

#: A receiver may ask for patience, but not for more than this.
LONGEST_ASKED = dt.timedelta(hours=1)
#: Workers that look at the same moment choose among so many, and seldom the same.
LOOK_AT = 8


@dataclass(frozen=True)
class Patience:
    """How long a worker may hold a delivery, how long it waits between tries, and when it gives up.

    After a machine was off for days its deliveries are old, not hopeless: `fewest` tries are always made.
    """

    lease: dt.timedelta = dt.timedelta(seconds=60)
    first_wait: dt.timedelta = dt.timedelta(seconds=5)
    longest_wait: dt.timedelta = dt.timedelta(minutes=15)
    give_up_after: dt.timedelta = dt.timedelta(hours=24)
    fewest: int = 10

    def wait(self, attempts: int, error: DeliveryError) -> dt.timedelta:
        """How long to wait after so many tries: twice as long each time, drawn from its upper half."""
        doubled = min(self.first_wait * 2 ** min(attempts - 1, 20), self.longest_wait)
        drawn = doubled * random.uniform(0.5, 1.0)  # noqa: S311  # spreads load, keeps no secret
        return max(drawn, min(error.retry_after or dt.timedelta(), LONGEST_ASKED))

    def is_over(self, delivery: Delivery, at: dt.datetime) -> bool:
        """Whether enough was tried for long enough."""
        return delivery.attempts >= self.fewest and at - delivery.first_try >= self.give_up_after


def claim(transport: str, *, at: dt.datetime, patience: Patience) -> Delivery | None:
    """A delivery that only the caller may send until the lease runs out; None if nothing is due."""
    due = Delivery.objects.due(at).filter(transport=transport)
    candidates = list(due.order_by("next_try").values_list("pk", flat=True)[:LOOK_AT])
    random.shuffle(candidates)
    for pk in candidates:
        owner = str(uuid.uuid4())
        claimed = due.filter(pk=pk).update(
            state=Delivery.State.SENDING,
            owner=owner,
            lease_until=at + patience.lease,
            attempts=F("attempts") + 1,
            first_try=Coalesce("first_try", Value(at)),
        )
        if claimed:
            return _owned(pk, owner).select_related("request").first()
    return None


def succeed(delivery: Delivery, *, at: dt.datetime) -> bool:
    """The receiver confirmed it. False if the lease was lost: then another worker says what came of it."""
    done = {"state": Delivery.State.DONE, "done_at": at, "last_error": ""}
    return _release(delivery, **done)


def fail(delivery: Delivery, error: DeliveryError, *, at: dt.datetime, patience: Patience) -> str | None:
    """Try again later, or give up; the new state, or None if the lease was lost."""
    over = error.permanent or patience.is_over(delivery, at)
    state = Delivery.State.GIVEN_UP if over else Delivery.State.WAITING
    later = at + patience.wait(delivery.attempts, error)
    return state if _release(delivery, state=state, next_try=later, last_error=str(error)) else None


def resend(reference: str, *, at: dt.datetime, again: bool = False) -> int:
    """Send what was given up once more, from the start; `again` includes what is done. How many will be sent.

    The key stays the same: a receiver that honours it and has the request already takes it as a repeat.
    """
    states = [Delivery.State.GIVEN_UP, *([Delivery.State.DONE] if again else [])]
    rows = Delivery.objects.filter(request__reference=reference, state__in=states)
    return int(rows.update(state=Delivery.State.WAITING, attempts=0, first_try=None, next_try=at, done_at=None))


def _owned(pk: int, owner: str) -> Deliveries:
    return Delivery.objects.filter(pk=pk, state=Delivery.State.SENDING, owner=owner)


def _release(delivery: Delivery, **values: object) -> bool:
    return bool(_owned(delivery.pk, delivery.owner).update(owner="", lease_until=None, **values))
