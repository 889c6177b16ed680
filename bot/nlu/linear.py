"""A linear text classifier on n-grams and sentence vectors, with calibrated probabilities, kept without pickle.

The same code serves patients and is measured on public data (`make bench-nlu`).
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import cross_val_predict
from sklearn.svm import LinearSVC

from bot.languages import fold


@dataclass(frozen=True)
class Recipe:
    """What a classifier is made of.

    `characters` and `words` are the shortest and longest n-gram of each kind; `strength` is the inverse of the
    regularisation (C of the support vector machine); `weight` is how much the vectors count beside the n-grams.
    """

    characters: tuple[int, int] = (2, 5)
    words: tuple[int, int] = (1, 2)
    strength: float = 0.3
    weight: float = 3.0
    balanced: bool = True
    #: What the scores are multiplied by; None finds it by cross-validation.
    sharpness: float | None = None


class Classifier:
    """One score for each class, and one number that turns the scores into probabilities."""

    def __init__(
        self,
        classes: list[str],
        *,
        grams: list[TfidfVectorizer],
        coefficients: NDArray[Any],
        intercepts: NDArray[Any],
        weight: float,
        sharpness: float,
    ) -> None:
        self.classes = classes
        self._grams = grams
        self._coefficients = coefficients
        self._intercepts = intercepts
        self._weight = weight
        self._sharpness = sharpness

    @property
    def sharpness(self) -> float:
        """What the scores are multiplied by before they become probabilities."""
        return self._sharpness

    def scores(self, texts: list[str], vectors: NDArray[Any] | None = None) -> NDArray[Any]:
        """The support vector machine's margins, shape (len(texts), len(classes))."""
        # Of another type than the coefficients, scipy would convert all of those for every message.
        grams = sparse.hstack([gram.transform(texts) for gram in self._grams], format="csr", dtype=np.float32)
        scores = grams @ self._coefficients[: grams.shape[1]] + self._intercepts
        if vectors is None:
            return np.asarray(scores)
        return np.asarray(scores + self._weight * vectors @ self._coefficients[grams.shape[1] :])

    def probabilities(self, texts: list[str], vectors: NDArray[Any] | None = None) -> NDArray[Any]:
        """How likely each class is, shape (len(texts), len(classes)); each row sums to one."""
        return np.asarray(softmax(self._sharpness * self.scores(texts, vectors), axis=1))

    def save(self, folder: Path) -> None:
        """Write the classifier as arrays and lists."""
        # Half as many digits pack in half the time, and move no score by more than a thousandth.
        arrays = {"coefficients": self._coefficients.astype(np.float16), "intercepts": self._intercepts}
        arrays |= {f"rarity {i}": gram.idf_.astype(np.float32) for i, gram in enumerate(self._grams)}
        safetensors.numpy.save_file(arrays, folder / "classifier.safetensors")
        description = {
            "classes": self.classes,
            "weight": self._weight,
            "sharpness": self._sharpness,
            "grams": [
                {"kind": g.analyzer, "range": g.ngram_range, "vocabulary": list(g.get_feature_names_out())}
                for g in self._grams
            ],
        }
        (folder / "classifier.json").write_text(json.dumps(description, ensure_ascii=False))

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Read back what `save` wrote."""
        arrays = safetensors.numpy.load_file(folder / "classifier.safetensors")
        description = json.loads((folder / "classifier.json").read_text())
        grams = []
        for i, found in enumerate(description["grams"]):
            gram = _gram(found["kind"], tuple(found["range"]), vocabulary=found["vocabulary"])
            gram.idf_ = arrays[f"rarity {i}"]
            grams.append(gram)
        return cls(
            description["classes"],
            grams=grams,
            coefficients=arrays["coefficients"].astype(np.float32),
            intercepts=arrays["intercepts"],
            weight=description["weight"],
            sharpness=description["sharpness"],
        )


def train(texts: list[str], labels: list[str], vectors: NDArray[Any] | None = None, *, recipe: Recipe) -> Classifier:
    """A trained classifier.

    Args:
        texts: the examples.
        labels: the class of each example, at least two examples of each.
        vectors: the sentence vector of each example, shape (len(texts), width), or None to do without.
        recipe: see there.
    """
    grams = [_gram("char_wb", recipe.characters), _gram("word", recipe.words)]
    features = [gram.fit_transform(texts) for gram in grams]
    if vectors is not None:
        features.append(sparse.csr_matrix(vectors * recipe.weight))
    joined = sparse.hstack(features, format="csr")
    # A tolerance of a hundredth gives the same classes as scikit-learn's own, sooner.
    machine = LinearSVC(C=recipe.strength, class_weight="balanced" if recipe.balanced else None, tol=1e-2)
    # An array: this version of scikit-learn counts the classes of a list wrongly.
    wanted = np.array(labels)
    sharpness = recipe.sharpness or _fitted_sharpness(machine, joined, wanted)
    classes = np.unique(wanted)
    coefficients, intercepts = _fitted(joined, wanted, classes, recipe=recipe)
    return Classifier(
        [str(name) for name in classes],
        grams=grams,
        coefficients=_columns(coefficients).astype(np.float32),
        intercepts=_columns(intercepts[None, :])[0].astype(np.float32),
        weight=recipe.weight,
        sharpness=sharpness,
    )


def _fitted(
    features: Any, wanted: NDArray[Any], classes: NDArray[Any], *, recipe: Recipe
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A column of coefficients and an intercept for each class against the rest; of two classes, for the second alone.

    What LinearSVC does with many classes, a class on each core at a time: liblinear lets go of Python's lock.
    """
    exact = features.astype(np.float64)

    def against_the_rest(name: str) -> LinearSVC:
        own = wanted == name
        rarity = len(wanted) / (len(classes) * own.sum()) if recipe.balanced else 1.0
        others = len(wanted) / (len(classes) * (~own).sum()) if recipe.balanced and len(classes) == 2 else 1.0
        return LinearSVC(C=recipe.strength, class_weight={True: rarity, False: others}, tol=1e-2).fit(exact, own)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        machines = list(pool.map(against_the_rest, classes if len(classes) > 2 else classes[1:]))
    return np.hstack([machine.coef_.T for machine in machines]), np.hstack([m.intercept_ for m in machines])


def _fitted_sharpness(machine: LinearSVC, features: Any, wanted: NDArray[Any]) -> float:
    """The sharpness that suits held-out examples."""
    held_out = cross_val_predict(machine, features, wanted, cv=2, method="decision_function", n_jobs=2)
    return _sharpness(_columns(held_out), np.unique(wanted, return_inverse=True)[1])


def _gram(kind: str, lengths: tuple[int, int], vocabulary: list[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        preprocessor=fold,
        analyzer=kind,
        ngram_range=lengths,
        token_pattern=r"\S+",  # noqa: S106  # not a password
        sublinear_tf=True,
        vocabulary=vocabulary,
        dtype=np.float32,
    )


def _columns(scores: NDArray[Any]) -> NDArray[Any]:
    """One column for each class, also of two classes, for which scikit-learn gives one."""
    scores = scores if scores.ndim == 2 else scores[:, None]
    return np.hstack([-scores, scores]) if scores.shape[1] == 1 else scores


def _sharpness(scores: NDArray[Any], wanted: NDArray[Any]) -> float:
    """The factor that makes the probabilities of held-out examples as right as they claim (temperature scaling,
    Guo et al. 2017)."""

    def surprise(factor: float) -> float:
        return -float(log_softmax(factor * scores, axis=1)[np.arange(len(wanted)), wanted].mean())

    return float(minimize_scalar(surprise, bounds=(0.1, 50), method="bounded").x)
