"""The ring: the newest lines in memory, each found from the moment that it is added until it expires."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Unpack, cast

import numpy as np

from memcodec.arguments import Count, Number, Share, checked
from memcodec.config.units import parse_duration
from memcodec.errors import Closed, ConfigError, ModelError
from memcodec.file.filter import Filter
from memcodec.format.arrays import Vectors
from memcodec.index.lexical.stream import StreamIndex
from memcodec.live import clock
from memcodec.live.clock import Ages, Bounds
from memcodec.live.lines import Line, Lines, Texts
from memcodec.live.meaning import Meaning
from memcodec.live.view import View, ViewVectors, instant
from memcodec.model import Hit
from memcodec.search.engine import Searcher
from memcodec.search.late import Lateness
from memcodec.search.query import Query, parse
from memcodec.search.results import Mode, Results, SearchOptions
from memcodec.storage import PlaceLike

if TYPE_CHECKING:
    from memcodec.file.reader import Reader
    from memcodec.live.spill import Spill
    from memcodec.live.subscription import Subscription

LONGEST = 64 << 10  #: bytes of a line that the ring keeps; of a longer one it keeps so much
_AT_ONCE = 1024  # lines that become visible together


@dataclass(frozen=True, slots=True)
class Status:
    """How a ring stands. ``first`` and ``next``: the number of the oldest line that is there, and that of the next.

    ``bytes``: of the texts of its lines; ``embedded``: how many of them have vectors or never will; ``skipped``: lines
    that got none because the model did not keep up. ``spilled``: all lines before this number are in ``spill``, the
    file; ``dropped``: lines that were to go there and did not; ``error``: why the file cannot be written to now.
    """

    name: str
    id: str
    model: str
    keep: int
    size: int | None
    age: float | None
    first: int
    next: int
    bytes: int
    oldest: datetime | None
    newest: datetime | None
    embedded: int
    skipped: int
    subscriptions: int
    spill: str | None
    spilled: int
    dropped: int
    error: str | None

    @property
    def lines(self) -> int:
        """How many are there."""
        return self.next - self.first


@dataclass(frozen=True, slots=True)
class Outlier:
    """A line that is unlike the others. ``distance``: 1 less its cosine to the mean of all."""

    number: int
    distance: float
    time: datetime
    text: str


class Ring:
    """The newest lines, in memory alone. ``memcodec.live`` makes one. Use it in a ``with``, or ``close`` it.

    For many threads at once. What ``add`` returned from is found by words at once, and by meaning when its vector is
    made, some hundredths of a second later; what has expired is not found any more. The numbers of lines rise one by
    one. When the process ends, the ring is gone, but for what its ``spill`` has written.
    """

    def __init__(
        self,
        bounds: Bounds,
        *,
        name: str,
        model: str,
        language: str,
        dimensions: int | None = None,
        words: bool = True,
        wait_for_vectors: bool = False,
        spill: Spill | None = None,
    ) -> None:
        self.name, self.bounds, self.spill = name, bounds, spill
        first = spill.written if spill is not None else 0
        self.id = spill.id if spill is not None and spill.id else os.urandom(8).hex()
        self._words = StreamIndex(language, first) if words else None
        self._lines, self._ages = Lines(first), Ages(bounds, first)
        self._writing, self._state = threading.Lock(), threading.Condition()
        self._closed = False
        self._searching: tuple[tuple[int, int, int], Searcher] | None = None
        self._subscriptions: set[Subscription] = set()
        self.meaning: Meaning | None = None
        if model != "none" or dimensions is not None:
            self.meaning = Meaning(
                model, bounds.keep, first, dimensions=dimensions, waits=wait_for_vectors, source=self
            )
            self.meaning.begin()
        if spill is not None:
            spill.begin(self)

    # Lines come

    @checked
    def add(self, text: str | bytes, *, tags: Mapping[str, str] | None = None) -> int:
        """Add a line; returns its number. Waits where the spill has too much to write (``when_full="block"``)."""
        return self.add_many([text], tags=[tags] if tags else None)

    @checked
    def add_many(
        self,
        texts: Sequence[str | bytes],
        *,
        tags: Sequence[Mapping[str, str] | None] | None = None,
        vectors: Vectors | None = None,
        first: Number | None = None,
    ) -> int:
        """Add lines; returns the number of the first. Of text that is not UTF-8, and of a line of more than 64 KB, the
        ring has what can be read of it, and the first 64 KB; the spill has it whole.

        ``tags``: of each line; ``vectors``: float32 [lines, dimensions], for a ring with ``dimensions``; they are
        scaled to length 1. ``first``: the number that the first line has where they come from; lines that the ring has
        had are left out then, so that they may be sent again. Raises Closed; ConfigError for what does not fit.
        """
        if tags is not None and len(tags) != len(texts):
            raise ConfigError(f"{len(texts):,} lines and tags of {len(tags):,}; give as many")
        with self._writing:
            self._check_open()
            begun = self._ages.end
            if vectors is not None:
                vectors = self._own_vectors(vectors, len(texts))
            if first is not None:
                known = begun - first
                if known < 0:
                    raise ConfigError(f"@{self.name}: its next line is number {begun:,}, and not {first:,}")
                texts = texts[known:]
                tags = tags[known:] if tags is not None else None
                vectors = vectors[known:] if vectors is not None else None
            for at in range(0, len(texts), _AT_ONCE):
                part = slice(at, at + _AT_ONCE)
                self._wait_for_room()
                self._add(
                    texts[part],
                    [each or {} for each in tags[part]] if tags is not None else None,
                    vectors[part] if vectors is not None else None,
                )
            return begun

    def _own_vectors(self, vectors: Vectors, count: int) -> Vectors:
        meaning = self.meaning
        if meaning is None or meaning.embedder is not None:
            raise ConfigError("vectors of your own need a ring that was made for them, with dimensions")
        if vectors.shape != (count, meaning.ring.dimensions):
            wanted = f"[{count:,}, {meaning.ring.dimensions}]"
            raise ConfigError(f"vectors are {list(vectors.shape)}; they must be {wanted}")
        made = vectors.astype(np.float32, copy=False)
        lengths = np.sqrt(np.einsum("ij,ij->i", made, made))
        if not np.isfinite(lengths).all():
            raise ConfigError("vectors must be finite numbers")
        scaled: Vectors = made / np.maximum(lengths, np.float32(1e-12))[:, None]
        return scaled

    def _add(
        self,
        texts: Sequence[str | bytes],
        tags: Sequence[Mapping[str, str]] | None,
        vectors: Vectors | None,
    ) -> None:
        wholes = dict[int, bytes]()
        stored = [text.encode("utf-8", "replace") if isinstance(text, str) else text for text in texts]
        shown = [text if isinstance(text, str) else text.decode("utf-8", "replace") for text in texts]
        sizes = list(map(len, stored))
        keeps_whole = self.spill is not None
        for at, text in enumerate(texts):
            if sizes[at] > LONGEST or (isinstance(text, bytes) and not text.isascii()):
                whole = stored[at]
                stored[at] = _cut(shown[at].encode("utf-8", "replace"))
                shown[at] = stored[at].decode()
                if keeps_whole and stored[at] != whole:
                    wholes[at] = whole
                else:
                    sizes[at] = len(stored[at])
        times = self._ages.times(len(texts), clock.now())
        if self._words is not None:
            self._words.add(shown)
        self._lines.add(stored, times, tags, wholes)
        if self.meaning is not None and self.meaning.embedder is None:
            self.meaning.put(self._ages.end, len(texts), vectors)
        with self._state:
            self._ages.add(sizes, times)
            self._let_go()
            self._state.notify_all()

    def _let_go(self) -> None:
        """Expired lines give their memory back, as soon as the spill has them."""
        tail = self._ages.tail(clock.now())
        if self._words is not None:
            self._words.drop(tail)
        self._lines.drop(tail if self.spill is None else min(tail, self.spill.written))

    def _wait_for_room(self) -> None:
        if self.spill is not None:
            with self._state:
                self._state.wait_for(lambda: self._closed or self._has_room())
                self._check_open()
        if self.meaning is not None and self.meaning.waits:
            meaning = self.meaning
            with self._state:
                self._state.wait_for(lambda: self._closed or not meaning.is_behind(self._ages.end))
                self._check_open()

    def _has_room(self) -> bool:
        assert self.spill is not None
        return self.spill.has_room(self._ages.tail(clock.now()), self._ages)

    def _check_open(self) -> None:
        if self._closed:
            raise Closed(f"{self.name}: this ring is closed")

    # Lines are found

    def _view(self) -> View:
        """The lines of this moment."""
        with self._state:
            self._check_open()
            first, end = self._ages.tail(clock.now()), self._ages.end
            texts = self._lines.texts()
            words = self._words.segment(first, end) if self._words is not None else None
        vectors = None
        if self.meaning is not None:
            ready = max(first, min(end, self.meaning.ring.end))
            vectors = ViewVectors(self.meaning.ring, self.meaning.model, first, ready)
        has_model = self.meaning is not None and self.meaning.embedder is not None
        prefix = f"live/{self.name}/"
        return View(f"@{self.name}", prefix, first, end, texts, words, vectors, has_model=has_model)

    def _tail(self) -> int:
        with self._state:
            return self._ages.tail(clock.now())

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
        view = self._view()
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

    def lines(self, first: int = 0) -> Iterator[tuple[int, Line]]:
        """All lines of this moment from a number on, each with its number."""
        view = self._view()
        return view.lines(max(first, view.first))

    # What works beside it

    @property
    def end(self) -> int:
        """The number of the next line."""
        return self._ages.end

    @property
    def first(self) -> int:
        """The number of the oldest line that has not expired."""
        return self._tail()

    def found_end(self, mode: Mode) -> int:
        """The number before which lines are found: by words at once, by meaning when they have their vectors."""
        if self.meaning is None or self.meaning.embedder is None or mode in ("lexical", "exact", "regex"):
            return self._ages.end
        return min(self._ages.end, self.meaning.ring.end)

    def wait_for_found(self, number: int, stop: threading.Event, timeout: float, mode: Mode) -> int:
        """As ``wait_for_lines``, for lines that are found."""
        with self._state:
            self._state.wait_for(lambda: self.found_end(mode) > number or stop.is_set(), timeout)
            return self.found_end(mode)

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

    def flowed_out(self, everything: bool, written: int) -> tuple[int, int]:
        """The number before which lines have expired, or all have come, and the bytes of those beyond ``written``."""
        with self._state:
            end = self._ages.end if everything else self._ages.tail(clock.now())
            total = self._ages.bytes if end == self._ages.end else self._ages.before(end)
            return end, total - written

    def has_spilled(self, end: int, size: int) -> None:
        """The spill has written lines up to a number, of so many bytes."""
        assert self.spill is not None
        with self._state:
            self.spill.done(end, size)
            self._lines.drop(min(self.spill.written, self._ages.tail(clock.now())))
            self._state.notify_all()

    def rest(self, seconds: float) -> None:
        """Until something changes, or so long."""
        with self._state:
            self._state.wait(seconds)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Until something holds, or the ring is closed."""
        with self._state:
            self._state.wait_for(lambda: holds() or self._closed)

    def ends(self, subscription: Subscription) -> None:
        """A subscription is closed."""
        self._subscriptions.discard(subscription)
        self.tell()

    def tell(self) -> None:
        """Something has changed for those who wait."""
        with self._state:
            self._state.notify_all()

    def wait_for_lines(self, number: int, stop: threading.Event, timeout: float | None = None) -> int:
        """Until there are lines from ``number`` on, or it is told to stop: the number of the next line."""
        with self._state:
            self._state.wait_for(lambda: self._ages.end > number or stop.is_set(), timeout)
            return self._ages.end

    def texts_from(self, number: int) -> tuple[int, int, Texts]:
        """The first line from ``number`` on that has not expired, the next line's number, and all texts."""
        with self._state:
            return max(number, self._ages.tail(clock.now())), self._ages.end, self._lines.texts()

    # How it stands, and its end

    def status(self) -> Status:
        """How it stands."""
        with self._state:
            ages, spill, meaning = self._ages, self.spill, self.meaning
            first, end = ages.tail(clock.now()), ages.end
            some = first < end
            return Status(
                name=self.name,
                id=self.id,
                model=meaning.model if meaning is not None else "none",
                keep=self.bounds.keep,
                size=self.bounds.size,
                age=self.bounds.age,
                first=first,
                next=end,
                bytes=ages.bytes - ages.before(first) if some else 0,
                oldest=instant(ages.time(first)) if some else None,
                newest=instant(ages.time(end - 1)) if some else None,
                embedded=max(0, min(end, meaning.ring.end) - first) if meaning is not None else 0,
                skipped=meaning.skipped if meaning is not None else 0,
                subscriptions=len(self._subscriptions),
                spill=spill.file if spill is not None else None,
                spilled=spill.written if spill is not None else 0,
                dropped=spill.dropped if spill is not None else 0,
                error=spill.error if spill is not None else None,
            )

    def __len__(self) -> int:
        return self.status().lines

    @checked
    def save(self, out: PlaceLike, *, force: bool = False) -> int:
        """Write the lines that are there to a new memory file; returns how many. Raises as ``memcodec.create``."""
        from memcodec.live.spill import saved

        return saved(out, self.name, self.id, self.lines(), force=force)

    def flush(self) -> int:
        """Wait until the spill has written what it is to have; returns the number before which it has all."""
        if self.spill is None:
            raise ConfigError(f"@{self.name}: has no spill")
        return self.spill.flush()

    @property
    def is_closed(self) -> bool:
        """Whether it has ended."""
        return self._closed

    def close(self) -> None:
        """End it. What is in it goes to the spill, if there is one; raises what keeps it from that."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            self._state.notify_all()
        with self._writing:  # what was being added is in it
            end = self._ages.end
        for each in list(self._subscriptions):
            each.close()
        if self.meaning is not None:
            self.meaning.close()
        if self.spill is not None:
            self.spill.close(end)

    def __enter__(self) -> Ring:
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._closed:
            return f"<Ring {self.name}: closed>"
        return f"<Ring {self.name}: {len(self):,} lines>"


def _cut(data: bytes) -> bytes:
    """As much of UTF-8 as the ring keeps of a line, in whole characters."""
    if len(data) <= LONGEST:
        return data
    end = LONGEST
    while data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end]


def _parsed(query: str | Query, mode: Mode) -> Query:
    from memcodec.search.query import plain

    if not isinstance(query, str):
        return query
    return plain(query) if mode in ("exact", "regex") else parse(query)
