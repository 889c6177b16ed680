"""A website with the widget on it, and an assistant behind it that does what the real one cannot be brought to do."""

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.conftest import ROOT

DIST = ROOT / "widget/dist"
TAG = '<askmeso-chat server="/chat" language="{language}"><a href="tel:+14185550142">418 555-0142</a></askmeso-chat>'
PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A clinic</title>
<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/page.css">
<script type="module" src="/widget/askmeso.js"></script></head>
<body><main><h1>A clinic</h1><p><a href="#hours">Opening hours</a></p></main>{tags}</body>
</html>"""
STYLE = b"body { background: light-dark(#fff, #111); color: light-dark(#111, #fff) } a { color: inherit }"
CLINIC = {
    "name": "Clinique Demi-Lune",
    "phone": "418 555-0142",
    "emergency_number": "911",
    "privacy_officer": "Camille Exemple",
    "privacy_url": "https://example.com/privacy",
    "kept_for_days": 365,
}
SOURCES = [
    {"title": "Pain in the clinic", "publisher": "A journal", "year": 2022, "url": "https://example.org/pain"},
    {"title": "A book", "publisher": None, "year": None, "url": None},
]
#: What it does with a request before it answers: `handler` is the connection.
Fault = Callable[["Handler"], bool]


def message(
    text: str, kind: str = "answer", *, buttons: dict[str, str] | None = None, **metadata: Any
) -> dict[str, Any]:
    """A message of the assistant; `buttons` are titles and payloads."""
    id = str(uuid.uuid4())
    known = {"id": id, "kind": kind, "language": "en", "sources": [], "reviewed_by": None, "reviewed_on": None}
    offered = [{"title": title, "payload": payload} for title, payload in (buttons or {}).items()]
    return {"id": id, "text": text, "buttons": offered, "metadata": known | metadata}


def an_answer() -> dict[str, Any]:
    return message("Most people feel **light pricks**.\n\n- Cold helps.\n- So does cream.", sources=SOURCES)


class FakeClinic(ThreadingHTTPServer):
    """Serves the page and the website channel, on one origin. What a test sets here counts from then on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/"
        self.tags = TAG
        self.style = STYLE
        self.policy = ""
        self.clinic = dict(CLINIC)
        self.files: dict[str, bytes] = {path.name: path.read_bytes() for path in DIST.glob("*.js")}
        #: What is said to a text or a payload; otherwise an answer.
        self.says: dict[str, list[dict[str, Any]]] = {}
        #: What happens to the next requests of the channel, one each.
        self.faults: list[Fault] = []
        self.down = False
        self.asked: list[tuple[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self._replies: dict[str, list[dict[str, Any]]] = {}
        self._at_ease = threading.Event()
        self._at_ease.set()

    def page(self, language: str) -> str:
        return PAGE.format(language=language, tags=self.tags.format(language=language))

    @property
    def answered(self) -> list[str]:
        """What patients said, once each, however often it was sent."""
        return [entry["text"] for entry in self.history if entry["from"] == "patient"]

    def hold(self) -> None:
        """Hold back every reply to a message."""
        self._at_ease.clear()

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """While every reply to a message is held back."""
        self.hold()
        try:
            yield
        finally:
            self._at_ease.set()

    def reply(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """What the real channel does: one reply for one id."""
        said = body.get("text") or body["payload"]
        if body["id"] not in self._replies:
            spoken = message(said, id=body["id"])
            replies = self.says.get(said) or [an_answer()]
            self._replies[body["id"]] = replies
            self.history += [spoken | {"from": "patient"}, *({**reply, "from": "assistant"} for reply in replies)]
        self._at_ease.wait(20)
        return self._replies[body["id"]]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: FakeClinic

    def do_GET(self) -> None:
        if self.path.startswith("/chat/"):
            self._channel(None)
        elif self.path.startswith("/widget/"):
            self._file(self.path.removeprefix("/widget/").partition("?")[0])
        elif self.path == "/page.css":
            self.send(200, self.server.style, "text/css")
        else:
            page = self.server.page("fr" if "fr" in self.path else "en")
            policy = {"Content-Security-Policy": self.server.policy} if self.server.policy else {}
            self.send(200, page.encode(), "text/html", **policy)

    def do_POST(self) -> None:
        self._channel(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _file(self, name: str) -> None:
        file = self.server.files.get(name)
        self.send(200 if file else 404, file or b"", "text/javascript")

    def _channel(self, body: Any) -> None:
        door = self.path.removeprefix("/chat/")
        self.server.asked.append((f"{self.command} {door}", body))
        if self.server.down:
            return
        if self.server.faults and self.server.faults.pop(0)(self):
            return
        if door == "session":
            expires = int(time.time()) + 3600
            opened = {"token": "token", "conversation": "c", "expires_at": expires, "clinic": self.server.clinic}
            self.json(201, opened)
        elif door == "feedback":
            self.send(204)
        else:
            self.json(200, {"messages": self.server.reply(body) if body else self.server.history})

    def json(self, status: int, body: dict[str, Any], **headers: str) -> None:
        self.send(status, json.dumps(body).encode(), "application/json", **headers)

    def send(self, status: int, body: bytes = b"", content_type: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": f"{content_type}; charset=utf-8", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        # Whoever asked may be gone.
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """The tests' output is for the tests."""


def well(_: Handler) -> bool:
    """No fault: for the requests before the one that fails."""
    return False


def hang_up(_: Handler) -> bool:
    """The connection breaks before anything is read."""
    return True


def refuse(status: int, kind: str = "some", **headers: str) -> Fault:
    """A problem of the channel, such as 429."""

    def fault(handler: Handler) -> bool:
        handler.json(status, {"type": f"urn:askmeso:problem:{kind}", "status": status}, **headers)
        return True

    return fault


def answer_unheard(handler: Handler) -> bool:
    """The message is answered, and the reply is lost on the way."""
    _, body = handler.server.asked[-1]
    handler.server.reply(body)
    return True


def broken_off(handler: Handler) -> bool:
    """A reply that ends in the middle."""
    handler.send(200, b'{"messages": [{"id": "1", "te', "application/json")
    return True


def a_proxys_page(handler: Handler) -> bool:
    """A page of something that stands between, which says that all is well."""
    handler.send(200, b"<h1>Log in to the network</h1>", "text/html")
    return True
