"""Spare packets of a dictionary: parity of it alone, behind its copy in the index, and checksums of its pieces.

No block of a commit unpacks without its dictionary, so one is kept better than text is. A record is cut into pieces of
1,000 bytes, the last one padded with zero bytes; these are the source symbols of one RaptorQ block. The packets are of
kind 4 and tell themselves what they are of, so that they are found, and the copy by them, where nothing leads to them
any more; in a sealed file they are sealed with the index, and found by who opens that. Their sequence is the record's
length, their mark an encoding symbol id, or 65535 for the pieces' CRC32C.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence

import numpy as np

from memcodec.format import block, packet, parity
from memcodec.format.checksum import crc32c
from memcodec.format.packet import HEADER_SIZE, SPARE, Packet
from memcodec.format.record import WORD

PIECE = 1000
ALIGNED = 64  #: bytes: the copy, and the packets behind it, begin at multiples of it
_SHARE = 3  # one repair symbol for so many pieces: less than a hundredth of any file
_CHECKS = 0xFFFF
#: bytes of the longest record: what Zstandard does not make smaller takes little more than it is
_LONGEST = WORD.size + block.MAX_DICTIONARY + 1024
_MOST = HEADER_SIZE + 4 * -(-_LONGEST // PIECE)  # bytes of a packet: the checksums of the longest record
_BEGINS = re.compile(re.escape(packet.MAGIC + bytes([packet.VERSION, SPARE])))
_WINDOW = 1 << 20
_BEHIND = 2 * (
    _LONGEST + ALIGNED
)  # from where a copy begins to where the last packet behind it ends, at most


def make(record: bytes, stream: bytes, commit: int) -> bytes:
    """The spare packets of a dictionary's record, end to end. The checksums come first, and last again."""
    pieces = _pieces(record)
    count = len(pieces)
    made = parity.make(np.frombuffer(b"".join(pieces), np.uint8).reshape(count, PIECE), _repair(count))
    sums = np.array([crc32c(each) for each in pieces], "<u4").tobytes()
    repair = [(count + number, each.tobytes()) for number, each in enumerate(made)]
    return b"".join(
        Packet(SPARE, stream, commit, len(record), mark, len(data), data).to_bytes()
        for mark, data in [(_CHECKS, sums), *repair, (_CHECKS, sums)]
    )


def find(data: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """The spare packets in bytes that come in parts of any size; and the pieces of the copy before them, as others.

    No byte is a piece of two copies: what is found is never much more than what was looked through.
    """
    held, seen, taken = (
        bytearray(),
        0,
        0,
    )  # ``taken``: the end of the last copy that any piece was found of, in held
    for part in data:
        held += part
        if len(held) >= _WINDOW:
            taken = yield from _found(bytes(held), seen, len(held) - _MOST, taken)
            gone = len(held) - _MOST - _BEHIND
            del held[:gone]
            seen, taken = _BEHIND, max(0, taken - gone)
    yield from _found(bytes(held), seen, len(held), taken)


def _found(data: bytes, start: int, end: int, taken: int) -> Generator[bytes, None, int]:
    """Those that begin from ``start`` to ``end``; returns the end of the last copy."""
    for match in _BEGINS.finditer(data, start):
        at = match.start()
        if at >= end:
            break
        size = HEADER_SIZE + int.from_bytes(data[at + 18 : at + 20], "little")
        parsed = packet.parse(data[at : at + size]) if size <= _MOST else None
        if parsed is not None:
            yield data[at : at + size]
            if _is_checks(parsed):
                taken = yield from _copied(data, at, parsed, taken)
    return taken


def _copied(data: bytes, at: int, checks: Packet, taken: int) -> Generator[bytes, None, int]:
    """The pieces of the copy before its checksums at ``at``: these are the first packet behind it, or the last."""
    length = checks.sequence
    begin = at - -(-length // ALIGNED) * ALIGNED
    between = HEADER_SIZE + checks.length + _repair(checks.length // 4) * (HEADER_SIZE + PIECE)
    for start in (begin, begin - between):
        if start < taken:
            continue
        for mark, piece in enumerate(_pieces(data[start : start + length])):
            if _is_right(piece, mark, checks.payload):
                made = Packet(SPARE, checks.file_id, checks.commit, length, mark, PIECE, piece)
                yield made.to_bytes()
                taken = start + length
    return taken


def restore(spares: Sequence[Packet], known: Iterable[tuple[int, bytes]]) -> bytes | None:
    """A dictionary's record, or None where too little of it is left.

    ``known`` are stretches of it that are right, each with where it starts.
    """
    lengths = Counter(each.sequence for each in spares if 0 < each.sequence <= _LONGEST)
    if not lengths:
        return None
    ((length, _),) = lengths.most_common(1)
    made, right = bytearray(length), bytearray(length)
    for start, data in known:
        fits = data[: max(0, length - start)]
        made[start : start + len(fits)] = fits
        right[start : start + len(fits)] = b"\1" * len(fits)
    symbols = {
        number: piece
        for number, piece in enumerate(_pieces(made))
        if all(right[number * PIECE : (number + 1) * PIECE])
    }
    count = -(-length // PIECE)
    for each in spares:
        if each.sequence == length and each.length == PIECE and each.mark < 2 * count:
            symbols.setdefault(each.mark, each.payload)
    if all(number in symbols for number in range(count)):
        return b"".join(symbols[number] for number in range(count))[:length]
    found = parity.recover(count, PIECE, symbols)
    return found.tobytes()[:length] if found is not None else None


def _repair(pieces: int) -> int:
    """How many repair symbols so many pieces have."""
    return -(-pieces // _SHARE)


def _is_checks(parsed: Packet) -> bool:
    is_of = 0 < parsed.sequence <= _LONGEST and parsed.length == 4 * -(-parsed.sequence // PIECE)
    return parsed.mark == _CHECKS and is_of


def _is_right(piece: bytes, number: int, sums: bytes) -> bool:
    return crc32c(piece) == int.from_bytes(sums[4 * number : 4 * number + 4], "little")


def _pieces(record: bytes | bytearray) -> list[bytes]:
    return [bytes(record[at : at + PIECE]).ljust(PIECE, b"\0") for at in range(0, len(record), PIECE)]
