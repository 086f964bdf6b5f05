"""How a ring stands, and which of its lines are unlike the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Status:
    """How a ring stands. ``first`` and ``next``: the number of the oldest line that is there, and that of the next.

    ``bytes``: of the texts of its lines; ``embedded``: how many of them have vectors or never will; ``skipped``: lines
    that got none because the model did not keep up. ``spilled``: all lines before this number are in ``spill``, the
    file; ``dropped``: lines that were to go there and did not; ``error``: why the file cannot be written to now.
    """

    name: str
    id: str
    model: str
    keep: int
    size: int | None
    age: float | None
    first: int
    next: int
    bytes: int
    oldest: datetime | None
    newest: datetime | None
    embedded: int
    skipped: int
    subscriptions: int
    spill: str | None
    spilled: int
    dropped: int
    error: str | None

    @property
    def lines(self) -> int:
        """How many are there."""
        return self.next - self.first


@dataclass(frozen=True, slots=True)
class Outlier:
    """A line that is unlike the others. ``distance``: 1 less its cosine to the mean of all."""

    number: int
    distance: float
    time: datetime
    text: str
