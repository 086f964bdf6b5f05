"""An index run, read: consecutive segments whose chunks are numbered through in one lexical blob and their vectors."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memcodec.errors import Damaged
from memcodec.file.segment import SegmentReader, blob_at
from memcodec.format.arrays import Mask
from memcodec.format.blob import Blob
from memcodec.format.commit import IndexRecord
from memcodec.index.lexical.segment import LexicalSegment
from memcodec.media.contract import MediaReader
from memcodec.model import Extent

if TYPE_CHECKING:
    from memcodec.index.vectors.segment import VectorSegment

Kind = tuple[str | None, str | None, int | None]  #: analyser, model, and bits of a number of a vector


class VectorsRun(NamedTuple):
    """The vectors of ``chunks`` chunks of a run, from ``first`` on."""

    first: int
    chunks: int
    blob: Blob

    def segment(self) -> VectorSegment:
        """Opened. Raises Damaged when it has not as many vectors as the record says."""
        from memcodec.index.vectors.segment import VectorSegment

        made = VectorSegment(self.blob)
        if made.meta.count != self.chunks:
            raise Damaged("the vectors and the commit record do not agree; run `repair()`")
        return made


def open_lexical(blob: Blob, chunks: int) -> LexicalSegment:
    """The lexical index of ``chunks`` chunks. Raises Damaged when it is of another number."""
    made = LexicalSegment(blob)
    if made.chunks != chunks:
        raise Damaged("the lexical index and the commit record do not agree; run `repair()`")
    return made


class IndexRun:
    """Reads one index. ``waits``: it is that of a journal, whose chunks have no vectors before they are folded."""

    def __init__(
        self,
        media: MediaReader,
        record: IndexRecord,
        segments: Sequence[SegmentReader],
        *,
        waits: bool = False,
    ) -> None:
        self.record, self.segments, self._media, self.waits = record, segments, media, waits
        self.first_chunk = segments[0].first_chunk if segments else 0
        self._starts = [segment.first_chunk - self.first_chunk for segment in segments]

    @property
    def lexical(self) -> Blob | None:
        """The lexical blob, if there is one."""
        place = self.record.lexical
        return self._blob("lexical index", place) if place is not None else None

    @property
    def words(self) -> LexicalSegment | None:
        """The lexical index, opened, if there is one. Raises Damaged."""
        blob = self.lexical
        return open_lexical(blob, self.record.chunks) if blob is not None else None

    @property
    def vectors(self) -> list[VectorsRun]:
        """The vectors: of all its chunks in one, or of none, or of some while they are being made."""
        return [
            VectorsRun(each.first, each.chunks, self._blob("vectors", each.place))
            for each in self.record.vectors
        ]

    def _blob(self, name: str, extent: Extent) -> Blob:
        return blob_at(self._media, extent, f"the {name}{self._where}")

    @property
    def _where(self) -> str:
        commits = sorted({segment.record.commit for segment in self.segments})
        if len(commits) < 2:
            return f" of commit {commits[0]}" if commits else ""
        return f" of commits {commits[0]} to {commits[-1]}"

    @property
    def kind(self) -> Kind:
        """Analyser, model, and bits of a number of a vector: only runs of one kind can become one."""
        return kind_of(self.lexical, self.vectors)

    @property
    def model(self) -> str | None:
        """The model that made its vectors, if it has any."""
        return kind_of(None, self.vectors)[1]

    @property
    def vector_kind(self) -> tuple[str, int] | None:
        """The model of its vectors and the bits of a number of them; None without any."""
        _, model, kept = kind_of(None, self.vectors)
        return (model, kept) if model is not None and kept is not None else None

    @cached_property
    def live(self) -> Mask | None:
        """Which chunks are in the state; None for all of them."""
        if all(segment.dead is None for segment in self.segments):
            return None
        return np.concatenate([segment.live_chunks for segment in self.segments])

    def locate(self, chunk: int) -> tuple[SegmentReader, int]:
        """The segment of a chunk of this run, and the chunk's number there."""
        place = bisect_right(self._starts, chunk) - 1
        return self.segments[place], chunk - self._starts[place]


def kind_of(lexical: Blob | None, vectors: Sequence[VectorsRun]) -> Kind:
    """The analyser and the model of these indexes, and the bits of a number of a vector, as far as there are any."""
    analyser = str(LexicalSegment(lexical).analyses) if lexical is not None else None
    if not vectors:
        return analyser, None, None
    segment = vectors[0].segment()
    return analyser, segment.model, segment.meta.bits
