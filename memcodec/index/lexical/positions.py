"""Positions: where in its chunks a term stands, in tokens from 0, so that phrases are found without any text.

The section "positions" is optional; it is sealed, and its unit n has those of block n of the dictionary (terms.py). A
unit goes over the postings of its block: all of the first term, then of the next. It is cut into pieces: a posting
whose unit has p positions before it is in the same piece as the posting before when p // 131,072 is the same for both.

    sizes u32       of each piece but the last
    pieces          runs of bits, from the top of each byte down; zero bits pad each to whole bytes

The n positions of a term in a chunk rise and are at most the longest length that the chunk's code stands for, less
one. They are coded middle first (A. Moffat and L. Stuiver, "Binary interpolative coding for effective index
compression", 2000), all lists of a piece together, level by level: for each list the number n // 2, counted from 0,
as one of the r values that leave room for the others; then the same with the lists of what is before the middles,
followed by those of what is after them, without the empty ones. With w = floor(log2 r) and u = 2^(w + 1) - r, the x-th
value is written in w bits as x, if x < u; else as x + u, in w + 1 bits. A level has the first w bits of all its
numbers, then the last bit of those that have one more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Codes, Ints, Mask
from memcodec.format.blob import SEAL, BlobWriter, seal
from memcodec.index.lexical import fields
from memcodec.index.lexical.lengths import LENGTHS

SECTION = "positions"
MAX_COUNT = 1 << 24  # positions of a term in a chunk: chunks have a million characters at most
_PIECE = 17  # bits: 131,072 positions are decoded at once
TOGETHER = 1 << _PIECE  #: positions that ``decode_each`` is worth it for
_LONGEST = np.append(LENGTHS[1:] - 1, (1 << 31) - 1)  # the longest length of each code
Bits = npt.NDArray[np.uint8]


class Placed(NamedTuple):
    """Positions of some postings, one after the other: ``counts[i]`` of posting i, each below ``bounds[i]``."""

    counts: Ints
    bounds: Ints
    positions: npt.NDArray[Any]

    def part(self, postings: slice, positions: slice) -> Placed:
        """Those of consecutive postings."""
        return Placed(self.counts[postings], self.bounds[postings], self.positions[positions])


def joined(parts: Sequence[Placed]) -> Placed:
    """Those of several, in their order."""
    return parts[0] if len(parts) == 1 else Placed(*map(np.concatenate, zip(*parts, strict=True)))


def bounds(codes: Codes) -> Ints:
    """What positions in chunks whose lengths have these codes are below."""
    longest: Ints = _LONGEST[codes]
    return longest


def _cut(data: memoryview, sizes: Sequence[int], start: int) -> list[memoryview]:
    ends = list(accumulate(sizes, initial=start))
    if ends[-1] != len(data):
        raise ValueError("positions do not add up")
    return [data[one:other] for one, other in pairwise(ends)]


def encode(placed: Placed) -> bytes:
    """The unit of a block. Positions of a posting rise."""
    ends = np.concatenate([[0], np.cumsum(placed.counts)])
    pieces = [
        _encode(placed.part(slice(one, other), slice(ends[one], ends[other])))
        for one, other in _pieces(placed.counts)
    ]
    return struct.pack(f"<{len(pieces) - 1}I", *map(len, pieces[:-1])) + b"".join(pieces)


class Coded(NamedTuple):
    """A unit, and what its block says of its postings: how many positions each has, and what they are below."""

    unit: memoryview
    counts: Ints
    bounds: Ints


def decode(unit: memoryview, counts: Ints, bounds: Ints, wanted: Mask | None = None) -> Ints:
    """The positions of a block's postings, or of those that are ``wanted``: other pieces are not looked at.

    Raises ValueError for bytes that are none.
    """
    found = [np.empty(0, np.int64)]
    for data, one, other in _data(Coded(unit, counts, bounds)):
        if wanted is None:
            found.append(_decode(data, counts[one:other], bounds[one:other]))
        elif wanted[one:other].any():
            positions = _decode(data, counts[one:other], bounds[one:other])
            found.append(positions[np.repeat(wanted[one:other], counts[one:other])])
    return np.concatenate(found)


def decode_each(units: Sequence[Coded]) -> list[Ints]:
    """As ``decode``, of units at once: of short ones most of the time goes by the level, not by the number."""
    pieces = [
        (data, unit.counts[one:other], unit.bounds[one:other])
        for unit in units
        for data, one, other in _data(unit)
    ]
    positions = _decode_together(*zip(*pieces, strict=True))
    ends = np.cumsum([int(unit.counts.sum()) for unit in units])
    return np.split(positions, ends[:-1])


def _data(coded: Coded) -> Iterator[tuple[memoryview, int, int]]:
    """The pieces of a unit, each with the first and the last of its postings."""
    unit, counts, bounds = coded
    if (counts > np.minimum(bounds, MAX_COUNT)).any():
        raise ValueError("a term stands in a chunk more often than there is room")
    cuts = _pieces(counts)
    head = 4 * (len(cuts) - 1)
    if len(unit) < head:
        raise ValueError("positions do not add up")
    sizes = struct.unpack_from(f"<{len(cuts) - 1}I", unit)
    data = _cut(unit, (*sizes, len(unit) - head - sum(sizes)), head)
    return ((each, *cut) for each, cut in zip(data, cuts, strict=True))


def _pieces(counts: Ints) -> list[tuple[int, int]]:
    before = np.cumsum(counts) - counts
    cuts = np.flatnonzero(np.diff(before >> _PIECE)) + 1
    return list(pairwise([0, *cuts.tolist(), len(counts)]))


class PositionsWriter:
    """Takes the positions of postings in order, and lays them out by blocks."""

    def __init__(self) -> None:
        self._pending: list[Placed] = []
        self._units = bytearray()
        self._sizes: list[int] = []

    def extend(self, placed: Placed) -> None:
        """Take those of some more postings."""
        self._pending.append(placed)

    def close_block(self, postings: int) -> None:
        """The first ``postings`` of those that wait are a block."""
        waiting = joined(self._pending)
        end = int(waiting.counts[:postings].sum())
        unit = encode(waiting.part(slice(0, postings), slice(0, end)))
        self._pending = [waiting.part(slice(postings, None), slice(end, None))]
        self._units += unit + seal(len(self._sizes), unit)
        self._sizes.append(len(unit) + SEAL)

    def add_to(self, blob: BlobWriter) -> None:
        """Add the section."""
        blob.add(SECTION, self._units, self._sizes, sealed=True)


class _Spread(NamedTuple):
    """Lists on one level: ``size`` positions each, from number ``first`` on, all in ``low`` to ``high``."""

    first: Ints
    size: Ints
    low: Ints
    high: Ints

    @property
    def middle(self) -> Ints:
        """Which of a list is coded on this level."""
        return self.size >> 1

    @property
    def choices(self) -> Ints:
        """How many values it may have; the least is ``low + middle``."""
        return self.high - self.low - self.size + 2

    def halves(self, values: Ints) -> _Spread:
        """What is left once the middles are known."""
        return self.halved(values)[0]

    def halved(self, values: Ints) -> tuple[_Spread, Ints]:
        """As ``halves``, and which list each of them is a half of."""
        if self.size.max() < 2:
            return _Spread(*(column[:0] for column in self)), self.size[:0]
        before, after = self.middle, self.size - self.middle - 1
        left = np.flatnonzero(np.concatenate([before, after]))
        columns = (
            (self.first, self.first + self.middle + 1),
            (before, after),
            (self.low, values + 1),
            (values - 1, self.high),
        )
        return _Spread(*(np.concatenate(pair)[left] for pair in columns)), left % len(self.size)


def _spread(counts: Ints, bounds: Ints) -> _Spread:
    return _Spread(np.cumsum(counts) - counts, counts, np.zeros_like(counts), bounds - 1)


_WIDTHS = np.frexp(np.arange(1 << 12))[1].astype(np.int64) - 1  # w of few choices


def _widths(choices: Ints) -> tuple[Ints, Ints]:
    """Of each number its w and u."""
    few = len(choices) and choices.max() < len(_WIDTHS)
    widths = _WIDTHS[choices] if few else np.frexp(choices)[1].astype(np.int64) - 1
    return widths, (2 << widths) - choices


def _encode(placed: Placed) -> bytes:
    levels = _levels(placed.positions.astype(np.int64), _spread(placed.counts, placed.bounds))
    numbers, widths = map(np.concatenate, zip(*levels, strict=True))
    ends = np.cumsum(widths)
    words = fields.words(int(ends[-1]))
    fields.put(words, numbers, ends - widths, widths)
    return fields.to_bytes(words, int(ends[-1]))


def _levels(positions: Ints, lists: _Spread) -> Iterator[tuple[Ints, Ints]]:
    """The numbers to be written, with the bits of each."""
    while len(lists.size):
        values = positions[lists.first + lists.middle]
        numbers = values - lists.low - lists.middle
        widths, short = _widths(lists.choices)
        longer = np.flatnonzero(numbers >= short)
        numbers[longer] += short[longer]
        last = numbers[longer] & 1
        numbers[longer] >>= 1
        yield numbers, widths
        yield last, np.ones_like(last)
        lists = lists.halves(values)


def _decode(data: memoryview, counts: Ints, bounds: Ints) -> Ints:
    positions, lists, read = np.empty(int(counts.sum()), np.int64), _spread(counts, bounds), _Reading(data)
    while len(lists.size):
        widths, short = _widths(lists.choices)
        numbers = read.take(widths)
        longer = np.flatnonzero(numbers >= short)
        numbers[longer] += numbers[longer] - short[longer] + read.take_bits(len(longer))
        values = lists.low + lists.middle + numbers
        positions[lists.first + lists.middle] = values
        lists = lists.halves(values)
    if len(data) != -(-read.at // 8):
        raise ValueError("positions do not add up")
    return positions


def _decode_together(data: Sequence[memoryview], counts: Sequence[Ints], bounds: Sequence[Ints]) -> Ints:
    """As ``_decode`` of each, one after the other. Numbers of a level are taken from all of them at once."""
    every = np.concatenate(counts)
    positions, lists = np.empty(int(every.sum()), np.int64), _spread(every, np.concatenate(bounds))
    owners = np.repeat(np.arange(len(data)), [len(each) for each in counts])  # rising on each level
    bits = _ReadingEach(data)
    while len(lists.size):
        widths, short = _widths(lists.choices)
        numbers = bits.take(widths, owners)
        longer = np.flatnonzero(numbers >= short)
        last = bits.take(np.ones(len(longer), np.int64), owners[longer])
        numbers[longer] += numbers[longer] - short[longer] + last
        values = lists.low + lists.middle + numbers
        positions[lists.first + lists.middle] = values
        lists, whole = lists.halved(values)
        owners = owners[whole]
        order = np.argsort(owners, kind="stable")  # which leaves lists of one unit in their order
        lists, owners = _Spread(*(column[order] for column in lists)), owners[order]
    bits.check_ends()
    return positions


class _ReadingEach:
    """As ``_Reading``, of several at once: each of the numbers is of one of them, those of one stand together."""

    def __init__(self, data: Sequence[memoryview]) -> None:
        ends = 8 * np.cumsum([len(each) for each in data])
        self._ends = ends
        self._at = np.append(0, ends[:-1])
        whole = b"".join(data)
        self._windows = np.ndarray((len(whole) + 1,), ">u8", whole + bytes(8), strides=(1,))

    def take(self, widths: Ints, owners: Ints) -> Ints:
        """Numbers of these ``widths``, each from where the one before it of its owner ends."""
        number = len(self._ends)
        sums = np.bincount(owners, widths, number).astype(np.int64)
        before = np.cumsum(sums) - sums
        begins = np.cumsum(widths) - widths + (self._at - before)[owners]
        self._at = self._at + sums
        if (self._at > self._ends).any():
            raise ValueError("positions do not add up")
        shifts = (64 - (begins & 7) - widths).astype(np.uint64)
        numbers: Ints = (self._windows[begins >> 3].astype(np.uint64) >> shifts).astype(np.int64)
        return numbers & ((1 << widths) - 1)

    def check_ends(self) -> None:
        """Raises ValueError unless all was taken, but for the bits that pad each."""
        if (-(-self._at // 8) * 8 != self._ends).any():
            raise ValueError("positions do not add up")


class _Reading:
    """Takes numbers of some bits each from where the ones before end. Raises ValueError beyond the end."""

    def __init__(self, data: memoryview) -> None:
        self.at, self._end = 0, 8 * len(data)
        self._data = np.frombuffer(data, np.uint8)
        # Every number stands within the eight bytes from the byte that it begins in: none has more than 32 bits.
        self._windows = np.ndarray((len(data) + 1,), ">u8", bytes(data) + bytes(8), strides=(1,))

    def take(self, widths: Ints) -> Ints:
        ends = np.cumsum(widths) + self.at
        begins = ends - widths
        if len(ends):
            self.at = int(ends[-1])
        if self.at > self._end:
            raise ValueError("positions do not add up")
        shifts = (64 - (begins & 7) - widths).astype(np.uint64)
        numbers: Ints = (self._windows[begins >> 3].astype(np.uint64) >> shifts).astype(np.int64)
        return numbers & ((1 << widths) - 1)

    def take_bits(self, count: int) -> Bits:
        """As many numbers of one bit each."""
        begin, self.at = self.at, self.at + count
        if self.at > self._end:
            raise ValueError("positions do not add up")
        found: Bits = np.unpackbits(self._data[begin >> 3 : (self.at + 7) >> 3])
        return found[begin & 7 : (begin & 7) + count]
