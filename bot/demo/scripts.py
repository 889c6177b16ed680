"""The made-up patients of the demo: what each says, taps and thinks of an answer, varied by a seed.

Written for the demo and true of nobody: the numbers are 555-01xx, the addresses example.com.
"""

import itertools
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.languages import fold

FOLDER = Path(__file__).resolve().parent
#: How much of a demo is in each language; a clinic in Québec hears more French.
SHARES = {"fr": 0.6, "en": 0.4}
#: A conversation has so many turns at most.
LONGEST = 8
#: `(this|that|)` in a script: one of them is said.
CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
#: What is drawn for each patient.
PERSONAL = re.compile(r"<(name|phone|email)>")
AREA_CODES = (418, 581, 514, 438, 450, 819)
#: One message in so many begins small, and one loses its last mark.
CARELESS = 5


class ScriptError(ValueError):
    """A script cannot be played; the message names the file and the script and says what to do."""


@dataclass(frozen=True)
class Step:
    """What a patient does: says or taps something, or votes on the latest answer.

    `tap` is the title of a button, or its number, the first being 1.
    """

    say: str = ""
    tap: str | int | None = None
    helpful: bool | None = None
    comment: str = ""

    @property
    def is_turn(self) -> bool:
        """Whether the assistant answers it."""
        return self.helpful is None


@dataclass(frozen=True)
class Script:
    """One made-up patient; `times` more often than most."""

    name: str
    language: str
    steps: tuple[Step, ...]
    times: int = 1

    @property
    def turns(self) -> int:
        """How often the assistant answers."""
        return sum(step.is_turn for step in self.steps)


def read(language: str) -> list[Script]:
    """All scripts of a language.

    Raises:
        ScriptError: one is not as it should be.
    """
    written = yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return [_script(entry, language) for entry in written["scripts"]]


def names(language: str) -> list[str]:
    """What the patients of a language are called."""
    return list(yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))["names"])


def conversations(number: int, *, seed: int) -> list[Script]:
    """So many conversations in both languages, in no order; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311  # draws words, keeps no secret
    drawn: list[Script] = []
    for language in sorted(SHARES):
        share = round(number * SHARES[language])
        called = names(language)
        written = [script for script in read(language) for _ in range(script.times)]
        chance.shuffle(written)
        repeated = itertools.islice(itertools.cycle(written), share)
        drawn += [varied(script, chance, called=called) for script in repeated]
    chance.shuffle(drawn)
    return drawn


def varied(script: Script, chance: random.Random, *, called: Iterable[str]) -> Script:
    """The script as one patient plays it: of each choice one, with a name and a number of its own."""
    person = _person(chance, list(called))
    steps = tuple(
        Step(_said(step.say, chance, person), step.tap, step.helpful, _chosen(step.comment, chance))
        for step in script.steps
    )
    return Script(script.name, script.language, steps)


def _script(entry: Mapping[str, Any], language: str) -> Script:
    steps = tuple(_step(step) for step in entry.get("does", []))
    script = Script(str(entry.get("script", "")), language, steps, int(entry.get("times", 1)))
    if not script.name or not 1 <= script.turns <= LONGEST:
        raise ScriptError(
            f"{language}.yml: {script.name!r} has {script.turns} turns; give it a name and 1 to {LONGEST}."
        )
    return script


def _step(written: object) -> Step:
    if isinstance(written, str):
        return Step(say=written)
    if isinstance(written, Mapping) and len(written) == 1:
        ((verb, what),) = written.items()
        if verb == "tap":
            return Step(tap=what)
        if verb in ("helpful", "unhelpful"):
            return Step(helpful=verb == "helpful", comment=what or "")
    raise ScriptError(f"{written!r} is no step; write what is said, or one of tap, helpful, unhelpful.")


def _person(chance: random.Random, called: list[str]) -> dict[str, str]:
    first, last = (chance.choice(called).split(" ", 1)[which] for which in (0, 1))
    phone = f"{chance.choice(AREA_CODES)} 555-01{chance.randrange(100):02}"
    box = re.sub(r"[^a-z]", "", fold(f"{first}{last}"))
    return {"name": f"{first} {last}", "phone": phone, "email": f"{box}{chance.randrange(10, 100)}@example.com"}


def _said(text: str, chance: random.Random, person: Mapping[str, str]) -> str:
    said = _chosen(text, chance)
    if PERSONAL.search(said):
        return PERSONAL.sub(lambda match: person[match[1]], said)
    if chance.randrange(CARELESS) == 0:
        said = said[:1].lower() + said[1:]
    return said.rstrip("?!. ") or said if chance.randrange(CARELESS) == 0 else said


def _chosen(text: str, chance: random.Random) -> str:
    chosen = CHOICE.sub(lambda match: chance.choice(match[1].split("|")), text)
    return " ".join(chosen.split())
