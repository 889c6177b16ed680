"""The staff room in a browser: the transcript by keyboard, the review from end to end, and axe on both."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PATIENCE, PHONE
from tests.browser.staff import serving_pages
from tests.browser.test_accessibility import AXE, LOOKS, RULES
from tests.conftest import environment, prepared

SCRIPT = "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">"


def seed() -> None:
    """A reviewer, and a conversation of everything."""
    from clinic.conversations import roles
    from tests.clinic.staff import Talk, member, rasas_table

    rasas_table()
    member(roles.REVIEWERS, username="julie", first_name="Julie", last_name="Roy")
    talk = Talk()
    talk.says("hi", "greet").hears("**Hello**!", kind="chat", topic="", buttons=[("Does it hurt?", "/pain")])
    source = {"title": "A review", "publisher": "A journal", "year": 2022, "url": "https://example.org/"}
    talk.says("does it hurt", ranking=[("pain", 0.8), ("cost", 0.1)]).hears(id="b", revision="a" * 64, sources=[source])
    talk.votes("b", helpful=False, comment="not what I asked")
    flag = {"symptom": "trouble breathing", "tier": "emergency", "source": "safety-01"}
    talk.says("i cannot breathe", "urgent_symptom", red_flag=flag).hears("**Call 911.**", kind="urgent", topic="")
    talk.says(SCRIPT, "nlu_fallback", 0.3, ranking=[("cost", 0.3)]).hears("Which?", kind="clarify", topic="")
    talk.says("a" * 10_000, "out_of_scope").hears("I only know mesotherapy.", kind="decline", topic="").read()


@pytest.fixture(scope="module")
def staff_room(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("staff")
    shutil.copy(prepared(), folder / "askmeso.db")
    with serving_pages(environment(folder), folder) as room:
        room.fill(seed)
        yield f"{room.address}/staff/"


@pytest.fixture
def page(browser, staff_room):
    """Julie's browser; no script fails in it, and no policy is hurt."""
    context = browser.new_context(locale="en-CA", **DESKTOP)
    context.set_default_timeout(PATIENCE)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: "Content Security Policy" in line.text and faults.append(line.text))
    page.goto(staff_room)
    page.locator("[name=username]").fill("julie")
    page.locator("[name=password]").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Review")).to_be_visible()
    yield page
    context.close()
    assert not faults


def turn(page: Page, number: int):
    return page.get_by_role("article", name=f"Turn {number} ")


def test_the_keys_go_through_the_turns_and_judge_them(page, staff_room):
    page.goto(f"{staff_room}conversations/1/")
    expect(page.get_by_text("next turn")).to_be_visible()
    for key, number in (("j", 1), ("j", 2), ("j", 3), ("k", 2)):
        page.keyboard.press(key)
        expect(turn(page, number)).to_be_focused()
    page.keyboard.press("r")
    expect(turn(page, 2)).to_be_focused()
    expect(turn(page, 2).get_by_text("Julie Roy")).to_be_visible()
    page.keyboard.press("w")
    expect(turn(page, 2).get_by_role("radio", name="Right")).to_be_focused()


def test_keys_do_nothing_while_somebody_writes(page, staff_room):
    page.goto(f"{staff_room}conversations/1/")
    page.keyboard.press("j")
    page.keyboard.press("w")
    note = turn(page, 1).get_by_label("Note")
    note.press_sequentially("jkrw")
    expect(note).to_have_value("jkrw")
    expect(note).to_be_focused()


def test_a_turn_is_found_by_its_address(page, staff_room):
    page.goto(f"{staff_room}conversations/1/")
    anchor = turn(page, 3).get_attribute("id")
    page.goto(f"{staff_room}conversations/1/?turn=3#{anchor}")
    expect(turn(page, 3)).to_be_focused()


def test_nothing_that_a_patient_typed_runs(page, staff_room):
    page.goto(f"{staff_room}conversations/1/")
    expect(page.get_by_text("<script>document")).to_be_visible()
    assert page.title() != "run"


def test_a_reviewer_works_through_the_queue(page, staff_room):
    page.goto(f"{staff_room}conversations/review/")
    page.get_by_role("button", name="Start reviewing").click()
    expect(turn(page, 3)).to_be_focused()
    expect(turn(page, 3).get_by_text("Yours until")).to_be_visible()
    turn(page, 3).get_by_text("Something is wrong").click()
    turn(page, 3).get_by_label("Safety concern").check()
    turn(page, 3).get_by_role("button", name="Store the verdict").click()
    expect(page.get_by_role("link", name="Safety concerns (1)")).to_be_visible()
    expect(page.get_by_text("Yours until")).to_be_visible()


@pytest.mark.parametrize("path", ["", "conversations/review/", "conversations/1/", "conversations/1/?opened"])
@pytest.mark.parametrize("language", ["en-CA", "fr-CA"])
def test_axe_finds_nothing_to_mend(page, staff_room, path, language):
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(staff_room + path)
    if "opened" in path:
        page.locator("[data-wrong] summary").first.click()
    for viewport, scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        found = AXE.run(page, options=RULES).response["violations"]
        assert not [(fault["id"], node["html"]) for fault in found for node in fault["nodes"]], (viewport, scheme)


def test_on_a_phone_nothing_is_wider_than_the_screen(page, staff_room):
    page.set_viewport_size(PHONE["viewport"])
    page.goto(f"{staff_room}conversations/1/")
    for form in page.locator("[data-wrong]").all():
        form.locator("summary").click()
    wide = "all => all.filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 80))"
    assert not page.locator(".transcript *").evaluate_all(wide)
