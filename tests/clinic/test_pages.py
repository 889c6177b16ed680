"""The clinic's pages, asked what every view is asked."""

import pytest

import clinic

clinic.setup()

from django.test import Client  # noqa: E402  # Django must be set up first


@pytest.fixture
def client():
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize(("url", "words"), [("/fr/", "Questions sur la mésothérapie"), ("/en/", "Questions about")])
def test_it_works(client, url, words):
    page = client.get(url)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]


def test_french_comes_first(client):
    assert client.get("/").headers["Location"] == "/fr/"


def test_another_language_is_not_found(client):
    assert client.get("/es/").status_code == 404


@pytest.mark.parametrize("url", ["/fr/", "/health", "/site.css"])
def test_it_rejects_post(client, url):
    assert client.post(url).status_code == 405


def test_a_foreign_host_is_refused():
    assert Client(headers={"host": "evil.example"}).get("/fr/").status_code == 400


def test_it_is_healthy(client):
    assert client.get("/health").json()["status"] == "ok"
