"""A blob: named, aligned sections of raw bytes behind one checked head. Every index segment is one blob.

The head holds the directory and a CRC32C for each 4 KiB page of what follows, so a reader may fetch any span of any
section alone and still know that it is right. Layout (little-endian; docs/FORMAT.md, "Index blobs"):

    0   magic "MCIX" | version u16 | sections u16 | kind 16 bytes | length u64 | pages u32 | head u32 | crc u32 | zero
    64  directory, 32 bytes a section: name 16 bytes | offset u64 | length u64
    ..  page checksums, u32 each; zero padding to ``head``, a multiple of 64; then the pages
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged, NewerFormat
from memcodec.format.checksum import crc32c

MAGIC, VERSION = b"MCIX", 1
PAGE, ALIGN = 4096, 64
HEAD = struct.Struct("<4sHH16sQIII20x")
ENTRY = struct.Struct("<16sQQ")
_CRC_AT = 40  # of the head's own checksum, taken as zero while summing
SMALL = 16 << 10  # a blob up to this size is fetched whole
MAX_HEAD = 64 << 20  # a head of this size describes 64 GiB of pages: larger ones are damage


def _aligned(size: int) -> int:
    return -(-size // ALIGN) * ALIGN


class BlobWriter:
    """Collects sections, then lays them out."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._sections: dict[str, bytes | bytearray | memoryview] = {}

    def add(self, name: str, data: bytes | bytearray | memoryview | npt.NDArray[np.generic]) -> None:
        """Add a section. Names are up to 15 ASCII characters, each used once."""
        assert name not in self._sections and len(name) < 16
        if isinstance(data, np.ndarray):
            data = np.ascontiguousarray(data, data.dtype.newbyteorder("<")).reshape(-1).view(np.uint8).data
        self._sections[name] = data

    def to_bytes(self) -> bytes:
        """The whole blob. The writer is empty after this."""
        entries, end = [], 0
        for name, size in [(name, len(data)) for name, data in self._sections.items()]:
            entries.append((name.encode("ascii"), end, size))
            end += _aligned(size)
        pages = -(-end // PAGE)
        head = _aligned(HEAD.size + ENTRY.size * len(entries) + 4 * pages)
        blob = bytearray(head + end)
        for (_, offset, size), name in zip(entries, list(self._sections), strict=True):
            # Sections may be large: each is let go as soon as it is copied.
            blob[head + offset : head + offset + size] = self._sections.pop(name)
        kind = self._kind.encode("ascii")
        HEAD.pack_into(blob, 0, MAGIC, VERSION, len(entries), kind, len(blob), pages, head, 0)
        table = HEAD.size + ENTRY.size * len(entries)
        for index, entry in enumerate(entries):
            ENTRY.pack_into(blob, HEAD.size + ENTRY.size * index, *entry)
        checks = [crc32c(blob[at : at + PAGE]) for at in range(head, len(blob), PAGE)]
        struct.pack_into(f"<{pages}I", blob, table, *checks)
        struct.pack_into("<I", blob, _CRC_AT, crc32c(blob[:head]))
        return bytes(blob)


def _held(data: memoryview) -> Callable[[int, int], memoryview]:
    return lambda offset, length: data[offset : offset + length]


class Blob:
    """Reads spans of sections, checking each page the first time it is touched.

    ``read(offset, length)`` returns bytes of the blob; ``what`` names it in errors; with its ``length``, if known, a
    small blob takes one read in all. Raises Damaged when the head or a page is not what was written.
    """

    def __init__(self, read: Callable[[int, int], memoryview], what: str, length: int | None = None) -> None:
        if length is not None and HEAD.size <= length <= SMALL:
            read = _held(read(0, length))
        self._read, self._what = read, what
        magic, version, sections, kind, length, pages, self._head, crc = HEAD.unpack(read(0, HEAD.size))
        if magic != MAGIC:
            raise self._damaged("its head is missing")
        if version != VERSION:
            raise NewerFormat(
                f"{what}: index version {version}; this release reads {VERSION}: update memcodec"
            )
        table = HEAD.size + ENTRY.size * sections
        if (
            not table + 4 * pages <= self._head <= MAX_HEAD
            or self._head > length
            or length - self._head > pages * PAGE
        ):
            raise self._damaged("its head does not add up")
        head = bytearray(read(0, self._head))
        struct.pack_into("<I", head, _CRC_AT, 0)
        if crc32c(head) != crc:
            raise self._damaged("its head fails its checksum")
        self.kind = kind.rstrip(b"\0").decode("ascii", "replace")
        self.length: int = length
        self._sections: dict[str, tuple[int, int]] = {}
        for index in range(sections):
            name, offset, size = ENTRY.unpack_from(head, HEAD.size + ENTRY.size * index)
            if offset + size > length - self._head:
                raise self._damaged("a section lies outside it")
            self._sections[name.rstrip(b"\0").decode("ascii", "replace")] = (offset, size)
        self._pages = np.frombuffer(head, "<u4", pages, table)
        self._checked = bytearray(pages)

    def _damaged(self, why: str) -> Damaged:
        return Damaged(f"{self._what}: {why}; `memcodec repair` rebuilds the index from the media")

    def names(self) -> tuple[str, ...]:
        """The sections, in file order."""
        return tuple(self._sections)

    def size(self, name: str) -> int:
        """Bytes in a section. Raises Damaged when the blob lacks it."""
        return self._section(name)[1]

    def _section(self, name: str) -> tuple[int, int]:
        try:
            return self._sections[name]
        except KeyError:
            raise self._damaged(f"it has no section {name!r}") from None

    def read(self, name: str, start: int = 0, length: int | None = None) -> memoryview:
        """``length`` bytes of a section from ``start`` (to its end by default), proven right. No copy when local."""
        offset, size = self._section(name)
        length = size - start if length is None else length
        if start < 0 or length < 0 or start + length > size:
            raise self._damaged(f"section {name!r} has no bytes {start}+{length}")
        if not length:
            return memoryview(b"")
        at = offset + start
        first, last = at // PAGE, (at + length - 1) // PAGE
        if self._checked.find(0, first, last + 1) < 0:
            return self._read(self._head + at, length)
        begin, end = first * PAGE, min((last + 1) * PAGE, self.length - self._head)
        pages = self._read(self._head + begin, end - begin)
        for page in range(first, last + 1):
            low = page * PAGE - begin
            if crc32c(pages[low : low + PAGE]) != self._pages[page]:
                raise self._damaged(f"page {page} of section {name!r} fails its checksum")
        self._checked[first : last + 1] = bytes([1]) * (last + 1 - first)
        return pages[at - begin : at - begin + length]

    def whole(self) -> memoryview:
        """The blob itself, every page of it proven right."""
        for name in self._sections:
            self.read(name)
        return self._read(0, self.length)

    def array(self, name: str, dtype: npt.DTypeLike) -> npt.NDArray[np.generic]:
        """A whole section as a one-dimensional array of little-endian ``dtype``."""
        kind = np.dtype(dtype).newbyteorder("<")
        if self.size(name) % kind.itemsize:
            raise self._damaged(f"section {name!r} is not made of {kind}")
        return np.frombuffer(self.read(name), kind)
