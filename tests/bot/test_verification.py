"""The mode of a channel's lock: it cannot be taken off, and it is ajar for 72 hours at most."""

import datetime as dt

import pytest
from rasa.shared.exceptions import InvalidConfigException

from bot.channels.verification import Verification

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def read(mode, until="", *, now=NOW):
    return Verification.read("telegram", mode=mode, until=until, now=now)


@pytest.mark.parametrize("mode", ["", "enforce"])
def test_who_is_not_verified_is_refused_by_default(mode):
    verification = read(mode)
    assert not verification.passes("no signature")
    assert verification.report() == {"verify": "enforce"}


@pytest.mark.parametrize("mode", ["off", "false", "0", "none", "no", "disabled", "WATCH", " enforce"])
def test_there_is_no_way_to_switch_it_off(mode):
    with pytest.raises(InvalidConfigException, match="ASKMESO_TELEGRAM_VERIFY is"):
        read(mode)


@pytest.mark.parametrize(
    "until", ["", "tomorrow", "2026-11-27", "2026-11-27T12:00:00", "2026-11-29T12:00:01+00:00", "2036-11-27T12:00:00Z"]
)
def test_watching_needs_an_end_with_its_zone_within_72_hours(until):
    with pytest.raises(InvalidConfigException, match="ASKMESO_TELEGRAM_VERIFY_UNTIL is") as refused:
        read("watch", until)
    assert "72 hours" in str(refused.value)


def test_72_hours_are_taken():
    read("watch", "2026-11-29T12:00:00+00:00")


def test_watching_counts_what_it_lets_pass():
    now = dt.datetime.now(dt.UTC)
    until = now + dt.timedelta(hours=1)
    verification = read("watch", until.isoformat(), now=now)
    assert [verification.passes("no signature") for _ in range(3)] == [True] * 3
    assert verification.report() == {"verify": "watch", "until": until.isoformat(), "unverified": 3}


def test_watching_ends_by_itself(caplog):
    verification = read("watch", "2020-11-29T12:00:00+00:00")
    assert not verification.passes("no signature")
    verification.announce()
    assert "is over" in caplog.text
