"""Queries over one or many memory files: lexical, semantic, or both fused; the hits' text comes from the media."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from memcodec import embed
from memcodec.errors import Damaged, MissingExtra, ModelError
from memcodec.index import bm25
from memcodec.index.lexical import LexicalSegment
from memcodec.index.tokens import DEFAULT_LANGUAGE
from memcodec.model import Hit, Line
from memcodec.reader import ChunkPlace, Reader
from memcodec.runs import IndexRun, VectorsRun
from memcodec.search.results import Mode, Results

if TYPE_CHECKING:
    from memcodec.embed.embedder import Embedder
    from memcodec.index.vectors import VectorSegment

RRF = 10  #: Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion", SIGIR 2009 take 60; benchmarks/quality.py says why
AGAIN = 2  #: times as many candidates as hits are looked at again when vectors are coarse
_EXACT_ENOUGH = 8  # bits of a number of a vector: its order of hits is right as it is
DEPTH = 100  #: candidates each side brings to the fusion, at least


class Ranked(NamedTuple):
    """A chunk, by its index run's place among all of them and its number there, with its score."""

    run: int
    chunk: int
    score: float


class Searcher:
    """Searches the indexes of some readers as one collection, with statistics taken over all that is in their state."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._runs = [(reader, run) for reader in readers for run in reader.indexes]
        self._embedder: Embedder | None = None

    @property
    def language(self) -> str:
        """The language of the lexical index (the first file's that has one)."""
        return self._lexical[0][1].language if self._lexical else DEFAULT_LANGUAGE

    @cached_property
    def _lexical(self) -> list[tuple[int, LexicalSegment]]:
        return [
            (number, _agreeing(LexicalSegment(blob), run))
            for number, (_, run) in enumerate(self._runs)
            if (blob := run.lexical) is not None
        ]

    @cached_property
    def _collection(self) -> bm25.Collection:
        live = [self._runs[number][1].live for number, _ in self._lexical]
        return bm25.Collection([lexical for _, lexical in self._lexical], live)

    @cached_property
    def _vectors(self) -> list[tuple[int, int, VectorSegment]]:
        """Runs by number, and of each the vectors there are: of its chunks from which on."""
        return [
            (number, each.first, _opened(each))
            for number, (_, run) in enumerate(self._runs)
            for each in run.vectors
        ]

    def search(self, query: str, k: int = 10, mode: Mode = "hybrid") -> Results:
        """The ``k`` best chunks. Falls back to the index the files have, and notes it.

        Raises MissingExtra or ModelError when mode is "semantic" and this machine or the files cannot do it.
        """
        mode, notes = self._possible(mode)
        if mode == "lexical":
            ranked = self._rank_lexical(query, k)
        elif mode == "semantic":
            ranked = self._rank_semantic(query, k, k)
        else:
            depth = max(DEPTH, k)
            ranked = fuse([self._rank_lexical(query, depth), self._rank_semantic(query, depth, k)])
        return Results(query, mode, self._hits(ranked[:k]), tuple(notes))

    def _possible(self, mode: Mode) -> tuple[Mode, list[str]]:
        """The mode these files and this machine allow, and what to tell the user about it."""
        lexical = any(run.record.lexical for _, run in self._runs)
        vectors = any(run.record.vectors for _, run in self._runs)
        if mode == "semantic" and not vectors:
            raise ModelError("no vectors in the file; search with --mode lexical, or encode with --index now")
        if not lexical and (mode == "lexical" or not vectors):
            return "lexical", ["no lexical index in the file; `memcodec repair` writes a file that has one"]
        if mode != "lexical" and vectors:
            try:
                self._load()
            except (MissingExtra, ModelError) as error:
                if mode == "semantic":
                    raise
                return "lexical", [f"lexical search only: {error}"]
        if mode == "hybrid" and not vectors:
            return "lexical", ["lexical search only: the file has no vectors"]
        notes = [] if mode == "lexical" else self._share()
        if mode == "hybrid" and not lexical:
            return "semantic", ["semantic search only: the file has no lexical index", *notes]
        return mode, notes

    def _share(self) -> list[str]:
        """How much of the files the vectors cover, when it is not all."""
        chunks = sum(run.record.chunks for _, run in self._runs)
        covered = sum(each.chunks for _, run in self._runs for each in run.record.vectors)
        if covered == chunks:
            return []
        return [f"vectors cover {covered:,} of {chunks:,} chunks so far; `memcodec index` makes the others"]

    def _load(self) -> Embedder:
        if self._embedder is None:
            models = {vectors.model for *_, vectors in self._vectors}
            if len(models) > 1:
                raise ModelError(
                    f"the files were indexed with different models ({', '.join(sorted(models))})"
                )
            self._embedder = embed.load_exact(models.pop())
        return self._embedder

    def _rank_lexical(self, query: str, k: int) -> list[Ranked]:
        found = self._collection.search(query, k)
        numbers = [self._lexical[index][0] for index in found.segment.tolist()]
        return list(map(Ranked, numbers, found.chunk.tolist(), found.scores.tolist()))

    def _rank_semantic(self, query: str, k: int, shown: int) -> list[Ranked]:
        vector = self._load().embed_query(query)
        ranked, coarse = list[Ranked](), set[int]()
        depth = max(k, AGAIN * shown)
        for number, first, vectors in self._vectors:
            live = self._runs[number][1].live
            mine = live[first : first + vectors.meta.count] if live is not None else None
            scores, chunks = vectors.search(vector, depth, mine)
            if vectors.meta.bits < _EXACT_ENOUGH:
                coarse.add(number)
            ranked += [
                Ranked(number, first + chunk, score)
                for score, chunk in zip(scores.tolist(), chunks.tolist(), strict=True)
            ]
        ranked.sort(key=_by_score)
        if coarse:
            ranked = self._again(vector, ranked, coarse, AGAIN * shown)
        return ranked[:k]

    def _again(
        self, query: npt.NDArray[np.float32], ranked: list[Ranked], coarse: set[int], count: int
    ) -> list[Ranked]:
        """The best ``count`` anew: chunks whose vectors are kept coarsely are embedded again, from their text."""
        best, rest = ranked[:count], ranked[count:]
        doubtful = [each for each in best if each.run in coarse]
        texts = self._texts(doubtful, [self._place(each) for each in doubtful])
        scores = (self._load().embed(texts) @ query).tolist() if texts else []
        exact = [each._replace(score=score) for each, score in zip(doubtful, scores, strict=True)]
        sure = [each for each in best if each.run not in coarse]
        return sorted(sure + exact, key=_by_score) + rest

    def _hits(self, ranked: Sequence[Ranked]) -> list[Hit]:
        places = [self._place(each) for each in ranked]
        texts = self._texts(ranked, places)
        return [
            _hit(rank, each.score, *self._runs[each.run], each.chunk, place, text)
            for rank, (each, place, text) in enumerate(zip(ranked, places, texts, strict=True), 1)
        ]

    def _place(self, each: Ranked) -> ChunkPlace:
        reader, run = self._runs[each.run]
        return reader.chunk_in(*run.locate(each.chunk))

    def _texts(self, ranked: Sequence[Ranked], places: Sequence[ChunkPlace]) -> list[str]:
        """Every hit's text, those of one file together."""
        texts = [""] * len(places)
        readers = [self._runs[each.run][0] for each in ranked]
        for reader in {id(reader): reader for reader in readers}.values():
            mine = [index for index, other in enumerate(readers) if other is reader]
            for index, text in zip(mine, reader.texts([places[index] for index in mine]), strict=True):
                texts[index] = text
        return texts


def _agreeing(lexical: LexicalSegment, run: IndexRun) -> LexicalSegment:
    if lexical.chunks != run.record.chunks:
        raise Damaged("the lexical index and the commit record do not agree; run `memcodec repair`")
    return lexical


def _opened(each: VectorsRun) -> VectorSegment:
    from memcodec.index.vectors import VectorSegment

    made = VectorSegment(each.blob)
    if made.meta.count != each.chunks:
        raise Damaged("the vectors and the commit record do not agree; run `memcodec repair`")
    return made


def _by_score(each: Ranked) -> tuple[float, int, int]:
    return -each.score, each.run, each.chunk


def fuse(lists: Sequence[Sequence[Ranked]]) -> list[Ranked]:
    """Reciprocal rank fusion: a chunk scores 1/(RRF + rank) in each list it stands in."""
    scores: dict[tuple[int, int], float] = {}
    for ranked in lists:
        for rank, each in enumerate(ranked, 1):
            key = each.run, each.chunk
            scores[key] = scores.get(key, 0.0) + 1 / (RRF + rank)
    order = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    return [Ranked(run, chunk, score) for (run, chunk), score in order]


def _hit(
    rank: int, score: float, reader: Reader, run: IndexRun, chunk: int, place: ChunkPlace, text: str
) -> Hit:
    line, document = Line(place.first_line, place.last_line), place.stored.document
    file, number = reader.source.name, run.first_chunk + chunk
    return Hit(rank, score, file, document, number, place.start, place.end, line, text)
