"""Where words stand next to each other: found in the positions that a segment keeps, or else in the texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from memcodec.errors import ConfigError
from memcodec.format.arrays import Mask
from memcodec.index.lexical.adjacency import adjacent
from memcodec.index.lexical.bm25 import LexicalIndex, Segment
from memcodec.index.lexical.tokens import analyzer, is_lone
from memcodec.index.lexical.words import Stems, Word

MAX_READ = 1000  # chunks whose texts are read for one query

Texts = Callable[[Sequence[int]], Sequence[str]]  # of chunks of the collection, as indexes see them


class Phrases:
    """Finds phrases in a collection. ``texts`` is asked only where positions do not tell."""

    def __init__(self, collection: LexicalIndex, texts: Texts) -> None:
        self._collection, self._texts = collection, texts
        self._read: dict[int, str] = {}

    def find(self, text: str, surfaces: Sequence[str], within: Mask) -> Mask:
        """The chunks of ``within`` that hold a phrase of tokens; ``text`` names it. Raises ConfigError, Damaged."""
        if len(surfaces) < 2:
            return within & self._holding(self._collection.words(surfaces))
        words = self._collection.stems(surfaces)
        holding = within & self._holding(list(dict.fromkeys(words)))
        parts = list(zip(self._collection.segments, self._collection.bases.tolist(), strict=False))
        for segment, base in parts:
            part = holding[base : base + segment.chunks]
            if segment.has_positions and part.any():
                candidates = np.flatnonzero(part)
                part[:] = False
                for analysis in segment.analyses:
                    stems = [self._collection.stem(word, analysis) for word in words]
                    part[adjacent(segment, stems, candidates).chunks] = True
        # The end of a run is a term behind the last one (``Analyzer.indexed``): no position tells it from a word.
        has_lone = any(map(is_lone, surfaces))
        self._check(text, words, holding, [each for each in parts if has_lone or not each[0].has_positions])
        return holding

    def _holding(self, words: Sequence[Word]) -> Mask:
        """The chunks that hold all words."""
        holding = self._collection.live.copy()
        for found in self._collection.postings(words):
            mine = np.zeros_like(holding)
            mine[found.chunks] = True
            holding &= mine
        return holding

    def _check(
        self, text: str, words: Sequence[Stems], holding: Mask, parts: Sequence[tuple[Segment, int]]
    ) -> None:
        """Take out the chunks of some segments, each with its first one, whose text does not hold the phrase."""
        doubtful = [
            (segment, base + chunk)
            for segment, base in parts
            for chunk in np.flatnonzero(holding[base : base + segment.chunks]).tolist()
        ]
        self._bring(text, [chunk for _, chunk in doubtful])
        for segment, chunk in doubtful:
            holding[chunk] = any(
                _contains(
                    analyzer(each).tokens(self._read[chunk]),
                    [self._collection.stem(word, each) for word in words],
                )
                for each in segment.analyses
            )

    def _bring(self, text: str, chunks: Sequence[int]) -> None:
        missing = [chunk for chunk in chunks if chunk not in self._read]
        if len(missing) + len(self._read) > MAX_READ:
            raise ConfigError(
                f'"{text}" may stand in {len(chunks):,} places, and the index does not tell (it keeps no positions, or '
                "not those of a single character): add rarer words, or make an index that keeps them (index.positions) "
                "with `repair()`"
            )
        if missing:
            self._read |= dict(zip(missing, self._texts(missing), strict=True))


def _contains(tokens: Sequence[str], phrase: Sequence[str]) -> bool:
    return any(
        list(tokens[at : at + len(phrase)]) == list(phrase)
        for at, token in enumerate(tokens)
        if token == phrase[0]
    )
