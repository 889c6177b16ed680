"""`make demo`: starts Rasa and the action server on free ports, lets the made-up patients talk to them, stops them.

What is around it happens in the database: `python -m clinic demo`, before, makes sure that nothing real is there,
and afterwards spreads what was said over the last weeks.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from honcho.environ import parse_procfile

from bot import serve, settings
from bot.channels.tokens import Tokens
from bot.demo.playing import LONGEST_REPLY, Patient, Played, play
from bot.demo.scripts import conversations

CONVERSATIONS = 300
SEED = 9
#: So often it is told how far it is, in conversations.
TELL_EVERY = 50
#: What a demo starts of the Procfile.
NEEDED = ("rasa", "actions")
#: All made-up patients talk from one address.
UNLIMITED = dict.fromkeys(("ASKMESO_RATE_SESSION", "ASKMESO_RATE_ADDRESS", "ASKMESO_RATE_OPENINGS"), "999999")
CHANNEL = "website"


def main() -> None:
    """Make room, play, and say what was made; each failure ends with a sentence."""
    options = _options()
    try:
        # Its own ports: the installation may be running.
        for name in ("ASKMESO_RASA_PORT", "ASKMESO_ACTIONS_PORT"):
            os.environ[name] = str(serve.free_port())
        current = settings.export()
    except settings.SettingsError as error:
        sys.exit(str(error))
    serve.prepare()
    _clinic("start", *(["--again"] if options.again else []))
    with assistant(current):
        played = play_all(options.conversations, seed=options.seed, current=current)
    for missing in played.missing:
        print(f"There was no such button: {missing}", file=sys.stderr)
    _clinic("finish", "--seed", str(options.seed))


def play_all(number: int, *, seed: int, current: settings.Settings) -> Played:
    """Play so many conversations one after the other; each id says that it is made up."""
    tokens = Tokens(audience=CHANNEL, secret=current.secret)
    played = Played()
    base = f"http://127.0.0.1:{current.rasa_port}/webhooks/{CHANNEL}/"
    with httpx.Client(base_url=base, timeout=LONGEST_REPLY) as channel:
        for script in conversations(number, seed=seed):
            opened = tokens.issue(language=script.language, prefix=settings.DEMO)
            play(script, Patient(channel, opened["token"]), played=played)
            if played.conversations % TELL_EVERY == 0:
                print(f"{played.conversations} of {number} conversations", flush=True)
    return played


@contextlib.contextmanager
def assistant(current: settings.Settings) -> Iterator[None]:
    """The assistant of the Procfile, with the installation's own database; it is stopped whatever happens."""
    log = current.var / "demo.log"
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes += start(log)
        _wait(current, log)
        yield
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def start(log: Path) -> list[subprocess.Popen[bytes]]:
    """Start what is needed; what it prints goes into the log."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | UNLIMITED | {"PATH": path}
    commands = parse_procfile(Path("Procfile").read_text()).processes
    with log.open("wb") as output:
        return [
            subprocess.Popen(
                commands[name], shell=True, env=environment, stdout=output, stderr=output, start_new_session=True
            )
            for name in NEEDED
        ]


def _wait(current: settings.Settings, log: Path) -> None:
    print("Starting the assistant (about 20 seconds)", flush=True)
    started = time.monotonic()
    pages = {name: page for name, page in serve.health_pages(current).items() if name in NEEDED}
    ill = serve.wait_until_healthy(pages)
    if ill:
        waited = time.monotonic() - started
        sys.exit(f"Not ready after {waited:.0f} seconds: {', '.join(ill)}. {log} says why.")


def _clinic(*arguments: str) -> None:
    """The part that happens in the database; where it refuses, it has said why."""
    done = subprocess.run([sys.executable, "-m", "clinic", "demo", *arguments], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.demo", description=__doc__.splitlines()[0])
    parser.add_argument("--again", action="store_true", help="play although there are real conversations")
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS, help=f"how many; else {CONVERSATIONS}")
    parser.add_argument("--seed", type=int, default=SEED, help="another number gives other conversations")
    return parser.parse_args()


if __name__ == "__main__":
    main()
