"""Queries over one or many memory files: lexical, semantic, or both fused; the hits' text comes from the media."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from memcodec.config.times import parse_span
from memcodec.errors import MissingExtra, ModelError
from memcodec.file.cache import Cache
from memcodec.file.document import hit
from memcodec.file.filter import Filter
from memcodec.file.reader import Reader
from memcodec.model import Hit
from memcodec.search import filters, prefetch
from memcodec.search.candidates import Rankings
from memcodec.search.conditions import choose
from memcodec.search.corpus import Indexes
from memcodec.search.filters import Times
from memcodec.search.late import Lateness
from memcodec.search.passages import Candidate
from memcodec.search.pattern import pattern, scan
from memcodec.search.query import Query, parse, plain
from memcodec.search.query.evaluation import prefetch_spans
from memcodec.search.results import Mode, Results, SearchOptions
from memcodec.search.selection import select
from memcodec.search.semantic import Semantic
from memcodec.search.suggestion import suggest

if TYPE_CHECKING:
    from memcodec.models.embedding import Embeds


class Searcher:
    """Searches the indexes of some readers as one collection, with statistics taken over all that is in their state.

    ``times`` reads the values of ``since:`` and its like; ``lateness``: what becomes of chunks without vectors;
    ``embedder``: the model of their vectors, where that is none that this machine finds by its name; ``known``: vectors
    of what stood in journals for a searcher before this one (``pending.py``).
    """

    def __init__(
        self,
        readers: Sequence[Reader],
        times: Times = parse_span,
        lateness: Lateness = Lateness(),  # noqa: B008 - a value
        embedder: Embeds | None = None,
        known: Cache[bytes] | None = None,
    ) -> None:
        self._indexes = Indexes(readers)
        self._semantic = Semantic(self._indexes, lateness, embedder, known)
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
        if mode in ("exact", "regex"):
            return self._look_up(query if isinstance(query, str) else query.text, k, mode, only)
        query = parse(query) if isinstance(query, str) else query
        if self._indexes.is_far:
            self._bring(query, mode, only)
        mode, notes = self._possible(query, mode)
        chosen = choose(self._indexes, query, only, self._times)
        least = options.get("min_score")
        rankings = Rankings(self._indexes, self._semantic, query, mode, chosen, k, least)
        semantic = self._semantic if mode != "lexical" else None
        if any(options.get(name) not in (None, False) for name in ("merge", "fold", "rerank", "diverse")):
            passages = select(rankings, query, k, options, semantic)
            ranked = [each.passage.best.ranked._replace(score=each.score) for each in passages]
            places = [each.passage.place for each in passages]
            folded = [len(each.passage.folded) for each in passages]
            texts = self._indexes.texts(ranked, places)
            found = list(map(Candidate, ranked, places, texts))
        else:
            found = rankings.first(k)
            folded = [0] * len(found)
        hits = self._hits(found, folded)
        may_be_wrong = not hits or rankings.lacks_words
        if late := len(rankings.late):
            notes.append(f"{late} of those without a vector, the best by words, are ranked by meaning too")
        made = Results(
            query.text,
            mode,
            hits,
            tuple(notes),
            query,
            late=late,
            language=lambda: self._indexes.language,
            suggest=lambda: suggest(self._indexes, query) if may_be_wrong else None,
        )
        if options.get("explain"):
            ranked = [each.ranked for each in found]
            from memcodec.search.explain import reasons

            made.whys = reasons(self._indexes, rankings, query, ranked, self._times)
        return made

    def _look_up(self, text: str, k: int, mode: Mode, only: Filter | None) -> Results:
        """The first ``k`` chunks whose text a pattern stands in."""
        spans, query = pattern(text, is_regex=mode == "regex"), plain(text)
        allowed = choose(self._indexes, plain(""), only, self._times).runs
        found = scan(self._indexes, spans, text if mode == "exact" else None, allowed, k)
        return Results(text, mode, self._hits(found, [0] * len(found)), parsed=query)

    def _bring(self, query: Query, mode: Mode, only: Filter | None) -> None:
        """Of files far away, have what both indexes read first: in one round trip, or two before the first vectors."""
        tables, runs = prefetch.tables, self._indexes.runs
        by_document = bool(only) or bool(query.fields)
        prefetch.bring(
            (reader, [*tables(reader, again=False), *(filters.spans(reader) if by_document else ())])
            for reader in self._indexes.readers
        )
        wanted = [
            (reader, tables(reader, again=self._again) or prefetch.shortcuts(reader))
            for reader in self._indexes.readers
        ]
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
        if mode == "hybrid" and not vectors and not self._semantic.is_always_late:
            return "lexical", []  # as it was made; that it has none is told then, and by info
        if mode != "lexical":
            try:
                self._semantic.load()
            except (MissingExtra, ModelError) as error:
                if mode == "semantic":
                    raise
                return "lexical", [f"lexical search only: {error}"]
        notes = [] if mode == "lexical" else self._share()
        if mode == "hybrid" and not lexical:
            return "semantic", ["semantic search only: the file has no lexical index", *notes]
        return mode, notes

    def _share(self) -> list[str]:
        """How much of the files the vectors cover, when it is not all."""
        records = [run.record for _, run in self._indexes.runs]
        chunks = sum(record.chunks for record in records)
        covered = sum(each.chunks for record in records for each in record.vectors)
        covered += self._semantic.pending.count if self._semantic.pending is not None else 0
        if covered == chunks:
            return []
        return [
            f"vectors cover {covered:,} of {chunks:,} chunks so far; `index_background()` makes the others"
        ]

    def _hits(self, found: Sequence[Candidate], folded: Sequence[int]) -> list[Hit]:
        return [self._hit(rank, *each) for rank, each in enumerate(zip(found, folded, strict=True), 1)]

    def _hit(self, rank: int, found: Candidate, folded: int) -> Hit:
        ranked, place, text = found
        reader, run = self._indexes.runs[ranked.run]
        number, name = run.first_chunk + ranked.chunk, reader.source.name
        return hit(place, number, text, name, rank=rank, score=ranked.score, folded=folded)
