"""Spare packets: a dictionary comes back from any mixture of its pieces, its copy and its parity that is enough."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.format import packet, spare
from memcodec.format.packet import Packet

STREAM = b"abcd"


def _laid(record: bytes) -> bytes:
    """A copy and the packets behind it, as a catalogue has them."""
    return record.ljust(-(-len(record) // spare.ALIGNED) * spare.ALIGNED, b"\0") + spare.make(
        record, STREAM, 3
    )


def _parsed(data: bytes, part: int = 5000) -> list[Packet]:
    parts = [data[at : at + part] for at in range(0, len(data), part)]
    parsed = [packet.parse(each) for each in spare.find(parts)]
    return [each for each in parsed if each is not None]


@given(
    st.integers(8200, 60_000),
    st.integers(0, 1 << 30),
    st.floats(0, 0.6),
    st.floats(0, 0.4),
)
@settings(deadline=None, max_examples=60)
def test_a_record_is_restored_when_enough_is_left_and_is_never_wrong(
    length: int, seed: int, of_media: float, of_index: float
) -> None:
    chance = random.Random(seed)
    record = chance.randbytes(length)
    data = bytearray(chance.randbytes(777) + _laid(record) + chance.randbytes(500))
    for at in range(0, len(data), 1024):
        if chance.random() < of_index:
            data[at : at + 1024] = chance.randbytes(len(data[at : at + 1024]))
    known = [(at, record[at : at + 2840]) for at in range(0, length, 2840) if chance.random() >= of_media]
    spares = _parsed(bytes(data))
    assert {each.stream for each in spares} <= {(STREAM, 3)}
    found = spare.restore(spares, known)
    assert found in (None, record)
    count = -(-length // spare.PIECE)
    right = {each.mark for each in spares if each.mark < 2 * count}
    for start, part in known:
        end = start + len(part)
        right |= {
            number
            for number in range(count)
            if start <= number * spare.PIECE and min((number + 1) * spare.PIECE, length) <= end
        }
    if spares and len(right) >= count + 3:
        assert found == record


def test_the_copy_alone_or_the_media_alone_is_enough() -> None:
    record = random.Random(1).randbytes(20_000)
    laid = _laid(record)
    assert spare.restore(_parsed(laid), []) == record
    only_parity = _parsed(laid[20_032:])
    assert spare.restore(only_parity, [(0, record[:14_000])]) == record
    assert spare.restore(only_parity, [(0, record[:12_000])]) is None
    assert spare.restore([], [(0, record)]) is None  # an older file: nothing tells how long it is


def test_a_damaged_checksum_packet_has_another_at_the_end() -> None:
    record = random.Random(2).randbytes(9000)
    data = bytearray(_laid(record))
    data[9024 + 30] ^= 1
    assert spare.restore(_parsed(bytes(data)), []) == record


def test_packets_over_the_bounds_of_what_is_held_are_found() -> None:
    record = random.Random(3).randbytes(200_000)
    data = random.Random(4).randbytes((1 << 20) - 150_000) + _laid(record) + bytes(1 << 20)
    assert spare.restore(_parsed(data, 1 << 16), []) == record


def test_what_claims_too_much_is_left_out() -> None:
    forged = Packet(packet.SPARE, STREAM, 3, 0xFFFF_FFFF, 65535, 8, bytes(8))
    assert spare.restore(_parsed(forged.to_bytes()), []) is None


def test_no_byte_is_a_piece_of_two_copies() -> None:
    """Else a file of checksums that many streams have would take a hundred times its size in memory."""
    record, streams = bytes(100_000), 300
    sums = packet.parse(spare.make(record, STREAM, 3)[: packet.HEADER_SIZE + 400])
    assert sums is not None and sums.length == 400
    checks = [replace(sums, file_id=number.to_bytes(4, "little")).to_bytes() for number in range(streams)]
    data = record.ljust(100_032, b"\0") + b"".join(each.ljust(448, b"\0") for each in checks)
    found = _parsed(data)
    assert sum(each.mark == sums.mark for each in found) == streams
    assert sum(each.length == spare.PIECE for each in found) <= len(data) // spare.PIECE
