"""all-MiniLM-L6-v2: sentences in, vectors out, from the published weights and without PyTorch (docs/adr/0007).

The network is described here as an ONNX graph and run by onnxruntime. Its weights are rounded to seven bits,
which makes it seven times faster than NumPy at the same accuracy.
"""

from functools import cache
from typing import Any

import numpy as np
import onnxruntime
import safetensors.numpy
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from bot import weights

LAYERS, HEADS, WIDTH = 6, 12, 384
#: A sentence is the mean of its words after these layers: the middle one keeps more of the wording.
READ_AFTER = (4, 6)
DIMENSIONS = WIDTH * len(READ_AFTER)
LONGEST = 128
#: Seven bits, not eight: the products of eight overflow on processors without VNNI, and answers would differ.
STEPS = 63


class Encoder:
    """Turns sentences into vectors of unit length; texts with the same meaning point the same way."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_str(weights.read("tokenizer.json").decode())
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        # One sentence is too little work to share; the second core serves the next patient.
        options.intra_op_num_threads = 1
        graph = _Graph(safetensors.numpy.load(weights.read("model.safetensors"))).build()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> NDArray[Any]:
        """The vectors of the texts, shape (len(texts), 768), float32.

        Each text is run by itself: in a batch the rounding of one would depend on the others.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            words = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
            vectors[row] = self._session.run(None, {"words": words})[0]
        return vectors


@cache
def encoder() -> Encoder:
    """The encoder of this process, built once.

    Raises:
        bot.weights.WeightsError: the weights are missing or are not the published ones.
    """
    return Encoder()


class _Graph:
    """BERT, operation by operation (Devlin et al. 2019; the names of the weights are theirs)."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {
            "heads": np.array([0, 0, 3, HEADS, WIDTH // HEADS]),
            "joined": np.array([0, 0, WIDTH]),
            "one": np.float32(1),
            "half": np.float32(0.5),
            "root half": np.float32(0.5**0.5),
            "head scale": np.float32((HEADS / WIDTH) ** 0.5),
            "first": np.array([0]),
            "second": np.array([1]),
            "end": np.array([2]),
        }

    def build(self) -> bytes:
        """The serialized model: `words` (1, length) in, `sentence` (1, 768) out."""
        state = self._embed()
        sentences = []
        for layer in range(LAYERS):
            state = self._layer(state, f"encoder.layer.{layer}")
            if layer + 1 in READ_AFTER:
                sentences.append(self._normalized(self._op("ReduceMean", state, axes=[1], keepdims=0)))
        joined = self._op("Concat", *sentences, axis=1)
        self._nodes.append(helper.make_node("LpNormalization", [joined], ["sentence"], axis=1, p=2))
        return self._model()

    def _model(self) -> bytes:
        constants = [numpy_helper.from_array(np.ascontiguousarray(a), name) for name, a in self._constants.items()]
        words = helper.make_tensor_value_info("words", TensorProto.INT64, [1, "length"])
        sentence = helper.make_tensor_value_info("sentence", TensorProto.FLOAT, [1, DIMENSIONS])
        graph = helper.make_graph(self._nodes, "all-MiniLM-L6-v2", [words], [sentence], constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        return bytes(model.SerializeToString())

    def _op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        output = f"{kind} {len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants[name] = value
        return name

    def _embed(self) -> str:
        table, scale = _rounded(self._weights["embeddings.word_embeddings.weight"], axis=1)
        rows = self._op("Gather", self._constant("words table", table), "words")
        scales = self._op("Gather", self._constant("words scale", scale), "words")
        words = self._op("Mul", self._op("Cast", rows, to=TensorProto.FLOAT), scales)
        length = self._op("Slice", self._op("Shape", "words"), "second", "end")
        places = self._weights["embeddings.position_embeddings.weight"][:LONGEST]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        where = self._op("Slice", self._constant("places", places + kind), "first", length)
        return self._layer_norm(self._op("Add", words, where), "embeddings.LayerNorm")

    def _layer(self, state: str, name: str) -> str:
        attended = self._linear(self._attention(state, f"{name}.attention.self"), [f"{name}.attention.output.dense"])
        state = self._layer_norm(self._op("Add", state, attended), f"{name}.attention.output.LayerNorm")
        inner = self._gelu(self._linear(state, [f"{name}.intermediate.dense"]))
        outer = self._linear(inner, [f"{name}.output.dense"])
        return self._layer_norm(self._op("Add", state, outer), f"{name}.output.LayerNorm")

    def _attention(self, state: str, name: str) -> str:
        joined = self._linear(state, [f"{name}.query", f"{name}.key", f"{name}.value"])
        heads = self._op("Transpose", self._op("Reshape", joined, "heads"), perm=[2, 0, 3, 1, 4])
        thirds = [f"{part} of {name}" for part in ("query", "key", "value")]
        self._nodes.append(helper.make_node("Split", [heads], thirds, axis=0))
        query, key, value = (self._op("Squeeze", third, "first") for third in thirds)
        alike = self._op("MatMul", query, self._op("Transpose", key, perm=[0, 1, 3, 2]))
        weights = self._op("Softmax", self._op("Mul", alike, "head scale"), axis=-1)
        mixed = self._op("Transpose", self._op("MatMul", weights, value), perm=[0, 2, 1, 3])
        return self._op("Reshape", mixed, "joined")

    def _linear(self, state: str, names: list[str]) -> str:
        weight = np.concatenate([self._weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        table, scale = _rounded(weight, axis=1)
        rounded, step, zero = (f"{kind} of {state} for {names[0]}" for kind in ("rounded", "step", "zero"))
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [state], [rounded, step, zero]))
        product = self._op("MatMulInteger", rounded, self._constant(f"{names[0]} table", table.T), zero)
        scales = self._op("Mul", step, self._constant(f"{names[0]} scale", scale[:, 0]))
        result = self._op("Mul", self._op("Cast", product, to=TensorProto.FLOAT), scales)
        return self._op("Add", result, self._constant(f"{names[0]} bias", bias))

    def _layer_norm(self, state: str, name: str) -> str:
        scale = self._constant(f"{name} weight", self._weights[f"{name}.weight"])
        bias = self._constant(f"{name} bias", self._weights[f"{name}.bias"])
        return self._op("LayerNormalization", state, scale, bias, axis=-1, epsilon=1e-12)

    def _gelu(self, state: str) -> str:
        bend = self._op("Add", "one", self._op("Erf", self._op("Mul", state, "root half")))
        return self._op("Mul", self._op("Mul", state, "half"), bend)

    def _normalized(self, vectors: str) -> str:
        return self._op("LpNormalization", vectors, axis=1, p=2)


def _rounded(values: NDArray[Any], *, axis: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Whole numbers and the scale of each row that gives the values back."""
    scale = np.abs(values).max(axis=axis, keepdims=True) / STEPS
    scale[scale == 0] = 1
    return np.round(values / scale).astype(np.int8), scale.astype(np.float32)
