"""A tiny CLIP model in ONNX, as open_clip names its files: it sees mean colours, and knows three words for them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np

from tests.support.needs import library, needs_library

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
SIDE, LENGTH = 16, 12
MERGES = "r e|re d</w>|g re|gre e|gree n</w>|b l|bl u|blu e</w>".split("|")
_WORDS = {"red": 1, "green": 4, "blue": 7}  # the merge that makes each
_LETTERS = 512  # ids below: bytes, within a word and at its end


def made(folder: Path, *, seed: int = 0) -> str:
    """A model in ``folder``; of another ``seed`` another model."""
    for name in ("onnxruntime", "tokenizers", "onnx"):
        needs_library(name)
    folder.mkdir(exist_ok=True)
    _save(folder / "visual.onnx", _visual(seed))
    _save(folder / "textual.onnx", _textual(seed))
    with gzip.open(folder / "bpe_simple_vocab_16e6.txt.gz", "wt") as file:
        file.write("\n".join(['"bpe_simple_vocab_16e6.txt#version: 0.2', *MERGES]))
    cfg = {"size": SIDE, "mean": [0.5] * 3, "std": [0.25] * 3}
    (folder / "open_clip_config.json").write_text(json.dumps({"preprocess_cfg": cfg}))
    return str(folder)


def _projection(seed: int) -> np.ndarray:
    turned, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return turned.astype(np.float32)


def _visual(seed: int) -> object:
    helper, numpy_helper = library("onnx").helper, library("onnx").numpy_helper
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "projection"], ["image_embeds"]),
    ]
    weights = [numpy_helper.from_array(_projection(seed), "projection")]
    return _model(nodes, weights, ("pixel_values", 1, ["n", 3, SIDE, SIDE]), "image_embeds")


def _textual(seed: int) -> object:
    helper, numpy_helper = library("onnx").helper, library("onnx").numpy_helper
    table = np.zeros((_LETTERS + len(MERGES) + 2, 3), np.float32)
    for word, merge in _WORDS.items():
        table[_LETTERS + merge] = (np.array(COLOURS[word]) / 255 - 0.5) @ _projection(seed)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["tokens"]),
        helper.make_node("ReduceSum", ["tokens", "axis"], ["text_embeds"], keepdims=0),
    ]
    weights = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1]), "axis")]
    return _model(nodes, weights, ("input_ids", 7, ["n", LENGTH]), "text_embeds")


def _model(
    nodes: list[object], weights: list[object], given: tuple[str, int, list[object]], out: str
) -> object:
    helper = library("onnx").helper
    name, kind, shape = given
    graph = helper.make_graph(
        nodes,
        "clip",
        [helper.make_tensor_value_info(name, kind, shape)],
        [helper.make_tensor_value_info(out, 1, ["n", 3])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def _save(file: Path, model: object) -> None:
    library("onnx").save(model, str(file))
