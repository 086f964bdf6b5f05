"""Which chunks may be among the best: found by what words add to scores at most, without reckoning the others.

MaxScore (H. Turtle and J. Flood, "Query Evaluation: Strategies and Optimizations", 1995) over whole lists: a word's
postings have a byte each that tells what it adds at most, and a list is narrowed down to those that could still reach
the k-th best score, as far as that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Codes
from memcodec.index.lexical.recent import Kept, Numbers, union

SHORT = 256  #: postings: all of a list of no more are looked at
_BEST = 32  # postings of a longer list that are kept as its best
_ROUNDED = 1.0001  # more than sums of floats of 32 bits are off
_FEW = 64  # chunks that are looked up right away
_ALL = 255  # of a word's weight


class Bounds:
    """Of each posting of a long list the share of the word's weight that it adds at most, in 255ths."""

    def __init__(self, held: Kept, shares: npt.NDArray[np.floating[Any]]) -> None:
        """``shares``: what the postings add to scores, as a share of the weight."""
        self._chunks = held.chunks
        self._shares: Codes = np.ceil(shares * _ALL).astype(np.uint8)
        self.most = int(self._shares.max()) / _ALL  #: of all of them
        self._best = self._highest(_BEST)
        self._is_dense = held.is_dense
        if self._is_dense:
            by_chunk = np.zeros(held.collection, np.uint8)
            by_chunk[self._chunks] = self._shares
            self._shares = by_chunk

    def best(self, k: int) -> Numbers:
        """Chunks to which the word adds most: ``k`` or more, unless there are fewer."""
        return self._best if k <= len(self._best) else self._highest(k)

    def _highest(self, k: int) -> Numbers:
        shares = self._shares[self._chunks] if len(self._shares) != len(self._chunks) else self._shares
        if k >= len(shares):
            return self._chunks
        return self._chunks[np.argpartition(shares, len(shares) - k)[len(shares) - k :]]

    def at_least(self, share: float) -> tuple[Numbers, Codes]:
        """The chunks to which it may add that share of its weight, and what it adds at most."""
        where = np.flatnonzero(self._shares >= max(1, ceil(share * _ALL)))
        return where.astype(self._chunks.dtype) if self._is_dense else self._chunks[where], self._shares[
            where
        ]

    def of(self, chunks: Numbers) -> Codes:
        """What it adds to some chunks at most; 0 to those that do not hold it."""
        if self._is_dense:
            return self._shares[chunks]
        at = np.minimum(self._chunks.searchsorted(chunks), len(self._chunks) - 1)
        return np.where(self._chunks[at] == chunks, self._shares[at], np.uint8(0))


def contenders(
    held: Sequence[tuple[Kept, float, Callable[[], Bounds]]],
    score: Callable[[Numbers], npt.NDArray[np.float32]],
    k: int,
) -> tuple[Numbers, npt.NDArray[np.float32]]:
    """Chunks, which rise, of which the ``k`` best are some, with their scores.

    ``held``: of each word its postings, the most that it adds, and what makes its bounds; ``score``: gives chunks
    theirs.
    """
    longer = sorted(
        ((bounds(), weight) for each, weight, bounds in held if len(each) > SHORT), key=lambda each: -each[1]
    )
    short = [each.chunks for each, _, _ in held if len(each) <= SHORT]
    chunks = union([*short, *(bounds.best(k) for bounds, _ in longer[:2])])
    scores = score(chunks)
    # From here on only chunks matter that no short list has, and that are no worse than the k-th of these.
    least = _kth(scores, k) / _ROUNDED
    most = [bounds.most * weight for bounds, weight in longer]
    more = list[Numbers]()
    for at, (bounds, weight) in enumerate(longer):
        # What is left has none of the words before.
        if sum(most[at:]) < least:
            break
        found, shares = bounds.at_least((least - sum(most[at + 1 :])) / weight)
        more.append(_narrowed(found, shares * np.float32(weight / _ALL), longer[at + 1 :], least))
    if more:
        new = union(more)
        chunks, scores = _joined(chunks, scores, new, score(new))
    return chunks, scores


def _narrowed(
    chunks: Numbers,
    reached: npt.NDArray[np.float32],
    others: Sequence[tuple[Bounds, float]],
    least: float,
) -> Numbers:
    """The chunks that may come to ``least``, of some that have ``reached`` so much without the ``others``."""
    left = sum(bounds.most * weight for bounds, weight in others)
    for bounds, weight in others:
        if len(chunks) <= _FEW:
            break
        left -= bounds.most * weight
        reached = reached + bounds.of(chunks) * np.float32(weight / _ALL)
        stay = np.flatnonzero(reached >= least - left)
        chunks, reached = chunks[stay], reached[stay]
    return chunks


def _kth(scores: npt.NDArray[np.float32], k: int) -> float:
    """The ``k``-th best of scores; 0 where there are fewer."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) if 0 < k <= len(scores) else 0.0


def _joined(
    chunks: Numbers,
    scores: npt.NDArray[np.float32],
    more: Numbers,
    of_more: npt.NDArray[np.float32],
) -> tuple[Numbers, npt.NDArray[np.float32]]:
    """Chunks with their scores, those that are in both once."""
    both, known = np.concatenate([chunks, more]), np.concatenate([scores, of_more])
    order = np.argsort(both, kind="stable")
    both, known = both[order], known[order]
    first = np.ones(len(both), np.bool_)
    np.not_equal(both[1:], both[:-1], out=first[1:])
    return both[first], known[first]
