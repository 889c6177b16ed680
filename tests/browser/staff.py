"""The staff room in a browser: a web server with a database of its own, and people of each role who are signed in."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from bot import serve
from tests.clinic.conftest import use
from tests.conftest import ROOT, environment, prepared

#: Of everyone here; no account outside of tests has it.
PASSWORD = "correct horse battery"
WORDS = {
    "en": {"username": "Username", "password": "Password", "sign in": "Sign in"},
    "fr": {"username": "Nom d’utilisateur", "password": "Mot de passe", "sign in": "S'identifier"},
}


@dataclass
class StaffRoom:
    """The server, and its database: `fill` writes to it as Rasa and the patients would."""

    address: str
    database: str
    log: Path

    def fill(self, write: Callable[[], Any]) -> Any:
        """Call `write` with this database behind Django's models, in a thread of its own.

        Playwright's loop runs in the tests' thread, and Django's models refuse to work beside a loop.
        """
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._with_database, write).result()

    def _with_database(self, write: Callable[[], Any]) -> Any:
        from django.db import connections

        use(self.database)
        try:
            return write()
        finally:
            connections.close_all()


@dataclass
class Desk:
    """One page of the staff room, and what went wrong on it."""

    page: Page
    room: StaffRoom
    language: str = "en"
    faults: list[str] = field(default_factory=list)
    #: What the browser may say in its console: it notes every page that is refused.
    expected: str = ""

    def hears(self, line: ConsoleMessage) -> None:
        """Keep what the console calls an error."""
        if line.type == "error" and not (self.expected and self.expected in line.text):
            self.faults.append(line.text)

    def open(self, path: str = "") -> "Desk":
        self.page.goto(f"{self.room.address}/staff/{path}")
        return self

    def word(self, name: str) -> str:
        return WORDS[self.language][name]

    def sign_in(self, username: str, password: str = PASSWORD) -> "Desk":
        """Type the name and the password on the sign-in page."""
        self.page.get_by_label(self.word("username")).fill(username)
        self.page.get_by_label(self.word("password")).fill(password)
        self.page.get_by_role("button", name=self.word("sign in")).click()
        return self

    def sees_home(self) -> "Desk":
        expect(self.page).to_have_url(f"{self.room.address}/staff/")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self


def conversations() -> None:
    """A few conversations of each kind, as patients of the demo have them."""
    from tests.clinic import staff  # Django must be set up first

    staff.rasas_table()
    staff.Talk(language="en").says("does it hurt").hears(id="a").votes("a", helpful=True).read()
    staff.Talk(language="fr").says("c'est combien?", "cost").hears("La clinique le dira.", topic="cost", id="b").votes(
        "b", helpful=False, comment="pas de prix"
    ).read()
    staff.Talk().says("exosomes?", "nlu_fallback", 0.3).hears("Did you mean?", "clarify", topic="").read()
    staff.Talk().says("do you do botox", "out_of_scope").hears("We cannot help with that.", "decline", topic="").read()
    staff.Talk().says("I can't breathe", "urgent_symptom").hears("Call 911 now.", "urgent", topic="").read()
    staff.Talk().says("<script>alert('x')</script>" * 20, "pain").hears().read()


def accounts() -> None:
    """Someone of each role, named after it, and someone without any."""
    from clinic.conversations import roles
    from tests.clinic import staff

    assert staff.PASSWORD == PASSWORD
    for username, role in ROLES.items():
        staff.member(getattr(roles, role), username=username)
    staff.member(None, username="nobody")


#: Who can sign in, and as what.
ROLES = {
    "administrator": "ADMINISTRATORS",
    "reviewer": "REVIEWERS",
    "frontdesk": "FRONT_DESK",
    "analyst": "ANALYSTS",
}


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[StaffRoom]:
    """The pages with a filled database of their own."""
    shutil.copy(prepared(), folder / "askmeso.db")
    with serving_pages(environment(folder), folder) as room:
        for write in (accounts, conversations):
            room.fill(write)
        yield room


@contextlib.contextmanager
def serving_pages(env: dict[str, str], folder: Path) -> Iterator[StaffRoom]:
    """The pages as gunicorn serves them in `make run`; stopped whatever happens."""
    room = StaffRoom(
        f"http://127.0.0.1:{env['ASKMESO_WEB_PORT']}", f"sqlite:///{folder / 'askmeso.db'}", folder / "pages.log"
    )
    command = [sys.executable, "-m", "gunicorn", "--bind", room.address.removeprefix("http://"), "clinic.site.wsgi"]
    with room.log.open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        ill = serve.wait_until_healthy({"pages": f"{room.address}/health"}, timeout=60)
        assert not ill, f"The pages did not start:\n{room.log.read_text()[-4000:]}"
        yield room
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="package")
def staff_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffRoom]:
    """One server for all tests of the staff room."""
    with serving(tmp_path_factory.mktemp("staff")) as room:
        yield room


@pytest.fixture
def sit_down(browser: Browser, staff_room: StaffRoom) -> Iterator[Callable[..., Desk]]:
    """Open a browser of its own at the staff room; nothing may fail on any of its pages, and no policy be hurt."""
    desks: list[Desk] = []

    def sit_down(role: str | None = None, *, language: str = "en", path: str = "", **how: Any) -> Desk:
        context = browser.new_context(locale=f"{language}-CA", viewport={"width": 1280, "height": 1000}, **how)
        desk = Desk(context.new_page(), staff_room, language)
        desks.append(desk)
        desk.page.on("pageerror", lambda error: desk.faults.append(str(error)))
        desk.page.on("console", desk.hears)
        desk.open()
        if role:
            desk.sign_in(role).sees_home()
        return desk.open(path) if path else desk

    yield sit_down
    for desk in desks:
        desk.page.context.close()
        assert not desk.faults
