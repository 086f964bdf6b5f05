from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.format import packet, record, stream
from memcodec.format.packet import NO_RECORD, Packet

FILE = b"\1\2\3\4"


def packetize(records: list[bytes], payload: int, spare: int) -> tuple[list[Packet], int]:
    made = stream.Packetizer(FILE, 3, payload)
    try:
        raw = [data for each in records for data in made.add(each)] + list(made.finish())
        raw += list(made.parity(spare))
        return [found for data in raw if (found := packet.parse(data))], made.count
    finally:
        made.close()


bodies = st.lists(st.binary(max_size=120), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(bodies, st.sampled_from([16, 40, 64]))
def test_payloads_end_to_end_are_the_records(texts: list[bytes], payload: int) -> None:
    records = [record.pack(b"B", text) for text in texts]
    packets, count = packetize(records, payload, 2)
    data = packets[:count]
    joined = b"".join(each.payload for each in data)
    assert joined == b"".join(records)
    starts = {sum(map(len, records[:number])) for number in range(len(records))}
    for each in data:
        here = [
            start - each.sequence * payload
            for start in starts
            if 0 <= start - each.sequence * payload < len(each.payload)
        ]
        assert each.mark == min(here, default=NO_RECORD)


@settings(max_examples=60, deadline=None)
@given(bodies, st.integers(2, 6), st.integers(0, 1000))
def test_parity_brings_lost_packets_back(texts: list[bytes], spare: int, seed: int) -> None:
    packets, count = packetize([record.pack(b"B", text) for text in texts], 40, spare)
    lost = set(random.Random(seed).sample(range(len(packets)), min(spare - 1, len(packets))))
    left = [each for number, each in enumerate(packets) if number not in lost]
    found = stream.recover(left, count, 40)
    for number in lost:
        if number < count:
            assert found[number] == packets[number].payload.ljust(40, b"\0")


def test_parity_packets_of_another_commit_are_not_believed() -> None:
    packets, count = packetize([record.pack(b"B", bytes(400))], 40, 4)
    short = [each for each in packets if each.sequence not in (1, 2)]
    wrong = [
        Packet(1, FILE, 3, 99 + each.mark, each.mark, each.length, each.payload)
        for each in short
        if each.kind
    ]
    assert stream.recover([each for each in short if not each.kind] + wrong, count, 40) == {}


@pytest.mark.parametrize("per_frame", [1, 4, 9])
@pytest.mark.parametrize("data", [1, 2, 9, 100, 1000, 5000])
def test_a_tenth_of_parity_survives_a_run_of_8_percent_of_frames_wherever_it_lies(
    data: int, per_frame: int
) -> None:
    parity = stream.parity_packets(data, per_frame, 0.1)
    frames = -(-(data + parity) // per_frame)
    touched = -(-8 * frames // 100) + 1
    assert parity >= touched * per_frame
    assert parity >= data / 10
    assert data < 1000 or parity <= data * 0.12


def test_no_parity_when_none_is_asked_for() -> None:
    assert stream.parity_packets(100, 9, 0) == 0


@pytest.mark.parametrize("share", [0.01, 0.5, 1.0])
def test_every_share_can_be_met(share: float) -> None:
    for data in (1, 50, 5000):
        assert stream.parity_packets(data, 9, share) >= share * data
