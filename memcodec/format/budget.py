"""What a file may claim. Files are untrusted: every size in one is held against these limits before memory is taken.

Writers keep to all of them, so none refuses a file that memcodec wrote. Sizes that a file's own bytes bound (a table
of n rows has n rows) need no limit here; what is compressed does: a few bytes may stand for gigabytes. So all that
the structures of one file unpack to is counted in one ``Budget``, each unit once, and the total follows from the
file's size. docs/FORMAT.md, "Limits", is the contract.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import zstandard

from memcodec.errors import Damaged, StorageError

MAX_PAYLOAD = 65_528  #: of a packet: it says its length in 16 bits
MAX_PACKETS = 1 << 32  #: of a stream, parity included: they are numbered in 32 bits
MAX_SHARE = (
    64  #: stream bytes that a byte of the file may stand for: packets that lie in frames barely shrink
)
MAX_CHUNK = 8 << 20  #: bytes of a chunk: writers cut at a million characters
MAX_DOCUMENTS = 256 << 20  #: bytes of a table of documents: 16 of them
MAX_DESCRIPTION = (MAX_DOCUMENTS >> 4) - 2  #: bytes of JSON that describe one document
MAX_TABLE = 64 << 20  #: of a table of commits
MAX_CHANGE = 64 << 20  #: of a change of state
MAX_OPENING = 16 << 20  #: of the parts of an opening

FLOOR, RATIO = 128 << 20, 128  #: what a file of n bytes may unpack to in all: FLOOR + RATIO n
MEMORY = 4 << 30  #: bytes that one file may ask for, unless the user says another number
_OWN = threading.local()
_OBJECT = 64  # bytes of a JSON value in memory, about


_allowed = MEMORY


def allow(memory: int) -> None:
    """Set the bytes that each file may ask for which this process opens from now on."""
    global _allowed
    _allowed = memory


class Budget:
    """What one open file may still unpack to, and how much memory it may ask for at once. For many threads."""

    def __init__(self, size: int, memory: int | None = None) -> None:
        self._left, self.memory = FLOOR + RATIO * size, _allowed if memory is None else memory
        self._lock = threading.Lock()

    def spend(self, count: int, what: str) -> None:
        """Count bytes that something of the file unpacked to. Raises Damaged when that is too much for its size."""
        self.fits(count, what)
        with self._lock:
            if count > self._left:
                raise Damaged(f"{what} unpack to more than a file of this size can hold; run `repair()`")
            self._left -= count

    def hold(self, count: int, what: str) -> None:
        """As ``spend``, for what stays in memory while the file is open."""
        self.spend(count, what)
        self.memory -= count

    def fits(self, count: int, what: str) -> None:
        """Whether so many bytes may be in memory at once. Raises StorageError."""
        if count > self.memory:
            raise StorageError(
                f"{what} take {count:,} bytes of memory and {max(0, self.memory):,} are allowed; "
                "raise `max_memory` if you trust the file"
            )


def unpack(
    frame: bytes | memoryview, limit: int, what: str, spend: Callable[[int], None] = lambda count: None
) -> bytes:
    """One Zstandard frame of at most ``limit`` bytes, made without a dictionary; ``spend`` is told how many there will
    be before there are any. Raises Damaged, and what ``spend`` raises."""
    spend(_size(frame, limit, what))
    return expand(_plain(), frame, limit, what)


def _plain() -> zstandard.ZstdDecompressor:
    """This thread's own: to make one takes longer than most frames do."""
    if not hasattr(_OWN, "zstd"):
        _OWN.zstd = zstandard.ZstdDecompressor()
    zstd: zstandard.ZstdDecompressor = _OWN.zstd
    return zstd


def unpack_json(
    frame: bytes | memoryview, limit: int, what: str, spend: Callable[[int], None] = lambda count: None
) -> bytes:
    """As ``unpack``, of JSON: ``spend`` is also told of the memory that it takes once it is parsed."""
    data = unpack(frame, limit, what, spend)
    spend(_OBJECT * sum(map(data.count, (b"[", b"{", b","))))  # about an object for each value
    return data


def expand(zstd: zstandard.ZstdDecompressor, frame: bytes | memoryview, limit: int, what: str) -> bytes:
    """As ``unpack``, by a decompressor that has a dictionary."""
    try:
        return zstd.decompress(frame, max_output_size=_size(frame, limit, what))
    except (zstandard.ZstdError, MemoryError) as error:
        raise Damaged(f"a {what} does not decompress: {error}") from error


def _size(frame: bytes | memoryview, limit: int, what: str) -> int:
    try:
        size = zstandard.frame_content_size(frame)
    except zstandard.ZstdError as error:
        raise Damaged(f"a {what} does not decompress: {error}") from error
    if not 0 <= size <= limit:
        raise Damaged(f"a {what} claims {size} bytes; at most {limit} are allowed")
    return size


def parse_json(data: bytes | memoryview, what: str) -> Any:
    """JSON of a file. Raises Damaged for what is none."""
    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError, MemoryError) as error:
        raise Damaged(f"{what} cannot be read: {error}") from error
