"""The nearest examples vote."""

import numpy as np
import pytest

from bot.nlu.neighbours import Neighbours

RANDOM = np.random.default_rng(0)
#: Two bundles of examples, each around an axis of its own.
VECTORS = np.vstack([RANDOM.normal([9, 0, 0, 0], 0.5, (20, 4)), RANDOM.normal([0, 9, 0, 0], 0.5, (20, 4))])
CLASSES = np.array([0] * 20 + [1] * 20)
ASKED = {"among": 5, "sharpness": 20.0}


@pytest.fixture
def neighbours():
    return Neighbours.fit(VECTORS, CLASSES, width=2)


def test_what_is_near_is_of_that_class(neighbours):
    found = neighbours.probabilities(np.array([[9.0, 0, 0, 0], [0, 9.0, 0, 0]]), 2, **ASKED)
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert found.sum(axis=1) == pytest.approx([1, 1])


def test_between_two_bundles_neither_is_sure(neighbours):
    (found,) = neighbours.probabilities(np.array([[9.0, 9.0, 0, 0]]), 2, among=40, sharpness=1.0)
    assert 0.3 < found[0] < 0.7


def test_fewer_examples_than_are_asked_for_all_vote():
    few = Neighbours.fit(VECTORS[::10], CLASSES[::10], width=2)
    assert few.probabilities(VECTORS[:3], 2, among=10, sharpness=20.0).shape == (3, 2)


def test_a_class_without_examples_is_not_likely(neighbours):
    assert neighbours.probabilities(VECTORS[:1], 3, **ASKED)[0, 2] == 0


def test_it_is_read_as_it_was_written(neighbours, tmp_path):
    neighbours.save(tmp_path)
    again = Neighbours.load(tmp_path).probabilities(VECTORS, 2, **ASKED)
    assert (again == neighbours.probabilities(VECTORS, 2, **ASKED)).all()
