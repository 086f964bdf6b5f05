"""Concepts: runs of up to three terms between stop words that documents have in common, ranked, and where each stands.

A run ranks by how far it is spread over documents, how much of it is together by more than chance, and how much
authors set it apart (marks.py). Every token is of one concept at most, of the longest that it is in, so that what is
said of a name is not said of its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints, Mask
from memcodec.insight.corpus import Corpus, distinct
from memcodec.insight.marks import Marking, Marks, Words
from memcodec.insight.stopwords import weak_terms

Floats = npt.NDArray[np.float64]
LEAST = 3  #: times that a name stands somewhere
_EACH = 6_000  # runs of each length that are weighed, the most frequent ones
_NESTED = 0.65  # of a run's occurrences in a longer one: it is a part of a name, and none itself
# Searched for on Python's glossary, with PostgreSQL's in view (`python -m benchmarks insight`).
_SPREAD, _SPECIFIC = 1.5, 0.25  # powers
_UNMARKED = 0.3  # what a name weighs that nobody set apart; marks add to it
_LONGER = 6.0  # times: a name of several words
_COHESIVE = 0.15  # normalised PMI: words of a name that stand together by chance have less
_WEAK = 0.1  # times: words that name little alone


class Runs(NamedTuple):
    """Runs of terms of one length: shape (n, length), how often each stands, and in how many documents."""

    terms: Ints
    counts: Ints
    documents: Ints


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
    runs = candidates(corpus)
    scores = [_scores(corpus, each, marks) for each in runs]
    nested = _nested(runs)
    found = list[tuple[float, Words]]()
    for each, score, part in zip(runs, scores, nested, strict=True):
        keep = np.flatnonzero((score > 0) & ~part)
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


def candidates(corpus: Corpus) -> list[Runs]:
    """As ``_candidates``, counted once."""
    return corpus.once("candidates", lambda: list(_candidates(corpus)))


def _candidates(corpus: Corpus) -> Iterator[Runs]:
    """The most frequent runs of one, of two and of three terms that stand side by side in a chunk."""
    stream, content = corpus.stream, corpus.content
    kinds = len(corpus.names)
    least = max(LEAST, len(stream) // 4_000_000)
    inside = content[corpus.stream]
    documents = corpus.document.astype(np.int32)[corpus.chunk_of]
    apart = np.ones(len(stream), np.bool_)  # whether a token's chunk is another than that of the one before
    apart[1:] = np.diff(corpus.chunk_of) != 0
    yield _counted(stream[inside].astype(np.int64), documents[inside], least, lambda keys: keys[:, None])
    starts = np.flatnonzero(inside[:-1] & inside[1:] & ~apart[1:])
    pairs = stream[starts].astype(np.int64) * kinds + stream[starts + 1]
    frequent, code = np.unique(pairs, return_inverse=True)
    often = np.bincount(code, minlength=len(frequent)) >= least
    yield _counted(
        pairs[often[code]],
        documents[starts][often[code]],
        least,
        lambda keys: np.stack(np.divmod(keys, kinds), axis=1),
    )
    # Of three: where two frequent pairs overlap.
    kept = starts[often[code]]
    coded = np.full(len(stream), -1, np.int64)
    coded[kept] = code[often[code]]
    thirds = kept[(kept + 1 < len(stream)) & (coded[np.minimum(kept + 1, len(stream) - 1)] >= 0)]
    keys = coded[thirds] * kinds + stream[thirds + 2]

    def of_three(found: Ints) -> Ints:
        pair, last = np.divmod(found, kinds)
        return np.stack([*np.divmod(frequent[pair], kinds), last], axis=1)

    yield _counted(keys, documents[thirds], least, of_three)


def _counted(keys: Ints, documents: npt.NDArray[np.int32], least: int, terms_of: object) -> Runs:
    assert callable(terms_of)
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
    return Runs(terms_of(unique[best]), counts[best], spread)


def _scores(corpus: Corpus, runs: Runs, marks: Marks) -> Floats:
    """The weight of each run."""
    if not len(runs.counts):
        return np.empty(0)
    total = max(1, len(corpus.documents))
    specific = np.log((1 + total) / (0.5 + np.minimum(runs.documents, total)))
    words = [tuple(corpus.names[term] for term in terms) for terms in runs.terms.tolist()]
    marked = np.log1p([marks.weight.get(each, 0.0) for each in words])
    made: Floats = np.log1p(runs.documents) ** _SPREAD * np.maximum(specific, 0.05) ** _SPECIFIC
    made *= _UNMARKED + marked
    if runs.terms.shape[1] > 1:
        together = _cohesion(corpus, runs)
        made *= _LONGER * together
        made[together < _COHESIVE] = 0
    weak = weak_terms()
    made[[weak.issuperset(each) for each in words]] *= _WEAK
    return made


def _cohesion(corpus: Corpus, runs: Runs) -> Floats:
    """From 0 to 1: how far the terms of each run stand together by more than chance (normalised PMI)."""
    total = max(1, len(corpus.stream))
    each = np.log(corpus.frequency[runs.terms] / total).sum(axis=1)
    whole = np.log(runs.counts / total)
    parts = runs.terms.shape[1] - 1
    made: Floats = np.clip((whole - each) / (-whole * parts), 0, 1)
    return made


def _nested(runs: Sequence[Runs]) -> list[Mask]:
    """Of each run whether most of its occurrences are within one longer run."""
    made = [np.zeros(len(each.counts), np.bool_) for each in runs]
    places = [{tuple(terms): at for at, terms in enumerate(each.terms.tolist())} for each in runs]
    for longer in range(1, len(runs)):
        for terms, count in zip(runs[longer].terms.tolist(), runs[longer].counts.tolist(), strict=True):
            for shorter in range(longer):
                size = shorter + 1
                for first in range(len(terms) - size + 1):
                    at = places[shorter].get(tuple(terms[first : first + size]))
                    if at is not None and count >= _NESTED * runs[shorter].counts[at]:
                        made[shorter][at] = True
    return made


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
