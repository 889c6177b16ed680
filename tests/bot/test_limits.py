"""Who hurries is asked to wait, and nobody else."""

import pytest

from bot.channels.limits import Limits, network
from bot.channels.problems import Problem


def limits(**given):
    return Limits(**({"session": 100, "address": 100, "openings": 100} | given))


def test_the_one_too_many_is_told_how_long_to_wait():
    counted = limits(session=3)
    for _ in range(3):
        counted.count_session("c1", "POST messages")
    with pytest.raises(Problem, match="More than 3 calls of 'POST messages' in one session in a minute") as refused:
        counted.count_session("c1", "POST messages")
    assert refused.value.status == 429
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60


def test_another_session_and_another_door_are_counted_apart():
    counted = limits(session=1)
    counted.count_session("c1", "POST messages")
    counted.count_session("c2", "POST messages")
    counted.count_session("c1", "GET messages")


def test_requests_and_new_sessions_of_an_address_are_counted_apart():
    counted = limits(address=1, openings=1)
    counted.count_request("192.0.2.1")
    counted.count_opening("192.0.2.1")
    counted.count_request("192.0.2.2")
    for count in (counted.count_request, counted.count_opening):
        with pytest.raises(Problem, match="from one address"):
            count("192.0.2.1")


def test_who_waited_is_heard_again(monkeypatch):
    import time

    counted, now = limits(session=2), time.time()
    for _ in range(2):
        counted.count_session("c1", "POST messages")
    monkeypatch.setattr(time, "time", lambda: now + 61)
    counted.count_session("c1", "POST messages")


def test_what_was_counted_takes_no_room_for_ever():
    counted = limits()
    storage = counted._limiter.storage
    for number in range(1000):
        counted.count_session(f"c{number}", "POST messages")
    storage.expirations.update(dict.fromkeys(storage.expirations, 0.0))
    storage._MemoryStorage__expire_events()
    assert not storage.storage
    assert not storage.events


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::]", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_one_customer_is_one_address(address, counted_as):
    assert network(address) == counted_as
