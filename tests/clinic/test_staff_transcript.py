"""A conversation as a reviewer reads it."""

import datetime as dt
import re

import pytest

import clinic

clinic.setup()

from django.db import connection  # noqa: E402  # Django must be set up first
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.html import escape  # noqa: E402
from wagtail.users.models import UserProfile  # noqa: E402

from clinic.conversations import opening, roles, showing  # noqa: E402
from clinic.conversations.models import Reading, Turn  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, everyone, member, rasas_table  # noqa: E402

READERS = {roles.ADMINISTRATORS, roles.REVIEWERS}


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


def address(conversation):
    return f"/staff/conversations/{conversation.pk}/"


def page(conversation, *, by=None, query=""):
    response = (by or browser(roles.REVIEWERS)).get(address(conversation) + query)
    assert response.status_code == 200
    return response.content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").replace("&nbsp;", " ").split())


def test_it_works():
    talk = Talk().says("does it hurt", confidence=0.81, ranking=[("pain", 0.81), ("cost", 0.12)])
    talk.hears("Light pricks.\nAsk **us**.", buttons=[("What does it cost?", "/cost")], revision="abcdef0123456789")
    html = page(talk.read())
    text = words(html)
    assert "does it hurt" in text and "<strong>us</strong>" in html
    assert "pain 81 %" in text and "What does it cost? 12 %" in text
    assert '<li class="chip">What does it cost?</li>' in html
    assert "abcdef01" in text and "abcdef012" not in text
    assert "changed since" in text


def test_it_requires_permission():
    conversation = Talk().says("does it hurt").hears().read()
    allowed = {role for role, client in everyone().items() if client.get(address(conversation)).status_code == 200}
    assert allowed == READERS
    assert browser().get(address(conversation)).status_code == 302


def test_an_unknown_conversation_is_not_found():
    assert browser(roles.REVIEWERS).get("/staff/conversations/4711/").status_code == 404


def test_it_rejects_post():
    conversation = Talk().says("does it hurt").hears().read()
    assert browser(roles.REVIEWERS).post(address(conversation)).status_code == 405


def test_it_shows_no_identifiers():
    conversation = Talk("f" * 40).says("my number is [phone]").hears().read()
    assert "f" * 8 not in page(conversation)


def test_what_the_assistant_understood_stands_beside_each_turn():
    flag = {"symptom": "trouble breathing", "tier": "emergency", "source": "redflag-01"}
    clauses = [
        {"text": "my tongue swells", "topic": "urgent_symptom", "outcome": "urgent", "confidence": 0.9},
        {"text": "what does it cost", "topic": "cost", "outcome": "answer", "confidence": 0.8},
    ]
    talk = Talk().says(
        "my tongue swells and what does it cost", entities=[("area", "face")], clauses=clauses, red_flag=flag
    )
    text = words(page(talk.hears("Call 911.", kind="urgent", topic="").read()))
    assert "trouble breathing · Emergency · redflag-01" in text
    assert "area: face" in text
    assert "what does it cost What does it cost? 80 % · Answered" in text


def test_a_vote_stands_beside_its_message():
    talk = Talk().says("does it hurt").hears(id="b").votes("b", helpful=False, comment="no <b>number</b>")
    text = page(talk.read())
    assert "The patient found this unhelpful." in text
    assert "no &lt;b&gt;number&lt;/b&gt;" in text


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_nothing_that_was_typed_or_said_runs():
    clauses = [{"text": SCRIPT, "topic": SCRIPT, "outcome": SCRIPT}] * 2
    more = {"clauses": clauses, "red_flag": {"symptom": SCRIPT}, "ranking": [("x" + SCRIPT, 0.3)]}
    talk = Talk().says(SCRIPT, SCRIPT, entities=[(SCRIPT, SCRIPT)], **more)
    sources = [{"title": SCRIPT, "publisher": SCRIPT, "year": SCRIPT, "url": "javascript:alert(3)"}]
    talk.hears(
        SCRIPT,
        kind=SCRIPT,
        topic=SCRIPT,
        variant=SCRIPT,
        revision=SCRIPT,
        sources=sources,
        buttons=[(SCRIPT, "/x")],
        id="b",
    )
    html = page(talk.votes("b", helpful=False, comment=SCRIPT).read())
    assert SCRIPT not in html and "<img src=x" not in html
    assert escape(SCRIPT) in html
    assert "javascript:" not in html


def test_ten_thousand_characters_are_all_there():
    assert "a" * 10_000 in page(Talk().says("a" * 10_000).hears("b" * 10_000).read())


def test_half_a_conversation_opens():
    conversation = Talk().says("does it hurt").read()
    assert "The assistant said nothing." in page(conversation)


def test_events_of_an_older_model_open():
    talk = (
        Talk()
        .event("user", text="does it hurt", parse_data={"intent": {"name": "gone_intent"}})
        .event("bot", text="yes")
    )
    assert "gone_intent" in page(talk.read())


def test_an_event_of_an_unknown_type_is_passed_over():
    assert page(Talk().says("does it hurt").event("unheard_of", text="x").hears().read())


def test_a_purged_conversation_says_so_and_shows_what_is_kept():
    conversation = Talk().says("does it hurt").hears("Light pricks.").read()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events")
    text = page(conversation)
    assert "have been deleted" in text and "does it hurt" in text and "Light pricks." not in text


def test_who_read_it_is_written_down_once_in_ten_minutes():
    conversation = Talk().says("does it hurt").hears().read()
    julie = member(roles.REVIEWERS, username="julie")
    for _ in range(3):
        page(conversation, by=browser(julie))
    assert [(r.sender, r.username) for r in Reading.objects.all()] == [(conversation.sender, "julie")]
    page(conversation)
    assert Reading.objects.count() == 2


def test_who_reads_it_later_is_written_down_again():
    pk, julie = Talk().says("does it hurt").hears().read().pk, member(roles.REVIEWERS)
    for minutes in (0, 9, 11):
        at = NOW + dt.timedelta(minutes=minutes)
        opening.note(opening.conversations(julie, at=at).get(pk=pk), by=julie, at=at)
    assert Reading.objects.count() == 2


def test_whoever_is_refused_is_not_written_down():
    browser(roles.ANALYSTS).get(address(Talk().says("does it hurt").hears().read()))
    assert not Reading.objects.exists()


def test_the_neighbours_are_a_link_away():
    older, this, newer = (
        Talk(at=NOW + dt.timedelta(hours=hours)).says("does it hurt").hears().read() for hours in (0, 1, 2)
    )
    html = page(this)
    assert f'href="{address(older)}"' in html and f'href="{address(newer)}"' in html
    assert "Newer" not in words(page(newer)) and "Older" not in words(page(older))


def test_a_turn_has_an_address_of_its_own():
    conversation = Talk().says("does it hurt").hears().read()
    assert f'id="turn-{Turn.objects.get().event}"' in page(conversation)


def test_a_long_conversation_has_pages_and_a_turn_is_found_on_its_own():
    talk = Talk()
    for number in range(showing.ON_A_PAGE + 1):
        talk.says(f"question {number}")
    conversation = talk.read()
    last = Turn.objects.get(number=showing.ON_A_PAGE + 1)
    assert f'id="turn-{last.event}"' not in page(conversation)
    assert f'id="turn-{last.event}"' in page(conversation, query=f"?turn={last.pk}")
    assert f'id="turn-{last.event}"' in page(conversation, query="?p=2")


@pytest.mark.parametrize(
    "query", ["?turn=x", "?turn=-1", "?turn=99999999999999999999", "?p=x", "?p=0", "?p=99", "?p=²"]
)
def test_an_address_that_means_nothing_opens_the_first_or_last_page(query):
    assert page(Talk().says("does it hurt").hears().read(), query=query)


def test_two_hundred_turns_take_no_more_queries_than_one():
    client, short, long = browser(roles.REVIEWERS), Talk().says("does it hurt").hears(), Talk()
    for number in range(200):
        long.says(f"question {number}").hears(id=f"long{number}", kind="clarify").votes(f"long{number}", helpful=False)
    client.get("/staff/")
    numbers = [queries(client, talk.read()) for talk in (short, long)]
    assert numbers[0] == numbers[1] <= 15


def queries(client, conversation):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address(conversation)).status_code == 200
    return len(captured)


def test_whoever_switched_shortcuts_off_has_none():
    conversation, julie = Talk().says("does it hurt").hears().read(), member(roles.REVIEWERS)
    assert "transcript.js" in page(conversation, by=browser(julie))
    UserProfile.objects.update_or_create(user=julie, defaults={"keyboard_shortcuts": False})
    assert "transcript.js" not in page(conversation, by=browser(julie))
