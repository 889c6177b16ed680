"""`make bench`: how fast AskMeso is, side by side with the starter bot of `rasa init`.

Both are trained there and then, run on the same machine from the same `.venv`, keep their conversations in
SQLite, and are spoken to in alternation, so that whatever else the machine does slows both. The figures are
this machine's at that moment; the ratios say more. The last line printed is one JSON object.
"""

import argparse
import itertools
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from benchmarks.bots import AskMeso, Bot, BotError, Starter

Figure = TypeVar("Figure")

MESSAGES = Path(__file__).with_name("messages.yml")
PERCENTILES = (50, 95, 99)
CLIENTS = (1, 8)
#: A turn of the curve is the median of the ten messages around it.
AROUND = 5


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    #: Starts of each bot; the median counts.
    starts: int = 5
    #: Conversations with each bot, one after the other.
    conversations: int = 60
    #: Rounds of `burst` conversations with each bot, for messages per second; the median counts.
    rounds: int = 3
    burst: int = 24
    #: Where the curve of one long conversation is read.
    turns: tuple[int, ...] = (5, 50, 100, 200, 300)


QUICK = Plan(starts=1, conversations=8, rounds=1, burst=8, turns=(5, 30))


@dataclass(frozen=True)
class Row:
    """One figure of both bots; the mark, if there is one, is the most that what it judges should be."""

    name: str
    unit: str
    figures: Sequence[float]
    mark: float | None = None
    judged: Literal["ratio", "askmeso"] = "ratio"

    @property
    def askmeso(self) -> float:
        """AskMeso's figure; it comes first."""
        return self.figures[0]

    @property
    def starter(self) -> float:
        """The starter's figure."""
        return self.figures[1]

    @property
    def ratio(self) -> float:
        """AskMeso's figure as a part of the starter's."""
        return self.askmeso / self.starter

    @property
    def met(self) -> bool | None:
        """Whether the mark is met; None without a mark."""
        return None if self.mark is None else getattr(self, self.judged) <= self.mark


class RefusedError(Exception):
    """The run counts for nothing, because a bot did not answer as it should."""


class Speaker:
    """Says a bot's fixed messages and notes how long each reply took."""

    def __init__(self, bot: Bot, conversations: Sequence[dict[str, Any]]) -> None:
        self.bot = bot
        self.conversations = conversations
        self._patients = itertools.count()
        self._turns = itertools.cycle((turn, script) for script in conversations[:2] for turn in script["turns"])

    def start(self) -> tuple[float, float]:
        """Seconds from the start to the health pages, and to the first reply."""
        booted = self.bot.start()
        return booted, booted + self.converse()[0] / 1000

    def start_and_stop(self) -> tuple[float, float]:
        """The same, and the bot is gone after it."""
        figures = self.start()
        self.bot.stop()
        return figures

    def converse(self) -> list[float]:
        """The next of the fixed conversations, with a new patient; the milliseconds of each turn."""
        patient = next(self._patients)
        script = self.conversations[patient % len(self.conversations)]
        return [self._say(turn, script, f"patient {patient}") for turn in script["turns"]]

    def converse_at_once(self, *, conversations: int, clients: int) -> float:
        """Messages per second when so many clients talk at the same time."""
        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            waits = pool.map(lambda _: self.converse(), range(conversations))
            messages = sum(len(wait) for wait in waits)
        return messages / (time.perf_counter() - started)

    def go_on(self) -> float:
        """The next turn of one long conversation, the first two of the fixed ones over and over; its milliseconds.

        Two, because a question repeated too soon is not answered again.
        """
        turn, script = next(self._turns)
        return self._say(turn, script, "long")

    def _say(self, turn: dict[str, str], script: dict[str, Any], conversation: str) -> float:
        started = time.perf_counter()
        reply = self.bot.say(turn["say"], conversation=conversation, language=script.get("language"))
        milliseconds = (time.perf_counter() - started) * 1000
        refuse_silence(self.bot.name, turn["say"], reply)
        return milliseconds


def main() -> None:
    """Measure, print the table and the JSON line; exit with 1 and a sentence if the run counts for nothing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="AskMeso beside Rasa's starter bot")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs; the figures mean little")
    plan = QUICK if parser.parse_args().quick else Plan()
    # Asked to end, it still kills the bots on its way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    machine = {"cores": os.cpu_count() or 1, "load_before": round(os.getloadavg()[0], 1)}
    try:
        rows = measure(plan)
    except (BotError, RefusedError) as error:
        sys.exit(str(error))
    print(table(rows))
    print(
        "\n{cores} cores, load {load_before} before the start: the busier, the less absolute figures mean.".format(
            **machine
        )
    )
    print(json.dumps(summary(rows) | machine))


def measure(plan: Plan) -> list[Row]:
    """Train both bots and take all figures."""
    conversations = yaml.safe_load(MESSAGES.read_text())
    with tempfile.TemporaryDirectory(prefix="askmeso-bench-") as name:
        folder = Path(name)
        with AskMeso(folder / "askmeso") as askmeso, Starter(folder / "starter") as starter:
            speakers = [Speaker(bot, conversations[bot.name]) for bot in (askmeso, starter)]
            rows = [row for figures in FIGURES for row in figures(speakers, plan)]
            refuse_other_kinds(askmeso.stored_kinds(), conversations[askmeso.name])
    return rows


def in_turns(speakers: Sequence[Speaker], times: int, figure: Callable[[Speaker], Figure]) -> list[list[Figure]]:
    """The figures of each speaker, taken one from each in alternation."""
    rounds = [[figure(speaker) for speaker in speakers] for _ in range(times)]
    return [list(figures) for figures in zip(*rounds, strict=True)]


def training(speakers: Sequence[Speaker], _plan: Plan) -> list[Row]:
    """How long a training takes, from nothing to a model."""
    announce("training")
    return [Row("training", "s", [speaker.bot.train() for speaker in speakers])]


def starting(speakers: Sequence[Speaker], plan: Plan) -> list[Row]:
    """How long a start takes with files in the cache; then both are started, to stay."""
    announce("starts")
    starts = [list(zip(*each, strict=True)) for each in in_turns(speakers, plan.starts, Speaker.start_and_stop)]
    for speaker in speakers:
        speaker.start()
    return [
        Row("boot", "s", [statistics.median(booted) for booted, _ in starts], mark=0.35),
        Row("boot to first reply", "s", [statistics.median(replied) for _, replied in starts]),
    ]


def answering(speakers: Sequence[Speaker], plan: Plan) -> list[Row]:
    """How long a reply takes, one patient at a time, after every message was said once."""
    announce("replies")
    for speaker in speakers:
        for _ in speaker.conversations:
            speaker.converse()
    waits = [list(itertools.chain(*each)) for each in in_turns(speakers, plan.conversations, Speaker.converse)]
    marks = {50: 0.6}
    return [Row(f"reply p{p}", "ms", [percentile(each, p) for each in waits], mark=marks.get(p)) for p in PERCENTILES]


def rates(speakers: Sequence[Speaker], plan: Plan) -> list[Row]:
    """How many messages a second."""
    announce("messages per second")
    rows = []
    for clients in CLIENTS:
        rounds = in_turns(
            speakers, plan.rounds, partial(Speaker.converse_at_once, conversations=plan.burst, clients=clients)
        )
        rows.append(Row(f"{clients} client{'s'[: clients > 1]}", "/s", [statistics.median(each) for each in rounds]))
    return rows


def memory(speakers: Sequence[Speaker], _plan: Plan) -> list[Row]:
    """What all processes of a bot hold after these messages."""
    return [Row("memory", "MB", [speaker.bot.memory() for speaker in speakers], mark=0.8)]


def curve(speakers: Sequence[Speaker], plan: Plan) -> list[Row]:
    """How long a reply takes as one conversation grows."""
    announce(f"one conversation of {plan.turns[-1]} turns")
    waits = in_turns(speakers, plan.turns[-1] + AROUND, Speaker.go_on)
    rows = [Row(f"turn {turn}", "ms", [around(turn, each) for each in waits]) for turn in plan.turns]
    growth = [last / first for last, first in zip(rows[-1].figures, rows[0].figures, strict=True)]
    return [*rows, Row(f"turn {plan.turns[-1]} / turn {plan.turns[0]}", "", growth, mark=1.3, judged="askmeso")]


#: In this order: training, starting and answering prepare what follows them.
FIGURES = (training, starting, answering, rates, memory, curve)


def percentile(values: Iterable[float], percent: int) -> float:
    """The value that so many percent do not exceed, interpolated."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def around(turn: int, waits: Sequence[float]) -> float:
    """The median of the ten turns around one."""
    return statistics.median(waits[turn - AROUND : turn + AROUND])


def refuse_silence(bot: str, text: str, reply: list[dict[str, Any]]) -> None:
    """Refuse the run if there is no reply, or one without anything in it.

    Raises:
        RefusedError: there is nothing to read.
    """
    if not any(message.get("text") or message.get("image") for message in reply):
        raise RefusedError(f"{bot} said nothing to {text!r}: {reply!r}. Mend that first; a bot that fails is fast.")


def refuse_other_kinds(stored: list[tuple[str, set[str]]], conversations: Sequence[dict[str, Any]]) -> None:
    """Refuse the run if a stored message was answered by another kind than `messages.yml` states.

    Raises:
        RefusedError: names each such message.
    """
    wanted = {turn["say"]: turn["kind"] for script in conversations for turn in script["turns"]}
    faults = {
        f"askmeso's reply to {text!r} was {', '.join(sorted(kinds)) or 'nothing'}; it should be {wanted[text]}."
        for text, kinds in stored
        if wanted[text] not in kinds
    }
    if faults or not stored:
        raise RefusedError(
            "\n".join(sorted(faults)) or "askmeso stored no message; look at tracker_store in endpoints.yml."
        )


def table(rows: Sequence[Row]) -> str:
    """The rows as text, one line each."""
    lines = [f"{'':22}{'AskMeso':>10}{'starter':>10}{'ratio':>8}  mark"]
    lines += [
        f"{row.name:18}{row.unit:>4}{row.askmeso:10.1f}{row.starter:10.1f}{row.ratio:8.2f}  {verdict(row)}".rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def verdict(row: Row) -> str:
    """What the row's mark is and whether it is met."""
    if row.mark is None:
        return ""
    judged = "ratio" if row.judged == "ratio" else "AskMeso"
    return f"{'met' if row.met else 'MISSED'}: {judged} at most {row.mark}"


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows for a program to read."""
    return {
        "figures": {
            row.name: {
                "unit": row.unit,
                "askmeso": round(row.askmeso, 3),
                "starter": round(row.starter, 3),
                "ratio": round(row.ratio, 3),
                "mark": row.mark,
                "judged": row.judged,
                "met": row.met,
            }
            for row in rows
        }
    }


def announce(what: str) -> None:
    """Say what is measured now, to whoever waits; what is measured goes to standard output."""
    print(f"Measuring: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
