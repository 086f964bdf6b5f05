"""The 8-bit scalar quantiser of vector segments: one byte a dimension, as FAISS's ``QT_8bit`` makes it.

With ``minimum`` and ``span`` (float32, one of each a dimension), a value x is stored as

    code = floor(255 * clip((x - minimum) / span, 0, 1))        and read back as
    x'   = minimum + span * (code + 0.5) / 255

Source: FAISS 1.15, ``faiss/impl/scalar_quantizer/`` (Codec8bit, non-uniform quantiser); its ``sq.trained`` is
``minimum`` followed by ``span``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Quantizer:
    """``minimum`` and ``span`` are float32 [dimensions]."""

    minimum: Vectors
    span: Vectors

    @classmethod
    def train(cls, sample: Vectors, margin: float = 0.0) -> Quantizer:
        """The range of a sample [n, dimensions], widened on each side by ``margin`` of itself."""
        low, high = sample.min(axis=0), sample.max(axis=0)
        room = (high - low) * np.float32(margin)
        return cls(low - room, high - low + 2 * room)

    def encode(self, vectors: Vectors) -> Codes:
        """Codes [n, dimensions]. Values outside the range take its nearest end."""
        above = vectors - self.minimum
        ratio = np.divide(above, self.span, out=np.zeros_like(above), where=self.span > 0)
        codes: Codes = (np.clip(ratio, 0, 1) * 255).astype(np.uint8)
        return codes

    def decode(self, codes: Codes) -> Vectors:
        """Vectors [n, dimensions]: the middle of each code's interval."""
        vectors: Vectors = self.minimum + self.span * (
            (codes.astype(np.float32) + np.float32(0.5)) / np.float32(255)
        )
        return vectors

    def trained(self) -> Vectors:
        """``minimum`` then ``span``: what FAISS calls ``sq.trained``."""
        return np.concatenate([self.minimum, self.span])
