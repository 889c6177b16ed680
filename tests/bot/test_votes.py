"""Was this helpful? The vote is stored with the answer it is about, once for each time it is given."""

import threading
import uuid

import pytest
import requests

from tests.bot.test_website import assert_problem
from tests.conftest import events


def stored(assistant, patient, kind="feedback"):
    return [e for e in events(assistant.log.parent / "askmeso.db", patient.conversation) if e["event"] == kind]


def test_a_vote_is_stored_with_the_answer_it_is_about(assistant):
    patient = assistant.patient("en")
    answer = patient.say("Does it hurt?")
    reply = patient.vote(answer["id"], comment="Clear, thank you")
    assert (reply.status_code, reply.content) == (204, b"")
    (vote,) = stored(assistant, patient)
    assert (vote["message_id"], vote["helpful"], vote["comment"]) == (answer["id"], True, "Clear, thank you")
    about = {key: answer["metadata"][key] for key in ("kind", "topic", "variant", "language", "revision", "release")}
    assert vote["about"] == about


def test_of_two_votes_both_are_stored_in_their_order(assistant):
    patient = assistant.patient("en")
    answer = patient.say("Does it hurt?")
    patient.vote(answer["id"])
    patient.vote(answer["id"], helpful=False, comment=None)
    assert [vote["helpful"] for vote in stored(assistant, patient)] == [True, False]


def test_a_comment_is_stored_without_contacts(assistant):
    patient = assistant.patient("en")
    patient.vote(patient.say("Does it hurt?")["id"], comment="write to marie@example.com\x00")
    assert stored(assistant, patient)[0]["comment"] == "write to [email]"


def test_a_vote_disturbs_nothing_that_is_said(assistant):
    patient = assistant.patient("en")
    voted = [patient.say("Does it hurt?"), patient.say("And for the scalp?")]
    quiet = assistant.patient("en")
    quiet.say("Does it hurt?")
    patient.vote(voted[0]["id"])
    assert quiet.say("And for the scalp?")["text"] == voted[1]["text"]
    assert patient.say("How much is it?")["text"] == quiet.say("How much is it?")["text"]
    assert len(patient.reload()) == 6


def test_a_greeting_can_be_voted_on(assistant):
    patient = assistant.patient("en")
    assert patient.vote(patient.say("hello")["id"]).status_code == 204


def test_a_message_of_another_conversation_is_not_found(assistant):
    answer = assistant.patient("en").say("Does it hurt?")
    patient = assistant.patient("en")
    patient.say("hello")
    assert_problem(patient.vote(answer["id"]), 404)
    assert stored(assistant, patient) == []


def test_before_anything_was_said_nothing_can_be_voted_on(assistant):
    assert_problem(assistant.patient("en").vote(str(uuid.uuid4())), 404)


def test_ones_own_message_is_no_answer(assistant):
    patient = assistant.patient("en")
    patient.say("hello")
    assert_problem(patient.vote(patient.reload()[0]["id"]), 404)


def test_a_vote_needs_a_token(assistant):
    assert_problem(requests.post(f"{assistant.base}/feedback", json={"helpful": True}), 401)


BAD_VOTES = {
    "no message": {"message": None},
    "no uuid": {"message": "1"},
    "a list": {"message": []},
    "yes in words": {"helpful": "yes"},
    "one for yes": {"helpful": 1},
    "nothing": {"helpful": None},
    "a comment that is no text": {"comment": 5},
    "a comment of 501 characters": {"comment": "a" * 501},
}


@pytest.mark.parametrize("vote", BAD_VOTES.values(), ids=BAD_VOTES)
def test_a_bad_vote_is_refused_with_a_sentence(assistant, vote):
    patient = assistant.patient("en")
    good = {"message": patient.say("hello")["id"], "helpful": True}
    assert_problem(requests.post(f"{assistant.base}/feedback", json=good | vote, headers=patient.headers()), 400)
    assert stored(assistant, patient) == []


def test_votes_and_questions_at_the_same_time_are_all_stored(assistant):
    patient = assistant.patient("en")
    answer = patient.say("hello")
    jobs = [lambda: patient.vote(answer["id"]), lambda: patient.post({"text": "Does it hurt?"})] * 6
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored(assistant, patient)) == 6
    assert len(stored(assistant, patient, "user")) == 7
