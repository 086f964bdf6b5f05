"""What words give chunks: the sums of BM25 (bm25.py has the formula), reckoned for the chunks that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from math import log1p
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Codes, Ints, Mask
from memcodec.index.lexical.postings import LONG
from memcodec.index.lexical.recent import Kept, Numbers, as_chunks, union

if TYPE_CHECKING:
    from memcodec.index.lexical.bounds import Bounds

_LOOKING_UP, _PASSING = 5, 32  # to find a posting takes as long as to add five, that as to pass 32 chunks by
_ROUNDED = 1.0001  # more than sums of floats of 32 bits are off
_DEEP = 256  # best chunks that are looked for by narrowing down, at most
_MANY = 1 << 14  # postings that take longer to add up than to narrow down


class Norms(NamedTuple):
    """How many live chunks there are, the code of each chunk's length, and of each code k1 (1 - b + b l / L)."""

    live: int
    codes: Codes
    of: npt.NDArray[np.floating[Any]]

    def weight(self, df: int) -> float:
        """The most that a word in so many chunks adds to a score."""
        return log1p((self.live - df + 0.5) / (df + 0.5))

    def added(self, chunks: Numbers, counts: Numbers, weight: float) -> npt.NDArray[np.floating[Any]]:
        """What a word adds to the score of each chunk that holds it; ``weight`` is the most that it can."""
        added: npt.NDArray[np.floating[Any]] = weight * counts / (counts + self.of[self.codes[chunks]])
        return added

    def bounds(self, held: Kept) -> Bounds:
        """What bounds the scores that a word gives."""
        if held.bounds is None:
            from memcodec.index.lexical.bounds import Bounds  # of large collections alone

            held.bounds = Bounds(held, self.added(held.chunks, held.counts, 1.0))
        bounds: Bounds = held.bounds
        return bounds


class Shares(NamedTuple):
    """What a word adds to some chunks: in how many it is of all, how often in each, and to their scores."""

    df: int
    tf: Ints
    scores: npt.NDArray[np.float32]


class Part(NamedTuple):
    """The chunks that hold a word, and the most that it adds to a score."""

    held: Kept
    weight: float


class Best(NamedTuple):
    """The chunks of the highest scores, best first, equal ones in their order; and these scores."""

    chunks: Ints
    scores: npt.NDArray[np.float32]


class Scores:
    """What words give chunks, reckoned for those that are asked for.

    ``most``: what no chunk can exceed; ``known``: the share of that for words that are anywhere; ``found``: the share
    of the words, however frequent they are, that are anywhere.
    """

    def __init__(self, norms: Norms, parts: Sequence[Part], most: float, known: float, found: float) -> None:
        self.most, self.known, self.found = most, known, found
        self._norms, self._parts = norms, parts

    def of(self, chunks: Ints) -> npt.NDArray[np.float32]:
        """The score of each of some chunks."""
        if "_all" in self.__dict__:
            known: npt.NDArray[np.float32] = self._all[chunks]
            return known
        return self._looked_up(as_chunks(chunks, len(self._norms.codes)))

    def _looked_up(self, chunks: Numbers) -> npt.NDArray[np.float32]:
        scores, norms = np.zeros(len(chunks), np.float32), self._norms.of[self._norms.codes[chunks]]
        for held, weight in self._parts:
            own, at = among(held.chunks, chunks)
            if len(own):
                counts = held.counts[at]
                scores[own] += weight * counts / (counts + norms[own])
        return scores

    @cached_property
    def _all(self) -> npt.NDArray[np.float32]:
        """The score of each chunk of the collection."""
        scores = np.zeros(len(self._norms.codes), np.float32)
        for held, weight in self._parts:
            scores[held.chunks] += self._norms.added(held.chunks, held.counts, weight)
        return scores

    def best(self, k: int) -> Best:
        """Of the chunks that hold a word the ``k`` that score highest.

        Where those that hold a rare word are better than frequent words alone can make any, no others are looked at
        (H. Turtle and J. Flood, "Query Evaluation: Strategies and Optimizations", 1995): what a search takes does not
        grow with the collection.
        """
        rare = [part.held.chunks for part in self._parts if len(part.held) <= LONG]
        if rare and self._is_quicker(sum(map(len, rare))):
            best = self._best_of(union(rare).astype(np.int64), k)
            frequent = sum(part.weight for part in self._parts if len(part.held) > LONG)
            if not frequent or (len(best.scores) == k > 0 and best.scores[-1] > frequent * _ROUNDED):
                return best
        if 0 < k <= _DEEP and sum(len(part.held) for part in self._parts) > _MANY:
            chunks, scores = self._contenders(k)
            first = _best(scores, k)
            return Best(chunks[first].astype(np.int64), scores[first])
        return self._best_of(self._promising(k), k)

    def _contenders(self, k: int) -> tuple[Numbers, npt.NDArray[np.float32]]:
        """Chunks of which the ``k`` best are some, rising, with their scores."""
        from memcodec.index.lexical.bounds import contenders

        held = [(each, weight, partial(self._norms.bounds, each)) for each, weight in self._parts]
        return contenders(held, self._looked_up, k)

    def _is_quicker(self, chunks: int) -> bool:
        """Whether to look the scores of some chunks up is quicker than to reckon all."""
        postings = sum(len(part.held) for part in self._parts)
        return _LOOKING_UP * len(self._parts) * chunks < postings + len(self._norms.codes) / _PASSING

    def _promising(self, k: int) -> Ints:
        """Chunks of which the ``k`` best are some: no worse than the ``k``-th of those that hold a certain word."""
        enough = [part.held.chunks for part in self._parts if len(part.held) >= k > 0]
        if not enough:
            return np.flatnonzero(self._all > 0)
        scores = self._all[min(enough, key=len)]
        return np.flatnonzero(self._all >= np.partition(scores, len(scores) - k)[len(scores) - k])

    def best_among(self, chosen: Mask, k: int) -> Best:
        """Of some chunks, a boolean for each of the collection, the ``k`` that score highest."""
        assert len(chosen) == len(self._all)  # which makes them quick to look up
        return self._best_of(np.flatnonzero(chosen), k)

    def _best_of(self, chunks: Ints, k: int) -> Best:
        scores = self.of(chunks)
        best = _best(scores, k)
        return Best(chunks[best], scores[best])


def among(rising: Numbers, chunks: Numbers) -> tuple[Ints, Ints]:
    """Which of some chunks are among others, which rise, and where in these."""
    if not len(rising):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at = np.minimum(rising.searchsorted(chunks), len(rising) - 1)
    own = np.flatnonzero(rising[at] == chunks)
    return own, at[own]


def _best(values: npt.NDArray[np.float32], k: int) -> Ints:
    """Where the ``k`` highest of some values are, the highest first, equal ones in their order."""
    matching = np.arange(len(values))
    if 0 < k < len(values):
        least = np.partition(values, len(values) - k)[len(values) - k]
        matching = np.flatnonzero(values >= least)
    best: Ints = matching[np.argsort(-values[matching], kind="stable")][: max(k, 0)]
    return best
