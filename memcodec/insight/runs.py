"""Runs of up to three content words that stand side by side, how often, and what stands around them: what may be a
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints
from memcodec.insight import stopwords
from memcodec.insight.corpus import Corpus, distinct

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
LEAST = 3  #: times that a name stands somewhere
_EACH = 6_000  # runs of each length that are weighed, the most frequent ones
_NEAR = 8  # words before and after one: where few of them are words of grammar, there is code, or a list
_PIECE = 1 << 20  # occurrences that are counted at once


class Runs(NamedTuple):
    """Runs of terms of one length: shape (n, length), how often each stands, and in how many documents.

    ``beside``: how often a word of each of ``stopwords.ROLES`` stands beside it, shape (n, roles). ``prose``: of the
    words around it how many are words of grammar, from 0 to 1. ``nested``: the largest share of its occurrences that
    is within one longer run.
    """

    terms: Ints
    counts: Ints
    documents: Ints
    beside: Ints
    prose: Floats
    nested: Floats


class _Around(NamedTuple):
    """Of each place of the stream the roles of the words before and after it, as bits, and how much grammar is near."""

    before: Bytes
    after: Bytes
    near: Bytes

    def at(self, starts: Ints | npt.NDArray[np.bool_], length: int) -> tuple[Bytes, Bytes]:
        """The roles beside runs that start at some places, and the words of grammar near them."""
        after = np.roll(self.after, 1 - length) if length > 1 else self.after
        return self.before[starts] | after[starts], self.near[starts]


def candidates(corpus: Corpus) -> list[Runs]:
    """The most frequent runs of one, of two and of three terms that stand side by side in a chunk; counted once."""
    return corpus.once("candidates", lambda: _with_nested(list(_candidates(corpus))))


def _candidates(corpus: Corpus) -> Iterator[Runs]:
    stream, content = corpus.stream, corpus.content
    kinds = len(corpus.names)
    least = max(LEAST, len(stream) // 4_000_000)
    inside = content[corpus.stream]
    documents = corpus.document.astype(np.int32)[corpus.chunk_of]
    apart = np.ones(len(stream), np.bool_)  # whether a token's chunk is another than that of the one before
    apart[1:] = np.diff(corpus.chunk_of) != 0
    around = _around(corpus, inside, apart)
    yield _counted(
        stream[inside].astype(np.int64),
        documents[inside],
        around.at(inside, 1),
        least,
        lambda keys: keys[:, None],
    )
    starts = np.flatnonzero(inside[:-1] & inside[1:] & ~apart[1:])
    pairs = stream[starts].astype(np.int64) * kinds + stream[starts + 1]
    frequent, code = np.unique(pairs, return_inverse=True)
    often = np.bincount(code, minlength=len(frequent)) >= least
    kept = starts[often[code]]
    yield _counted(
        pairs[often[code]],
        documents[kept],
        around.at(kept, 2),
        least,
        lambda keys: np.stack(np.divmod(keys, kinds), axis=1),
    )
    # Of three: where two frequent pairs overlap.
    coded = np.full(len(stream), -1, np.int64)
    coded[kept] = code[often[code]]
    thirds = kept[(kept + 1 < len(stream)) & (coded[np.minimum(kept + 1, len(stream) - 1)] >= 0)]
    keys = coded[thirds] * kinds + stream[thirds + 2]

    def of_three(found: Ints) -> Ints:
        pair, last = np.divmod(found, kinds)
        return np.stack([*np.divmod(frequent[pair], kinds), last], axis=1)

    yield _counted(keys, documents[thirds], around.at(thirds, 3), least, of_three)


def _around(corpus: Corpus, inside: npt.NDArray[np.bool_], apart: npt.NDArray[np.bool_]) -> _Around:
    role = stopwords.roles(corpus.names, corpus.language)[corpus.stream]
    before, after = np.zeros_like(role), np.zeros_like(role)
    before[1:] = np.where(apart[1:], 0, role[:-1] & stopwords.BEFORE)
    after[:-1] = np.where(apart[1:], 0, role[1:] & stopwords.AFTER)
    return _Around(before, after, grammar_near(inside))


def grammar_near(inside: npt.NDArray[np.bool_]) -> Bytes:
    """Of each place how many words of grammar are near it. ``inside``: which words are content."""
    total = len(inside)
    sums = np.zeros(total + 1, np.uint8)  # differences are right though sums overflow
    np.cumsum(~inside, dtype=np.uint8, out=sums[1:])
    wide = 2 * _NEAR + 1
    near = np.zeros(total, np.uint8)
    if total >= wide:
        near[_NEAR : total - _NEAR] = sums[wide:] - sums[: total - wide + 1]
    ends = [*range(min(_NEAR, total)), *range(max(_NEAR, total - _NEAR), total)]
    for at in ends:
        near[at] = np.count_nonzero(~inside[max(at - _NEAR, 0) : at + _NEAR + 1])
    return near


def share_near(count: Floats) -> Floats:
    """A mean of ``grammar_near`` as a share of the words there."""
    made: Floats = count / (2 * _NEAR + 1)
    return made


def _counted(
    keys: Ints,
    documents: npt.NDArray[np.int32],
    around: tuple[Bytes, Bytes],
    least: int,
    terms_of: Callable[[Ints], Ints],
) -> Runs:
    ordered = np.sort(keys)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    unique, counts = ordered[first], np.diff(first, append=len(ordered))
    del ordered, first
    often = np.flatnonzero(counts >= least)
    best = often[np.argsort(-counts[often], kind="stable")][:_EACH]
    number = np.argsort(best)  # of the keys that rise: the rank of each
    wanted = unique[best[number]]
    place = np.minimum(np.searchsorted(wanted, keys), max(0, len(wanted) - 1))
    mine = np.where(wanted[place] == keys, number[place], -1) if len(wanted) else np.full(len(keys), -1)
    named = mine >= 0
    total = int(documents.max(initial=0)) + 1
    held = distinct(mine[named].astype(np.int64) * total + documents[named])
    spread = np.bincount(held // total, minlength=len(best))
    del held, place
    beside = np.zeros((len(best), len(stopwords.ROLES)), np.int64)
    near = np.zeros(len(best))
    for at in range(0, len(mine), _PIECE):
        piece = slice(at, at + _PIECE)
        kept = named[piece]
        own, roles = mine[piece][kept], around[0][piece][kept]
        near += np.bincount(own, around[1][piece][kept], minlength=len(best))
        for bit in range(len(stopwords.ROLES)):
            beside[:, bit] += np.bincount(own[(roles >> bit & 1).astype(np.bool_)], minlength=len(best))
    prose = share_near(near / np.maximum(1, counts[best]))
    return Runs(terms_of(unique[best]), counts[best], spread, beside, prose, np.zeros(len(best)))


def _with_nested(runs: Sequence[Runs]) -> list[Runs]:
    made = list(runs)
    places = [{tuple(terms): at for at, terms in enumerate(each.terms.tolist())} for each in runs]
    for longer in range(1, len(runs)):
        for terms, count in zip(runs[longer].terms.tolist(), runs[longer].counts.tolist(), strict=True):
            for shorter in range(longer):
                size = shorter + 1
                for first in range(len(terms) - size + 1):
                    at = places[shorter].get(tuple(terms[first : first + size]))
                    if at is not None:
                        share = count / int(runs[shorter].counts[at])
                        made[shorter].nested[at] = max(share, made[shorter].nested[at])
    return made
