"""Indexes for what is in a file already: which chunks lack vectors, their texts, the commit that adds them.

Chunks are named by their segment's stream, which stays the same while a file grows and its indexes are folded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from memcodec.config.settings import VECTOR_BITS, Settings
from memcodec.errors import NotFound
from memcodec.file.commit import CommitWriter
from memcodec.file.index_run import IndexRun, VectorsRun
from memcodec.file.reader import Reader, read_file
from memcodec.file.segment import SegmentReader
from memcodec.file.writer import Writer
from memcodec.format.arrays import Vectors
from memcodec.format.blob import in_memory
from memcodec.format.commit import CommitRecord, IndexRecord, VectorsRecord
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.model import FilePath, Progress, silent
from memcodec.models import embedding

if TYPE_CHECKING:
    from memcodec.models.embedding.embedder import Embedder

_TEXTS = 1024  # chunks whose texts are read at once
_ROWS = 128_000  # vectors that are coded at once


@dataclass(frozen=True, slots=True)
class ChunkRun:
    """``chunks`` chunks of one segment, from its own chunk ``first`` on. ``file`` and ``commit`` name its stream."""

    file: str
    commit: int
    first: int
    chunks: int


def missing(reader: Reader) -> list[ChunkRun]:
    """The chunks that have no vectors, in the order of the file."""
    return [span for run in reader.indexes for first, last in _gaps(run) for span in _spans(run, first, last)]


def everything(reader: Reader) -> list[ChunkRun]:
    """All chunks, in the order of the file."""
    return [span for run in reader.indexes for span in _spans(run, 0, run.record.chunks)]


def coverage(reader: Reader) -> tuple[int, int]:
    """How many chunks have vectors, and how many there are."""
    covered = sum(each.chunks for run in reader.indexes for each in run.record.vectors)
    return covered, sum(run.record.chunks for run in reader.indexes)


def batches(spans: Iterable[ChunkRun], size: int) -> Iterator[list[ChunkRun]]:
    """The spans, cut and grouped to ``size`` chunks each; the last may have fewer."""
    batch, room = list[ChunkRun](), size
    for span in spans:
        at = 0
        while at < span.chunks:
            count = min(room, span.chunks - at)
            batch.append(replace(span, first=span.first + at, chunks=count))
            at, room = at + count, room - count
            if not room:
                yield batch
                batch, room = [], size
    if batch:
        yield batch


def texts(reader: Reader, spans: Sequence[ChunkRun]) -> list[str | None]:
    """The chunks' texts, in order; None for those of dropped documents. Raises NotFound when a segment is gone."""
    found: list[str | None] = []
    segments = {segment.stream: segment for segment in reader.segments}
    for span in spans:
        segment = segments.get((span.file, span.commit))
        if segment is None or span.first + span.chunks > segment.record.chunks:
            raise NotFound(f"{reader.source.name}: a segment is gone; the file was compacted in the meantime")
        for at in range(span.first, span.first + span.chunks, _TEXTS):
            found += _texts(reader, segment, at, min(at + _TEXTS, span.first + span.chunks))
    return found


def _texts(reader: Reader, segment: SegmentReader, first: int, last: int) -> list[str | None]:
    live = [number for number in range(first, last) if segment.live_chunks[number]]
    read = iter(reader.indexed([reader.chunk_in(segment, number) for number in live]))
    alive = set(live)
    return [next(read) if number in alive else None for number in range(first, last)]


def embed_batch(
    path: FilePath, spans: Sequence[ChunkRun], model: str, *, threads: int | None = None
) -> Vectors:
    """Vectors of the chunks, shape (chunks, dimensions); zeros for those of dropped documents.

    ``model`` is an identity (``Embedder.model``). Raises ModelError when this machine does not have it.
    """
    embedder = _embedder(model)
    with contextlib.closing(read_file(path, journal=False)) as reader:
        found = texts(reader, spans)
    live = [place for place, text in enumerate(found) if text is not None]
    # Long texts first: no core is left with one of them at the end.
    live.sort(key=lambda place: -len(found[place] or ""))
    made = np.zeros((len(found), embedder.dimensions), np.float32)
    made[live] = embedder.embed([found[place] or "" for place in live], threads=threads)
    return made


@lru_cache(1)
def _embedder(model: str) -> Embedder:
    return embedding.load_exact(model)


def _gaps(run: IndexRun) -> Iterator[tuple[int, int]]:
    """The runs of chunks without vectors: first, and after the last."""
    at = 0
    for each in run.record.vectors:
        if each.first > at:
            yield at, each.first
        at = each.first + each.chunks
    if at < run.record.chunks:
        yield at, run.record.chunks


def _spans(run: IndexRun, first: int, last: int) -> Iterator[ChunkRun]:
    for segment, start in _places(run):
        begin, end = max(first, start), min(last, start + segment.record.chunks)
        if begin < end:
            yield ChunkRun(*segment.stream, begin - start, end - begin)


def _places(run: IndexRun) -> Iterator[tuple[SegmentReader, int]]:
    """The run's segments, and where their chunks begin in it."""
    return ((segment, segment.first_chunk - run.first_chunk) for segment in run.segments)


def commit_vectors(
    path: FilePath,
    results: Sequence[tuple[ChunkRun, Vectors]],
    *,
    model: str,
    precision: str,
    bits: int = VECTOR_BITS,
    anew: bool = False,
    wait: float = 0.0,
) -> int:
    """Write vectors that were made, in one commit; returns of how many chunks. ``bits``: if the file has none yet.

    Spans whose segment is gone, or that have vectors by now, are left out. An index whose chunks all have vectors gets
    them in one blob. ``anew``: they take the place of all vectors that the file has; when some chunk lacks one, nothing
    is written. Raises StorageError when another process writes to the file for more than ``wait`` seconds.
    """
    with _continued(path, wait) as (writing, before):
        adding = _Adding(before, results, model, precision, bits, anew)
        if not adding.chunks or (anew and adding.chunks < coverage(before)[1]):
            return 0
        writing.write(adding.write)
        return adding.chunks


@contextlib.contextmanager
def _continued(path: FilePath, wait: float) -> Iterator[tuple[Writer, Reader]]:
    """The writer of a file, and the file as it is."""
    with contextlib.closing(Writer.append(Path(path), Settings(), wait=wait)) as writing:
        assert writing.before is not None, "an opened file has a commit"
        yield writing, writing.before


@dataclass(slots=True)
class _Piece:
    """Vectors of neighbouring chunks of a run, from its chunk ``first`` on; those of a spool are not loaded yet."""

    first: int
    parts: list[Vectors]

    @property
    def chunks(self) -> int:
        return sum(map(len, self.parts))

    @property
    def end(self) -> int:
        return self.first + self.chunks

    def rows(self) -> Vectors:
        return np.concatenate(self.parts)


def _fitting(
    run: IndexRun, gaps: Sequence[tuple[int, int]], results: Sequence[tuple[ChunkRun, Vectors]]
) -> list[_Piece]:
    """The results that fill a gap of the run, neighbours joined."""
    starts = {segment.stream: (start, segment.record.chunks) for segment, start in _places(run)}
    found = list[tuple[int, Vectors]]()
    for span, made in results:
        start, chunks = starts.get((span.file, span.commit), (0, -1))
        first, last = start + span.first, start + span.first + span.chunks
        if span.first + span.chunks <= chunks and any(low <= first and last <= high for low, high in gaps):
            found.append((first, made))
    joined = list[_Piece]()
    for first, made in sorted(found, key=lambda each: each[0]):
        end = joined[-1].end if joined else -1
        if first == end and joined[-1].chunks + len(made) <= _ROWS:
            joined[-1].parts.append(made)
        elif first >= end:  # else it is given twice
            joined.append(_Piece(first, [made]))
    return joined


class _Adding:
    """The commit that adds vectors to the indexes of a file, or with ``anew`` puts them in the place of all others."""

    def __init__(
        self,
        before: Reader,
        results: Sequence[tuple[ChunkRun, Vectors]],
        model: str,
        precision: str,
        bits: int,
        anew: bool,
    ) -> None:
        self._before, self._anew = before, anew
        self._model, self._precision, self._bits = model, precision, bits
        gaps = ([(0, run.record.chunks)] if anew else list(_gaps(run)) for run in before.indexes)
        self._fresh = [_fitting(run, each, results) for run, each in zip(before.indexes, gaps, strict=True)]
        self.chunks = sum(piece.chunks for each in self._fresh for piece in each)

    def write(self, writer: CommitWriter) -> CommitRecord:
        bits = self._kept_bits()
        indexes = [
            self._index(writer, run, made, bits) if made else run.record
            for run, made in zip(self._before.indexes, self._fresh, strict=True)
        ]
        return writer.seal(writer.entry("index"), indexes)

    def _kept_bits(self) -> int:
        """Of a number of the file's vectors of this model, so that all can become one index as they are."""
        for run in reversed(() if self._anew else self._before.indexes):
            for each in run.vectors:
                segment = each.segment()
                if segment.model == self._model:
                    return segment.meta.bits
        return self._bits

    def _index(self, writer: CommitWriter, run: IndexRun, made: Sequence[_Piece], bits: int) -> IndexRecord:
        from memcodec.index.fold import fold_vectors

        new = [
            VectorsRun(each.first, each.chunks, in_memory(self._coded(each.rows(), bits), "new vectors"))
            for each in made
        ]
        old = [] if self._anew else list(zip(run.vectors, run.record.vectors, strict=True))
        pieces = sorted([*(each for each, _ in old), *new], key=lambda each: each.first)
        if sum(each.chunks for each in pieces) == run.record.chunks:
            whole = fold_vectors([(each.segment(), None) for each in pieces])
            records = [VectorsRecord(0, run.record.chunks, writer.blob(whole))]
        else:
            added = (VectorsRecord(each.first, each.chunks, writer.blob(each.blob.whole())) for each in new)
            records = [*(record for _, record in old), *added]
        vectors = tuple(sorted(records, key=lambda each: each.first))
        return replace(run.record, vectors=vectors)

    def _coded(self, rows: Vectors, bits: int) -> bytes:
        from memcodec.index.vectors.coder import Coder
        from memcodec.index.vectors.rotation import rotated
        from memcodec.index.vectors.segment import kept_by, write

        coder = Coder(rows.shape[1], bits)
        codes = coder.encode(rotated(rows))
        recall = kept_by(coder, rows, codes)
        return write(codes, coder, model=self._model, precision=self._precision, flat=True, recall=recall)


def index_lexical(
    path: FilePath,
    language: str,
    *,
    positions: bool = True,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> int:
    """Make the lexical indexes that a file lacks, in one commit; returns of how many chunks."""
    done, tell = 0, progress or silent

    def make(run: IndexRun, writer: CommitWriter) -> IndexRecord:
        nonlocal done
        if run.record.lexical is not None or not run.record.chunks:
            return run.record
        builder = LexicalBuilder(language, positions=positions)
        for span in _spans(run, 0, run.record.chunks):
            for (part,) in batches([span], _TEXTS):
                builder.add([text or "" for text in texts(reader, [part])])
                done += part.chunks
                tell("lexical", done, total)
        return replace(run.record, lexical=writer.blob(builder.to_bytes()))

    with contextlib.closing(read_file(path, journal=False)) as reader:
        total = sum(run.record.chunks for run in reader.indexes if run.record.lexical is None)
        if total:
            _replace(path, wait, make)
    return done


def _replace(path: FilePath, wait: float, make: Callable[[IndexRun, CommitWriter], IndexRecord]) -> None:
    """One commit that changes the indexes alone."""
    with _continued(path, wait) as (writing, before):
        writing.write(
            lambda writer: writer.seal(writer.entry("index"), [make(run, writer) for run in before.indexes])
        )
