"""The sentence encoder: the published weights and no others, and vectors that mean something."""

import subprocess
import sys

import numpy as np
import pytest

from bot import weights
from bot.nlu import minilm
from tests.conftest import ROOT


def test_sentences_that_mean_the_same_point_the_same_way():
    hurts, painful, parking = minilm.encoder().encode(["does it hurt", "is it painful", "where can I park"])
    assert hurts @ painful > hurts @ parking + 0.3


def test_a_sentence_has_the_same_vector_in_any_company():
    alone = minilm.encoder().encode(["does it hurt"])
    among = minilm.encoder().encode(["a much longer sentence than the other one, to fill the row", "does it hurt"])
    assert np.array_equal(alone[0], among[1])


@pytest.mark.parametrize("text", ["", "?", "mot " * 2000, "🙂"])
def test_any_text_has_a_vector_of_unit_length(text):
    assert np.linalg.norm(minilm.encoder().encode([text])[0]) == pytest.approx(1, abs=1e-3)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(weights.WeightsError, match=r"model.safetensors is missing in .*make install"):
        weights.read("model.safetensors", tmp_path)


def test_a_changed_file_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(weights.WeightsError, match=r"not the published file .*make install"):
        weights.read("model.safetensors", tmp_path)


def test_a_fault_in_the_weights_ends_the_start_with_one_sentence():
    code = "import bot.weights as w; w.SHA256['tokenizer.json'] = 'x'; from bot.__main__ import main; main()"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "tokenizer.json is not the published file" in ended.stderr
