"""What can go wrong between a patient's answers and the clinic, one family, free of Django."""


class BookingError(Exception):
    """A request cannot be taken as it is."""


class FieldError(BookingError):
    """A field of a draft cannot hold what it was given; the message names them all."""


class NoDraft(BookingError):  # noqa: N818  # a state, as `NotStored`
    """There is nothing to confirm: the draft was given up, or nobody touched it for an hour."""


class Incomplete(BookingError):  # noqa: N818
    """Something is missing that the clinic needs; `missing` names it."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"missing: {', '.join(missing)}")
        self.missing = missing


class NotStored(BookingError):  # noqa: N818
    """The database did not take it: the patient must be given the phone number."""
