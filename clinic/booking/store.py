"""Drafts and confirmations in the database. Synchronous: `doors` is the way in from an event loop.

A confirmation and the rows of the outbox are one transaction: a request that has a reference will be delivered.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypedDict

from django.db import IntegrityError, transaction

from clinic.booking import contact, references
from clinic.booking.errors import FieldError, Incomplete, NoDraft, NotStored
from clinic.booking.models import LONGEST, BookingRequest, Delivery
from clinic.booking.preferences import Preference

Kind = Literal["book", "change", "cancel", "call_back"]

#: So often a write that met another of the same moment is tried.
TRIES = 20
#: Kinds of characters that are neither seen nor harmless; the joiner alone holds an emoji together.
CONTROL = {"Cc", "Cf", "Cs"}
JOINER = "\u200d"
#: What a draft holds besides what is known about it from the start.
ANSWERS = ("kind", "topic", "area", "when", "when_said", "language", "name", "phone", "extension", "email", "note")


class Fields(TypedDict, total=False):
    """What a draft can hold. An empty value takes an answer back. `phone` is E.164, `email` a valid address."""

    kind: Kind
    topic: str
    area: str
    when: Sequence[Preference]
    when_said: str
    language: str
    name: str
    phone: str
    extension: str
    email: str
    note: str


class Route(Protocol):
    """How a clinic receives requests: `booking` of content/clinic.yml."""

    @property
    def prefix(self) -> str:
        """What its references begin with."""
        ...

    @property
    def transports(self) -> Sequence[str]:
        """The receiving systems that must hear of each request."""
        ...


@dataclass(frozen=True)
class Given:
    """What a draft holds, without the contact details: `given` names the answers it has, `masked` shows them veiled.

    `key` is what `confirm` takes. `shortened` names the answers of this call that were too long and were cut.
    """

    key: str
    kind: Kind
    topic: str
    area: str
    language: str
    when: tuple[Preference, ...]
    given: frozenset[str]
    masked: dict[str, str]
    shortened: frozenset[str] = frozenset()

    @property
    def missing(self) -> tuple[str, ...]:
        """What must still be asked before the request can be confirmed: "name", "contact"."""
        return _missing(self.given)


def draft(conversation: str, *, at: dt.datetime, fields: Fields) -> Given:
    """Open the conversation's draft or write into it; nothing that is left out changes.

    Raises:
        FieldError: an answer cannot be stored as it is.
    """
    values, shortened = _checked(fields)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                _write(conversation, at, values)
                return _given(BookingRequest.objects.draft_of(conversation, at=at).get(), shortened)
        except IntegrityError:  # the same conversation opened it at this moment
            continue
    raise NotStored("the draft was opened again and again")


def _write(conversation: str, at: dt.datetime, values: dict[str, Any]) -> None:
    if BookingRequest.objects.draft_of(conversation, at=at).update(updated=at, **values):
        return
    BookingRequest.objects.expired(at).filter(conversation=conversation).delete()
    opened = {"kind": BookingRequest.Kind.BOOK, "language": "fr"} | values
    BookingRequest.objects.create(conversation=conversation, created=at, updated=at, **opened)


def fields_given(conversation: str, *, at: dt.datetime) -> Given | None:
    """What the conversation's draft holds; None if there is no draft."""
    row = BookingRequest.objects.draft_of(conversation, at=at).first()
    return row and _given(row)


def confirm(conversation: str, *, key: str, consent: str, at: dt.datetime, route: Route) -> str:
    """The reference of the request, which is now stored and will be delivered.

    The same key again gives the same reference and changes nothing. `consent` is the wording the patient agreed to.

    Raises:
        NoDraft: there is no such draft any more.
        Incomplete: a name, or a way to reach the patient, is missing.
    """
    if not consent.strip():
        raise FieldError("'consent' is empty; give the words that the patient agreed to")
    for _ in range(TRIES):
        try:
            return _confirmed(conversation, key=key, consent=consent, at=at, route=route)
        except IntegrityError:  # the reference is taken
            continue
    raise NotStored("no free reference was found")


@transaction.atomic(durable=True)
def _confirmed(conversation: str, *, key: str, consent: str, at: dt.datetime, route: Route) -> str:
    reference = references.draw(route.prefix)
    complete = BookingRequest.objects.draft_of(conversation, at=at).filter(key=key).exclude(name="")
    changed = complete.exclude(phone="", email="").update(
        state=BookingRequest.State.CONFIRMED,
        reference=reference,
        consent=consent,
        consent_at=at,
        confirmed_at=at,
        updated=at,
    )
    if not changed:
        return _confirmed_before(conversation, key=key, at=at)
    request = BookingRequest.objects.get(key=key)
    Delivery.objects.bulk_create(
        Delivery(request=request, transport=transport, next_try=at) for transport in dict.fromkeys(route.transports)
    )
    return reference


def _confirmed_before(conversation: str, *, key: str, at: dt.datetime) -> str:
    row = BookingRequest.objects.filter(conversation=conversation, key=key).first()
    if row is not None and row.reference:
        return str(row.reference)
    open_draft = BookingRequest.objects.draft_of(conversation, at=at).filter(key=key).first()
    if open_draft is None:
        raise NoDraft("this draft is gone")
    raise Incomplete(_missing(_names(open_draft)))


def discard(conversation: str) -> bool:
    """Delete the conversation's draft; whether there was one."""
    drafts = BookingRequest.objects.filter(conversation=conversation, state=BookingRequest.State.DRAFT)
    return bool(drafts.delete()[0])


def expire_drafts(now: dt.datetime) -> int:
    """Delete the drafts that nobody touched for an hour; how many there were."""
    return int(BookingRequest.objects.expired(now).delete()[0])


def handle(reference: str, *, by: str, at: dt.datetime) -> bool:
    """Mark a confirmed request as handled by a member of the staff; False if it is not in the inbox any more."""
    confirmed = BookingRequest.objects.filter(reference=reference, state=BookingRequest.State.CONFIRMED)
    return bool(confirmed.update(state=BookingRequest.State.HANDLED, handled_by=by[:150], handled_at=at, updated=at))


def cancel(reference: str, *, by: str, at: dt.datetime) -> bool:
    """Mark a confirmed request as cancelled by a member of the staff; what is on its way is still delivered."""
    confirmed = BookingRequest.objects.filter(reference=reference, state=BookingRequest.State.CONFIRMED)
    return bool(confirmed.update(state=BookingRequest.State.CANCELLED, handled_by=by[:150], handled_at=at, updated=at))


def reopen(reference: str, *, at: dt.datetime) -> bool:
    """Put a handled or cancelled request back into the inbox; False if it is there."""
    taken_out = BookingRequest.objects.confirmed().exclude(state=BookingRequest.State.CONFIRMED)
    back = {"state": BookingRequest.State.CONFIRMED, "handled_by": "", "handled_at": None, "updated": at}
    return bool(taken_out.filter(reference=reference).update(**back))


def erase(reference: str) -> bool:
    """Delete a confirmed request and its deliveries for good; whether there was one."""
    return bool(BookingRequest.objects.confirmed().filter(reference=reference).delete()[0])


def expire_handled(now: dt.datetime, *, kept_for: dt.timedelta) -> int:
    """Delete what was handled or cancelled longer ago than that, with its deliveries; how many requests there were."""
    _rows, by_model = BookingRequest.objects.outdated(now - kept_for).delete()
    return int(by_model.get(BookingRequest._meta.label, 0))


def _checked(fields: Fields) -> tuple[dict[str, Any], frozenset[str]]:
    """The values as they are stored, and the names of those that were cut."""
    values: dict[str, Any] = dict(fields)
    faults = [f"'{name}' is not known" for name in values if name not in ANSWERS]
    if values.get("phone") and not contact.is_number(values["phone"]):
        faults.append("'phone' is not in E.164; find_phone gives it")
    if values.get("email") and contact.valid_address(values["email"]) is None:
        faults.append("'email' cannot be an address; find_email gives it")
    if "kind" in values and values["kind"] not in BookingRequest.Kind.values:
        faults.append(f"'kind' is {values['kind']!r}; it is one of {', '.join(BookingRequest.Kind.values)}")
    faults += [f"'{name}' is too long" for name in ("topic", "area") if len(values.get(name, "")) > 64]
    if "language" in values and values["language"] not in ("en", "fr"):
        faults.append(f"'language' is {values['language']!r}; it is 'en' or 'fr'")
    if not str(values.get("extension") or "0").isdecimal() or len(values.get("extension", "")) > 6:
        faults.append("'extension' is not a number of at most 6 digits")
    if faults:
        raise FieldError("; ".join(faults))
    if "when" in values:
        values["when"] = [preference.as_json() for preference in values["when"]]
    for name in LONGEST.keys() & values.keys():
        values[name] = _storable(values[name], lines=name == "note")
    shortened = frozenset(name for name, most in LONGEST.items() if len(values.get(name, "")) > most)
    return values | {name: values[name][: LONGEST[name]] for name in shortened}, shortened


def _storable(text: str, *, lines: bool) -> str:
    """The text without control characters: PostgreSQL refuses some, others turn the reading direction around."""
    kept = (
        c for c in text.replace("\r\n", "\n") if unicodedata.category(c) not in CONTROL or c in "\n\t" or c == JOINER
    )
    return ("".join(kept) if lines else " ".join("".join(kept).split())).strip()


def _given(row: BookingRequest, shortened: Iterable[str] = ()) -> Given:
    masked = {
        "name": row.name and contact.mask_name(row.name),
        "phone": row.phone and contact.mask_phone(row.phone),
        "email": row.email and contact.mask_email(row.email),
    }
    return Given(
        key=row.key,
        kind=row.kind,
        topic=row.topic,
        area=row.area,
        language=row.language,
        when=tuple(Preference.read(stored) for stored in row.when),
        given=_names(row),
        masked={name: veiled for name, veiled in masked.items() if veiled},
        shortened=frozenset(shortened),
    )


def _names(row: BookingRequest) -> frozenset[str]:
    return frozenset(name for name in ANSWERS if getattr(row, name))


def _missing(given: frozenset[str]) -> tuple[str, ...]:
    missing = () if "name" in given else ("name",)
    return missing if given & {"phone", "email"} else (*missing, "contact")
