"""Sets of chunks as spans: what is left of some when others are done, and their next few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memcodec.upkeep.index import ChunkRun


def count(spans: Iterable[ChunkRun]) -> int:
    """How many chunks."""
    return sum(span.chunks for span in spans)


class Cover:
    """The chunks that some spans name, each of them once."""

    def __init__(self, spans: Iterable[ChunkRun]) -> None:
        streams: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for span in spans:
            streams.setdefault((span.file, span.commit), []).append((span.first, span.first + span.chunks))
        self._streams = {stream: _joined(each) for stream, each in streams.items()}

    def outside(self, span: ChunkRun) -> Iterator[ChunkRun]:
        """The parts of a span that are not covered."""
        at = span.first
        for part in self.inside(span):
            if part.first > at:
                yield replace(span, first=at, chunks=part.first - at)
            at = part.first + part.chunks
        if at < span.first + span.chunks:
            yield replace(span, first=at, chunks=span.first + span.chunks - at)

    def inside(self, span: ChunkRun) -> Iterator[ChunkRun]:
        """The parts of a span that are covered."""
        for first, end in self._streams.get((span.file, span.commit), ()):
            low, high = max(first, span.first), min(end, span.first + span.chunks)
            if low < high:
                yield replace(span, first=low, chunks=high - low)


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((first, end))
    return found


class Cutter:
    """Hands out spans a batch at a time; the size may change from one batch to the next."""

    def __init__(self, spans: Sequence[ChunkRun]) -> None:
        self._left = list(spans)[::-1]

    def take(self, size: int) -> list[ChunkRun]:
        """The next ``size`` chunks, or what is left of them; empty at the end."""
        batch: list[ChunkRun] = []
        while self._left and size > 0:
            span = self._left.pop()
            if span.chunks > size:
                self._left.append(replace(span, first=span.first + size, chunks=span.chunks - size))
                span = replace(span, chunks=size)
            batch.append(span)
            size -= span.chunks
        return batch
