"""axe-core finds nothing to mend, in any state, on a phone and at a desk, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import fakes
from tests.browser.conftest import DESKTOP, PHONE

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: What lies on something else, such as the open menu: axe-core then does not know which background counts.
LAYERS = {"bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring"}
LOOKS = [(size["viewport"], scheme) for size in (PHONE, DESKTOP) for scheme in ("light", "dark")]


def closed(chat, _):
    expect(chat.launcher).to_be_visible()


def opened(chat, _):
    chat.open()


def waiting(chat, clinic):
    clinic.hold()
    chat.open().ask("Does it hurt?")
    expect(chat.part("typing")).to_be_visible()


def answered(chat, _):
    answer = chat.open().ask("Does it hurt?").answered()
    answer.get_by_text("Sources (2)").click()
    chat.button("No").click()
    expect(answer.get_by_label("Would you like to say more?")).to_be_visible()
    expect(answer.get_by_role("status")).to_have_text("Thank you, that helps us.")


def choosing(chat, clinic):
    clinic.says["hello"] = [
        fakes.message("Which?", "clarify", buttons={"Pain": "/pain", "A number": "tel:+14185550142"})
    ]
    chat.open().ask("hello").answered()


def menu(chat, _):
    chat.open().ask("Does it hurt?").answered()
    chat.options.click()


def emergency(chat, clinic):
    buttons = {"Call 911": "tel:911", "Talk to someone": "/talk_to_human"}
    clinic.says["help"] = [fakes.message("Call **911** now.\n\nDo not drive.", "urgent", buttons=buttons)]
    chat.open().ask("help").answered()


def apology(chat, clinic):
    clinic.says["x"] = [fakes.message("Something went wrong.\n\nIn an emergency, call 911.", "error")]
    chat.open().ask("x").answered()


def refused(chat, clinic):
    chat.open()
    clinic.faults = [fakes.refuse(400)]
    chat.ask("x")
    expect(chat.said("patient")).to_contain_text("could not be read")


def not_sent(chat, clinic):
    chat.open()
    clinic.down = True
    chat.ask("x")
    chat.wait_in_vain()
    expect(chat.part("not-sent")).to_be_visible()


def offline(chat, _):
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.status).to_contain_text("offline")


def down(chat, clinic):
    clinic.down = True
    chat.launcher.click()
    chat.wait_in_vain()
    expect(chat.down).to_be_visible()


def not_loaded(chat, clinic):
    del clinic.files["panel.js"]
    chat.launcher.click()
    expect(chat.part("fallback")).to_contain_text("cannot be reached")


def written_long(chat, _):
    chat.open()
    chat.question.fill("y " * 950)
    expect(chat.part("counter")).not_to_be_empty()


STATES = [
    closed, opened, waiting, answered, choosing, menu, emergency, apology, refused, not_sent, offline, down, not_loaded,
    written_long,
]  # fmt: skip


def faults(chat, layers=LAYERS):
    """What axe-core is sure of, and the contrasts that it could not work out."""
    found = AXE.run(chat.page, options=RULES).response
    sure = [(fault, node) for fault in found["violations"] for node in fault["nodes"]]
    unsure = [
        (fault, node)
        for fault in found["incomplete"]
        for node in fault["nodes"]
        if fault["id"] == "color-contrast" and not layers & {check["data"]["messageKey"] for check in node["any"]}
    ]
    return [f"{fault['id']}: {node['html']} {node['failureSummary']}" for fault, node in sure + unsure]


def look(chat, layers=LAYERS, looks=LOOKS):
    """At one state in every look."""
    chat.page.mouse.move(0, 0)
    for viewport, scheme in looks:
        chat.page.set_viewport_size(viewport)
        chat.page.emulate_media(color_scheme=scheme)
        assert not faults(chat, layers), (viewport, scheme)


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_to_mend(chat, clinic, state):
    chat.page.clock.install()
    state(chat, clinic)
    look(chat)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_axe_finds_nothing_to_mend_on_the_demo_clinics_page(demo, language):
    question = {"en": "Does it hurt?", "fr": "Est-ce que ça fait mal?"}[language]
    chat = demo(language).open().ask(question)
    chat.answered()
    look(chat)


@pytest.mark.parametrize("page", ["answers", "privacy", "site-owners"])
def test_axe_finds_nothing_to_mend_on_the_other_pages(demo, pages, page):
    chat = demo("fr")
    chat.page.goto(f"{pages.address}/fr/{page}/")
    look(chat)


@pytest.mark.parametrize("accent", ["#ffe08a", "#111", "#d6006c", "#777"])
def test_any_accent_is_readable(clinic, visit, accent):
    clinic.tags = clinic.tags.replace("<askmeso-chat", f'<askmeso-chat accent="{accent}"')
    chat = visit(clinic.address).open().ask("Does it hurt?")
    chat.answered()
    chat.button("Yes").click()
    for scheme in ("light", "dark"):
        chat.page.emulate_media(color_scheme=scheme)
        assert not faults(chat), scheme
