"""What all tests share: one trained model, one running assistant, and how a patient's browser talks to it."""

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from bot import clinic_facts, serve
from bot.__main__ import KNOWN_WARNINGS

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "askmeso.tar.gz"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    """Leave out the known warnings; libraries reset the filters that pytest sets."""
    warnings = terminalreporter.stats.get("warnings", [])
    news = [w for w in warnings if not any(known in w.message for known in KNOWN_WARNINGS)]
    terminalreporter.stats["warnings"] = news
    yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Conversation tests that the staff room exported stand outside the repository."""
    parser.addoption("--conversations", type=Path, help="a folder of conversation tests, played beside our own")


def pytest_configure() -> None:
    """No test depends on what the machine has set; whom to call is what the demo clinic says."""
    for name in [name for name in os.environ if name.startswith("ASKMESO_") or name == "DATABASE_URL"]:
        del os.environ[name]
    # The tests set Django up with everything; the processes they start choose for themselves.
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.site.staff_settings"
    clinic_facts.export(ROOT / "content", os.environ)


@pytest.fixture(scope="session")
def model() -> Path:
    assert MODEL.exists(), "There is no model; run the tests with `make test`, which trains one."
    return MODEL


def needed(program: str) -> str:
    """Where a program is that not every machine has: the tests that need it are skipped there, but never in CI."""
    found = shutil.which(program)
    if found is None:
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end(f"There is no {program} on this machine: what needs it is NOT TESTED. Install it.")
    return found


def free_port() -> int:
    """Each of the processes that run tests takes its ports from a set of its own."""
    sets = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    # Linux gives out odd ports alone, hence the halves.
    while (port := serve.free_port()) // 2 % sets != mine:
        pass
    return port


@dataclass
class Patient:
    """A patient's browser: one session, and what it reads."""

    base: str
    language: str | None = None
    token: str = ""
    conversation: str = ""
    buttons: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        opened = requests.post(f"{self.base}/session", json={"language": self.language} if self.language else {})
        assert opened.status_code == 201, opened.text
        self.token, self.conversation = opened.json()["token"], opened.json()["conversation"]

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, body: dict[str, Any]) -> requests.Response:
        body = {"id": str(uuid.uuid4())} | body
        return requests.post(f"{self.base}/messages", json=body, headers=self.headers())

    def reload(self) -> list[dict[str, Any]]:
        """The conversation so far, as a page that was loaded again shows it."""
        reply = requests.get(f"{self.base}/messages", headers=self.headers())
        assert reply.status_code == 200, reply.text
        messages: list[dict[str, Any]] = reply.json()["messages"]
        return messages

    def vote(self, message: str, **vote: Any) -> requests.Response:
        body = {"message": message, "helpful": True} | vote
        return requests.post(f"{self.base}/feedback", json=body, headers=self.headers())

    def say(self, text: str) -> dict[str, Any]:
        return only(self.hear(say=text))

    def tap(self, title: str) -> dict[str, Any]:
        return only(self.hear(tap=title))

    def hear(self, *, say: str | None = None, tap: str | None = None) -> list[dict[str, Any]]:
        """All messages that follow what is said or tapped."""
        assert tap is None or tap in self.buttons, f"there is no button {tap!r}, but {sorted(self.buttons)}"
        reply = self.post({"text": say} if tap is None else {"payload": self.buttons[tap]})
        assert reply.status_code == 200, reply.text
        messages: list[dict[str, Any]] = reply.json()["messages"]
        self.buttons = {b["title"]: b["payload"] for message in messages for b in message["buttons"]}
        return messages


def only(messages: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(messages) == 1, messages
    return messages[0]


@dataclass
class Assistant:
    """The assistant as `make run` starts it, on ports of its own and with a database of its own."""

    environment: dict[str, str]
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rasa, actions = self.environment["ASKMESO_RASA_PORT"], self.environment["ASKMESO_ACTIONS_PORT"]
        self.base = f"http://127.0.0.1:{rasa}/webhooks/website"
        self.commands = {
            "rasa": f"-m bot run --interface 127.0.0.1 --port {rasa} --model {MODEL} --endpoints endpoints.yml"
            f" --credentials credentials.yml --cors {self.environment['ASKMESO_ORIGINS']}",
            "actions": f"-m rasa_sdk --actions actions --port {actions}",
        }
        self.pages = {"rasa": f"{self.base}/health", "actions": f"http://127.0.0.1:{actions}/health"}

    def start(self, name: str) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, *self.commands[name].split()]
            self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def wait(self, *names: str) -> None:
        ill = serve.wait_until_healthy({name: self.pages[name] for name in names}, timeout=120)
        assert not ill, f"{ill} did not start:\n{self.log.read_text()[-4000:]}"

    def stop(self, name: str) -> None:
        self.processes[name].terminate()
        self.processes[name].wait(timeout=20)

    def patient(self, language: str | None = None) -> Patient:
        return Patient(self.base, language)

    @contextlib.contextmanager
    def without_actions(self) -> Iterator[None]:
        """While the action server is stopped."""
        self.stop("actions")
        try:
            yield
        finally:
            self.start("actions")
            self.wait("actions")

    @contextlib.contextmanager
    def with_hanging_actions(self) -> Iterator[None]:
        """While the action server takes connections and never answers."""
        self.processes["actions"].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.processes["actions"].send_signal(signal.SIGCONT)
            self.wait("actions")


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of an assistant that keeps what it writes in `var`."""
    pages = str(free_port())
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "ASKMESO_VAR": str(var),
        "ASKMESO_WEB_PORT": pages,
        "ASKMESO_ORIGINS": f"http://localhost:8000 http://127.0.0.1:{pages}",
        "ASKMESO_RASA_PORT": str(free_port()),
        "ASKMESO_ACTIONS_PORT": str(free_port()),
        "SANIC_HOST": "127.0.0.1",
        # All tests talk from one address.
        **dict.fromkeys(("ASKMESO_RATE_SESSION", "ASKMESO_RATE_ADDRESS", "ASKMESO_RATE_OPENINGS"), "100000"),
        **more,
    }


def prepare(env: dict[str, str]) -> None:
    """Make the tables, as `make run` does first."""
    subprocess.run([sys.executable, "-m", "clinic", "prepare"], cwd=ROOT, env=env, check=True)


@functools.cache
def prepared() -> Path:
    """An empty database with all tables; to make them takes seconds."""
    folder = Path(tempfile.mkdtemp(prefix="askmeso-tests-"))
    atexit.register(shutil.rmtree, folder)
    prepare(environment(folder))
    return folder / "askmeso.db"


@contextlib.contextmanager
def running(assistant: Assistant) -> Iterator[Assistant]:
    """Start both processes, and stop them whatever happens."""
    try:
        var = Path(assistant.environment["ASKMESO_VAR"])
        if "DATABASE_URL" in assistant.environment or (var / "askmeso.db").exists():
            prepare(assistant.environment)
        else:
            shutil.copy(prepared(), var / "askmeso.db")
        for name in assistant.commands:
            assistant.start(name)
        assistant.wait(*assistant.commands)
        yield assistant
    finally:
        for process in assistant.processes.values():
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def assistant(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("assistant")
    with running(Assistant(environment(folder), folder / "log")) as started:
        yield started


def events(database: Path, conversation: str) -> list[dict[str, Any]]:
    """What Rasa stored of a conversation."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", [conversation])
        return [json.loads(data) for (data,) in rows]
