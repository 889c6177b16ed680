"""A patient and the real assistant, on the demo clinic's page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat import PANEL
from tests.browser.conftest import PHONE
from tests.conftest import events

QUESTIONS = {"en": "Does it hurt?", "fr": "Est-ce que ça fait mal?"}
EMERGENCIES = {"en": "I can't breathe and my face is swelling", "fr": "Je n’arrive plus à respirer et mon visage enfle"}
ASKED = {"en": "Was this helpful?", "fr": "Est-ce que cela vous a aidé?"}


def database(pages):
    return pages.assistant.log.parent / "askmeso.db"


def conversation(chat):
    """Which conversation of the assistant's this tab holds."""
    token = chat.page.evaluate("JSON.parse(Object.values(sessionStorage)[0]).session.conversation")
    assert token
    return token


@pytest.mark.parametrize("language", QUESTIONS)
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_a_question_is_answered_with_its_sources(demo, language, device):
    chat = demo(language, **device).open().ask(QUESTIONS[language])
    answer = chat.answered()
    expect(answer).to_have_attribute("lang", language)
    expect(answer).to_have_attribute("part", "message assistant answer")
    answer.get_by_text("Sources (").click()
    expect(answer.get_by_role("listitem").get_by_role("link").first).to_be_visible()
    expect(answer.get_by_text(ASKED[language])).to_be_visible()


def test_the_language_can_be_switched_before_the_first_message(demo):
    chat = demo("fr").open()
    chat.button("EN English").click()
    chat.language = "en"
    expect(chat.part("notice")).to_contain_text("I am an automated assistant.")
    expect(chat.part("notice")).to_contain_text("Privacy officer: Camille Exemple")
    expect(chat.ask("Does it hurt?").answered()).to_have_attribute("lang", "en")


def test_a_switch_of_language_says_the_answer_again_in_the_other(demo):
    chat = demo("fr").open().ask(QUESTIONS["fr"])
    expect(chat.answered()).to_have_attribute("lang", "fr")
    chat.button("EN English").click()
    chat.language = "en"
    expect(chat.answered(2)).to_have_attribute("lang", "en")
    expect(chat.said("assistant").first).to_have_attribute("lang", "fr")
    expect(chat.ask("How many sessions will I need?").answered(3)).to_have_attribute("lang", "en")


@pytest.mark.parametrize("language", EMERGENCIES)
def test_the_number_of_an_emergency_is_a_link(demo, language):
    chat = demo(language).open().ask(EMERGENCIES[language])
    message = chat.answered()
    expect(message).to_have_attribute("part", "message assistant urgent")
    number = message.get_by_role("link", name="911", exact=True).first
    expect(number).to_have_attribute("href", "tel:911")
    expect(number).to_be_in_viewport()


def test_what_the_assistant_is_unsure_of_it_asks_with_buttons(demo):
    chat = demo().open()
    chat.button("What can I ask?").click()
    chat.answered().get_by_role("button").first.click()
    expect(chat.answered(2)).to_have_attribute("part", re.compile("answer"))


def test_a_reload_restores_the_conversation(demo):
    chat = demo().open().ask("Does it hurt?")
    before = chat.answered().inner_text()
    chat.reload()
    expect(chat.question).to_be_visible()
    assert chat.answered().inner_text() == before
    expect(chat.said("patient")).to_contain_text("Does it hurt?")
    assert chat.ask("How many sessions?").answered(2)


def test_what_was_closed_stays_closed_and_is_restored_when_it_is_opened(demo):
    chat = demo().open().ask("Does it hurt?")
    chat.answered()
    chat.closing.click()
    chat.reload()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    expect(chat.question).to_have_count(0)
    chat.open().answered()


def test_the_conversation_goes_with_the_patient_to_another_page(demo):
    chat = demo().open().ask("Does it hurt?")
    chat.answered()
    chat.page.goto(chat.page.url + "privacy/")
    expect(chat.answered()).to_be_visible()


def test_another_tab_begins_anew(demo):
    chat = demo().open().ask("Does it hurt?")
    chat.answered()
    other = chat.page.context.new_page()
    other.goto(chat.page.url)
    other.get_by_role("button", name="Ask a question").click()
    expect(other.locator('[part="notice"]')).to_be_visible()
    expect(other.locator('[part~="message"][id]')).to_have_count(0)


def test_a_vote_and_its_comment_are_stored_with_the_answer_and_its_revision(demo, pages):
    chat = demo().open().ask("Does it hurt?")
    answer = chat.answered()
    chat.button("Yes").click()
    answer.get_by_label("Would you like to say more?").fill("Clear.")
    answer.get_by_role("button", name="Send").click()
    expect(answer.get_by_role("status")).to_have_text("Thank you, that helps us.")
    vote, commented = (e for e in events(database(pages), conversation(chat)) if e["event"] == "feedback")
    assert vote["helpful"] and vote["comment"] is None and commented["comment"] == "Clear."
    assert commented["message_id"] == answer.get_attribute("id")
    assert commented["about"]["topic"] == "pain" and len(commented["about"]["revision"]) == 64


def test_the_longest_comment_that_can_be_written_is_taken(demo):
    chat = demo().open().ask("Does it hurt?")
    answer = chat.answered()
    chat.button("No").click()
    comment = answer.get_by_label("Would you like to say more?")
    comment.press_sequentially("y")
    comment.fill("y" * int(comment.get_attribute("maxlength") or 0))
    answer.get_by_role("button", name="Send").click()
    expect(answer.get_by_role("status")).to_have_text("Thank you, that helps us.")


def test_the_longest_message_that_can_be_written_is_answered(demo):
    chat = demo().open().ask("Does it hurt? ".ljust(2_000, "y"))
    chat.answered()
    expect(chat.said("patient").get_by_text("could not be read")).to_have_count(0)


def test_a_conversation_can_start_again(demo):
    chat = demo().open().ask("Does it hurt?")
    chat.answered()
    chat.options.click()
    chat.button("Start again").click()
    expect(chat.answered(2)).to_be_visible()
    expect(chat.said("patient").last).to_contain_text("Start again")


def test_pressing_enter_twice_sends_one_message(demo, pages):
    chat = demo().open()
    chat.question.fill("Does it hurt?")
    chat.page.evaluate(f"{{ const form = {PANEL}.querySelector('form'); form.requestSubmit(); form.requestSubmit(); }}")
    chat.answered()
    said = [e for e in events(database(pages), conversation(chat)) if e["event"] == "user"]
    assert [e["text"] for e in said] == ["Does it hurt?"]


def test_a_conversation_goes_on_after_the_server_was_restarted(demo, pages):
    chat = demo().open().ask("Does it hurt?")
    chat.answered()
    pages.assistant.stop("rasa")
    chat.ask("How many sessions will I need?")
    pages.assistant.start("rasa")
    pages.assistant.wait("rasa")
    again = chat.said("patient").get_by_role("button", name="Try again")
    expect(again.or_(chat.said("assistant").nth(1))).to_be_visible()
    if again.is_visible():
        again.click()
    chat.answered(2)
    chat.reload()
    expect(chat.said("patient")).to_have_text([re.compile("hurt"), re.compile("sessions")])
    assert chat.ask("How long does it last?").answered(3)
