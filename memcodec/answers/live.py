"""Rings: how they stand, what in them is unlike the rest, what was saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from memcodec.answers.typed import TypedDict


class RingAnswer(TypedDict):
    """How a ring stands; times are ISO 8601, null without a line. ``size`` and ``age`` are null without bounds.

    ``first`` and ``next``: the number of the oldest line and that of the next one. ``spilled``: all lines before that
    number are in ``spill`` or ``dropped``; ``error``: why that file cannot be written to now.
    """

    name: str
    id: str
    model: str
    keep: int
    size: int | None
    age: float | None
    first: int
    next: int
    lines: int
    bytes: int
    oldest: str | None
    newest: str | None
    embedded: int
    skipped: int
    subscriptions: int
    spill: str | None
    spilled: int
    dropped: int
    error: str | None


class StatusAnswer(TypedDict):
    """``live status``."""

    rings: list[RingAnswer]


def status(found: Iterable[Mapping[str, Any]]) -> StatusAnswer:
    """Rings, as they tell of themselves."""
    return {"rings": [cast("RingAnswer", dict(each)) for each in found]}


class OutlierAnswer(TypedDict):
    """A line: ``distance`` is 1 less its cosine to the mean of all."""

    n: int
    distance: float
    time: str
    text: str


class OutliersAnswer(TypedDict):
    """``live outliers``."""

    ring: str
    outliers: list[OutlierAnswer]


def outliers(ring: str, found: Iterable[Mapping[str, Any]]) -> OutliersAnswer:
    """What is unlike the rest, the farthest first."""
    return {"ring": ring, "outliers": [cast("OutlierAnswer", dict(each)) for each in found]}


class SaveAnswer(TypedDict):
    """``live save``."""

    ring: str
    file: str
    lines: int
    size: int


def saved(ring: str, file: str, lines: int, size: int) -> SaveAnswer:
    """What a new file has of a ring."""
    return {"ring": ring, "file": file, "lines": lines, "size": size}
