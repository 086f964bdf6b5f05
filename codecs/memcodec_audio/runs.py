"""Runs of raw frames: bytes that stand in the file as they are, 4,096 at a time, between frame headers.

An address in a run is its first byte's file offset plus a count of its bytes, as if no headers lay between. Addresses
never meet those of the next run, for that lies behind this one's headers too.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from memcodec.storage import Source, reads
from memcodec_audio import flac
from memcodec_audio.flac import RAW

_FIXED = len(flac.raw_head(0, 16)) - 1  # bytes before a raw frame's own, but for its coded number
_CRC = 2
MOST_HEAD = _FIXED + 7 + _CRC  #: bytes between those of two raw frames, at most
_EACH = _FIXED + 1 + RAW + _CRC  # bytes of a raw frame of the shortest number
_LONGER = (1 << 7, 1 << 11, 1 << 16, 1 << 21, 1 << 26)  # numbers from which the coded number is a byte longer


class RawRun(NamedTuple):
    """``blocks`` raw frames from file offset ``start``; ``number`` is the first one's."""

    start: int
    number: int
    blocks: int

    @property
    def address(self) -> int:
        """Of its first byte."""
        return self.start + head_size(self.number)

    @property
    def end(self) -> int:
        """The file offset behind its last frame."""
        return self.start + size(self.number, self.blocks)

    def frames(self, first: int, last: int) -> list[tuple[int, int]]:
        """File offset and length of the run's frames ``first`` to ``last - 1``."""
        lengths = [size(self.number + place, 1) for place in range(first, last)]
        starts = accumulate(lengths, initial=self.start + size(self.number, first))
        return list(zip(starts, lengths, strict=False))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """File offset and length of what is read for its bytes ``start`` to ``end``."""
        first, last = start // RAW, max(start // RAW + 1, -(-end // RAW))
        if last - first == 1:
            return self.start + size(self.number, first) + head_size(
                self.number + first
            ) + start % RAW, end - start
        begin = self.start + size(self.number, first)
        return begin, self.start + size(self.number, last) - begin

    def read(self, source: Source, start: int, end: int) -> memoryview:
        """Its bytes ``start`` to ``end``: a view of the file when they lie in one frame."""
        if start == end:
            return memoryview(b"")
        first, last = start // RAW, -(-end // RAW)
        if last - first <= 1:
            place = self.start + size(self.number, first) + head_size(self.number + first) + start % RAW
            return source.get_bytes(place, end - start)
        frames = reads.each(source, self.frames(first, last))
        parts = [frame[-RAW - _CRC : -_CRC] for frame in frames]
        return memoryview(b"".join(parts))[start - first * RAW : end - first * RAW]


def head_size(number: int) -> int:
    """Bytes before those that a raw frame carries."""
    return _FIXED + 1 + bisect_right(_LONGER, number)


def size(number: int, count: int) -> int:
    """File bytes of ``count`` raw frames from ``number`` on."""
    each = bisect_right(_LONGER, number)
    if each == len(_LONGER) or number + count <= _LONGER[each]:  # as nearly all are
        return count * (_EACH + each)
    longer = sum(max(0, number + count - max(number, limit)) for limit in _LONGER)
    return count * _EACH + longer
