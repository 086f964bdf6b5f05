"""Groups of a journal in a FLAC file: *short* raw frames, whose bytes are followed by silence.

A short frame is a raw one (``flac.py``) of partition order 1 to 4: its first partition carries 2,048 to 256 bytes, the
others are escaped to 0 bits a residual. A group is a multiple of 256 bytes: it fills frames of 2,048 bytes, and what is
left, one each of 1,024, 512 and 256 as it needs them.
"""

from __future__ import annotations

from functools import cache

from memcodec.format import journal
from memcodec.media.journal import Carrier
from memcodec_audio import flac
from memcodec_audio.crc import crc16_at_once
from memcodec_audio.flac import BLOCK

_ORDERS = (1, 2, 3, 4)
MOST, LEAST = BLOCK >> _ORDERS[0], BLOCK >> _ORDERS[-1]  #: bytes that a frame carries at most, and at least
_CRC = 2


@cache
def _head(order: int) -> bytes:
    """Subframe: fixed predictor, order 0. Residual: 5-bit parameters, 2^order partitions, the first one of 8 bits."""
    return bytes([0b0_001000_0, 0b01_0000_11 | order << 2, 0b111_01000])


@cache
def _tail(order: int) -> bytes:
    """What stands behind the carried bytes: the other partitions, 11111 00000 each, and zero bits to a whole byte."""
    bits = "1111100000" * ((1 << order) - 1)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


_BY_HEAD = {_head(order): order for order in _ORDERS}
TAILS = {order: len(_tail(order)) + _CRC for order in _ORDERS}  #: bytes behind those that a frame carries


def _orders(size: int) -> list[int]:
    """Those of the frames of a group of so many bytes: as many large ones as it fills, then ever smaller ones."""
    whole, rest = divmod(size, MOST)
    return [_ORDERS[0]] * whole + [order for order in _ORDERS if rest & BLOCK >> order]


def _frame_size(number: int, order: int) -> int:
    head = 5 + len(flac.coded_number(number))
    return head + len(_head(order)) + (BLOCK >> order) + TAILS[order]


def is_short(frame: bytes | memoryview, parsed: flac.Header) -> bool:
    """Whether a frame that begins so, with that header, is one of a journal."""
    return bytes(frame[parsed.size : parsed.size + 3]) in _BY_HEAD


def short_size(frame: bytes | memoryview, parsed: flac.Header) -> int:
    """How many bytes such a frame has."""
    return _frame_size(parsed.number, _BY_HEAD[bytes(frame[parsed.size : parsed.size + 3])])


class FrameCarrier(Carrier):
    """Frames of a stream of ``bits`` a sample; they are numbered on from those of the commit before."""

    end = journal.END_MAGICS[1]
    ahead = 11 + 3 + journal.HEADER

    def __init__(self, bits: int) -> None:
        self._bits = bits

    def padded(self, size: int) -> int:
        return -(-size // LEAST) * LEAST

    def wrap(self, group: bytes | memoryview, number: int) -> bytes:
        parts, at = list[bytes](), 0
        for place, order in enumerate(_orders(len(group)), number):
            carried = group[at : (at := at + (BLOCK >> order))]
            frame = b"".join((flac.header(place, self._bits), _head(order), carried, _tail(order)))
            parts += [frame, crc16_at_once(frame).to_bytes(_CRC, "big")]
        return b"".join(parts)

    def length(self, data: memoryview, at: int, number: int) -> int:
        head = flac.header(number, self._bits) if number < flac.NUMBERS else b""
        begin = at + len(head) + 3
        if not head or data[at : begin - 3] != head or bytes(data[begin - 3 : begin]) not in _BY_HEAD:
            return 0
        size = journal.claimed(data[begin : begin + journal.HEADER])
        if size is None or self.padded(size) != size:
            return 0
        orders = _orders(size)
        return sum(_frame_size(place, order) for place, order in enumerate(orders, number))

    def unwrap(self, data: memoryview, at: int, number: int) -> bytes | memoryview:
        size = journal.claimed(
            data[(begin := at + 5 + len(flac.coded_number(number)) + 3) :][: journal.HEADER]
        )
        if size is None:
            raise ValueError("no group")
        parts, at = list[memoryview](), at
        for place, order in enumerate(_orders(size), number):
            head = flac.header(place, self._bits) + _head(order)
            if data[at : at + len(head)] != head:
                raise ValueError("no frame of a journal")
            begin = at + len(head)
            parts.append(data[begin : begin + (BLOCK >> order)])
            at += _frame_size(place, order)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def after(self, number: int, size: int) -> int:
        return number + len(_orders(size))

    def number_at(self, data: memoryview, place: int) -> tuple[int, int] | None:
        for size in range(6, 12):
            at = place - 3 - size
            parsed = flac.parse_header(data[at : at + 11]) if at >= 0 else None
            if parsed is not None and parsed.size == size:
                return at, parsed.number
        return None


def trailer(data: bytes | memoryview) -> bytes:
    """The last bytes of the group that a file's end holds, if it is one's."""
    for order, behind in TAILS.items():
        tail = _tail(order)
        if bytes(data[-behind:-_CRC]) == tail and bytes(data[-behind - 8 : -behind]) == FrameCarrier.end:
            return bytes(data[-behind - journal.TRAILER : -behind])
    return b""
