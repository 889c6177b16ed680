"""`make run`: brings the database up to date, starts the processes of the Procfile together, says when they are ready,
and stops them all on Ctrl-C."""

import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from honcho.manager import Manager

from bot import settings

#: Rasa takes about 15 seconds on two cores; a first start with cold files takes longer.
LONGEST_START = 180.0
#: A worker is started again when it dies, but not faster than this, in seconds.
START_AGAIN_AFTER = 5.0
#: What honcho returns after Ctrl-C.
INTERRUPTED = 130


class Together(Manager):
    """Honcho's manager, which stops all when one stops; but once all were ready, only Rasa's end is the end.

    Without the action server or the pages, Rasa still sends the safety messages and apologizes for the rest.
    """

    ready = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._started_again: dict[str, float] = {}

    def _any_stopped(self) -> bool:
        if not self.ready:
            return bool(super()._any_stopped())
        self._start_again("deliver")
        self._start_again("follow")
        return self._processes["rasa"].get("returncode") is not None

    def _start_again(self, name: str) -> None:
        """Without its worker the outbox or the staff room stands still, and nobody would see it."""
        stopped = self._processes[name].get("returncode") is not None
        latest = self._started_again.get(name, 0.0)
        if not stopped or self._terminating or time.monotonic() - latest < START_AGAIN_AFTER:
            return
        self._started_again[name] = time.monotonic()
        program = self._processes[name]["obj"]
        process = multiprocessing.Process(name=name, target=program.run, args=(self.events, True))
        process.start()
        # Honcho reports the pid a moment later; a Ctrl-C in between must find one.
        self._processes[name] = {"obj": program, "process": process, "pid": process.pid}
        self.returncode = None


def main() -> None:
    """Run until Rasa ends or Ctrl-C, which is a success; else the exit code is the process's that ended first."""
    try:
        current = settings.export()
    except settings.SettingsError as error:
        sys.exit(str(error))
    taken = [port for port in (current.rasa_port, current.actions_port, current.web_port) if is_taken(port)]
    if taken:
        sys.exit("\n".join(taken_sentence(port) for port in taken))
    prepare()
    manager = Together()
    for name, command in parse_procfile(Path("Procfile").read_text()).processes.items():
        manager.add_process(name, command, env=dict(os.environ))
    threading.Thread(target=announce, args=[manager, current], daemon=True).start()
    manager.loop()
    sys.exit(0 if manager.returncode == INTERRUPTED else manager.returncode)


def prepare() -> None:
    """Check the booking settings and bring the database up to date; end with a sentence where that fails."""
    done = subprocess.run(
        [sys.executable, "-m", "clinic", "prepare"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout, end="", flush=True)
        sys.exit("AskMeso cannot start: the lines above say why. Nothing was started.")


def is_taken(port: int) -> bool:
    """Whether something listens on the port of this machine already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken_sentence(port: int) -> str:
    """What to do about a taken port."""
    return (
        f"Port {port} is taken by another program. Stop that program, or set ASKMESO_RASA_PORT, "
        "ASKMESO_ACTIONS_PORT or ASKMESO_WEB_PORT to another number."
    )


def health_pages(current: settings.Settings) -> dict[str, str]:
    """Where each process says whether it is well."""
    return {
        "rasa": f"http://127.0.0.1:{current.rasa_port}/webhooks/website/health",
        "actions": f"http://127.0.0.1:{current.actions_port}/health",
        "web": f"http://127.0.0.1:{current.web_port}/health",
    }


def wait_until_healthy(pages: dict[str, str], *, timeout: float = LONGEST_START) -> list[str]:
    """Ask each page until it answers 200; the names of those that never did."""
    waiting, deadline = dict(pages), time.monotonic() + timeout
    while waiting and time.monotonic() < deadline:
        waiting = {name: url for name, url in waiting.items() if not is_healthy(url)}
        time.sleep(0.3)
    return list(waiting)


def is_healthy(url: str) -> bool:
    """Whether the page answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # our own address on this machine
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def announce(manager: Together, current: settings.Settings) -> None:
    """Print where to go once all is well; stop everything if it never is."""
    ill = wait_until_healthy(health_pages(current))
    if ill:
        print(f"Not ready after {LONGEST_START:.0f} seconds: {', '.join(ill)}. The lines above say why.", flush=True)
        manager.terminate()
        return
    manager.ready = True
    print(
        f"\nAskMeso is ready.\n"
        f"  The clinic's page:     http://localhost:{current.web_port}/\n"
        f"  The website channel:   http://localhost:{current.rasa_port}/webhooks/website/\n"
        f"  The staff room:        http://localhost:{current.web_port}/staff/\n"
        f"  Its first account:     .venv/bin/python -m clinic createsuperuser\n"
        f"Ctrl-C stops everything.\n",
        flush=True,
    )


if __name__ == "__main__":
    main()
