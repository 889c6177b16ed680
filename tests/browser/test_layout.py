"""How it looks where little room is left: on a phone, zoomed in, on paper, for who sees little or dislikes motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import fakes
from tests.browser.chat import PANEL
from tests.browser.fakes import TAG
from tests.conftest import ROOT

LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3
#: 1280 by 1024 at 400 %, as WCAG has it; a small phone; a wide window at 200 %; a phone that lies.
SMALL = [(320, 256), (320, 568), (640, 400), (844, 390)]


def wide(chat):
    """By how many pixels something reaches over its edge to the side."""
    over = "e => e.scrollWidth - e.clientWidth"
    return [
        chat.page.locator("html").evaluate(over),
        chat.log.evaluate(over),
        chat.part("panel").evaluate(over),
        chat.page.evaluate("document.documentElement.scrollWidth - innerWidth"),
    ]


@pytest.mark.parametrize("size", SMALL)
def test_nothing_is_cut_off_in_a_small_window(clinic, visit, size):
    source = {"title": LONG, "publisher": LONG, "year": 2020, "url": f"https://example.org/{LONG}"}
    clinic.says["x"] = [fakes.message(f"{LONG}\n\n- {LONG} https://example.org/{LONG}", sources=[source])]
    clinic.says["y"] = [fakes.message("Which?", "clarify", buttons={LONG: "/a", "b " * 60: "/b"})]
    chat = visit(clinic.address, viewport=dict(zip(("width", "height"), size, strict=True)))
    chat.open().ask("x").answered().get_by_text("Sources (1)").click()
    chat.button("Yes").click()
    chat.ask("y").answered(2)
    assert max(wide(chat)) <= 0
    for part in (chat.closing, chat.options, chat.question, chat.part("send")):
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_menu_fits_into_the_smallest_window(clinic, visit, language):
    chat = visit(f"{clinic.address}{language}", language=language, viewport={"width": 320, "height": 568})
    chat.open().ask("Does it hurt?").answered()
    chat.options.click()
    for choice in chat.part("menu").get_by_role("button").all():
        expect(choice).to_be_in_viewport(ratio=1)


def test_text_of_twice_the_size_is_not_cut_off(clinic, visit):
    clinic.style += b"\naskmeso-chat { font-size: 32px !important }"
    chat = visit(clinic.address).open().ask("Does it hurt?")
    chat.answered()
    assert max(wide(chat)) <= 0
    assert chat.said("assistant").evaluate("e => getComputedStyle(e).fontSize") == "32px"
    expect(chat.closing).to_be_in_viewport(ratio=1)
    expect(chat.question).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_panel_fills_the_window(phone):
    phone.open()
    assert phone.part("panel").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(phone.launcher).to_be_hidden()
    assert phone.question.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16, "a phone would zoom in"


def test_at_a_desk_the_panel_stands_beside_the_page(chat):
    chat.open()
    box = chat.part("panel").bounding_box()
    assert box["x"] > 640 and box["y"] > 0 and box["x"] + box["width"] < 1280 and box["y"] + box["height"] < 800
    expect(chat.launcher).to_be_in_viewport(ratio=1)


def test_every_target_is_large_enough_for_a_finger(phone, clinic):
    clinic.says["x"] = [fakes.message("Which?", "clarify", buttons={"Pain": "/a", "Cost": "/b"})]
    phone.open().ask("Does it hurt?").answered().get_by_text("Sources (2)").click()
    phone.button("Yes").click()
    phone.ask("x").answered(2)
    sizes = phone.page.evaluate(
        f"""[...{PANEL}.querySelectorAll("button, summary, textarea, [part=emergency] a")].map((e) => {{
            const {{ width, height }} = e.getBoundingClientRect();
            return [e.ariaLabel ?? e.innerText, width, height];
        }})"""
    )
    assert [size for size in sizes if 0 < min(size[1:]) < 24] == []


def running(chat):
    """Animations and transitions that are running, anywhere."""
    return chat.page.evaluate("document.getAnimations().length") + chat.page.evaluate(
        f"{PANEL}.getAnimations().length + {PANEL}.host.getRootNode().getAnimations().length"
    )


@pytest.mark.parametrize(("wish", "some"), [("reduce", False), ("no-preference", True)])
def test_who_wants_no_motion_sees_none(clinic, visit, wish, some):
    chat = visit(clinic.address, reduced_motion=wish)
    clinic.hold()
    chat.open().ask("Does it hurt?")
    expect(chat.part("typing")).to_be_visible()
    chat.launcher.hover()
    assert (running(chat) > 0) is some


@pytest.mark.parametrize("wish", [{"contrast": "more"}, {"forced_colors": "active"}])
def test_who_needs_contrast_sees_what_is_what(clinic, visit, wish):
    chat = visit(clinic.address, **wish).open().ask("Does it hurt?")
    chat.answered()
    edge = chat.said("assistant").locator('[part="bubble"]').evaluate("e => getComputedStyle(e).borderTopColor")
    ground = chat.part("panel").evaluate("e => getComputedStyle(e).backgroundColor")
    assert edge != ground
    assert chat.question.evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"


def test_on_paper_there_is_the_conversation_and_nothing_else(chat):
    chat.open().ask("Does it hurt?")
    chat.answered()
    chat.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    chat.page.emulate_media(media="print")
    paper = chat.page.locator("askmeso-printout")
    expect(paper).to_contain_text(re.compile("You said:.*Does it hurt.*The assistant said:.*light pricks", re.DOTALL))
    expect(paper).to_contain_text("https://example.org/pain")
    expect(chat.page.get_by_role("heading", name="A clinic")).to_be_hidden()
    expect(chat.launcher).to_be_hidden()
    chat.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_have_count(0)
    expect(chat.page.get_by_role("heading", name="A clinic")).to_be_visible()


def test_a_page_with_a_closed_chat_is_printed_as_it_is(chat):
    chat.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    chat.page.emulate_media(media="print")
    expect(chat.page.get_by_role("heading", name="A clinic")).to_be_visible()
    expect(chat.launcher).to_be_hidden()


def test_a_conversation_can_be_copied(chat):
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.open().ask("Does it hurt?")
    chat.answered()
    chat.options.click()
    chat.button("Copy the conversation").click()
    expect(chat.status).to_have_text("The conversation is copied.")
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "Clinique Demi-Lune\n\nYou said:\nDoes it hurt?\n\nThe assistant said:\nMost people feel light"
    )


def test_two_widgets_on_one_page_are_two_conversations(clinic, visit):
    other = (
        TAG.replace("/chat", "/chat/").replace("{language}", "fr").replace("<askmeso-chat", "<askmeso-chat id=other")
    )
    clinic.tags = TAG + other.replace('"/chat/"', '"/chat/../chat"')
    clinic.style += b"\n#other { --askmeso-inline-end: 700px }"
    one = visit(clinic.address).open()
    one.page.get_by_role("button", name="Poser une question").click()
    expect(one.page.get_by_role("dialog")).to_have_count(2)
    one.ask("Does it hurt?").answered()
    two = one.page.locator("#other")
    expect(two.locator('[part="notice"]')).to_contain_text("Je suis un assistant automatisé.")
    expect(two.locator('[part~="message"][id]')).to_have_count(0)


def test_a_page_opens_and_closes_it_and_hears_of_it(chat):
    heard = "window.said = []; for (const e of ['open', 'close']) addEventListener(`askmeso-${e}`, () => said.push(e))"
    chat.page.evaluate(heard)
    chat.page.evaluate("document.querySelector('askmeso-chat').open = true")
    expect(chat.question).to_be_focused()
    chat.page.evaluate("document.querySelector('askmeso-chat').open = false")
    expect(chat.question).to_be_hidden()
    assert chat.page.evaluate("said") == ["open", "close"]


def test_a_site_owner_can_style_every_part_that_is_shown(clinic, visit):
    contract = (ROOT / "widget/src/askmeso.ts").read_text()
    named = [*re.findall(r"@csspart ([\w-]+)", contract), "question", "send"]
    rules = [f"askmeso-chat::part({part}) {{ outline: 7px solid }}" for part in named]
    clinic.style += "\n".join(["", *rules]).encode()
    chat = visit(clinic.address).open().ask("Does it hurt?")
    chat.answered()
    shown = {part for part in named if chat.part(part).count()}
    assert set(named) - shown == {"choices", "typing", "not-sent", "down"}
    for part in shown:
        assert chat.part(part).first.evaluate("e => getComputedStyle(e).outlineWidth") == "7px", part


def test_a_site_owners_properties_count(clinic, visit):
    clinic.style += b"\naskmeso-chat { --askmeso-width: 350px; --askmeso-block-end: 60px; --askmeso-accent: #123456 }"
    chat = visit(clinic.address).open()
    assert chat.part("panel").bounding_box()["width"] == 350
    box = chat.launcher.bounding_box()
    assert box["y"] + box["height"] == 740
    assert chat.launcher.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(18, 52, 86)"
