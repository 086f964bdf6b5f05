"""What a job is: one memory file to be indexed, how, and how far that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from memcodec.config.settings import VECTOR_BITS

NO_KEY = "who makes indexes has no key to it; its vectors are made as it is written"  #: why no job is for a sealed file


class JobState(StrEnum):
    """Where a job is. ``missing``: its file is not there any more."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSING = "missing"


OPEN = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Options:
    """How a job is worked on.

    ``workers`` processes (0: one a core), of niceness ``nice``; ``batch`` chunks at a time (0: some seconds' worth);
    no commit sooner than ``every`` seconds after the last; ``cluster``: a Dask scheduler's address; ``language``: of
    the lexical index, and ``bits`` of a number of a vector, if the file has none.
    """

    workers: int = 0
    nice: int = 0
    batch: int = 0
    every: float = 30.0
    cluster: str | None = None
    language: str = "english"
    bits: int = VECTOR_BITS


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be indexed. ``done`` and ``total`` count chunks; times are seconds since 1970.

    ``base`` chunks were done when the run began that began at ``started``: what the rate is taken from.
    """

    id: int
    path: str
    model: str | None
    rebuild: bool
    options: Options
    state: JobState
    tries: int
    done: int
    total: int
    base: int
    created: float
    started: float | None
    updated: float
    ended: float | None
    error: str | None
    is_stalled: bool  #: whether it was begun and no process is there to go on with it

    @property
    def is_open(self) -> bool:
        """Whether it waits or is worked on."""
        return self.state in OPEN

    @property
    def rate(self) -> float | None:
        """Chunks a second since this run began; None before the first of them."""
        if self.started is None or self.done <= self.base or self.updated <= self.started:
            return None
        return (self.done - self.base) / (self.updated - self.started)

    @property
    def left(self) -> float | None:
        """Seconds left at that rate."""
        return (self.total - self.done) / self.rate if self.rate and self.is_open else None

    def to_json(self) -> dict[str, Any]:
        """It in JSON's types."""
        times = {name: _iso(getattr(self, name)) for name in ("created", "started", "updated", "ended")}
        speed = {"rate": _rounded(self.rate), "left": _rounded(self.left), "stalled": self.is_stalled}
        shown = {name: value for name, value in asdict(self).items() if name not in ("base", "is_stalled")}
        return {**shown, **times, **speed}


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds") if time is not None else None


def _rounded(number: float | None) -> float | None:
    return round(number, 1) if number is not None else None
