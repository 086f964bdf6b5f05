"""Queries over one or many memory files: lexical, semantic, or both fused; the hits' text comes from the media."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from memcodec.config.times import parse_span
from memcodec.errors import MissingExtra, ModelError
from memcodec.file.document import hit
from memcodec.file.filter import Filter
from memcodec.file.reader import ChunkPlace, Reader
from memcodec.model import Hit
from memcodec.search import filters, prefetch
from memcodec.search.candidates import Rankings
from memcodec.search.conditions import choose
from memcodec.search.corpus import Indexes
from memcodec.search.explain import reasons
from memcodec.search.filters import Times
from memcodec.search.fusion import Ranked
from memcodec.search.query import Query, parse, prefetch_spans
from memcodec.search.results import Mode, Results, SearchOptions
from memcodec.search.selection import select
from memcodec.search.semantic import Semantic


class Searcher:
    """Searches the indexes of some readers as one collection, with statistics taken over all that is in their state.

    ``times`` reads the values of ``since:`` and its like.
    """

    def __init__(self, readers: Sequence[Reader], times: Times = parse_span) -> None:
        self._indexes = Indexes(readers)
        self._semantic = Semantic(self._indexes)
        self._times = times
        self._again = False  # whether there was a search before

    def search(
        self,
        query: str | Query,
        k: int = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        **options: Unpack[SearchOptions],
    ) -> Results:
        """The ``k`` best chunks, or passages. Falls back to the index the files have, and notes it.

        A text is read as docs/QUERIES.md says. Raises ConfigError for a query that cannot be read; MissingExtra or
        ModelError when mode is "semantic", or a model is to rank again, and this machine or the files cannot do it.
        """
        query = parse(query) if isinstance(query, str) else query
        if self._indexes.is_far:
            self._bring(query, mode, only)
        mode, notes = self._possible(query, mode)
        chosen = choose(self._indexes, query, only, self._times)
        rankings = Rankings(self._indexes, self._semantic, query, mode, chosen, k)
        semantic = self._semantic if mode != "lexical" else None
        if any(options.get(name) not in (None, False) for name in ("merge", "fold", "rerank", "diverse")):
            found = select(rankings, query, k, options, semantic)
            ranked = [each.passage.best.ranked._replace(score=each.score) for each in found]
            places, folded = [each.passage.place for each in found], [each.passage.folded for each in found]
            hits = self._hits(ranked, places, list(map(len, folded)))
        else:
            ranked = rankings.best(k)
            hits = self._hits(ranked, self._indexes.places(ranked), [0] * len(ranked))
        made = Results(query.text, mode, hits, tuple(notes), query, language=lambda: self._indexes.language)
        if options.get("explain"):
            made.whys = reasons(self._indexes, rankings, query, ranked, self._times)
        return made

    def _bring(self, query: Query, mode: Mode, only: Filter | None) -> None:
        """Of files far away, have what both indexes read first: in one round trip, or two before the first vectors."""
        tables, runs = prefetch.tables, self._indexes.runs
        by_document = bool(only) or bool(query.fields)
        prefetch.bring(
            (reader, [*tables(reader, again=False), *(filters.spans(reader) if by_document else ())])
            for reader in self._indexes.readers
        )
        wanted = [(reader, tables(reader, again=self._again)) for reader in self._indexes.readers]
        if mode != "semantic" or query.has_conditions:
            spans = prefetch_spans(self._indexes.collection, query)
            for (number, lexical), own in zip(self._indexes.lexical, spans, strict=True):
                wanted.append((runs[number][0], [*lexical.opening_spans(), *own]))
        if mode != "lexical" and self._semantic.is_loaded:
            vector = self._semantic.load().embed_query(query.meaning)
            wanted += self._semantic.spans(vector, [run.live for _, run in runs])
        elif mode != "lexical":
            wanted += [(reader, prefetch.heads(reader, run)) for reader, run in runs]
        prefetch.bring(wanted)
        self._again = True

    def _possible(self, query: Query, mode: Mode) -> tuple[Mode, list[str]]:
        """The mode this query, these files and this machine allow, and what to tell the user about it."""
        lexical = any(run.record.lexical for _, run in self._indexes.runs)
        vectors = any(run.record.vectors for _, run in self._indexes.runs)
        if mode == "semantic" and not vectors:
            raise ModelError(
                "no vectors in the file; search with `mode='lexical'`, or write it with `index='now'`"
            )
        if not lexical and (mode == "lexical" or not vectors):
            return "lexical", ["no lexical index in the file; `repair()` writes a file that has one"]
        if mode != "lexical" and not query.meaning.strip() and query.has_conditions:
            return "lexical", []  # conditions alone: there is no meaning to look for
        if mode != "lexical" and vectors:
            try:
                self._semantic.load()
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
        records = [run.record for _, run in self._indexes.runs]
        chunks = sum(record.chunks for record in records)
        covered = sum(each.chunks for record in records for each in record.vectors)
        if covered == chunks:
            return []
        return [
            f"vectors cover {covered:,} of {chunks:,} chunks so far; `index_background()` makes the others"
        ]

    def _hits(
        self, ranked: Sequence[Ranked], places: Sequence[ChunkPlace], folded: Sequence[int]
    ) -> list[Hit]:
        texts = self._indexes.texts(ranked, places)
        rows = enumerate(zip(ranked, places, texts, folded, strict=True), 1)
        return [self._hit(rank, *row) for rank, row in rows]

    def _hit(self, rank: int, ranked: Ranked, place: ChunkPlace, text: str, folded: int) -> Hit:
        reader, run = self._indexes.runs[ranked.run]
        number, name = run.first_chunk + ranked.chunk, reader.source.name
        return hit(place, number, text, name, rank=rank, score=ranked.score, folded=folded)
