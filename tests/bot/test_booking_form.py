"""What a message at the open form is: an answer, a question in between; and what of it is kept out of the store."""

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.asked import QUESTIONS, asked
from bot.nlu.booking import BookingForm

SLOT = {question: slot for slot, question in QUESTIONS.items()}


def conversation(question, form="booking_form"):
    events = [ActiveLoop(form), SlotSet("requested_slot", SLOT.get(question))] if question else []
    return DialogueStateTracker.from_events("c1", events)


def read(text, question, topic="out_of_scope", sure=0.4, outcome="answer", language="en", mentions=(), **found):
    clause = {"text": text, "topic": topic, "outcome": outcome, "confidence": sure, "mentions": list(mentions)}
    intent = {"name": topic if outcome == "answer" else "nlu_fallback", "confidence": sure}
    message = Message(data={"text": text, "language": language, "intent": intent, "clauses": [clause], **found})
    BookingForm(BookingForm.get_default_config()).process([message], conversation(question))
    return message


def details(message):
    text = message.get("text")
    return {mark["kind"]: text[mark["start"] : mark["end"]] for mark in message.get("personal") or []}


@pytest.mark.parametrize("question", QUESTIONS.values())
def test_the_question_that_is_open(question):
    assert asked(conversation(question)) == question


@pytest.mark.parametrize("tracker", [None, conversation(None), conversation("name", form="another_form")])
def test_without_the_form_no_question_is_open(tracker):
    assert asked(tracker) is None


@pytest.mark.parametrize("name", ["Julie", "Will", "May", "Rose Lafleur", "Joy Black"])
@pytest.mark.parametrize(("topic", "sure"), [("affirm", 0.7), ("mild_symptom", 0.9), ("out_of_scope", 0.99)])
def test_a_name_is_an_answer_whatever_it_resembles(name, topic, sure):
    message = read(name, "name", topic, sure)
    assert message.get("intent")["name"] == "inform"
    assert details(message) == {"name": name}


@pytest.mark.parametrize(
    ("text", "topic", "sure", "mentions"),
    [
        ("does it hurt?", "pain", 0.99, ()),
        ("Julie, does it hurt?", "pain", 0.95, ()),
        ("numbing cream", "pain", 0.99, ({"type": "medication", "value": "numbing_cream"},)),
        ("how much is it", "cost", 0.99, ()),
        ("est-ce que ça fait mal", "pain", 0.99, ()),
        ("can we continue in French please", "change_language", 0.99, ()),
    ],
)
@pytest.mark.parametrize("question", ["when", "name", "contact", "review"])
def test_a_sure_question_is_no_answer(question, text, topic, sure, mentions):
    assert read(text, question, topic, sure, mentions=mentions).get("intent")["name"] == topic


@pytest.mark.parametrize(
    ("text", "question", "topic", "sure"),
    [
        ("Tuesday morning", "when", "clinic_info", 0.9),
        ("do you have something Tuesday?", "when", "book_appointment", 0.99),
        ("no, Thursday", "name", "deny", 0.9),
        ("514 555 0199", "contact", "clinic_info", 0.95),
        ("cancel", "name", "change_appointment", 0.99),
        ("laisse faire", "contact", "goodbye", 0.99),
        ("yes", "review", "affirm", 0.99),
    ],
)
def test_what_the_form_can_use_is_an_answer(text, question, topic, sure):
    assert read(text, question, topic, sure).get("intent")["name"] == "inform"


def test_what_says_nothing_is_asked_again():
    assert read("hmm", "when", "out_of_scope", 0.9, "decline").get("intent")["name"] == "inform"


def test_what_is_told_at_length_is_not_swallowed():
    message = read("my mole has changed its colour", "when", "out_of_scope", 0.9, "decline")
    assert message.get("intent")["name"] != "inform"


def test_an_unsure_question_is_asked_back():
    assert read("would it be sore?", "when", "pain", 0.4, "clarify").get("intent")["name"] == "nlu_fallback"


def test_a_red_flag_is_never_an_answer():
    flag = {"tier": "emergency"}
    message = read("I can't breathe, Julie, 514 555 0199", "name", "urgent_symptom", 1.0, "urgent", red_flag=flag)
    assert message.get("intent")["name"] != "inform"
    assert details(message)["phone"] == "514 555 0199"


@pytest.mark.parametrize("source", ["classifier", "rule"])
@pytest.mark.parametrize("text", ["je m'appelle Blanche Côté", "my name is Julie and my throat is closing"])
def test_no_name_takes_an_alarm_back(text, source):
    message = read(text, "name", "urgent_symptom", 0.8, "urgent", red_flag={"tier": "emergency", "source": source})
    assert message.get("red_flag")
    assert message.get("intent")["name"] != "inform"


def test_a_name_that_raised_the_alarm_is_kept_out_of_the_store():
    message = read("Blanche Côté", "name", "urgent_symptom", 0.8, "urgent", red_flag={"source": "classifier"})
    assert details(message) == {"name": "Blanche Côté"}


@pytest.mark.parametrize("text", ["Julie", "Tuesday", "514 555 0199"])
def test_outside_the_form_nothing_changes(text):
    message = read(text, None, "pain", 0.9)
    assert message.get("intent")["name"] == "pain"
    assert message.get("personal") is None


def test_what_opens_the_form_may_hold_details():
    message = read("book me Tuesday, Julie Tremblay, 514 555 0199", None, "book_appointment", 0.9)
    assert details(message) == {"name": "Julie Tremblay", "phone": "514 555 0199"}
    assert message.get("intent")["name"] == "book_appointment"


def test_what_is_too_short_to_be_called_is_kept_out_too():
    assert details(read("555-0199", "contact")) == {"phone": "555-0199"}


@pytest.mark.parametrize("text", ["", "?", "🙂", "@", "a" * 2000])
@pytest.mark.parametrize("question", QUESTIONS.values())
def test_nothing_breaks_it(text, question):
    read(text, question)
