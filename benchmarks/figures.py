"""The figures of an evaluation: shares of the results, as one JSON object and as a table for people."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from benchmarks.items import Entity
from benchmarks.outcomes import NOT_OURS, URGENT, Outcome, Result, asked_for

Kind = TypeVar("Kind")


def figures(results: list[Result]) -> dict[str, Any]:
    """All figures; a rate of nothing is 0."""
    p50, p95 = np.percentile([result.milliseconds for result in results], [50, 95])
    return {
        "items": len(results),
        **shares(results, *Outcome),
        "urgent_recall": rate((r for r in results if URGENT in r.item.intents), is_alarmed),
        "urgent_false_alarm": rate(
            (r for r in results if not {URGENT, "mild_symptom"} & {*r.item.intents}), is_alarmed
        ),
        "out_of_scope_recall": rate((r for r in results if r.item.intents == [NOT_OURS]), is_right),
        "compound_right": rate((r for r in results if len(r.item.intents) > 1), is_right),
        "by_intent": {
            intent: {"items": len(those)} | shares(those, Outcome.RIGHT, Outcome.CLARIFIED, Outcome.WRONG)
            for intent, those in by_intent(results).items()
        },
        "milliseconds_per_message": {"p50": round(p50, 4), "p95": round(p95, 4)},
        "entities": entities(results),
    }


def entities(results: list[Result]) -> dict[str, float]:
    """How many found entities are labelled (precision) and how many labelled ones found (recall), with the counts.

    Only types that some label has are counted, on the items whose entities were labelled.
    """
    pairs = [(result.item.entities, result.entities) for result in results if result.item.entities is not None]
    types = {entity.type for labels, _ in pairs for entity in labels}
    found = [(one, labels) for labels, those in pairs for one in those if one.type in types]
    labelled = [(one, those) for labels, those in pairs for one in labels]
    return {
        "labelled": len(labelled),
        "found": len(found),
        "precision": rate(found, _is_among),
        "recall": rate(labelled, _is_among),
    }


def _is_among(pair: tuple[Entity, frozenset[Entity]]) -> bool:
    one, others = pair
    return any(one.is_like(other) for other in others)


def by_intent(results: list[Result]) -> dict[str, list[Result]]:
    """The results of each intent, by name; a compound message stands under each topic that counts."""
    found = defaultdict(list)
    for result in results:
        for intent in asked_for(result.item.intents):
            found[intent].append(result)
    return dict(sorted(found.items()))


def shares(results: list[Result], *outcomes: Outcome) -> dict[str, float]:
    """The share of each outcome among at least one result."""
    found = Counter(result.outcome for result in results)
    return {outcome.value: round(found[outcome] / len(results), 4) for outcome in outcomes}


def rate(results: Iterable[Kind], holds: Callable[[Kind], bool]) -> float:
    """The share of the results for which it holds; 0 of none."""
    held = [holds(result) for result in results]
    return round(sum(held) / len(held), 4) if held else 0.0


def is_right(result: Result) -> bool:
    """Whether the patient got all that was asked and nothing else."""
    return result.outcome is Outcome.RIGHT


def is_alarmed(result: Result) -> bool:
    """Whether the patient got the urgent message."""
    return any(message.kind == "urgent" for message in result.seen)


def is_unwritten(result: Result) -> bool:
    """Whether the topic was understood, and the clinic has no approved answer to it."""
    return not asked_for(result.item.intents).isdisjoint(_unwritten(result))


def is_unwritten_elsewhere(result: Result) -> bool:
    """Whether only another topic's missing answer kept the reply from being wrong."""
    return not _unwritten(result) <= asked_for(result.item.intents)


def _unwritten(result: Result) -> set[str]:
    return {message.topic for message in result.seen if message.kind == "decline" and message.topic}


def is_in_another_language(result: Result) -> bool:
    """Whether the reply came in a language the patient did not write, nor ask for."""
    spoken = {message.language for message in result.seen}
    return "change_language" not in result.item.intents and not spoken <= {result.item.language}


def table(results: list[Result]) -> str:
    """The outcomes of each intent, in numbers of items."""
    rows = [_row(intent, those) for intent, those in by_intent(results).items()]
    head = f"{'intent':<20}{'items':>7}" + "".join(f"{o:>11}" for o in Outcome)
    notes: dict[str, Callable[[Result], bool]] = {
        "understood, but the clinic has no approved answer yet": is_unwritten,
        "taken for another topic, to which the clinic has no approved answer yet": is_unwritten_elsewhere,
        "replied to in another language than the patient's": is_in_another_language,
        "not replied to, because something broke": lambda r: any(message.kind == "error" for message in r.seen),
    }
    counts = [f"{sum(map(holds, results)):>4} {note}" for note, holds in notes.items()]
    return "\n".join([head, *rows, _row("all", results), "", *counts])


def _row(name: str, results: list[Result]) -> str:
    counts = [sum(result.outcome is o for result in results) for o in Outcome]
    return f"{name:<20}{len(results):>7}" + "".join(f"{count or '·':>11}" for count in counts)
