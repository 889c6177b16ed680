"""A message is claimed once, on the database of the installation."""

import sqlite3
import time

import pytest

from bot.channels import claims
from bot.channels.claims import Claims, State


@pytest.fixture
def database(tmp_path):
    return Claims(f"sqlite:///{tmp_path}/claims.db")


def test_a_message_is_claimed_once(database):
    assert database.claim("c1", "m1", "hello") == (State.OURS, [])
    assert database.claim("c1", "m1", "hello") == (State.IN_PROGRESS, [])
    database.settle("c1", "m1", [{"text": "Hello!"}])
    assert database.claim("c1", "m1", "hello") == (State.ANSWERED, [{"text": "Hello!"}])
    assert database.claim("c1", "m1", "goodbye") == (State.ANOTHER_TEXT, [])


def test_conversations_do_not_share_ids(database):
    database.claim("c1", "m1", "hello")
    assert database.claim("c2", "m1", "hello")[0] is State.OURS


def test_what_a_dead_process_claimed_is_taken_over_once(database, monkeypatch):
    database.claim("c1", "m1", "hello")
    later = time.time() + claims.ABANDONED + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert database.claim("c1", "m1", "hello")[0] is State.OURS
    assert database.claim("c1", "m1", "hello")[0] is State.IN_PROGRESS


def test_replies_are_not_kept_for_ever(database, monkeypatch):
    database.claim("c1", "m1", "hello")
    database.settle("c1", "m1", [{"text": "Hello!"}])
    later = time.time() + claims.KEPT + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert database.claim("c1", "m1", "hello")[0] is State.OURS


def test_replies_are_forgotten_though_nobody_writes_any_more(database, tmp_path, monkeypatch):
    database.claim("c1", "m1", "hello")
    later = time.time() + claims.KEPT + 1
    monkeypatch.setattr(time, "time", lambda: later)
    database.purge()
    with sqlite3.connect(tmp_path / "claims.db") as connection:
        assert connection.execute("SELECT count(*) FROM channel_claims").fetchone() == (0,)


def test_the_text_itself_is_not_kept(database, tmp_path):
    database.claim("c1", "m1", "my name is Julie")
    assert b"Julie" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
