"""Sorted runs: the postings of some thousand chunks, packed in memory, and the merge of many such by term.

Building an index never holds its tokens: each run takes two or three bytes a posting, and one or two a token when
positions are kept; the merge looks at a few hundred terms of each source at a time. Sources are runs, or whole
segments that are folded (fold.py).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from memcodec.format.arrays import Ints
from memcodec.index.lexical.postings import Postings

PIECE = 512  # terms in a batch of a run
_TOKEN_BITS, _TOKEN_MASK = np.uint64(32), np.uint64(0xFFFFFFFF)


class Batch(NamedTuple):
    """All postings of consecutive terms, at least one term; ``df[i]`` of them are term i's.

    ``positions`` are theirs, one after the other, as many for each as it counts; None when they are not kept.
    """

    terms: list[bytes]
    df: Ints
    postings: Postings
    positions: npt.NDArray[Any] | None = None


class SortedRun(NamedTuple):
    """Postings sorted by term, then chunk. Term i has those from ``starts[i]`` to ``starts[i + 1]``."""

    base: int  # the run's first chunk: ``chunks`` count from it
    pieces: tuple[bytes, ...]  # the terms, PIECE to each, newline-separated and compressed
    starts: Ints
    chunks: npt.NDArray[Any]
    counts: npt.NDArray[Any]
    positions: npt.NDArray[Any] | None

    def batches(self) -> Iterator[Batch]:
        """The run's postings, by term."""
        at = 0
        for number, piece in enumerate(self.pieces):
            terms = zstandard.ZstdDecompressor().decompress(piece).split(b"\n")
            starts = self.starts[number * PIECE : number * PIECE + len(terms) + 1]
            span = slice(starts[0], starts[-1])
            chunks, counts = self.chunks[span].astype(np.int64), self.counts[span].astype(np.int64)
            end = at + int(counts.sum())
            positions = None if self.positions is None else self.positions[at:end]
            yield Batch(terms, np.diff(starts), Postings(chunks + self.base, counts), positions)
            at = end


class Sorted(NamedTuple):
    """Tokens sorted by term, then chunk: ``used`` are their terms, of which term i has the postings from ``starts[i]``
    to ``starts[i + 1]``; chunks count from 0.
    """

    used: list[int]
    starts: Ints
    chunks: Ints
    counts: Ints
    positions: Ints | None


def sort_tokens(
    lengths: Ints, ids: npt.NDArray[np.uint32], names: Sequence[bytes], *, positions: bool
) -> Sorted:
    """Tokens in text order, fewer than 2**32: ``lengths[i]`` are in chunk i; token t is the term ``names[ids[t]]``."""
    used = np.flatnonzero(np.bincount(ids)).tolist()
    used.sort(key=names.__getitem__)
    rank = np.zeros(max(used, default=-1) + 1, np.uint64)
    rank[used] = np.arange(len(used), dtype=np.uint64)
    keys = (rank[ids] << _TOKEN_BITS) | np.arange(len(ids), dtype=np.uint64)
    keys.sort()
    tokens = (keys & _TOKEN_MASK).astype(np.int64)
    chunks = np.repeat(np.arange(len(lengths)), lengths)[tokens]
    keys = keys & ~_TOKEN_MASK | chunks.astype(np.uint64)
    first = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    counts = np.diff(first, append=len(keys))
    starts = np.searchsorted(keys[first], np.arange(len(used) + 1, dtype=np.uint64) << _TOKEN_BITS)
    places = tokens - (np.cumsum(lengths) - lengths)[chunks] if positions else None
    return Sorted(used, starts, chunks[first], counts, places)


def sort_run(
    base: int, lengths: Ints, ids: npt.NDArray[np.uint32], names: Sequence[bytes], *, positions: bool
) -> SortedRun:
    """A run from tokens in text order, as ``sort_tokens``; its first chunk is ``base``."""
    used, starts, chunks, counts, places = sort_tokens(lengths, ids, names, positions=positions)
    terms = _pieces([names[number] for number in used])
    kept = None if places is None else narrow(places)
    return SortedRun(base, terms, starts, narrow(chunks), narrow(counts), kept)


def _pieces(terms: Sequence[bytes]) -> tuple[bytes, ...]:
    compress = zstandard.ZstdCompressor(1).compress
    return tuple(compress(b"\n".join(terms[at : at + PIECE])) for at in range(0, len(terms), PIECE))


def narrow(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same numbers, none below 0, in as few bytes as hold them."""
    return values.astype(np.min_scalar_type(values.max(initial=0)))


class _Cursor:
    """A place in a source: what the merge has not taken yet of one batch, and the batch after it."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._batches = iter(batches)
        self.batch, self.following = next(self._batches, None), next(self._batches, None)

    def take(self, last: bytes | None) -> Batch:
        """What is here of the terms up to ``last``, or all of it. Moves on to the next batch once all is taken."""
        batch = self.batch
        assert batch is not None
        cut = len(batch.terms) if last is None else bisect_right(batch.terms, last)
        if cut == len(batch.terms):
            self.batch, self.following = self.following, next(self._batches, None)
            return batch
        taken, self.batch = _split(batch, cut)
        return taken


def _split(batch: Batch, cut: int) -> tuple[Batch, Batch]:
    terms, df, (chunks, counts), positions = batch
    at = int(df[:cut].sum())
    place = int(counts[:at].sum())
    before, after = (None, None) if positions is None else (positions[:place], positions[place:])
    return (
        Batch(terms[:cut], df[:cut], Postings(chunks[:at], counts[:at]), before),
        Batch(terms[cut:], df[cut:], Postings(chunks[at:], counts[at:]), after),
    )


def merge(sources: Iterable[Iterable[Batch]]) -> Iterator[Batch]:
    """The postings of all sources by term; each source is in the order of its terms, all in that of their chunks.

    All sources keep positions, or none does.
    """
    cursors = [_Cursor(source) for source in sources]
    while cursors := [cursor for cursor in cursors if cursor.batch]:
        # A source that has no more batches sets no bound: nothing of it is still to come.
        last = min((each.batch.terms[-1] for each in cursors if each.batch and each.following), default=None)
        parts = [part for part in (cursor.take(last) for cursor in cursors) if part.terms]
        yield join(parts) if len(parts) > 1 else parts[0]


def join(parts: Sequence[Batch]) -> Batch:
    """The postings of some batches as one."""
    terms = sorted(set().union(*(part.terms for part in parts)))
    slot = {term: index for index, term in enumerate(terms)}
    owner = np.concatenate([np.repeat([slot[term] for term in part.terms], part.df) for part in parts])
    order = np.argsort(owner, kind="stable")
    chunks = np.concatenate([part.postings.chunks for part in parts])[order]
    counts = np.concatenate([part.postings.counts for part in parts])
    positions = [part.positions for part in parts if part.positions is not None]
    placed = _in_order(np.concatenate(positions), counts, order) if positions else None
    df = np.bincount(owner, minlength=len(terms))
    return Batch(terms, df, Postings(chunks, counts[order]), placed)


def _in_order(positions: npt.NDArray[Any], counts: Ints, order: Ints) -> npt.NDArray[Any]:
    taken = counts[order]
    starts = (np.cumsum(counts) - counts)[order]
    return positions[np.repeat(starts - (np.cumsum(taken) - taken), taken) + np.arange(int(taken.sum()))]
