"""`make evaluate DATA=file.jsonl`: what patients would see, held against what they asked.

Prints a table, writes pictures and every item that was not right to `var/evaluation/<name of the data>/`, and prints
the figures as one JSON object in its last line.
"""

import asyncio
import csv
import json
import sys
from pathlib import Path

from benchmarks import items
from benchmarks.figures import figures, table
from benchmarks.outcomes import Outcome, Result
from bot import settings
from bot.__main__ import show_news_only

MODEL = settings.ROOT / "models" / "askmeso.tar.gz"


def main(arguments: list[str]) -> None:
    """Evaluate one data file; what cannot be used ends the program with a sentence for each fault."""
    if len(arguments) != 1 or not arguments[0]:
        sys.exit("There is nothing to evaluate: name a file of labelled questions, `make evaluate DATA=file.jsonl`.")
    data = Path(arguments[0])
    try:
        current, questions = settings.export(), items.read(data)
    except (settings.SettingsError, items.DataError) as error:
        sys.exit(str(error))
    if not MODEL.exists():
        sys.exit(f"{MODEL} is missing; run `make train`.")
    results = evaluate(questions)
    folder = current.var / "evaluation" / data.stem
    write(results, folder)
    print(f"\n{table(results)}\n\nPictures and every item that was not right: {folder}\n")
    print(json.dumps(figures(results)))


def evaluate(questions: list[items.Item]) -> list[Result]:
    """Ask the assistant each question."""
    show_news_only()
    # Imported late: TensorFlow reads its variables when it is imported.
    from benchmarks.asking import ask

    return asyncio.run(ask(questions, model=str(MODEL)))


def write(results: list[Result], folder: Path) -> None:
    """Write the pictures and the table of what was not right."""
    from benchmarks.pictures import draw

    folder.mkdir(parents=True, exist_ok=True)
    draw(results, folder)
    with (folder / "not_right.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "language", "intents", "outcome", "seen", "confidence", "ranking"])
        rows.writerows(_row(result) for result in results if result.outcome is not Outcome.RIGHT)


def _row(result: Result) -> list[str]:
    ranking = [f"{topic} {confidence:.3f}" for topic, confidence in result.ranking]
    return [
        result.item.text,
        result.item.language,
        " ".join(result.item.intents),
        result.outcome,
        "; ".join(map(str, result.seen)),
        f"{result.ranking[0][1]:.3f}" if result.ranking else "",
        ", ".join(ranking),
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
