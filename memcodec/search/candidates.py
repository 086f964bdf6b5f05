"""One query's rankings, by words and by meaning, as deep as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from memcodec.search.conditions import Admitted
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Ranked, fuse
from memcodec.search.passages import Candidate
from memcodec.search.query import Query, rank
from memcodec.search.results import Mode
from memcodec.search.semantic import Semantic

DEPTH = 100  #: candidates each side brings to the fusion, at least


class Rankings:
    """The chunks that answer a query, best first; of coarse vectors the first ``shown`` rank exactly."""

    def __init__(
        self, indexes: Indexes, semantic: Semantic, query: Query, mode: Mode, chosen: Admitted, shown: int
    ) -> None:
        self._indexes, self._semantic, self._query, self._mode = indexes, semantic, query, mode
        self._chosen, self._shown = chosen, shown
        self.by_words: list[Ranked] = []  #: what was asked for last, of each side
        self.by_meaning: list[Ranked] = []

    def best(self, depth: int) -> list[Ranked]:
        """The best ``depth`` chunks."""
        deep = max(DEPTH, depth) if self._mode == "hybrid" else depth
        if self._mode != "semantic":
            self.by_words = self._rank_words(deep)
        if self._mode != "lexical":
            masks = self._chosen.runs
            self.by_meaning = self._semantic.rank(self._query.meaning, masks, deep, self._shown)
        if self._mode == "hybrid":
            return fuse([self.by_words, self.by_meaning])[:depth]
        return self.by_words or self.by_meaning

    def _rank_words(self, k: int) -> list[Ranked]:
        found = rank(self._indexes.collection, self._query, k, self._chosen.lexical)
        numbers = [self._indexes.lexical[index][0] for index in found.segment.tolist()]
        return list(map(Ranked, numbers, found.chunk.tolist(), found.scores.tolist()))

    def candidates(self, limit: int) -> Iterator[Candidate]:
        """The best chunks with their texts, ``limit`` at most; read as they are taken."""
        given, depth, step = set[tuple[int, int]](), 2 * self._shown, 2 * self._shown
        while True:
            ranked = self.best(depth)
            # A deeper fusion may order them otherwise: those that were given stay where they are.
            fresh = [each for each in ranked if each.key not in given][: limit - len(given)]
            for at in range(0, len(fresh), step):
                yield from self._read(fresh[at : at + step])
            given |= {each.key for each in fresh}
            if len(ranked) < depth or len(given) >= limit:
                return
            depth *= 4

    def _read(self, ranked: list[Ranked]) -> Iterator[Candidate]:
        places = self._indexes.places(ranked)
        return map(Candidate, ranked, places, self._indexes.texts(ranked, places))
