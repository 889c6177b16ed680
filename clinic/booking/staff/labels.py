"""What is stored, in the words of the staff's language."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic.booking import written
from clinic.booking.models import BookingRequest, Delivery
from clinic.booking.naming import Names
from clinic.booking.preferences import Preference

STATES = {"confirmed": _("Waiting"), "handled": _("Handled"), "cancelled": _("Cancelled")}
KINDS = {
    "book": _("Book an appointment"),
    "change": _("Change an appointment"),
    "cancel": _("Cancel an appointment"),
    "call_back": _("Call back"),
}
LANGUAGES = {"fr": _("French"), "en": _("English")}
TRANSPORTS = {"inbox": _("Inbox"), "email": _("E-mail"), "webhook": _("The clinic’s system")}
DELIVERIES = {
    "waiting": _("On its way"),
    "sending": _("On its way"),
    "done": _("Delivered"),
    "given_up": _("Given up"),
}


def language() -> str:
    """The language of whoever is looking."""
    return "fr" if (get_language() or "fr").startswith("fr") else "en"


def names() -> Names:
    """What topics and places are called in that language; the project's settings say who knows."""
    known: Names = import_string(settings.BOOKING_NAMES)(language())
    return known


def times(request: BookingRequest) -> str:
    """The preferred times, written out; else what the patient said of them."""
    wishes = [Preference.read(stored) for stored in request.when]
    return written.wishes(wishes, language()) or request.when_said


def progress(deliveries: Iterable[Delivery]) -> str:
    """How far the deliveries of one request are, as far as the least of them: a state of `Delivery`."""
    states = {delivery.state for delivery in deliveries}
    worst = (Delivery.State.GIVEN_UP, Delivery.State.WAITING, Delivery.State.SENDING)
    return str(next((state for state in worst if state in states), Delivery.State.DONE))


def of(request: BookingRequest) -> dict[str, Any]:
    """What is said of a request beside what the patient wrote."""
    called = names()
    return {
        "kind": KINDS[request.kind],
        "state": STATES[request.state],
        "language": LANGUAGES[request.language],
        "topic": called.topic(request.topic),
        "place": called.place(request.area),
        "times": times(request),
    }
