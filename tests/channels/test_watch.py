"""A roll-out behind a new proxy: what would be refused is let pass and counted, for at most 72 hours."""

import datetime as dt

import pytest

from tests.channels.channel import Webhook, another, opened
from tests.channels.telegram import TelegramKit


@pytest.fixture(scope="module")
def channel(model, tmp_path_factory):
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).isoformat()
    watched = {"ASKMESO_TELEGRAM_VERIFY": "watch", "ASKMESO_TELEGRAM_VERIFY_UNTIL": until}
    with opened(TelegramKit(), tmp_path_factory.mktemp("watch"), **watched) as started:
        yield started


def health(channel):
    return channel.post(Webhook(b"", {}, path="../website/health", method="GET")).json()


def test_an_unverified_call_is_answered_and_counted_and_the_page_is_yellow(channel):
    person = channel.person()
    before = health(channel)["channels"]["telegram"]["unverified"]
    good = channel.kit.text(person.id, "Hello", id=another())
    channel.delivered(Webhook(good.body, {"Content-Type": "application/json"}))
    person.heard(0, until="Hello!")
    page = health(channel)
    assert page["status"] == "yellow"
    assert page["channels"]["telegram"]["unverified"] == before + 1
    assert page["channels"]["telegram"]["verify"] == "watch"


def test_a_verified_call_is_not_counted(channel):
    person, before = channel.person(), health(channel)["channels"]["telegram"]["unverified"]
    person.say("Hello", until="Hello!")
    assert health(channel)["channels"]["telegram"]["unverified"] == before


def test_what_is_malformed_is_refused_all_the_same(channel):
    assert channel.post(Webhook(b"{}", {"Content-Type": "application/json"})).status_code == 400


def test_the_log_says_so_at_the_start(channel):
    log = channel.assistant.log.read_text()
    assert "does NOT refuse unverified callers until" in log
    assert "ASKMESO_TELEGRAM_VERIFY=enforce" in log
