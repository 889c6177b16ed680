"""The worker of the outbox: claims what is due, sends it, and says what came of it. One thread for each transport,
so that a receiver that hangs delays no other. Any number of workers may run."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from clinic.booking import outbox, store
from clinic.booking.models import Delivery
from clinic.booking.outbox import Patience
from clinic.booking.transports.contract import DeliveryError, Transport

logger = logging.getLogger(__name__)

#: In seconds: how often a worker that found nothing looks again, and how often what is old is deleted.
LOOK_EVERY = 1.0
TIDY_EVERY = 60.0

Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def run(
    transports: Mapping[str, Transport], *, patience: Patience, kept_for: dt.timedelta, stop: threading.Event
) -> None:
    """Deliver until `stop` is set; what is being sent then is finished first. What was handled is kept for so long."""
    threads = [
        threading.Thread(target=keep_delivering, args=[name, transport], kwargs={"patience": patience, "stop": stop})
        for name, transport in transports.items()
    ]
    for thread in threads:
        thread.start()
    _tidy(transports, kept_for=kept_for, stop=stop)
    for thread in threads:
        thread.join()


def keep_delivering(name: str, transport: Transport, *, patience: Patience, stop: threading.Event) -> None:
    """Deliver by one transport until `stop` is set, whatever the database does in between."""
    while not stop.is_set():
        if not _in_the_database(lambda: deliver_next(name, transport, patience=patience)):
            stop.wait(LOOK_EVERY)
    connection.close()


def deliver_next(name: str, transport: Transport, *, patience: Patience, clock: Clock = now) -> bool:
    """Claim a delivery and send it, outside any transaction; whether there was one."""
    delivery = outbox.claim(name, at=clock(), patience=patience)
    if delivery is None:
        return False
    try:
        transport.send(delivery.request, key=delivery.request.key)
    except DeliveryError as error:
        _failed(delivery, error, at=clock(), patience=patience)
    except Exception as error:  # a fault of ours must not stop the others
        logger.exception("%s could not be prepared for %s", delivery.request, name)
        _failed(delivery, DeliveryError(f"a fault in AskMeso ({type(error).__name__})"), at=clock(), patience=patience)
    else:
        if not outbox.succeed(delivery, at=clock()):
            logger.warning("%s was sent by %s after the lease had run out", delivery.request, name)
    return True


def _failed(delivery: Delivery, error: DeliveryError, *, at: dt.datetime, patience: Patience) -> None:
    state = outbox.fail(delivery, error, at=at, patience=patience)
    if state == Delivery.State.GIVEN_UP:
        logger.error(
            "GIVEN UP: %s was not delivered by %s after %s tries: %s. See docs/runbooks/booking.md.",
            delivery.request,
            delivery.transport,
            delivery.attempts,
            error,
        )
    elif state == Delivery.State.WAITING:
        logger.warning("%s was not delivered by %s yet: %s", delivery.request, delivery.transport, error)


def _tidy(transports: Mapping[str, Transport], *, kept_for: dt.timedelta, stop: threading.Event) -> None:
    _in_the_database(lambda: _name_what_nobody_sends(transports))
    next_time = time.monotonic()
    while not stop.wait(LOOK_EVERY):
        if time.monotonic() >= next_time:
            _in_the_database(lambda: bool(store.expire_drafts(now())))
            _in_the_database(lambda: bool(store.expire_handled(now(), kept_for=kept_for)))
            next_time = time.monotonic() + TIDY_EVERY
    connection.close()


def _name_what_nobody_sends(transports: Mapping[str, Transport]) -> bool:
    left = Delivery.objects.undelivered().exclude(transport__in=transports).exclude(state=Delivery.State.GIVEN_UP)
    names = sorted(set(left.values_list("transport", flat=True)))
    if names:
        logger.error("Requests wait for %s, which clinic.yml does not name any more.", ", ".join(names))
    return bool(names)


def _in_the_database(work: Callable[[], bool]) -> bool:
    """What the work returns; False if the database failed, which is not the end."""
    close_old_connections()
    try:
        return work()
    except (DatabaseError, InterfaceError) as error:
        logger.error("The database failed (%s); if a table is missing, run `python -m clinic migrate`.", error)
        connection.close()
        return False
