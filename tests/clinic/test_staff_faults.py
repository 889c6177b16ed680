"""A database that fails is named to the staff, and nothing else is shown."""

import sqlite3
import sys

import pytest

import clinic

clinic.setup()

from django.db import OperationalError, connections  # noqa: E402  # Django must be set up first
from django.test import Client, RequestFactory  # noqa: E402

from clinic.conversations import faults, roles  # noqa: E402
from tests.clinic.conftest import use  # noqa: E402
from tests.clinic.staff import browser  # noqa: E402

PAGES = ["/staff/", "/staff/conversations/", "/staff/conversations/results/", "/staff/conversations/readings/"]
AWAY = "postgresql://someone:not-a-secret@127.0.0.1:9/askmeso"


@pytest.fixture
def stranger():
    """A browser with a cookie of the staff room: whose it is can only be asked of the database."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    return client


def text(response, status=503):
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_locked_database_is_named(sqlite, page):
    client = browser(roles.ADMINISTRATORS)
    client.raise_request_exception = False
    connections["default"].settings_dict["OPTIONS"]["timeout"] = 0.1
    connections.close_all()
    other = sqlite3.connect(sqlite.removeprefix("sqlite:///"), isolation_level=None)
    try:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        words = text(client.get(page))
    finally:
        other.close()
    assert "The database is locked" in words
    assert "La base de données est verrouillée" in words
    assert text(client.get(page), 200)


@pytest.mark.parametrize("page", [*PAGES, "/staff/nowhere/"])
def test_a_database_that_is_away_is_named_without_its_address(stranger, page):
    use(AWAY)
    response = stranger.get(page)
    words = text(response)
    assert "The database does not answer" in words
    assert "La base de données ne répond pas" in words
    assert not any(secret in words for secret in ("not-a-secret", "someone", "127.0.0.1", "Traceback", "psycopg2"))
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("page", PAGES)
def test_a_missing_table_is_named(stranger, tmp_path, page):
    use(f"sqlite:///{tmp_path / 'empty.db'}")
    assert "python -m clinic migrate" in text(stranger.get(page))


def test_signing_in_without_a_database_names_the_fault(stranger):
    stranger.cookies.clear()
    use(AWAY)
    assert "does not answer" in text(stranger.get("/staff/login/"))
    assert "does not answer" in text(stranger.post("/staff/login/", {"username": "ann", "password": "x"}))


def test_the_clinics_pages_need_no_database(stranger):
    use(AWAY)
    assert stranger.get("/fr/").status_code == 200


def failed(path, error):
    try:
        raise error
    except type(error):
        return faults.page(RequestFactory().get(path))


def test_any_other_error_is_an_ordinary_one():
    assert failed("/staff/", ValueError("x")).status_code == 500
    assert failed("/fr/", OperationalError("x")).status_code == 500
    assert failed("/staff/", OperationalError("x")).status_code == 503
    assert sys.exc_info() == (None, None, None)
