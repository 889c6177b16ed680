"""A linear text classifier on character and word n-grams, and how it is kept in a Rasa model."""

import numpy as np
import sklearn
import skops.io
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import RasaException
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from bot.languages import fold

#: The types a stored classifier may contain; loading refuses any other.
TRUSTED = [
    "bot.languages.fold",
    "scipy.sparse._csr.csr_matrix",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
]


class StaleModel(RasaException):
    """The model was trained by another version and must be trained again."""


def train(
    texts: list[str], labels: list[str], *, characters: tuple[int, int], words: tuple[int, int], strength: float
) -> Pipeline:
    """A trained classifier with calibrated probabilities.

    Args:
        texts: the examples.
        labels: the class of each example, at least three examples of each.
        characters: shortest and longest character n-gram, within words.
        words: shortest and longest word n-gram.
        strength: the inverse of the regularisation (C of the support vector machine).
    """
    model = make_pipeline(
        make_union(
            TfidfVectorizer(preprocessor=fold, analyzer="char_wb", ngram_range=characters, sublinear_tf=True),
            TfidfVectorizer(preprocessor=fold, token_pattern=r"\S+", ngram_range=words, sublinear_tf=True),  # noqa: S106
        ),
        CalibratedClassifierCV(LinearSVC(C=strength, class_weight="balanced"), cv=3),
    )
    # An array: this version of scikit-learn counts the classes of a list wrongly.
    return model.fit(texts, np.array(labels))


def persist(model: Pipeline, storage: ModelStorage, resource: Resource) -> None:
    """Write the classifier, and the version that trained it, into the model."""
    with storage.write_to(resource) as folder:
        skops.io.dump(model, folder / "classifier.skops")
        (folder / "version").write_text(sklearn.__version__)


def load(storage: ModelStorage, resource: Resource) -> Pipeline:
    """Read a classifier back.

    Raises:
        StaleModel: another version of scikit-learn trained it.
    """
    with storage.read_from(resource) as folder:
        trained_by = (folder / "version").read_text()
        if trained_by != sklearn.__version__:
            raise StaleModel(
                f"The model was trained with scikit-learn {trained_by}, not {sklearn.__version__}; run `make train`."
            )
        return skops.io.load(folder / "classifier.skops", trusted=TRUSTED)
