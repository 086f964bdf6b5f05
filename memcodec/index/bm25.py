"""BM25 over many lexical segments, with statistics taken over all of them.

The Lucene variant as bm25s computes it (S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond", 2009; C. Kamphuis et al., "Which BM25 Do You Mean?", 2020): for N chunks of mean length L, a
term in df of them that stands tf times in a chunk of length l adds

    ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * l / L))

A term that the query repeats adds as often as it is repeated. Chunks that are not live are not counted: scores are
those of segments that never held them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log1p
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec.index import lexical
from memcodec.index.lexical import LexicalSegment
from memcodec.index.postings import LONG, Postings
from memcodec.index.terms import Entry
from memcodec.index.tokens import Analyzer

K1, B = 1.5, 0.75
CACHED_POSTINGS = 1 << 18  # postings of recent terms a collection keeps, 16 bytes each
CACHED_TERMS = 1 << 12
Mask = npt.NDArray[np.bool_]
Stems = tuple[str, ...]  # one word as each of the collection's languages stems it
_List = tuple[int, Entry]  # a segment's number, and where in it a word's list is
_analyzer = lru_cache(8)(Analyzer)


class Hits(NamedTuple):
    """The best chunks, best first; equal scores in the order of segment, then chunk."""

    scores: npt.NDArray[np.float32]
    segment: npt.NDArray[np.int64]
    chunk: npt.NDArray[np.int64]


class Collection:
    """Segments searched as one, their chunks numbered on. Safe to use from several threads.

    ``live[s]`` has a boolean for each chunk of segment s, or is None when all of them are live.
    """

    def __init__(self, segments: Sequence[LexicalSegment], live: Sequence[Mask | None] | None = None) -> None:
        self._segments = segments
        self._languages = sorted({segment.language for segment in segments})
        self._bases = np.cumsum([0, *(segment.chunks for segment in segments)])
        self._lengths = _joined([segment.lengths for segment in segments])
        self._live = _live(segments, live)
        counted = self._lengths if self._live is None else self._lengths[self._live]
        self._chunks, self._mean = len(counted), int(counted.sum()) / max(1, len(counted))
        self._recent: dict[Stems, Postings] = {}  # the least recent first
        self._room = CACHED_POSTINGS
        self._lock = Lock()

    def search(self, query: str, k: int) -> Hits:
        """The up to ``k`` live chunks that score highest, of those that hold a term of ``query``.

        Raises Damaged when a list it needs is.
        """
        # One word is one term however each language stems it, so that its frequency counts all segments.
        words = Counter(
            zip(*(_analyzer(language).tokens(query) for language in self._languages), strict=True)
        )
        scores = np.zeros(len(self._lengths), np.float32)
        for (chunks, counts), repeats in zip(self._postings(words), words.values(), strict=True):
            if df := len(chunks):
                weight = repeats * log1p((self._chunks - df + 0.5) / (df + 0.5))
                norm = K1 * (1 - B) + (K1 * B / self._mean) * self._lengths[chunks]
                scores[chunks] += weight * counts / (counts + norm)
        best = _best(scores, k)
        segment = np.searchsorted(self._bases, best, side="right") - 1
        return Hits(scores[best], segment, best - self._bases[segment])

    def _postings(self, words: Iterable[Stems]) -> Iterator[Postings]:
        """The live postings of each word in all segments. Those of rare words are read in one go."""
        with self._lock:
            found = {word: self._recent.pop(word) for word in words if word in self._recent}
            self._recent |= found
        lists = {word: self._lookup(word) for word in words if word not in found}
        rare = [word for word, held in lists.items() if sum(entry.df for _, entry in held) <= LONG]
        found |= self._read({word: lists[word] for word in rare})
        for word in words:
            yield found[word] if word in found else self._read({word: lists[word]})[word]

    def _read(self, lists: Mapping[Stems, Sequence[_List]]) -> dict[Stems, Postings]:
        held = [each for found in lists.values() for each in found]
        data = [self._segments[number].read_list(entry) for number, entry in held]
        sizes = np.array([len(each) for each in data], np.int64)
        df = np.array([entry.df for _, entry in held], np.int64)
        bases = self._bases[np.array([number for number, _ in held], np.int64)]
        limits = np.array([self._segments[number].chunks for number, _ in held], np.int64)
        chunks, counts = lexical.decode(data[0] if len(data) == 1 else b"".join(data), df, sizes, limits)
        if bases.any():
            chunks += np.repeat(bases, df)
        firsts = np.cumsum([0, *map(len, lists.values())])  # of each word, among the lists
        ends = np.concatenate([[0], np.cumsum(df)])[firsts]
        if self._live is not None:
            stays = self._live[chunks]
            chunks, counts = chunks[stays], counts[stays]
            ends = np.concatenate([[0], np.cumsum(stays)])[ends]
        spans = [slice(start, end) for start, end in pairwise(ends.tolist())]
        read = {word: Postings(chunks[span], counts[span]) for word, span in zip(lists, spans, strict=True)}
        self._keep(read)
        return read

    def _keep(self, read: Mapping[Stems, Postings]) -> None:
        with self._lock:
            for word, (chunks, counts) in read.items():
                if word not in self._recent and len(chunks) <= CACHED_POSTINGS:
                    # Copies, since a part of an array keeps all of it.
                    self._recent[word] = Postings(chunks.copy(), counts.copy())
                    self._room -= len(chunks)
            while self._room < 0 or len(self._recent) > CACHED_TERMS:
                self._room += len(self._recent.pop(next(iter(self._recent))).chunks)

    def _lookup(self, word: Stems) -> list[_List]:
        stems = dict(zip(self._languages, word, strict=True))
        entries = (segment.lookup(stems[segment.language]) for segment in self._segments)
        return [(number, entry) for number, entry in enumerate(entries) if entry]


def search(
    segments: Sequence[LexicalSegment], query: str, k: int, live: Sequence[Mask | None] | None = None
) -> Hits:
    """One search of a collection; make the ``Collection`` for many."""
    return Collection(segments, live).search(query, k)


def _joined(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.empty(0, np.uint8), *arrays])


def _live(segments: Sequence[LexicalSegment], live: Sequence[Mask | None] | None) -> Mask | None:
    """One mask over all chunks, None when all of them are live."""
    if live is None or all(mask is None for mask in live):
        return None
    masks = zip(segments, live, strict=True)
    return np.concatenate([np.ones(each.chunks, np.bool_) if mask is None else mask for each, mask in masks])


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """The chunks of the ``k`` highest scores above zero, best first, equal ones in their order."""
    matching = np.flatnonzero(scores)
    values = scores[matching]
    if 0 < k < len(values):
        least = np.partition(values, len(values) - k)[len(values) - k]
        matching = matching[values >= least]
    best: npt.NDArray[np.int64] = matching[np.argsort(-scores[matching], kind="stable")][: max(k, 0)]
    return best
