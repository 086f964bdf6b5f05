"""Reed-Solomon over GF(256) across parts: any K of K + N parts give back all of them, without exception.

The code is that of ``reedsolo`` (polynomial 0x11d, generator 2, first root 1), which finds the coefficients; byte i of
all parts is one word. What remains is a matrix over long rows: tables and exclusive or.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

MOST_PARTS = 255  #: bytes of a word
_POLYNOMIAL = 0x11D


@lru_cache(8)
def basis(needed: int, spare: int, have: tuple[int, ...]) -> list[bytes]:
    """Of each part in ``have``, the word that has 1 there and 0 at the others of ``have``.

    ``have``: ``needed`` different numbers of parts, from 0; the spare parts are the last ``spare`` ones. So byte m of
    word i is the coefficient of part ``have[i]`` in part m.
    """
    from reedsolo import RSCodec

    units = [bytes(part == each for part in range(needed + spare)) for each in have]
    if not spare:
        return units
    code = RSCodec(spare)
    gone = sorted(set(range(needed + spare)) - set(have))
    return [bytes(code.decode(unit, erase_pos=gone, only_erasures=True)[1]) for unit in units]


def combine(terms: Iterable[tuple[int, bytes]], length: int) -> bytes:
    """The sum of rows of ``length`` bytes, each times its coefficient."""
    import numpy as np

    total = np.zeros(length, np.uint8)
    for factor, row in terms:
        total ^= np.frombuffer(row.translate(_times(factor)), np.uint8)
    return total.tobytes()


@cache
def _times(factor: int) -> bytes:
    """``factor`` times each of 0 to 255."""
    from reedsolo import gf_mult_noLUT

    return bytes(gf_mult_noLUT(factor, each, _POLYNOMIAL) for each in range(256))
