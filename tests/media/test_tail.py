"""Commits found from a file's end, in the simplest container there can be: commits, and anything between them."""

from __future__ import annotations

import random
import struct

import pytest

from memcodec.errors import CodecError
from memcodec.media.tail import CHECK_SIZE, TAIL, Tail, TailCommit
from memcodec.storage import MemorySource, MemoryTarget, Source

_LINK = struct.Struct("<QI")  # where the commit before ends, the record's length


class Plain(Tail[TailCommit]):
    """Record, link, seal, one byte more."""

    magic = b"testing1"
    trailer = _LINK.size + CHECK_SIZE
    behind = 1

    def start(self, trailer: bytes, end: int) -> int:
        return int(end - self.behind - self.trailer - _LINK.unpack_from(trailer)[1])

    def parse(self, data: memoryview, start: int, end: int) -> TailCommit:
        body = self.unseal(data[: -self.behind])
        previous, _ = _LINK.unpack(body[-_LINK.size :])
        return TailCommit(body[: -_LINK.size], start, end, previous)

    def write(self, target: MemoryTarget, record: bytes, previous: int) -> int:
        """Append a commit; returns where it ends."""
        target.append(self.seal(record + _LINK.pack(previous, len(record))) + b"!")
        return target.size


PLAIN = Plain()
RECORDS = [b"first", b"second" * 10_000, b"third"]


def three() -> tuple[bytearray, list[int]]:
    """A file of three commits, the second longer than the first read of the tail; and where they end."""
    target, ends = MemoryTarget(b"header"), [0]
    for record in RECORDS:
        target.append(b"media")
        ends.append(PLAIN.write(target, record, ends[-1]))
    return bytearray(target.read(0, target.size)), ends[1:]


def records(source: Source) -> list[bytes]:
    last = PLAIN.last_before(source, source.size)
    return [commit.record for commit in PLAIN.chain(source, last)]


def test_links_lead_from_the_newest_commit_to_the_first() -> None:
    data, ends = three()
    assert len(RECORDS[1]) > TAIL
    assert records(MemorySource(data)) == RECORDS[::-1]
    for end, record in zip(ends, RECORDS, strict=True):
        found = PLAIN.ending_at(MemorySource(data), end)
        assert found is not None
        assert (found.record, found.end) == (record, end)


@pytest.mark.parametrize("lost", range(3))
def test_a_damaged_commit_is_passed_over(lost: int) -> None:
    data, ends = three()
    data[ends[lost] - 20] ^= 1
    left = [record for number, record in enumerate(RECORDS) if number != lost]
    assert records(MemorySource(data)) == left[::-1]


def test_no_other_end_is_one_of_a_commit() -> None:
    data, ends = three()
    source = MemorySource(data)
    nearby = {end + step for end in ends for step in range(-40, 40)} - set(ends)
    assert [end for end in (*nearby, -1, 0, len(data) + 1) if PLAIN.ending_at(source, end) is not None] == []


def test_an_end_that_was_damaged_is_told_from_one_that_was_never_written() -> None:
    data, ends = three()
    before, end = ends[1], ends[2]
    for length in range(before + 20, end - 1):
        assert not PLAIN.is_broken(MemorySource(data[:length]), before)
    for place in range(before + 5, end):
        changed = bytearray(data)
        changed[place] ^= 0x55
        assert PLAIN.is_broken(MemorySource(changed), before)
    noise = data[:before] + random.Random(1).randbytes(1000)
    assert not PLAIN.is_broken(MemorySource(noise), before)


def test_only_what_ends_in_a_commit_is_continued() -> None:
    data, ends = three()
    assert PLAIN.is_at_end(bytes(data[-100:]))
    assert PLAIN.to_continue(MemoryTarget(bytes(data)))[0].end == ends[-1]
    assert not PLAIN.is_at_end(bytes(data[-100:-1]))
    with pytest.raises(CodecError, match="does not end in a commit"):
        PLAIN.to_continue(MemoryTarget(bytes(data[:-1])))


def test_what_was_not_sealed_is_refused() -> None:
    sealed = PLAIN.seal(b"body")
    assert PLAIN.unseal(memoryview(sealed)) == b"body"
    for wrong in (b"", sealed[:-1], sealed[1:], b"x" + sealed[1:], sealed[:-1] + b"2"):
        with pytest.raises(ValueError, match="sealed"):
            PLAIN.unseal(wrong)
