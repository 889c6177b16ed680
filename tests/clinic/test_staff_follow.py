"""The staff room's summaries follow what Rasa stores."""

import datetime as dt
import json

import pytest

import clinic

clinic.setup()

from django.db import connection  # noqa: E402  # Django must be set up first

from clinic.conversations import follow, reading  # noqa: E402
from clinic.conversations.models import Conversation, Turn, Verdict, Vote  # noqa: E402
from tests.clinic.staff import NOW, Talk, rasas_table  # noqa: E402


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


def only_turn():
    return Turn.objects.get()


def test_a_conversation_is_one_row_and_each_message_a_turn():
    talk = Talk(language="fr").says("ça fait mal?").hears(language="fr").says("combien?", "cost").hears(topic="cost")
    conversation = talk.read()
    assert (conversation.length, conversation.language, conversation.channel) == (2, "fr", "website")
    assert conversation.topics == ["pain", "cost"]
    assert [turn.said for turn in conversation.turns.order_by("number")] == ["ça fait mal?", "combien?"]
    assert conversation.flags == []


def test_reading_twice_changes_nothing():
    talk = Talk().says("does it hurt").hears()
    talk.read()
    before = list(Turn.objects.values())
    Conversation.objects.update(last_event=0)
    talk.read()
    assert list(Turn.objects.values()) == before


def test_new_messages_of_a_known_conversation_are_added():
    talk = Talk().says("does it hurt").hears()
    talk.read()
    assert talk.says("and how long", "duration").hears(topic="duration").read().length == 2
    assert Turn.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "flag", "priority"),
    [
        ("urgent", "red_flag", Turn.Priority.RED_FLAG),
        ("clarify", "clarified", Turn.Priority.CLARIFIED),
        ("decline", "declined", Turn.Priority.DECLINED),
        ("error", "error", Turn.Priority.SUSPECT),
    ],
)
def test_what_the_assistant_did_is_a_flag_and_waits_for_a_reviewer(kind, flag, priority):
    conversation = Talk().says("my throat swells").hears(kind=kind).read()
    assert conversation.flags == [flag]
    assert (only_turn().review, only_turn().priority) == ("waiting", priority)


def test_a_complaint_makes_the_turn_before_suspect():
    Talk().says("does it hurt").hears().says("that is not what I asked", "complaint").hears(kind="chat").read()
    assert Turn.objects.get(number=1).priority == Turn.Priority.SUSPECT


def test_whoever_asks_for_another_language_was_answered_in_the_wrong_one():
    talk = Talk().says("bonjour").hears(kind="chat").says("en français", "change_language").hears(kind="chat")
    assert talk.read().wrong_language


def test_an_unsure_answer_is_seen():
    assert Talk().says("hm", confidence=0.55).hears().read().low_confidence


def test_an_unhelpful_vote_counts_and_a_later_one_replaces_it():
    talk = Talk().says("does it hurt").hears(id="b")
    talk.votes("b", helpful=False, comment="no").read()
    assert (only_turn().helpful, only_turn().priority) == (False, Turn.Priority.UNHELPFUL)
    assert Vote.objects.get().comment == "no"
    assert not talk.votes("b", helpful=True).read().unhelpful
    assert Vote.objects.get().helpful


def judged(turn):
    Verdict.objects.create(turn=turn, kind="right", at=NOW)
    Turn.objects.filter(pk=turn.pk).update(review="done")


def test_what_was_judged_comes_back_only_after_an_unhelpful_vote():
    talk = Talk().says("does it hurt").hears(id="b", kind="clarify")
    talk.read()
    judged(only_turn())
    talk.says("thanks", "thanks").hears(kind="chat").votes("b", helpful=True).read()
    assert Turn.objects.get(number=1).review == "done"
    talk.votes("b", helpful=False).read()
    assert Turn.objects.get(number=1).review == "waiting"


def test_a_conversation_is_reviewed_once_nothing_of_it_waits():
    talk = Talk().says("does it hurt").hears(kind="clarify")
    assert not talk.read().reviewed
    judged(only_turn())
    follow.refresh_reviewed(only_turn().conversation_id)
    assert Conversation.objects.get().reviewed


def test_many_conversations_are_read_at_once():
    for number in range(follow.TOGETHER + 5):
        talk = Talk(f"s{number}").says(f"question {number}").hears(id=f"b{number}").votes(f"b{number}", helpful=True)
    talk.read()
    said = Turn.objects.values_list("conversation__sender", "said", "votes__message")
    assert set(said) == {(f"s{n}", f"question {n}", f"b{n}") for n in range(follow.TOGETHER + 5)}
    assert Conversation.objects.filter(last_event__gt=0, length=1).count() == follow.TOGETHER + 5


def test_a_reviewed_conversation_stays_reviewed_when_it_is_read_again():
    talk = Talk().says("does it hurt").hears(kind="clarify")
    talk.read()
    judged(only_turn())
    assert talk.event("slot", name="x", value=1).read().reviewed


def test_a_booking_is_started_finished_or_given_up():
    def booking(*more):
        talk = Talk().says("book", "book_appointment").event("active_loop", name="booking_form")
        return talk.hears(kind="booking", topic="")

    assert booking().read().flags == ["booking_started"]
    response = {"metadata": {"id": "b", "kind": "booking"}, "utter_action": "utter_booking_sent_today"}
    sent = booking().event("bot", text="The clinic has your request.", data={}, metadata=response)
    assert sent.event("active_loop", name=None).read().flags == ["booking_started", "booking_finished"]
    assert booking().event("active_loop", name=None).read().flags == ["booking_started", "booking_given_up"]


def test_a_tapped_button_reads_as_its_title():
    Talk().says("hi", "greet").hears(buttons=[("Does it hurt?", '/pain{"language": "en"}')]).says(
        "/pain"
    ).hears().read()
    assert Turn.objects.get(number=2).said == "Does it hurt?"
    assert Turn.objects.get(number=2).tapped


def test_old_conversations_are_forgotten():
    Talk(at=NOW - dt.timedelta(days=400)).says("does it hurt").hears().read()
    Talk().says("does it hurt").hears().read()
    assert follow.forget(before=NOW - dt.timedelta(days=365)) == 1
    assert Conversation.objects.count() == Turn.objects.count() == 1


def test_a_row_that_is_committed_late_is_read_all_the_same():
    late = Talk().says("does it hurt").hears()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events SET id = id + 100")
        cursor.execute("SELECT min(id) - 50 FROM events")
        number = cursor.fetchone()[0]
    late.read()
    early = Talk()
    with connection.cursor() as cursor:
        row = {"text": "late", "parse_data": {"intent": {"name": "pain", "confidence": 1}}}
        cursor.execute(
            "INSERT INTO events (id, sender_id, type_name, timestamp, data) VALUES (%s, %s, 'user', 1, %s)",
            [number, early.sender, json.dumps(row)],
        )
    assert early.read().length == 1


BROKEN = [
    "not json",
    "[]",
    "null",
    '{"text": null}',
    '{"text": "hi"}',
    '{"text": "hi", "parse_data": null}',
    '{"text": "hi", "parse_data": {"intent": null, "entities": 3, "clauses": "x", "intent_ranking": [1]}}',
    '{"text": "hi", "metadata": [], "data": 5}',
    '{"text": {"a": 1}, "message_id": 5, "helpful": "yes"}',
    '{"text": "/pain{", "parse_data": {}}',
    '{"text": "\\u0000", "parse_data": {"intent": {"name": "x", "confidence": "high"}}}',
]


@pytest.mark.parametrize("data", BROKEN)
@pytest.mark.parametrize("kind", ["user", "bot", "feedback", "active_loop", "unheard_of", "_data", "read"])
def test_no_row_is_too_broken_to_be_passed_over(kind, data):
    talk = Talk().says("does it hurt").hears()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (%s, %s, %s, %s)",
            [talk.sender, kind, 1e30, data],
        )
    assert talk.says("again").hears().read().length >= 2


def test_a_snapshot_says_nothing_new():
    talk = Talk().says("does it hurt").event("user", text="again", metadata={"snapshot": True})
    assert talk.read().length == 1


def test_the_moment_of_a_vote_is_the_latest_of_its_turn():
    talk = Talk().says("hi").hears(id="b").votes("b", helpful=True)
    turns = reading.turns([_Row(*row) for row in _rows(talk.sender)])
    assert turns[0].latest == talk.at.timestamp()


class _Row:
    def __init__(self, pk, type_name, timestamp, data):
        self.pk, self.type_name, self.timestamp, self.data = pk, type_name, timestamp, data


def _rows(sender):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, type_name, timestamp, data FROM events WHERE sender_id = %s ORDER BY id", [sender])
        return cursor.fetchall()
