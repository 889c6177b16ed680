"""What is said: a turn and a memory in, messages and a memory out."""

import dataclasses
import datetime as dt
import json

import pytest

from clinic.answers import Clause, Memory, Turn, reply
from clinic.answers.release import load

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def release(folder):
    return load(folder.path)


def turn(*clauses, language="en", **more):
    return Turn(clauses=clauses, language=language, today=TODAY, **more)


def said(release, *clauses, memory=None, **more):
    messages, memory = reply(turn(*clauses, **more), memory or Memory(), release=release)
    assert len(messages) == len(clauses)
    return messages[0], memory


def payloads(message):
    return [button["payload"] for button in message.buttons]


def test_a_topic_gets_its_short_answer(release):
    message, _ = said(release, Clause("pain"))
    assert message.text.startswith("Most people feel light pricks.")
    assert "Clinics often" not in message.text
    assert message.metadata["kind"] == "answer"
    assert message.metadata["topic"] == "pain"
    assert payloads(message) == [
        '/pain{"part": "more", "language": "en"}',
        '/talk_to_human{"language": "en"}',
    ]


def test_more_says_more(release):
    message, _ = said(release, Clause("pain"), part="more")
    assert message.text.startswith("Clinics often use three small tricks.")
    assert payloads(message) == ['/talk_to_human{"language": "en"}']


def test_it_is_said_in_the_language_of_the_turn(release):
    message, _ = said(release, Clause("pain"), language="fr")
    assert message.text.startswith("La plupart")
    assert message.buttons[0]["title"] == "En savoir plus"
    assert message.metadata["language"] == "fr"


def test_only_sources_a_patient_may_see_are_shown(release):
    message, _ = said(release, Clause("pain"))
    assert [source["publisher"] for source in message.metadata["sources"]] == ["A journal"]


def test_the_patient_is_told_that_nobody_reviewed_it(release):
    message, _ = said(release, Clause("pain"))
    assert message.text.endswith("\n\nNot yet reviewed by this clinic’s clinician. Source: A journal, 2020.")


def test_the_patient_is_told_who_reviewed_it_and_when(folder):
    for language in ("en", "fr"):
        folder.answer("pain", language, review="reviewed_by: Dr Roy\nlast_reviewed_on: 2026-10-01")
    release = load(folder.path)
    english, _ = said(release, Clause("pain"))
    french, _ = said(release, Clause("pain"), language="fr")
    assert "Reviewed by Dr Roy on October 1, 2026. Source" in english.text
    assert "Révisé par Dr Roy le 1 octobre 2026. Source" in french.text
    assert english.metadata["reviewed_on"] == "2026-10-01"


def test_an_overdue_answer_is_withdrawn(folder):
    folder.answer("pain", "en", review="reviewed_by: Dr Roy\nlast_reviewed_on: 2026-01-01")
    message, _ = said(load(folder.path), Clause("pain"))
    assert message.response == "utter_under_review"
    assert message.text is None


def test_a_topic_without_an_answer_gives_the_phone_number(release):
    message, _ = said(release, Clause("cost"))
    assert message.response == "utter_no_answer"
    assert message.words == {"phone": release.clinic.phone}
    assert (message.metadata["kind"], message.metadata["topic"]) == ("decline", "cost")
    assert payloads(message) == ['/talk_to_human{"language": "en"}']


def test_a_symptom_without_an_answer_is_not_judged(release):
    assert said(release, Clause("mild_symptom"))[0].response == "utter_no_answer_symptom"


def test_the_clinics_own_facts_are_filled_in(release):
    message, _ = said(release, Clause("talk_to_human"))
    assert message.metadata["kind"] == "clinic"
    assert release.clinic.phone in message.text
    assert "Monday" in message.text
    assert "{" not in message.text
    assert "reviewed" not in message.text


def test_the_clinics_own_facts_are_said_as_often_as_they_are_asked_for(release):
    first, memory = said(release, Clause("talk_to_human"))
    assert said(release, Clause("talk_to_human"), memory=memory)[0] == first


def test_an_unclear_message_offers_what_it_could_mean(release):
    clause = Clause("nlu_fallback", "clarify", candidates=("cost", "pain", "talk_to_human"))
    message, memory = said(release, clause)
    assert message.response == "utter_clarify"
    assert payloads(message) == ['/pain{"language": "en"}', '/talk_to_human{"language": "en"}']
    assert memory.unclear == 1


def test_after_three_unclear_messages_the_phone_number_is_given(release):
    clause, memory = Clause("nlu_fallback", "clarify", candidates=("pain",)), Memory()
    responses = []
    for _ in range(3):
        message, memory = said(release, clause, memory=memory)
        responses.append(message.response)
    assert responses == ["utter_clarify", "utter_clarify", "utter_still_unclear"]
    assert said(release, Clause("pain"), memory=memory)[1].unclear == 0


def test_an_unclear_message_that_could_mean_nothing_of_ours_is_declined(release):
    message, _ = said(release, Clause("nlu_fallback", "clarify", candidates=("cost",)))
    assert message.response == "utter_decline"


@pytest.mark.parametrize("clause", [Clause("out_of_scope", "decline"), Clause("no_such_topic"), Clause("greet")])
def test_what_is_not_ours_is_declined(release, clause):
    assert said(release, clause)[0].response == "utter_decline"


def test_the_revision_follows_the_words(folder, release):
    before, _ = said(release, Clause("pain"))
    folder.replace("en/pain.md", "Ask the clinic.", "Ask the nurse.")
    load.cache_clear()
    after, _ = said(load(folder.path), Clause("pain"))
    assert before.metadata["revision"] != after.metadata["revision"]
    assert before.metadata["release"] != after.metadata["release"]


def test_the_same_turn_gets_the_same_words(release):
    assert said(release, Clause("pain")) == said(release, Clause("pain"))


def test_messages_and_memory_can_be_stored(release):
    message, memory = said(release, Clause("pain"))
    assert json.dumps([dataclasses.asdict(message), dataclasses.asdict(memory)])


@pytest.mark.parametrize(("mode", "offered"), [("link", False), ("request", True), ("both", True)])
def test_a_request_is_offered_where_the_clinic_takes_requests(folder, mode, offered):
    folder.replace("clinic.yml", "mode: both", f"mode: {mode}")
    message = said(load(folder.path), Clause("talk_to_human"))[0]
    asked_for = ['/talk_to_human{"booking": "call_back", "language": "en"}']
    assert [p for p in payloads(message) if "booking" in p] == (asked_for if offered else [])


def test_the_booking_page_is_told_the_language_and_what_was_asked_about(folder):
    folder.replace("en/talk_to_human.md", "Call {phone}", "See {booking_url} or call {phone}")
    message = said(load(folder.path), Clause("talk_to_human"), memory=Memory(topic="pain"))[0]
    assert "https://booking.example.com/en?lang=en&topic=pain or call" in message.text
