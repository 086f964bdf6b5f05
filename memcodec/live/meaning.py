"""The meaning of a ring's lines: their vectors, made by a thread of its own, a moment after the lines have come."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Vectors
from memcodec.index.vectors.ring import VectorRing

if TYPE_CHECKING:
    from memcodec.live.ring import Ring
    from memcodec.models.embedding import Embeds

STATIC, MINILM = "static", "minilm"  #: short names of models; others are as the settings have them
BATCH = 256  #: lines embedded at once
PAUSE = 0.02  #: seconds for which a batch may wait to be full
_LAG = 4096  # lines without vectors, at least, beyond which older ones are passed by
_PART = 8192  # vectors looked at at once


class Meaning:
    """Vectors by a model, or without one, ``embedder`` is None then, those that are given with the lines."""

    def __init__(
        self, model: str, keep: int, first: int, *, dimensions: int | None, waits: bool, source: Ring
    ) -> None:
        self.waits, self.skipped = waits, 0
        self.embedder: Embeds | None = None
        if dimensions is None:
            self.embedder = _load(model)
        self.model = self.embedder.model if self.embedder is not None else "none"
        self.ring = VectorRing(
            self.embedder.dimensions if self.embedder is not None else dimensions or 1, keep
        )
        self.ring.skip(first)
        self._lag = max(_LAG, keep // 2)
        self._source, self._closed = source, threading.Event()
        self._thread: threading.Thread | None = None
        if self.embedder is not None:
            self._thread = threading.Thread(target=self._run, name="meaning", daemon=True)

    def begin(self) -> None:
        """From now on lines are embedded."""
        if self._thread is not None:
            self._thread.start()

    def put(self, number: int, count: int, vectors: Vectors | None) -> None:
        """The vectors of ``count`` lines from ``number`` on; without any they have none."""
        if vectors is None:
            self.ring.skip(number + count)
            return
        if self.ring.end < number:
            self.ring.skip(number)
        self.ring.put(vectors)

    def is_behind(self, end: int) -> bool:
        """Whether more lines wait for their vectors than may."""
        return end - self.ring.end > self._lag

    def distances(self, first: int, end: int) -> npt.NDArray[np.float64]:
        """Of the lines of these numbers 1 less the cosine to the mean of all; NaN where there is no vector."""
        total = np.zeros(self.ring.dimensions)
        for at in range(first, end, _PART):
            total += _unit(self.ring.vectors(at, min(at + _PART, end))).sum(axis=0)
        length = np.linalg.norm(total)
        found = np.full(end - first, np.nan)
        for at in range(first, end, _PART):
            vectors = self.ring.vectors(at, min(at + _PART, end))
            there = vectors.any(axis=1)
            cosines = _unit(vectors) @ total / (length or 1.0)
            found[at - first : at - first + len(vectors)][there] = 1 - cosines[there]
        return found

    def close(self) -> None:
        """No more vectors are made."""
        self._closed.set()
        self._source.tell()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    # The thread

    def _run(self) -> None:
        while not self._closed.is_set():
            end = self._source.wait_for_lines(self.ring.end, self._closed)
            if end - self.ring.end < BATCH:
                time.sleep(PAUSE / 2)
            self._catch_up()

    def _catch_up(self) -> None:
        assert self.embedder is not None
        first, end, texts = self._source.texts_from(self.ring.end)
        if end - first > self._lag and not self.waits:
            oldest = end - self._lag // 2
            self.skipped += oldest - first
            first = oldest
        if first > self.ring.end:
            self.ring.skip(first)
        lines = [
            line.text.decode("utf-8", "replace") for _, line in texts.lines(first, min(end, first + BATCH))
        ]
        if lines:
            self.ring.put(self.embedder.embed(lines))
        self._source.tell()


def _load(model: str) -> Embeds:
    if model == STATIC:
        from memcodec.models import static

        return static.load()
    from memcodec.models import embedding

    return embedding.load(embedding.DEFAULT if model == MINILM else model)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled
