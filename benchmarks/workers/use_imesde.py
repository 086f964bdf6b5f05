"""imesde: vectors that were made before, with their texts, into its ring; and searches of it."""

from __future__ import annotations

import time
from typing import Any

import imesde
import numpy as np
from protocol import serve

_ring: Any = None
_vectors: Any = None


def begin(model: str, tokenizer: str, vectors: str, slots: int) -> dict[str, Any]:
    """A ring of so many slots, in shards of 1,024."""
    global _ring, _vectors
    _ring = imesde.PyImesde(model, tokenizer, max(1, slots // 1024), 1024)
    _vectors = np.load(vectors)
    return {}


def ingest(batch: int) -> dict[str, float]:
    """All vectors, ``batch`` at a time: how many a second."""
    parts = [_vectors[at : at + batch].tolist() for at in range(0, len(_vectors), batch)]
    texts = [f"line {number}" for number in range(batch)]
    started = time.perf_counter()
    for part in parts:
        if batch == 1:
            _ring.ingest_raw(part[0], texts[0])
        else:
            _ring.ingest_batch_raw(part, texts[: len(part)])
    return {"rate": len(_vectors) / (time.perf_counter() - started)}


def search(count: int, k: int) -> dict[str, list[float]]:
    """Seconds of each query."""
    times = []
    for query in _vectors[:count].tolist():
        started = time.perf_counter()
        _ring.search_raw(query, k)
        times.append(time.perf_counter() - started)
    return {"times": times}


if __name__ == "__main__":
    serve({"begin": begin, "ingest": ingest, "search": search})
