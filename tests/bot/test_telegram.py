"""Telegram without a server: what starts it, what its buttons carry, what its refusals mean."""

import httpx
import pytest
from rasa.shared.exceptions import InvalidConfigException

from bot.channels.numbered import short
from bot.channels.telegram import TelegramInput, carried, refused
from tests.conftest import ROOT


@pytest.fixture
def given(tmp_path):
    return {
        "token": "1:a",
        "secret_token": "a" * 32,
        "api": "https://api.telegram.org",
        "secret": "s" * 40,
        "database_url": f"sqlite:///{tmp_path / 'a.db'}",
        "content": str(ROOT / "content"),
    }


@pytest.mark.parametrize(
    ("key", "variable"), [("token", "ASKMESO_TELEGRAM_TOKEN"), ("secret_token", "ASKMESO_TELEGRAM_SECRET")]
)
@pytest.mark.parametrize("value", ["", None])
def test_it_does_not_start_without_its_secret_and_says_which_variable_is_missing(given, key, variable, value):
    with pytest.raises(InvalidConfigException, match=variable):
        TelegramInput.from_credentials(given | {key: value})


def test_it_does_not_start_with_nothing():
    with pytest.raises(InvalidConfigException, match="ASKMESO_TELEGRAM_TOKEN, ASKMESO_TELEGRAM_SECRET"):
        TelegramInput.from_credentials(None)


@pytest.mark.parametrize("secret", ["short", "a" * 31, "a" * 257, "é" * 40, "a b" * 20])
def test_a_secret_that_telegram_refuses_or_that_is_guessed_stops_the_start(given, secret):
    with pytest.raises(InvalidConfigException, match="ASKMESO_TELEGRAM_SECRET") as stopped:
        TelegramInput.from_credentials(given | {"secret_token": secret})
    assert secret not in str(stopped.value)


@pytest.mark.parametrize("mode", ["off", "false", "no"])
def test_it_does_not_start_with_the_lock_off(given, mode):
    with pytest.raises(InvalidConfigException, match="ASKMESO_TELEGRAM_VERIFY"):
        TelegramInput.from_credentials(given | {"verify": mode})


def test_a_conversation_does_not_tell_who_it_is_with(given):
    channel = TelegramInput.from_credentials(given)
    conversation = channel.conversation("612345678")
    assert len(conversation) == 64
    assert "612345678" not in conversation
    assert conversation == TelegramInput.from_credentials(given).conversation("612345678")
    assert conversation != TelegramInput.from_credentials(given | {"secret": "t" * 40}).conversation("612345678")


def test_a_button_carries_its_payload_or_its_short_name():
    long = '/book_appointment{"booking": "request", "language": "en", "area": "é"}'
    assert carried("/pain") == "/pain"
    assert carried(long) == short(long)


@pytest.mark.parametrize(
    ("status", "body", "permanent", "wait"),
    [
        (429, {"parameters": {"retry_after": 5}}, False, 5),
        (429, {}, False, None),
        (429, {"parameters": {"retry_after": "soon"}}, False, None),
        (429, {"parameters": [5]}, False, None),
        (403, {"description": "Forbidden: bot was blocked by the user"}, True, None),
        (400, {"description": "Bad Request: chat not found"}, True, None),
        (401, {}, True, None),
        (500, [], False, None),
    ],
)
def test_a_refusal_says_whether_and_when_to_try_again(status, body, permanent, wait):
    error = refused(httpx.Response(status, json=body))
    assert (error.permanent, error.retry_after) == (permanent, wait)


def test_a_refusal_that_is_no_json_is_judged_by_its_status():
    assert not refused(httpx.Response(502, content=b"<html>")).permanent
