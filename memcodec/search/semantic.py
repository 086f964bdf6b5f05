"""Ranking by meaning: the chunks whose vectors are nearest to the query's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from memcodec.errors import ModelError
from memcodec.file.cache import Cache
from memcodec.file.reader import Reader
from memcodec.format.arrays import Mask
from memcodec.model import BlobSpan
from memcodec.models import embedding
from memcodec.search import prefetch as rounds
from memcodec.search.corpus import Indexes
from memcodec.search.fusion import Ranked, by_score
from memcodec.search.late import Late, Lateness, known

if TYPE_CHECKING:
    from memcodec.index.vectors.segment import VectorSegment
    from memcodec.models.embedding import Embeds
    from memcodec.search.pending import Pending

SCRAMBLES = 24  #: of 25 queries without meaning one comes nearer than that many others

Vector = npt.NDArray[np.float32]
Masks = Sequence[Mask | None]


class Semantic:
    """The vectors of some files, and the model that made them, loaded when it is first needed.

    ``late``: of chunks that have none, unless that is not wished, or the files are far away; ``pending``: of journals,
    which are here with the files' ends. ``embedder``: the model where no file names it; ``known``: vectors of texts
    that a searcher before this one needed.
    """

    def __init__(
        self,
        indexes: Indexes,
        lateness: Lateness,
        embedder: Embeds | None = None,
        known: Cache[bytes] | None = None,
    ) -> None:
        self._indexes, self._lateness = indexes, lateness
        self._known, self._embedder = known, embedder
        is_wished = lateness.when != "never" and not indexes.is_far
        self.late = Late(indexes, keep=lateness.keep, has_other=self._is_pending) if is_wished else None

    @cached_property
    def pending(self) -> Pending | None:
        """The vectors of what stands in journals; None where there is nothing, or it is not wished."""
        if self._lateness.when == "never" or not any(run.waits for _, run in self._indexes.runs):
            return None
        from memcodec.search.pending import Pending  # few files have a journal

        held = self._known if self._known is not None else known()
        return Pending(self._indexes, keep=self._lateness.keep, known=held)

    def _is_pending(self, chunk: Ranked) -> bool:
        return self.pending is not None and self.pending.has(chunk)

    @property
    def is_loaded(self) -> bool:
        """Whether the model is here."""
        return self._embedder is not None

    @property
    def is_always_late(self) -> bool:
        """Whether files without any vectors are searched by meaning, too."""
        wished = self._lateness.when == "always" and self._lateness.model != "none"
        return wished and self.late is not None and bool(self._indexes.lexical)

    def load(self) -> Embeds:
        """The model. Raises ModelError, MissingExtra."""
        if self._embedder is None:
            models = {each.segment.model for each in self._indexes.vectors}
            if not models and self.is_always_late:  # the user's model: a file names none
                self._embedder = embedding.load(self._lateness.model)
                return self._embedder
            if len(models) > 1:
                raise ModelError(
                    f"the files were indexed with different models ({', '.join(sorted(models))})"
                )
            self._embedder = embedding.load_exact(models.pop())
        return self._embedder

    def rank(self, query: str, masks: Masks, k: int) -> list[Ranked]:
        """The best ``k`` chunks of those that the runs' masks have."""
        vector = self.load().embed_query(query)
        ranked = list[Ranked]()
        if self._indexes.is_far:
            rounds.bring(self.spans(vector, masks))
            rounds.bring(self.spans(vector, masks, loaded=True))
        for (number, vectors, mine), (_, first, _) in zip(
            self._masked(masks), self._indexes.vectors, strict=True
        ):
            prefetch = self._indexes.runs[number][0].media.prefetch
            scores, chunks = vectors.search(vector, k, mine, prefetch)
            ranked += [
                Ranked(number, first + chunk, score)
                for score, chunk in zip(scores.tolist(), chunks.tolist(), strict=True)
            ]
        if self.pending is not None:
            ranked += self.pending.rank(self.load(), vector, masks, k)
        ranked.sort(key=by_score)
        return ranked[:k]

    def rank_late(self, query: str, by_words: Sequence[Ranked]) -> list[Ranked]:
        """Of chunks ranked by words, the best of those without a vector, by meaning."""
        if self.late is None or not any(map(self.late.is_lacking, by_words)):
            return []
        embedder = self.load()
        return self.late.rank(embedder, embedder.embed_query(query), by_words)

    def scrambled(self, query: str, masks: Masks) -> float:
        """The best cosine that a query's letters reach in another order: what says nothing comes no nearer than that.

        Not of files far away whose vectors are in lists, which would have to come here.
        """
        chance, near = random.Random(query), 0.0
        others = {_shuffled(query, chance) for _ in range(SCRAMBLES)} - {query}
        vectors = [self.load().embed_query(each) for each in sorted(others)]
        for number, segment, mask in self._masked(masks):
            if segment.meta.layout == "flat" or not self._indexes.runs[number][0].source.far:
                near = max([near, *(segment.search(each, 1, mask)[0].max(initial=0) for each in vectors)])
        if self.pending is not None:
            near = max(near, self.pending.nearest(self.load(), vectors, masks))
        return float(near)

    def spans(
        self, query: Vector, masks: Masks, *, loaded: bool = False
    ) -> list[tuple[Reader, list[BlobSpan]]]:
        """What is read next of the vectors: what tells where to look, unless that is here, or what there is to see."""
        return [
            (
                self._indexes.runs[number][0],
                (() if loaded else vectors.opening_spans()) or vectors.search_spans(query, mask),
            )
            for number, vectors, mask in self._masked(masks)
        ]

    def _masked(self, masks: Masks) -> Iterator[tuple[int, VectorSegment, Mask | None]]:
        """Vectors by their run's number, and which of them may be found."""
        for number, first, vectors in self._indexes.vectors:
            mask = masks[number]
            yield number, vectors, mask[first : first + vectors.meta.count] if mask is not None else None


def _shuffled(text: str, chance: random.Random) -> str:
    """Its letters in another order, the blanks where they were."""
    letters = iter(chance.sample("".join(text.split()), len("".join(text.split()))))
    return "".join(each if each.isspace() else next(letters) for each in text)
