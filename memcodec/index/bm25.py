"""BM25 over many lexical segments, with statistics taken over all of them.

The Lucene variant as bm25s computes it (S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond", 2009; C. Kamphuis et al., "Which BM25 Do You Mean?", 2020): for N chunks of mean length L, a
term in df of them that stands tf times in a chunk of length l adds

    ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * l / L))

A term that the query repeats adds as often as it is repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.index.lexical import LexicalSegment
from memcodec.index.terms import Entry
from memcodec.index.tokens import Analyzer

K1, B = 1.5, 0.75
Mask = npt.NDArray[np.bool_]
_analyzer = lru_cache(8)(Analyzer)


class Hits(NamedTuple):
    """The best chunks, best first; equal scores in the order of segment, then chunk."""

    scores: npt.NDArray[np.float32]
    segment: npt.NDArray[np.int64]
    chunk: npt.NDArray[np.int64]


class _Weighted(NamedTuple):
    """A query term in one segment, and what a chunk full of it would score."""

    term: str
    entry: Entry
    weight: float


def search(
    segments: Sequence[LexicalSegment], query: str, k: int, allowed: Sequence[Mask | None] | None = None
) -> Hits:
    """The up to ``k`` chunks that score highest, of those that hold a term of ``query``.

    ``allowed[s]`` is a boolean for each chunk of segment s, or None for all of them; the statistics still
    count every chunk. Raises Damaged when a list it needs is.
    """
    terms = _weigh(segments, query)
    tokens = sum(segment.tokens for segment in segments)
    mean = tokens / max(1, sum(segment.chunks for segment in segments))
    found = [_empty()]
    for number, segment in enumerate(segments):
        if terms[number]:
            scores = _score(segment, terms[number], mean)
            if allowed is not None and (mask := allowed[number]) is not None:
                scores *= mask
            best = _best(scores, k)
            found.append(Hits(scores[best], np.full(len(best), number), best))
    scores, where, chunk = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(-scores, kind="stable")[: max(k, 0)]
    return Hits(scores[order], where[order], chunk[order])


def _empty() -> Hits:
    return Hits(np.empty(0, np.float32), np.empty(0, np.int64), np.empty(0, np.int64))


def _weigh(segments: Sequence[LexicalSegment], query: str) -> list[list[_Weighted]]:
    """For each segment, the query terms it holds."""
    chunks = sum(segment.chunks for segment in segments)
    languages = sorted({segment.language for segment in segments})
    # One word is one term however each language stems it, so that its frequency counts all segments.
    words = Counter(zip(*(_analyzer(language).tokens(query) for language in languages), strict=True))
    found: list[list[_Weighted]] = [[] for _ in segments]
    for stems, repeats in words.items():
        stem = dict(zip(languages, stems, strict=True))
        entries = [segment.lookup(stem[segment.language]) for segment in segments]
        df = sum(entry.df for entry in entries if entry)
        weight = repeats * log1p((chunks - df + 0.5) / (df + 0.5))
        for segment, entry, terms in zip(segments, entries, found, strict=True):
            if entry:
                terms.append(_Weighted(stem[segment.language], entry, weight))
    return found


def _score(segment: LexicalSegment, terms: Sequence[_Weighted], mean: float) -> npt.NDArray[np.float32]:
    scores = np.zeros(segment.chunks, np.float32)
    for term, entry, weight in terms:
        chunks, counts = segment.postings(term, entry)
        norm = K1 * (1 - B) + (K1 * B / mean) * segment.lengths[chunks]
        scores[chunks] += weight * counts / (counts + norm)
    return scores


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """The chunks of the ``k`` highest scores above zero, best first, equal ones in their order."""
    matching = np.flatnonzero(scores)
    values = scores[matching]
    if 0 < k < len(values):
        least = np.partition(values, len(values) - k)[len(values) - k]
        matching = matching[values >= least]
    best: npt.NDArray[np.int64] = matching[np.argsort(-scores[matching], kind="stable")][: max(k, 0)]
    return best
