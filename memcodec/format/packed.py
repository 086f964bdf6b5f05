"""Small blobs, packed: their heads, padding and checksums are most of them, and no part is read without the rest.

    magic "MCIZ" | CRC32C of what follows, u32 | the blob as one Zstandard frame

What is packed is bounded by what it takes (``RATIO``), for a reader holds what a blob claims against its length.
"""

from __future__ import annotations

import struct

from memcodec.errors import Damaged
from memcodec.format import block, budget
from memcodec.format.blob import SMALL
from memcodec.format.checksum import crc32c

MAGIC = b"MCIZ"
RATIO = 8  #: bytes of a blob that a byte of it, packed, may stand for
_HEAD = struct.Struct("<4sI")


def pack(blob: bytes | memoryview) -> bytes | memoryview:
    """The blob as it is written: packed when it is small and that pays."""
    if len(blob) > SMALL:
        return blob
    frame = block.pack(bytes(blob), SMALL, "a blob")
    packed = _HEAD.pack(MAGIC, crc32c(frame)) + frame
    return packed if len(packed) < len(blob) <= RATIO * len(packed) else blob


def is_packed(data: bytes | memoryview) -> bool:
    """Whether a blob as it stands in a file is packed."""
    return bytes(data[: len(MAGIC)]) == MAGIC


def unpack(data: bytes | memoryview, what: str) -> bytes:
    """The blob that ``pack`` was given. Raises Damaged."""
    if len(data) < _HEAD.size or crc32c(data[_HEAD.size :]) != _HEAD.unpack_from(data)[1]:
        raise Damaged(f"{what}: fails its checksum; `repair()` rebuilds the index from the media")
    return budget.unpack(data[_HEAD.size :], min(SMALL, RATIO * len(data)), what)


def claimed(length: int) -> int:
    """Bytes of the largest blob that so many in a file can be."""
    return max(length, min(SMALL, RATIO * length))
