"""The list of conversations, and who read which."""

import datetime as dt
from urllib.parse import urlencode

import pytest

import clinic

clinic.setup()

from django.db import connection  # noqa: E402  # Django must be set up first
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from clinic.conversations import follow, roles  # noqa: E402
from clinic.conversations.models import FLAGS, Conversation, Progress, Reading  # noqa: E402
from clinic.conversations.views.newest_first import PAGE  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, everyone, member, rasas_table  # noqa: E402

LIST, READINGS = "/staff/conversations/", "/staff/conversations/readings/"


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


@pytest.fixture
def reviewer():
    return browser(roles.REVIEWERS)


def listed(client, address=LIST, **chosen):
    """The rows of a page, after which its text can be asked for, too."""
    response = client.get(address, chosen)
    assert response.status_code == 200
    return response.context_data["object_list"]


def messages(client, **chosen):
    return [row.shown for row in listed(client, **chosen)]


def said(*texts, **more):
    """A conversation for each text, the last one being the newest."""
    for number, text in enumerate(texts):
        Talk(at=NOW + dt.timedelta(minutes=number), **more).says(text).hears().read()


def test_it_works(reviewer):
    Talk(language="fr", channel="sms").says("ça fait mal?").hears(kind="clarify").says("le prix", "cost").hears(
        topic="cost"
    ).read()
    page = reviewer.get(LIST).content.decode()
    for words in ("ça fait mal?", "French", "SMS", "Does it hurt?", "Asked what was meant", "Nov. 25, 2026, 10 a.m."):
        assert words in page
    key = Conversation.objects.get().pk
    assert f'href="/staff/conversations/{key}/"' in page


def test_topics_are_named_in_the_language_of_whoever_reads(reviewer):
    said("ça fait mal?", language="fr")
    page = reviewer.get(LIST, headers={"Accept-Language": "fr"}).content.decode()
    assert "Est-ce que ça fait mal?" in page
    assert "25 novembre 2026" in page


def test_the_first_topics_are_shown(reviewer):
    talk = Talk()
    for topic in ("pain", "cost", "ask_more", "results"):
        talk.says("hello", topic).hears(topic=topic)
    talk.read()
    page = reviewer.get(LIST).content.decode()
    assert "Does it hurt? · What does it cost? · ask more · …" in page


@pytest.mark.parametrize(
    ("address", "may"),
    [
        (LIST, {roles.ADMINISTRATORS, roles.REVIEWERS}),
        (f"{LIST}results/", {roles.ADMINISTRATORS, roles.REVIEWERS}),
        (READINGS, {roles.ADMINISTRATORS}),
        (f"{READINGS}results/", {roles.ADMINISTRATORS}),
    ],
)
def test_it_requires_permission(address, may):
    assert {role for role, client in everyone().items() if client.get(address).status_code == 200} == may
    assert "login" in Client(SERVER_NAME="localhost").get(address).url


def test_the_menu_leads_only_where_one_may_go():
    menus = {role: client.get("/staff/").content.decode() for role, client in everyone().items()}
    assert {role for role, menu in menus.items() if f'"{LIST}"' in menu} == {roles.ADMINISTRATORS, roles.REVIEWERS}
    assert {role for role, menu in menus.items() if f'"{READINGS}"' in menu} == {roles.ADMINISTRATORS}


def test_it_shows_no_identifiers(reviewer):
    Talk("sms-0123456789abcdef").says("does it hurt").hears().read()
    assert "0123456789abcdef" not in reviewer.get(LIST).content.decode()


def test_the_newest_comes_first(reviewer):
    said("first", "second", "third")
    assert messages(reviewer) == ["third", "second", "first"]


SPREAD = [
    {"text": "ça fait mal", "kind": "urgent", "channel": "sms", "language": "fr"},
    {"text": "how much", "topic": "cost", "kind": "clarify", "at": NOW - dt.timedelta(days=3)},
    {
        "text": "les bleus",
        "topic": "side_effects",
        "kind": "urgent",
        "language": "fr",
        "at": NOW - dt.timedelta(days=2),
    },
]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, ["ça fait mal", "les bleus", "how much"]),
        ({"flag": "red_flag"}, ["ça fait mal", "les bleus"]),
        ({"flag": ["red_flag", "clarified"]}, []),
        ({"topic": "cost"}, ["how much"]),
        ({"channel": "sms"}, ["ça fait mal"]),
        ({"language": "fr"}, ["ça fait mal", "les bleus"]),
        ({"since": "2026-11-23"}, ["ça fait mal", "les bleus"]),
        ({"until": "2026-11-23"}, ["les bleus", "how much"]),
        ({"since": "2026-11-23", "until": "2026-11-23"}, ["les bleus"]),
        ({"reviewed": "true"}, ["how much"]),
        ({"reviewed": "false"}, ["ça fait mal", "les bleus"]),
        ({"q": "CA FAIT"}, ["ça fait mal"]),
        ({"q": "mal ca"}, ["ça fait mal"]),
        ({"flag": "red_flag", "language": "fr", "channel": "website", "q": "bleus"}, ["les bleus"]),
        ({"flag": "red_flag", "language": "en"}, []),
    ],
)
def test_filters_combine(reviewer, chosen, found):
    for talk in SPREAD:
        talk = dict(talk)
        text, topic, kind = talk.pop("text"), talk.pop("topic", "pain"), talk.pop("kind")
        Talk(**talk).says(text, topic).hears(topic=topic if kind == "answer" else "", kind=kind).read()
    Conversation.objects.filter(clarified=True).update(reviewed=True)
    assert messages(reviewer, **chosen) == found


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_is_a_filter_and_has_its_words(reviewer, flag):
    said("flagged", "plain")
    Conversation.objects.filter(turns__said="flagged").update(**{flag: True})
    response = reviewer.get(LIST, {"flag": flag})
    assert [row.flags for row in response.context_data["object_list"]] == [[flag]]
    assert [pill.value for pill in response.context_data["view"].active_filters] == [FLAGS[flag]]


def test_a_day_is_a_day_at_the_clinic(reviewer):
    Talk(at=dt.datetime(2026, 11, 26, 4, 30, tzinfo=dt.UTC)).says("late in the evening").hears().read()
    assert messages(reviewer, since="2026-11-25", until="2026-11-25") == ["late in the evening"]


def test_a_search_takes_wildcards_at_their_word(reviewer):
    said("100% sure", "100 times")
    assert messages(reviewer, q="100%") == ["100% sure"]
    assert messages(reviewer, q="_") == []


def test_a_search_looks_into_later_messages_and_shows_what_it_found(reviewer):
    Talk().says("hello", "greet").hears(kind="chat").says("is there swelling").hears().read()
    assert messages(reviewer, q="swelling") == ["is there swelling"]
    assert messages(reviewer, q="hello swelling") == []


def many(number, *, start=0):
    Conversation.objects.bulk_create(
        Conversation(sender=f"s{n}", latest=NOW + dt.timedelta(seconds=n // 3), started=NOW, last_event=n)
        for n in range(start, start + number)
    )


def walk(client, side, place=None):
    """The conversations page by page, as far as it goes, and the place that was reached."""
    page = client.get(LIST, {"p": place} if place else {}).context_data["page_obj"]
    yield [row.sender for row in page]
    if getattr(page, side):
        yield from walk(client, side, getattr(page, side))


def test_pages_follow_each_other_without_gap_or_repeat(reviewer):
    many(3 * PAGE + 5)
    pages = list(walk(reviewer, "older"))
    assert [len(page) for page in pages] == [PAGE, PAGE, PAGE, 5]
    assert [sender for page in pages for sender in page] == [f"s{n}" for n in reversed(range(3 * PAGE + 5))]


def test_what_comes_in_meanwhile_shifts_nothing(reviewer):
    many(2 * PAGE)
    first = reviewer.get(LIST).context_data["page_obj"]
    many(7, start=2 * PAGE)
    second = reviewer.get(LIST, {"p": first.older}).context_data["page_obj"]
    assert [row.sender for row in second] == [f"s{n}" for n in reversed(range(PAGE))]
    back = reviewer.get(LIST, {"p": second.newer}).context_data["page_obj"]
    assert [row.sender for row in back] == [row.sender for row in first]
    assert back.newer


def test_the_first_page_is_always_a_full_one(reviewer):
    many(PAGE + 5)
    second = reviewer.get(LIST, {"p": reviewer.get(LIST).context_data["page_obj"].older}).context_data["page_obj"]
    many(3, start=PAGE + 5)
    Conversation.objects.filter(sender=f"s{PAGE}").delete()
    assert len(reviewer.get(LIST, {"p": second.newer}).context_data["object_list"]) == PAGE


def test_pages_keep_the_filters(reviewer):
    many(2 * PAGE)
    Conversation.objects.update(red_flag=True)
    response = reviewer.get(LIST, {"flag": "red_flag"})
    assert f"?flag=red_flag&amp;p={response.context_data['page_obj'].older}" in response.content.decode()


@pytest.mark.parametrize(
    "place",
    ["1", "-1", "older", "older_x_1", "older_99999999T999999.999999Z_1", f"older_20261125T150000.000000Z_{9**30}"],
)
def test_a_place_that_cannot_be_is_the_first_page(reviewer, place):
    said("hello")
    assert messages(reviewer, p=place) == ["hello"]


def test_beyond_the_last_one_is_the_first_page(reviewer):
    said("hello")
    assert messages(reviewer, p="older_20000101T000000.000000Z_1") == ["hello"]
    assert messages(reviewer, p="newer_21000101T000000.000000Z_1") == ["hello"]


@pytest.mark.parametrize(
    "chosen",
    [
        {"flag": "nothing"},
        {"flag": ["red_flag", "'; DROP TABLE"]},
        {"topic": "x"},
        {"language": "xx"},
        {"channel": "\x00"},
        {"since": "yesterday"},
        {"since": "9999-12-31", "until": "0001-01-01"},
        {"reviewed": "perhaps"},
        {"q": "\x00"},
        {"q": "%" * 10_000},
        {"q": " ".join("abcdefghijklmnopqrstuvwxyz" * 40)},
        {"ordering": "sender"},
        {"p": ["1", "2"]},
    ],
)
def test_nothing_in_the_address_breaks_the_page(reviewer, chosen):
    said("hello")
    for address in (LIST, f"{LIST}results/", READINGS):
        client = browser(roles.ADMINISTRATORS) if address == READINGS else reviewer
        assert client.get(f"{address}?{urlencode(chosen, doseq=True)}").status_code == 200


def test_a_filter_that_cannot_be_is_named(reviewer):
    said("hello")
    assert "A filter could not be understood" in reviewer.get(LIST, {"flag": "nothing"}).content.decode()


SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def test_a_script_in_a_message_is_text(reviewer):
    Talk(channel=SCRIPT[:40], language="en").says(SCRIPT, topic=SCRIPT[:60]).hears(kind="decline").read()
    page = reviewer.get(LIST, {"q": "<script>"}).content.decode()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_ten_thousand_characters_are_cut(reviewer):
    said("a" * 10_000)
    (message,) = messages(reviewer)
    assert len(message) == 90


@pytest.mark.parametrize(
    "address", [f"{LIST}?q=hello", LIST, f"{LIST}?flag=red_flag&channel=website&q=hello", READINGS]
)
def test_the_number_of_queries_does_not_grow(address):
    client = browser(roles.ADMINISTRATORS)
    said(*["hello"] * (PAGE + 2))
    for row in Conversation.objects.all():
        Reading.objects.create(sender=row.sender, username="someone", at=NOW)
    Conversation.objects.update(red_flag=True)
    with CaptureQueriesContext(connection) as queries:
        assert len(client.get(address).context_data["object_list"]) == PAGE
    assert len(queries) <= 15
    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if "OFFSET" in sql or ("COUNT(" in sql and "LIMIT" not in sql)]


def test_it_says_when_it_was_read_last(reviewer):
    said("hello")
    Progress.objects.update(read_at=dt.datetime.now(dt.UTC))
    assert "Up to date at" in reviewer.get(LIST).content.decode()
    Progress.objects.update(read_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=2))
    assert "python -m clinic follow</code> is not running" in reviewer.get(LIST).content.decode()


def test_an_empty_room_is_no_fault(reviewer):
    assert "No conversation has been read yet" in reviewer.get(LIST).content.decode()
    follow.catch_up(at=dt.datetime.now(dt.UTC))
    page = reviewer.get(LIST).content.decode()
    assert "There are no conversations yet" in page
    assert "not running" not in page


def test_before_rasa_has_made_its_table_nothing_is_wrong(reviewer):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE events")
    assert not follow.catch_up(at=dt.datetime.now(dt.UTC))
    assert "There are no conversations yet" in reviewer.get(LIST).content.decode()
    rasas_table()


def read_by(who, sender, at=NOW):
    return Reading.objects.create(sender=sender, by=who, username=who.username, at=at)


def test_who_read_what_is_listed_newest_first():
    ann, bob = member(username="ann"), member(username="bob")
    said("hello")
    there = Conversation.objects.get()
    read_by(ann, there.sender)
    read_by(bob, "gone-long-since", at=NOW + dt.timedelta(hours=1))
    administrator = browser(roles.ADMINISTRATORS)
    assert [row.username for row in listed(administrator, READINGS)] == ["bob", "ann"]
    page = administrator.get(READINGS).content.decode()
    assert f'href="/staff/conversations/{there.pk}/"' in page
    assert "gone-lon" in page
    assert "gone-long-since" not in page


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"username": "ann"}, ["ann"]),
        ({"q": "OB"}, ["bob"]),
        ({"q": "two"}, ["bob"]),
        ({"until": "2026-11-25"}, ["ann"]),
        ({"username": "ann", "since": "2026-11-26"}, []),
    ],
)
def test_readings_are_filtered(chosen, found):
    ann, bob = member(username="ann"), member(username="bob")
    read_by(ann, "one")
    read_by(bob, "two", at=NOW + dt.timedelta(days=1))
    assert [row.username for row in listed(browser(roles.ADMINISTRATORS), READINGS, **chosen)] == found


def test_what_someone_read_who_has_left_is_still_known():
    ann = member(username="ann")
    read_by(ann, "one")
    ann.delete()
    assert [row.username for row in listed(browser(roles.ADMINISTRATORS), READINGS, q="ann")] == ["ann"]
