"""Parity: RaptorQ repair symbols (RFC 6330) over a commit's data packets.

The K data packets of a group are the K source symbols of one source block with one sub-block; parity packet j of the
group is the repair symbol of encoding symbol id K + j. Packet i belongs to group i mod G and is its symbol i div G,
so neighbours lie in different groups; G is 1 until a commit outgrows ``MAX_GROUP``. Any K symbols of a group bring
back the rest (all but one time in a hundred; two more make that one in a million).

RaptorQ works byte column by byte column, so a wide group is cut into column stripes that fit in memory; the symbols
are the same.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import raptorq

MAX_GROUP = 32_768  #: source symbols in one group; RFC 6330, 5.1.2 allows 56,403
STRIPE = 2 << 20  #: bytes worked on at once; up to 10 MB the library would keep one sub-block
_ID = struct.Struct(">I")  # RFC 6330, 3.2: source block number (8 bits), encoding symbol id (24 bits)

Symbols = npt.NDArray[np.uint8]


def groups(packets: int) -> int:
    """How many groups ``packets`` data packets form."""
    return max(1, -(-packets // MAX_GROUP))


def group_size(packets: int, group: int) -> int:
    """Data packets in a group."""
    return len(range(group, packets, groups(packets)))


def _stripes(symbols: int, size: int) -> list[slice]:
    width = max(8, STRIPE // max(1, symbols) // 8 * 8)
    return [slice(at, min(at + width, size)) for at in range(0, size, width)]


def make(symbols: Symbols, count: int, done: Callable[[], object] = int) -> Symbols:
    """``count`` repair symbols for source symbols of shape (K, T), T a multiple of 8. Shape (count, T).

    ``done`` is called after each stripe, so that symbols mapped from a file may be let go meanwhile.
    """
    total, size = symbols.shape
    repair = np.empty((count, size), np.uint8)
    for stripe in _stripes(total, size):
        column = np.ascontiguousarray(symbols[:, stripe])
        encoder = raptorq.Encoder.with_defaults(column.tobytes(), column.shape[1])
        packets = encoder.get_encoded_packets(count)
        assert len(packets) == total + count, "one source block"
        for index, packet in enumerate(packets[total:]):
            repair[index, stripe] = np.frombuffer(packet, np.uint8, offset=_ID.size)
        done()
    return repair


def recover(total: int, size: int, known: Mapping[int, npt.NDArray[np.uint8] | bytes]) -> Symbols | None:
    """All ``total`` source symbols of ``size`` bytes, shape (K, T), from any known encoding symbols by their id.

    None when too few are known.
    """
    if len(known) < total:
        return None
    symbols = np.empty((total, size), np.uint8)
    views = {symbol: np.frombuffer(data, np.uint8) for symbol, data in known.items()}
    for stripe in _stripes(total, size):
        width = stripe.stop - stripe.start
        decoder = raptorq.Decoder.with_defaults(total * width, width)
        result = None
        for symbol, data in views.items():
            result = decoder.decode(_ID.pack(symbol) + data[stripe].tobytes())
            if result is not None:
                break
        if result is None:
            return None
        symbols[:, stripe] = np.frombuffer(result, np.uint8).reshape(total, width)
    return symbols
