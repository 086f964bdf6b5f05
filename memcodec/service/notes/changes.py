"""How two texts differ: by lines, and within lines that changed by words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_MOST = 1 << 26  # pairs that are compared: 8 MB, and tenths of a second
_ALIKE = 0.3  # the part of a text that another version of it has left


class Change(NamedTuple):
    """Characters ``start`` to ``end`` of the old text give way to ``text``."""

    start: int
    end: int
    text: str


def changes(old: str, new: str) -> list[Change]:
    """What makes one text of the other, from front to back."""
    return list(_among(old.splitlines(keepends=True), new.splitlines(keepends=True), 0, by_words=True))


def are_versions(old: str, new: str) -> bool:
    """Whether one may be taken for a version of the other, and not for another text in its place."""
    gone = sum(change.end - change.start for change in changes(old, new))
    return len(old) - gone >= _ALIKE * len(old)


def _among(old: Sequence[str], new: Sequence[str], start: int, *, by_words: bool) -> Iterator[Change]:
    for (a, b), (c, d) in _runs(old, new):
        start_of = start + sum(map(len, old[:a]))
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if by_words and before and after:
            yield from _among(_WORD.findall(before), _WORD.findall(after), start_of, by_words=False)
        else:
            yield Change(start_of, start_of + len(before), after)


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Runs of parts that differ, each with what stands in its place."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle) * len(other) > _MOST:
        yield (head, len(old) - tail), (head, len(new) - tail)
        return
    at: tuple[int, int] | None = None  # where the run began
    last = (0, 0)
    for each in Indel.opcodes(middle, other):
        a, b, c, d = each.src_start, each.src_end, each.dest_start, each.dest_end
        if each.tag == "equal":
            if at is not None:
                yield (head + at[0], head + last[0]), (head + at[1], head + last[1])
            at = None
        elif at is None:
            at = (a, c)
        last = (b, d)
    if at is not None:
        yield (head + at[0], head + last[0]), (head + at[1], head + last[1])
