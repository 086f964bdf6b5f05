"""A blob: named, aligned sections of raw bytes behind one checked head. Every index segment is one blob.

A section is made of units: the groups of a table, the lists of a dictionary, or else pages of 4 KiB. The head holds the
directory and a CRC32C for each unit, so a reader may fetch any unit of any section alone and still know that it is
right. Units of a sealed section carry their own checksum, so that the head stays short where they are many. Layout
(little-endian; docs/FORMAT.md, "Index blobs"):

    0   magic "MCIX" | version u16 | sections u16 | kind 16 bytes | length u64 | units u32 | head u32 | crc u32 | zero
    64  directory, 44 bytes a section: name 16 bytes | offset u64 | length u64 | units u32 | unit u32 | flags u32
    ..  unit checksums, u32 each, but those of sealed sections; the units' lengths, u32 each, of sections whose ``unit``
        is 0; zero padding to ``head``, a multiple of 64; then the sections
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeVar
from weakref import WeakMethod

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged, NewerFormat, OlderFormat
from memcodec.format.budget import Budget
from memcodec.format.checksum import crc32c
from memcodec.model import BlobSpan, Extent

T = TypeVar("T")
MAGIC, VERSION = b"MCIX", 2
PAGE, ALIGN = 4096, 64
HEAD = struct.Struct("<4sHH16sQIII20x")
ENTRY = struct.Struct("<16sQQIII")
HOT = 1  # flag of a section that any search needs at once: it is copied into the commit's opening
SEALED = 2  # flag of a section whose units end in their own checksums
SEAL = 4  #: bytes of such a checksum
_CRC_AT = 40  # of the head's own checksum, taken as zero while summing
SMALL = 16 << 10  # a blob up to this size is fetched whole
MAX_HEAD = 64 << 20  # a head of this size describes 64 GiB of pages: larger ones are damage
_TOGETHER = 1 << 20  # bytes of units that are checked at once


def _aligned(size: int) -> int:
    return -(-size // ALIGN) * ALIGN


def seal(number: int, data: bytes | bytearray | memoryview) -> bytes:
    """The checksum at the end of a unit of a sealed section: of its number and of what is before it."""
    return struct.pack("<I", crc32c(data, crc32c(struct.pack("<I", number))))


class _Added(NamedTuple):
    data: bytes | bytearray | memoryview
    units: Sequence[int] | None
    flags: int

    @property
    def number(self) -> int:
        """How many units it has."""
        return -(-len(self.data) // PAGE) if self.units is None else len(self.units)


class BlobWriter:
    """Collects sections, then lays them out."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._sections: dict[str, _Added] = {}

    def add(
        self,
        name: str,
        data: bytes | bytearray | memoryview | npt.NDArray[np.generic],
        units: Sequence[int] | None = None,
        *,
        hot: bool = False,
        sealed: bool = False,
    ) -> None:
        """Add a section, made of units of these lengths, or of pages. Names: up to 15 ASCII characters, used once.

        ``hot``: every search needs all of it, so that it is worth bringing along when the file is opened from afar.
        ``sealed``: the units, whose lengths are given, end in their seals.
        """
        assert name not in self._sections and len(name) < 16
        if isinstance(data, np.ndarray):
            data = np.ascontiguousarray(data, data.dtype.newbyteorder("<")).reshape(-1).view(np.uint8).data
        assert units is None or sum(units) == len(data)
        self._sections[name] = _Added(data, units, HOT * hot + SEALED * sealed)

    def copy(self, blob: Blob, name: str, data: bytes | memoryview | None = None) -> None:
        """Add a section of another blob as it is there; ``data``: other bytes in its place, in pages."""
        section = blob.section(name)
        if data is None:
            self.add(name, blob.read(name), section.sizes, hot=section.hot, sealed=section.sealed)
        else:
            self.add(name, data, hot=section.hot)

    def to_bytes(self) -> bytes:
        """The whole blob. The writer is empty after this."""
        directory, lengths, end, checked = bytearray(), list[int](), 0, 0
        for name, each in self._sections.items():
            unit = PAGE if each.units is None else 0
            directory += ENTRY.pack(name.encode("ascii"), end, len(each.data), each.number, unit, each.flags)
            lengths += each.units or ()
            end += _aligned(len(each.data))
            checked += 0 if each.flags & SEALED else each.number
        head = _aligned(HEAD.size + len(directory) + 4 * (checked + len(lengths)))
        blob = bytearray(head + end)
        checks, at = list[int](), head
        for name in list(self._sections):
            data, sizes, flags = self._sections.pop(
                name
            )  # may be large: each is let go as soon as it is copied
            blob[at : at + len(data)] = data
            if not flags & SEALED:
                checks += _checks(memoryview(blob)[at : at + len(data)], sizes)
            at += _aligned(len(data))
        table = directory + struct.pack(f"<{checked + len(lengths)}I", *checks, *lengths)
        blob[HEAD.size : HEAD.size + len(table)] = table
        sections, kind = len(directory) // ENTRY.size, self._kind.encode("ascii")
        HEAD.pack_into(blob, 0, MAGIC, VERSION, sections, kind, len(blob), checked, head, 0)
        struct.pack_into("<I", blob, _CRC_AT, crc32c(blob[:head]))
        return bytes(blob)


def _checks(data: memoryview, sizes: Sequence[int] | None) -> list[int]:
    if sizes is None:
        return [crc32c(data[at : at + PAGE]) for at in range(0, len(data), PAGE)]
    return [crc32c(data[end - size : end]) for size, end in zip(sizes, accumulate(sizes), strict=True)]


def kept(size: int, read: Callable[[int], T]) -> Callable[[int], T]:
    """``read``, a method that reads a unit, with the last ``size`` results kept.

    The cache does not hold the method's object, which holds the cache: in a circle both would keep a closed file's
    map until garbage is collected.
    """
    method = WeakMethod(read)

    def call(number: int) -> T:
        found = method()
        assert found is not None  # its object is what asks
        return found(number)

    return lru_cache(size)(call)


def _held(data: memoryview) -> Callable[[int, int], memoryview]:
    return lambda offset, length: data[offset : offset + length]


class BlobSection(NamedTuple):
    """A section's place in the body, and the units it is made of: those of the blob from number ``first`` on.

    They are ``unit`` bytes each, the last one maybe shorter; or they end at ``ends``. Their checksums are those of the
    head from number ``check`` on, or None: they are sealed.
    """

    offset: int
    length: int
    first: int
    number: int
    unit: int
    ends: list[int] | None
    hot: bool
    check: int | None

    @property
    def sealed(self) -> bool:
        """Whether its units end in their seals."""
        return self.check is None

    def bounds(self, number: int) -> tuple[int, int]:
        """Start and end of a unit in the section."""
        if self.ends is None:
            return number * self.unit, min((number + 1) * self.unit, self.length)
        return self.ends[number - 1] if number else 0, self.ends[number]

    @property
    def sizes(self) -> list[int] | None:
        """Its units' lengths; None for pages."""
        return None if self.ends is None else [b - a for a, b in pairwise([0, *self.ends])]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The first and last unit of the section's bytes from ``start`` to ``end``."""
        if self.ends is None:
            return start // self.unit, (end - 1) // self.unit
        return bisect_right(self.ends, start), bisect_right(self.ends, end - 1)


class Blob:
    """Reads spans of sections, each unit held against its checksum whenever it comes out of the file.

    ``read(offset, length)`` returns bytes of the blob; ``what`` names it in errors; with its ``length``, if known, a
    small blob takes one read in all. ``budget`` is that of the file. Raises Damaged when the head or a unit is not what
    was written.
    """

    def __init__(
        self,
        read: Callable[[int, int], memoryview],
        what: str,
        length: int | None = None,
        extent: Extent | None = None,
        budget: Budget | None = None,
    ) -> None:
        given, held = length, length is not None and HEAD.size <= length <= SMALL
        if held and length is not None:
            read = _held(memoryview(bytes(read(0, length))))
        self._read, self.what, self.extent = read, what, extent
        self.budget = budget or Budget(length or 0)
        magic, version, sections, kind, length, units, self._head, crc = HEAD.unpack(read(0, HEAD.size))
        if magic != MAGIC:
            raise self._damaged("its head is missing")
        if version > VERSION:
            raise NewerFormat(
                f"{what}: index version {version}; this release reads {VERSION}: update memcodec"
            )
        if version < VERSION:
            raise OlderFormat(
                f"{what}: made before the first release (index version {version}); encode its sources again"
            )
        self._table = HEAD.size + ENTRY.size * sections
        if given not in (None, length):
            raise self._damaged("its length is another one")
        if not self._table + 4 * units <= self._head <= min(MAX_HEAD, length):
            raise self._damaged("its head does not add up")
        self.budget.fits(8 * self._head, "the heads of its index")
        head = bytearray(read(0, self._head))
        struct.pack_into("<I", head, _CRC_AT, 0)
        if crc32c(head) != crc:
            raise self._damaged("its head fails its checksum")
        self.kind = kind.rstrip(b"\0").decode("ascii", "replace")
        self.length: int = length
        self._units = np.frombuffer(head, "<u4", units, self._table)
        # What was proven once stays so where its bytes are held. A file may be overwritten while it is read.
        self._sections = self._listed(head, sections)
        count = sum(section.number for section in self._sections.values())
        self._checked = bytearray(count) if held else None
        self._spent = bytearray(count)

    def _damaged(self, why: str) -> Damaged:
        return Damaged(f"{self.what}: {why}; `repair()` rebuilds the index from the media")

    def _listed(self, head: bytearray, sections: int) -> dict[str, BlobSection]:
        body, number, check = self.length - self._head, 0, 0
        at = self._table + 4 * len(self._units)
        found: dict[str, BlobSection] = {}
        for index in range(sections):
            name, offset, size, count, unit, flags = ENTRY.unpack_from(head, HEAD.size + ENTRY.size * index)
            key = name.rstrip(b"\0").decode("ascii", "replace")
            # no name that a writer gives one
            if not name.isascii() or not name.endswith(b"\0") or key in found:
                raise self._damaged("a section does not add up")
            ends: list[int] | None = None
            if not unit:
                if at + 4 * count > self._head:
                    raise self._damaged("its head does not add up")
                ends = np.cumsum(np.frombuffer(head, "<u4", count, at), dtype=np.int64).tolist()
                at += 4 * count
            if ends is None and count * unit > size + unit:
                raise self._damaged("a section does not add up")
            covered = ends[-1] if ends else 0 if ends is not None else size
            if offset + size > body or covered != size or (unit and count != -(-size // unit)):
                raise self._damaged("a section does not add up")
            sealed = bool(flags & SEALED)
            if sealed and (ends is None or min(np.diff(ends, prepend=0), default=SEAL) < SEAL):
                raise self._damaged("a section does not add up")
            made = BlobSection(
                offset, size, number, count, unit, ends, bool(flags & HOT), None if sealed else check
            )
            found[key] = made
            number += count
            check += 0 if sealed else count
        if check != len(self._units):
            raise self._damaged("its units do not add up")
        return found

    @property
    def head(self) -> int:
        """Bytes before its sections."""
        return int(self._head)

    def sections(self) -> Iterator[tuple[str, BlobSection]]:
        """The sections with their names, in file order."""
        yield from self._sections.items()

    def names(self) -> tuple[str, ...]:
        """The sections, in file order."""
        return tuple(self._sections)

    def size(self, name: str) -> int:
        """Bytes in a section. Raises Damaged when the blob lacks it."""
        return self.section(name).length

    def section(self, name: str) -> BlobSection:
        """Where a section lies. Raises Damaged when the blob lacks it."""
        try:
            return self._sections[name]
        except KeyError:
            raise self._damaged(f"it has no section {name!r}") from None

    # Units

    def _with_unit(self, name: str, number: int) -> BlobSection:
        section = self.section(name)
        if not 0 <= number < section.number:
            raise self._damaged(f"section {name!r} has no unit {number}")
        return section

    def units(self, name: str) -> int:
        """How many units a section has."""
        return self.section(name).number

    def unit_span(self, name: str, number: int) -> tuple[int, int]:
        """Start and length of a unit in its section, its seal left out."""
        section = self._with_unit(name, number)
        start, end = section.bounds(number)
        return start, end - start - (SEAL if section.sealed else 0)

    def unit(self, name: str, number: int) -> memoryview:
        """A unit of a section, checked."""
        return self.read(name, *self.unit_span(name, number))

    # Bytes

    def unchecked(self, name: str) -> memoryview:
        """A section as it stands, right or not: for who can tell what of it is."""
        section = self.section(name)
        return self._read(self._head + section.offset, section.length)

    def read(self, name: str, start: int = 0, length: int | None = None) -> memoryview:
        """``length`` bytes of a section from ``start`` (to its end by default), checked. No copy when local."""
        section = self.section(name)
        length = section.length - start if length is None else length
        if start < 0 or length < 0 or start + length > section.length:
            raise self._damaged(f"section {name!r} has no bytes {start}+{length}")
        if not length:
            return memoryview(b"")
        first, last = section.around(start, start + length)
        if (
            self._checked is not None
            and self._checked.find(0, section.first + first, section.first + last + 1) < 0
        ):
            return self._read(self._head + section.offset + start, length)
        return self._proven(name, section, first, last)[start - section.bounds(first)[0] :][:length]

    def _proven(self, name: str, section: BlobSection, first: int, last: int) -> memoryview:
        """Units ``first`` to ``last``, each held against its checksum."""
        begin = section.bounds(first)[0]
        data = self._fetched(name, section, first, last)
        for number in range(first, last + 1):
            low, high = section.bounds(number)
            if not self._is_right(section, number, data[low - begin : high - begin]):
                raise self._damaged(f"unit {number} of section {name!r} fails its checksum")
        if self._checked is not None:
            self._checked[section.first + first : section.first + last + 1] = bytes([1]) * (last + 1 - first)
        return data

    def _fetched(self, name: str, section: BlobSection, first: int, last: int) -> memoryview:
        """Units ``first`` to ``last`` as they stand there."""
        begin, end = section.bounds(first)[0], section.bounds(last)[1]
        return self._read(self._head + section.offset + begin, end - begin)

    def _is_right(self, section: BlobSection, number: int, unit: memoryview) -> bool:
        if section.check is None:
            return unit[-SEAL:] == seal(number, unit[:-SEAL])
        return bool(crc32c(unit) == self._units[section.check + number])

    @contextmanager
    def spending(self, name: str, number: int, what: str) -> Iterator[Callable[[int], None]]:
        """What charges the file's budget with what a unit unpacks to: nothing when the unit was read before."""
        place = self._with_unit(name, number).first + number
        yield (lambda count: None) if self._spent[place] else partial(self.budget.spend, what=what)
        self._spent[place] = 1

    def span(self, name: str, start: int = 0, length: int | None = None) -> list[BlobSpan]:
        """What is fetched to read these bytes of a section: for ``MediaReader.prefetch``. Empty when it is nothing."""
        section = self.section(name)
        length = section.length - start if length is None else length
        if self.extent is None or length <= 0 or start < 0 or start + length > section.length:
            return []
        first, last = section.around(start, start + length)
        return [BlobSpan(self.extent, *self._stands(name, section, first, last))]

    def _stands(self, name: str, section: BlobSection, first: int, last: int) -> tuple[int, int]:
        """Where in the blob units ``first`` to ``last`` stand, and how long they are there."""
        begin, end = section.bounds(first)[0], section.bounds(last)[1]
        return self._head + section.offset + begin, end - begin

    def unit_spans(self, name: str, first: int, last: int) -> list[BlobSpan]:
        """As ``span``, of the units ``first`` to ``last - 1``."""
        if first >= last:
            return []
        section = self.section(name)
        start, end = section.bounds(first)[0], section.bounds(last - 1)[1]
        return self.span(name, start, end - start)

    def hot(self) -> list[tuple[int, memoryview]]:
        """The parts that any search needs, by their start in the blob: its head, and the sections written as hot."""
        parts = [(0, self._read(0, self._head))]
        for name, section in self._sections.items():
            if section.hot and section.length:
                parts.append((self._head + section.offset, self.read(name)))
        return parts

    def whole(self) -> memoryview:
        """The blob itself, every unit of it checked, and what lies between sections zero."""
        return _whole(self, self._read(0, self.length))

    def check(self) -> None:
        """As ``whole``, but holds none of it."""
        end = 0
        for name, section in self._sections.items():
            if section.offset < end or any(self._read(self._head + end, section.offset - end)):
                raise self._damaged("it is not zero between its sections")
            for first, last in self._runs(section):
                self._proven(name, section, first, last)
            end = section.offset + section.length
        if any(self._read(self._head + end, self.length - self._head - end)):
            raise self._damaged("it is not zero between its sections")

    def _runs(self, section: BlobSection) -> Iterator[tuple[int, int]]:
        """All units, the first and the last of some that are read together."""
        first = 0
        for number in range(section.number):
            last = number + 1 == section.number
            if last or section.bounds(number)[1] - section.bounds(first)[0] >= _TOGETHER:
                yield first, number
                first = number + 1

    def array(self, name: str, dtype: npt.DTypeLike) -> npt.NDArray[np.generic]:
        """A whole section as a one-dimensional array of little-endian ``dtype``."""
        kind = np.dtype(dtype).newbyteorder("<")
        if self.size(name) % kind.itemsize:
            raise self._damaged(f"section {name!r} is not made of {kind}")
        return np.frombuffer(self.read(name), kind)


def in_memory(data: bytes | memoryview, what: str, budget: Budget | None = None) -> Blob:
    """A blob that is not in a file yet."""
    view = memoryview(data)
    return Blob(_held(view), what, len(view), budget=budget)


def _whole(blob: Blob, data: memoryview) -> memoryview:
    """All of a blob's bytes, read at once and then checked: they may change in the file between two reads."""
    in_memory(data, blob.what, blob.budget).check()
    return data
