"""What a screen reader says of what happens, and what it does not say."""

import pytest
from playwright.sync_api import expect

from tests.browser import fakes


def settled(chat):
    """What is spoken, once nothing more comes."""
    chat.page.wait_for_timeout(150)
    return chat.spoken()


def taken_up(chat):
    """What is spoken until a restored conversation counts as old."""
    chat.answered()
    expect(chat.log).to_have_attribute("aria-live", "polite")
    return settled(chat)


def test_an_answer_is_announced_once_when_it_is_complete(chat, clinic):
    chat.open()
    settled(chat)
    with clinic.holding():
        chat.ask("Does it hurt?")
        expect(chat.part("typing")).to_be_visible()
        assert settled(chat) == []
    chat.answered()
    ((how, text),) = settled(chat)
    assert how == "polite" and text.startswith("The assistant said:") and text.count("light pricks") == 1
    assert "Sources" not in text and "helpful" not in text and "Does it hurt?" not in text


def test_the_choices_of_a_message_are_announced_with_it(chat, clinic):
    clinic.says["hello"] = [fakes.message("Which?", "clarify", buttons={"Pain": "/pain", "Cost": "/cost"})]
    chat.open()
    settled(chat)
    chat.ask("hello").answered()
    ((how, text),) = settled(chat)
    assert (how, text.split("said:")[1].split()) == ("polite", ["Which?", "Pain", "Cost"])


def test_an_emergency_is_announced_at_once_and_once(chat, clinic):
    clinic.says["help"] = [fakes.message("Call **911** now.", "urgent", buttons={"Call 911": "tel:911"})]
    chat.open()
    settled(chat)
    chat.ask("help").answered()
    assert settled(chat) == [("assertive", "Call 911 now.")]
    expect(chat.page.get_by_role("alert").filter(has_text="Call 911 now.")).to_have_count(1)


def test_two_emergencies_are_both_announced(chat, clinic):
    clinic.says["help"] = [fakes.message("Call 911 now.", "urgent")]
    chat.open()
    settled(chat)
    chat.ask("help").answered()
    assert settled(chat) == [("assertive", "Call 911 now.")]
    chat.ask("help").answered(2)
    assert settled(chat) == [("assertive", "Call 911 now.")]


def test_what_was_restored_is_not_announced_but_what_follows_is(chat):
    chat.open().ask("Does it hurt?").answered()
    chat.reload()
    assert taken_up(chat) == []
    chat.ask("And then?").answered(2)
    assert [how for how, _ in settled(chat)] == ["polite"]


def test_a_conversation_that_is_opened_again_is_not_read_out(chat):
    chat.open().ask("Does it hurt?").answered()
    chat.closing.click()
    chat.reload()
    chat.open()
    assert taken_up(chat) == []


def test_a_restored_emergency_is_not_announced(chat, clinic):
    clinic.says["help"] = [fakes.message("Call 911 now.", "urgent")]
    chat.open().ask("help").answered()
    chat.reload()
    assert taken_up(chat) == []


def test_what_becomes_of_the_connection_and_of_a_vote_is_announced(chat):
    chat.open().ask("Does it hurt?").answered()
    settled(chat)
    chat.page.context.set_offline(True)
    assert settled(chat) == [("polite", "You seem to be offline. Check your connection.")]
    chat.page.context.set_offline(False)
    chat.button("Yes").click()
    expect(chat.button("Yes")).to_have_attribute("aria-pressed", "true")
    assert settled(chat) == [("polite", "Thank you, that helps us.")]


def test_what_is_left_of_a_long_message_is_announced_at_its_end(chat):
    chat.open()
    settled(chat)
    chat.question.fill("y" * 1_900)
    expect(chat.part("counter")).to_have_text("Characters left: 100")
    assert settled(chat) == []
    chat.question.fill("y" * 2_000)
    assert settled(chat) == [("polite", "Characters left: 0")]


def tree(chat):
    """The browser's accessibility tree: by role, the names and properties of every node."""
    client = chat.page.context.new_cdp_session(chat.page)
    nodes = client.send("Accessibility.getFullAXTree")["nodes"]
    found = {}
    for node in nodes:
        if not node["ignored"]:
            properties = {p["name"]: p["value"].get("value") for p in node.get("properties", [])}
            found.setdefault(node["role"]["value"], []).append({"name": node.get("name", {}).get("value")} | properties)
    return found


def test_the_browser_tells_a_screen_reader_what_is_what(chat, clinic):
    clinic.says["help"] = [fakes.message("Call 911 now.", "urgent")]
    chat.open().ask("help").answered()
    seen = tree(chat)
    (dialog,), (log,) = seen["dialog"], seen["log"]
    assert dialog["name"] == "Clinique Demi-Lune" and not dialog.get("modal")
    assert (log["name"], log["live"]) == ("Conversation", "polite")
    assert [alert["live"] for alert in seen["alert"]] == ["assertive"]
    assert "polite" in {status["live"] for status in seen["status"]}
    assert [box["name"] for box in seen["textbox"]] == ["Your question"]
    assert "911" in {link["name"] for link in seen["link"]}
    assert all(control["name"] for role in ("button", "link", "DisclosureTriangle") for control in seen.get(role, []))


@pytest.mark.parametrize(("interface", "spoken"), [("en", "fr"), ("fr", "en")])
def test_each_message_is_marked_with_its_language(clinic, visit, interface, spoken):
    clinic.says["x"] = [fakes.message("…", language=spoken)]
    chat = visit(f"{clinic.address}{interface}", language=interface).open().ask("x")
    expect(chat.answered()).to_have_attribute("lang", spoken)
    expect(chat.part("panel")).to_have_attribute("lang", interface)
    expect(chat.said("assistant").locator(".unseen").first).to_have_attribute("lang", interface)
    expect(chat.part("language")).to_have_attribute("lang", spoken)
