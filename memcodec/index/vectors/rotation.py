"""The rotation that vectors are coded behind: each number then says as much as any other, whatever the model.

With C the orthonormal DCT-II of d numbers, and S0, S1, S2 diagonal matrices of signs, it is C S2 C S1 C S0. Sign i of
Sj is -1 where byte d j + i of SHAKE-256 of ``SEED`` is odd, both counted from 0.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Vectors

SEED, _ROUNDS = b"memcodec rotation", 3


def rotated(vectors: Vectors) -> Vectors:
    """Vectors [..., dimensions], turned. Inner products stay what they are.

    In 64 bits: a vector's codes are then the same with whichever others it is turned.
    """
    turned: Vectors = (vectors.astype(np.float64) @ rotation(vectors.shape[-1]).T).astype(np.float32)
    return turned


@lru_cache(4)
def rotation(dimensions: int) -> npt.NDArray[np.float64]:
    """The matrix [dimensions, dimensions]."""
    stream = hashlib.shake_256(SEED).digest(_ROUNDS * dimensions)
    signs = 1.0 - 2 * (np.frombuffer(stream, np.uint8).reshape(_ROUNDS, dimensions) & 1)
    transform, made = _dct(dimensions), np.eye(dimensions)
    for sign in signs:
        made = transform @ (sign[:, None] * made)
    return made


def _dct(dimensions: int) -> npt.NDArray[np.float64]:
    places = np.arange(dimensions)
    matrix: npt.NDArray[np.float64] = np.sqrt(2 / dimensions) * np.cos(
        np.pi / dimensions * np.outer(places, places + 0.5)
    )
    matrix[0] /= np.sqrt(2)
    return matrix
