"""A slow, broken or absent network: nothing is lost, nothing is said twice, and the clinic can always be reached."""

import pytest
from playwright.sync_api import expect

from tests.browser import fakes
from tests.browser.fakes import a_proxys_page, answer_unheard, broken_off, hang_up, refuse

PHONE_NUMBER = "418 555-0142"


@pytest.fixture
def chat(chat):
    """Its clock can be put forward."""
    chat.page.clock.install()
    return chat


@pytest.mark.parametrize(
    "fault",
    [
        hang_up,
        answer_unheard,
        broken_off,
        a_proxys_page,
        refuse(429, "rate", Retry_After="1"),
        refuse(429),
        refuse(409, "in-progress", Retry_After="1"),
        refuse(500),
        refuse(503, Retry_After="2"),
    ],
    ids=["hang-up", "reply-lost", "broken-off", "proxy", "429", "429-without-time", "409-in-progress", "500", "503"],
)
def test_what_passes_is_not_even_seen(chat, clinic, fault):
    chat.open()
    clinic.faults = [fault, fault]
    chat.ask("Does it hurt?")
    for _ in range(3):
        chat.page.wait_for_timeout(150)
        chat.page.clock.fast_forward(2_000)
    expect(chat.answered()).to_contain_text("light pricks")
    assert clinic.answered == ["Does it hurt?"]
    ids = {body["id"] for door, body in clinic.asked if door == "POST messages"}
    assert len(ids) == 1 and len(clinic.asked) == 4


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 415])
def test_what_can_never_pass_is_not_tried_again(chat, clinic, status):
    chat.open()
    clinic.faults = [refuse(status)]
    chat.ask("Does it hurt?")
    expect(chat.said("patient")).to_contain_text("This message could not be read. Write it another way.")
    expect(chat.ask("What does it cost?").answered()).to_be_visible()
    assert clinic.answered == ["What does it cost?"]


def test_a_message_that_was_not_sent_says_so_and_is_sent_again_when_asked(chat, clinic):
    chat.open()
    clinic.down = True
    chat.ask("Does it hurt?")
    chat.wait_in_vain()
    expect(chat.part("not-sent")).to_contain_text("Not sent.")
    expect(chat.page.get_by_role("link", name=PHONE_NUMBER)).to_be_visible()
    clinic.down = False
    chat.button("Try again").click()
    expect(chat.answered()).to_contain_text("light pricks")
    expect(chat.part("not-sent").or_(chat.down)).to_have_count(0)
    assert clinic.answered == ["Does it hurt?"]


def test_who_tries_again_keeps_the_focus_in_the_conversation(chat, clinic):
    chat.open()
    clinic.down = True
    chat.ask("Does it hurt?")
    chat.wait_in_vain()
    clinic.down = False
    chat.button("Try again").press("Enter")
    chat.answered()
    assert chat.focused() == "conversation"


def test_what_was_not_sent_before_a_reload_is_answered_once_after_it(chat, clinic):
    chat.open()
    clinic.faults = [answer_unheard]
    with clinic.holding():
        chat.ask("Does it hurt?")
        expect(chat.part("typing")).to_be_visible()
        chat.reload()
    expect(chat.answered()).to_contain_text("light pricks")
    expect(chat.said("patient")).to_have_count(1)
    assert clinic.answered == ["Does it hurt?"]


def test_offline_is_said_and_what_was_written_is_sent_when_it_is_over(chat, clinic):
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.status).to_have_text("You seem to be offline. Check your connection.")
    chat.ask("Does it hurt?")
    chat.wait_in_vain()
    expect(chat.part("not-sent")).to_be_visible()
    chat.page.context.set_offline(False)
    expect(chat.answered()).to_contain_text("light pricks")
    expect(chat.status).to_be_empty()
    assert clinic.answered == ["Does it hurt?"]


def test_a_slow_answer_is_waited_for_and_the_patient_is_told(chat, clinic):
    chat.open()
    with clinic.holding():
        chat.ask("Does it hurt?")
        expect(chat.part("typing")).to_be_visible()
        chat.page.clock.fast_forward(6_000)
        expect(chat.status).to_have_text("This is taking longer than usual. Thank you for waiting.")
    chat.answered()
    expect(chat.status).to_be_empty()


def test_two_messages_in_a_hurry_are_answered_in_their_order(chat, clinic):
    clinic.says = {"one": [fakes.message("First.")], "two": [fakes.message("Second.")]}
    chat.open().ask("one").ask("two")
    chat.answered(2)
    expect(chat.part("bubble").and_(chat.page.locator("[id] > *"))).to_contain_text(["one", "First.", "two", "Second."])


def test_a_choice_that_is_tapped_twice_is_made_once(chat, clinic):
    clinic.says["hello"] = [fakes.message("Which?", "clarify", buttons={"Pain": "/pain"})]
    chat.open().ask("hello").answered()
    with clinic.holding():
        chat.button("Pain").dblclick()
    chat.answered(2)
    assert clinic.answered == ["hello", "/pain"]


def test_an_expired_session_is_replaced_without_a_word(chat, clinic):
    chat.open()
    clinic.faults = [refuse(401)]
    expect(chat.ask("Does it hurt?").answered()).to_contain_text("light pricks")
    assert [door for door, _ in clinic.asked] == ["POST session", "POST messages", "POST session", "POST messages"]


def test_with_the_server_down_the_phone_number_takes_the_place_of_the_conversation(chat, clinic):
    clinic.down = True
    chat.launcher.click()
    chat.wait_in_vain()
    expect(chat.down).to_contain_text("The assistant cannot be reached right now.")
    expect(chat.page.get_by_role("link", name=PHONE_NUMBER)).to_be_visible()
    clinic.down = False
    chat.button("Try again").click()
    expect(chat.part("notice")).to_be_visible()
    assert chat.ask("Does it hurt?").answered()


def test_a_panel_that_cannot_be_loaded_leaves_the_phone_number_and_is_loaded_the_next_time(chat, clinic):
    panel = clinic.files.pop("panel.js")
    chat.launcher.click()
    expect(chat.page.get_by_role("alert")).to_contain_text("The assistant cannot be reached right now.")
    expect(chat.page.get_by_role("link", name=PHONE_NUMBER)).to_be_visible()
    clinic.files["panel.js"] = panel
    chat.launcher.click()
    chat.open()
    expect(chat.question).to_be_focused()


def test_without_javascript_the_phone_number_is_on_the_page(clinic, visit):
    chat = visit(clinic.address, java_script_enabled=False)
    expect(chat.page.get_by_role("link", name=PHONE_NUMBER)).to_be_visible()
    expect(chat.launcher).to_have_count(0)


def test_without_javascript_the_demo_page_has_the_phone_number_in_the_chats_place(demo):
    chat = demo(java_script_enabled=False)
    expect(chat.page.locator("askmeso-chat").get_by_role("link", name=PHONE_NUMBER)).to_be_in_viewport()


def test_a_vote_that_was_not_stored_can_be_given_again(chat, clinic):
    answer = chat.open().ask("Does it hurt?").answered()
    clinic.faults = [refuse(404)]
    chat.button("Yes").click()
    expect(answer.get_by_role("status")).to_have_text("That did not work. Try again.")
    chat.button("Yes").click()
    expect(answer.get_by_role("status")).to_have_text("Thank you, that helps us.")
