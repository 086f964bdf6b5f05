"""Codes of rotated vectors: 8, 4, 2 or 1 bits a number, along a trellis; the same for every file.

The bits of a vector's d numbers lie end to end, in bytes from the highest bit on, before them a byte of zeros. Number i
stands for

    factor LEVELS[window] / (32 sqrt(d))

where ``window`` is the 8 bits that end with the number's own: a number of 2 bits has one of 256 levels, and which four
are left to choose from depends on the three numbers before it. ``encode`` finds the nearest of all sequences (Viterbi):
that loses a quarter less than the best four levels do, chosen one by one. ``factor`` is kept with each vector: it makes
the inner product of what is kept with the vector itself right, and with others right on average.

The levels were trained on normal numbers, which those of a rotated unit vector come close to. Sources: M. W. Marcellin
and T. R. Fischer, "Trellis Coded Quantization of Memoryless and Gauss-Markov Sources", IEEE Trans. Commun. 38 (1990);
the windows: A. Tseng et al., "QTIP", NeurIPS 2024; the factor: J. Gao and C. Long, "RaBitQ", SIGMOD 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from memcodec.format.arrays import Codes, Vectors

BITS = (8, 4, 2, 1)  #: of a number
FACTOR = np.dtype("<f2")
ZERO = 127  #: the byte that stands for a level of 0
_WINDOW, _UNIT = 256, 32  # windows there are; what a level of one standard deviation is
_ROWS = 512  # vectors whose paths are looked for at once: 50 MB
_TRAINED = {
    1: bytes.fromhex(
        "ec1aec090622d1fbfc2ee110f017e409d0f3d6fafd0903310530041ade00fd23ee170d34ccf6f916bfedfc13df06dc03"
        "ebf7d0161024e0f8f51fcef9011c0532f7161544d8e7fd06f417f420092ecfebf114ed0c003d0729cbfde5fff113d909"
        "ea18d3f60824fe26142dec040431fc14f91d0729dc02d5010b36d3fedff7e20cea0e102fe6f1f31dd1f1051ede071138"
        "122ff915e5ffd601ed07f326122ed6fad1f9e6060a2dc9eef21de705103a00270e20e8fcdbea1230dd05ff21d3f3cff8"
        "beeaea0f031b162eea1ac4f0e202031ddbef192e0019d7f8f71b021bc8ecfe220223fa22e80ad1fdf900e11ad3f9e2f6"
        "d5faea070737f920d9ff05330822012c"
    ),
    2: bytes.fromhex(
        "cff30c2bdcf30c2ed2f20724c5e4fa15e600162fc8e7fe18ec021d3bddf60e2af00a234ae6021936d0e9f812c6e5011a"
        "d3f50d2de2f90e2dbae1fe1bdefc1a41d5f5081eee072446ec051a37e1ff1634c0ddf710f50f2957a6dbfa13b7d3f20c"
        "d9f50c2cc5e7ff1ae2fc0e2bef092241b3daf511d2e5fd18d2f0061fe900132dadd7f20bc4e2ff1dc7e5fb16cdec011c"
        "e6fd1635def90d31f50c2751e7001932c3e2fb15ec072039c4daf410d2ed0520ed0c294ff4061b3be8021a3ac1dff712"
        "d4f30d2cd7f30820ea001637e4041f3df50f2a4cbbdcf30fdaf40a27bfddf810e0ff1631cfee011ae0fa1030ef072347"
        "d7f50c2bd3ec0220b5defa14daf9102c"
    ),
    4: bytes.fromhex(
        "afc8d4dee6edf4faff050b121a243146c1d4e0e9f0f6fc01070c131a222d385fafccd8e0e7eef4faff040a10171f2a40"
        "c0d7e2eaf1f7fc02070c13181f27364b9ac7d2dce2e9eff4f9ff050b1119222fb9cfdce5ebf1f6fc01060c1219212b3d"
        "c4d7e2eaf1f6fc02070c12181f273356afcfd7e1e7eef4f9fe03090f151f2644ccdce7eff7fc00060c11181c242f3b6a"
        "bed4e0e8eff4faff04090f161d272e4da4c7d7dee4ebf2f6fb01070d131b2435bbd1dfe7edf2f8fe03080e141a212e41"
        "cadae6eef5fa00060b10161c242b3a5ab4d1dde4ecf2f8fe03080f151c2430489fc4d4dde4ebf2f7fc02080e151d2837"
        "bacfdce6eef5fb01060c121a232f4057"
    ),
}
_LEVELS = {bits: np.frombuffer(levels, np.int8).astype(np.float32) for bits, levels in _TRAINED.items()}
_LEVELS[8] = np.arange(_WINDOW, dtype=np.float32) - 127


@dataclass(frozen=True, slots=True)
class Coder:
    """Of vectors of so many ``dimensions``, in ``bits`` a number: one of ``BITS``."""

    dimensions: int
    bits: int

    @property
    def width(self) -> int:
        """Bytes of a vector: its factor, then its codes."""
        return width(self.dimensions, self.bits)

    @property
    def unit(self) -> np.float32:
        """What stands for a level of 1."""
        return np.float32(1 / (_UNIT * np.sqrt(self.dimensions)))

    def encode(self, vectors: Vectors) -> Codes:
        """Codes [n, width] of rotated vectors [n, dimensions]; those of none are all 0."""
        pieces = [self._encode(vectors[at : at + _ROWS]) for at in range(0, len(vectors), _ROWS)]
        return np.concatenate([np.empty((0, self.width), np.uint8), *pieces])

    def _encode(self, vectors: Vectors) -> Codes:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled = vectors / (np.where(lengths > 0, lengths, 1) * self.unit)
        windows = _path(scaled.astype(np.float32), self.bits)
        levels = _LEVELS[self.bits][windows] * self.unit
        along = np.einsum("nd,nd->n", vectors, levels)
        factors = np.divide(lengths[:, 0] ** 2, along, out=np.zeros_like(along), where=along > 0)
        own = (windows << (8 - self.bits)).astype(np.uint8)  # the highest of these bits come first
        bits = np.unpackbits(own[:, :, None], axis=2, count=self.bits).reshape(len(vectors), -1)
        return np.concatenate(
            [factors.astype(FACTOR)[:, None].view(np.uint8), np.packbits(bits, axis=1)], axis=1
        )

    def decode(self, codes: Codes) -> Vectors:
        """Rotated vectors [n, dimensions] from codes [n, width]."""
        vectors: Vectors = _LEVELS[self.bits][self._windows(codes)]
        vectors *= self._factors(codes) * self.unit
        return vectors

    def levels(self, codes: Codes) -> tuple[Codes, Vectors]:
        """A byte a number, uint8 [n, dimensions], and factors, float32 [n], from codes [n, width].

        A number is (byte - ZERO) * factor * unit: what ``decode`` gives, at a tenth of the time.
        """
        table, pairs = _pairs(self.bits), codes[:, FACTOR.itemsize :].astype(np.uint16)
        pairs[:, 1:] |= pairs[:, :-1] << 8
        numbers = table.take(pairs).view(np.uint8)
        return np.ascontiguousarray(numbers[:, : self.dimensions]), self._factors(codes)[:, 0]

    def _factors(self, codes: Codes) -> Vectors:
        return np.ascontiguousarray(codes[:, : FACTOR.itemsize]).view(FACTOR).astype(np.float32)

    def _windows(self, codes: Codes) -> Codes:
        now = codes[:, FACTOR.itemsize :].astype(np.uint16)
        now[:, 1:] |= now[:, :-1] << 8
        shifts = np.arange(8 - self.bits, -1, -self.bits, dtype=np.uint16)
        windows = (now[:, :, None] >> shifts).astype(np.uint8)
        return windows.reshape(len(codes), -1)[:, : self.dimensions]


@cache
def _pairs(bits: int) -> np.ndarray:
    """Of a byte of codes, with the one before it, the bytes of its numbers' levels: as one integer, [2^16]."""
    pairs = np.arange(1 << 16, dtype=np.uint16)
    windows = (pairs[:, None] >> np.arange(8 - bits, -1, -bits, dtype=np.uint16)).astype(np.uint8)
    levels = (_LEVELS[bits][windows] + ZERO).astype(np.uint8)
    return levels.view(f"u{8 // bits}")[:, 0]


def width(dimensions: int, bits: int) -> int:
    """Bytes of the factor and the codes of one vector."""
    return FACTOR.itemsize + (dimensions * bits + 7) // 8


def _path(numbers: Vectors, bits: int) -> Codes:
    """The windows [n, dimensions] whose levels are nearest to vectors [n, dimensions], which are in their unit."""
    count, dimensions = numbers.shape
    choices, levels = 1 << bits, _LEVELS[bits]
    kept = _WINDOW // choices  # of a window the bits that the next one begins with
    costs = np.full((count, kept), np.inf, np.float32)
    costs[:, 0] = 0
    dropped = np.empty((dimensions, count, kept), np.uint8)
    for place in range(dimensions):
        reached = levels * (levels - 2 * numbers[:, place, None]) + np.repeat(costs, choices, axis=1)
        reached = reached.reshape(count, choices, kept)
        best = reached.argmin(axis=1)
        dropped[place] = best
        costs = np.take_along_axis(reached, best[:, None], axis=1)[:, 0]
    return _walked_back(dropped, costs.argmin(axis=1), bits)


def _walked_back(dropped: Codes, last: np.ndarray, bits: int) -> Codes:
    dimensions, count, kept = dropped.shape
    windows, rows = np.empty((count, dimensions), np.uint8), np.arange(count)
    for place in range(dimensions - 1, -1, -1):
        windows[:, place] = dropped[place, rows, last].astype(np.int64) * kept + last
        last = windows[:, place].astype(np.int64) >> bits
    return windows
