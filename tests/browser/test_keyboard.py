"""Without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser import fakes
from tests.browser.chat import PANEL

#: Whether what has the focus is in the window and nothing lies on its middle.
SEEN = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (at === document.body) return true;
    const { left, top, width, bottom } = at.getBoundingClientRect();
    const middle = [left + width / 2, (top + Math.min(bottom, innerHeight)) / 2];
    let hit = document.elementFromPoint(...middle);
    while (hit?.shadowRoot) hit = hit.shadowRoot.elementFromPoint(...middle);
    return at.contains(hit);
}"""


def press(chat, *keys):
    for key in keys:
        chat.page.keyboard.press(key)


def tab_to(chat, name, *, key="Tab", most=60):
    """Press Tab until something of that name has the focus."""
    seen = []
    while name not in (focused := chat.focused()):
        seen.append(focused)
        assert len(seen) < most, f"{name} is not among {seen}"
        press(chat, key)
    return seen


def test_from_the_launcher_to_an_answer_and_back_with_the_keyboard_only(demo):
    chat = demo()
    tab_to(chat, "launcher")
    press(chat, "Enter")
    expect(chat.question).to_be_focused()
    chat.page.keyboard.type("Does it hurt?")
    press(chat, "Enter")
    answer = chat.answered()
    expect(chat.question).to_be_focused()
    tab_to(chat, "Sources", key="Shift+Tab")
    press(chat, "Enter")
    expect(answer.get_by_role("listitem").first).to_be_visible()
    tab_to(chat, "close", key="Shift+Tab")
    press(chat, "Enter")
    expect(chat.launcher).to_be_focused()
    expect(chat.question).to_be_hidden()


def test_escape_closes_and_returns_the_focus(chat):
    chat.open()
    press(chat, "Escape")
    expect(chat.question).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_menu_first(chat):
    chat.open().ask("Does it hurt?")
    chat.answered()
    chat.options.focus()
    press(chat, "Enter")
    expect(chat.button("Start again")).to_be_visible()
    press(chat, "Tab", "Escape")
    expect(chat.button("Start again")).to_be_hidden()
    expect(chat.options).to_be_focused()
    expect(chat.question).to_be_visible()


def test_a_menu_closes_when_the_focus_leaves_it(chat):
    chat.open().ask("Does it hurt?")
    chat.answered()
    chat.options.click()
    tab_to(chat, "close")
    expect(chat.button("Start again")).to_be_hidden()


def test_every_control_is_reached_in_the_order_in_which_it_is_seen(chat, clinic):
    clinic.says["hello"] = [fakes.message("Which?", "clarify", buttons={"Pain": "/pain", "Cost": "/cost"})]
    chat.open().ask("hello")
    chat.answered()
    tab_to(chat, "launcher", key="Shift+Tab")
    press(chat, "Tab")
    seen = tab_to(chat, "911")
    expected = ["language", "More options", "close", "conversation", "Your privacy", "Pain", "Cost", "question", "send"]
    assert all(name in text for name, text in zip(expected, seen, strict=True)), seen


def test_shift_and_enter_begins_a_line_and_enter_sends(chat, clinic):
    chat.open()
    chat.page.keyboard.type("one")
    press(chat, "Shift+Enter")
    chat.page.keyboard.type("two")
    press(chat, "Enter")
    chat.answered()
    assert clinic.answered == ["one\ntwo"]
    expect(chat.question).to_have_value("")


def test_an_empty_message_is_not_sent(chat, clinic):
    chat.open().ask("   ")
    chat.question.fill("")
    chat.button("Send").click(force=True)
    assert chat.ask("Does it hurt?").answered()
    assert clinic.answered == ["Does it hurt?"]


def test_the_conversation_scrolls_with_the_keyboard(chat):
    chat.open().ask("one").ask("two").ask("three")
    chat.answered(3)
    chat.log.focus()
    assert chat.log.evaluate("log => log.scrollTop") > 0
    press(chat, "Home")
    chat.page.wait_for_function(f"{PANEL}.querySelector('[role=log]').scrollTop === 0")


@pytest.mark.parametrize("device", ["chat", "phone"])
def test_what_has_the_focus_is_seen(request, device):
    chat = request.getfixturevalue(device)
    chat.open().ask("Does it hurt?")
    chat.answered()
    for _ in range(14):
        press(chat, "Shift+Tab")
        shown = chat.page.evaluate(SEEN)
        assert shown, f"{chat.focused()} is covered or outside the window"


def test_on_a_phone_the_panel_closes_when_the_focus_goes_behind_it(phone):
    phone.open()
    phone.page.get_by_role("link", name="Opening hours").focus()
    expect(phone.question).to_be_hidden()


def test_the_focus_is_marked(chat):
    chat.page.keyboard.press("Tab")
    tab_to(chat, "launcher")
    assert chat.launcher.evaluate("e => getComputedStyle(e).outlineWidth") == "3px"
    press(chat, "Enter")
    expect(chat.question).to_be_focused()
    assert chat.question.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
