"""Sizes, times and counts, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.config.units import format_count, format_duration, format_size, parse_size
from memcodec.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        (512, 512),
        ("512", 512),
        ("512b", 512),
        ("25MB", 25_000_000),
        (" 25 mb ", 25_000_000),
        ("25M", 25_000_000),
        ("1GiB", 1 << 30),
        ("1.5 kB", 1500),
        ("1.5KiB", 1536),
        ("0.1GB", 100_000_000),
        ("2Ti", 2 << 40),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_parse_size(text: str | int, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MB",
        "-1",
        "1e3",
        "1,5MB",
        "1.MB",
        "1 apple",
        "1iB",
        "٣",
        "nan",
        "9" * 21,
        "9223372036854775808",
        True,
    ],
)
def test_parse_size_refuses(text: str) -> None:
    with pytest.raises(ConfigError, match="size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1_400_000, "1.4 MB"),
        (99_940, "99.9 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (100_000_000, "100 MB"),
        (25 * 10**15, "25,000 TB"),
    ],
)
def test_format_size(size: int, text: str) -> None:
    assert format_size(size) == text


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**15))
def test_sizes_read_back_about_equal(size: int) -> None:
    assert abs(parse_size(format_size(size).replace(",", "")) - size) <= 0.05 * size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0004, "0.4 ms"),
        (0.12, "120 ms"),
        (0.9996, "1.0 s"),
        (3.44, "3.4 s"),
        (59.96, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3599.6, "1 h 0 min"),
        (3840, "1 h 4 min"),
    ],
)
def test_format_duration(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_format_count() -> None:
    assert format_count(1234567) == "1,234,567"
