"""The staff room's door, in a real browser: who comes in, who does not, and what the browser is told."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.staff import PASSWORD, ROLES
from tests.browser.test_accessibility import LAYERS, look

WRONG = {"en": "didn't match", "fr": "ne correspondent à aucun utilisateur"}
PAGES = ["", "account/"]
#: The arrow of a select is a gradient, and axe-core does not see what is written over one.
BESIDE_ARROWS = LAYERS | {"bgGradient"}


@pytest.mark.parametrize(("language", "title"), [("en", "Sign in - AskMeso"), ("fr", "S'identifier - AskMeso")])
def test_the_sign_in_page_speaks_the_browsers_language(sit_down, language, title):
    desk = sit_down(language=language)
    expect(desk.page).to_have_title(title)
    expect(desk.page.get_by_label(desk.word("password"))).to_be_visible()


@pytest.mark.parametrize("role", ROLES)
def test_someone_of_each_role_comes_in(sit_down, role):
    sit_down(role)


def test_someone_without_a_role_does_not(sit_down):
    desk = sit_down().sign_in("nobody")
    expect(desk.page.get_by_text("You do not have permission to access the admin")).to_be_visible()


@pytest.mark.parametrize("language", WRONG)
def test_a_wrong_password_says_so(sit_down, language):
    desk = sit_down(language=language).sign_in("reviewer", "not the password")
    expect(desk.page.get_by_role("status")).to_contain_text(WRONG[language])


def test_five_wrong_passwords_make_one_wait_even_with_the_right_one(sit_down, staff_room):
    staff_room.fill(guessed)
    desk = sit_down()
    desk.expected = "429"
    for _ in range(4):
        desk.sign_in("guessed", "not the password")
        expect(desk.page.get_by_role("status")).to_contain_text(WRONG["en"])
    for password in ("not the password", PASSWORD):
        with desk.page.expect_response(f"{staff_room.address}/staff/login/") as response:
            desk.open().sign_in("guessed", password)
        assert response.value.status == 429
        expect(desk.page.get_by_role("heading", name="Please wait")).to_be_visible()
    look(desk)
    sit_down("reviewer")


def guessed():
    from tests.clinic.staff import member

    member(username="guessed")


def test_signing_out_closes_the_door(sit_down):
    desk = sit_down("analyst")
    desk.page.get_by_role("button", name="analyst").click()
    desk.page.get_by_role("button", name="Log out").click()
    expect(desk.page.get_by_label("Username")).to_be_visible()
    desk.open("account/")
    expect(desk.page.get_by_label("Username")).to_be_visible()


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(sit_down):
    cookies = {cookie["name"]: cookie for cookie in sit_down("reviewer").page.context.cookies()}
    assert cookies["sessionid"]["httpOnly"]
    assert {cookie["sameSite"] for cookie in cookies.values()} == {"Lax"}


@pytest.mark.parametrize("path", ["login/", *PAGES])
def test_the_policy_allows_no_script_within_a_page(sit_down, path):
    desk = sit_down("administrator")
    policy = desk.page.goto(f"{desk.room.address}/staff/{path}").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy


def test_a_page_that_is_not_shown_to_strangers_sends_them_to_the_door(staff_room):
    for path in ("", "account/", "users/"):
        reply = requests.get(f"{staff_room.address}/staff/{path}", allow_redirects=False)
        assert (reply.status_code, reply.headers["Location"].split("?")[0]) == (302, "/staff/login/")


def test_a_date_is_chosen_from_a_calendar(sit_down):
    desk = sit_down("administrator", path="users/")
    desk.page.get_by_role("button", name="Show filters").click()
    desk.page.get_by_role("button", name="Last login").click()
    desk.page.locator("#id_last_login_0").click()
    expect(desk.page.locator(".xdsoft_datetimepicker:visible")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_axe_finds_nothing_to_mend_at_the_door(sit_down, language):
    look(sit_down(language=language))


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_to_mend_inside(sit_down, path):
    look(sit_down("reviewer", path=path), BESIDE_ARROWS)
