"""Records put together from packets that follow each other, with what stands nowhere passed over, not filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from memcodec.format import record
from memcodec.format.commit import Ranges
from memcodec.format.record import WORD, Record


class Stretch(NamedTuple):
    """``size`` consecutive numbers from ``first`` on: of a packet that is there, or of some that stand nowhere."""

    first: int
    size: int
    void: bool


def clipped(void: Ranges, total: int) -> Ranges:
    """Runs of packets that stand nowhere, rising and apart, those below ``total``; none where they are too many.

    At most half of a stream's packets stand nowhere: more is no claim to be believed.
    """
    made, end = list[tuple[int, int]](), 0
    for first, count in sorted(void):
        start, stop = max(first, end), min(first + count, total)
        if start < stop:
            made.append((start, stop - start))
            end = stop
    return tuple(made) if 2 * sum(count for _, count in made) <= total else ()


def stretches(numbers: Iterable[int], void: Ranges) -> Iterator[Stretch]:
    """Packets that are there, by their ``numbers``, and those of ``void`` that are not, rising."""
    there = sorted(numbers)[::-1]
    for first, count in void:
        while there and there[-1] < first:
            yield Stretch(there.pop(), 1, False)
        while there and there[-1] < first + count:
            yield from _void(first, there[-1])
            first, count = there[-1] + 1, first + count - there[-1] - 1
            yield Stretch(there.pop(), 1, False)
        yield from _void(first, first + count)
    yield from (Stretch(number, 1, False) for number in reversed(there))


def _void(first: int, end: int) -> Iterator[Stretch]:
    if first < end:
        yield Stretch(first, end - first, True)


class RecordRun:
    """The records in bytes that are fed one after the other, from one that begins a record."""

    def __init__(self) -> None:
        self._pending, self._skip = bytearray(), 0

    def feed(self, data: bytes) -> Sequence[Record]:
        """The records that these bytes complete, but those that hold nothing."""
        passed = min(self._skip, len(data))
        self._skip -= passed
        self._pending += data[passed:]
        found = list(record.unpack(self._pending))
        del self._pending[: sum(WORD.size + len(each.body) for each in found)]
        if len(self._pending) >= WORD.size and self._pending[:1] == record.FILLER:
            self._skip = WORD.size + (WORD.unpack_from(self._pending)[0] >> 8) - len(self._pending)
            self._pending.clear()
        return [each for each in found if each.kind != record.FILLER]

    def pass_over(self, count: int) -> bool:
        """Take ``count`` zero bytes. Whether they were of a record that holds nothing; the run is over if not."""
        head = min(count, WORD.size)  # the end of its first word may be among them
        self.feed(bytes(head))
        self._skip -= count - head
        return not self._pending and self._skip >= 0
