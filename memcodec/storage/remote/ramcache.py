"""Spans of a file that are held in memory: found by bisection, the longest unused dropped first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from memcodec.storage.remote import ranges
from memcodec.storage.remote.ranges import Span

_OVERHEAD = 160  # bytes of memory that a span costs beside its own


class RamCache:
    """At most ``limit`` bytes of a file, and its pinned tail beside them. Not safe for threads: its owner locks."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._starts: list[int] = []  # rising; no span overlaps another
        self._spans: OrderedDict[int, bytes] = OrderedDict()  # the longest unused first
        self._pinned: set[int] = set()
        self.size = 0  # bytes of memory, pinned spans left out

    def pin(self, offset: int, data: bytes) -> None:
        """Hold these bytes for good."""
        if data:
            self._pinned.add(offset)
            insort(self._starts, offset)
            self._spans[offset] = data

    def put(self, offset: int, data: bytes) -> None:
        """Hold these bytes, but for those that are held already."""
        for start, length in self.missing([(offset, len(data))]):
            insort(self._starts, start)
            self._spans[start] = data[start - offset : start - offset + length]
            self.size += length + _OVERHEAD
        self._shrink()

    def missing(self, spans: Iterable[Span]) -> list[Span]:
        """What of ``spans`` (rising, none overlapping) is not held."""
        return [
            gap
            for span in spans
            for gap in ranges.without([span], ((start, len(data)) for start, data in self._over(*span)))
        ]

    def parts(self, spans: Iterable[Span]) -> list[tuple[int, bytes]]:
        """(offset, bytes) of the held spans that overlap ``spans``; they count as used."""
        found = {start: data for span in spans for start, data in self._over(*span)}
        for start in found:
            self._spans.move_to_end(start)
        return list(found.items())

    def _over(self, offset: int, length: int) -> Iterator[tuple[int, bytes]]:
        first = max(0, bisect_right(self._starts, offset) - 1)
        for start in self._starts[first : bisect_left(self._starts, offset + length)]:
            if start + len(self._spans[start]) > offset:
                yield start, self._spans[start]

    def _shrink(self) -> None:
        pinned = []
        while self.size > self._limit:
            start, data = self._spans.popitem(last=False)
            if start in self._pinned:
                pinned.append((start, data))
                continue
            del self._starts[bisect_left(self._starts, start)]
            self.size -= len(data) + _OVERHEAD
        self._spans.update(pinned)
