"""The examples nearest in meaning to a message, and what they are about: what a linear classifier smooths over
("is it a scam" beside "is it worth the hype") an example remembers."""

from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray


class Neighbours:
    """Sentence vectors of examples with the class of each, cut to the directions in which they differ most."""

    def __init__(
        self, *, centre: NDArray[Any], axes: NDArray[Any], examples: NDArray[Any], classes: NDArray[Any]
    ) -> None:
        self._centre, self._axes, self._examples, self._classes = centre, axes, examples, classes

    @classmethod
    def fit(cls, vectors: NDArray[Any], classes: NDArray[Any], *, width: int) -> "Neighbours":
        """Remember examples.

        Args:
            vectors: shape (examples, any width).
            classes: the number of each example's class, shape (examples,).
            width: how many directions are kept.
        """
        centre = vectors.mean(axis=0)
        _, directions = np.linalg.eigh(np.cov(vectors - centre, rowvar=False))
        axes = np.ascontiguousarray(directions[:, ::-1][:, :width], dtype=np.float32)
        return cls(centre=centre, axes=axes, examples=_placed(vectors, centre, axes), classes=classes.astype(np.int32))

    def probabilities(self, vectors: NDArray[Any], classes: int, *, among: int, sharpness: float) -> NDArray[Any]:
        """How likely each of so many classes is, shape (len(vectors), classes); each row sums to one.

        The nearest `among` examples vote, each by how near it is (its cosine times `sharpness`, as an exponent).
        """
        nearness = _placed(vectors, self._centre, self._axes) @ self._examples.T
        nearest = np.argpartition(-nearness, min(among, nearness.shape[1]) - 1, axis=1)[:, :among]
        near = np.take_along_axis(nearness, nearest, axis=1)
        votes = np.exp(sharpness * (near - near.max(axis=1, keepdims=True)))
        shares = np.zeros((len(vectors), classes))
        np.add.at(shares, (np.arange(len(vectors))[:, None], self._classes[nearest]), votes)
        return shares / shares.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        """Write the examples as arrays."""
        examples = self._examples.astype(np.float16)
        arrays = {"centre": self._centre, "axes": self._axes, "examples": examples, "classes": self._classes}
        safetensors.numpy.save_file(arrays, folder / "neighbours.safetensors")

    @classmethod
    def load(cls, folder: Path) -> "Neighbours":
        """Read back what `save` wrote."""
        arrays = safetensors.numpy.load_file(folder / "neighbours.safetensors")
        return cls(**arrays | {"examples": arrays["examples"].astype(np.float32)})


def _placed(vectors: NDArray[Any], centre: NDArray[Any], axes: NDArray[Any]) -> NDArray[Any]:
    """Vectors as directions from the centre, each of length one."""
    placed = (vectors - centre) @ axes
    return np.asarray(placed / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-9), dtype=np.float32)
