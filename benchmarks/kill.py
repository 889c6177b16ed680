"""Does the booking hand-off lose anything? `python -m benchmarks.kill [RUNS] [DATABASE_URL]`.

200 requests are confirmed while the process that confirms them, two workers, the clinic's system and its mail server
are killed with SIGKILL at random and started again; both receivers fail one call in twenty on their own. In the end
every confirmed request must have arrived by every transport, and none under two keys or twice under one.
"""

import asyncio
import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import sqlalchemy as sa
import yaml

from benchmarks.bots import environment
from bot import serve, settings

REQUESTS = 200
#: So many patients confirm at the same time.
AT_ONCE = 4
#: In seconds: between two kills; until a killed process is started again; for all to arrive after the last kill.
BETWEEN_KILLS, UNTIL_RESTART, AFTERWARDS = (0.3, 0.9), (0.0, 0.3), 45.0
#: Then the rest may go undisturbed.
MOST_KILLS = 30
SECRET = "not-a-secret-" * 4
CONSENT = "I agree that the clinic contacts me."


@dataclass
class Figures:
    """What came of a run; `twice` counts the keys that the clinic's system took twice, and requests under two keys."""

    confirmed: int
    by_webhook: int
    twice: int
    repeats: int
    by_email: int
    messages: int
    in_inbox: int
    kills: Counter[str]
    seconds: float

    @property
    def are_good(self) -> bool:
        """Whether nothing was lost and nothing came twice."""
        arrived = {self.confirmed, self.by_webhook, self.by_email, self.in_inbox}
        return arrived == {REQUESTS} and not self.twice

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {number}" for name, number in sorted(self.kills.items()))
        return (
            f"{self.confirmed} confirmed, {self.by_webhook} delivered by webhook, {self.twice} duplicated "
            f"({self.repeats} repeats under the same key), {self.by_email} by e-mail ({self.messages} messages), "
            f"{self.in_inbox} in the inbox; {sum(self.kills.values())} kills ({killed}), {self.seconds:.0f} s"
        )


@dataclass
class Stage:
    """All the processes, in a folder of their own."""

    folder: Path
    database_url: str
    most_kills: int = MOST_KILLS
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        (self.folder / "tmp").mkdir()
        shutil.copytree(settings.ROOT / "content", self.folder / "content")
        self._switch_all_transports_on()
        web, mail = serve.free_port(), serve.free_port()
        self.environment = environment(self.folder) | {
            "ASKMESO_VAR": str(self.folder),
            "ASKMESO_CONTENT": str(self.folder / "content"),
            "DATABASE_URL": self.database_url,
            "ASKMESO_SMTP_URL": f"smtp://127.0.0.1:{mail}",
            "ASKMESO_BOOKING_EMAIL": "desk@example.com",
            "ASKMESO_WEBHOOK_URL": f"http://127.0.0.1:{web}/",
            "ASKMESO_WEBHOOK_SECRET": SECRET,
        }
        worker = ["-m", "clinic", "deliver", "--lease", "3", "--first-wait", "0.2", "--longest-wait", "1"]
        worker += ["--timeout", "2"]
        self.commands = {
            "web": ["-m", "benchmarks.receivers", "web", str(web), str(self.folder / "web"), SECRET],
            "mail": ["-m", "benchmarks.receivers", "mail", str(mail), str(self.folder / "mail")],
            "worker 1": worker,
            "worker 2": worker,
            "patients": ["-m", "benchmarks.kill", "patients", str(self.folder)],
        }

    def _switch_all_transports_on(self) -> None:
        path = self.folder / "content/clinic.yml"
        facts = yaml.safe_load(path.read_text())
        facts["booking"] |= {"mode": "request", "transports": ["inbox", "email", "webhook"]}
        path.write_text(yaml.safe_dump(facts, allow_unicode=True))

    def start(self, name: str) -> None:
        """Start a process; what it says goes into the log."""
        with (self.folder / "log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *self.commands[name]], cwd=settings.ROOT, env=self.environment, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        """Kill a process as a power cut would."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()
        self.kills[name] += 1

    def everyone_has_confirmed(self) -> bool:
        """Whether the patients' process ended by itself; one that fell over is an error."""
        code = self.processes["patients"].poll()
        if code not in (None, 0, -signal.SIGKILL):
            raise RuntimeError(f"the patients' process fell over:\n{(self.folder / 'log').read_text()[-3000:]}")
        return code == 0

    def wreak_havoc(self) -> None:
        """Kill and start again, until all patients have confirmed."""
        while not self.everyone_has_confirmed():
            time.sleep(random.uniform(*BETWEEN_KILLS))
            if self.kills.total() >= self.most_kills:
                continue
            name = random.choice(list(self.commands))
            if self.everyone_has_confirmed():
                return
            self.kill(name)
            time.sleep(random.uniform(*UNTIL_RESTART))
            self.start(name)

    def wait_for_the_rest(self) -> None:
        """Until the outbox is empty, or too much time has passed."""
        engine = sa.create_engine(self.database_url)
        open_ones = sa.text("SELECT count(*) FROM booking_delivery WHERE state <> 'done'")
        deadline = time.monotonic() + AFTERWARDS
        while time.monotonic() < deadline:
            with engine.connect() as connection:
                if not connection.execute(open_ones).scalar():
                    break
            time.sleep(0.2)
        engine.dispose()

    def stop(self) -> None:
        """Kill whatever is left."""
        for process in self.processes.values():
            process.kill()
            process.wait()

    def figures(self, seconds: float) -> Figures:
        """Compare what patients were told with what arrived."""
        told = {line.split()[1] for line in lines(self.folder / "confirmed")}
        keys, references = zip(*(line.split() for line in lines(self.folder / "web")), strict=True)
        messages = [line.strip("<>").partition("@")[0] for line in lines(self.folder / "mail")]
        in_inbox = self._confirmed_rows()
        return Figures(
            confirmed=len(told),
            by_webhook=len(told & set(references)),
            twice=len(keys) - len(set(keys)) + len(references) - len(set(references)),
            repeats=len(lines(self.folder / "web.calls")) - len(set(lines(self.folder / "web.calls"))),
            by_email=len(told & set(messages)),
            messages=len(messages),
            in_inbox=len(told & in_inbox) if len(in_inbox) == len(told) else len(in_inbox),
            kills=self.kills,
            seconds=seconds,
        )

    def _confirmed_rows(self) -> set[str]:
        engine = sa.create_engine(self.database_url)
        rows = sa.text("SELECT reference FROM booking_bookingrequest WHERE state = 'confirmed'")
        with engine.connect() as connection:
            found = {str(reference) for (reference,) in connection.execute(rows)}
        engine.dispose()
        return found


def run(folder: Path, *, database_url: str | None = None, most_kills: int = MOST_KILLS) -> Figures:
    """One run in an empty folder, by default on a SQLite file in it."""
    started = time.monotonic()
    stage = Stage(folder, database_url or f"sqlite:///{folder / 'askmeso.db'}", most_kills)
    prepare = [sys.executable, "-m", "clinic", "prepare"]
    subprocess.run(prepare, cwd=settings.ROOT, env=stage.environment, check=True)
    try:
        for name in stage.commands:
            stage.start(name)
        stage.wreak_havoc()
        stage.wait_for_the_rest()
    finally:
        stage.stop()
    return stage.figures(time.monotonic() - started)


def lines(path: Path) -> list[str]:
    """The lines of a file that may not be there."""
    return path.read_text().splitlines() if path.exists() else []


async def patients(folder: Path) -> None:
    """Confirm what is not confirmed yet. A patient knows the key before confirming, as a conversation does."""
    import clinic

    clinic.setup()
    from clinic.booking import doors

    route = SimpleNamespace(prefix="DL", transports=("inbox", "email", "webhook"))
    keys = dict(line.split() for line in lines(folder / "keys"))
    done = {line.split()[0] for line in lines(folder / "confirmed")}
    turns = asyncio.Semaphore(AT_ONCE)

    async def patient(name: str) -> None:
        async with turns:
            if name not in keys:
                details = {"name": f"Patient {name}", "phone": "+15145550199"}
                keys[name] = (await doors.draft(name, at=now(), kind="book", language="fr", **details)).key  # type: ignore[arg-type]
                write(folder / "keys", f"{name} {keys[name]}")
            await asyncio.sleep(random.uniform(0, 0.4))
            reference = await doors.confirm(name, key=keys[name], consent=CONSENT, at=now(), route=route)
            write(folder / "confirmed", f"{name} {reference}")

    await asyncio.gather(*(patient(name) for name in map(str, range(REQUESTS)) if name not in done))


def now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def write(path: Path, line: str) -> None:
    """Add a line in one call, which no kill can cut in two."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{line}\n".encode())
    os.close(file)


def main() -> None:
    """Run as often as told; exit with 1 at the first run that lost something."""
    if sys.argv[1:2] == ["patients"]:
        asyncio.run(patients(Path(sys.argv[2])))
        return
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    database_url = sys.argv[2] if len(sys.argv) > 2 else None
    for number in range(1, runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            figures = run(Path(folder), database_url=database_url)
        print(f"run {number}: {figures}", flush=True)
        if not figures.are_good:
            sys.exit(1)


if __name__ == "__main__":
    main()
