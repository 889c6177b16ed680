"""The two bots of the bench as processes: AskMeso as `make run` starts it, and the starter bot of `rasa init`.

Each has a temporary folder for what it writes: its model, its SQLite database, its log. Leaving the `with`
block of a bot kills all its processes.
"""

import contextlib
import http.client
import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from honcho.environ import parse_procfile

from bot import serve, settings

#: In seconds; a machine that needs longer cannot be measured.
LONGEST_START = 180.0
LONGEST_REPLY = 60.0


class BotError(Exception):
    """A bot could not be prepared, trained or started; the message names it and ends with its log."""


class Bot:
    """A Rasa bot: prepare and train it once, then start and stop it as often as needed."""

    name: ClassVar[str]
    #: The module that is Rasa's command line for this bot.
    module: ClassVar[str] = "rasa"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder
        self.model = folder / "models" / f"{self.name}.tar.gz"
        self.port = serve.free_port()
        self.environment = environment(folder)
        self._log = folder / "log"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        (self.folder / "tmp").mkdir(parents=True)
        self.prepare()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def prepare(self) -> None:
        """Write what training and starting need."""
        raise NotImplementedError

    def commands(self) -> list[str]:
        """The shell command of each process."""
        raise NotImplementedError

    def pages(self) -> list[str]:
        """The addresses that all answer 200 once the bot can answer."""
        raise NotImplementedError

    def train(self) -> float:
        """Train from nothing; how many seconds it took."""
        options = ["--out", str(self.model.parent), "--fixed-model-name", self.name]
        started = time.perf_counter()
        self._run("-m", self.module, "train", *options)
        return time.perf_counter() - started

    def start(self) -> float:
        """Start all processes and wait for their pages; how many seconds it took."""
        started = time.perf_counter()
        with self._log.open("ab") as log:
            for command in self.commands():
                self._processes.append(
                    subprocess.Popen(
                        command,
                        shell=True,
                        cwd=self.home,
                        env=self.environment,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
        while not all(serve.is_healthy(page) for page in self.pages()):
            if time.perf_counter() - started > LONGEST_START or any(p.poll() is not None for p in self._processes):
                raise self._error("did not start")
            time.sleep(0.02)
        return time.perf_counter() - started

    def stop(self) -> None:
        """Kill all processes with their children."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def say(self, text: str, *, conversation: str, language: str | None = None) -> list[dict[str, Any]]:
        """One message through Rasa's REST channel, and what comes back; a connection of its own for every message."""
        body = {"sender": conversation, "message": text, "metadata": {"language": language}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_REPLY)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/webhooks/rest/webhook", json.dumps(body), headers)
            reply: list[dict[str, Any]] = json.loads(connection.getresponse().read())
        return reply

    def memory(self) -> float:
        """Resident memory of all processes in MB; a page that two of them share counts twice."""
        pids = [pid for process in self._processes for pid in family(process.pid)]
        return sum(resident(pid) for pid in pids) / 1e6

    def _run(self, *arguments: str) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, *arguments]
            done = subprocess.run(command, cwd=self.home, env=self.environment, stdout=log, stderr=log, check=False)
        if done.returncode:
            raise self._error(f"failed at {' '.join(arguments)!r}")

    def _error(self, what: str) -> BotError:
        return BotError(f"{self.name} {what}. The end of its log:\n{self._log.read_text(errors='replace')[-4000:]}")


class AskMeso(Bot):
    """Rasa and the action server with the commands of the Procfile; REST stands beside the channels for patients."""

    name = "askmeso"
    module = "bot"

    def prepare(self) -> None:
        """Ports and a database of its own; credentials with REST."""
        self.home = settings.ROOT
        self._database = self.folder / "askmeso.db"
        self.environment |= {
            "ASKMESO_VAR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self._database}",
            "ASKMESO_RASA_PORT": str(self.port),
            "ASKMESO_ACTIONS_PORT": str(serve.free_port()),
        }
        self._settings = settings.export(self.environment)
        credentials = (settings.ROOT / "credentials.yml").read_text()
        (self.folder / "credentials.yml").write_text(f"{credentials}\nrest:\n")

    def commands(self) -> list[str]:
        """Of an option given twice Rasa takes the last."""
        processes = parse_procfile((settings.ROOT / "Procfile").read_text()).processes
        ours = shlex.join(["--model", str(self.model), "--credentials", str(self.folder / "credentials.yml")])
        return [f"{processes['rasa']} {ours}", processes["actions"]]

    def pages(self) -> list[str]:
        """Rasa's and the action server's."""
        pages = serve.health_pages(self._settings)
        return [pages["rasa"], pages["actions"]]

    def stored_kinds(self) -> list[tuple[str, set[str]]]:
        """Each message in the tracker store, with the kinds of what was said to it; REST leaves the kind out."""
        turns: list[tuple[str, set[str]]] = []
        with contextlib.closing(sqlite3.connect(self._database)) as connection:
            events = "SELECT data FROM events WHERE type_name IN ('user', 'bot') ORDER BY sender_id, id"
            for event in (json.loads(data) for (data,) in connection.execute(events)):
                if event["event"] == "user":
                    turns.append((event["text"], set()))
                else:
                    turns[-1][1].add(event["metadata"].get("metadata", {}).get("kind", "no kind"))
        return turns


class Starter(Bot):
    """The project that `rasa init` lays down, with a SQLite tracker store."""

    name = "starter"

    def prepare(self) -> None:
        """What `rasa init` does before it trains."""
        self._run("-c", "from rasa.cli.scaffold import create_initial_project; create_initial_project('.')")
        store = {"type": "SQL", "dialect": "sqlite", "db": str(self.folder / "starter.db")}
        (self.folder / "endpoints.yml").write_text(json.dumps({"tracker_store": store}))

    def commands(self) -> list[str]:
        """Rasa alone: the starter has no actions."""
        options = f"--interface 127.0.0.1 --port {self.port} --model {shlex.quote(str(self.model))}"
        return [f"python -m rasa run --enable-api {options}"]

    def pages(self) -> list[str]:
        """Rasa's own."""
        return [f"http://127.0.0.1:{self.port}/status"]


def environment(folder: Path) -> dict[str, str]:
    """This process's environment without AskMeso's settings; what Rasa unpacks and caches goes into the folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASKMESO_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    own = {"PATH": path, "TMPDIR": str(folder / "tmp"), "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    return inherited | settings.QUIET | own


def family(pid: int) -> Sequence[int]:
    """The process, its children, theirs, and so on."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for each in lists for child in each.read_text().split()]
    return [pid, *(descendant for child in children for descendant in family(child))]


def resident(pid: int) -> int:
    """Resident memory of one process in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
