"""When a ring's lines came, and how many bytes they have: what tells which of them have expired."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

_MICRO = 1_000_000


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is kept: the newest ``keep`` lines, of them no more than ``size`` bytes of text, and none older than
    ``age`` seconds.
    """

    keep: int
    size: int | None = None
    age: float | None = None


class Ages:
    """Of the newest lines the time of each, and the bytes of all up to it, in rings of numbers.

    Times rise: a line is a microsecond later than the one before it at the least, even when the clock goes back.
    Written by one thread at a time.
    """

    def __init__(self, bounds: Bounds, first: int) -> None:
        self.bounds, self.first = bounds, first
        self.end, self.bytes = first, 0
        self._slots = bounds.keep + 1
        self._times = np.zeros(self._slots, np.int64)
        self._totals = np.zeros(self._slots, np.int64)
        self._last = 0

    def times(self, count: int, moment: int) -> range:
        """When so many more lines come, if they do at ``moment``."""
        begin = max(moment, self._last + 1)
        return range(begin, begin + count)

    def add(self, sizes: Sequence[int], times: range) -> None:
        """Lines of so many bytes have come."""
        slots = np.arange(self.end, self.end + len(sizes)) % self._slots
        totals = np.cumsum(sizes) + self.bytes
        kept = slice(-self._slots, None)  # of more than there is room for, the last ones
        self._times[slots[kept]] = np.arange(times.start, times.stop)[kept]
        self._totals[slots[kept]] = totals[kept]
        if sizes:
            self.bytes, self._last = int(totals[-1]), times.stop - 1
        self.end += len(sizes)

    def tail(self, moment: int) -> int:
        """The number of the first line that has not expired at ``moment``; ``end`` when all have."""
        tail = max(self.first, self.end - self.bounds.keep)
        if self.bounds.size is not None:
            spare = self.bytes - self.bounds.size
            tail = self._search(tail, lambda number: self.before(number) >= spare)
        if self.bounds.age is not None:
            oldest = moment - round(self.bounds.age * _MICRO)
            tail = self.since(oldest, tail)
        return tail

    def since(self, moment: int, tail: int) -> int:
        """The first line, of ``tail`` on, that came at ``moment`` or later."""
        return self._search(tail, lambda number: self.time(number) >= moment)

    def time(self, number: int) -> int:
        """When a line came, in microseconds since 1970: of one of the newest."""
        return int(self._times[number % self._slots])

    def before(self, number: int) -> int:
        """The bytes of all lines before one of the newest."""
        return int(self._totals[(number - 1) % self._slots]) if number > self.first else 0

    def _search(self, tail: int, holds: Callable[[int], bool]) -> int:
        """The first number of which something holds that holds of all after it."""
        return bisect_left(range(tail, self.end), True, key=holds) + tail
