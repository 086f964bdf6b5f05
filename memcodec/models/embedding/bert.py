"""The default model without PyTorch: BERT's encoder as an ONNX graph of ours, with the weights of a package.

J. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", 2019. Of one
text, token numbers [1, tokens] become a vector [1, dimensions], the mean over the tokens, whose length the embedder
makes 1. The package has the weights in int8, with a scale for each column of a matrix and each row of a table, and
a graph that unpacks them to multiply in 32 bits; ours multiplies in int8, in half the time, and takes one text, so
that it needs no mask. ``wordpiece.txt`` is the vocabulary (Apache-2.0, as published with BERT).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from memcodec.models.embedding import onnx_file
from memcodec.models.embedding.embedder import Embedder
from memcodec.models.embedding.graph import Array, Graph, Scaled
from memcodec.models.embedding.original import TEXTS
from memcodec.models.embedding.source import TOKENS, VOCABULARY, WEIGHTS
from memcodec.models.embedding.tokens import marks

LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
#: a layer's matrices, in the order in which the package has them, without names
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_COSINES = (
    0.6907,
    0.3707,
    0.3484,
    0.2933,
    1.0,
)  # of TEXTS, cut as here, to the last, by sentence-transformers


class Weights:
    """The tensors of the package's file, by the names that they have in PyTorch, without ``.weight``."""

    def __init__(self, path: Path) -> None:
        found = onnx_file.tensors(path.read_bytes())
        stems = [name.removesuffix("_q") for name in found if name.startswith("val_") and name.endswith("_q")]
        names = [f"encoder.layer.{layer}.{name}" for layer in range(LAYERS) for name in MATRICES]
        scaled = dict(zip(names, stems, strict=True))
        for kind in ("word", "position"):
            scaled[f"embeddings.{kind}_embeddings"] = f"inner.embeddings.{kind}_embeddings.weight"
        self.scaled = {
            name: Scaled(found[f"{stem}_q"], found[f"{stem}_scale"]) for name, stem in scaled.items()
        }
        self.plain = {
            name.removeprefix("inner."): value
            for name, value in found.items()
            if name.startswith("inner.") and value.dtype == np.float32 and not name.endswith("_scale")
        }


class Bert:
    """The model in its package's folder."""

    query_prompt = document_prompt = ""
    dimensions = 384
    max_tokens = TOKENS

    def __init__(self, home: Path) -> None:
        self.home = home
        self._weights = Weights(home / WEIGHTS)
        self._pieces = VOCABULARY.read_text("utf-8").splitlines()
        self.marks = marks(self._pieces)

    def write_graph(self, path: Path, *, int8: bool = True) -> None:
        """As ONNX that multiplies in int8, or in 32 bits."""
        graph = Graph(int8=int8)
        hidden = self._embedded(graph)
        for layer in range(LAYERS):
            hidden = self._encoded(graph, hidden, f"encoder.layer.{layer}")
        graph.save(path, graph.node("ReduceMean", hidden, axes=[1], keepdims=0))

    def tokenizer(self) -> Any:
        """Words in pieces, between a start and an end (WordPiece)."""
        from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

        pieces = {piece: number for number, piece in enumerate(self._pieces)}
        tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
        marks = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
        tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        ends = [(mark, pieces[mark]) for mark in ("[CLS]", "[SEP]")]
        tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=ends)
        return tokenizer

    def agreement(self, embedder: Embedder) -> float:
        """How far the cosines between texts are from what they are by the model in 32 bits."""
        vectors = embedder.embed(TEXTS)
        return 1 - float(np.abs(vectors @ vectors[-1] - _COSINES).max())

    def _embedded(self, graph: Graph) -> str:
        """Each token's word, place and kind (there is one kind: all is one text) added up."""
        tokens = graph.node("Squeeze", graph.node("Shape", graph.INPUT, start=1))
        places = graph.node("Range", graph.constant(0), tokens, graph.constant(1))
        word, place = (self._weights.scaled[f"embeddings.{each}_embeddings"] for each in ("word", "position"))
        added = graph.node("Add", graph.rows(word, graph.INPUT), graph.rows(place, places))
        kind = graph.constant(self._plain("embeddings.token_type_embeddings.weight")[0])
        return self._normal(graph, graph.node("Add", added, kind), "embeddings")

    def _encoded(self, graph: Graph, hidden: str, layer: str) -> str:
        """One layer: attention, then two dense layers at each token, each added to what went in."""
        seen = self._dense(graph, self._attended(graph, hidden, layer), f"{layer}.attention.output.dense")
        hidden = self._normal(graph, graph.node("Add", seen, hidden), f"{layer}.attention.output")
        wide = _gelu(graph, self._dense(graph, hidden, f"{layer}.intermediate.dense"))
        narrow = self._dense(graph, wide, f"{layer}.output.dense")
        return self._normal(graph, graph.node("Add", narrow, hidden), f"{layer}.output")

    def _attended(self, graph: Graph, hidden: str, layer: str) -> str:
        size = self.dimensions // _HEADS
        split = graph.constant([0, 0, _HEADS, size])

        def heads(name: str, order: list[int]) -> str:
            dense = self._dense(graph, hidden, f"{layer}.attention.self.{name}")
            return graph.node("Transpose", graph.node("Reshape", dense, split), perm=order)

        query, key = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1])
        near = graph.node("Mul", graph.node("MatMul", query, key), graph.constant(np.float32(size**-0.5)))
        seen = graph.node("MatMul", graph.node("Softmax", near, axis=-1), heads("value", [0, 2, 1, 3]))
        joined = graph.node("Transpose", seen, perm=[0, 2, 1, 3])
        return graph.node("Reshape", joined, graph.constant([0, 0, self.dimensions]))

    def _dense(self, graph: Graph, hidden: str, name: str) -> str:
        product = graph.product(hidden, self._weights.scaled[name])
        return graph.node("Add", product, graph.constant(self._plain(f"{name}.bias")))

    def _normal(self, graph: Graph, hidden: str, name: str) -> str:
        given = (graph.constant(self._plain(f"{name}.LayerNorm.{each}")) for each in ("weight", "bias"))
        return graph.node("LayerNormalization", hidden, *given, epsilon=_EPSILON)

    def _plain(self, name: str) -> Array:
        return self._weights.plain[name]


def _gelu(graph: Graph, hidden: str) -> str:
    """x / 2 * (1 + erf(x / sqrt(2))), as ONNX Runtime knows it to be one operator."""
    one, half, root = (graph.constant(np.float32(each)) for each in (1, 0.5, 2**0.5))
    raised = graph.node("Add", graph.node("Erf", graph.node("Div", hidden, root)), one)
    return graph.node("Mul", graph.node("Mul", hidden, raised), half)
