"""A messaging platform on loopback: it records what is sent to it, holds it against the platform's limits and answers
by script. An ordinary HTTP server; what a request means, the channel's kit says (tests/channels/channel.py)."""

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Sent:
    """One request to the platform, as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Outgoing:
    """What a patient would read: one message, and its buttons as (title, what a tap carries)."""

    to: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Limits:
    """What the platform takes in one message."""

    text: int
    buttons: int = 0
    title: int = 0
    payload: int = 10_000
    #: How the platform counts a text.
    length: Callable[[str], int] = len

    def faults(self, message: Outgoing) -> list[str]:
        found = []
        if not message.text.strip():
            found.append("an empty text")
        if self.length(message.text) > self.text:
            found.append(f"a text of {self.length(message.text)}")
        if len(message.buttons) > self.buttons:
            found.append(f"{len(message.buttons)} buttons")
        for title, payload in message.buttons:
            if not 0 < len(title) <= self.title:
                found.append(f"the title {title!r}")
            if not 0 < len(payload.encode()) <= self.payload:
                found.append(f"the payload {payload!r}")
        return found


@dataclass(frozen=True)
class Reply:
    """What the platform answers to one request."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds before the first byte.
    after: float = 0.0
    #: Whether the connection ends half-way through the body.
    cut: bool = False


class FakePlatform:
    """Listens on a port of its own while the `with` lasts.

    `read` says what a request means: a message, or None where it is none (typing on, an acknowledgement). `ok` is the
    platform's usual reply; `script` are the replies to the next messages, first come first served.
    """

    def __init__(self, *, read: Callable[[Sent], Outgoing | None], limits: Limits, ok: Callable[[int], Reply]) -> None:
        self._read = read
        self._limits = limits
        self._ok = ok
        self._arrived = threading.Condition()
        self.script: deque[Reply] = deque()
        #: Everything, in the order of arrival.
        self.requests: list[Sent] = []
        #: The messages that were accepted.
        self.messages: list[Outgoing] = []
        #: Every attempt to send a message, refused ones too, with its time.
        self.attempts: list[tuple[float, Outgoing]] = []
        #: What the platform would have refused; a test fails on it.
        self.faults: list[str] = []

    def __enter__(self) -> "FakePlatform":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def answering(self, *replies: Reply) -> Iterator[None]:
        """Answer the next messages like this; what is left of it at the end is forgotten."""
        self.script.extend(replies)
        try:
            yield
        finally:
            self.script.clear()

    def take(self, sent: Sent) -> Reply:
        """Record a request and say how it is answered."""
        with self._arrived:
            self.requests.append(sent)
            try:
                message = self._read(sent)
            except Exception as error:  # noqa: BLE001  # the kit's reading is a test's own
                self.faults.append(f"{sent.method} {sent.path} cannot be read: {error!r} in {sent.body[:500]!r}")
                return Reply(400)
            if message is None:
                return self._ok(len(self.requests))
            return self._message(message, at=sent.at)

    def _message(self, message: Outgoing, *, at: float) -> Reply:
        self.attempts.append((at, message))
        if found := self._limits.faults(message):
            self.faults.extend(f"{fault} in {message!r}" for fault in found)
            return Reply(400)
        reply = self.script.popleft() if self.script else self._ok(len(self.requests))
        if reply.status < 300 and not reply.cut:
            self.messages.append(message)
        self._arrived.notify_all()
        return reply

    def to(self, person: str) -> list[Outgoing]:
        """The messages that one person got."""
        with self._arrived:
            return [message for message in self.messages if message.to == person]

    def attempts_to(self, person: str) -> list[float]:
        """When it was tried to send one person a message."""
        with self._arrived:
            return [at for at, message in self.attempts if message.to == person]

    def wait(self, until: Callable[[], Any], *, timeout: float = 20.0) -> bool:
        """Whether it comes true in time."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if until():
                return True
            with self._arrived:
                self._arrived.wait(0.05)
        return bool(until())

    def quiet(self, seconds: float = 0.7, *, timeout: float = 20.0) -> None:
        """Wait until nothing has been sent for a while."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            before = len(self.requests)
            time.sleep(seconds)
            if len(self.requests) == before:
                return


def _handler(platform: FakePlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = platform.take(Sent(self.command, self.path, headers, body, time.monotonic()))
            time.sleep(reply.after)
            with contextlib.suppress(OSError):
                self.answer(reply)

        do_POST = do_GET = do_PUT = do_DELETE = handle_any  # noqa: N815  # the names that http.server looks for

        def answer(self, reply: Reply) -> None:
            text = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text) + (100 if reply.cut else 0)))
            self.end_headers()
            self.wfile.write(text[: len(text) // 2] if reply.cut else text)
            self.close_connection = reply.cut

        def log_message(self, *_: Any) -> None:
            """Say nothing on the terminal."""

    return Handler
