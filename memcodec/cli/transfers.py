"""How much went over a wire or through a disk, in words."""

from __future__ import annotations

from memcodec.config.units import format_duration, format_size


def amount(size: int, resumed: int, words: str) -> str:
    """``12.3 MB, of which 4.0 MB were there``."""
    return format_size(size) + (f", of which {format_size(resumed)} {words}" if resumed else "")


def pace(size: int, seconds: float) -> str:
    """``1.2 s (34.5 MB/s)``."""
    return f"{format_duration(seconds)} ({format_size(round(size / seconds))}/s)"
