"""Arithmetic of (offset, length) spans. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Span = tuple[int, int]


def merged(spans: Iterable[Span], near: int = 0) -> list[Span]:
    """The same bytes in rising order, those less than ``near`` bytes apart as one span. Empty spans go."""
    found: list[Span] = []
    for offset, length in sorted(span for span in spans if span[1] > 0):
        if found and offset <= (end := sum(found[-1])) + max(0, near - 1):
            found[-1] = (found[-1][0], max(end, offset + length) - found[-1][0])
        else:
            found.append((offset, length))
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What of ``spans`` lies outside ``taken``; both in rising order, neither overlapping itself."""
    left, gone = [], list(taken)
    first = 0
    for offset, length in spans:
        end = offset + length
        while first < len(gone) and sum(gone[first]) <= offset:
            first += 1
        for start, size in gone[first:]:
            if start >= end or offset >= end:
                break
            if start > offset:
                left.append((offset, start - offset))
            offset = max(offset, start + size)
        if offset < end:
            left.append((offset, end - offset))
    return left


def pieces(spans: Iterable[Span], most: int) -> Iterator[Span]:
    """The same bytes in spans of at most ``most``."""
    for offset, length in spans:
        for start in range(offset, offset + length, most):
            yield start, min(most, offset + length - start)


def joined(parts: Iterable[tuple[int, bytes]], offset: int, length: int) -> memoryview:
    """``length`` bytes from ``offset`` out of (offset, bytes) parts that hold them all. Raises ValueError if not."""
    found: list[memoryview] = []
    place, end = offset, offset + length
    for start, data in sorted(parts, key=lambda part: part[0]):
        if place < end and start <= place < start + len(data):
            found.append(memoryview(data)[place - start : end - start])
            place += len(found[-1])
    if place < end:
        raise ValueError(f"nothing holds byte {place}")
    return found[0] if len(found) == 1 else memoryview(b"".join(found))
