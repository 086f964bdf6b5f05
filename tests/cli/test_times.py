"""Times as options take them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from memcodec.cli.options import as_of
from memcodec.cli.times import parse_span

INSTANT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two hours ahead of UTC in summer, one in winter."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-04-02", utc(2026, 4, 1, 22), utc(2026, 4, 2, 22)),
        ("2026-01-02", utc(2026, 1, 1, 23), utc(2026, 1, 2, 23)),
        ("2026-03-29", utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),  # a day of 23 hours
        ("2026-04-02T08:00", utc(2026, 4, 2, 6), utc(2026, 4, 2, 6, 1)),
        ("2026-04-02 08:00Z", utc(2026, 4, 2, 8), utc(2026, 4, 2, 8, 1)),
        ("2026-04-02t08:00:05z", utc(2026, 4, 2, 8, 0, 5), utc(2026, 4, 2, 8, 0, 6)),
        ("2026-04-02T08:00:05-05:00", utc(2026, 4, 2, 13, 0, 5), utc(2026, 4, 2, 13, 0, 6)),
        (
            "2026-04-02T08:00:05.250000Z",
            utc(2026, 4, 2, 8, 0, 5, 250000),
            utc(2026, 4, 2, 8, 0, 5, 250001),
        ),
    ],
)
def test_a_time_covers_its_last_unit(text: str, first: datetime, end: datetime) -> None:
    assert parse_span(text) == (first, end - INSTANT)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026", "2026-4-2", "2026-W14", "08:00", "2026-04-02T8", "2026-04-02T08:00:05+2"],
)
def test_what_is_no_time_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time; write a date, 2026-04-02, or"):
        parse_span(text)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "0000-01-01", "9999-12-31", "2026-04-02T24:30"])
def test_times_that_there_are_not(text: str) -> None:
    with pytest.raises(ValueError, match="no such time"):
        parse_span(text)


def test_a_number_is_a_commit() -> None:
    assert as_of("12") == 12
    assert as_of("2026-04-02") == utc(2026, 4, 2, 22) - INSTANT
