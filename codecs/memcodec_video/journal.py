"""Groups of a journal in an MP4: each is a ``uuid`` box, which players pass over.

uuid box header (8) | JOURNAL_TYPE (16) | group
"""

from __future__ import annotations

from memcodec.format import journal
from memcodec.media.journal import Carrier
from memcodec_video.mp4 import JOURNAL_TYPE, box

_HEAD = 8 + len(JOURNAL_TYPE)
_KIND = b"uuid" + JOURNAL_TYPE


class BoxCarrier(Carrier):
    """Boxes, which are not numbered."""

    end = journal.END_MAGICS[0]
    ahead = _HEAD + journal.HEADER

    def padded(self, size: int) -> int:
        return size

    def wrap(self, group: bytes | memoryview, number: int) -> bytes:
        return box(b"uuid", JOURNAL_TYPE, group)

    def length(self, data: memoryview, at: int, number: int) -> int:
        size = journal.claimed(data[at + _HEAD : at + self.ahead])
        whole = _HEAD + (size or 0)
        right = data[at : at + _HEAD] == whole.to_bytes(4, "big") + _KIND
        return whole if size is not None and right else 0

    def unwrap(self, data: memoryview, at: int, number: int) -> memoryview:
        return data[at + _HEAD : at + int.from_bytes(data[at : at + 4], "big")]

    def after(self, number: int, size: int) -> int:
        return 0

    def number_at(self, data: memoryview, place: int) -> tuple[int, int] | None:
        return (place - _HEAD, 0) if place >= _HEAD else None


CARRIER = BoxCarrier()
