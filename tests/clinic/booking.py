"""What the tests of booking share: a confirmed request, and the words for it."""

import datetime as dt
from types import SimpleNamespace

from clinic.booking import store
from clinic.booking.models import BookingRequest, Delivery

NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
CONSENT = "I agree that the clinic contacts me."


def route(*transports):
    return SimpleNamespace(prefix="DL", transports=transports or ("inbox",))


def drafted(conversation="c1", *, at=NOW, **fields):
    given = {"kind": "book", "language": "en", "name": "Julie Tremblay", "phone": "+15145550199"} | fields
    return store.draft(conversation, at=at, fields=given)


def confirmed(*transports, conversation="c1", at=NOW, **fields):
    key = drafted(conversation, at=at, **fields).key
    reference = store.confirm(conversation, key=key, consent=CONSENT, at=at, route=route(*transports))
    return BookingRequest.objects.get(reference=reference)


def only_delivery():
    return Delivery.objects.select_related("request").get()
