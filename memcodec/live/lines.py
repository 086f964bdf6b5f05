"""The texts of a ring's lines, with their times and tags: blocks of some hundred lines, which are let go whole.

No line is an object: a block is the bytes of all its texts and where each ends. Lines are numbered on and on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints

BLOCK = 256  #: lines of a block, or more if they come together
NO_TAGS: Mapping[str, str] = {}

Times = npt.NDArray[np.int64]


class Line(NamedTuple):
    """``time`` in microseconds since 1970; ``whole``: its bytes where ``text`` is not all of them."""

    text: bytes
    time: int
    tags: Mapping[str, str]
    whole: bytes | None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines ``first`` to ``end - 1``. ``tags`` and ``wholes`` have those of the lines that have any."""

    first: int
    end: int
    data: bytes
    ends: Ints
    times: Times
    tags: Mapping[int, Mapping[str, str]]
    wholes: Mapping[int, bytes]

    def line(self, number: int) -> Line:
        """One of its lines."""
        at = number - self.first
        start = int(self.ends[at - 1]) if at else 0
        text = self.data[start : int(self.ends[at])]
        return Line(text, int(self.times[at]), self.tags.get(number, NO_TAGS), self.wholes.get(number))


@dataclass(slots=True)
class _Open:
    """The newest lines, which are in no block yet."""

    first: int
    texts: list[bytes] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    tags: dict[int, Mapping[str, str]] = field(default_factory=dict)
    wholes: dict[int, bytes] = field(default_factory=dict)

    def block(self) -> Block:
        ends = np.fromiter(accumulate(map(len, self.texts)), np.int64, len(self.texts))
        times = np.array(self.times, np.int64)
        end = self.first + len(self.texts)
        return Block(self.first, end, b"".join(self.texts), ends, times, dict(self.tags), dict(self.wholes))


class Texts:
    """Lines as one moment has them: they stay here, whatever the ring lets go."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks, self._firsts = blocks, [each.first for each in blocks]

    def line(self, number: int) -> Line:
        """One line. Raises KeyError for one that is not here."""
        at = bisect_right(self._firsts, number) - 1
        if at < 0 or number >= self._blocks[at].end:
            raise KeyError(number)
        return self._blocks[at].line(number)

    def lines(self, first: int, end: int) -> Iterator[tuple[int, Line]]:
        """The lines of these numbers that are here, each with its number."""
        for block in self._blocks[max(0, bisect_right(self._firsts, first) - 1) :]:
            for number in range(max(first, block.first), min(end, block.end)):
                yield number, block.line(number)

    def tagged(self, first: int, end: int) -> list[tuple[int, Mapping[str, str]]]:
        """The lines of these numbers that have tags, with them."""
        each = (pair for block in self._blocks for pair in block.tags.items())
        return [(number, tags) for number, tags in each if first <= number < end]


class Lines:
    """Written by one thread at a time; read by any number meanwhile."""

    def __init__(self, first: int) -> None:
        self._blocks: list[Block] = []
        self._open = _Open(first)
        self._lock = Lock()

    def add(
        self,
        texts: Sequence[bytes],
        times: Sequence[int],
        tags: Sequence[Mapping[str, str]] | None,
        wholes: Mapping[int, bytes],
    ) -> None:
        """Append lines; ``wholes`` are by place among these."""
        with self._lock:
            opened = self._open
            base = opened.first + len(opened.texts)
            opened.texts.extend(texts)
            opened.times.extend(times)
            if tags is not None:
                opened.tags.update((base + at, each) for at, each in enumerate(tags) if each)
            opened.wholes.update((base + at, whole) for at, whole in wholes.items())
            if len(opened.texts) >= BLOCK:
                block = opened.block()
                self._blocks.append(block)
                self._open = _Open(block.end)

    def drop(self, first: int) -> None:
        """Let lines before ``first`` go, as far as whole blocks are of such."""
        with self._lock:
            gone = 0
            while gone < len(self._blocks) and self._blocks[gone].end <= first:
                gone += 1
            del self._blocks[:gone]

    def texts(self) -> Texts:
        """All lines that are here now."""
        with self._lock:
            blocks = list(self._blocks)
            if self._open.texts:
                blocks.append(self._open.block())
        return Texts(blocks)
