"""The development questions as fingerprints, so that training data can be held against them where they are not at hand.

`python -m tests.house.development_questions ../shared/eval/dev_*.jsonl` writes them anew.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

from bot.languages import fold

FILE = Path(__file__).with_suffix(".txt")
#: Sentences that share so much of their letters are nearly the same.
ALIKE = 0.75


def fingerprint(sentence: str) -> frozenset[str]:
    """Its runs of four letters, each as five hexadecimal digits of a digest."""
    text = f" {' '.join(re.findall(r'[a-z0-9]+', fold(sentence)))} "
    runs = {text[place : place + 4] for place in range(max(1, len(text) - 3))}
    return frozenset(hashlib.sha256(run.encode()).hexdigest()[:5] for run in runs)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of what both have of what either has (Jaccard)."""
    return len(one & other) / len(one | other)


def fingerprints() -> list[frozenset[str]]:
    """Of every development question."""
    return [frozenset(line.split()) for line in FILE.read_text().splitlines()]


def main() -> None:
    """Write the fingerprints of the questions in the files named."""
    lines = [line for name in sys.argv[1:] for line in Path(name).read_text().splitlines()]
    found = sorted({" ".join(sorted(fingerprint(json.loads(line)["text"]))) for line in lines})
    FILE.write_text("\n".join(found) + "\n")


if __name__ == "__main__":
    main()
