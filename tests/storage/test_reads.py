"""Spans come back as they are, in few reads of which none is long."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from memcodec.storage import MemorySource, reads

DATA = random.Random(1).randbytes(5000)


class Recording(MemorySource):
    """Remembers the length of each read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads: list[int] = []

    def get_bytes(self, offset: int, length: int) -> memoryview:
        self.reads.append(length)
        return super().get_bytes(offset, length)


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 1000))))
def test_any_spans_come_back(extents: list[tuple[int, int]]) -> None:
    expected = [DATA[offset : offset + length] for offset, length in extents]
    assert [bytes(data) for data in reads.each(MemorySource(DATA), extents)] == expected


def test_neighbours_are_read_together() -> None:
    source = Recording(DATA)
    assert len(list(reads.each(source, [(0, 10), (10, 20), (30, 5), (40, 7), (47, 1)]))) == 5
    assert source.reads == [35, 8]


def test_no_read_is_long() -> None:
    data = bytes(range(256)) * (9 << 10)
    source = Recording(data)
    assert reads.whole(source, 3, len(data) - 5) == data[3:-2]
    parts = list(reads.each(source, [(start, 1000) for start in range(0, 2_000_000, 1000)]))
    assert b"".join(parts) == data[:2_000_000]
    assert max(source.reads) <= 1 << 20
    assert len(source.reads) == 5
