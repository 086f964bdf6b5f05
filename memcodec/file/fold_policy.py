"""Index runs kept few: when a commit ends, small neighbouring indexes become one, out of their own bytes.

So a thousand small commits leave some twenty indexes to search, and each posting is written again about once for
every power of eight that its run grows by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memcodec.errors import MemcodecError
from memcodec.file.index_run import IndexRun, Kind, VectorsRun, kind_of, open_lexical
from memcodec.file.state import due
from memcodec.format.arrays import Mask
from memcodec.format.blob import Blob, in_memory
from memcodec.format.commit import IndexRecord
from memcodec.index.fold import fold_lexical, fold_vectors
from memcodec.index.lexical.segment import LexicalSegment

if TYPE_CHECKING:
    from memcodec.index.vectors.segment import VectorSegment

FAN = 8  #: runs of about one size that are folded
MOST = 16_384  #: chunks in a folded run: larger ones wait for `memcodec compact`
_NEW = "a new index"
Data = bytes | memoryview


@dataclass(frozen=True, slots=True)
class NewVectors:
    """Vectors to be written, of ``chunks`` chunks of their run from ``first`` on."""

    first: int
    chunks: int
    data: Data


@dataclass(frozen=True, slots=True)
class NewIndex:
    """An index to be written, over ``segments`` segments with ``chunks`` chunks."""

    segments: int
    chunks: int
    lexical: Data | None = None
    vectors: tuple[NewVectors, ...] = ()


class _Kept(NamedTuple):
    """Vectors that stay, of ``chunks`` chunks of the new index from ``first`` on: those of ``segment`` in ``mask``."""

    first: int
    chunks: int
    segment: VectorSegment
    mask: Mask | None


Index = NewIndex | IndexRun


def new_index(segments: int, chunks: int, lexical: Data | None, vectors: Data | None) -> NewIndex:
    """An index with vectors of all its chunks, or none."""
    whole = (NewVectors(0, chunks, vectors),) if vectors is not None else ()
    return NewIndex(segments, chunks, lexical, whole)


def folded(old: Sequence[IndexRun], new: Sequence[NewIndex]) -> tuple[list[IndexRecord], list[NewIndex]]:
    """Which of the old indexes stay, and what is to be written after them in place of the rest and the new."""
    runs: list[Index] = [*old, *new]
    count = _due(runs, _alike(runs))
    # Kinds are read of none but these few: the meta of a large index must not cost every small commit a read.
    count = min(count, _due(runs, _of_one_kind(runs[len(runs) - count :])))
    kept, last, made = runs[: len(runs) - count], runs[len(runs) - count :], list[NewIndex]()
    if last:
        try:
            made = [_fold(last, [None] * count, sum(_shape(run).segments for run in last))]
        except MemcodecError:
            kept = runs  # a damaged index stays as it is, for `verify` to name
    written = [run.record for run in kept if isinstance(run, IndexRun)]
    return written, [*(run for run in kept if isinstance(run, NewIndex)), *made]


def _due(runs: Sequence[Index], last: int) -> int:
    """How many of the ``last`` runs are to be folded."""
    return due([_shape(run).chunks for run in runs[len(runs) - last :]], FAN, MOST)


def _of_one_kind(runs: Sequence[Index]) -> int:
    """How many of the last runs have indexes of one language and one model; those of no chunks go with any."""
    first: Kind | None = None
    for number, run in enumerate(reversed(runs)):
        try:
            kind = _kind(run) if _shape(run).chunks else first
        except MemcodecError:
            return number
        if first is not None and kind != first:
            return number
        first = kind
    return len(runs)


def kept_of(run: IndexRun, segments: int, mask: Mask | None) -> NewIndex:
    """A run's index over ``segments`` of its segments: of the chunks in ``mask``, all of them for None."""
    if mask is not None:
        return _fold([run], [mask], segments)
    lexical = run.lexical
    vectors = tuple(NewVectors(each.first, each.chunks, each.blob.whole()) for each in run.vectors)
    return NewIndex(segments, run.record.chunks, lexical.whole() if lexical is not None else None, vectors)


def folded_live(runs: Sequence[IndexRun], segments: int) -> NewIndex:
    """One index over the live chunks of some alike runs, which become ``segments`` segments."""
    if len(runs) == 1:
        return kept_of(runs[0], segments, runs[0].live)
    return _fold(runs, [run.live for run in runs], segments)


def _shape(run: Index) -> NewIndex | IndexRecord:
    return run.record if isinstance(run, IndexRun) else run


def _alike(runs: Sequence[Index]) -> int:
    """How many of the last runs have the same kinds of index; those of no chunks go with any."""
    kinds: tuple[bool, int] | None = None
    for number, run in enumerate(reversed(runs)):
        shape = _shape(run)
        covered = sum(each.chunks for each in shape.vectors)
        mine = shape.lexical is not None, int(covered > 0)
        # Vectors of a part are being made: such a run waits until they are whole.
        if shape.chunks and (0 < covered < shape.chunks or kinds not in (None, mine)):
            return number
        kinds = mine if shape.chunks else kinds
    return len(runs)


def _fold(runs: Sequence[Index], masks: Sequence[Mask | None], segments: int) -> NewIndex:
    """One index over the kept chunks of some runs. Vectors of parts stay parts."""
    lexical, vectors = list[tuple[LexicalSegment, Mask | None]](), list[_Kept]()
    base = chunks = covered = 0
    for run, mask in zip(runs, masks, strict=True):
        shape = _shape(run)
        if shape.chunks and (blob := _lexical(run)) is not None:
            lexical.append((open_lexical(blob, shape.chunks), mask))
        kept = np.ones(shape.chunks, np.bool_) if mask is None else mask
        before = np.concatenate(([0], np.cumsum(kept))) + base
        for each in _vectors(run):
            first, last = (int(before[place]) for place in (each.first, each.first + each.chunks))
            mine = None if mask is None else mask[each.first : each.first + each.chunks]
            vectors.append(_Kept(first, last - first, each.segment(), mine))
            covered += last - first
        base = chunks = int(before[-1])
    made = fold_lexical(lexical) if lexical else None
    return NewIndex(segments, chunks, made, tuple(_fold_vectors(vectors, whole=covered == chunks)))


def _lexical(run: Index) -> Blob | None:
    data = run.lexical
    return data if data is None or isinstance(data, Blob) else in_memory(data, _NEW)


def _vectors(run: Index) -> list[VectorsRun]:
    if isinstance(run, IndexRun):
        return run.vectors
    return [VectorsRun(each.first, each.chunks, in_memory(each.data, _NEW)) for each in run.vectors]


def _kind(run: Index) -> Kind:
    return run.kind if isinstance(run, IndexRun) else kind_of(_lexical(run), _vectors(run))


def _fold_vectors(parts: Sequence[_Kept], *, whole: bool) -> list[NewVectors]:
    groups = [list(parts)] if whole and parts else [[part] for part in parts if part.chunks]
    return [
        NewVectors(
            group[0].first,
            sum(each.chunks for each in group),
            fold_vectors([(each.segment, each.mask) for each in group]),
        )
        for group in groups
    ]
