"""Reading ahead: the same bytes, in few round trips, and no more than twice what was read."""

from __future__ import annotations

import random

import pytest

from memcodec.storage import MemorySource
from memcodec.storage.remote.readahead import ReadAhead

DATA = random.Random(3).randbytes(100_000)


class Counting(MemorySource):
    """Counts what is prefetched."""

    def __init__(self) -> None:
        super().__init__(DATA)
        self.windows: list[tuple[int, int]] = []

    def prefetch(self, spans: object) -> None:
        self.windows += list(spans)  # type: ignore[call-overload]


@pytest.mark.parametrize("length", [0, 1, 7, 4096, 5000, 50_000, 100_000])
def test_the_same_bytes(length: int) -> None:
    source = ReadAhead(Counting(), 4096)
    for offset in {0, 1, 4095, 4096, 100_000 - length}:
        if offset + length <= len(DATA):
            assert source.get_bytes(offset, length) == DATA[offset : offset + length]
            assert source.view(offset, length) == DATA[offset : offset + length]


def test_reads_side_by_side_are_of_one_window() -> None:
    counting = Counting()
    source = ReadAhead(counting, 10_000)
    for offset in range(0, 100_000, 500):
        source.get_bytes(offset, 500)
    assert set(counting.windows) == {(start, 10_000) for start in range(0, 100_000, 10_000)}


def test_a_read_of_many_windows_is_left_to_the_source() -> None:
    counting = Counting()
    ReadAhead(counting, 1000).get_bytes(500, 50_000)
    assert counting.windows == []
