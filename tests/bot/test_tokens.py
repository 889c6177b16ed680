"""A token opens one conversation, for a day, also while the key is being changed."""

import base64
import hmac
import json
import time

import jwt
import pytest

from bot.channels.problems import Problem
from bot.channels.tokens import SESSION_SECONDS, Tokens

OLD, NEW = "old " * 10, "new " * 10


def tokens(secret=NEW, previous=""):
    return Tokens(audience="website", secret=secret, previous=previous)


def header(issued):
    return f"Bearer {issued['token']}"


def test_it_opens_the_conversation_it_was_issued_for():
    issued = tokens().issue(language="fr")
    session = tokens().read(header(issued))
    assert (session.conversation, session.language) == (issued["conversation"], "fr")


def test_a_session_lasts_a_day_and_no_longer(monkeypatch):
    issued = tokens().issue(language=None)
    assert abs(issued["expires_at"] - time.time() - 24 * 3600) < 2
    claims = {"sub": "c", "aud": "website", "exp": time.time() - 1}
    with pytest.raises(Problem, match="The session is over; open a new one"):
        tokens().read("Bearer " + jwt.encode(claims, NEW))
    assert SESSION_SECONDS == 24 * 3600


def test_a_token_of_the_previous_key_is_accepted_and_new_ones_are_signed_with_the_current():
    before = tokens(OLD).issue(language="en")
    during = tokens(NEW, previous=OLD)
    assert during.read(header(before)).conversation == before["conversation"]
    jwt.decode(during.issue(language="en")["token"], NEW, ["HS256"], audience="website")


def test_a_key_that_was_taken_out_opens_nothing():
    before = tokens(OLD).issue(language="en")
    with pytest.raises(Problem) as refused:
        tokens(NEW).read(header(before))
    assert refused.value.status == 401


def test_without_a_previous_key_the_empty_key_opens_nothing():
    head, claims = ({"alg": "HS256"}, {"sub": "c", "aud": "website", "exp": time.time() + 60})
    signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims))
    signature = base64.urlsafe_b64encode(hmac.digest(b"", signed, "sha256")).rstrip(b"=")
    with pytest.raises(Problem, match="Send the token"):
        tokens(previous="").read(f"Bearer {(signed + b'.' + signature).decode()}")


@pytest.mark.parametrize("left_out", ["sub", "exp", "aud"])
def test_a_token_says_who_for_what_and_until_when(left_out):
    claims = {"sub": "c", "aud": "website", "exp": time.time() + 60}
    del claims[left_out]
    with pytest.raises(Problem):
        tokens().read("Bearer " + jwt.encode(claims, NEW))


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer a.b.c"])
def test_what_is_no_token_is_told_what_to_send(authorization):
    with pytest.raises(Problem, match="Send the token of POST session") as refused:
        tokens().read(authorization)
    assert refused.value.headers == {"WWW-Authenticate": "Bearer"}
