"""Varints: unsigned integers in groups of seven bits, lowest first, the top bit set on all but the last byte.

The encoding is LEB128 (DWARF 5, section 7.6), whole arrays at a time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MAX_BYTES = 9  # of one varint: values stay below 2**63


def encode(values: npt.ArrayLike) -> bytes:
    """The varints of non-negative integers below 2**63, one after the other."""
    rest = np.asarray(values, np.uint64)
    longest = max(1, -(-int(rest.max(initial=0)).bit_length() // 7))
    if longest == 1:
        return rest.astype(np.uint8).tobytes()
    width = np.ones(len(rest), np.int64)
    for size in range(1, longest):
        width += rest >= np.uint64(1 << (7 * size))
    starts = np.cumsum(width) - width
    out = np.zeros(int(width.sum()), np.uint8)
    for place in range(longest):
        here = width > place
        out[starts[here] + place] = (rest[here] >> np.uint64(7 * place)) & np.uint64(0x7F)
        out[starts[here] + place] |= np.where(width[here] > place + 1, np.uint8(0x80), np.uint8(0))
    return out.tobytes()


def decode(data: bytes | memoryview) -> npt.NDArray[np.int64]:
    """Every varint in ``data``. Raises ValueError when the last is cut off or one is longer than 9 bytes."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw < 0x80)
    if len(raw) and (not len(ends) or ends[-1] != len(raw) - 1):
        raise ValueError("a varint is cut off")
    if len(ends) == len(raw):
        return raw.astype(np.int64)
    width = np.diff(ends, prepend=-1)
    if width.max() > MAX_BYTES:
        raise ValueError("a varint is too long")
    starts = ends - width + 1
    place = np.arange(len(raw)) - np.repeat(starts, width)
    values: npt.NDArray[np.int64] = np.add.reduceat((raw & np.int64(0x7F)) << (7 * place), starts)
    return values
