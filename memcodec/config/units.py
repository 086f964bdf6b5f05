"""Sizes, times and counts as people write and read them."""

from __future__ import annotations

import re
from fractions import Fraction

from memcodec.errors import ConfigError

_SIZE = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,9})?)[ _]*(?:([kmgt])(i)?)?b?", re.IGNORECASE)
_PREFIXES = "kMGT"
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) *([smhd])?", re.IGNORECASE)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LARGEST = 2**63 - 1


def parse_size(text: str | int) -> int:
    """Bytes: ``25MB`` and ``25 mb`` are decimal, ``1GiB`` binary, ``512`` is bytes. Raises ConfigError."""
    match = _SIZE.fullmatch(str(text).strip())
    if not match or isinstance(text, bool):
        raise ConfigError(f"{text!r} is not a size; write for example 25MB, 1.5GiB or a number of bytes")
    number, prefix, binary = match.groups()
    power = _PREFIXES.lower().index(prefix.lower()) + 1 if prefix else 0
    size = int(Fraction(number) * (1024 if binary else 1000) ** power)
    if size > _LARGEST:
        raise ConfigError(f"{text!r} is too large; a size is at most 2**63 - 1 bytes")
    return size


def parse_duration(text: str | float) -> float:
    """Seconds: ``90s``, ``10m``, ``1.5h``, ``2d``, or a number of them. Raises ConfigError."""
    match = _DURATION.fullmatch(str(text).strip())
    if not match or isinstance(text, bool):
        raise ConfigError(f"{text!r} is no length of time; write for example 90s, 10m, 2h or 1d")
    return float(match[1]) * _SECONDS[(match[2] or "s").lower()]


def format_size(size: int) -> str:
    """``999 B``, ``1.4 MB``, ``25 GB``: decimal, two or three digits."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for prefix in _PREFIXES:
        value /= 1000
        if value < 999.5 or prefix == "T":
            break
    return f"{value:.1f} {prefix}B" if value < 99.95 and round(value, 1) % 1 else f"{value:,.0f} {prefix}B"


def format_duration(seconds: float) -> str:
    """``0.4 ms``, ``120 ms``, ``3.4 s``, ``2 min 5 s``, ``1 h 4 min``."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.1f} ms" if seconds < 0.00995 else f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min"


def format_count(number: int) -> str:
    """``12,345``."""
    return f"{number:,}"
