"""What the form makes of a message and what it asks next: pure, both languages."""

import datetime as dt

import pytest

from clinic.answers.release import load
from clinic.booking import dialogue, words
from clinic.booking.commands import find_command, kind_of
from clinic.booking.dialogue import Form, Said, Step
from clinic.booking.preferences import Preference
from tests.conftest import ROOT

CLINIC = load(ROOT / "content").clinic
#: A Wednesday, 10 o'clock in Québec.
NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
THURSDAY = dt.date(2026, 11, 26)
TUESDAY = dt.date(2026, 12, 1)
ALL = frozenset({"name", "phone"})


def context(language="en"):
    return {"now": NOW, "clinic": CLINIC, "language": language}


EMPTY = Form()


def hear(text="", *, form=EMPTY, given=frozenset(), language="en", **said) -> Step:
    return dialogue.hear(Said(text, **said), form, given, **context(language))


def on(day, part=None):
    return Preference(first=day, last=day, part=part)


def responses(step):
    return [line.response for line in step.lines]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Tuesday morning, Julie, 514 555 0199"),
        ("en", "514 555 0199, Julie, Tuesday morning"),
        ("en", "my name is Julie, call me at 514-555-0199, tuesday morning works"),
        ("fr", "mardi matin, Julie, 514 555 0199"),
        ("fr", "moi c'est Julie, 514 555-0199, mardi matin"),
    ],
)
def test_several_answers_in_one_message_in_any_order(language, text):
    step = hear(text, asked="when", language=language)
    assert step.fields["when"] == (on(TUESDAY, "morning"),)
    assert (step.fields["name"], step.fields["phone"]) == ("Julie", "+15145550199")
    assert dialogue.ask(step.form, ALL, {}, ()).asked == "review"


@pytest.mark.parametrize("name", ["Julie", "Will", "May", "April", "Mai", "Marie-Ève Bouchard", "Pierre-Luc"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_name_is_taken_at_its_question(name, language):
    step = hear(name, asked="name", language=language)
    assert step.fields["name"] == name
    assert not step.lines


@pytest.mark.parametrize(
    ("asked", "language", "text"),
    [
        (asked, language, text)
        for asked in ("when", "name", "contact", "review")
        for language, texts in {
            "en": ["cancel", "Cancel it please", "never mind", "forget it", "no thanks", "stop", "I changed my mind"],
            "fr": ["annuler", "laisse faire", "non laisse faire", "oublie ça", "laissez tomber svp", "non merci"],
        }.items()
        for text in texts
    ],
)
def test_whoever_gives_up_is_let_go_at_any_question(asked, language, text):
    assert hear(text, asked=asked, language=language).do == "give_up"


@pytest.mark.parametrize("text", ["cancel my appointment", "annuler mon rendez-vous", "Will", "not Monday", "Bonnie"])
def test_what_says_more_is_no_command(text):
    assert find_command(text) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("yes", "yes"),
        ("Yes, send it please", "yes"),
        ("c'est beau", "yes"),
        ("oui envoie ça", "yes"),
        ("ok merci", None),
        ("c'est bon, envoyez", "yes"),
        ("no", "no"),
        ("non, c'est pas ça", "no"),
        ("Change something", "edit"),
        ("the phone number is wrong", "edit_contact"),
        ("changer mon nom", "edit_name"),
        ("another day", "edit_when"),
    ],
)
def test_a_command_at_the_review(text, command):
    assert find_command(text, at_review=True) == command


@pytest.mark.parametrize(("language", "text"), [("en", "no, Thursday"), ("fr", "non, jeudi"), ("fr", "plutôt jeudi")])
@pytest.mark.parametrize("asked", ["when", "name", "contact", "review"])
def test_a_time_is_corrected_at_any_question(asked, language, text):
    step = hear(text, asked=asked, language=language, form=Form(when="given"), given=ALL)
    assert step.fields["when"] == (on(THURSDAY),)
    assert step.do == "ask"
    assert not step.lines


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("make it 2 pm", Preference(first=TUESDAY, last=TUESDAY, at=dt.time(14))),
        ("in the afternoon", on(TUESDAY, "afternoon")),
        ("no, Thursday", on(THURSDAY)),
        ("evening", Preference(part="evening")),  # closed on that Tuesday
    ],
)
def test_an_hour_alone_keeps_the_day(text, wish):
    said, form = Said(text, asked="review"), Form(when="given")
    step = dialogue.hear(said, form, ALL, when=(on(TUESDAY, "morning"),), **context())
    assert step.fields["when"] == (wish,)


def test_a_small_word_beside_a_time_is_no_name():
    step = hear("ben mardi ou mercredi en pm", asked="when", language="fr")
    assert len(step.fields["when"]) == 2
    assert "name" not in step.fields


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("Saturday", "utter_booking_closed_day"),
        ("December 25", "utter_booking_holiday"),
        ("yesterday", "utter_booking_past"),
        ("February 30", "utter_booking_impossible_date"),
        ("Thursday at 10 pm", "utter_booking_closed_hour"),
        ("March 3, 2029", "utter_booking_too_far"),
    ],
)
def test_a_time_that_cannot_be_is_said_with_the_nearest_that_can(text, response):
    step = hear(text, asked="when")
    assert responses(step) == [response]
    assert step.lines[0].words["choice"].day >= NOW.date()
    assert "when" not in step.fields
    question = dialogue.ask(step.form, frozenset(), {}, ())
    assert question.asked == step.lines[0].asks == "when"


def test_the_nearest_open_day_is_taken_by_a_yes():
    step = hear("Saturday", asked="when")
    step = hear("yes", intent="affirm", asked="when", form=step.form)
    assert step.fields["when"] == (on(dt.date(2026, 11, 27)),)


@pytest.mark.parametrize(("text", "when"), [("any time", "any"), ("as soon as possible", "soonest")])
def test_no_time_in_particular_is_an_answer(text, when):
    step = hear(text, asked="when")
    assert step.form.when == when
    assert step.fields["when_said"] == text
    assert dialogue.ask(step.form, frozenset(), {}, ()).asked == "name"


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("555-0199", "utter_booking_phone_too_short"),
        ("1 900 555 0199", "utter_booking_phone_costly"),
        ("julie@", "utter_booking_bad_email"),
        ("hmm", "utter_booking_not_understood"),
    ],
)
def test_a_contact_that_cannot_be_reached_is_said(text, response):
    step = hear(text, asked="contact")
    assert responses(step) == [response]
    assert not {"phone", "email"} & step.fields.keys()


def test_a_question_in_between_is_answered_and_nothing_is_taken_from_it():
    step = hear("does it hurt?", intent="pain", asked="name")
    assert step.do == "answer"
    assert "name" not in step.fields


def test_a_number_beside_a_question_is_kept():
    step = hear("it's Julie, 514 555 0199. does it hurt?", intent="pain", asked="name")
    assert (step.do, step.fields["phone"]) == ("answer", "+15145550199")


@pytest.mark.parametrize(
    ("said", "do"),
    [
        ({"text": "yes", "intent": "affirm"}, "confirm"),
        ({"text": "oui", "intent": "affirm"}, "confirm"),
        ({"button": "send"}, "confirm"),
        ({"text": "yes", "intent": "affirm", "warned": True}, "ask"),
        ({"text": "yes but Thursday", "intent": "affirm"}, "ask"),
        ({"text": "no", "intent": "deny"}, "ask"),
        ({"button": "edit"}, "ask"),
        ({"button": "cancel"}, "give_up"),
        ({"text": "start again", "intent": "start_again"}, "give_up"),
    ],
)
def test_only_a_plain_yes_to_the_review_confirms(said, do):
    form = Form(when="given", key="k")
    assert hear(**{"text": "", **said}, asked="review", form=form, given=ALL).do == do


@pytest.mark.parametrize("asked", ["when", "name", "contact"])
def test_before_the_review_nothing_confirms(asked):
    assert hear("yes", intent="affirm", asked=asked).do == "ask"
    assert hear(button="send", asked=asked).do == "ask"


def test_what_is_to_be_changed_is_asked_then_replaced():
    form = Form(when="given", key="k")
    step = hear("no", intent="deny", asked="review", form=form, given=ALL)
    assert dialogue.ask(step.form, ALL, {}, ()).line.response == "utter_booking_ask_edit"
    step = hear(button="edit:contact", asked="review", form=step.form, given=ALL)
    assert dialogue.ask(step.form, ALL, {}, ()).asked == "contact"
    step = hear("julie@example.com", asked="contact", form=step.form, given=ALL)
    assert (step.fields["email"], step.fields["phone"]) == ("julie@example.com", "")
    assert dialogue.ask(step.form, ALL, {}, ()).asked == "review"


def test_a_name_alone_at_the_review_corrects_the_name():
    step = hear("no, Julie Roy", asked="review", form=Form(when="given"), given=ALL)
    assert step.fields["name"] == "Julie Roy"


def test_the_channels_number_is_offered_and_taken_by_a_yes():
    form = Form(when="given")
    question = dialogue.ask(form, frozenset({"name"}), {}, (), phone="+15145550199")
    assert question.line.response == "utter_booking_offer_phone"
    assert "514" not in question.line.words["phone"]
    step = hear("yes", intent="affirm", asked="contact", form=form, phone="+15145550199")
    assert step.fields["phone"] == "+15145550199"


def test_a_draft_that_expired_begins_anew_with_what_was_just_said():
    step = dialogue.hear(Said("Julie", asked="name"), Form(kind="change", when="given"), None, **context())
    assert responses(step) == ["utter_booking_expired"]
    assert step.fields["kind"] == "change"
    assert step.form.when == ""


@pytest.mark.parametrize(
    ("kind", "asked"), [("book", "when"), ("change", "when"), ("cancel", "name"), ("call_back", "name")]
)
def test_only_what_a_request_needs_is_asked(kind, asked):
    assert dialogue.ask(Form(kind=kind), frozenset(), {}, ()).asked == asked


@pytest.mark.parametrize(
    ("text", "topic", "button", "mode", "kind"),
    [
        ("I want to book", "book_appointment", "", "link", None),
        ("", "book_appointment", "book", "link", None),
        ("I want to book", "book_appointment", "", "both", None),
        ("I want to book", "book_appointment", "", "request", "book"),
        ("", "book_appointment", "book", "both", "book"),
        ("book me Tuesday, Julie, 514 555 0199", "book_appointment", "", "both", "book"),
        ("cancel my visit, Julie, 514 555 0199", "change_appointment", "", "both", "cancel"),
        ("move my visit, Julie, 514 555 0199", "change_appointment", "", "both", "change"),
        ("annuler mon rdv", "change_appointment", "", "request", None),
        ("", "change_appointment", "cancel_visit", "both", "cancel"),
        ("I want to talk to someone", "talk_to_human", "", "request", None),
        ("can someone call me back", "talk_to_human", "", "both", "call_back"),
        ("rappelez-moi svp", "talk_to_human", "", "request", "call_back"),
        ("", "talk_to_human", "call_back", "both", "call_back"),
    ],
)
def test_what_opens_a_request(text, topic, button, mode, kind):
    heard = words.read(text, now=NOW, clinic=CLINIC)
    assert dialogue.opens(text, topic=topic, button=button, mode=mode, heard=heard) == kind


def test_a_first_message_gives_what_it_has():
    said = Said("book me Tuesday morning, Julie Tremblay, 514 555 0199")
    step = dialogue.begin("book", said, topic="pain", area="face", **context())
    assert {"kind", "topic", "area", "language", "when", "name", "phone"} <= step.fields.keys()
    assert step.form.as_json().keys() == Form().as_json().keys()
    assert not any("Julie" in str(value) or "0199" in str(value) for value in step.form.as_json().values())


@pytest.mark.parametrize("stored", [None, {}, {"a key of tomorrow": 1}])
def test_what_another_version_stored_is_forgotten(stored):
    assert Form.read(stored) == Form()


@pytest.mark.parametrize("text", ["", " ", "🙂", "<b>Julie</b>", "=1+1", "a" * 2000, "\x00", "]]>"])
@pytest.mark.parametrize("asked", ["when", "name", "contact", "review"])
def test_nothing_a_patient_types_breaks_it(asked, text):
    step = hear(text, asked=asked, form=Form(when="given"), given=ALL)
    assert dialogue.ask(step.form, ALL, {}, ()).asked in ("when", "name", "contact", "review")


def test_whoever_cancels_a_visit_is_heard_in_both_languages():
    assert kind_of("I have to cancel", topic="change_appointment") == "cancel"
    assert kind_of("j'annule mon rendez-vous", topic="change_appointment") == "cancel"


@pytest.mark.parametrize(("hour", "response"), [(15, "utter_booking_sent_today"), (23, "utter_booking_sent_tomorrow")])
def test_what_is_said_of_a_request_that_is_stored_names_the_next_opening_hours(hour, response):
    line = dialogue.sent("DL-34679", now=NOW.replace(hour=hour), clinic=CLINIC)
    assert line.response == response
    assert line.words["reference"] == "DL-34679"
