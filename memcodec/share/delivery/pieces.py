"""The parts in which a file travels to S3, each known by its MD5, which is the part's ETag there."""

from __future__ import annotations

import hashlib

from memcodec.storage import Source
from memcodec.storage.bucket.object import ObjectVersion

PART = 16 << 20  #: bytes of a part; other programs' parts are of other sizes, so their uploads are left alone
_MOST = 9_000  # parts: S3 takes 10,000


def part_size(size: int) -> int:
    """The bytes of a part of a file of ``size`` bytes."""
    return PART * max(1, -(-size // (PART * _MOST)))


class Parts:
    """The first ``size`` bytes of a source, in parts of ``part`` bytes with numbers from 1 on."""

    def __init__(self, source: Source, size: int, part: int) -> None:
        self._source, self._size, self._part = source, size, part
        self.numbers = range(1, max(1, -(-size // part)) + 1)
        self._md5 = [_md5(self.piece(number)) for number in self.numbers]

    def length(self, number: int) -> int:
        """The bytes of a part."""
        return min(self._part, self._size - (number - 1) * self._part)

    def piece(self, number: int) -> memoryview:
        """A part's bytes."""
        return self._source.get_bytes((number - 1) * self._part, self.length(number))

    def is_right(self, number: int, etag: str) -> bool:
        """Whether a part that is there is the file's."""
        return number in self.numbers and etag.strip('"') == self._md5[number - 1].hex()

    def are(self, found: ObjectVersion | None) -> bool:
        """Whether an object has the file's size, and the ETag that says that each part has its MD5."""
        etag = f"{_md5(b''.join(self._md5)).hex()}-{len(self._md5)}"
        return found is not None and found.size == self._size and found.etag.strip('"') == etag


def _md5(data: bytes | memoryview) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
