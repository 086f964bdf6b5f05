"""Times as options take them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.cli.options import as_of
from memcodec.config.times import parse_span

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


# Seen from a Tuesday in April 2026, half past twelve and a few seconds, by the clocks of Berlin.
NOW = datetime(2026, 4, 14, 12, 30, 7, 5)


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("today", utc(2026, 4, 13, 22), utc(2026, 4, 14, 22)),
        ("Yesterday", utc(2026, 4, 12, 22), utc(2026, 4, 13, 22)),
        ("last Tuesday", utc(2026, 4, 6, 22), utc(2026, 4, 7, 22)),
        ("monday", utc(2026, 4, 12, 22), utc(2026, 4, 13, 22)),
        ("March 2024", utc(2024, 2, 29, 23), utc(2024, 3, 31, 22)),
        ("December", utc(2025, 11, 30, 23), utc(2025, 12, 31, 23)),
        ("3 March 2024", utc(2024, 3, 2, 23), utc(2024, 3, 3, 23)),
        ("March 3rd, 2024", utc(2024, 3, 2, 23), utc(2024, 3, 3, 23)),
        ("2024", utc(2023, 12, 31, 23), utc(2024, 12, 31, 23)),
        ("2024-02", utc(2024, 1, 31, 23), utc(2024, 2, 29, 23)),
        ("Q1 2024", utc(2023, 12, 31, 23), utc(2024, 3, 31, 22)),
        ("Q4 2023", utc(2023, 9, 30, 22), utc(2023, 12, 31, 23)),
        ("last week", utc(2026, 4, 5, 22), utc(2026, 4, 12, 22)),
        ("this month", utc(2026, 3, 31, 22), utc(2026, 4, 30, 22)),
        ("last year", utc(2024, 12, 31, 23), utc(2025, 12, 31, 23)),
        ("2 weeks ago", utc(2026, 3, 30, 22), utc(2026, 3, 31, 22)),
        ("2 months ago", utc(2026, 2, 13, 23), utc(2026, 2, 14, 23)),
        ("in 2 days", utc(2026, 4, 15, 22), utc(2026, 4, 16, 22)),
        ("3 hours ago", utc(2026, 4, 14, 7, 30, 7, 5), utc(2026, 4, 14, 7, 30, 7, 6)),
        ("now", utc(2026, 4, 14, 10, 30, 7, 5), utc(2026, 4, 14, 10, 30, 7, 6)),
        ("yesterday at 5pm", utc(2026, 4, 13, 15), utc(2026, 4, 13, 15, 1)),
        ("3 March 2024 10:30:05", utc(2024, 3, 3, 9, 30, 5), utc(2024, 3, 3, 9, 30, 6)),
        ("March 3, 2024 10:30 UTC", utc(2024, 3, 3, 10, 30), utc(2024, 3, 3, 10, 31)),
    ],
)
def test_words_for_times(text: str, first: datetime, end: datetime) -> None:
    assert parse_span(text, NOW) == (first, end - INSTANT)


@pytest.mark.parametrize(
    "text",
    [
        *("", "banana", "2026-4-2", "2026-W14", "08:00", "2026-04-02T8", "2026-04-02T08:00:05+2", "2024-13"),
        *("12", "a", "5pm", "3/4/2024", "1500000000", "last night", "this decade", "30 February 2024"),
        *("yesterday 25:00", "monday tuesday", "March 2024 " * 6, "March 2024 banana"),
    ],
)
def test_what_is_no_time_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time; write a date, 2026-04-02, or"):
        parse_span(text, NOW)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "0000-01-01", "9999-12-31", "2026-04-02T24:30", "9999"]
)
def test_times_that_there_are_not(text: str) -> None:
    with pytest.raises(ValueError, match="no such time"):
        parse_span(text)


def test_a_number_is_a_commit() -> None:
    assert as_of("12") == 12
    assert as_of("2026-04-02") == utc(2026, 4, 2, 22) - INSTANT
    assert as_of("April 2026") == utc(2026, 4, 30, 22) - INSTANT


@given(st.text(max_size=70))
@settings(deadline=None, max_examples=200)
def test_any_text_is_a_time_or_refused_in_one_line(text: str) -> None:
    try:
        span = parse_span(text, NOW)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert span.first <= span.last


def test_dates_cost_no_start_of_words() -> None:
    """The library for words is loaded for words alone."""
    code = "import sys; from memcodec.config.times import parse_span as p; p({!r}); print('dateparser' in sys.modules)"
    for text, loaded in (("2026-04-02", b"False\n"), ("yesterday", b"True\n")):
        assert subprocess.check_output([sys.executable, "-c", code.format(text)]) == loaded
