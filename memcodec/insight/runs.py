"""Runs of up to three content words that stand side by side, how often, and what stands around them: what may be a
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints, Mask
from memcodec.insight import stopwords
from memcodec.insight.corpus import Corpus, Stream, distinct

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
LEAST = 3  #: times that a name stands somewhere
_EACH = (6_000, 12_000, 8_000)  # runs of one, two and three words that are weighed, the most frequent ones
_NONE = np.uint16(0)
_NEAR = 8  # words before and after one: where few of them are words of grammar, there is code, or a list
_PIECE = 1 << 20  # occurrences that are counted at once


class Runs(NamedTuple):
    """Runs of terms of one length: shape (n, length), how often each stands, and in how many documents.

    ``beside``: how often it stands in each of ``stopwords.BESIDE``, shape (n, kinds). ``prose``: of the words around it
    how many are words of grammar, from 0 to 1. ``nested``: the largest share of its occurrences that is within one
    longer run.
    """

    terms: Ints
    counts: Ints
    documents: Ints
    beside: Ints
    prose: Floats
    nested: Floats


class _Around:
    """What stands around places of the stream: looked up when it is asked for, for there are many."""

    def __init__(self, corpus: Corpus, inside: Mask, apart: Mask) -> None:
        self._stream, self._apart = corpus.stream, apart
        self._before, self._after = stopwords.beside(corpus.names, corpus.language)
        self._near = grammar_near(inside)

    def at(self, starts: Places, length: int) -> tuple[stopwords.Bits, Bytes]:
        """What runs of a length that start at some places stand beside, as bits; and the words of grammar near them."""
        ends = starts + length
        last = np.minimum(ends, len(self._stream) - 1)
        before: stopwords.Bits = np.where(self._apart[starts], _NONE, self._before[self._stream[starts - 1]])
        after: stopwords.Bits = np.where(self._apart[ends], _NONE, self._after[self._stream[last]])
        return np.bitwise_or(before, after), self._near[starts]


def candidates(corpus: Corpus) -> list[Runs]:
    """The most frequent runs of one, of two and of three terms that stand side by side in a chunk; counted once."""
    return corpus.once("candidates", lambda: _with_nested(list(_candidates(corpus))))


def _candidates(corpus: Corpus) -> Iterator[Runs]:
    stream, content = corpus.stream, corpus.content
    kinds = len(corpus.names)
    least = max(LEAST, len(stream) // 4_000_000)
    inside = content[corpus.stream]
    documents = corpus.document.astype(np.int32)[corpus.chunk_of]
    apart = np.ones(
        len(stream) + 1, np.bool_
    )  # whether a token's chunk is another than that of the one before
    apart[1:-1] = np.diff(corpus.chunk_of) != 0
    around = _Around(corpus, inside, apart)
    starts = np.flatnonzero(inside).astype(np.int32)
    yield _counted(stream[starts], documents, around, starts, 1, least, lambda keys: keys[:, None])
    starts = np.flatnonzero(inside[:-1] & inside[1:] & ~apart[1:-1]).astype(np.int32)
    pairs = stream[starts].astype(np.int64) * kinds + stream[starts + 1]
    frequent, code = np.unique(pairs, return_inverse=True)
    often = (np.bincount(code, minlength=len(frequent)) >= least)[code]
    starts, pairs, code = starts[often], pairs[often], code[often]
    yield _counted(
        pairs, documents, around, starts, 2, least, lambda keys: np.stack(np.divmod(keys, kinds), axis=1)
    )
    # Of three: where two frequent pairs overlap.
    coded = np.full(len(stream), -1, np.int32)
    coded[starts] = code
    thirds = starts[coded[np.minimum(starts + 1, len(stream) - 1)] >= 0]
    keys = coded[thirds] * np.int64(kinds) + stream[np.minimum(thirds + 2, len(stream) - 1)]

    def of_three(found: Ints) -> Ints:
        pair, last = np.divmod(found, kinds)
        return np.stack([*np.divmod(frequent[pair], kinds), last], axis=1)

    yield _counted(keys, documents, around, thirds, 3, least, of_three)


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
    keys: Ints | Stream,
    documents: Places,
    around: _Around,
    starts: Places,
    length: int,
    least: int,
    terms_of: Callable[[Ints], Ints],
) -> Runs:
    """Runs by their keys, one for each place where one starts."""
    ordered = np.sort(keys)
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    first = np.flatnonzero(new)
    unique, counts = ordered[first].astype(np.int64), np.diff(first, append=len(ordered))
    del ordered, first, new
    often = np.flatnonzero(counts >= least)
    best = often[np.argsort(-counts[often], kind="stable")][: _EACH[length - 1]]
    terms, counts = terms_of(unique[best]), counts[best]
    number = np.argsort(best)  # of the keys that rise: the rank of each
    wanted = unique[best[number]]
    total = int(documents.max(initial=0)) + 1
    beside = np.zeros((len(best), len(stopwords.BESIDE)), np.int64)
    near, held = np.zeros(len(best)), [np.empty(0, np.int64)]
    for at in range(0, len(keys) if len(wanted) else 0, _PIECE):
        some = keys[at : at + _PIECE]
        place = np.minimum(np.searchsorted(wanted, some), len(wanted) - 1)
        kept = wanted[place] == some
        own, there = number[place[kept]], starts[at : at + _PIECE][kept]
        held.append(distinct(own * total + documents[there]))
        bits, grammar = around.at(there, length)
        near += np.bincount(own, grammar, minlength=len(best))
        for bit in range(len(stopwords.BESIDE)):
            beside[:, bit] += np.bincount(
                own[(bits >> np.uint16(bit) & 1).astype(np.bool_)], minlength=len(best)
            )
    spread = np.bincount(distinct(np.concatenate(held)) // total, minlength=len(best))
    prose = share_near(near / np.maximum(1, counts))
    return Runs(terms, counts, spread, beside, prose, np.zeros(len(best)))


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
