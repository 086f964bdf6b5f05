"""What search sees of a ring: one moment's lines as a ``Reader`` whose every line is a document of one chunk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from memcodec.file.filter import Filter
from memcodec.file.reader import ChunkPlace, ChunkText, FoundDocument
from memcodec.format.arrays import Ids, Mask, Vectors
from memcodec.format.documents import Stored
from memcodec.live.lines import NO_TAGS, Line, Texts
from memcodec.model import BlobSpan, Document, Hit, PacketPlace
from memcodec.model import Line as LineSpan
from memcodec.search.query import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from memcodec.file.segment import SegmentReader
    from memcodec.index.lexical.stream import StreamSegment
    from memcodec.index.vectors.nearest import Prefetch
    from memcodec.index.vectors.ring import VectorRing
    from memcodec.search.filters import Accepts, Asked

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RISING, _FALLING = (
    ("since", "after"),
    ("until", "before"),
)  # what holds of all later lines, or of all earlier ones


def instant(moment: int) -> datetime:
    """A time in microseconds since 1970 (UTC)."""
    return _EPOCH + timedelta(microseconds=moment)


def micros(time: datetime) -> int:
    """Microseconds since 1970, from a time with a zone."""
    return (time - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where hits say they come from."""

    name: str
    far: bool = False


class _Media:
    """Nothing is fetched."""

    def prefetch(self, blobs: Iterable[BlobSpan] = (), frames: Iterable[PacketPlace] = ()) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Meta:
    """As of a ``VectorSegment``, as much as search asks."""

    count: int
    layout: str = "flat"


class ViewVectors:
    """The vectors of lines from ``first`` on, as search asks a ``VectorSegment``."""

    def __init__(self, ring: VectorRing, model: str, first: int, end: int) -> None:
        self._ring, self._first, self._end = ring, first, end
        self.model, self.meta = model, Meta(end - first)

    def search(
        self, query: Vectors, k: int, mask: Mask | None = None, prefetch: Prefetch | None = None
    ) -> tuple[Vectors, Ids]:
        """The best ``k``, or of those a mask has."""
        scores, numbers = self._ring.search(query, k, self._first, self._end, mask)
        return scores, numbers - self._first


class VectorsRun(NamedTuple):
    """The vectors of ``chunks`` chunks from ``first`` on."""

    first: int
    chunks: int
    vectors: ViewVectors

    def segment(self) -> ViewVectors:
        """They are open."""
        return self.vectors


class Record(NamedTuple):
    """What of an index there is."""

    chunks: int
    lexical: bool
    vectors: tuple[VectorsRun, ...]


class _Segment:
    """All lines, as the one segment of the one index."""


class Run:
    """The one index: of chunk n the line is ``first_chunk + n``."""

    live: Mask | None = None
    waits = False

    def __init__(self, first: int, record: Record, words: StreamSegment | None, segment: _Segment) -> None:
        self.first_chunk, self.record, self.words = first, record, words
        self.vectors, self.segments = record.vectors, [segment]

    def locate(self, chunk: int) -> tuple[_Segment, int]:
        """The segment, and the chunk's number there."""
        return self.segments[0], chunk


class View:
    """Lines ``first`` to ``end - 1`` of a ring. ``vectors``: of as many of them, from the first on, as there are;
    search looks at them if a model made them.
    """

    def __init__(
        self,
        name: str,
        prefix: str,
        first: int,
        end: int,
        texts: Texts,
        words: StreamSegment | None,
        vectors: ViewVectors | None,
        *,
        has_model: bool,
    ) -> None:
        self.source, self.media = Source(name), _Media()
        self.first, self.end, self.vectors = first, end, vectors
        self._texts, self._prefix = texts, prefix
        segment = _Segment()
        made = (VectorsRun(0, end - first, vectors),) if vectors is not None and has_model else ()
        record = Record(end - first, words is not None, made)
        self.segments = [segment]
        self.indexes = [Run(first, record, words, segment)]

    def line(self, chunk: int) -> Line:
        """The line of a chunk."""
        return self._texts.line(self.first + chunk)

    def document(self, chunk: int) -> Document:
        """A line as a document."""
        return self._document(chunk, self.line(chunk))

    def _document(self, chunk: int, line: Line) -> Document:
        uri = f"{self._prefix}{self.first + chunk}"
        digest = hashlib.sha256(line.text).hexdigest()
        key = hashlib.sha256(f"{self.source.name}\0{uri}\0{digest}".encode()).hexdigest()[:16]
        time = instant(line.time)
        return Document(key, uri, "", time, digest, len(line.text), line.tags, "text")

    def lines(self, first: int) -> Iterator[tuple[int, Line]]:
        """The lines from a number on, each with its number."""
        return self._texts.lines(first, self.end)

    def told(self, chunk: int) -> tuple[datetime, str]:
        """A line's time and text."""
        line = self.line(chunk)
        return instant(line.time), line.text.decode("utf-8", "replace")

    def hit(self, chunk: int, score: float, rank: int) -> Hit:
        """A line as a hit."""
        line = self.line(chunk)
        document, text = self._document(chunk, line), line.text.decode("utf-8", "replace")
        place = (0, document.size, LineSpan(1, 1), text)
        return Hit(rank, score, self.source.name, document, self.first + chunk, *place)

    # As of a Reader

    def documents(self) -> Iterator[FoundDocument]:
        """All lines."""
        for chunk in range(self.end - self.first):
            place = self._place(chunk)
            yield FoundDocument(place.segment, chunk, place.stored)

    def read(self, chunks: Sequence[tuple[SegmentReader, int]]) -> list[ChunkText]:
        """Chunks with their texts."""
        places = [self._place(chunk) for _, chunk in chunks]
        return list(map(ChunkText, places, self.texts(places)))

    def chunk_in(self, segment: SegmentReader, number: int) -> ChunkPlace:
        """Where a chunk lies."""
        return self._place(number)

    def texts(self, places: Sequence[ChunkPlace]) -> list[str]:
        """The texts of places."""
        found = (self.line(place.stored.start).text[place.start : place.end] for place in places)
        return [text.decode("utf-8", "replace") for text in found]

    def _place(self, chunk: int) -> ChunkPlace:
        document = self.document(chunk)
        segment = cast("SegmentReader", self.segments[0])  # it is compared with others, and asked nothing
        return ChunkPlace(segment, Stored(document, chunk), 0, document.size, 1, 1)

    # Conditions

    def chunk_masks(self, accepts: Accepts, asked: Asked) -> list[Mask]:
        """Which lines are accepted. Times rise, so that few lines are looked at for them."""
        if isinstance(asked, Field):
            if asked.name in (*_RISING, *_FALLING):
                return [self._in_time(accepts, rises=asked.name in _RISING)]
            return [self._each(accepts, by_place=asked.name == "path")]
        mask = np.zeros(self.end - self.first, np.bool_)
        mask[self._span(asked)] = True
        rest = replace(asked, since=None, until=None, before=None)
        if rest:
            mask &= self._each(rest.accepts, by_place=bool(rest.names or rest.path), by_name=bool(rest.names))
        return [mask]

    def _in_time(self, accepts: Accepts, *, rises: bool) -> Mask:
        edge = self._edge(lambda number: accepts(self.document(number - self.first)) is rises)
        mask = np.full(self.end - self.first, not rises)
        mask[edge - self.first :] = rises
        return mask

    def _span(self, only: Filter) -> slice:
        """The chunks whose times a filter takes."""
        first, last = self.first, self.end
        if only.since is not None:
            since = micros(only.since)
            first = self._edge(lambda number: self._time(number) >= since)
        if only.until is not None:
            until = micros(only.until)
            last = self._edge(lambda number: self._time(number) > until)
        if only.before is not None:
            before = micros(only.before)
            last = min(last, self._edge(lambda number: self._time(number) >= before))
        return slice(first - self.first, max(first, last) - self.first)

    def _time(self, number: int) -> int:
        return self._texts.line(number).time

    def _edge(self, holds: Callable[[int], bool]) -> int:
        """The first line of which something holds that holds of all later ones."""
        low, high = self.first, self.end
        while low < high:
            middle = (low + high) // 2
            if holds(middle):
                high = middle
            else:
                low = middle + 1
        return low

    def _each(self, accepts: Accepts, *, by_place: bool, by_name: bool = False) -> Mask:
        """Lines of the same tags are alike, unless it is their places that are looked at."""
        chunks = self.end - self.first
        if by_place:
            made = self.document if by_name else self._placed
            return np.fromiter((accepts(made(chunk)) for chunk in range(chunks)), np.bool_, chunks)
        told = dict[frozenset[tuple[str, str]], bool]()
        mask = np.zeros(chunks, np.bool_)
        for number, tags in self._tagged:
            key = frozenset(tags.items())
            if key not in told:
                told[key] = accepts(self.document(number - self.first))
            mask[number - self.first] = told[key]
        untagged = np.ones(chunks, np.bool_)
        untagged[[number - self.first for number, _ in self._tagged]] = False
        others = np.flatnonzero(untagged)
        if len(others):
            mask[untagged] = accepts(self.document(int(others[0])))
        return mask

    def _placed(self, chunk: int) -> Document:
        """A line as a document, as far as its place and its tags go: to hash all texts takes seconds."""
        tags = self._tags_of.get(self.first + chunk, NO_TAGS)
        return Document("", f"{self._prefix}{self.first + chunk}", "", _EPOCH, "", 0, tags, "text")

    @cached_property
    def _tags_of(self) -> dict[int, Mapping[str, str]]:
        return dict(self._tagged)

    @cached_property
    def _tagged(self) -> list[tuple[int, Mapping[str, str]]]:
        """The lines that have tags."""
        return self._texts.tagged(self.first, self.end)
