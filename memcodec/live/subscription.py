"""What answers a query among the lines that come, as they come."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from memcodec.errors import Closed
from memcodec.file.filter import Filter
from memcodec.model import Hit
from memcodec.search.query import Query
from memcodec.search.results import Mode

if TYPE_CHECKING:
    from memcodec.live.searched import Searched

LEAST = 0.15  #: the score from which on a line answers: less than half of a query's words is less
PAUSE = 0.01  #: seconds for which lines are gathered, or as long as a look takes if that is more
_STRETCH = 1.0  # seconds, at most, waited for lines at a time
_AT_ONCE = 4096  # lines looked at at once


class Subscription(Iterator[Hit]):
    """Hits in the order in which their lines came, each once. ``close`` it, or go through it to its end.

    Lines are looked at when their vectors are made, or passed by, where the query asks for meaning; scores are those
    of a search of all lines of that moment.
    """

    def __init__(
        self,
        ring: Searched,
        query: Query,
        mode: Mode,
        only: Filter | None,
        *,
        min_score: float | None,
        start: int | None,
    ) -> None:
        self._ring, self._query, self._mode, self._only = ring, query, mode, only or Filter()
        self._least = LEAST if min_score is None else min_score
        self._stop = threading.Event()
        self._next = ring.end if start is None else start
        self._found = deque[Hit]()
        self._rested = 0.0
        self.missed = 0  #: lines that expired before they were looked at

    @property
    def position(self) -> int:
        """The number of the first line that was not looked at yet."""
        return self._next

    def take(self, timeout: float | None = None) -> Hit | None:
        """The next one; None when the time, in seconds, is up first. Raises StopIteration at the end."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._found:
            if self._stop.is_set():
                raise StopIteration
            left = _STRETCH if until is None else until - time.monotonic()
            if left <= 0:
                return None
            self._look(min(left, _STRETCH))
        return self._found.popleft()

    def __next__(self) -> Hit:
        while (found := self.take(_STRETCH)) is None:
            pass
        return found

    def _look(self, patience: float) -> None:
        end = self._ring.wait_for_found(self._next, self._stop, patience, self._mode)
        if end <= self._next or self._stop.is_set():
            return
        time.sleep(max(PAUSE, self._rested))
        begun = time.monotonic()
        try:
            self._search()
        except Closed:
            self._stop.set()
        self._rested = min(time.monotonic() - begun, _STRETCH / 4)

    def _search(self) -> None:
        end = self._ring.found_end(self._mode)
        first = max(self._next, self._ring.first)
        self.missed += first - self._next
        end = min(end, first + _AT_ONCE)
        if end > first:
            found = self._ring.search_between(first, end, self._query, self._mode, self._only, self._least)
            hits = sorted(found, key=lambda hit: hit.chunk)
            self._found.extend(replace(hit, rank=0) for hit in hits)
        self._next = max(end, first)

    def close(self) -> None:
        """No more is looked for; ``next`` ends, for a thread that waits in it, too."""
        if not self._stop.is_set():
            self._stop.set()
            self._ring.ends(self)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
