"""A sealed blob: the head of a blob, and each of its units, sealed alone, so that any of them opens without the others.

    0   4  magic "MCIS"
    4   1  version, 1
    5   1  0: a blob; 1: a packed one (packed.py), all of it in the place of the head
    6   2  zero
    8   4  name of the key
    12  4  H, bytes of the sealed head
    16  4  CRC32C of the whole sealed blob, this field taken as zero: for who checks it without a key
    20  12 salt
    32  H  the head, sealed as number 0
    ..     the units, in the order of the sections, unit i sealed as number i + 1; none of those without bytes

Nothing stands between the units, so what the sections are is not told. All is sealed for the blob's place in the
file, 8 bytes of offset and 8 of length: a blob that was put elsewhere does not open.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from memcodec.errors import Damaged
from memcodec.format import packed
from memcodec.format.blob import MAX_HEAD, SMALL, Blob, BlobSection, in_memory
from memcodec.format.budget import Budget
from memcodec.format.checksum import crc32c
from memcodec.format.cipher import BLOB_SALT, INDEX, NAME, TAG, Cipher, Key, Keys
from memcodec.model import Extent

MAGIC, VERSION = b"MCIS", 1
_OUTER = struct.Struct(f"<4sBBH{NAME}sII{BLOB_SALT}s")
OUTER = _OUTER.size
_CRC_AT = 16
_PLACE = struct.Struct("<QQ")
_CHECKED = 1 << 20  # bytes that are summed at once


def is_sealed(data: bytes | memoryview) -> bool:
    """Whether a blob as it stands in a file is sealed."""
    return bytes(data[: len(MAGIC)]) == MAGIC


class _Outer(NamedTuple):
    packed: int
    key: bytes
    head: int
    crc: int
    salt: bytes


def _outer(data: bytes | memoryview, what: str) -> _Outer:
    if len(data) < OUTER:
        raise Damaged(f"{what} is cut short; run `repair()`")
    magic, version, is_packed, zero, key, head, crc, salt = _OUTER.unpack_from(data)
    if (magic, version, zero) != (MAGIC, VERSION, 0) or is_packed > 1 or not TAG <= head <= MAX_HEAD:
        raise Damaged(f"{what}: its head is missing; `repair()` rebuilds the index from the media")
    return _Outer(is_packed, key, head, crc, salt)


def _around(size: int) -> int:
    """Bytes that a unit takes when it is sealed."""
    return size + TAG if size else 0


def _units(blob: Blob) -> Iterator[tuple[str, BlobSection, int]]:
    """Every unit: its section, and its number there."""
    for name in blob.names():
        section = blob.section(name)
        for number in range(section.number):
            yield name, section, number


def seal(data: bytes | memoryview, key: Key, place: Callable[[int], Extent]) -> bytes:
    """A blob, packed or not, as it stands in a sealed file. ``place`` tells where so many bytes will stand."""
    blob = None if packed.is_packed(data) else in_memory(data, "a blob")
    head = bytes(data) if blob is None else bytes(data[: blob.head])
    sizes = [] if blob is None else [size for _, section in blob.sections() for size in _sizes(section)]
    length = OUTER + len(head) + TAG + sum(map(_around, sizes))
    extent, salt = place(length), os.urandom(BLOB_SALT)
    if extent.length != length:
        raise ValueError("a place of another length")
    cipher, about = key.cipher(INDEX, salt), _PLACE.pack(*extent)
    made = bytearray(_OUTER.pack(MAGIC, VERSION, blob is None, 0, key.name, len(head) + TAG, 0, salt))
    made += cipher.seal(0, head, about)
    if blob is not None:
        for at, (name, section, number) in enumerate(_units(blob), 1):
            start, end = section.bounds(number)
            if end > start:
                made += cipher.seal(at, blob.read(name, start, end - start), about)
    struct.pack_into("<I", made, _CRC_AT, crc32c(made))
    return bytes(made)


def _sizes(section: BlobSection) -> list[int]:
    return [end - start for start, end in map(section.bounds, range(section.number))]


def opened(
    read: Callable[[int, int], memoryview],
    what: str,
    extent: Extent,
    keys: Keys,
    budget: Budget | None = None,
) -> Blob:
    """The blob at a place in a file. A small one, or one that is packed, is opened as a whole. Raises Damaged, Forged,
    and Sealed when its key is not known."""
    outer = _outer(read(0, OUTER), what)
    if OUTER + outer.head > extent.length:
        raise Damaged(f"{what} is cut short; run `repair()`")
    cipher, about = keys.key(outer.key).cipher(INDEX, outer.salt), _PLACE.pack(*extent)
    head = cipher.open(0, read(OUTER, outer.head), about, f"the head of {what}")
    if outer.packed:
        if OUTER + outer.head != extent.length:
            raise Damaged(f"{what}: its length is another one; `repair()` rebuilds the index from the media")
        return in_memory(packed.unpack(head, what), what, budget)
    found = SealedBlob(read, what, extent, head, cipher, budget)
    if extent.length <= SMALL:
        with contextlib.suppress(Damaged):  # of one that is damaged the other units open
            return in_memory(found.whole(), what, budget)
    return found


class _Laid(NamedTuple):
    """Where the units of a section stand: from ``begin`` on. ``filled``: of each and all before it, how many have
    bytes; None where all have."""

    section: BlobSection
    begin: int
    filled: list[int] | None

    def start(self, number: int) -> int:
        """Where a unit begins, or the last one ends."""
        if not number:
            return self.begin
        filled = number if self.filled is None else self.filled[number - 1]
        return self.begin + self.section.bounds(number - 1)[1] + TAG * filled


def _filled(section: BlobSection) -> list[int] | None:
    if section.ends is None:
        return None
    filled = np.diff(np.array(section.ends, np.int64), prepend=0) > 0
    return None if filled.all() else np.cumsum(filled).tolist()


class SealedBlob(Blob):
    """A blob whose units are opened as they are read."""

    def __init__(
        self,
        read: Callable[[int, int], memoryview],
        what: str,
        extent: Extent,
        head: bytes,
        cipher: Cipher,
        budget: Budget | None,
    ) -> None:
        plain = memoryview(head)
        super().__init__(lambda at, length: plain[at : at + length], what, None, extent, budget)
        if len(head) != self.head:
            raise self._damaged("its head does not add up")
        self._sealed, self._cipher, self._about = read, cipher, _PLACE.pack(*extent)
        self._laid: dict[str, _Laid] = {}
        end = OUTER + len(head) + TAG
        for name, section in self.sections():
            self._laid[name] = laid = _Laid(section, end, _filled(section))
            end = laid.start(section.number)
        if end != extent.length:
            raise self._damaged("its length is another one")

    def _stands(self, name: str, section: BlobSection, first: int, last: int) -> tuple[int, int]:
        laid = self._laid[name]
        start = laid.start(first)
        return start, laid.start(last + 1) - start

    def _fetched(self, name: str, section: BlobSection, first: int, last: int) -> memoryview:
        start, length = self._stands(name, section, first, last)
        data, laid = self._sealed(start, length), self._laid[name]
        found, high = list[bytes](), 0
        for number in range(first, last + 1):
            low, high = high, laid.start(number + 1) - start
            if high > low:
                what = f"unit {number} of section {name!r} of {self.what}"
                found.append(self._cipher.open(section.first + number + 1, data[low:high], self._about, what))
        return memoryview(found[0] if len(found) == 1 else b"".join(found))

    def unchecked(self, name: str) -> memoryview:
        """A section with zero bytes for each unit that is not right: that does not open at all."""
        section = self.section(name)
        made = bytearray(section.length)
        for number in range(section.number):
            low, high = section.bounds(number)
            if high > low:
                with contextlib.suppress(Damaged):
                    made[low:high] = self._proven(name, section, number, number)
        return memoryview(bytes(made))

    def hot(self) -> list[tuple[int, memoryview]]:
        parts = [(0, self._sealed(0, OUTER + self.head + TAG))]
        for name, section in self.sections():
            if section.hot and section.length:
                start, length = self._stands(name, section, 0, section.number - 1)
                parts.append((start, self._sealed(start, length)))
        return parts

    def whole(self) -> memoryview:
        made = bytearray(self.length)
        made[: self.head] = self._read(0, self.head)
        for name, section in self.sections():
            if section.length:
                at = self.head + section.offset
                made[at : at + section.length] = self.read(name)
        return memoryview(bytes(made))

    def check(self) -> None:
        for name, section in self.sections():
            for first, last in self._runs(section):
                self._proven(name, section, first, last)


def is_intact(read: Callable[[int, int], memoryview], length: int) -> bool:
    """Whether a sealed blob of so many bytes agrees with its checksum. Needs no key."""
    try:
        outer = _outer(read(0, OUTER), "a blob")
    except Damaged:
        return False
    head = bytearray(read(0, OUTER))
    struct.pack_into("<I", head, _CRC_AT, 0)
    found = crc32c(head)
    for at in range(OUTER, length, _CHECKED):
        found = crc32c(read(at, min(_CHECKED, length - at)), found)
    return found == outer.crc
