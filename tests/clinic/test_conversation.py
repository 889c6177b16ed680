"""What a question lacks is taken from the conversation, and what no longer applies is dropped."""

import dataclasses
import datetime as dt
import json

import pytest

from clinic.answers import Clause, Memory, Mention, Turn, reply
from clinic.answers.release import load
from tests.conftest import ROOT

TODAY = dt.date(2026, 11, 24)
HAIR, FACE, NECK = Mention("area", "hair"), Mention("area", "face"), Mention("area", "neck")
PREGNANT, BOTOX = Mention("condition", "pregnancy"), Mention("treatment", "botox")


@pytest.fixture
def release(folder):
    """Answers on pain (for hair and the face) and on who it is for (in pregnancy)."""
    for language, more in (("en", "Clinics often"), ("fr", "On utilise")):
        folder.answer("candidacy", language)
        folder.replace(
            f"{language}/pain.md", f"## More\n{more}", f"## hair\nIt is H.\n\n## face\nIt is F.\n\n## More\n{more}"
        )
        folder.replace(f"{language}/candidacy.md", "Call {phone}", "Come")
        folder.replace(f"{language}/candidacy.md", "{hours}\n", "## pregnancy\nIt is P.\n")
    return load(folder.path)


class Talk:
    """A conversation with the answers of a release."""

    def __init__(self, release):
        self.release, self.memory = release, Memory()

    def hear(self, *clauses, language="en", **more):
        turn = Turn(clauses=clauses, language=language, today=TODAY, **more)
        messages, self.memory = reply(turn, self.memory, release=self.release)
        return messages

    def ask(self, topic, *mentions, **more):
        (message,) = self.hear(Clause(topic, mentions=mentions), **more)
        return message

    def mention(self, *mentions, outcome="decline", topic="out_of_scope", **more):
        (message,) = self.hear(Clause(topic, outcome, mentions=mentions, bare=True), **more)
        return message


@pytest.fixture
def talk(release):
    return Talk(release)


def test_what_a_patient_mentions_is_answered_after_the_short_answer(talk):
    said = talk.ask("pain", HAIR)
    assert said.text.startswith("Most people feel light pricks. Ask the clinic.\n\nIt is H.")
    assert said.metadata["variant"] == "hair"


def test_two_areas_are_both_answered(talk):
    assert "It is H.\n\nIt is F." in talk.ask("pain", HAIR, FACE).text


def test_and_for_hair_asks_what_was_asked_before(talk):
    talk.ask("pain")
    said = talk.mention(HAIR)
    assert said.metadata["topic"] == "pain"
    assert said.text.startswith("It is H.")


def test_there_is_the_area_that_was_mentioned_before(talk):
    talk.ask("candidacy", HAIR)
    assert "It is H." in talk.ask("pain").text


def test_a_new_area_takes_the_place_of_the_old(talk):
    talk.ask("candidacy", HAIR)
    talk.ask("candidacy", NECK)
    assert "It is H." not in talk.ask("pain").text


def test_a_condition_leads_to_whom_it_is_for(talk):
    talk.ask("pain")
    said = talk.mention(PREGNANT)
    assert said.metadata["topic"] == "candidacy"
    assert "It is P." in said.text


def test_a_condition_stays_when_the_area_changes(talk):
    talk.ask("pain", PREGNANT)
    talk.ask("pain", HAIR)
    assert "It is P." in talk.ask("candidacy").text


def test_another_treatment_is_forgotten_with_its_topic(talk):
    talk.ask("pain", BOTOX)
    talk.ask("candidacy")
    assert BOTOX not in talk.memory.mentions


def test_an_area_without_words_of_its_own_says_so(talk):
    talk.ask("pain")
    assert talk.mention(NECK).response == "utter_nothing_more"


def test_a_mention_at_the_beginning_is_asked_about(talk):
    said = talk.mention(HAIR)
    assert said.response == "utter_clarify"
    assert [button["title"] for button in said.buttons] == ["Does it hurt?", "talk_to_human"]


def test_a_sure_question_at_the_beginning_is_answered_though_it_only_mentions(talk):
    assert talk.mention(HAIR, outcome="answer", topic="pain").metadata["topic"] == "pain"


def test_an_unclear_question_that_could_be_the_one_before_is_that_one(talk):
    talk.ask("pain")
    (said,) = talk.hear(Clause("nlu_fallback", "clarify", ("cost", "pain"), mentions=(HAIR,)))
    assert said.metadata["topic"] == "pain"


def test_a_repeated_question_is_not_answered_twice(talk):
    talk.ask("pain")
    for _ in range(10):
        said = talk.ask("pain")
        assert (said.response, said.metadata["kind"]) == ("utter_repeat", "clarify")
        assert [button["title"] for button in said.buttons] == ["More", "talk_to_human"]


def test_in_the_other_language_it_is_answered_again(talk):
    talk.ask("pain")
    assert talk.ask("pain", language="fr").text.startswith("La plupart")


def test_more_may_be_asked_for_after_a_repetition(talk):
    talk.ask("pain")
    talk.ask("pain")
    assert talk.ask("pain", part="more").text.startswith("Clinics often")


def test_each_question_is_answered_once_and_at_most_three(talk):
    topics = ["pain", "candidacy", "pain", "talk_to_human", "cost"]
    said = talk.hear(*(Clause(topic) for topic in topics))
    assert [message.metadata["topic"] for message in said] == ["pain", "candidacy", "talk_to_human"]


def test_a_question_that_has_no_answer_does_not_keep_the_other_from_its_own(talk):
    cost, pain = talk.hear(Clause("cost"), Clause("pain"))
    assert (cost.response, pain.metadata["kind"]) == ("utter_no_answer", "answer")


def test_where_a_review_is_required_nothing_unreviewed_is_said(folder):
    message = Talk(load(folder.path, require_review=True)).ask("pain")
    assert (message.response, message.metadata["kind"]) == ("utter_under_review", "decline")
    assert message.words["phone"]


def test_a_memory_is_read_as_it_was_stored(talk):
    talk.ask("pain", HAIR, PREGNANT)
    assert Memory.read(json.loads(json.dumps(dataclasses.asdict(talk.memory)))) == talk.memory


@pytest.mark.parametrize("stored", [None, {}, {"of": "another version"}, {"mentions": [{"kind": "area"}]}])
def test_a_memory_that_cannot_be_read_is_empty(stored):
    assert Memory.read(stored) == Memory()


@pytest.fixture
def shipped():
    return Talk(load(ROOT / "content"))


def test_how_long_asks_on_about_what_takes_its_own_time(shipped):
    shipped.ask("side_effects")
    (said,) = shipped.hear(Clause("results", how_long=True))
    assert said.metadata["topic"] == "side_effects"
    assert said.text.startswith("Itching may last a few hours.")


def test_how_long_asked_again_is_not_pasted_again(shipped):
    shipped.ask("side_effects")
    for _ in range(2):
        (said,) = shipped.hear(Clause("nlu_fallback", "clarify", ("results",), how_long=True))
    assert (said.response, said.metadata["topic"]) == ("utter_repeat", "side_effects")


def test_how_long_in_the_same_message_asks_nothing_new(shipped):
    (said,) = shipped.hear(Clause("procedure"), Clause("results", how_long=True))
    assert said.metadata["topic"] == "procedure"


def test_how_long_after_what_takes_no_time_of_its_own_is_what_it_is_taken_for(talk):
    talk.ask("pain")
    (said,) = talk.hear(Clause("candidacy", how_long=True))
    assert said.metadata["topic"] == "candidacy"


def test_what_the_classifier_thinks_likely_is_offered_first(talk):
    (said,) = talk.hear(Clause("nlu_fallback", "clarify", ("cost", "pain"), mentions=(HAIR,), bare=True))
    assert said.buttons[0]["title"] == "Does it hurt?"


def test_whoever_starts_again_is_not_held_to_what_was_said(talk):
    talk.ask("pain", HAIR)
    (said,) = talk.hear(Clause("start_again"))
    assert said.response == "utter_start_again"
    assert said.buttons[0]["title"] == "Does it hurt?"
    assert talk.memory == Memory()
