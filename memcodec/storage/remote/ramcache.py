"""Spans of a file that are held in memory: found by bisection, the longest unused dropped first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from contextlib import suppress

from cachetools import Cache, LRUCache

from memcodec.storage.remote import ranges
from memcodec.storage.remote.ranges import Span

_OVERHEAD = 160  # bytes of memory that a span costs beside its own


class RamCache(LRUCache[int, bytes]):
    """At most ``limit`` bytes of a file by their offsets, and its last ones for good. Not safe for threads."""

    def __init__(self, limit: int, offset: int = 0, tail: bytes = b"") -> None:
        super().__init__(limit, lambda data: len(data) + _OVERHEAD)
        self._starts: list[int] = []  # rising; no span overlaps another
        self._tail = offset, tail

    def __delitem__(self, start: int) -> None:
        super().__delitem__(start)
        del self._starts[bisect_left(self._starts, start)]

    def put(self, offset: int, data: bytes) -> None:
        """Hold these bytes, but for those that are held already."""
        for start, length in self.find([(offset, len(data))])[1]:
            with suppress(ValueError):  # more than there is room for
                self[start] = data[start - offset : start - offset + length]
                insort(self._starts, start)

    def find(self, spans: Sequence[Span]) -> tuple[list[tuple[int, bytes]], list[Span]]:
        """(offset, bytes) of the held spans that overlap ``spans`` (rising, none overlapping), and what is not held."""
        found = {
            start: data for span in spans for start, data in self._over(*span)
        }  # some overlap two of them
        return list(found.items()), ranges.without(spans, [(start, len(found[start])) for start in found])

    def _over(self, offset: int, length: int) -> Iterator[tuple[int, bytes]]:
        first, end = max(0, bisect_right(self._starts, offset) - 1), offset + length
        for start in self._starts[first : bisect_left(self._starts, end)]:
            if start + len(Cache.__getitem__(self, start)) > offset:  # only to look does not make it used
                yield start, self[start]
        if self._tail[1] and self._tail[0] < end:
            yield self._tail
