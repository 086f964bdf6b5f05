"""Ranked chunks, and how a ranking by words and one by meaning become one.

A mean of both scores, each scaled by what it can be at most, keeps how far hits are apart; ranks do not (S. Bruch,
S. Gai and A. Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM TOIS 42, 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

MEANING = 0.5  #: what the score by meaning counts, the rest is that by words; benchmarks/answers.py says why
Key = tuple[int, int]  #: a chunk: its index run's place among all of them, and its number there


class Ranked(NamedTuple):
    """A chunk, by its index run's place among all of them and its number there, with its score."""

    run: int
    chunk: int
    score: float

    @property
    def key(self) -> Key:
        """Which chunk it is."""
        return self.run, self.chunk


def by_score(each: Ranked) -> tuple[float, int, int]:
    """The order of a ranking: best first, equal ones as they stand in the files."""
    return -each.score, each.run, each.chunk


def fuse(
    by_words: Sequence[Ranked],
    by_meaning: Sequence[Ranked],
    said: Callable[[Iterable[Key]], Mapping[Key, float]],
    k: int,
    late: Sequence[Ranked] = (),
    is_lacking: Callable[[Ranked], bool] = lambda each: False,
) -> list[Ranked]:
    """The best ``k`` by the mean of what each ``said`` in words, 0 to 1, and of its cosine, 0 to 1.

    The cosine of what is ranked by words alone is taken to be the least one that is ranked of its kind: of chunks that
    are ``lacking`` a vector the least of those that are ranked ``late``, of others the least of ``by_meaning``.
    """
    least = by_meaning[-1].score if by_meaning else 0.0
    cosines = {(run, chunk): least for run, chunk, _ in by_words}
    if late:
        cosines |= {each.key: late[-1].score for each in by_words if is_lacking(each)}
    cosines |= {(run, chunk): cosine for run, chunk, cosine in (*by_meaning, *late)}
    words = said(cosines)
    made = [
        ((MEANING - 1) * words.get(key, 0.0) - MEANING * bounded(cosine), *key)
        for key, cosine in cosines.items()
    ]
    made.sort()
    return [Ranked(run, chunk, -score) for score, run, chunk in made[:k]]


def bounded(cosine: float) -> float:
    """A cosine as a score: opposites are no more unlike than strangers are, and coarse vectors may say more than 1."""
    return min(1.0, max(0.0, cosine))
