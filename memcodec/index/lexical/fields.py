"""Numbers of some bits each, written into words of 64 all at once. Bits run from the top of each byte down."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints

Words = npt.NDArray[np.uint64]


def words(size: int) -> Words:
    """Zeros to write ``size`` bits into; one more word, for what is empty at the end."""
    return np.zeros(size // 64 + 1, np.uint64)


def put(into: Words, numbers: Ints, at: Ints, widths: Ints) -> None:
    """Write each number into its ``widths`` bits, fewer than 64, from bit ``at`` on. These rise, and do not overlap."""
    if not len(numbers):
        return
    values, word = numbers.astype(np.uint64), at >> 6
    room = (
        64 - (at & 63) - widths
    )  # bits of its word that follow a number; fewer than 0 where it ends in the next
    begins = np.flatnonzero(np.diff(word, prepend=-1))
    placed = values << np.maximum(room, 0).astype(np.uint64)
    over = np.flatnonzero(room < 0)
    if len(over):
        placed[over] = values[over] >> (-room[over]).astype(np.uint64)
    into[word[begins]] |= np.bitwise_or.reduceat(placed, begins)
    if len(over):  # one number at most ends in any word
        into[word[over] + 1] |= values[over] << (64 + room[over]).astype(np.uint64)


def to_bytes(found: Words, size: int) -> bytes:
    """The first ``size`` bits, zeros behind them to whole bytes."""
    return found.astype(">u8").tobytes()[: (size + 7) // 8]
