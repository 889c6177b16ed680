"""The widget as a patient sees it: found by what it is called, never by how it is built."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

#: What a screen reader would say, and how urgently: see `screen_reader.js`.
Spoken = tuple[str, str]

WORDS = {
    "en": {"launcher": "Ask a question", "question": "Your question", "close": "Close", "options": "More options"},
    "fr": {
        "launcher": "Poser une question",
        "question": "Votre question",
        "close": "Fermer",
        "options": "Autres options",
    },
}
#: The panel's shadow root, in the page's own language.
PANEL = 'document.querySelector("askmeso-chat").shadowRoot.querySelector("askmeso-panel").shadowRoot'
SCREEN_READER = Path(__file__).with_name("screen_reader.js")


@dataclass
class Chat:
    """One page with one widget."""

    page: Page
    language: str = "en"
    faults: list[str] = field(default_factory=list)

    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name=WORDS[self.language]["launcher"])

    @property
    def question(self) -> Locator:
        return self.page.get_by_role("textbox", name=WORDS[self.language]["question"])

    @property
    def closing(self) -> Locator:
        return self.page.get_by_role("button", name=WORDS[self.language]["close"], exact=True)

    @property
    def options(self) -> Locator:
        return self.page.get_by_label(WORDS[self.language]["options"])

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def status(self) -> Locator:
        return self.part("status")

    @property
    def down(self) -> Locator:
        return self.part("down")

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[part~="{name}"]')

    def said(self, by: str) -> Locator:
        """All messages of the `patient` or of the `assistant`, the welcome left out."""
        return self.page.locator(f'[part~="message"][part~="{by}"][id]')

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def open(self) -> "Chat":
        self.launcher.click()
        expect(self.part("notice")).to_be_visible()
        return self

    def ask(self, text: str) -> "Chat":
        self.question.fill(text)
        self.question.press("Enter")
        return self

    def answered(self, times: int = 1) -> Locator:
        """The latest message of the assistant, once there are so many of them and nothing is on its way."""
        expect(self.said("assistant")).to_have_count(times)
        expect(self.part("typing")).to_have_count(0)
        return self.said("assistant").last

    def wait_in_vain(self) -> None:
        """Let the widget's waits pass at once, until it gives up; the page's clock must be installed."""
        for _ in range(5):
            self.page.wait_for_timeout(100)
            self.page.clock.fast_forward(4_000)

    def reload(self) -> None:
        self.page.reload()

    def spoken(self) -> list[Spoken]:
        """What a screen reader has said since this was asked last."""
        return [(said["how"], said["text"]) for said in self.page.evaluate("heard.splice(0)")]

    def focused(self) -> str:
        """The part that has the focus, or its name, or its tag."""
        return str(
            self.page.evaluate("""() => {
            let within = document.activeElement;
            while (within?.shadowRoot?.activeElement) within = within.shadowRoot.activeElement;
            return within.getAttribute("part") ?? within.ariaLabel ?? (within.innerText?.trim() || within.localName);
        }""")
        )

    def stored(self) -> dict[str, Any]:
        """Everything that the browser keeps for the page, but the session's storage."""
        return {
            "cookies": self.page.context.cookies(),
            "local": self.page.evaluate("({...localStorage})"),
            "databases": self.page.evaluate("indexedDB.databases()"),
        }


def sentence(text: str) -> re.Pattern[str]:
    """The text anywhere, whatever white space it has."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))
