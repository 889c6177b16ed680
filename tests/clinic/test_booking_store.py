"""Drafts and confirmations: one draft, one reference, nothing kept that was given up. On both databases."""

import asyncio
import datetime as dt

import pytest

import clinic

clinic.setup()

from clinic.booking import doors, references, store  # noqa: E402  # Django must be set up first
from clinic.booking.errors import FieldError, Incomplete, NoDraft, NotStored  # noqa: E402
from clinic.booking.models import BookingRequest, Delivery  # noqa: E402
from clinic.booking.preferences import Preference  # noqa: E402
from tests.clinic.booking import CONSENT, NOW, confirmed, drafted, route  # noqa: E402

pytestmark = pytest.mark.usefixtures("database")
LATER = NOW + dt.timedelta(minutes=61)
TUESDAY = Preference(first=dt.date(2026, 12, 1), last=dt.date(2026, 12, 1), part="morning")


def test_a_draft_is_filled_in_bit_by_bit():
    store.draft("c1", at=NOW, fields={"kind": "book", "language": "en", "when": [TUESDAY]})
    given = store.draft("c1", at=NOW, fields={"name": "Julie", "phone": "+15145550199"})
    assert given.given == {"kind", "language", "when", "name", "phone"}
    assert given.when == (TUESDAY,)
    assert given.missing == ()
    assert BookingRequest.objects.count() == 1


def test_what_is_missing_is_named():
    assert store.draft("c1", at=NOW, fields={}).missing == ("name", "contact")
    assert store.draft("c1", at=NOW, fields={"email": "julie@example.com"}).missing == ("name",)


def test_contact_details_come_back_masked_only():
    given = drafted(email="julie@example.com", note="Call 514 555 0199")
    assert given.masked == {"name": "J•••", "phone": "•••-0199", "email": "j•••@example.com"}
    assert not {"Julie", "5550199", "555 0199", "julie@"} & {part for part in str(given).split()}
    assert "Tremblay" not in str(given) and "555" not in str(given)


def test_an_answer_can_be_corrected_and_taken_back():
    drafted()
    assert "phone" not in drafted(phone="", email="j@example.com").given


def test_a_confirmation_gives_a_reference_and_fills_the_outbox():
    request = confirmed("inbox", "webhook")
    assert request.reference.startswith("DL-")
    assert (request.state, request.consent, request.consent_at) == ("confirmed", CONSENT, NOW)
    assert sorted(Delivery.objects.values_list("transport", "state")) == [("inbox", "waiting"), ("webhook", "waiting")]


def test_the_same_confirmation_twice_gives_the_same_reference_and_no_second_row():
    key = drafted().key
    first, second = (store.confirm("c1", key=key, consent=CONSENT, at=NOW, route=route()) for _ in range(2))
    assert first == second
    assert (BookingRequest.objects.count(), Delivery.objects.count()) == (1, 1)


def test_another_conversation_cannot_confirm_with_the_key():
    key = drafted().key
    with pytest.raises(NoDraft):
        store.confirm("c2", key=key, consent=CONSENT, at=NOW, route=route())


def test_a_request_without_a_name_is_not_confirmed():
    key = store.draft("c1", at=NOW, fields={"phone": "+15145550199"}).key
    with pytest.raises(Incomplete) as raised:
        store.confirm("c1", key=key, consent=CONSENT, at=NOW, route=route())
    assert raised.value.missing == ("name",)
    assert not Delivery.objects.exists()


def test_no_consent_no_request():
    key = drafted().key
    with pytest.raises(FieldError, match="consent"):
        store.confirm("c1", key=key, consent=" ", at=NOW, route=route())


def test_what_is_given_up_is_not_kept():
    drafted()
    assert store.discard("c1")
    assert not BookingRequest.objects.exists()
    assert not store.discard("c1")


def test_a_confirmed_request_is_not_discarded():
    confirmed()
    assert not store.discard("c1")
    assert BookingRequest.objects.count() == 1


def test_a_draft_that_nobody_touched_for_an_hour_is_gone():
    key = drafted().key
    assert store.fields_given("c1", at=LATER) is None
    with pytest.raises(NoDraft):
        store.confirm("c1", key=key, consent=CONSENT, at=LATER, route=route())
    assert store.draft("c1", at=LATER, fields={}).given == {"kind", "language"}


def test_old_drafts_are_deleted_and_nothing_else():
    confirmed(conversation="c1")
    drafted("c2")
    drafted("c3", at=LATER)
    assert store.expire_drafts(LATER) == 1
    assert set(BookingRequest.objects.values_list("conversation", flat=True)) == {"c1", "c3"}


def test_a_second_request_in_the_same_conversation_is_another():
    first, second = confirmed(), confirmed()
    assert first.reference != second.reference


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    drawn = iter(["DL-77777", "DL-77777", "DL-99999"])
    monkeypatch.setattr(references, "draw", lambda prefix: next(drawn))
    assert confirmed(conversation="c1").reference == "DL-77777"
    assert confirmed(conversation="c2").reference == "DL-99999"


def test_a_reference_can_be_read_out():
    drawn = references.draw("DL")
    assert len(drawn) == 8
    assert not set(drawn.partition("-")[2]) & set("0O1IL2Z5S8BAEU")
    assert references.heard(f" {drawn.lower()} ") == drawn


def test_a_long_note_is_cut_and_said_to_be():
    given = drafted(note="é" * 5000)
    assert given.shortened == {"note"}
    assert len(BookingRequest.objects.get().note) == 1000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": "514 555 0199"}, "'phone' is not in E.164"),
        ({"email": "a@b\nBcc: x@example.com"}, "'email' cannot be an address"),
        ({"kind": "sell"}, "'kind' is 'sell'"),
        ({"language": "de"}, "'language' is 'de'"),
        ({"extension": "12a"}, "'extension'"),
        ({"state": "confirmed"}, "'state' is not known"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name(fields, said):
    with pytest.raises(FieldError, match=said):
        drafted(**fields)


def test_what_a_database_or_a_reader_would_trip_over_is_left_out():
    drafted(name="Zoé\x00 \u202eTremblay\n🌸", note="one\r\ntwo\x07\ud800")
    stored = BookingRequest.objects.get()
    assert stored.name == "Zoé Tremblay 🌸"
    assert stored.note == "one\ntwo"


def test_the_front_desk_handles_a_request_once():
    reference = confirmed().reference
    assert [str(request) for request in BookingRequest.objects.inbox()] == [reference]
    assert store.handle(reference, by="camille", at=LATER)
    assert not store.handle(reference, by="another", at=LATER)
    assert not BookingRequest.objects.inbox().exists()
    assert BookingRequest.objects.get().handled_by == "camille"


async def test_the_doors_work_in_an_event_loop():
    given = await doors.draft("c1", at=NOW, kind="book", language="fr", name="Zoé", email="zoe@example.com")
    assert (await doors.fields_given("c1", at=NOW)).given == given.given
    reference = await doors.confirm("c1", key=given.key, consent=CONSENT, at=NOW, route=route())
    assert reference.startswith("DL-")
    assert not await doors.discard("c1")
    assert await doors.fields_given("c1", at=NOW) is None


async def test_a_confirmation_sent_ten_times_at_once_is_one_request():
    key = (await doors.draft("c1", at=NOW, name="Zoé", phone="+15145550199")).key
    sent = [doors.confirm("c1", key=key, consent=CONSENT, at=NOW, route=route("inbox", "email")) for _ in range(10)]
    assert len(set(await asyncio.gather(*sent))) == 1


async def test_a_draft_opened_ten_times_at_once_is_one_draft():
    keys = {given.key for given in await asyncio.gather(*(doors.draft("c1", at=NOW) for _ in range(10)))}
    assert len(keys) == 1


async def test_a_database_that_fails_is_said_so(monkeypatch):
    from django.db import DatabaseError

    def broken(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(store, "confirm", broken)
    with pytest.raises(NotStored):
        await doors.confirm("c1", key="k", consent=CONSENT, at=NOW, route=route())
