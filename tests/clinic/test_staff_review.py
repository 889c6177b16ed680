"""The queue of what deserves a look, taken by one person at a time, and the verdicts."""

import datetime as dt
import threading

import pytest

import clinic

clinic.setup()

from django.db import connection, connections  # noqa: E402  # Django must be set up first
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import receivers  # noqa: E402
from clinic.conversations import reviewing, roles  # noqa: E402
from clinic.conversations.models import Conversation, Turn, Verdict  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, everyone, member, rasas_table  # noqa: E402
from tests.conftest import free_port  # noqa: E402

QUEUE = "/staff/conversations/review/"
START = f"{QUEUE}start/"
JUDGES = {roles.ADMINISTRATORS, roles.REVIEWERS}


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


@pytest.fixture
def julie():
    return member(roles.REVIEWERS, username="julie", first_name="Julie", last_name="Roy", email="julie@example.com")


def waits(kind="clarify", said="does it hurt", **more):
    """A turn that waits."""
    talk = Talk(**more)
    talk.says(said, confidence=0.4, ranking=[("pain", 0.4), ("cost", 0.3)]).hears(kind=kind, topic="").read()
    return Turn.objects.get(conversation__sender=talk.sender)


def verdict(turn):
    return f"/staff/conversations/turns/{turn.pk}/verdict/"


def judge(client, turn, kind="right", **more):
    response = client.post(verdict(turn), {"kind": kind} | more)
    turn.refresh_from_db()
    return response


def text(response):
    assert response.status_code in (200, 422)
    return response.content.decode()


# The queue


def test_it_works():
    waits("decline", "a dog")
    waits("urgent", "my tongue swells")
    html = text(browser(roles.REVIEWERS).get(QUEUE))
    assert html.index("my tongue swells") < html.index("a dog")
    assert "Start reviewing" in html and "Review (2)" in html


def test_it_requires_permission():
    turn = waits()
    addresses = [START, verdict(turn), *(f"/staff/conversations/turns/{turn.pk}/{what}/" for what in ("skip", "stop"))]
    for role, client in everyone().items():
        assert (client.get(QUEUE).status_code == 200) is (role in JUDGES), role
        if role not in JUDGES:
            assert {client.post(address)["Location"] for address in addresses} == {"/staff/"}, role
    assert not Verdict.objects.exists()
    assert not Turn.objects.exclude(taken_by=None).exists()


def test_it_rejects_get():
    turn, client = waits(), browser(roles.REVIEWERS)
    for address in (START, verdict(turn), *(f"/staff/conversations/turns/{turn.pk}/{w}/" for w in ("skip", "stop"))):
        assert client.get(address).status_code == 405, address


def test_it_shows_no_identifiers():
    waits(sender="f" * 40)
    assert "f" * 8 not in text(browser(roles.REVIEWERS).get(QUEUE))


def test_those_who_do_not_judge_see_no_review_anywhere():
    turn = waits()
    reviewing.judge(turn, kind="safety", by=member(roles.REVIEWERS), at=NOW)
    waits()
    for role, client in everyone().items():
        home = text(client.get("/staff/"))
        assert ("/conversations/review/" in home, "safety concern is open" in home) == (role in JUDGES, role in JUDGES)


def test_a_message_cannot_run_in_the_list():
    waits(said="<script>alert(1)</script>")
    assert "<script>alert(1)" not in text(browser(roles.REVIEWERS).get(QUEUE))


def test_the_queue_is_filtered_by_reason_and_language():
    waits("clarify", "how much")
    waits("decline", "un chien", language="fr")
    client = browser(roles.REVIEWERS)
    found = [text(client.get(QUEUE + query)) for query in ("?priority=5", "?language=en", "?priority=5&language=en")]
    assert [("how much" in html, "un chien" in html) for html in found] == [
        (False, True),
        (True, False),
        (False, False),
    ]


def test_the_number_of_queries_does_not_grow():
    client, counts = browser(roles.REVIEWERS), []
    for number in (1, 30):
        for _ in range(number):
            turn = waits()
            reviewing.take(turn.pk, by=member(roles.REVIEWERS), at=timezone.now())
        judged = waits()
        reviewing.judge(judged, kind="safety", by=member(roles.REVIEWERS), at=NOW)
        client.get("/staff/")
        with CaptureQueriesContext(connection) as captured:
            text(client.get(QUEUE))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 15


def test_a_long_queue_is_counted_up_to_ninety_nine():
    turn = waits()
    rows = [Turn(**{f.attname: getattr(turn, f.attname) for f in Turn._meta.concrete_fields if f.attname not in ("id", "event")}, event=10**6 + n) for n in range(120)]  # fmt: skip # noqa: E501
    Turn.objects.bulk_create(rows)
    assert "Review (99+)" in text(browser(roles.REVIEWERS).get("/staff/"))


# One at a time


def test_whoever_starts_gets_the_most_pressing_and_goes_on_to_the_next(julie):
    declined, urgent = waits("decline"), waits("urgent")
    client = browser(julie)
    assert f"turn={urgent.pk}" in client.post(START)["Location"]
    page = text(client.get(client.post(START)["Location"]))
    assert "Yours until" in page and "Skip" in page
    assert f"turn={declined.pk}" in judge(client, urgent)["Location"]
    assert judge(client, declined)["Location"].startswith(QUEUE)
    assert not reviewing.waiting().exists()


def test_two_people_never_get_the_same():
    turns = {waits().pk for _ in range(3)}
    clients = [browser(roles.REVIEWERS) for _ in range(3)]
    assert {client.post(START)["Location"].partition("turn=")[2].partition("#")[0] for client in clients} == {
        str(pk) for pk in turns
    }
    assert browser(roles.REVIEWERS).post(START)["Location"].startswith(QUEUE)


def test_two_people_at_the_same_moment_never_get_the_same():
    for _ in range(4):
        waits()
    people, taken, at = [member(roles.REVIEWERS) for _ in range(4)], [], timezone.now()
    gate = threading.Barrier(len(people))

    def start(person):
        try:
            gate.wait()
            taken.append(reviewing.take_next(person, at=at).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 4


def test_one_turn_has_one_taker(julie):
    turn, marc = waits(), member(roles.REVIEWERS)
    assert reviewing.take(turn.pk, by=julie, at=NOW)
    assert not reviewing.take(turn.pk, by=marc, at=NOW + reviewing.LEASE - dt.timedelta(seconds=1))
    assert reviewing.take(turn.pk, by=marc, at=NOW + reviewing.LEASE)
    assert not reviewing.take(turn.pk, by=julie, at=NOW + reviewing.LEASE)


def test_others_see_who_has_it_and_cannot_judge_it(julie):
    turn, marc = waits(), browser(roles.REVIEWERS)
    browser(julie).post(START)
    assert "Julie Roy" in text(marc.get(QUEUE))
    page = text(marc.get(f"/staff/conversations/{turn.conversation_id}/"))
    assert "Taken by Julie Roy" in page and verdict(turn) not in page
    judge(marc, turn)
    assert (turn.review, turn.verdicts.count()) == ("waiting", 0)


def test_a_skipped_turn_is_free_for_others_and_the_next_one_comes(julie):
    first, second = waits("urgent"), waits("decline")
    client = browser(julie)
    client.post(START)
    gone = client.post(f"/staff/conversations/turns/{first.pk}/skip/")
    assert f"turn={second.pk}" in gone["Location"]
    assert f"turn={first.pk}" in browser(roles.REVIEWERS).post(START)["Location"]


def test_whoever_stops_leaves_it_to_others(julie):
    turn, client = waits(), browser(julie)
    client.post(START)
    assert client.post(f"/staff/conversations/turns/{turn.pk}/stop/")["Location"] == QUEUE
    turn.refresh_from_db()
    assert turn.taken_by is None


def test_nobody_gives_back_what_another_took(julie):
    turn = waits()
    browser(julie).post(START)
    browser(roles.REVIEWERS).post(f"/staff/conversations/turns/{turn.pk}/stop/")
    turn.refresh_from_db()
    assert turn.taken_by == julie


def test_a_reviewer_stays_within_the_filter(julie):
    french, _english = waits("decline", language="fr"), waits("urgent")
    another = waits("decline", language="fr")
    client = browser(julie)
    where = client.post(START, {"among": "language=fr"})["Location"]
    assert f"turn={another.pk}&language=fr" in where
    assert f"turn={french.pk}&language=fr" in judge(client, another, among="language=fr")["Location"]
    assert judge(client, french, among="language=fr")["Location"] == f"{QUEUE}?language=fr"


@pytest.mark.parametrize("among", ["priority=x", "language=de", "%00", "x" * 5000, "priority=1&priority=99"])
def test_a_filter_that_means_nothing_does_no_harm(julie, among):
    waits("urgent")
    assert browser(julie).post(START, {"among": among}).status_code == 302


# Verdicts


def test_a_verdict_can_be_changed_and_the_older_stay(julie):
    turn, client = waits(), browser(julie)
    judge(client, turn, note="looks good")
    judge(client, turn, "other_topic", topic="cost", note="No, <b>cost</b>")
    assert [(v.kind, v.topic, v.by) for v in turn.verdicts.order_by("pk")] == [
        ("right", "", julie),
        ("other_topic", "cost", julie),
    ]
    page = text(client.get(f"/staff/conversations/{turn.conversation_id}/"))
    assert "Should have been another topic: What does it cost?" in page
    assert "1 earlier verdict" in page and "looks good" in page and "<b>cost" not in page


def test_the_turn_is_done_and_the_conversation_reviewed(julie):
    turn = waits()
    judge(browser(julie), turn)
    assert turn.review == Turn.Review.DONE
    assert Conversation.objects.get().reviewed
    assert not reviewing.waiting().exists()


def test_a_turn_that_was_not_in_the_queue_can_be_judged(julie):
    Talk().says("does it hurt").hears().read()
    Turn.objects.update(review="none", priority=None)
    judge(browser(julie), turn := Turn.objects.get())
    assert turn.review == "done"


def test_a_verdict_keeps_what_happened_later_apart(julie):
    talk = Talk().says("does it hurt").hears(id="b", kind="clarify", topic="")
    talk.read()
    judge(browser(julie), turn := Turn.objects.get())
    talk.votes("b", helpful=True).says("thanks", "thanks").hears(kind="chat").read()
    turn.refresh_from_db()
    assert turn.review == "done"
    talk.votes("b", helpful=False).read()
    turn.refresh_from_db()
    assert (turn.review, turn.priority) == ("waiting", Turn.Priority.UNHELPFUL)
    assert f"turn={turn.pk}" in browser(julie).post(START)["Location"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"kind": "excellent"},
        {"kind": "other_topic"},
        {"kind": "other_topic", "topic": "quantum_physics"},
        {"kind": "other_topic", "topic": "urgent_symptom"},
        {"kind": "right", "note": "x" * 1001},
    ],
)
def test_what_is_no_verdict_is_shown_again_and_not_stored(julie, given):
    turn = waits()
    response = browser(julie).post(verdict(turn), given)
    assert response.status_code == 422
    assert 'role="alert"' in text(response)
    assert not Verdict.objects.exists()


def test_a_note_that_was_refused_is_not_lost(julie):
    response = browser(julie).post(verdict(waits()), {"kind": "other_topic", "note": "she meant <cost>"})
    assert "she meant &lt;cost&gt;" in text(response)
    assert "Choose the topic that it should have been." in text(response)


def test_only_one_kind_has_a_topic(julie):
    judge(browser(julie), waits(), "decline", topic="cost")
    assert (Verdict.objects.get().kind, Verdict.objects.get().topic) == ("decline", "")


def test_what_patients_say_beside_their_questions_can_be_chosen(julie):
    judge(browser(julie), waits(), "other_topic", topic="thanks")
    assert Verdict.objects.get().topic == "thanks"


def test_an_unsettled_turn_offers_what_it_may_have_been(julie):
    turn = waits()
    page = text(browser(julie).get(f"/staff/conversations/{turn.conversation_id}/"))
    assert "Should have been: What does it cost?" in page


def test_a_turn_that_went_well_offers_nothing(julie):
    conversation = Talk().says("does it hurt", ranking=[("pain", 0.9), ("cost", 0.1)]).hears().read()
    assert "Should have been: " not in text(browser(julie).get(f"/staff/conversations/{conversation.pk}/"))


def test_a_verdict_on_nothing_is_not_found(julie):
    assert browser(julie).post("/staff/conversations/turns/4711/verdict/", {"kind": "right"}).status_code == 404


# Safety concerns


@pytest.fixture
def mailbox(monkeypatch):
    port = free_port()
    monkeypatch.setenv("ASKMESO_SMTP_URL", f"smtp://127.0.0.1:{port}")
    with receivers.mail(port=port) as server:
        yield server


def test_a_safety_concern_is_seen_until_another_verdict(julie):
    turn, marc = waits(said="the text of the patient"), browser(roles.REVIEWERS)
    judge(browser(julie), turn, "safety", note="dangerous")
    for page in ("/staff/", QUEUE):
        assert "1 safety concern is open" in " ".join(text(marc.get(page)).split())
    assert "Safety concerns (1)" in text(marc.get("/staff/account/"))
    judge(browser(julie), turn, "safety")
    assert "Safety concerns (1)" in text(marc.get("/staff/"))
    judge(marc, turn, "new_answer")
    assert "afety concern" not in text(marc.get("/staff/"))


def test_a_safety_concern_reaches_every_reviewer_by_e_mail(julie, mailbox):
    member(roles.REVIEWERS, email="marc@example.com")
    member(roles.REVIEWERS, username="without-address")
    member(roles.REVIEWERS, email="gone@example.com", is_active=False)
    member(roles.FRONT_DESK, email="desk@example.com")
    turn = waits(said="my tongue swells")
    judge(browser(julie), turn, "safety", note="she should call 911")
    letters = mailbox.messages
    assert sorted(letter["To"] for letter in letters) == ["julie@example.com", "marc@example.com"]
    for letter in letters:
        body = letter.get_content()
        assert f"/staff/conversations/{turn.conversation_id}/?turn={turn.pk}#turn-{turn.event}" in body
        assert "Julie Roy" in body
        assert not any(said in body for said in ("tongue", "911", turn.conversation.sender))


def test_other_verdicts_send_nothing(julie, mailbox):
    for kind in ("right", "decline", "new_answer"):
        judge(browser(julie), waits(), kind)
    assert not mailbox.messages


def test_a_mail_server_that_is_away_is_named_and_the_concern_stays(julie, monkeypatch):
    monkeypatch.setenv("ASKMESO_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    client = browser(julie)
    judge(client, waits(), "safety")
    page = text(client.get(QUEUE))
    assert "could not be sent (ConnectionRefusedError)" in page
    assert "safety concern is open" in page


def test_without_a_mail_server_the_banner_is_all(julie):
    client = browser(julie)
    judge(client, waits(), "safety")
    page = text(client.get(QUEUE))
    assert "could not be sent" not in page and "safety concern is open" in page


# What it teaches


def test_a_corrected_message_can_become_an_example(julie):
    client, turn = browser(julie), waits()
    where, button = f"/staff/conversations/{turn.conversation_id}/", f"/staff/conversations/turns/{turn.pk}/example/"
    judge(client, turn)
    assert button not in text(client.get(where))
    judge(client, turn, "other_topic", topic="cost")
    assert f'action="{button}"' in text(client.get(where))
    back = client.post(button, {"next": f"{where}?turn={turn.pk}"})
    assert back["Location"] == f"{where}?turn={turn.pk}"
    assert (turn.example.topic, turn.example.text) == ("cost", "does it hurt")
