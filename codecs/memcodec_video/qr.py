"""QR symbols from bytes, many at once (ISO/IEC 18004:2015).

The payload is base45 text in one alphanumeric segment. A symbol has the smallest version that its payload fits, and
stands in the top left corner of a picture with room for version 40. Reading them is ``symbols.py``'s work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format import base45

LARGEST = 40  #: version
SIDE = 177  #: modules along a side of a symbol of that version
MASKS = 8
DEFAULT_MASK = 0
Level = Literal["L", "M", "Q", "H"]
Modules = npt.NDArray[np.bool_]  #: True where dark


class Blocks(NamedTuple):
    """How a symbol divides its codewords (Table 9): ``short`` blocks of ``size``, ``long`` of one more."""

    short: int
    long: int
    size: int
    correction: int  #: error correction codewords a block
    format: int  #: the level's two bits in the format information (Table 12)

    @property
    def data(self) -> int:
        return (self.short + self.long) * self.size + self.long


LEVELS: dict[Level, tuple[int, int, int]] = {  #: blocks of version 40, their correction, format
    "L": (25, 30, 0b01),
    "M": (49, 28, 0b00),
    "Q": (68, 30, 0b11),
    "H": (81, 30, 0b10),
}
# Smaller symbols have level L alone. By version, from 1 on: blocks, and their correction.
_BLOCKS = bytes.fromhex("01010101010202020204040404040606060607080809090a0c0c0c0d0e0f101112131314151618")
_CORRECTION = bytes.fromhex("070a0f141a1214181e1214181a1e16181c1e1c1c1c1c1e1e1a1c1e1e1e1e1e1e1e1e1e1e1e1e1e")
ALPHANUMERIC = 0b0010  # Table 2
_MASK_FORMULAS = (  # Table 10, i is the row and j the column
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2 + 0 * j,
    lambda i, j: j % 3 + 0 * i,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
)


def side(version: int) -> int:
    """Modules along a side (section 6.3.1)."""
    return 17 + 4 * version


def header_bits(version: int) -> int:
    """Of mode indicator and character count (Table 3)."""
    return 4 + (9 if version < 10 else 11 if version < 27 else 13)


@cache
def blocks(level: Level, version: int) -> Blocks:
    """Raises ValueError for a smaller symbol that is not of level L."""
    count, correction, number = LEVELS[level]
    if version < LARGEST:
        if level != "L":
            raise ValueError(f"symbols of level {level} have version {LARGEST}")
        count, correction = _BLOCKS[version - 1], _CORRECTION[version - 1]
    size, long = divmod(int(function_patterns(version)[1].sum()) // 8, count)
    return Blocks(count - long, long, size - correction, correction, number)


@cache
def capacity(level: Level, version: int = LARGEST) -> int:
    """Bytes one symbol carries as base45 text."""
    bits = blocks(level, version).data * 8 - header_bits(version)
    characters = bits // 11 * 2 + (bits % 11 >= 6)
    return characters // 3 * 2 + (characters % 3 == 2)


@cache
def smallest(size: int, level: Level) -> int:
    """The version of a symbol for ``size`` bytes. Raises ValueError when it is too much for any."""
    if size > capacity(level):
        raise ValueError(f"a packet of {size} bytes does not fit a symbol of {capacity(level)}")
    return next(
        each for each in range(1 if level == "L" else LARGEST, LARGEST + 1) if size <= capacity(level, each)
    )


def draw(packets: Sequence[bytes], level: Level = "L", mask: int = DEFAULT_MASK, least: int = 1) -> Modules:
    """One symbol a packet, of version ``least`` or more: [n, 177, 177], True where dark.

    Raises ValueError for a packet above ``capacity``.
    """
    symbols = np.zeros((len(packets), SIDE, SIDE), bool)
    alike: dict[int, list[int]] = defaultdict(list)
    for i, packet in enumerate(packets):
        alike[len(packet)].append(i)
    for size, members in alike.items():
        version = max(least, smallest(size, level))
        data = np.frombuffer(b"".join(packets[i] for i in members), np.uint8).reshape(len(members), size)
        codewords = interleave(_data_codewords(data, level, version), level, version)
        symbols[members, : side(version), : side(version)] = _place(codewords, level, mask, version)
    return symbols


def versions(symbols: Modules) -> npt.NDArray[np.intp]:
    """The versions of symbols [n, 177, 177] in the top left corners of their pictures: where finder patterns are."""
    places, pattern = _finders()
    flat = symbols.reshape(len(symbols), -1)
    found = np.full(len(symbols), LARGEST, np.intp)
    # Nearly all symbols are of the largest version, and whole: of others each version's places are looked at.
    others = np.flatnonzero((flat.take(places[-1], axis=1) != pattern).any(axis=1))
    if len(others):
        seen = flat[others].take(places, axis=1) == pattern
        found[others] = seen.mean(axis=2).argmax(axis=1) + 1
    return found


@cache
def _finders() -> tuple[npt.NDArray[np.intp], Modules]:
    """For each version the modules of two finder patterns with their separators [40, 128], and what they show."""
    numbers = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    ends = [side(version) for version in range(1, LARGEST + 1)]
    places = [
        np.concatenate([numbers[:8, end - 8 : end].ravel(), numbers[end - 8 : end, :8].ravel()])
        for end in ends
    ]
    dark, _ = function_patterns(LARGEST)
    return np.array(places), np.concatenate([dark[:8, -8:].ravel(), dark[-8:, :8].ravel()])


def _data_codewords(
    data: npt.NDArray[np.uint8], level: Level, version: int = LARGEST
) -> npt.NDArray[np.uint8]:
    """Segment, terminator and padding (sections 7.4.4, 7.4.9, 7.4.10): [n, data codewords]."""
    digits = base45.digits(data)
    rows, count = digits.shape
    capacity_bits, width = blocks(level, version).data * 8, header_bits(version)
    header = _bits(np.full((rows, 1), ALPHANUMERIC << width - 4 | count), width)
    pairs = _bits(digits[:, 0 : count // 2 * 2 : 2] * 45 + digits[:, 1::2], 11)
    odd = _bits(digits[:, count // 2 * 2 :], 6)
    length = header.shape[1] + pairs.shape[1] + odd.shape[1]
    terminated = min(length + 4, capacity_bits)
    bits = np.zeros((rows, -(-terminated // 8) * 8), np.uint8)
    np.concatenate([header, pairs, odd], axis=1, out=bits[:, :length])
    codewords = np.empty((rows, capacity_bits // 8), np.uint8)
    used = bits.shape[1] // 8
    codewords[:, :used] = np.packbits(bits, axis=1)
    codewords[:, used::2], codewords[:, used + 1 :: 2] = 0xEC, 0x11
    return codewords


def _bits(values: npt.NDArray[np.integer], width: int) -> npt.NDArray[np.uint8]:
    """Each value of [n, k] as ``width`` bits, most significant first: [n, k * width]."""
    table = np.unpackbits(values.astype(">u4").view(np.uint8).reshape(*values.shape, 4), axis=-1)
    return table[..., 32 - width :].reshape(len(values), -1)


def interleave(data: npt.NDArray[np.uint8], level: Level, version: int = LARGEST) -> npt.NDArray[np.uint8]:
    """Data and error correction codewords in the order they are placed (section 7.6): [n, codewords]."""
    parts, rows = blocks(level, version), len(data)
    border = parts.short * parts.size
    short = data[:, :border].reshape(rows, parts.short, parts.size)
    long = data[:, border:].reshape(rows, parts.long, parts.size + 1)
    # A leading zero leaves the remainder alone, so short blocks can be divided together with long ones.
    padded = np.zeros((rows, parts.short + parts.long, parts.size + 1), np.uint8)
    padded[:, : parts.short, 1:], padded[:, parts.short :] = short, long
    correction = _remainders(padded.reshape(-1, parts.size + 1), parts.correction)
    correction = correction.reshape(rows, parts.short + parts.long, parts.correction)
    both = np.concatenate([short, long[..., : parts.size]], axis=1)
    columns = [both, long[..., parts.size :], correction]
    return np.concatenate([part.transpose(0, 2, 1).reshape(rows, -1) for part in columns], axis=1)


def _remainders(messages: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.uint8]:
    """Reed-Solomon error correction codewords of each row (section 7.5.2): [rows, count]."""
    table = _division_table(count)
    steps = np.ascontiguousarray(messages.T)
    remainder = np.zeros((len(messages), count + 1), np.uint8)
    for step in steps:
        factors = remainder[:, 0] ^ step
        remainder[:, :-1] = remainder[:, 1:] ^ table[factors]
    return remainder[:, :-1]


@cache
def _division_table(count: int) -> npt.NDArray[np.uint8]:
    """Row f: f times the generator polynomial of degree ``count`` without its leading term, in GF(256) modulo 0x11D."""
    exponents = np.zeros(512, np.int64)
    logarithms = np.zeros(256, np.int64)
    value = 1
    for power in range(255):
        exponents[power] = exponents[power + 255] = value
        logarithms[value] = power
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    generator = np.array([1])
    for power in range(count):
        scaled = np.where(generator, exponents[logarithms[generator] + power], 0)
        generator = np.append(generator, 0) ^ np.append(0, scaled)
    factors = np.arange(256)[:, None]
    product = exponents[logarithms[factors] + logarithms[generator[None, 1:]]]
    return np.where((factors > 0) & (generator[None, 1:] > 0), product, 0).astype(np.uint8)


def _place(codewords: npt.NDArray[np.uint8], level: Level, mask: int, version: int = LARGEST) -> Modules:
    """Codewords laid over the function patterns and masked (sections 7.7.3, 7.8): [n, side, side]."""
    sources, pattern = template(level, mask, version)
    bits = np.zeros((len(codewords), codewords.shape[1] * 8 + 1), bool)
    bits[:, :-1] = np.unpackbits(codewords, axis=1).view(bool)
    return (bits.take(sources, axis=1) ^ pattern).reshape(-1, side(version), side(version))


@cache
def template(level: Level, mask: int, version: int) -> tuple[npt.NDArray[np.intp], Modules]:
    """For each module the number of the codeword bit it shows (one past the last for none), and what to XOR onto it."""
    function, free = function_patterns(version)
    i, j = np.indices(free.shape)
    pattern = np.where(free, _MASK_FORMULAS[mask](i, j) == 0, function)
    _write_format(pattern, LEVELS[level][2] << 3 | mask)
    rows, columns = _placement_order(free)
    total = len(rows) // 8 * 8
    sources = np.full(free.shape, total)
    sources[rows[:total], columns[:total]] = np.arange(total)
    return sources.ravel(), pattern.ravel()


@cache
def function_patterns(version: int) -> tuple[Modules, Modules]:
    """The fixed modules (section 6.3, Annex D), and which modules are free for data."""
    end = side(version)
    dark, free = np.zeros((end, end), bool), np.ones((end, end), bool)
    dark[6, ::2] = dark[::2, 6] = True
    free[6] = free[:, 6] = False
    for row, column in ((0, 0), (0, end - 7), (end - 7, 0)):
        _write_rings(dark, row + 3, column + 3, (3, 1, 0))
        free[max(row - 1, 0) : row + 8, max(column - 1, 0) : column + 8] = False
    centres = _alignment(version)
    for row in centres:
        for column in centres:
            if (row, column) not in ((6, 6), (6, end - 7), (end - 7, 6)):
                _write_rings(dark, row, column, (2, 0))
                free[row - 2 : row + 3, column - 2 : column + 3] = False
    free[8, :9] = free[:9, 8] = free[8, -8:] = free[-8:, 8] = False
    if version >= 7:
        bits = _bits(np.array([[_bch(version, 0x1F25, 12)]]), 18)[0][::-1].reshape(6, 3)
        dark[:6, -11:-8], dark[-11:-8, :6] = bits, bits.T
        free[:6, -11:-8] = free[-11:-8, :6] = False
    return dark, free


def _alignment(version: int) -> list[int]:
    """The rows and columns in which alignment patterns have their centres (Annex E)."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (2 * count - 2) * 2
    return [6, *(side(version) - 7 - step * place for place in range(count - 2, -1, -1))]


def _write_rings(dark: Modules, row: int, column: int, radii: tuple[int, ...]) -> None:
    """Concentric dark squares; the ring at radius 1 of a finder is filled."""
    reach = radii[0]
    i, j = np.indices((2 * reach + 1, 2 * reach + 1)) - reach
    distance = np.maximum(abs(i), abs(j))
    dark[row - reach : row + reach + 1, column - reach : column + reach + 1] = np.isin(distance, radii)


def _write_format(pattern: Modules, value: int) -> None:
    """Both copies of the format information, and the dark module (section 7.9)."""
    bits = _bits(np.array([[_bch(value, 0x537, 10) ^ 0x5412]]), 15)[0].astype(bool)
    pattern[8, [0, 1, 2, 3, 4, 5, 7, 8]] = bits[:8]
    pattern[[7, 5, 4, 3, 2, 1, 0], 8] = bits[8:]
    pattern[[-1, -2, -3, -4, -5, -6, -7], 8] = bits[:7]
    pattern[8, -8:] = bits[7:]
    pattern[-8, 8] = True


def _bch(value: int, generator: int, degree: int) -> int:
    """``value`` followed by its BCH check bits (Annexes C and D)."""
    remainder = value << degree
    while remainder.bit_length() > degree:
        remainder ^= generator << remainder.bit_length() - degree - 1
    return value << degree | remainder


def _placement_order(free: Modules) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns of the data modules in the order bits go in (section 7.7.3)."""
    rows: list[npt.NDArray[np.intp]] = []
    columns: list[npt.NDArray[np.intp]] = []
    end = len(free)
    starts = [*range(end - 1, 6, -2), 5, 3, 1]
    for turn, right in enumerate(starts):
        down = np.arange(end) if turn % 2 else np.arange(end)[::-1]
        row, column = np.repeat(down, 2), np.tile([right, right - 1], end)
        usable = free[row, column]
        rows.append(row[usable])
        columns.append(column[usable])
    return np.concatenate(rows), np.concatenate(columns)
