"""Groups of a journal in an MP4: each is a ``uuid`` box, which players pass over.

uuid box header (8) | JOURNAL_TYPE (16) | group
"""

from __future__ import annotations

import struct

from memcodec.format import journal
from memcodec.media.journal import Carrier
from memcodec_video.mp4 import JOURNAL_TYPE

_HEAD = 8 + len(JOURNAL_TYPE)
_KIND = b"uuid" + JOURNAL_TYPE
_BEGIN, _SIZE = struct.Struct(f">I{len(_KIND)}s"), struct.Struct(">I")


class BoxCarrier(Carrier):
    """Boxes, which are not numbered."""

    end = journal.END_MAGICS[0]
    ahead = _HEAD + journal.HEADER

    def padded(self, size: int) -> int:
        return size

    def wrap(self, group: bytes | memoryview, number: int) -> bytes:
        return b"".join(((_HEAD + len(group)).to_bytes(4, "big"), _KIND, group))

    def length(self, data: memoryview, at: int, number: int) -> int:
        size = journal.claimed(data, at + _HEAD)
        if size is None or _BEGIN.unpack_from(data, at) != (_HEAD + size, _KIND):
            return 0
        return _HEAD + size

    def unwrap(self, data: memoryview, at: int, number: int) -> memoryview:
        return data[at + _HEAD : at + _SIZE.unpack_from(data, at)[0]]

    def after(self, number: int, size: int) -> int:
        return 0

    def number_at(self, data: memoryview, place: int) -> tuple[int, int] | None:
        return (place - _HEAD, 0) if place >= _HEAD else None


CARRIER = BoxCarrier()
