"""Indexing: files that were indexed, and the jobs that index them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from memcodec.answers.typed import TypedDict

if TYPE_CHECKING:
    from memcodec.jobs import Job


class IndexedAnswer(TypedDict):
    """A file that was indexed: how many chunks there are, have vectors, and got them now; ``pictures`` seen now."""

    file: str
    chunks: int
    indexed: int
    made: int
    lexical: bool
    model: str | None
    pictures: int
    seconds: float


class IndexAnswer(TypedDict):
    """``index``; with ``--background`` it is ``JobsAnswer``."""

    files: list[IndexedAnswer]


class JobOptionsAnswer(TypedDict):
    """How a job is worked on."""

    workers: int
    nice: int
    batch: int
    every: float
    cluster: str | None
    language: str
    bits: int


class JobAnswer(TypedDict):
    """A job: ``done`` and ``total`` count chunks, ``rate`` is chunks a second, ``left`` seconds. Times are ISO 8601."""

    id: int
    path: str
    model: str | None
    rebuild: bool
    options: JobOptionsAnswer
    state: str
    tries: int
    done: int
    total: int
    created: str
    started: str | None
    updated: str
    ended: str | None
    error: str | None
    rate: float | None
    left: float | None
    stalled: bool


class JobsAnswer(TypedDict):
    """``jobs list``, ``jobs status`` and ``jobs wait``."""

    jobs: list[JobAnswer]


_TIMES = ("created", "started", "updated", "ended")
_INNER = ("base", "is_stalled")


def jobs(found: Iterable[Job]) -> JobsAnswer:
    """Indexing jobs."""
    return {"jobs": list(map(_job, found))}


def _job(job: Job) -> JobAnswer:
    shown = {name: value for name, value in asdict(job).items() if name not in _INNER}
    times = {name: _iso(getattr(job, name)) for name in _TIMES}
    speed = {"rate": _rounded(job.rate), "left": _rounded(job.left), "stalled": job.is_stalled}
    return cast("JobAnswer", {**shown, **times, **speed})


def _iso(time: float | None) -> str | None:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds") if time is not None else None


def _rounded(number: float | None) -> float | None:
    return round(number, 1) if number is not None else None


class CancelAnswer(TypedDict):
    """``jobs cancel``: the numbers of those that had not ended."""

    cancelled: list[int]


def cancelled(numbers: Iterable[int]) -> CancelAnswer:
    """Jobs that were stopped."""
    return {"cancelled": list(numbers)}


class PruneAnswer(TypedDict):
    """``jobs prune``: the numbers of those that were forgotten."""

    pruned: list[int]


def pruned(numbers: Iterable[int]) -> PruneAnswer:
    """Jobs that are no longer known."""
    return {"pruned": list(numbers)}


class LogLine(TypedDict):
    """Something that happened to a job."""

    time: str
    text: str


class LogsAnswer(TypedDict):
    """``jobs logs``."""

    job: int
    file: str
    lines: list[LogLine]


def logs(job: Job, lines: Iterable[tuple[str, str]]) -> LogsAnswer:
    """What happened to a job."""
    told: list[LogLine] = [{"time": time, "text": text} for time, text in lines]
    return {"job": job.id, "file": job.path, "lines": told}
