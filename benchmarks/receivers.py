"""A clinic's system and its mail server as real servers on loopback, which misbehave as they are told.

`python -m benchmarks.receivers web|mail PORT JOURNAL [SECRET]` runs one until it is killed; what it accepted is
written to the journal first, so that a new one on the same journal knows what the old one had.
"""

import contextlib
import hashlib
import hmac
import json
import random
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

#: In seconds: longer than any sender waits in a test.
HANGS = 2.0


@dataclass
class Journal:
    """What was accepted, in order, a line each; it outlives its server where it has a file."""

    path: Path | None = None
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        if self.path and self.path.exists():
            self.lines = self.path.read_text().splitlines()

    def take(self, line: str, *, once: bool = True) -> bool:
        """Write the line; False if it is there already and is taken once only."""
        with self._lock:
            if once and line in self.lines:
                return False
            self.lines.append(line)
            if self.path:
                with self.path.open("a") as file:
                    file.write(line + "\n")
            return True


@dataclass
class Call:
    """One request as it came in."""

    key: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body, read."""
        said: dict[str, Any] = json.loads(self.body)
        return said


class Web(ThreadingHTTPServer):
    """A clinic's system that honours the key. `script` says what it does with the next calls; then it accepts.

    accept, duplicate (409), empty, other (another reference), a status such as "503", redirect, hang, drip, half.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *, port: int = 0, secret: str = "", journal: Path | None = None, faults: float = 0) -> None:
        self.secret = secret
        self.journal = Journal(journal)
        self.received = Journal(journal and journal.with_suffix(".calls"))
        self.faults = faults
        self.script: list[str] = []
        self.calls: list[Call] = []
        self.retry_after: str | None = None
        super().__init__(("127.0.0.1", port), Answer)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/requests"

    def next_act(self) -> str:
        """What to do with this call."""
        if self.script:
            return self.script.pop(0)
        return random.choice(["503", "half"]) if random.random() < self.faults else "accept"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that went away is none of its business."""


class Answer(BaseHTTPRequestHandler):
    """One call."""

    server: Web

    def do_POST(self) -> None:  # the library's name
        """Do as the script says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = Call(self.headers["Idempotency-Key"], dict(self.headers), body)
        self.server.calls.append(call)
        self.server.received.take(call.key, once=False)
        if not self._is_signed(body):
            self._reply(401)
            return
        act = self.server.next_act()
        if act in ("accept", "empty", "half"):
            self.server.journal.take(f"{call.key} {call.said['reference']}")
        self._act(act, call)

    def _act(self, act: str, call: Call) -> None:
        reference = call.said["reference"]
        if act == "accept":
            self._reply(200, json.dumps({"reference": reference}).encode())
        elif act == "empty":
            self._reply(204)
        elif act == "other":
            self._reply(200, b'{"reference": "XX-00000"}')
        elif act == "page":
            self._reply(200, b"<html>Please sign in</html>")
        elif act == "redirect":
            self._reply(302, headers={"Location": "http://127.0.0.1:9/elsewhere"})
        elif act == "hang":
            time.sleep(HANGS)
        elif act == "drip":
            self._drip()
        elif act == "half":
            self._half()
        else:
            self._reply(409 if act == "duplicate" else int(act))

    def _reply(self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        if self.server.retry_after and status >= 400:
            self.send_header("Retry-After", self.server.retry_after)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _half(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b'{"refer')
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(int(HANGS / 0.1)):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def _is_signed(self, body: bytes) -> bool:
        timestamp = self.headers["X-AskMeso-Timestamp"]
        signed = hmac.new(self.server.secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
        given = self.headers["X-AskMeso-Signature"] or ""
        return hmac.compare_digest(given, f"v1={signed.hexdigest()}") and abs(time.time() - int(timestamp)) < 300

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Mail:
    """A mail server. `script` says what it does with the next messages; then it accepts.

    accept, a reply such as "451 later" or "550 no", hang, half (it has the message and closes without a word).
    """

    def __init__(self, *, journal: Path | None = None, faults: float = 0) -> None:
        self.journal = Journal(journal)
        self.faults = faults
        self.script: list[str] = []
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Do as the script says."""
        act = self.script.pop(0) if self.script else "accept"
        if not self.script and random.random() < self.faults:
            act = random.choice(["451 later", "half"])
        if act in ("accept", "half"):
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.journal.take(str(message["Message-ID"]), once=False)
        if act == "half":
            server.transport.abort()  # type: ignore[union-attr]  # it is connected
        if act == "hang":
            time.sleep(HANGS)
        return "250 OK" if act in ("accept", "half", "hang") else act


@contextlib.contextmanager
def web(*, secret: str = "", port: int = 0, journal: Path | None = None, faults: float = 0) -> Iterator[Web]:
    """A running clinic's system."""
    server = Web(port=port, secret=secret, journal=journal, faults=faults)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def mail(*, port: int, journal: Path | None = None, faults: float = 0) -> Iterator[Mail]:
    """A running mail server."""
    handler = Mail(journal=journal, faults=faults)
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop(no_assert=True)


def main() -> None:
    """Run one server until it is killed."""
    kind, port, journal, *secret = sys.argv[1:]
    options: dict[str, Any] = {"port": int(port), "journal": Path(journal), "faults": 0.05}
    if kind == "web":
        options["secret"] = secret[0]
    with (web if kind == "web" else mail)(**options):
        threading.Event().wait()


if __name__ == "__main__":
    main()
