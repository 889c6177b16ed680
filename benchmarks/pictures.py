"""The pictures of an evaluation: what was taken for what, and what the classifier's confidence is worth."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import ConfusionMatrixDisplay

from benchmarks.figures import is_alarmed
from benchmarks.items import INTENTS
from benchmarks.outcomes import NOT_OURS, Result, asked_for

Yes = NDArray[np.bool_]
Share = NDArray[np.float64]

THRESHOLDS = np.linspace(0, 1, 101)


def draw(results: list[Result], folder: Path) -> None:
    """Draw all pictures; those of the confidence need a message with one topic that raised no alarm."""
    confusion(results, folder / "confusion.png")
    ranked = [r for r in results if r.ranking and len(r.item.intents) == 1 and not is_alarmed(r)]
    if ranked:
        right = np.array([r.ranking[0][0] == r.item.intents[0] for r in ranked])
        confidence = np.array([r.ranking[0][1] for r in ranked])
        calibration(right, confidence, folder / "calibration.png")
        trade_off(ranked, right, confidence, folder / "trade_off.png")


def confusion(results: list[Result], path: Path) -> None:
    """What each topic asked got: an intent's answer, a question back, or an apology."""
    pairs = [(topic, got(topic, result)) for result in results for topic in asked_for(result.item.intents)]
    asked, seen = zip(*pairs, strict=True)
    labels = [*INTENTS, *sorted({*seen} - {*INTENTS})]
    figure = Figure(figsize=(14, 14), layout="constrained")
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        asked, seen, labels=labels, ax=axes, xticks_rotation="vertical", colorbar=False, cmap="Blues"
    )
    axes.set(xlabel="what the patient saw (out_of_scope: a polite no)", ylabel="what the patient asked")
    for text in axes.texts:
        text.set_visible(text.get_text() != "0")
    figure.savefig(path)


def got(topic: str, result: Result) -> str:
    """What a topic got, as a label: the topic itself if answered, else the first thing the patient saw."""
    if any(topic in message.answers for message in result.seen):
        return topic
    labels = (min(m.answers, default=NOT_OURS if m.kind == "decline" else m.kind) for m in result.seen)
    return next(labels, "nothing")


def calibration(right: Yes, confidence: Share, path: Path) -> None:
    """How often the first topic was right, by its confidence."""
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    share, mean = calibration_curve(right, confidence, n_bins=10)
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as it should be")
    axes.plot(mean, share, marker="o", label=f"{len(right)} messages with one topic")
    axes.set(xlabel="confidence in the first topic", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    figure.savefig(path)


def trade_off(ranked: list[Result], right: Yes, confidence: Share, path: Path) -> None:
    """Answered rightly, asked back or declined, answered wrongly: the shares as the `answer` threshold moves."""
    ours = np.array([r.ranking[0][0] != NOT_OURS for r in ranked])
    answered = ours & (confidence >= THRESHOLDS[:, None])
    rightly, wrongly = (answered & right).mean(axis=1), (answered & ~right).mean(axis=1)
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    axes.stackplot(
        THRESHOLDS,
        [wrongly, rightly, 1 - rightly - wrongly],
        labels=["answered wrongly", "answered rightly", "not answered"],
        colors=["firebrick", "seagreen", "lightgrey"],
    )
    total = rightly + wrongly
    of_answered = np.divide(wrongly, total, out=np.full_like(total, np.nan), where=total > 0)
    axes.plot(THRESHOLDS, of_answered, color="black", linestyle="--", label="wrong among answered")
    axes.set(xlabel="threshold `answer`", ylabel="share of messages with one topic", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper right")
    figure.savefig(path)
