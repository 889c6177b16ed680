"""What every transport keeps to."""

import datetime as dt
from typing import Protocol

from clinic.booking.models import BookingRequest


class DeliveryError(Exception):
    """The receiver did not confirm a request. `permanent` says that trying again is useless.

    The message is stored and shown to staff: it names what went wrong, and nothing of the patient's.
    """

    def __init__(self, message: str, permanent: bool = False, *, retry_after: dt.timedelta | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class Transport(Protocol):
    """One receiving system."""

    def send(self, request: BookingRequest, *, key: str) -> None:
        """Return once the receiver has confirmed the request, and not before.

        The same request may come again after a crash, always with the same key.

        Raises:
            DeliveryError: the receiver did not confirm it.
        """
        ...
