"""The outbox: who may send, what is tried again, when it is given up. On both databases."""

import csv
import datetime as dt
import io
import logging
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import clinic

clinic.setup()

from django.core.management import call_command  # noqa: E402  # Django must be set up first
from django.core.management.base import CommandError  # noqa: E402
from django.db import connection  # noqa: E402

from clinic.booking import deliver, outbox  # noqa: E402
from clinic.booking.models import Delivery  # noqa: E402
from clinic.booking.outbox import Patience  # noqa: E402
from clinic.booking.transports import DeliveryError  # noqa: E402
from tests.clinic.booking import NOW, confirmed, only_delivery  # noqa: E402

pytestmark = pytest.mark.usefixtures("database")
PATIENCE = Patience()
KEPT_FOR = dt.timedelta(days=730)


def after(**time):
    return NOW + dt.timedelta(**time)


class Receiver:
    """Does what it was told for each request in turn; then it accepts."""

    def __init__(self, *script):
        self.script = list(script)
        self.keys = []

    def send(self, request, *, key):
        self.keys.append(key)
        if self.script:
            raise self.script.pop(0)


def deliver_at(receiver, at, *, patience=PATIENCE):
    return deliver.deliver_next("webhook", receiver, patience=patience, clock=lambda: at)


def test_what_was_confirmed_is_sent_once_and_is_done():
    request, receiver = confirmed("webhook"), Receiver()
    assert deliver_at(receiver, NOW)
    assert not deliver_at(receiver, after(days=2))
    assert receiver.keys == [request.key]
    assert (only_delivery().state, only_delivery().done_at, only_delivery().owner) == ("done", NOW, "")


def test_a_worker_takes_only_what_is_for_its_transport():
    confirmed("inbox", "email")
    assert not deliver_at(Receiver(), NOW)


def test_a_claim_is_exclusive():
    confirmed("webhook")
    assert outbox.claim("webhook", at=NOW, patience=PATIENCE)
    assert outbox.claim("webhook", at=after(seconds=59), patience=PATIENCE) is None


def test_what_a_dead_worker_left_is_taken_over_when_its_lease_ran_out():
    confirmed("webhook")
    dead = outbox.claim("webhook", at=NOW, patience=PATIENCE)
    taken_over = outbox.claim("webhook", at=after(seconds=61), patience=PATIENCE)
    assert taken_over.owner != dead.owner
    assert (taken_over.attempts, taken_over.first_try) == (2, NOW)


def test_who_lost_the_lease_changes_nothing():
    confirmed("webhook")
    slow = outbox.claim("webhook", at=NOW, patience=PATIENCE)
    outbox.claim("webhook", at=after(seconds=61), patience=PATIENCE)
    assert not outbox.succeed(slow, at=after(seconds=62))
    assert outbox.fail(slow, DeliveryError("late"), at=after(seconds=62), patience=PATIENCE) is None
    assert only_delivery().state == "sending"


def test_a_failure_is_tried_again_later_with_the_same_key():
    request, receiver = confirmed("webhook"), Receiver(DeliveryError("busy"))
    deliver_at(receiver, NOW)
    waiting = only_delivery()
    assert (waiting.state, waiting.last_error) == ("waiting", "busy")
    assert after(seconds=2.5) <= waiting.next_try <= after(seconds=5)
    assert not deliver_at(receiver, after(seconds=1))
    assert deliver_at(receiver, after(seconds=6))
    assert receiver.keys == [request.key] * 2
    assert only_delivery().state == "done"


def test_the_waits_double_up_to_a_quarter_of_an_hour():
    waits = [PATIENCE.wait(attempts, DeliveryError("busy")) for attempts in (1, 2, 3, 4, 30, 3000)]
    for wait, longest in zip(waits, (5, 10, 20, 40, 900, 900), strict=True):
        assert longest / 2 <= wait.total_seconds() <= longest


def test_a_receiver_is_given_the_time_it_asks_for_but_no_day():
    asked = DeliveryError("busy", retry_after=dt.timedelta(minutes=30))
    assert PATIENCE.wait(1, asked) == dt.timedelta(minutes=30)
    assert PATIENCE.wait(1, DeliveryError("busy", retry_after=dt.timedelta(days=9))) == outbox.LONGEST_ASKED


def test_a_refusal_is_given_up_at_once_and_loudly(caplog):
    request = confirmed("webhook")
    with caplog.at_level(logging.ERROR):
        deliver_at(Receiver(DeliveryError("the receiver answered 422", permanent=True)), NOW)
    assert only_delivery().state == "given_up"
    assert f"GIVEN UP: {request.reference} was not delivered by webhook after 1 tries" in caplog.text
    assert "docs/runbooks/booking.md" in caplog.text
    assert [delivery.request for delivery in Delivery.objects.given_up()] == [request]


def test_it_is_given_up_after_a_day(caplog):
    confirmed("webhook")
    receiver, at = Receiver(*(DeliveryError("busy") for _ in range(1000))), NOW
    while only_delivery().state == "waiting":
        at = only_delivery().next_try
        deliver_at(receiver, at)
    assert dt.timedelta(hours=24) <= at - NOW <= dt.timedelta(hours=25)
    assert 90 < len(receiver.keys) < 250


def test_a_machine_that_was_off_for_a_week_gives_nothing_up():
    confirmed("webhook")
    receiver = Receiver(DeliveryError("busy"), DeliveryError("busy"))
    for at in (NOW, after(days=7), after(days=7, minutes=1)):
        deliver_at(receiver, at)
    assert only_delivery().state == "done"


def test_a_fault_of_ours_is_tried_again_and_logged(caplog):
    confirmed("webhook")
    deliver_at(Receiver(KeyError("Julie")), NOW)
    assert only_delivery().state == "waiting"
    assert only_delivery().last_error == "a fault in AskMeso (KeyError)"


def test_what_was_given_up_can_be_sent_again():
    request, receiver = confirmed("webhook"), Receiver(DeliveryError("no", permanent=True))
    deliver_at(receiver, NOW)
    call_command("resend", request.reference.lower())
    assert deliver_at(receiver, after(days=400))
    assert (only_delivery().state, receiver.keys) == ("done", [request.key] * 2)


def test_what_is_done_is_sent_again_only_on_demand():
    request = confirmed("webhook")
    deliver_at(Receiver(), NOW)
    with pytest.raises(CommandError, match="Nothing was given up"):
        call_command("resend", request.reference)
    call_command("resend", request.reference, again=True)
    assert only_delivery().state == "waiting"


def test_what_is_being_sent_is_not_sent_again():
    request = confirmed("webhook")
    outbox.claim("webhook", at=NOW, patience=PATIENCE)
    assert outbox.resend(request.reference, at=NOW, again=True) == 0


def test_what_is_not_delivered_is_listed_without_the_patient(capsys):
    request = confirmed("webhook", "email")
    deliver_at(Receiver(DeliveryError("the receiver answered 422", permanent=True)), NOW)
    call_command("undelivered")
    said = capsys.readouterr().out
    assert f"{request.reference}  webhook  given_up  1 tries  the receiver answered 422" in said
    assert "2 not delivered" in said
    assert "Julie" not in said
    call_command("undelivered", given_up=True)
    assert "1 not delivered" in capsys.readouterr().out


def test_the_front_desk_sees_what_was_confirmed_and_takes_it_out(capsys):
    request = confirmed("inbox")
    call_command("inbox")
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["reference"], row["name"]) for row in table] == [(request.reference, request.name)]
    call_command("handled", request.reference.lower(), by="Julie")
    call_command("inbox")
    assert not list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_what_is_not_in_the_inbox_is_named():
    with pytest.raises(CommandError, match="Not in the inbox: DL-22222"):
        call_command("handled", "DL-22222", by="Julie")


def test_many_workers_send_each_request_once():
    keys = {confirmed("webhook", conversation=f"c{number}").key for number in range(30)}
    receivers = [Receiver() for _ in range(6)]

    def work(receiver):
        try:
            while deliver_at(receiver, NOW):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, receivers))
    # A worker that lost every race of a look may stop early; another then has the rest.
    while deliver_at(receivers[0], NOW):
        pass
    sent = [key for receiver in receivers for key in receiver.keys]
    assert sorted(sent) == sorted(keys)


def test_the_worker_stops_when_told_and_finishes_what_it_sends():
    confirmed("webhook")
    stop = threading.Event()

    class Slow(Receiver):
        def send(self, request, *, key):
            stop.set()
            super().send(request, key=key)

    worker = threading.Thread(
        target=deliver.run,
        args=[{"webhook": Slow()}],
        kwargs={"patience": PATIENCE, "kept_for": KEPT_FOR, "stop": stop},
    )
    worker.start()
    worker.join(timeout=10)
    assert not worker.is_alive()
    assert only_delivery().state == "done"


def test_a_database_that_fails_does_not_end_the_worker(monkeypatch, caplog):
    from django.db import OperationalError

    request, receiver, claim = confirmed("webhook"), Receiver(), outbox.claim
    failures = [OperationalError("database is locked")]

    def claim_at_times(*args, **kwargs):
        if failures:
            raise failures.pop()
        stop.set()
        return claim(*args, **kwargs)

    stop = threading.Event()
    monkeypatch.setattr(deliver, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(outbox, "claim", claim_at_times)
    worker = threading.Thread(
        target=deliver.keep_delivering, args=["webhook", receiver], kwargs={"patience": PATIENCE, "stop": stop}
    )
    worker.start()
    worker.join(timeout=10)
    assert receiver.keys == [request.key]
    assert "The database failed" in caplog.text


def test_what_waits_for_a_transport_that_is_off_is_named(caplog):
    confirmed("email")
    stop = threading.Event()
    stop.set()
    deliver.run({"inbox": Receiver()}, patience=PATIENCE, kept_for=KEPT_FOR, stop=stop)
    assert "Requests wait for email, which clinic.yml does not name any more." in caplog.text


def test_looking_for_work_reads_only_what_is_not_done():
    confirmed("webhook")
    due = Delivery.objects.due(NOW).filter(transport="webhook").order_by("next_try")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # With so few rows it would read the table whatever indexes there are.
            cursor.execute("SET enable_seqscan = off")
    try:
        plan = due.explain()
    finally:
        connection.close()
    assert "booking_outbox" in plan, plan


def test_random_faults_lose_nothing():
    draw = random.Random(7)
    keys = {confirmed("webhook", conversation=f"c{number}").key for number in range(20)}
    receiver, at = Receiver(), NOW
    while Delivery.objects.exclude(state="done").exists():
        receiver.script = [DeliveryError("busy")] if draw.random() < 0.4 else []
        if draw.random() < 0.2:
            outbox.claim("webhook", at=at, patience=PATIENCE)  # and die
        if not deliver_at(receiver, at):
            at += dt.timedelta(seconds=20)
    assert set(receiver.keys) == keys
