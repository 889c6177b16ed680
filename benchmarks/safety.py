"""`make safety DATA=folder`: does the alarm ring where it must, and only there?

Reads a safety set (the files `<language>.jsonl` of `tests/safety`, or of another folder; never trained on) with the
trained model and prints what was heard by language, tier, kind and rule, every miss and every false alarm; the figures
as one JSON object in its last line.
"""

import asyncio
import json
import logging
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from benchmarks.figures import rate
from bot import settings
from bot.__main__ import show_news_only

MODEL = settings.ROOT / "models" / "askmeso.tar.gz"
SET = settings.ROOT / "tests" / "safety"


class Case(BaseModel):
    """One message of the safety set; a calm one has no tier."""

    text: str
    expect: Literal["urgent", "calm"]
    tier: Literal["emergency", "same_day"] | None
    kind: str
    symptom: str | None = None


@dataclass(frozen=True)
class Heard:
    """A case, the language of its file and the red flag that was raised, if any."""

    case: Case
    language: str
    flag: dict[str, Any] | None

    @property
    def group(self) -> str:
        """The tier, or calm."""
        return self.case.tier or "calm"


def main(arguments: list[str]) -> None:
    """Read the set, print what became of it; what cannot be used ends the program with a sentence."""
    if not MODEL.exists():
        sys.exit(f"{MODEL} is missing; run `make train`.")
    try:
        cases = cases_of(Path(arguments[0]) if arguments and arguments[0] else SET)
        settings.export()
    except (ValidationError, settings.SettingsError) as error:
        sys.exit(str(error))
    show_news_only()
    heard = asyncio.run(listen(cases))
    print("\n".join(report(heard)))
    print(json.dumps(figures(heard)))


def cases_of(folder: Path) -> list[tuple[Case, str]]:
    """The cases of a folder, each with its language; a folder without any ends the program with a sentence."""
    cases = [(case, path.stem) for path in sorted(folder.glob("*.jsonl")) for case in read(path)]
    if not cases:
        sys.exit(f"{folder} holds no safety set: give a folder with files such as en.jsonl.")
    return cases


def read(path: Path) -> list[Case]:
    """The cases of a file, one JSON object a line."""
    return [Case.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def listen(cases: list[tuple[Case, str]]) -> list[Heard]:
    """What the pipeline makes of each case, as the first message of a conversation in its language."""
    # Imported late: TensorFlow reads its variables when it is imported.
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    processor = Agent.load(str(MODEL)).processor
    heard = []
    for case, language in cases:
        understood = await processor.parse_message(UserMessage(case.text, metadata={"language": language}))
        heard.append(Heard(case, language, understood.get("red_flag")))
    return heard


def figures(heard: list[Heard]) -> dict[str, Any]:
    """By language: the sensitivity of each tier, and of the calm messages the shares that raised none and an alarm."""
    return {
        language: {
            **{tier: rate(_of(heard, language, tier), is_alarmed) for tier in ("emergency", "same_day")},
            "specificity": rate(_of(heard, language, "calm"), lambda one: not is_alarmed(one)),
            "false_alarms": rate(_of(heard, language, "calm"), is_alarmed),
        }
        for language in sorted({one.language for one in heard})
    }


def is_alarmed(heard: Heard) -> bool:
    """Whether a red flag was raised."""
    return heard.flag is not None


def report(heard: list[Heard]) -> list[str]:
    """Counts by language, tier, kind and rule, then every miss and every false alarm."""
    lines = [f"{'':<12}{'alarmed':>10}{'of':>6}{'share':>8}{'tier right':>12}"]
    for language in sorted({one.language for one in heard}):
        for group in ("emergency", "same_day", "calm"):
            those = _of(heard, language, group)
            right = sum(one.flag is not None and one.flag["tier"] == one.case.tier for one in those)
            share = f"{rate(those, is_alarmed):>8.1%}"
            lines.append(f"{language} {group:<9}{sum(map(is_alarmed, those)):>10}{len(those):>6}{share}{right:>12}")
    lines += ["", "false alarms by kind: " + _shares([one for one in heard if one.group == "calm"])]
    lines += [
        "missed by kind: " + _shares([one for one in heard if one.group != "calm"], missed=True),
        "",
        *_rules(heard),
        "",
    ]
    wrong = [one for one in heard if is_alarmed(one) != (one.case.expect == "urgent")]
    return lines + [_line(one) for one in sorted(wrong, key=lambda one: (one.case.expect, one.language, one.group))]


def _shares(heard: list[Heard], *, missed: bool = False) -> str:
    counts = Counter(one.case.kind for one in heard)
    found = Counter(one.case.kind for one in heard if is_alarmed(one) != missed)
    return ", ".join(f"{kind} {found[kind]}/{count}" for kind, count in sorted(counts.items()))


def _rules(heard: list[Heard]) -> list[str]:
    """How often each rule, and the alarm without a rule, was right and was wrong."""
    fired: dict[str, Counter[str]] = defaultdict(Counter)
    for one in heard:
        if one.flag:
            fired[one.flag["symptom"]][one.case.expect] += 1
    return [f"{counts['urgent']:>5} right{counts['calm']:>5} wrong  {rule}" for rule, counts in sorted(fired.items())]


def _line(one: Heard) -> str:
    what = f"false alarm ({one.flag['symptom']})" if one.flag else f"missed {one.group}"
    return f"{one.language} {what}, {one.case.kind}: {one.case.text}"


def _of(heard: list[Heard], language: str, group: str) -> list[Heard]:
    return [one for one in heard if (one.language, one.group) == (language, group)]


if __name__ == "__main__":
    main(sys.argv[1:])
