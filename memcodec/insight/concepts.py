"""Concepts: runs of up to three terms between stop words that documents have in common, ranked, and where each stands.

Runs (runs.py) rank by their weights (weighing.py). Every token is of one concept at most, of the longest that it is in,
so that what is said of a name is not said of its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints
from memcodec.insight import weighing
from memcodec.insight.corpus import Corpus
from memcodec.insight.marks import Marking, Marks, Words
from memcodec.insight.runs import candidates

Floats = npt.NDArray[np.float64]
_NESTED = 0.65  # of a run's occurrences in a longer one: it is a part of a name, and none itself
_COHESIVE = 0.15  # normalised PMI: words of a name that stand together by chance have less


class Occurrences(NamedTuple):
    """Where concepts stand: the number of each, and the place of its first token in the stream. Places rise."""

    concept: Ints
    place: Ints


class Concepts(NamedTuple):
    """The best concepts, best first. ``chunk`` and ``concept`` are pairs: that chunk names that concept; ``times``: how
    often. ``pairs`` rise by chunk, then concept.
    """

    terms: list[Words]
    aliases: list[list[Words]]
    weights: Floats
    chunk: Ints
    concept: Ints
    times: Ints
    occurrences: Occurrences
    marks: Marks

    @property
    def counts(self) -> Ints:
        """In how many chunks each is named."""
        made: Ints = np.bincount(self.concept, minlength=len(self.terms))
        return made


def find(corpus: Corpus, count: int) -> Concepts:
    """The ``count`` best concepts of a corpus, or as many as there are."""
    corpus.check_language()
    marks = corpus.once("marks", lambda: Marking(corpus).found())
    names, weights, same = rank(corpus, marks, count)
    terms = [[corpus.ids[each] for each in words] for words in (*names, *same)]
    owners = np.array([*range(len(names)), *same.values()], np.int64)
    occurrences = locate(corpus, terms, owners)
    there = (
        np.bincount(occurrences.concept, minlength=len(names)) > 0
    )  # others are always a part of longer ones
    number = np.cumsum(there) - 1
    names = [each for each, kept in zip(names, there.tolist(), strict=True) if kept]
    same = {words: int(number[owner]) for words, owner in same.items() if there[owner]}
    weights, occurrences = weights[there], occurrences._replace(concept=number[occurrences.concept])
    chunk = corpus.chunk_of[occurrences.place].astype(np.int64)
    keys, times = np.unique(chunk * max(1, len(names)) + occurrences.concept, return_counts=True)
    aliases: list[list[Words]] = [[] for _ in names]
    for words, owner in same.items():
        aliases[owner].append(words)
    return Concepts(names, aliases, weights, *np.divmod(keys, max(1, len(names))), times, occurrences, marks)


def rank(corpus: Corpus, marks: Marks, count: int) -> tuple[list[Words], Floats, dict[Words, int]]:
    """The best runs of terms, best first, with their weights; and other names of them, each with whose it is."""
    found = list[tuple[float, Words]]()
    runs = candidates(corpus)
    for each, score in zip(runs, weighing.weights(corpus, runs, marks), strict=True):
        good = each.nested < _NESTED
        if each.terms.shape[1] > 1:
            good &= weighing.cohesion(corpus, each) >= _COHESIVE
        keep = np.flatnonzero(good)
        best = keep[np.argsort(-score[keep], kind="stable")][: 2 * count]
        found += [
            (float(score[at]), tuple(corpus.names[term] for term in each.terms[at].tolist()))
            for at in best.tolist()
        ]
    found.sort(key=lambda each: (-each[0], each[1]))
    return _distinct(found, marks, count)


def _distinct(
    found: Sequence[tuple[float, Words]], marks: Marks, count: int
) -> tuple[list[Words], Floats, dict[Words, int]]:
    """The first of them, one name for each thing: words written together and apart, abbreviations."""
    of_short = {short: long for long, short in marks.short.items()}
    names, weights, same = list[Words](), list[float](), dict[Words, int]()
    places, written = dict[Words, int](), dict[str, int]()
    for score, words in found:
        other = of_short.get(words) or marks.short.get(words)
        joined = "".join(words)
        owner = written.get(joined)
        if owner is None and other is not None:
            owner = places.get(other)
        if owner is not None:
            if len(same) < count:
                same[words] = owner
            continue
        if len(names) < count:
            places[words] = written[joined] = len(names)
            names.append(words)
            weights.append(score)
    return names, np.array(weights), same


def locate(corpus: Corpus, runs: Sequence[Sequence[int]], owners: Ints) -> Occurrences:
    """Where runs stand, the longest first: a token that is in one is in no other. ``owners``: whose a run is."""
    stream = corpus.stream
    apart = np.ones(len(stream) + 1, np.bool_)
    apart[1:-1] = np.diff(corpus.chunk_of) != 0
    free = np.ones(len(stream), np.bool_)
    places, found = list[Ints](), list[Ints]()
    for length in sorted(set(map(len, runs)), reverse=True):
        mine = [at for at, terms in enumerate(runs) if len(terms) == length]
        if len(stream) < length:
            continue
        at, which = _standing(stream, [runs[each] for each in mine], length, len(corpus.names))
        good = np.ones(len(at), np.bool_)
        for more in range(length):
            good &= free[at + more] & ((not more) | ~apart[at + more])
        at, which = at[good], which[good]
        if length > 1 and len(at):  # those that overlap: the first of each
            ahead = np.diff(at, prepend=-length) >= length
            at, which = at[ahead], which[ahead]
        for more in range(length):
            free[at + more] = False
        places.append(at)
        found.append(owners[np.array(mine)[which]])
    if not places:
        return Occurrences(np.empty(0, np.int64), np.empty(0, np.int64))
    place, concept = np.concatenate(places), np.concatenate(found)
    order = np.argsort(place, kind="stable")
    return Occurrences(concept[order], place[order])


def standing(corpus: Corpus, runs: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Where runs of one length stand, and which of them it is, in whatever longer ones they are."""
    length = len(runs[0])
    at, which = _standing(corpus.stream, runs, length, len(corpus.names))
    last = np.minimum(at + length - 1, len(corpus.stream) - 1)
    whole = corpus.chunk_of[at] == corpus.chunk_of[last]
    return at[whole], which[whole]


def standing_in(
    stream: npt.NDArray[np.uint32], apart: npt.NDArray[np.bool_], runs: Sequence[Sequence[int]], kinds: int
) -> tuple[Ints, Ints]:
    """As ``standing``, in a part of the stream. ``apart``: whether a token begins a chunk, and one more."""
    length = len(runs[0])
    if len(stream) < length:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at, which = _standing(stream, runs, length, kinds)
    whole = np.ones(len(at), np.bool_)
    for more in range(1, length):
        whole &= ~apart[at + more]
    return at[whole], which[whole]


def _standing(
    stream: npt.NDArray[np.uint32], runs: Sequence[Sequence[int]], length: int, kinds: int
) -> tuple[Ints, Ints]:
    """Where some runs of one length stand, whatever is around them; and which it is."""
    wanted = np.array(runs, np.int64)
    first = np.zeros(kinds, np.bool_)
    first[wanted[:, 0]] = True
    at = np.flatnonzero(first[stream[: len(stream) - length + 1]])
    keys, ours = stream[at].astype(np.int64), wanted[:, 0]
    for more in range(1, length):
        # Numbers of what came before, so that keys stay small.
        known, ours = np.unique(ours, return_inverse=True)
        place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        same = known[place] == keys
        at, keys = at[same], place[same] * kinds + stream[at[same] + more]
        ours = ours * kinds + wanted[:, more]
    order = np.argsort(ours, kind="stable")
    place = np.minimum(np.searchsorted(ours[order], keys), len(order) - 1)
    same = ours[order][place] == keys
    return at[same], order[place[same]]
