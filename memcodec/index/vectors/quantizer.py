"""The scalar quantisers of vector segments: one byte a dimension, or less, as FAISS's ``QT_8bit``, ``QT_4bit``.

With ``minimum`` and ``span`` (float32, one of each a dimension), a value x is stored as

    code = floor(255 * clip((x - minimum) / span, 0, 1))        and read back as
    x'   = minimum + span * (code + 0.5) / 255

With 4 or 2 bits, 15 or 3 stands for 255, and two or four dimensions share a byte, the first in its lowest bits.

Source: FAISS 1.15, ``faiss/impl/scalar_quantizer/`` (Codec8bit, non-uniform quantiser); its ``sq.trained`` is
``minimum`` followed by ``span``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from memcodec.format.arrays import Codes, Vectors


@dataclass(frozen=True, slots=True)
class Quantizer:
    """``minimum`` and ``span`` are float32 [dimensions]; ``bits`` a dimension are 8, 4 or 2."""

    minimum: Vectors
    span: Vectors
    bits: int = 8

    @classmethod
    def train(cls, sample: Vectors, margin: float = 0.0, bits: int = 8) -> Quantizer:
        """The range of a sample [n, dimensions], widened on each side by ``margin`` of itself."""
        low, high = sample.min(axis=0), sample.max(axis=0)
        room = (high - low) * np.float32(margin)
        return cls(low - room, high - low + 2 * room, bits)

    @classmethod
    def around(cls, sample: Vectors, step: float, bits: int) -> Quantizer:
        """Intervals of ``step`` standard deviations around the mean of a sample [n, dimensions].

        The outermost intervals have no end: coarse codes lose less than with the range.
        """
        width = sample.std(axis=0) * np.float32(step)
        levels = np.float32((1 << bits) - 1)
        return cls(sample.mean(axis=0) - width * ((levels + 1) / 2), width * levels, bits)

    @property
    def name(self) -> str:
        """As a segment's description has it."""
        return f"sq{self.bits}"

    @property
    def width(self) -> int:
        """Bytes of a vector's codes."""
        return width(len(self.minimum), self.bits)

    def encode(self, vectors: Vectors) -> Codes:
        """Codes [n, width]. Values outside the range take its nearest end."""
        above = vectors - self.minimum
        ratio = np.divide(above, self.span, out=np.zeros_like(above), where=self.span > 0)
        codes: Codes = (np.clip(ratio, 0, 1) * ((1 << self.bits) - 1)).astype(np.uint8)
        return codes if self.bits == 8 else _packed(codes, self.bits)

    def decode(self, codes: Codes) -> Vectors:
        """Vectors [n, dimensions]: the middle of each code's interval."""
        if self.bits < 8:
            codes = _unpacked(codes, self.bits)[:, : len(self.minimum)]
        levels = np.float32((1 << self.bits) - 1)
        vectors: Vectors = self.minimum + self.span * ((codes.astype(np.float32) + np.float32(0.5)) / levels)
        return vectors

    def trained(self) -> Vectors:
        """``minimum`` then ``span``: what FAISS calls ``sq.trained``."""
        return np.concatenate([self.minimum, self.span])


def width(dimensions: int, bits: int) -> int:
    """Bytes of the codes of one vector."""
    return (dimensions * bits + 7) // 8


def _packed(codes: Codes, bits: int) -> Codes:
    """Several to a byte, the first in the lowest bits."""
    packed = np.zeros((len(codes), width(codes.shape[1], bits)), np.uint8)
    for place, shift in enumerate(range(0, 8, bits)):
        piece = codes[:, place :: 8 // bits]
        packed[:, : piece.shape[1]] |= piece << np.uint8(shift)
    return packed


def _unpacked(codes: Codes, bits: int) -> Codes:
    each = 8 // bits
    unpacked = np.empty((len(codes), each * codes.shape[1]), np.uint8)
    for place in range(each):
        unpacked[:, place::each] = (codes >> np.uint8(bits * place)) & np.uint8((1 << bits) - 1)
    return unpacked
