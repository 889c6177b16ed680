"""The classifier: it learns, it says how sure it is, and it is the same after it was stored."""

import numpy as np
import pytest

from bot.nlu import linear

TEXTS = [f"{word} {n}" for word in ("needle", "price", "parking") for n in range(8)]
LABELS = [word for word in ("pain", "cost", "clinic_info") for _ in range(8)]
VECTORS = np.eye(3, dtype=np.float32).repeat(8, axis=0)


@pytest.fixture(params=[None, VECTORS], ids=["n-grams alone", "with vectors"])
def trained(request):
    return linear.train(TEXTS, LABELS, request.param, recipe=linear.Recipe()), request.param


def test_it_learns_its_examples(trained):
    classifier, vectors = trained
    best = classifier.probabilities(TEXTS, vectors).argmax(axis=1)
    assert [classifier.classes[i] for i in best] == LABELS


def test_probabilities_sum_to_one(trained):
    classifier, vectors = trained
    assert classifier.probabilities(TEXTS, vectors).sum(axis=1) == pytest.approx(1)


def test_it_is_the_same_after_it_was_stored(trained, tmp_path):
    classifier, vectors = trained
    classifier.save(tmp_path)
    again = linear.Classifier.load(tmp_path)
    assert np.allclose(again.scores(TEXTS, vectors), classifier.scores(TEXTS, vectors), atol=1e-3)


def test_two_classes_have_two_columns():
    classifier = linear.train(TEXTS[:16], LABELS[:16], recipe=linear.Recipe())
    assert classifier.probabilities(["price"]).shape == (1, 2)
    assert classifier.classes[classifier.probabilities(["price"]).argmax()] == "cost"
