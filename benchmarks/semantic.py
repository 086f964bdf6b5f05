"""Semantic search beside its own parts: the bare model run and the bare FAISS search, on the same vectors."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Cell, Check, Section, Table
from memcodec.config.settings import VECTOR_BITS
from memcodec.index.vectors.rotation import rotation

COUNTS, QUICK = (2_000, 12_000), (100, 200)
MODEL = "all-MiniLM-L6-v2"
K = 10


def run(quick: bool) -> Section:
    rows: list[list[Cell]] = []
    checks: list[Check] = []
    figures: dict[str, dict[str, float]] = {}
    for count in QUICK if quick else COUNTS:
        with harness.scratch() as folder:
            times = _measure(
                corpora.chunks(count, length=900), folder, 20 if quick else 200, 2 if quick else 5
            )
        over = times["memcodec"] / (times["model"] + times["faiss"])
        rows.append([count, *times.values(), over])
        checks.append(
            Check(f"semantic search p50 on {count:,} chunks / bare model and FAISS", over, 1.5, "x")
        )
        figures[str(count)] = times
    return Section(
        name="semantic",
        title="Semantic search",
        intro=(
            f"{MODEL}, {VECTOR_BITS} bits a number, in process, k={K}; the sides take turns query by query, medians in "
            f"milliseconds. Each chunk has 900 characters."
        ),
        tables=[
            Table(
                "Milliseconds a query",
                [
                    "chunks",
                    "memcodec p50",
                    "bare model",
                    "bare FAISS",
                    "chunks indexed / s",
                    "memcodec / bare",
                ],
                rows,
                "*bare model*: the tokenizer and one ONNX Runtime run of the same exported model. *bare "
                "FAISS*: a flat search of the same vectors, the quicker of float32 and 8-bit scalar "
                "quantiser. memcodec's time includes the hits' text, read from the media. *chunks "
                "indexed / s* is the whole encode with both indexes.",
            )
        ],
        checks=checks,
        figures=figures,
    )


def _measure(chunks: list[str], folder: Path, queries: int, rounds: int) -> dict[str, float]:
    file = folder / "file.mp4"
    taken = harness.seconds(lambda: _encode(chunks, file))
    harness.say(f"  {len(chunks)} chunks indexed in {taken:.1f} s")
    asked = corpora.queries(chunks, queries)
    model = _Model()
    with memcodec.open(file) as memory:
        indexes = _indexes(memory)
        vectors = np.concatenate([model(query) for query in asked])
        works: dict[str, Callable[[int], object]] = {
            "memcodec": lambda at: memory.search(asked[at], k=K, mode="semantic"),
            "model": lambda at: model(asked[at]),
            **{name: _search(index, vectors) for name, index in indexes.items()},
        }
        medians = _turns(works, queries, rounds)
    faiss = min(medians[name] for name in indexes)
    return {
        "memcodec": medians["memcodec"],
        "model": medians["model"],
        "faiss": faiss,
        "rate": len(chunks) / taken,
    }


def _encode(chunks: list[str], file: Path) -> None:
    with memcodec.create(file, model=MODEL) as memory:
        for number, chunk in enumerate(chunks):
            memory.add(chunk, title=f"chunk {number}")


class _Model:
    """The exported model without memcodec around it: tokenizer and one run."""

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        from memcodec.models.embedding import source, store

        exported = store.find(source.resolve(MODEL))
        assert exported is not None  # the file's vectors were made with it
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            exported.folder / store.GRAPH, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Any = Tokenizer.from_file(str(exported.folder / store.TOKENIZER))
        self._tokenizer.enable_truncation(exported.max_tokens)

    def __call__(self, text: str) -> np.ndarray:
        """float32 [1, dimensions]."""
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        found: np.ndarray = self._session.run(None, {"input_ids": ids})[0]
        found /= np.linalg.norm(found)
        return found


def _indexes(memory: memcodec.Memory) -> dict[str, Any]:
    """Flat indexes of the file's own vectors."""
    import faiss

    vectors = _vectors(memory)
    made: dict[str, Any] = {
        "float32": faiss.IndexFlatIP(vectors.shape[1]),
        "8 bit": faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        ),
    }
    for index in made.values():
        index.train(vectors)
        index.add(vectors)
    return made


def _vectors(memory: memcodec.Memory) -> np.ndarray:
    (run,) = memory.reader.indexes
    (vectors,) = run.vectors
    segment = vectors.segment()
    turned = segment.coder.decode(np.concatenate(list(segment.codes())))
    return turned @ rotation(segment.meta.dimensions).astype(np.float32)


def _search(index: Any, vectors: np.ndarray) -> Callable[[int], object]:
    return lambda at: index.search(vectors[at : at + 1], K)


def _turns(works: dict[str, Callable[[int], object]], queries: int, rounds: int) -> dict[str, float]:
    """Milliseconds: the median over the rounds of each round's median. The first round warms up and is not counted."""
    medians: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        times: dict[str, list[float]] = {name: [] for name in works}
        for at in range(queries):
            for name, work in works.items():
                times[name].append(harness.seconds(partial(work, at)))
        if number:
            for name, values in times.items():
                medians[name].append(statistics.median(values) * 1000)
    return {name: statistics.median(values) for name, values in medians.items()}
