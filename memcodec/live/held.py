"""What a ring holds, and those who wait for it: its lines, which of them have expired, who is told of new ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from memcodec.errors import Closed
from memcodec.index.lexical.stream import StreamIndex
from memcodec.live import clock
from memcodec.live.clock import Ages, Bounds
from memcodec.live.lines import Lines, Texts
from memcodec.search.results import Mode

if TYPE_CHECKING:
    from memcodec.live.meaning import Meaning
    from memcodec.live.spill import Spill


class Held:
    """The part of a ``Ring`` that those work with who stand beside it: the model, the spill, subscriptions."""

    def __init__(self, bounds: Bounds, *, name: str, language: str, words: bool, spill: Spill | None) -> None:
        self.name, self.bounds, self.spill = name, bounds, spill
        first = spill.written if spill is not None else 0
        self.id = spill.id if spill is not None and spill.id else os.urandom(8).hex()
        self._words = StreamIndex(language, first) if words else None
        self._lines, self._ages = Lines(first), Ages(bounds, first)
        self._state = threading.Condition()
        self._closed = False
        self.meaning: Meaning | None = None

    def _check_open(self) -> None:
        if self._closed:
            raise Closed(f"{self.name}: this ring is closed")

    def _tail(self) -> int:
        with self._state:
            return self._ages.tail(clock.now())

    @property
    def end(self) -> int:
        """The number of the next line."""
        return self._ages.end

    @property
    def first(self) -> int:
        """The number of the oldest line that has not expired."""
        return self._tail()

    def found_end(self, mode: Mode) -> int:
        """The number before which lines are found: by words at once, by meaning when they have their vectors."""
        if self.meaning is None or self.meaning.embedder is None or mode in ("lexical", "exact", "regex"):
            return self._ages.end
        return min(self._ages.end, self.meaning.ring.end)

    def wait_for_found(self, number: int, stop: threading.Event, timeout: float, mode: Mode) -> int:
        """As ``wait_for_lines``, for lines that are found."""
        with self._state:
            self._state.wait_for(lambda: self.found_end(mode) > number or stop.is_set(), timeout)
            return self.found_end(mode)

    def wait_for_lines(self, number: int, stop: threading.Event, timeout: float | None = None) -> int:
        """Until there are lines from ``number`` on, or it is told to stop: the number of the next line."""
        with self._state:
            self._state.wait_for(lambda: self._ages.end > number or stop.is_set(), timeout)
            return self._ages.end

    def texts_from(self, number: int) -> tuple[int, int, Texts]:
        """The first line from ``number`` on that has not expired, the next line's number, and all texts."""
        with self._state:
            return max(number, self._ages.tail(clock.now())), self._ages.end, self._lines.texts()

    def flowed_out(self, everything: bool, written: int) -> tuple[int, int]:
        """The number before which lines have expired, or all have come, and the bytes of those beyond ``written``."""
        with self._state:
            end = self._ages.end if everything else self._ages.tail(clock.now())
            total = self._ages.bytes if end == self._ages.end else self._ages.before(end)
            return end, total - written

    def has_spilled(self, end: int, size: int) -> None:
        """The spill has written lines up to a number, of so many bytes."""
        assert self.spill is not None
        with self._state:
            self.spill.done(end, size)
            self._lines.drop(min(self.spill.written, self._ages.tail(clock.now())))
            self._state.notify_all()

    def rest(self, seconds: float) -> None:
        """Until something changes, or so long."""
        with self._state:
            self._state.wait(seconds)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Until something holds, or the ring is closed."""
        with self._state:
            self._state.wait_for(lambda: holds() or self._closed)

    def tell(self) -> None:
        """Something has changed for those who wait."""
        with self._state:
            self._state.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether it has ended."""
        return self._closed
