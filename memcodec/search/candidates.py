"""One query's rankings, by words and by meaning, as deep as they are asked for, and what of them is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from memcodec.errors import Damaged
from memcodec.index.lexical.scores import Scores
from memcodec.search.closeness import POOL, Closeness
from memcodec.search.conditions import Admitted
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Key, Ranked, bounded, fuse
from memcodec.search.passages import Candidate
from memcodec.search.query import Query
from memcodec.search.query.evaluation import best, score
from memcodec.search.results import Mode
from memcodec.search.semantic import Semantic

_FEW = 5  # chunks whose texts are looked at, at least
DEPTH = 200  #: candidates each side brings to the fusion, at least
KNOWN = 0.25  #: of a query's words, by their weights, that stand somewhere: with less it is no question to these files
FOUND = 0.5  #: or of its words by their number, since of a few chunks none tells how frequent a word is


class Rankings:
    """The chunks that answer a query, best first.

    Scores are from 0 to 1, those of answers at least ``least``. Without that, and of a query without conditions, a
    chunk is an answer when it holds a word of it, or is nearer to it than nonsense comes (``Embedder.noise``).
    """

    def __init__(
        self,
        indexes: Indexes,
        semantic: Semantic,
        query: Query,
        mode: Mode,
        chosen: Admitted,
        shown: int,
        least: float | None = None,
    ) -> None:
        self._indexes, self._semantic, self._query, self._mode = indexes, semantic, query, mode
        self._chosen, self._shown, self._least = chosen, shown, least or 0.0
        self._is_open = least is not None or query.has_conditions
        self._closeness = Closeness(query)
        self.by_words: list[Ranked] = []  #: what was asked for last, of each side: BM25 scores and cosines
        self.by_meaning: list[Ranked] = []
        self.late: list[Ranked] = []  #: of chunks without a vector (late.py), cosines too

    def best(self, depth: int) -> list[Ranked]:
        """The best ``depth`` chunks."""
        if self._query.root is None:
            return []
        deep = max(DEPTH, depth) if self._mode == "hybrid" else depth
        if self._mode != "semantic":
            self.by_words = self._rank_words(deep)
        if self._mode != "lexical":
            self.by_meaning = self._rank_meaning(deep)
        if self._mode == "hybrid":
            self.late = self._semantic.rank_late(self._query.meaning, self.by_words)
        return [each for each in self._joined(depth) if each.score >= self._least]

    def _joined(self, depth: int) -> list[Ranked]:
        if self._mode == "hybrid":
            if not self.late or self._semantic.late is None:
                return fuse(self.by_words, self.by_meaning, self._said, depth)
            is_lacking = self._semantic.late.is_lacking
            return fuse(self.by_words, self.by_meaning, self._said, depth, self.late, is_lacking)
        if self._mode == "lexical":
            share = 1 / self._scores.most if self._scores.most else 0.0
            return [each._replace(score=each.score * share) for each in self.by_words]
        return [each._replace(score=bounded(each.score)) for each in self.by_meaning]

    @cached_property
    def _scores(self) -> Scores:
        return score(self._indexes.collection, self._query)

    @cached_property
    def _is_known(self) -> bool | None:
        """Whether the files have enough of the query's words for them to mean something; None: it is not looked at."""
        if self._is_open or (
            self._mode == "semantic" and (self._indexes.is_far or not self._indexes.lexical)
        ):
            return None
        return self._scores.known >= KNOWN or self._scores.found >= FOUND

    @property
    def lacks_words(self) -> bool:
        """Whether some of the query's words stand nowhere, as far as that was looked at."""
        return "_scores" in self.__dict__ and self._scores.known < 1

    def _said(self, chunks: Iterable[Key]) -> dict[Key, float]:
        """What chunks of runs say of the query's words, as a share of all that can be said; nothing in others."""
        scores, bases = self._scores, self._indexes.bases
        if self._is_known is False or not scores.most:
            return {}
        held = [key for key in chunks if key[0] in bases]
        found = scores.of(np.array([bases[run] + chunk for run, chunk in held], np.int64)).tolist()
        share = 1 / scores.most
        return {key: score * share for key, score in zip(held, found, strict=True)}

    def _rank_words(self, k: int) -> list[Ranked]:
        if self._is_known is False:
            return []
        found = best(self._indexes.collection, self._query, self._scores, k, self._chosen.lexical)
        numbers = [self._indexes.lexical[index][0] for index in found.segment.tolist()]
        return list(map(Ranked, numbers, found.chunk.tolist(), found.scores.tolist()))

    def _rank_meaning(self, k: int) -> list[Ranked]:
        found = self._semantic.rank(self._query.meaning, self._chosen.runs, k)
        if self._is_open or (self._mode == "semantic" and self._is_known):
            return found
        least = self._semantic.load().noise
        if found and found[0].score >= least and self._is_known is False:
            least = max(least, self._semantic.scrambled(self._query.meaning, self._chosen.runs))
        if not found or found[-1].score > least:
            return found
        said = self._said(each.key for each in found) if self._mode == "hybrid" else {}
        return [each for each in found if each.score > least or said.get(each.key)]

    def first(self, k: int) -> list[Candidate]:
        """The best ``k`` chunks with their texts."""
        ranked = self.best(max(POOL, 2 * k) if self._closeness.is_special else max(_FEW, k))
        try:
            return self._closest(ranked, k)
        except Damaged:  # maybe of what is looked at beyond the hits, and need not be
            return self._read(ranked[:k])

    def _closest(self, ranked: list[Ranked], k: int) -> list[Candidate]:
        """The best ``k`` of them; texts are read only as long as one may be among these, all at once from afar."""
        step = len(ranked) if self._indexes.is_far else max(1, k)
        found = list[Candidate]()
        for at in range(0, len(ranked), step or 1):
            if 0 < k <= len(found) and found[k - 1].ranked.score >= ranked[at].score:
                break
            found += self._read(ranked[at : at + step])
            found.sort(key=_by_closeness)
        return found[:k]

    def candidates(self, limit: int) -> Iterator[Candidate]:
        """The best chunks with their texts, ``limit`` at most; read as they are taken."""
        step = max(POOL, 2 * self._shown) if self._closeness.is_special else 2 * self._shown
        given, depth, most = set[tuple[int, int]](), step, 1.0
        while True:
            ranked = self.best(depth)
            # A deeper fusion may order them otherwise: those that were given stay where they are.
            fresh = [each for each in ranked if each.key not in given][: limit - len(given)]
            for at in range(0, len(fresh), step):
                for each in self._read(fresh[at : at + step], most):
                    most = each.ranked.score
                    yield each
            given |= {each.key for each in fresh}
            if len(ranked) < depth or len(given) >= limit:
                return
            depth *= 4

    def _read(self, ranked: list[Ranked], most: float = 1.0) -> list[Candidate]:
        """Chunks with their texts, ranked again by how close these are; none better than ``most``."""
        found = [
            Candidate(each._replace(score=min(most, each.score * self._closeness(text))), place, text)
            for each, (place, text) in zip(ranked, self._indexes.read(ranked), strict=True)
        ]
        found.sort(key=_by_closeness)
        return [each for each in found if each.ranked.score >= self._least]


def _by_closeness(each: Candidate) -> float:
    return -each.ranked.score
