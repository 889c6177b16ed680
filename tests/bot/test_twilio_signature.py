"""Twilio's signature, as its documentation describes it, and what becomes of a text on its way out."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.problems import Problem
from bot.channels.twilio import is_signed, parts, public_urls, read_form, signature

#: The example of Twilio's documentation and of its own helper's tests.
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": ["CA1234567890ABCDE"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
    "Caller": ["+14158675309"],
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="

PATH = "/webhooks/twilio/webhook"
#: What is configured, and the address that Twilio signs.
ADDRESSES = {
    "the server's address": ("https://chat.example", f"https://chat.example{PATH}"),
    "with a slash": ("https://chat.example/", f"https://chat.example{PATH}"),
    "the whole address": (f"https://chat.example{PATH}", f"https://chat.example{PATH}"),
    "a proxy that cuts the path": ("https://chat.example/sms", "https://chat.example/sms"),
    "signed with the port": ("https://chat.example", f"https://chat.example:443{PATH}"),
    "signed without the port": ("https://chat.example:443", f"https://chat.example{PATH}"),
    "a port of its own": ("https://chat.example:8443", f"https://chat.example:8443{PATH}"),
    "a port that is not signed": ("https://chat.example:8443", f"https://chat.example{PATH}"),
    "without encryption": ("http://chat.example", f"http://chat.example:80{PATH}"),
    "a password": ("https://a:b@chat.example", f"https://a:b@chat.example{PATH}"),
}


def test_the_signature_of_the_documentation():
    assert signature(TOKEN, URL, FORM) == SIGNATURE


def test_an_empty_field_is_signed_and_a_repeated_value_once():
    assert signature(TOKEN, URL, {"Body": [""]}) != signature(TOKEN, URL, {})
    assert signature(TOKEN, URL, {"A": ["2", "1", "2"]}) == signature(TOKEN, URL, {"A": ["1", "2"]})


@pytest.mark.parametrize(("configured", "signed"), ADDRESSES.values(), ids=ADDRESSES)
@pytest.mark.parametrize("query", ["", "clinic=1&x=%20y"])
def test_the_address_is_the_one_that_twilio_called(configured, signed, query):
    signed += f"?{query}" if query else ""
    urls = public_urls(configured, path=PATH, query=query)
    assert is_signed(signature(TOKEN, signed, FORM), token=TOKEN, urls=urls, form=FORM)


def test_a_query_that_is_configured_is_the_one_that_was_signed_whether_it_arrived_or_not():
    configured = f"https://chat.example{PATH}?clinic=1"
    for query in ("clinic=1", ""):
        assert configured in public_urls(configured, path=PATH, query=query)
    assert configured not in public_urls(configured, path=PATH, query="clinic=2")


@pytest.mark.parametrize(
    "signed",
    [
        f"http://chat.example{PATH}",
        f"https://evil.example{PATH}",
        f"https://chat.example{PATH}?a=1",
        f"https://chat.example:444{PATH}",
        "https://chat.example/",
    ],
)
def test_another_address_is_not(signed):
    urls = public_urls("https://chat.example", path=PATH, query="")
    assert not is_signed(signature(TOKEN, signed, FORM), token=TOKEN, urls=urls, form=FORM)


@given(st.text())
def test_no_other_signature_passes(given_signature):
    assert is_signed(given_signature, token=TOKEN, urls=[URL], form=FORM) == (given_signature == SIGNATURE)


def form_of(body, content_type="application/x-www-form-urlencoded; charset=utf-8"):
    return read_form(SimpleNamespace(content_type=content_type), body)


def test_a_form_is_read_with_its_empty_fields():
    assert form_of(b"Body=&From=%2B1514&Body=%C3%A9+a") == {"Body": ["", "é a"], "From": ["+1514"]}


@pytest.mark.parametrize("body", [b"a", b"a=%ff", b"\xff=1", b"&".join([b"a=1"] * 300), b"a=1&&b=2"])
def test_what_is_no_form_is_refused(body):
    with pytest.raises(Problem) as refused:
        form_of(body)
    assert refused.value.status == 400


def test_another_type_is_refused():
    with pytest.raises(Problem) as refused:
        form_of(b"a=1", "application/json")
    assert refused.value.status == 415


LONG = "Vous pouvez reprendre le travail le jour même. " * 20


def test_an_sms_is_cut_and_a_whatsapp_message_is_not():
    assert len(parts(LONG, sms=True, urgent=False)) > 1
    assert len(parts(LONG, sms=False, urgent=False)) == 1
    assert len(parts(LONG * 2, sms=False, urgent=False)) == 2


@pytest.mark.parametrize("sms", [True, False])
def test_an_urgent_text_is_never_cut_if_it_is_taken_whole(sms):
    assert parts(LONG, sms=sms, urgent=True) == [LONG]
    assert len(parts(LONG * 2, sms=sms, urgent=True)) > 1


def test_words_on_whatsapp_stay_as_they_were_approved():
    assert parts("It’s fine", sms=False, urgent=False) == ["It’s fine"]
    assert parts("It’s fine", sms=True, urgent=False) == ["It's fine"]
