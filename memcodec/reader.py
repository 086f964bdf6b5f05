"""A memory file opened for reading: its commits, its segments, and what lies where in it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memcodec import codec
from memcodec.cache import Cache
from memcodec.errors import Damaged, NotAMemoryFile, NotFound
from memcodec.format import commit
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.commit import CommitRecord, SegmentRecord
from memcodec.format.documents import Stored
from memcodec.segment import SegmentReader
from memcodec.storage import Source

CACHE = 64 << 20


class Found(NamedTuple):
    """A document and the segment that holds it."""

    segment: SegmentReader
    stored: Stored


class ChunkPlace(NamedTuple):
    """A chunk: its segment, its document, and its span of the document and of the document's lines."""

    segment: SegmentReader
    stored: Stored
    start: int
    end: int
    first_line: int
    last_line: int

    @property
    def text_span(self) -> tuple[int, int]:
        """The chunk's span of its commit's text."""
        return self.stored.start + self.start, self.stored.start + self.end


class Reader:
    """Reads a memory file. Raises NotAMemoryFile when there is no commit in it. For many threads."""

    def __init__(self, source: Source, cache: int = CACHE) -> None:
        self.source = source
        self.codec = codec.detect(source)
        self.media = self.codec.open(source)
        try:
            self.commits = [commit.parse(each) for each in self.media.commits()][::-1]
            if not self.commits:
                raise NotAMemoryFile(
                    f"{source.name}: no complete commit in it; if it held one, `memcodec repair` reads the media itself"
                )
            self.segments = self._segments(cache)
        except BaseException:
            self.media.close()
            raise

    @property
    def newest(self) -> CommitRecord:
        """The commit whose state this is."""
        return self.commits[-1]

    def _segments(self, limit: int) -> list[SegmentReader]:
        cache, made, chunks = Cache(limit), list[SegmentReader](), 0
        for record in (segment for each in self.commits for segment in each.segments):
            _check(record, self.source.size)
            made.append(SegmentReader(self.media, record, len(made), chunks, cache))
            chunks += record.chunks
        return made

    @property
    def chunks(self) -> int:
        """How many chunks the file holds."""
        return sum(segment.record.chunks for segment in self.segments)

    def documents(self) -> Iterator[Found]:
        """Every document, oldest first."""
        for segment in self.segments:
            for stored in segment.catalogue.all_documents():
                yield Found(segment, stored)

    def matching(self, pattern: str | None) -> list[Found]:
        """The documents whose uri matches a glob; all of them without one. Raises NotFound when none does."""
        found = [each for each in self.documents() if pattern is None or _matches(each.stored, pattern)]
        if not found and pattern is not None:
            raise NotFound(
                f"{self.source.name}: no document matches {pattern!r}; `memcodec list` shows what there is"
            )
        return found

    def chunk(self, number: int) -> ChunkPlace:
        """Where a chunk of the file lies. Raises NotFound."""
        for segment in self.segments:
            if 0 <= number - segment.first_chunk < segment.record.chunks:
                return self.chunk_in(segment, number - segment.first_chunk)
        raise NotFound(f"{self.source.name}: no chunk {number}; it has chunks 0 to {self.chunks - 1}")

    def chunk_in(self, segment: SegmentReader, number: int) -> ChunkPlace:
        """Where a segment's own chunk ``number`` lies."""
        catalogue = segment.catalogue
        start, end, first_line, last_line = catalogue.chunk(number)
        ordinal = catalogue.document_at(start)
        stored = catalogue.document(ordinal) if ordinal >= 0 else None
        if stored is None or end > stored.end:
            raise Damaged(f"chunk {number} lies in no document; run `memcodec repair`")
        return ChunkPlace(segment, stored, start - stored.start, end - stored.start, first_line, last_line)

    def texts(self, places: Sequence[ChunkPlace]) -> list[str]:
        """The chunks' texts, from the media, all packets of a segment in one go."""
        texts: dict[int, str] = {}
        for segment in {place.segment.number: place.segment for place in places}.values():
            mine = [index for index, place in enumerate(places) if place.segment is segment]
            spans = [places[index].text_span for index in mine]
            for index, data in zip(mine, segment.texts(spans), strict=True):
                texts[index] = _decode(data)
        return [texts[index] for index in range(len(places))]

    def close(self) -> None:
        """Release decoders and the file."""
        self.media.close()
        self.source.close()


def _check(record: SegmentRecord, size: int) -> None:
    """Refuse counts that no file of that size can hold, before anything is allocated for them."""
    last = record.stream - (record.packets - 1) * record.payload
    chunks = record.chunks <= max(1, record.text)
    # A block of 16 KiB takes at least the 9 bytes of the smallest Zstandard frame.
    text = record.text <= BLOCK_SIZE * (1 + record.stream // 9)
    blobs = [blob for blob in (record.catalogue, record.lexical, record.vectors) if blob is not None]
    inside = record.packets + record.parity <= size and all(sum(blob) <= size for blob in blobs)
    if not (inside and 0 < last <= record.payload and chunks and text):
        raise Damaged(f"commit {record.commit} claims more than the file can hold; run `memcodec repair`")


def _matches(stored: Stored, pattern: str) -> bool:
    return fnmatch.fnmatchcase(stored.document.uri, pattern)


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"a chunk is not UTF-8 ({error.reason}); run `memcodec repair`") from error
