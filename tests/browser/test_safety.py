"""What is written stays text, a strict policy is enough, and nothing is asked or kept that need not be."""

import pytest
from playwright.sync_api import expect

from tests.browser import fakes
from tests.browser.fakes import TAG

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none';"
    " require-trusted-types-for 'script'; trusted-types lit-html"
)
ATTACKS = [
    "<script>window.hurt = true</script>",
    "<img src=x onerror='window.hurt = true'>",
    "<svg onload='window.hurt = true'></svg>",
    "<a href='javascript:window.hurt = true'>here</a>",
    "[here](javascript:window.hurt=true)",
    "[here](JaVaScRiPt:window.hurt=true)",
    "[here](data:text/html,<script>window.hurt=true</script>)",
    "**<b onmouseover='window.hurt = true'>bold</b>**",
    "${window.hurt = true} {{window.hurt = true}} <!--",
    "</div></askmeso-panel><script>window.hurt = true</script>",
    "[x](https://example.org/\" onmouseover='window.hurt=true')",
]
ELEMENTS = "script, img, iframe, object, base, form form, [onerror], [onload], [onmouseover]"


def harmless(chat, message):
    """Nothing of it ran, nothing of it became an element, no link leads to anything but a page or a number."""
    assert chat.page.evaluate("window.hurt") is None
    expect(message.locator(ELEMENTS)).to_have_count(0)
    targets = message.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert all(target.startswith(("https://", "tel:")) for target in targets), targets


def test_what_a_patient_writes_stays_text(chat, clinic):
    chat.open()
    for times, attack in enumerate(ATTACKS, start=1):
        chat.ask(attack).answered(times)
    expect(chat.said("patient").locator('[part="bubble"]')).to_have_text(ATTACKS)
    harmless(chat, chat.part("panel"))
    chat.reload()
    chat.answered(len(ATTACKS))
    expect(chat.said("patient").locator('[part="bubble"]')).to_have_text(ATTACKS)
    harmless(chat, chat.part("panel"))
    assert clinic.answered == ATTACKS


@pytest.mark.parametrize("kind", ["answer", "urgent"])
def test_what_the_server_says_stays_text(chat, clinic, kind):
    for attack in ATTACKS:
        source = {"title": attack, "publisher": attack, "year": 2020, "url": "javascript:window.hurt=true"}
        review = {"reviewed_by": attack, "reviewed_on": "2026-01-01"}
        evil = fakes.message(attack, kind, buttons={attack: "/pain"}, sources=[source], **review)
        clinic.says.setdefault("hello", []).append(evil | {"id": attack})
    message = chat.open().ask("hello").answered(len(ATTACKS))
    expect(message.get_by_role("button", name=ATTACKS[-1])).to_be_visible()
    for summary in chat.part("sources").locator("summary").all():
        summary.click()
    harmless(chat, chat.part("panel"))


def test_what_the_server_says_of_the_clinic_stays_text(clinic, visit):
    hostile = dict.fromkeys(("name", "phone", "emergency_number", "privacy_officer"), ATTACKS[1])
    clinic.clinic |= hostile | {"privacy_url": "javascript:window.hurt=true"}
    chat = visit(clinic.address).open()
    harmless(chat, chat.part("panel"))
    expect(chat.page.get_by_role("heading", name=ATTACKS[1])).to_be_visible()
    expect(chat.part("notice").get_by_role("link")).to_have_count(0)


def test_a_printed_conversation_is_text_too(chat, clinic):
    clinic.says["hello"] = [fakes.message(attack) for attack in ATTACKS]
    chat.open().ask("hello")
    chat.answered(len(ATTACKS))
    chat.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = chat.page.locator("askmeso-printout")
    expect(paper).to_contain_text("window.hurt = true")
    harmless(chat, paper)


def test_a_strict_policy_is_not_hurt_by_anything(clinic, visit):
    clinic.policy = STRICT
    clinic.tags = TAG.replace("<askmeso-chat", '<askmeso-chat accent="#d6006c" clinic="Clinique"')
    chat = visit(clinic.address).open().ask("Does it hurt?")
    answer = chat.answered()
    answer.get_by_text("Sources (2)").click()
    chat.button("Yes").click()
    answer.get_by_label("Would you like to say more?").fill("Clear.")
    answer.get_by_role("button", name="Send").click()
    expect(answer.get_by_role("status")).not_to_be_empty()
    chat.page.evaluate("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")
    chat.closing.click()
    assert chat.launcher.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(214, 0, 108)"
    assert not chat.faults


def test_the_demo_pages_policy_is_not_hurt_by_anything(demo):
    chat = demo("fr").open().ask("Est-ce que ça fait mal?")
    chat.answered()
    chat.button("Oui").click()
    expect(chat.answered().get_by_role("status")).not_to_be_empty()
    assert not chat.faults


def test_a_website_that_the_assistant_does_not_know_gets_the_phone_number_only(clinic, visit, assistant):
    clinic.tags = TAG.replace('"/chat"', f'"{assistant.base}"')
    chat = visit(clinic.address)
    chat.page.clock.install()
    chat.launcher.click()
    chat.wait_in_vain()
    expect(chat.down).to_contain_text("The assistant cannot be reached right now.")
    assert chat.page.evaluate("JSON.parse(Object.values(sessionStorage)[0]).session") is None


def test_before_it_is_opened_only_the_launcher_is_loaded(clinic, visit):
    asked = []
    chat = visit("about:blank")
    chat.page.on("request", lambda request: asked.append(request.url.removeprefix(clinic.address)))
    chat.page.goto(clinic.address, wait_until="networkidle")
    expect(chat.launcher).to_be_visible()
    assert [name for name in asked if "css" not in name] == ["", "widget/askmeso.js"]
    assert clinic.asked == []
    chat.open()
    assert "widget/panel.js" in asked
    assert all(not name.startswith("http") for name in asked)


def test_nothing_is_kept_but_in_the_tabs_own_memory(demo):
    chat = demo().open().ask("Does it hurt?")
    chat.answered()
    assert chat.stored() == {"cookies": [], "local": {}, "databases": []}
    kept = chat.page.evaluate("JSON.stringify({...sessionStorage})")
    assert "hurt" not in kept and "pinch" not in kept


def test_a_browser_that_keeps_nothing_gets_a_widget_that_forgets(clinic, visit):
    chat = visit("about:blank")
    chat.page.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('no'); } })")
    chat.page.goto(clinic.address)
    assert chat.open().ask("Does it hurt?").answered()
    chat.reload()
    chat.open()
    expect(chat.said("assistant")).to_have_count(0)


def test_a_link_says_where_it_leads_and_gives_the_page_no_handle(chat, clinic):
    clinic.says["hello"] = [fakes.message("Read [this](https://www.example.org/page), or call 418 555-0142.")]
    message = chat.open().ask("hello").answered()
    link = message.get_by_role("link", name="this (example.org) opens in a new tab")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(message.get_by_role("link", name="418 555-0142")).to_have_attribute("href", "tel:4185550142")


def test_the_page_and_the_widget_leave_each_others_styles_alone(clinic, visit):
    clinic.style = b"* { color: red !important; font-size: 5px } button, p, div { display: none }"
    chat = visit(clinic.address).open()
    expect(chat.part("notice")).to_be_visible()
    assert chat.part("notice").locator("p").first.evaluate("e => getComputedStyle(e).color") != "rgb(255, 0, 0)"
    assert chat.page.locator("h1").evaluate("e => getComputedStyle(e).fontSize") == "5px"
