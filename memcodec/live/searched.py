"""What a ring answers: search, vectors near to one, what is unlike the others, and what comes that answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Unpack, cast

import numpy as np

from memcodec.arguments import Count, Number, Share, checked
from memcodec.config.units import parse_duration
from memcodec.errors import ConfigError, ModelError
from memcodec.file.filter import Filter
from memcodec.format.arrays import Vectors
from memcodec.live import clock
from memcodec.live.clock import Bounds
from memcodec.live.held import Held
from memcodec.live.lines import Line
from memcodec.live.status import Outlier
from memcodec.live.view import View, ViewVectors, instant
from memcodec.model import Hit
from memcodec.search.engine import Searcher
from memcodec.search.late import Lateness
from memcodec.search.query import Query, parse
from memcodec.search.results import Mode, Results, SearchOptions

if TYPE_CHECKING:
    from memcodec.file.reader import Reader
    from memcodec.live.spill import Spill
    from memcodec.live.subscription import Subscription


class Searched(Held):
    """The part of a ``Ring`` that reads: each call sees the lines of the moment when it began."""

    def __init__(self, bounds: Bounds, *, name: str, language: str, words: bool, spill: Spill | None) -> None:
        super().__init__(bounds, name=name, language=language, words=words, spill=spill)
        self._searching: tuple[tuple[int, int, int], Searcher] | None = None
        self._subscriptions: set[Subscription] = set()

    def _view(self, *, words: bool = False) -> View:
        """The lines of this moment; with their ``words``, if these are looked for."""
        with self._state:
            self._check_open()
            first, end = self._ages.tail(clock.now()), self._ages.end
            texts = self._lines.texts()
            found = self._words.segment(first, end) if words and self._words is not None else None
        vectors = None
        if self.meaning is not None:
            ready = max(first, min(end, self.meaning.ring.end))
            vectors = ViewVectors(self.meaning.ring, self.meaning.model, first, ready)
        has_model = self.meaning is not None and self.meaning.embedder is not None
        prefix = f"live/{self.name}/"
        return View(f"@{self.name}", prefix, first, end, texts, found, vectors, has_model=has_model)

    @checked
    def search(
        self,
        query: str | Query,
        k: Count = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        *,
        since: str | datetime | None = None,
        start: Number | None = None,
        **options: Unpack[SearchOptions],
    ) -> Results:
        """The ``k`` best lines for a query (docs/QUERIES.md), as ``Memory.search``; a hit's ``chunk`` is its number.

        ``since``: lines no older than that, "90s", "5m", "2h", or a time; ``start``: from that number on. Raises
        ConfigError for a query that cannot be read, ModelError when it asks for meaning alone and the ring has no
        model.
        """
        only = self._narrowed(only, since)
        if mode == "semantic" and (self.meaning is None or self.meaning.embedder is None):
            raise ModelError(f"@{self.name}: has no model; search with `mode='lexical'`")
        view = self._view(words=True)
        if start is not None and start > view.first:
            only = self._narrowed(
                only, instant(view.line(start - view.first).time) if start < view.end else None
            )
        if view.first == view.end or (start is not None and start >= view.end):
            return Results(
                query if isinstance(query, str) else query.text, mode, [], parsed=_parsed(query, mode)
            )
        found = self._searcher(view).search(query, k, mode, only, **options)
        return self._still_there(found)

    def _narrowed(self, only: Filter | None, since: str | datetime | None) -> Filter | None:
        if since is None:
            return only
        if isinstance(since, str):
            since = instant(clock.now() - round(parse_duration(since) * 1e6))
        only, since = only or Filter(), since.astimezone()
        return replace(only, since=max(since, only.since or since))

    def _searcher(self, view: View) -> Searcher:
        """One for all queries of a moment."""
        key = view.first, view.end, view.vectors.meta.count if view.vectors is not None else 0
        known = self._searching
        if known is not None and known[0] == key:
            return known[1]
        embedder = self.meaning.embedder if self.meaning is not None else None
        reader = cast("Reader", view)  # all that search asks of one, a view gives
        made = Searcher([reader], lateness=Lateness("never"), embedder=embedder)
        self._searching = key, made
        return made

    def _still_there(self, found: Results) -> Results:
        """Less what has expired while it was searched for."""
        tail = self._tail()
        gone = {hit.chunk for hit in found if hit.chunk < tail}
        if gone:
            kept = [at for at, hit in enumerate(found) if hit.chunk not in gone]
            found.whys = [found.whys[at] for at in kept] if found.whys else found.whys
            found[:] = [replace(found[at], rank=rank) for rank, at in enumerate(kept, 1)]
        return found

    def search_between(
        self, first: int, end: int, query: Query, mode: Mode, only: Filter, least: float
    ) -> Results:
        """What of lines ``first`` to ``end - 1`` answers a query, with the scores that a search of all gives them."""
        with self._state:
            since = instant(self._ages.time(first))
            until = instant(self._ages.time(end - 1))
        only = replace(only, since=max(since, only.since or since), until=min(until, only.until or until))
        found = self.search(query, end - first, mode, only)
        found[:] = [hit for hit in found if hit.score >= least]
        return found

    @checked
    def nearest(self, vector: Vectors, k: Count = 10) -> list[Hit]:
        """The ``k`` lines whose vectors have the highest inner product with one, float32 [dimensions].

        Raises ConfigError for a vector of another shape, or a ring without vectors.
        """
        meaning = self.meaning
        if meaning is None:
            raise ConfigError(f"@{self.name}: has no vectors; make one with a model")
        if vector.shape != (meaning.ring.dimensions,):
            raise ConfigError(f"the vector is {list(vector.shape)}; it must be [{meaning.ring.dimensions}]")
        view = self._view()
        query = np.ascontiguousarray(vector, np.float32)
        assert view.vectors is not None
        scores, chunks = view.vectors.search(query, k)
        tail = self._tail()
        ranked = [
            (score, chunk)
            for score, chunk in zip(scores.tolist(), chunks.tolist(), strict=True)
            if view.first + chunk >= tail
        ]
        return [view.hit(chunk, score, rank) for rank, (score, chunk) in enumerate(ranked, 1)]

    @checked
    def outliers(self, k: Count = 10, *, threshold: float | None = None) -> list[Outlier]:
        """The ``k`` lines farthest from the mean of all vectors, the farthest first: those of ``threshold`` or more.

        Raises ConfigError for a ring without vectors.
        """
        if self.meaning is None:
            raise ConfigError(f"@{self.name}: has no vectors; make one with a model")
        view = self._view()
        assert view.vectors is not None
        count = view.vectors.meta.count
        distances = self.meaning.distances(view.first, view.first + count)
        order = np.argsort(-distances, kind="stable")[:k]
        found = [(int(at), float(distances[at])) for at in order if np.isfinite(distances[at])]
        return [
            Outlier(view.first + at, distance, *view.told(at))
            for at, distance in found
            if threshold is None or distance >= threshold
        ]

    def subscribe(
        self,
        query: str | Query,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        *,
        min_score: Share | None = None,
        start: Number | None = None,
    ) -> Subscription:
        """Lines that answer a query, each once, as they come: an iterator of hits, which waits for them.

        A line answers from a score of ``min_score`` on (0.15 unless given); ``start``: the first line that is
        looked at, else the next one. It ends when it, or the ring, is closed. Raises as ``search``.
        """
        from memcodec.live.subscription import Subscription

        self._check_open()
        made = Subscription(self, _parsed(query, mode), mode, only, min_score=min_score, start=start)
        self._subscriptions.add(made)
        return made

    def ends(self, subscription: Subscription) -> None:
        """A subscription is closed."""
        self._subscriptions.discard(subscription)
        self.tell()

    def lines(self, first: int = 0) -> Iterator[tuple[int, Line]]:
        """All lines of this moment from a number on, each with its number."""
        view = self._view()
        return view.lines(max(first, view.first))


def _parsed(query: str | Query, mode: Mode) -> Query:
    from memcodec.search.query import plain

    if not isinstance(query, str):
        return query
    return plain(query) if mode in ("exact", "regex") else parse(query)
