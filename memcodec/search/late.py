"""Meaning made late: of chunks that have no vectors yet, the best by words are embedded when a query asks for them.

Their vectors are exact, and those of files right on average (``index/vectors/coder.py``), so both are ranked together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memcodec.errors import Damaged
from memcodec.file.cache import Cache
from memcodec.format.arrays import Vectors
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Ranked, by_score

if TYPE_CHECKING:
    from memcodec.models.embedding import Embeds

MOST = 50  #: chunks of a query that are ranked so; docs/INDEXING.md says what more would bring
_HELD = 32_000_000  # bytes of vectors, of 20,000 chunks
_KNOWN = 8_000_000  # of 5,000


def known() -> Cache[bytes]:
    """Vectors by model and text, of what stands in journals: for searchers one after the other, as a file grows."""
    return Cache(_KNOWN, len)


class Lateness(NamedTuple):
    """When it is done: "auto", where files have vectors of some chunks, "always", or "never".

    ``model``: for files that have none. ``keep``: whether the user's cache folder may hold what was made of texts.
    """

    when: str = "auto"
    model: str = "none"
    keep: bool = False


class Late:
    """Of some files near; their texts are not brought here from afar for this. Safe to use from several threads."""

    def __init__(
        self, indexes: Indexes, *, keep: bool, has_other: Callable[[Ranked], bool] = lambda chunk: False
    ) -> None:
        """``has_other``: whether a chunk has a vector that its file does not hold."""
        self._indexes, self._keep, self._has_other = indexes, keep, has_other
        self._held = Cache[bytes](_HELD, len)
        self._spans = [
            [(each.first, each.first + each.chunks) for each in run.record.vectors] for _, run in indexes.runs
        ]

    def is_lacking(self, chunk: Ranked) -> bool:
        """Whether it has no vector."""
        stored = any(first <= chunk.chunk < end for first, end in self._spans[chunk.run])
        return not stored and not self._has_other(chunk)

    def rank(self, embedder: Embeds, query: Vectors, by_words: Sequence[Ranked]) -> list[Ranked]:
        """The best by words of those without a vector, by their cosine to a query's; less what cannot be read."""
        chosen = list(islice(filter(self.is_lacking, by_words), MOST))
        self._make(embedder, [each for each in chosen if self._held.get(each.key) is None])
        found = [
            each._replace(score=float(np.frombuffer(data, np.float32) @ query))
            for each in chosen
            if (data := self._held.get(each.key)) is not None
        ]
        return sorted(found, key=by_score)

    def _make(self, embedder: Embeds, chunks: Sequence[Ranked]) -> None:
        from memcodec.models.embedding import kept  # not before there is a model

        read = self._read(chunks)
        if read:
            vectors = kept.embed(embedder, [text for _, text in read], keep=self._keep)
            for (chunk, _), vector in zip(read, vectors, strict=True):
                self._held.put(chunk.key, vector.tobytes())

    def _read(self, chunks: Sequence[Ranked]) -> list[tuple[Ranked, str]]:
        """Chunks with their texts as indexes see them; of damaged media those that are left."""
        try:
            texts = [each.indexed for each in self._indexes.read(chunks)]
        except Damaged:
            if len(chunks) < 2:
                return []
            half = len(chunks) // 2
            return self._read(chunks[:half]) + self._read(chunks[half:])
        return list(zip(chunks, texts, strict=True))
