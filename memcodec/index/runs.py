"""Sorted runs: the postings of some thousand chunks, packed in memory until all of them are merged by term.

Building an index never holds its tokens: each run takes two or three bytes a posting, and the merge looks at
a few hundred terms of each run at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from memcodec.index.postings import Ints, Postings

PIECE = 512  # terms of one run that the merge holds at a time
_CHUNK_BITS, _CHUNK_MASK = np.uint64(32), np.uint64(0xFFFFFFFF)


class Run(NamedTuple):
    """Postings sorted by term, then chunk. Term i has those from ``starts[i]`` to ``starts[i + 1]``."""

    base: int  # the run's first chunk: ``chunks`` count from it
    pieces: tuple[bytes, ...]  # the terms, PIECE to each, newline-separated and compressed
    starts: Ints
    chunks: npt.NDArray[Any]
    counts: npt.NDArray[Any]


class Batch(NamedTuple):
    """All postings of consecutive terms, ready to encode."""

    terms: list[bytes]
    df: Ints
    postings: Postings


def sort_run(base: int, lengths: Ints, ids: npt.NDArray[np.uint32], names: Sequence[bytes]) -> Run:
    """A run from tokens in text order.

    ``lengths[i]`` of them are in chunk ``base + i``; token t is the term ``names[ids[t]]``.
    """
    used = np.flatnonzero(np.bincount(ids)).tolist()
    used.sort(key=names.__getitem__)
    rank = np.zeros(len(names), np.uint64)
    rank[used] = np.arange(len(used), dtype=np.uint64)
    keys = (rank[ids] << _CHUNK_BITS) | np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    starts = np.searchsorted(keys, np.arange(len(used) + 1, dtype=np.uint64) << _CHUNK_BITS)
    terms = _pieces([names[number] for number in used])
    return Run(base, terms, starts, _narrow(keys & _CHUNK_MASK), _narrow(counts))


def _pieces(terms: Sequence[bytes]) -> tuple[bytes, ...]:
    compress = zstandard.ZstdCompressor(1).compress
    return tuple(compress(b"\n".join(terms[at : at + PIECE])) for at in range(0, len(terms), PIECE))


def _narrow(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values.astype(np.min_scalar_type(values.max(initial=0)))


class _Cursor:
    """A place in a run: the terms of the current piece that the merge has not taken yet."""

    def __init__(self, run: Run) -> None:
        self._run, self._pieces, self._row = run, iter(run.pieces), 0
        self.terms: list[bytes] = []
        self.fill()

    def fill(self) -> None:
        """Load the next piece when this one is used up. ``terms`` stays empty at the run's end."""
        if not self.terms and (piece := next(self._pieces, None)):
            self.terms = zstandard.ZstdDecompressor().decompress(piece).split(b"\n")

    def take(self, last: bytes) -> tuple[list[bytes], Ints, Postings]:
        """Terms up to ``last`` in this piece, the document frequency of each, and their postings."""
        cut = bisect_right(self.terms, last)
        taken, self.terms = self.terms[:cut], self.terms[cut:]
        starts = self._run.starts[self._row : self._row + len(taken) + 1]
        self._row += len(taken)
        span = slice(starts[0], starts[-1])
        chunks = self._run.chunks[span].astype(np.int64) + self._run.base
        return taken, np.diff(starts), Postings(chunks, self._run.counts[span].astype(np.int64))


def merge(runs: Sequence[Run]) -> Iterator[Batch]:
    """The postings of all runs, given in the order of their chunks, by term."""
    cursors = [_Cursor(run) for run in runs]
    while cursors := [cursor for cursor in cursors if cursor.terms]:
        last = min(cursor.terms[-1] for cursor in cursors)
        yield _join([cursor.take(last) for cursor in cursors])
        for cursor in cursors:
            cursor.fill()


def _join(parts: Sequence[tuple[list[bytes], Ints, Postings]]) -> Batch:
    terms = sorted(set().union(*(part[0] for part in parts)))
    slot = {term: index for index, term in enumerate(terms)}
    owner = np.concatenate([np.repeat([slot[term] for term in taken], df) for taken, df, _ in parts if taken])
    order = np.argsort(owner, kind="stable")
    chunks = np.concatenate([postings.chunks for _, _, postings in parts])[order]
    counts = np.concatenate([postings.counts for _, _, postings in parts])[order]
    return Batch(terms, np.bincount(owner, minlength=len(terms)), Postings(chunks, counts))
