"""When a note that is edited becomes a commit: when it rests, and at the latest after a while."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds. ``rest``: after the last edit; ``longest``: after the first that is in no commit. ``linger``: so long
    a note that nobody edits any more is held for those who come back."""

    rest: float = 5.0
    longest: float = 60.0
    linger: float = 600.0


class Due:
    """Of one note: since when it waits for a commit."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._first: float | None = None
        self._last = 0.0
        self._not_before = 0.0

    def edited(self, now: float) -> None:
        """It was."""
        if self._first is None:
            self._first = now
        self._last = now

    def taken(self) -> None:
        """All edits so far are on their way into a commit."""
        self._first, self._not_before = None, 0.0

    def failed(self, now: float) -> None:
        """They did not come there: to be tried again."""
        self.edited(now)
        self._not_before = now + self._pace.rest

    def at(self) -> float | None:
        """When it is to be committed; None while nothing waits."""
        if self._first is None:
            return None
        return max(self._not_before, min(self._last + self._pace.rest, self._first + self._pace.longest))
