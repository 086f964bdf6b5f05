"""Ranked chunks, and how several rankings of them become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

RRF = 10  #: Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion", SIGIR 2009 take 60; benchmarks/quality.py says why


class Ranked(NamedTuple):
    """A chunk, by its index run's place among all of them and its number there, with its score."""

    run: int
    chunk: int
    score: float

    @property
    def key(self) -> tuple[int, int]:
        """Which chunk it is."""
        return self.run, self.chunk


def by_score(each: Ranked) -> tuple[float, int, int]:
    """The order of a ranking: best first, equal ones as they stand in the files."""
    return -each.score, each.run, each.chunk


def fuse(lists: Sequence[Sequence[Ranked]]) -> list[Ranked]:
    """Reciprocal rank fusion: a chunk scores 1/(RRF + rank) in each list it stands in."""
    scores: dict[tuple[int, int], float] = {}
    for ranked in lists:
        for rank, each in enumerate(ranked, 1):
            scores[each.key] = scores.get(each.key, 0.0) + 1 / (RRF + rank)
    order = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    return [Ranked(run, chunk, score) for (run, chunk), score in order]
