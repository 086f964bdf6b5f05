"""The default model without PyTorch: BERT's encoder as an ONNX graph, written from its weights.

J. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", 2019. Of one
text, token numbers [1, tokens] become a vector [1, dimensions], the mean over the tokens, whose length the embedder
makes 1. In int8, matrices have a scale for each column and tables one scale and zero point, as ONNX Runtime's
``quantize_dynamic`` gives them; products of two activations stay in 32 bits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.graph import Graph
from memcodec.models.embedding.original import TEXTS
from memcodec.models.embedding.source import WEIGHTS

Array = npt.NDArray[Any]

_COSINES = (0.5678, 0.2963, 0.592, 0.167, 1.0)  # of the export's texts to the last, by sentence-transformers


class Weights:
    """The tensors of a safetensors file: the length of a table in 8 bytes, the table as JSON, the numbers."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.fromfile(path, np.uint8)
        start = 8 + int(self._bytes[:8].view("<u8")[0])
        self._table = json.loads(self._bytes[8:start].tobytes())
        self._start = start

    def __getitem__(self, name: str) -> Array:
        """float32, in its shape."""
        entry = self._table[name]
        start, end = (self._start + offset for offset in entry["data_offsets"])
        return self._bytes[start:end].view("<f4").reshape(entry["shape"])


class Bert:
    """A model's folder, as its authors publish it."""

    query_prompt = document_prompt = ""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._config = self._read("config.json")
        self._weights = Weights(home / WEIGHTS)
        self._heads = self._config["num_attention_heads"]
        self.dimensions = self._config["hidden_size"]
        self.max_tokens = self._read("sentence_bert_config.json")["max_seq_length"]

    def write_graph(self, path: Path, *, int8: bool = True) -> None:
        """As ONNX, in int8 or in the 32 bits of its weights."""
        graph = Graph(int8=int8)
        hidden = self._embedded(graph)
        for layer in range(self._config["num_hidden_layers"]):
            hidden = self._encoded(graph, hidden, f"encoder.layer.{layer}")
        graph.save(path, graph.node("ReduceMean", hidden, axes=[1], keepdims=0))

    def tokenizer(self) -> Any:
        """Words in pieces (WordPiece)."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.home / "tokenizer.json"))

    def agreement(self, embedder: Embedder) -> float:
        """How far the cosines between texts are from what they are by the model in 32 bits."""
        vectors = embedder.embed(TEXTS)
        return 1 - float(np.abs(vectors @ vectors[-1] - _COSINES).max())

    def _read(self, name: str) -> Any:
        return json.loads((self.home / name).read_text("utf-8"))

    def _embedded(self, graph: Graph) -> str:
        """Each token's word, place and kind (there is one kind: all is one text) added up."""
        word, place, kind = (
            self._weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        tokens = graph.node("Shape", graph.INPUT, start=1)
        places = graph.node("Range", graph.constant(0), graph.node("Squeeze", tokens), graph.constant(1))
        added = graph.node("Add", graph.rows(word, graph.INPUT), graph.rows(place, places))
        return self._normal(
            graph, graph.node("Add", added, graph.rows(kind, graph.constant([0]))), "embeddings"
        )

    def _encoded(self, graph: Graph, hidden: str, layer: str) -> str:
        """One layer: attention, then two dense layers at each token, each added to what went in."""
        seen = self._dense(graph, self._attended(graph, hidden, layer), f"{layer}.attention.output.dense")
        hidden = self._normal(graph, graph.node("Add", seen, hidden), f"{layer}.attention.output")
        wide = _gelu(graph, self._dense(graph, hidden, f"{layer}.intermediate.dense"))
        narrow = self._dense(graph, wide, f"{layer}.output.dense")
        return self._normal(graph, graph.node("Add", narrow, hidden), f"{layer}.output")

    def _attended(self, graph: Graph, hidden: str, layer: str) -> str:
        size = self.dimensions // self._heads
        split = graph.constant([0, 0, self._heads, size])

        def heads(name: str, order: list[int]) -> str:
            dense = self._dense(graph, hidden, f"{layer}.attention.self.{name}")
            return graph.node("Transpose", graph.node("Reshape", dense, split), perm=order)

        query, key = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1])
        near = graph.node("Mul", graph.node("MatMul", query, key), graph.constant(np.float32(size**-0.5)))
        seen = graph.node("MatMul", graph.node("Softmax", near, axis=-1), heads("value", [0, 2, 1, 3]))
        joined = graph.node("Transpose", seen, perm=[0, 2, 1, 3])
        return graph.node("Reshape", joined, graph.constant([0, 0, self.dimensions]))

    def _dense(self, graph: Graph, hidden: str, name: str) -> str:
        product = graph.product(hidden, self._weights[f"{name}.weight"].T)
        return graph.node("Add", product, graph.constant(self._weights[f"{name}.bias"]))

    def _normal(self, graph: Graph, hidden: str, name: str) -> str:
        scale, bias = (
            graph.constant(self._weights[f"{name}.LayerNorm.{each}"]) for each in ("weight", "bias")
        )
        return graph.node("LayerNormalization", hidden, scale, bias, epsilon=self._config["layer_norm_eps"])


def _gelu(graph: Graph, hidden: str) -> str:
    """x / 2 * (1 + erf(x / sqrt(2))), as ONNX Runtime knows it to be one operator."""
    one, half, root = (graph.constant(np.float32(each)) for each in (1, 0.5, 2**0.5))
    raised = graph.node("Add", graph.node("Erf", graph.node("Div", hidden, root)), one)
    return graph.node("Mul", graph.node("Mul", hidden, raised), half)
