"""Relations: which concepts chunks name together, more often than if terms stood anywhere.

The null hypothesis is that what is named is shuffled: each chunk keeps how many concepts it names, each concept how
many chunks name it. A pair's statistic is how unlikely its count is then, 2 (n ln(n / E) - (n - E)). The largest
statistic of all pairs in a shuffled text tells what the search for striking pairs finds where there is nothing (P. H.
Westfall and S. S. Young, "Resampling-Based Multiple Testing", 1993): confidence is the probability that it is
smaller, from a Gumbel distribution fitted to the largest statistics of some shuffles, so that it is corrected for the
number of pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints
from memcodec.insight.corpus import distinct

Floats = npt.NDArray[np.float64]
SHUFFLES = 24
LEAST = 3  #: chunks that name both of a pair
STRONGEST = 8  #: relations of each concept that are kept
_SEED = 20
_ROUNDS, _STEP = 60, 1.0  # of fitting what is expected
_EULER = 0.5772156649


class Pairs(NamedTuple):
    """Pairs of concepts, ``a < b``: chunks that name both, expected ones, strength, confidence."""

    a: Ints
    b: Ints
    together: Ints
    expected: Floats
    strength: Floats
    confidence: Floats

    def at(self, places: Ints) -> Pairs:
        """Some of them."""
        return Pairs(
            self.a[places],
            self.b[places],
            self.together[places],
            self.expected[places],
            self.strength[places],
            self.confidence[places],
        )


def related(chunk: Ints, concept: Ints, kinds: int, chunks: int, confidence: float) -> Pairs:
    """The strongest relations of each concept, of those that are as sure as asked; the strongest first.

    ``chunk`` and ``concept`` are pairs of a chunk and a concept that it names, which rise.
    """
    counts = np.bincount(concept, minlength=kinds)
    seen = together(chunk, concept, kinds)
    expected = _expected(chunk, counts, chunks)
    statistic = _statistic(seen, expected)
    upper = np.triu(np.ones((kinds, kinds), np.bool_), 1)
    sure = _confidence(chunk, concept, kinds, chunks)
    a, b = np.nonzero(upper & (seen >= LEAST) & (statistic > 0))
    n, e = seen[a, b], expected[a, b]
    held = sure(statistic[a, b])
    pull = _pull(seen, counts, chunks)
    strength = pull[a, b] * np.log1p(n) * (1 + _company(pull)[a, b])
    good = (held >= confidence) & (strength > 0)
    pairs = Pairs(a[good], b[good], n[good], e[good], strength[good], held[good])
    return _strongest(pairs, kinds)


def _pull(seen: Ints, counts: Ints, chunks: int) -> Floats:
    """Normalised pointwise mutual information of concepts that stand together, else 0; shape (kinds, kinds)."""
    made = np.zeros(seen.shape)
    a, b = np.nonzero(seen >= LEAST)
    n = seen[a, b]
    pmi = np.log(n * chunks / (counts[a] * counts[b]))
    made[a, b] = made[b, a] = np.maximum(pmi / np.maximum(-np.log(n / chunks), 1e-9), 0)
    return made


def _company(pull: Floats) -> Floats:
    """How far two concepts stand together with the same others, from 0 to 1: the cosine of their rows."""
    rows = pull / np.maximum(np.sqrt(np.einsum("ij,ij->i", pull, pull)), 1e-9)[:, None]
    made: Floats = rows @ rows.T
    return made


def together(chunk: Ints, concept: Ints, kinds: int) -> Ints:
    """How many chunks name both of two concepts, shape (kinds, kinds), in the upper half."""
    made = np.zeros(kinds * kinds, np.int64)
    at, ahead = np.arange(len(chunk)), 1
    while len(at := at[at + ahead < len(chunk)]):
        at = at[chunk[at] == chunk[at + ahead]]
        low, high = concept[at], concept[at + ahead]
        keys = np.minimum(low, high) * kinds + np.maximum(low, high)
        made += np.bincount(keys, minlength=kinds * kinds)
        ahead += 1
    whole: Ints = made.reshape(kinds, kinds)
    np.fill_diagonal(whole, 0)
    return whole


def _expected(chunk: Ints, counts: Ints, chunks: int) -> Floats:
    """In how many chunks two concepts would both stand if concepts were shuffled over the places they stand at.

    The probability that a concept stands in a chunk is x y / (1 + x y), with an x for each concept and a y for each
    size of chunk such that both margins are as they are: of all such models the one that says least more.
    """
    sizes, often = np.unique(np.bincount(chunk, minlength=chunks), return_counts=True)
    root = max(1.0, float(len(chunk)) ** 0.5)
    x: Floats = counts / root
    y: Floats = sizes / root
    for _ in range(_ROUNDS):
        held = np.outer(x, y)
        held /= 1 + held
        x = x * (counts / np.maximum(held @ often, 1e-12)) ** _STEP
        held = np.outer(x, y)
        held /= 1 + held
        y = y * (sizes / np.maximum(held.sum(axis=0), 1e-12)) ** _STEP
    held = np.outer(x, y)
    held /= 1 + held
    made: Floats = (held * often) @ held.T
    return made


def _statistic(seen: Ints, expected: Floats) -> Floats:
    above = seen > expected
    n, e = np.where(above, seen, 1), np.where(above, np.maximum(expected, 1e-12), 1)
    made: Floats = np.where(above, 2 * (n * np.log(n / e) - (n - e)), 0.0)
    return made


class _Sure(NamedTuple):
    """A Gumbel distribution, by location and scale."""

    location: float
    scale: float

    def __call__(self, statistic: Floats) -> Floats:
        made: Floats = np.exp(-np.exp(-np.clip((statistic - self.location) / self.scale, -30, 500)))
        return made


def _confidence(chunk: Ints, concept: Ints, kinds: int, chunks: int) -> _Sure:
    """How the largest statistic of all pairs is distributed where terms are shuffled."""
    chance = np.random.default_rng(_SEED)
    largest = np.zeros(SHUFFLES)
    for turn in range(SHUFFLES):
        keys = distinct(chunk * kinds + chance.permutation(concept))
        where, what = np.divmod(keys, kinds)
        seen = together(where, what, kinds)
        seen[seen < LEAST] = 0
        expected = _expected(where, np.bincount(what, minlength=kinds), chunks)
        largest[turn] = _statistic(seen, expected).max(initial=0)
    scale = max(float(largest.std(ddof=1)) * np.sqrt(6) / np.pi, 0.5)
    return _Sure(float(largest.mean()) - _EULER * scale, scale)


def _strongest(pairs: Pairs, kinds: int) -> Pairs:
    """Those that are among the strongest of either concept, the strongest first."""
    order = np.lexsort((pairs.b, pairs.a, -pairs.strength))
    left, kept = np.full(kinds, STRONGEST), list[int]()
    for at, a, b in zip(order.tolist(), pairs.a[order].tolist(), pairs.b[order].tolist(), strict=True):
        if left[a] > 0 or left[b] > 0:
            kept.append(at)
            left[a] -= 1
            left[b] -= 1
    chosen = np.array(kept, np.int64)
    return pairs.at(chosen)
