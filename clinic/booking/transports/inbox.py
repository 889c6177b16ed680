"""The staff inbox: the confirmed request is its own entry, so there is nothing to send."""

from clinic.booking.models import BookingRequest


class Inbox:
    """The front desk reads the requests where they are stored."""

    def send(self, request: BookingRequest, *, key: str) -> None:
        """Nothing: a confirmed request is in the inbox already."""
