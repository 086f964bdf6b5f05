from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.format import packet
from memcodec.format.packet import DATA, HEADER_SIZE, PARITY, Packet


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    payload = draw(st.binary(min_size=1, max_size=200))
    kind = draw(st.sampled_from([DATA, PARITY]))
    number = st.integers(0, 2**32 - 1)
    mark = draw(st.integers(0, 65535))
    length = len(payload) if kind == DATA else draw(st.integers(1, 65535))
    return Packet(
        kind, draw(st.binary(min_size=4, max_size=4)), draw(number), draw(number), mark, length, payload
    )


@given(packets())
def test_a_packet_reads_back_as_it_was(made: Packet) -> None:
    assert packet.parse(made.to_bytes()) == made


@given(packets(), st.data())
def test_any_changed_bit_is_noticed(made: Packet, data: st.DataObject) -> None:
    raw = bytearray(made.to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert packet.parse(bytes(raw)) is None


@given(packets(), st.integers(1, 30))
def test_a_cut_or_lengthened_packet_is_none(made: Packet, count: int) -> None:
    raw = made.to_bytes()
    assert packet.parse(raw[:-count]) is None
    assert packet.parse(raw + bytes(count)) is None


def test_the_header_is_laid_out_as_the_format_page_says() -> None:
    raw = Packet(PARITY, b"\1\2\3\4", 5, 0x01020304, 7, 9, b"xyz").to_bytes()
    assert HEADER_SIZE == 24
    assert raw[:4] == b"mc\x01\x01"
    assert raw[4:8] == b"\1\2\3\4"
    assert raw[8:12] == b"\5\0\0\0"
    assert raw[12:16] == b"\4\3\2\1"
    assert raw[16:20] == b"\7\0\11\0"
    assert raw[24:] == b"xyz"


@pytest.mark.parametrize("size", [100, 2864, 1273])
def test_a_payload_is_a_whole_number_of_raptorq_words(size: int) -> None:
    assert packet.payload_size(size) % 8 == 0
    assert size - HEADER_SIZE - packet.payload_size(size) < 8
