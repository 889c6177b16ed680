"""A linear classifier and the nearest examples, asked together (docs/adr/0009)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu import linear
from bot.nlu.neighbours import Neighbours


@dataclass(frozen=True)
class Blend:
    """What the line and the neighbours say, `share` of it the neighbours'."""

    line: linear.Classifier
    neighbours: Neighbours
    among: int
    sharpness: float
    share: float

    @classmethod
    def train(
        cls, texts: list[str], labels: list[str], vectors: NDArray[Any], *, config: dict[str, Any], folder: Path
    ) -> "Blend":
        """Learn from examples, each a text, a label and a row of vectors, and keep what was learnt in a folder."""
        recipe = linear.Recipe(strength=config["strength"], weight=config["weight"], sharpness=config["steepness"])
        line = linear.train(texts, labels, vectors, recipe=recipe)
        neighbours = Neighbours.fit(vectors, np.searchsorted(line.classes, labels), width=config["width"])
        line.save(folder)
        neighbours.save(folder)
        return cls._of(line, neighbours, config)

    @classmethod
    def load(cls, folder: Path, *, config: dict[str, Any]) -> "Blend":
        """Read back what `train` kept."""
        return cls._of(linear.Classifier.load(folder), Neighbours.load(folder), config)

    @classmethod
    def _of(cls, line: linear.Classifier, neighbours: Neighbours, config: dict[str, Any]) -> "Blend":
        return cls(line, neighbours, config["among"], config["sharpness"], config["share"])

    def probabilities(self, texts: list[str], vectors: NDArray[Any]) -> list[dict[str, float]]:
        """How likely each class is, for each text."""
        near = self.neighbours.probabilities(
            vectors, len(self.line.classes), among=self.among, sharpness=self.sharpness
        )
        both = (1 - self.share) * self.line.probabilities(texts, vectors) + self.share * near
        return [dict(zip(self.line.classes, map(float, row), strict=True)) for row in both]
