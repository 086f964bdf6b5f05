"""Commit boxes: found from the tail, torn tails passed over, chained backwards."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from memcodec.media.tail import TAIL
from memcodec.storage import MemorySource
from memcodec_video import commits
from memcodec_video.commits import BOXES, VideoConfig, commit_box
from memcodec_video.mp4 import blob_box
from memcodec_video.profiles import DENSE

CONFIG = VideoConfig("av1", "dense", DENSE)
LEAD = b"something before"


def two(first: bytes, second: bytes) -> tuple[bytes, int]:
    """A file of two commits, and the first one's end."""
    head = LEAD + commit_box(CONFIG, 2, 8, 0, first)
    middle = head + b"media"
    return middle + commit_box(CONFIG, 3, 16, len(LEAD), second), len(head)


class Counting(MemorySource):
    """Counts its reads and their bytes."""

    reads = total = 0

    def get_bytes(self, offset: int, length: int) -> memoryview:
        self.reads += 1
        self.total += length
        return super().get_bytes(offset, length)


@given(st.binary(max_size=300))
def test_the_tail_tells_all(record: bytes) -> None:
    data, _ = two(b"old", record)
    last = BOXES.last_before(MemorySource(data), len(data))
    assert last is not None
    assert (last.config, last.record, last.sequence, last.time) == (CONFIG, record, 3, 16)
    before = BOXES.before(MemorySource(data), last)
    assert before is not None
    assert (before.record, before.previous) == (b"old", 0)


def test_one_read_opens_a_file() -> None:
    source = Counting(bytes(300_000) + two(b"old", bytes(5000))[0])
    assert BOXES.ending_at(source, source.size) is not None
    assert source.reads == 1


def test_a_record_longer_than_the_tail_read_is_found() -> None:
    record = random.Random(1).randbytes(3 * TAIL)
    data, _ = two(b"old", record)
    last = BOXES.last_before(MemorySource(data), len(data))
    assert last is not None
    assert last.record == record


def test_every_torn_tail_gives_the_commit_before() -> None:
    data, first_end = two(b"old", b"new")
    for size in range(first_end, len(data)):
        last = BOXES.last_before(MemorySource(data[:size]), size)
        assert last is not None
        assert (last.record, last.end) == (b"old", first_end)


def test_the_search_crosses_its_windows() -> None:
    data, first_end = two(b"old", b"new")
    window = 1 << 20
    for extra in (window - 20, window - 4, window, window + 3, 3 * window):
        torn = data[:first_end] + bytes(extra)
        last = BOXES.last_before(MemorySource(torn), len(torn))
        assert last is not None
        assert last.end == first_end


@given(st.data())
def test_any_changed_byte_of_the_last_commit_gives_the_one_before(draw: st.DataObject) -> None:
    data, first_end = two(b"old", b"new")
    changed = bytearray(data)
    changed[draw.draw(st.integers(first_end + 9, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    last = BOXES.last_before(MemorySource(changed), len(changed))
    assert last is not None
    assert last.record == b"old"


def test_what_an_interrupted_commit_left_is_not_taken_for_a_damaged_one() -> None:
    data, first_end = two(b"old", b"new")
    blob = data[:first_end] + blob_box(first_end, len(b"index"), 64)[0] + b"index"
    whole = blob + commit_box(CONFIG, 3, 16, len(LEAD), b"new")
    for size in range(first_end + 1, len(whole)):
        assert not BOXES.is_broken(MemorySource(whole[:size]), first_end), size
    for place in range(len(blob) + 8, len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        assert BOXES.is_broken(MemorySource(changed), first_end), place


def test_no_commit_is_none() -> None:
    for data in (b"", b"x", bytes(100), commits.MAGIC, bytes(200) + commits.MAGIC):
        assert BOXES.last_before(MemorySource(data), len(data)) is None


def test_a_commit_that_claims_to_follow_itself_is_none() -> None:
    for previous in (len(LEAD), len(LEAD) + 1):
        data = LEAD + commit_box(CONFIG, 2, 8, previous, b"forged")
        assert BOXES.last_before(MemorySource(data), len(data)) is None


def test_thousands_of_forged_ends_are_soon_searched() -> None:
    head = commit_box(CONFIG, 2, 8, 0, b"")[:24]
    data = LEAD + commit_box(CONFIG, 2, 8, 0, b"true") + head
    true_end = len(data) - len(head)
    for _ in range(4000):
        state = CONFIG.to_bytes() + commits._STATE.pack(3, 16, 0, 0)
        length = len(data) - true_end - len(head)  # the record that all of them say begins behind one head
        state = state[:-8] + length.to_bytes(8, "little")
        data += state + bytes(4) + commits.MAGIC
    source = Counting(data)
    last = BOXES.last_before(source, source.size)
    assert last is not None
    assert last.record == b"true"
    assert source.total <= 4001 * TAIL + 16 * len(data) + (1 << 20)
