"""A real Chromium, the demo clinic's pages with the real assistant behind them, and a clinic that misbehaves."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from bot import serve
from tests.browser.chat import SCREEN_READER, Chat
from tests.browser.fakes import FakeClinic
from tests.browser.staff import sit_down, staff_room  # noqa: F401  # fixtures
from tests.conftest import ROOT, Assistant, needed

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}
#: A real answer takes well below a second; the machine may have more to do.
PATIENCE = 15_000

#: A page that its policy stops says so.
TELL = "addEventListener('securitypolicyviolation', (e) => console.error('Policy:', e.violatedDirective, e.blockedURI))"

#: Opens a page in a context of its own; what it takes beyond the address is Playwright's.
Visit = Callable[..., Chat]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all tests of this folder. It ends with them: no other loop runs while Playwright's does."""
    program = needed("chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """No script may fail on any page that a test visits, and no policy may be hurt."""
    visited: list[Chat] = []

    def visit(address: str, *, language: str = "en", **how: Any) -> Chat:
        context = browser.new_context(**(DESKTOP | how))
        context.set_default_timeout(PATIENCE)
        context.add_init_script(path=SCREEN_READER)
        context.add_init_script(TELL)
        chat = Chat(context.new_page(), language)
        chat.page.on("pageerror", lambda error: chat.faults.append(str(error)))
        chat.page.on("console", lambda line: line.text.startswith("Policy:") and chat.faults.append(line.text))
        chat.page.goto(address)
        visited.append(chat)
        return chat

    yield visit
    for chat in visited:
        chat.page.context.close()
        assert not chat.faults


@dataclass
class Pages:
    """The demo clinic's pages, and the assistant that answers on them."""

    address: str
    assistant: Assistant


@pytest.fixture(scope="package")
def pages(browser: Browser, assistant: Assistant) -> Iterator[Pages]:
    address = f"http://127.0.0.1:{assistant.environment['ASKMESO_WEB_PORT']}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address.removeprefix("http://"), "clinic.site.wsgi"]
    with assistant.log.open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=assistant.environment, stdout=log, stderr=log)
    try:
        ill = serve.wait_until_healthy({"pages": f"{address}/health"}, timeout=60)
        assert not ill, f"The pages did not start:\n{assistant.log.read_text()[-4000:]}"
        yield Pages(address, assistant)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def demo(pages: Pages, visit: Visit) -> Callable[..., Chat]:
    """The demo clinic's home page in a language."""
    return lambda language="en", **how: visit(f"{pages.address}/{language}/", language=language, **how)


@pytest.fixture
def clinic() -> Iterator[FakeClinic]:
    with FakeClinic() as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def chat(clinic: FakeClinic, visit: Visit) -> Chat:
    """The fake clinic's page at desktop width, the chat closed."""
    return visit(clinic.address)


@pytest.fixture
def phone(clinic: FakeClinic, visit: Visit) -> Chat:
    """The same on a phone."""
    return visit(clinic.address, **PHONE)
