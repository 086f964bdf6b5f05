"""The shortcut: from a chunk's number to where in the file its text is, by one short table instead of several in turn.

A reader far away needs a round trip less with it: it fetches a hit's rows of all tables, its document and its frames at
once. Only what is to be fetched is told here, so a shortcut that is missing or wrong costs round trips and nothing
else. Section "shortcut" of a catalogue, one unit: a Zstandard frame of varints, for B blocks and the F frames that they
lie in:

    B   chunks that start in each block
    B   chunks that start in each block or before it and end behind it
    B   documents that start in each block
    B   which frame, counted from 0, the block's Zstandard frame begins in, less that of the block before
    1   in which the last block's ends, less that which it begins in
    1   where in the file frame 0 begins
    1   g, the least number of bytes from where a frame begins to where the next one does; for the last: to its end
    F   these bytes of each frame, less g
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.format import block, budget
from memcodec.format.arrays import Ints
from memcodec.format.blob import BlobWriter
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.budget import Budget
from memcodec.index.lexical import varint
from memcodec.model import Frame

SECTION = "shortcut"
LEAST = 32  #: blocks: of fewer the whole catalogue is fetched at once
_MOST = 256  # frames, and documents, that are fetched for one chunk
_COLUMNS = 4


class Tables(NamedTuple):
    """What a shortcut is made of: of chunks and blocks where they start, and their lengths, shape (2, n)."""

    chunks: Ints  #: in the text
    documents: Ints  #: where in the text they start
    blocks: Ints  #: in the stream


class Counts(NamedTuple):
    """What a catalogue has of each."""

    chunks: int
    documents: int
    blocks: int
    frames: int


class Near(NamedTuple):
    """What a chunk is found by: numbers of blocks, documents and frames, and where in the file these frames lie."""

    blocks: range
    documents: range
    frames: range
    extents: list[tuple[int, int]]


def add(
    blob: BlobWriter, tables: Tables, frames: Sequence[Frame], first: npt.ArrayLike, payload: int
) -> None:
    """Add the section where it pays. ``first``: the frames' first packets; ``payload``: stream bytes in a packet."""
    if len(tables.blocks[0]) >= LEAST and frames:
        packed = _pack(tables, frames, np.asarray(first), payload)
        blob.add(SECTION, packed, [len(packed)])


def _pack(tables: Tables, frames: Sequence[Frame], first: Ints, payload: int) -> bytes:
    starts, ends = tables.chunks[0], np.maximum.accumulate(tables.chunks.sum(axis=0))
    edges = BLOCK_SIZE * np.arange(1, len(tables.blocks[0]) + 1)
    begun, ended = np.searchsorted(starts, edges), np.searchsorted(ends, edges, side="right")
    last = tables.blocks[:, -1].sum() - 1
    packets = np.append(tables.blocks[0], last) // payload
    holding = np.maximum(np.searchsorted(first, packets, side="right") - 1, 0)
    used = frames[: int(holding[-1]) + 1]
    gaps = np.diff([*(frame.offset for frame in used), used[-1].offset + used[-1].length])
    columns = [
        _steps(begun),
        begun - ended,
        _steps(np.searchsorted(tables.documents, edges)),
        _steps(holding),
        [used[0].offset, gaps.min()],
        gaps - gaps.min(),
    ]
    numbers = varint.encode(np.concatenate(columns))
    return block.pack(numbers, len(numbers), "shortcuts")


def _steps(values: Ints) -> Ints:
    return np.diff(values, prepend=0)


class Shortcut:
    """Reads one of a catalogue with such numbers of things. Raises Damaged for bytes that make no sense."""

    def __init__(self, data: memoryview, counts: Counts, held: Budget) -> None:
        chunks, in_all, blocks, frames = counts
        limit = varint.MAX_BYTES * (_COLUMNS * blocks + frames + 3)
        packed = budget.unpack(data, limit, "shortcut", lambda size: held.hold(16 * size, "its shortcuts"))
        try:
            numbers = varint.decode(packed)
        except ValueError as error:
            raise _damaged() from error
        if not _COLUMNS * blocks + 4 <= len(numbers) <= _COLUMNS * blocks + 3 + frames:
            raise _damaged()
        columns, (last, start, least), gaps = np.split(numbers, [_COLUMNS * blocks, _COLUMNS * blocks + 3])
        columns = columns.reshape(_COLUMNS, blocks)
        if (columns.max(axis=1) > (chunks, chunks, in_all, frames)).any():
            raise _damaged()
        self._begun, _, self._documents, _ = np.cumsum(columns, axis=1)
        self._ended = self._begun - columns[1]
        self._frames = np.cumsum(np.append(columns[3], last))
        self._places = start + np.append(0, np.cumsum(gaps + least))
        if (self._begun[-1], self._documents[-1]) != (chunks, in_all):
            raise _damaged()

    def near(self, chunk: int) -> Near | None:
        """What a chunk is found by; None when nothing is known of it."""
        first = int(np.searchsorted(self._begun, chunk, side="right"))
        last = int(np.searchsorted(self._ended, chunk, side="right"))
        if not first <= last < len(self._begun):
            return None
        low, high = self._frames[[first, last + 1]].tolist()
        return Near(range(first, last + 1), self._holders(first, chunk), *self._lie(low, high))

    def dictionary(self) -> tuple[range, list[tuple[int, int]]]:
        """The frames before the first block, and where they lie."""
        return self._lie(0, self._frames[0].item())

    def _lie(self, first: int, last: int) -> tuple[range, list[tuple[int, int]]]:
        frames = range(first, min(last + 1, first + _MOST, len(self._places) - 1))
        places = self._places[frames.start : frames.stop + 1].tolist()
        return frames, [(start, end - start) for start, end in pairwise(places)]

    def _holders(self, number: int, chunk: int) -> range:
        """The documents that a chunk which starts in a block may be of: each that starts there has a chunk there."""
        before = self._documents[number - 1].item() if number else 0
        started = self._begun[number - 1].item() if number else 0
        documents, chunks = self._documents[number].item() - before, self._begun[number].item() - started
        order = chunk - started + 1  # of the chunk in its block, from 1
        least = max(0, documents - (chunks - order))
        return range(max(0, before - 1 + least), before + min(order, documents))[:_MOST]


def _damaged() -> Damaged:
    return Damaged("the shortcut of the catalogue does not add up; `repair()` rebuilds the index")
