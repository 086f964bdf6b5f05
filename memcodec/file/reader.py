"""A memory file opened for reading: its commits, its segments, and what lies where in it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from memcodec.errors import Damaged, NotFound
from memcodec.file.cache import Cache
from memcodec.file.catalogue import hashes
from memcodec.file.claims import check_segments
from memcodec.file.index_run import IndexRun
from memcodec.file.journal.contents import Contents, contents
from memcodec.file.names import Names, of_table
from memcodec.file.places import ChunkPlace, ChunkText, FoundDocument
from memcodec.file.records import Records, retried
from memcodec.file.segment import SegmentReader, blob_at
from memcodec.file.state import Told, changes, replay, table_blob, told_by
from memcodec.format.blob import Blob
from memcodec.format.commit import CommitRecord, Entry
from memcodec.media import registry
from memcodec.media.contract import MediaReader
from memcodec.model import BlobSpan, Extent, PacketPlace, Root, Use
from memcodec.storage import PlaceLike, Source
from memcodec.storage.open import place_of
from memcodec.storage.remote.source import SpanCache

if TYPE_CHECKING:
    from memcodec.file.journal.overlay import Overlay
    from memcodec.file.opening import OpeningReader
    from memcodec.file.pictures import PictureVectors
    from memcodec.format.envelope import Seal
    from memcodec.seal.keyring import Keyring

_LOG = logging.getLogger(__name__)
CACHE = 64 << 20
_OF_TEXTS = 2  # of the cache's bytes one in so many is for texts of chunks, the others for packets
_OBJECTS = 1500  # bytes that a chunk's text and its document take beside their characters, about
BROKEN = "its newest commit is damaged; `repair()` brings back what it can of it"


class Reader:
    """Reads a memory file as its newest commit left it, or an older one. For many threads.

    What stands in the journal behind that is read like a commit's documents, unless ``journal`` is False: then, as for
    whoever writes, the file ends in its last commit.

    ``as_of`` is a commit's number, or a time: then it is the last commit not after it. ``memory`` bounds what the file
    may ask for (``format.budget``). ``keys`` open a sealed file, or else what this process was told; they are wiped
    with the reader unless they are given. ``use``: what it is opened for, which the rules of a capsule may not allow;
    who hands out something else of it asks ``check``. Raises NotAMemoryFile when there is no commit in the file,
    NotFound when there is none such, Sealed when no key opens it, NotAllowed.
    """

    def __init__(
        self,
        source: Source,
        cache: int = CACHE,
        as_of: int | datetime | None = None,
        memory: int | None = None,
        *,
        journal: bool = True,
        keys: Keyring | None = None,
        use: Use = "write",
    ) -> None:
        self.codec = registry.detect(source)
        self.media: MediaReader = self.codec.open(source)
        self.records = Records(self.media, keys)
        self.source = self.media.source
        if memory is not None:
            self.media.budget.memory = memory
        try:
            self.record, self.end = self.records.find(as_of)
            self.check(use)
            if self.record.codec != self.codec.name and self.record.codec in registry.names():
                # A file that ends in a journal does not say there which video codec it has.
                self.codec = registry.get(self.record.codec)
            opened = self._brought_along() if source.far else None
            self.media = opened or self.media
            self.records.check_journal()
            check_segments(self.entries, [each.claims for each in self._told], self.source.size)
            self.state = replay(self.entries, self.record.indexes)
            self._texts = Cache[ChunkText](cache // _OF_TEXTS, lambda each: _OBJECTS + len(each.text))
            self._overlay: Overlay | None = None
            self._overlaying = threading.Lock()
            self.waiting = Contents()  #: what stands in the journal
            self._cache = Cache[bytes](cache - cache // _OF_TEXTS, len)
            self.lasting = self._segments()  #: those that stand in media: all but that of the journal
            if opened is not None:
                opened.bring(self._blobs())
            if (
                journal
                and self.records.is_newest
                and self.media.journal is not None
                and self.media.journal.groups
            ):
                self._take_in(as_of)
        except BaseException:
            self.media.close()
            self.records.close()
            raise

    @property
    def seal(self) -> Seal | None:
        """Of a sealed file, where its key is."""
        return self.records.seal

    @property
    def keys(self) -> Keyring | None:
        """What opens it, if it is sealed."""
        return self.records.keys

    def check(self, *uses: Use) -> None:
        """Raises NotAllowed for a capsule whose rules allow none of these uses, Expired when its time is over."""
        if self.records.rules is not None:
            self.records.rules.check(self.source.name, uses)

    @property
    def sealed(self) -> bool:
        """Whether the file is sealed."""
        return self.seal is not None

    def check_unmoved(self) -> None:
        """Raises Damaged when another program moved the file's frames: it can be read, but no byte may follow."""
        if self.media.moved:
            raise Damaged(
                f"{self.source.name}: tags that another program wrote moved its frames by {self.media.moved:,} bytes; "
                "`compact()` rewrites it"
            )

    def _brought_along(self) -> OpeningReader:
        """The media with what the newest commit laid together for readers far away."""
        from memcodec.file.opening import OpeningReader

        opened = OpeningReader(self.media)
        opened.load(self.record)
        return opened

    @cached_property
    def entries(self) -> list[Entry]:
        """What each commit did, oldest first."""
        return [entry for told in self._told for entry in told]

    @cached_property
    def _told(self) -> list[Told]:
        return list(told_by(self.record, self.media))

    @cached_property
    def chain(self) -> list[CommitRecord]:
        """The records of all commits up to this one, oldest first, as they stand one behind the other in the file."""
        records = [self.records.parsed(each) for each in self.media.commits()]
        newer = next(number for number, end in enumerate(self.media.ends()) if end == self.end)
        return records[newer:][::-1]

    def _segments(self) -> list[SegmentReader]:
        made, chunks = list[SegmentReader](), 0
        for number, record in enumerate(self.state.segments):
            dead = self.state.dead.get(number)
            made.append(SegmentReader(self.media, record, number, chunks, self._cache, dead))
            chunks += record.chunks
        return made

    @cached_property
    def indexes(self) -> list[IndexRun]:
        """The search indexes, in the order of the segments they cover; the last one is that of the journal."""
        made, overlay = list(self.lasting_indexes), self._laid_over()
        if overlay is not None:
            record = overlay.index(self._language(made))
            made.append(IndexRun(overlay.media, record, [overlay.reader], waits=True))
        return made

    @cached_property
    def lasting_indexes(self) -> list[IndexRun]:
        """Those over the segments that stand in media."""
        made, at = [], 0
        for record in self.state.indexes:
            made.append(IndexRun(self.media, record, self.lasting[at : at + record.segments]))
            at += record.segments
        return made

    def _language(self, runs: Sequence[IndexRun]) -> str | None:
        """Of the lexical index; None where there is none, as in a file that was to have none."""
        from memcodec.index.lexical.segment import LexicalSegment
        from memcodec.index.lexical.tokens import DEFAULT_LANGUAGE

        for run in reversed(runs):
            if (blob := run.lexical) is not None:
                return LexicalSegment(blob).language
        return None if any(run.record.chunks for run in runs) else DEFAULT_LANGUAGE

    @cached_property
    def pictures(self) -> list[PictureVectors]:
        """The vectors of pictures, also of some that are no longer in the state. Raises Damaged."""
        from memcodec.file.pictures import unpack

        return [
            unpack(self.blob(each.place, "the vectors of pictures"), each.pictures)
            for each in self.record.pictures
        ]

    def _blobs(self) -> Iterator[Extent]:
        """Where the index blobs of the state stand."""
        yield from (segment.record.catalogue for segment in self.lasting)
        yield from (place for record in self.state.indexes for _, place in record.blobs)

    def blob(self, extent: Extent, what: str) -> Blob:
        """A blob of the file."""
        return blob_at(self.media, extent, what)

    def _take_in(self, until: int | datetime | None) -> None:
        """Know what stands in the journal, and drop what it replaces from the state."""
        assert self.media.journal is not None
        found = contents(self.media.journal, bytes.fromhex(self.record.file), until)
        if isinstance(until, int) and (not found.commits or found.commits[-1].number != until):
            raise NotFound(f"{self.source.name}: no commit {until}; `log()` lists them")
        gone = dict[int, list[int]]()
        for each in self.named(found.drop):
            if each.document.id in found.drop[each.document.uri]:
                gone.setdefault(each.segment.number, []).append(each.ordinal)
        for change in changes(gone):
            self.state.mark(change, dropped=True)
        if gone:
            self.lasting = self._segments()
            self.__dict__.pop("names", None)
        self.waiting = found

    @property
    def segments(self) -> Sequence[SegmentReader]:
        """All of the state, in order; the last one is that of the journal, if anything stands in it."""
        overlay = self._laid_over()
        return self.lasting if overlay is None else [*self.lasting, overlay.reader]

    def _laid_over(self) -> Overlay | None:
        """What stands in the journal as a segment, made when it is first asked for."""
        if self._overlay is None and self.waiting.items:
            from memcodec.file.journal.overlay import Overlay  # few files have a journal

            with self._overlaying:
                if self._overlay is None:
                    chunks = sum(segment.record.chunks for segment in self.lasting)
                    made = Overlay(
                        self.waiting, self.media, self.record, len(self.lasting), chunks, self._cache
                    )
                    self.media = made.media
                    self._overlay = made
        return self._overlay

    @property
    def commit(self) -> int:
        """The number of the newest commit, of those in the journal, too."""
        own = self.waiting.commits
        return max(self.record.commit, own[-1].number if own else 0)

    @property
    def version(self) -> tuple[CommitRecord, int]:
        """Another value for another state of the file: its last commit, and how far the journal behind it is read."""
        return self.record, self.media.journal.end if self.media.journal is not None else self.end

    @property
    def chunks(self) -> int:
        """How many chunk numbers there are: those of dropped documents keep theirs."""
        return sum(segment.record.chunks for segment in self.segments)

    def named(self, uris: Collection[str]) -> Iterator[FoundDocument]:
        """The documents in the state that have one of these uris. Looks at few others."""
        uris = frozenset(uris)
        for segment in self._likely(uris):
            for ordinal in segment.catalogue.named(uris) if segment.documents else ():
                if segment.dead is None or not segment.dead[ordinal]:
                    yield FoundDocument(segment, ordinal, segment.catalogue.document(ordinal))

    def likely(self, numbers: Collection[int]) -> Iterator[SegmentReader]:
        """The segments in media that may hold uris of these hashes, in order."""
        for told, segments in self.names:
            if told is not None:
                yield from (segments[at] for at in told.likely(numbers))
            else:
                yield from (segment for segment in segments if segment.may_hold(numbers))

    def _likely(self, uris: frozenset[str]) -> Iterator[SegmentReader]:
        """The segments that may hold one of these uris, in order."""
        yield from self.likely(hashes(uris))
        if any(item.uri in uris for item in self.waiting.items):
            yield self.segments[-1]

    def roots(self) -> Iterator[Root]:
        """The roots of all documents, those of dropped ones too, in the order they came; some more than once."""
        for told, segments in self.names:
            if told is not None and told.roots is not None:
                yield from told.roots
            else:
                yield from (root for segment in segments for root in segment.catalogue.roots())
        yield from (item.root for item in self.waiting.items if item.root is not None)

    @cached_property
    def names(self) -> list[tuple[Names | None, Sequence[SegmentReader]]]:
        """What each table of commits says of the segments in it, if it does; last, those that stand in none."""
        found, entries, at = list[tuple[Names | None, Sequence[SegmentReader]]](), iter(self.entries), 0
        for table in self.record.tables:
            count = sum(len(entry.segments) for entry in islice(entries, table.entries))
            own = self.lasting[at : at + count]
            blob = table_blob(table, self.media)
            found.append((of_table(blob, [segment.record for segment in own]), own))
            at += count
        return [*found, (None, self.lasting[at:])]

    def documents(self) -> Iterator[FoundDocument]:
        """Every document in the state, oldest first."""
        held = (segment for segment in self.segments if segment.documents)
        self.media.prefetch(span for segment in held for span in segment.catalogue.all_document_spans())
        for segment in self.segments:
            for ordinal, stored in segment.live():
                yield FoundDocument(segment, ordinal, stored)

    def chunk(self, number: int) -> ChunkPlace:
        """Where a chunk of the file lies. Raises NotFound."""
        for segment in self.segments:
            own = number - segment.first_chunk
            if not 0 <= own < segment.record.chunks:
                continue
            if not segment.live_chunks[own]:
                raise NotFound(f"{self.source.name}: chunk {number} is of a document that is no longer in it")
            self.prefetch_chunks([(segment, own)])
            self.prefetch_texts([(segment, own)])
            return self.chunk_in(segment, own)
        raise NotFound(f"{self.source.name}: no chunk {number}; it has chunks 0 to {self.chunks - 1}")

    def chunk_in(self, segment: SegmentReader, number: int) -> ChunkPlace:
        """Where a segment's own chunk ``number`` lies."""
        catalogue = segment.catalogue
        start, end, first_line, last_line = catalogue.chunk(number)
        ordinal = catalogue.document_at(start)
        stored = catalogue.document(ordinal) if ordinal >= 0 else None
        if stored is None or not stored.start <= start <= end <= stored.end:
            raise Damaged(f"chunk {number} belongs to no document; run `repair()`")
        return ChunkPlace(segment, stored, start - stored.start, end - stored.start, first_line, last_line)

    def prefetch_near(self, chunks: Iterable[tuple[SegmentReader, int]]) -> list[tuple[SegmentReader, int]]:
        """What ``prefetch_chunks`` and ``prefetch_texts`` fetch, in one round trip from afar, where shortcuts know it.

        Gives back the chunks that none knows.
        """
        blobs, frames, unknown = list[BlobSpan](), list[PacketPlace](), list[tuple[SegmentReader, int]]()
        for segment, numbers in _by_segment(chunks).items():
            if segment.catalogue.has_shortcut:
                found = segment.catalogue.near_spans(numbers)
                blobs += found[0]
                frames += found[1]
            else:
                unknown += [(segment, number) for number in numbers]
        self.media.prefetch(blobs, frames)
        return unknown

    def read(self, chunks: Sequence[tuple[SegmentReader, int]]) -> list[ChunkText]:
        """Chunks, given by segment and number there, with their texts. Those that were read lately are still here."""
        found = [self._texts.get((segment.number, number)) for segment, number in chunks]
        lacking = [chunk for chunk, each in zip(chunks, found, strict=True) if each is None]
        if lacking:
            made = list(self._read_anew(lacking))
            for (segment, number), each in zip(lacking, made, strict=True):
                self._texts.put((segment.number, number), each)
            anew = iter(made)
            found = [each or next(anew) for each in found]
        return [each for each in found if each is not None]

    def _read_anew(self, chunks: Sequence[tuple[SegmentReader, int]]) -> Iterator[ChunkText]:
        places = [self.chunk_in(*chunk) for chunk in chunks]
        return map(ChunkText, places, self.texts(places))

    def has_read(self, segment: SegmentReader, number: int) -> bool:
        """Whether the text of a segment's own chunk is here."""
        return self._texts.get((segment.number, number)) is not None

    def prefetch_chunks(self, chunks: Iterable[tuple[SegmentReader, int]]) -> None:
        """Have what is needed to place chunks, given by segment and number there, in one round trip from afar."""
        if self.source.far:
            numbers = _by_segment(chunks).items()
            self.media.prefetch([span for each, own in numbers for span in each.chunk_spans(own)])

    def prefetch_texts(self, chunks: Sequence[tuple[SegmentReader, int]]) -> None:
        """Have the text of placed chunks and what is known of their documents, in one round trip from afar."""
        if not self.source.far:
            return
        blobs, frames = list[BlobSpan](), list[PacketPlace]()
        for segment in {segment.number: segment for segment, _ in chunks}.values():
            placed = [segment.catalogue.chunk(number) for other, number in chunks if other is segment]
            ordinals = [segment.catalogue.document_at(start) for start, *_ in placed]
            blobs += segment.catalogue.document_spans(each for each in ordinals if each >= 0)
            frames += segment.places(segment.lacking([(start, end) for start, end, *_ in placed]))
        self.media.prefetch(blobs, frames)

    def texts(self, places: Sequence[ChunkPlace]) -> list[str]:
        """The chunks' texts, from the media, all their packets in one go."""
        texts: dict[int, str] = {}
        segments = {place.segment.number: place.segment for place in places}.values()
        if len(segments) > 1:
            self._fetch(segments, places)
        for segment in segments:
            mine = [index for index, place in enumerate(places) if place.segment is segment]
            spans = [places[index].text_span for index in mine]
            for index, data in zip(mine, segment.texts(spans), strict=True):
                texts[index] = _decode(data)
        return [texts[index] for index in range(len(places))]

    def indexed(self, places: Sequence[ChunkPlace]) -> list[str]:
        """What the indexes see of chunks: their texts under their headings."""
        return [
            ChunkText(place, text).indexed for place, text in zip(places, self.texts(places), strict=True)
        ]

    def _fetch(self, segments: Iterable[SegmentReader], places: Sequence[ChunkPlace]) -> None:
        """Read what the chunks need of several segments at once: one after the other they would not use all cores."""
        wanted = [
            (segment, segment.lacking([place.text_span for place in places if place.segment is segment]))
            for segment in segments
        ]
        everything = [place for segment, sequences in wanted for place in segment.places(sequences)]
        packets = iter(self.media.read_packets(everything))
        for segment, sequences in wanted:
            segment.keep(sequences, [next(packets) for _ in sequences])

    def close(self) -> None:
        """Release decoders and the file."""
        self.media.close()
        self.source.close()
        self.records.close()


def _by_segment(chunks: Iterable[tuple[SegmentReader, int]]) -> dict[SegmentReader, list[int]]:
    numbers: dict[SegmentReader, list[int]] = {}
    for segment, number in chunks:
        numbers.setdefault(segment, []).append(number)
    return numbers


def read_file(
    file: PlaceLike,
    cache: int = CACHE,
    as_of: int | datetime | None = None,
    spans: SpanCache | None = None,
    memory: int | None = None,
    *,
    journal: bool = True,
    keys: Keyring | None = None,
    use: Use = "write",
) -> Reader:
    """A reader of a file, wherever it lies (``storage.open.place_of``); a writer may be at work on it.

    ``spans`` keeps what is fetched from afar on disk; ``keys`` open it if it is sealed; ``use`` as of ``Reader``.
    """
    opened = read_opened(
        place_of(file, spans).open, cache, as_of, memory, journal=journal, keys=keys, use=use
    )
    record = opened.record
    _LOG.debug("%s: %s %s, commit %d", opened.source.name, record.codec, record.profile, record.commit)
    return opened


def read_opened(
    opening: Callable[[], Source],
    cache: int = CACHE,
    as_of: int | datetime | None = None,
    memory: int | None = None,
    *,
    journal: bool = True,
    keys: Keyring | None = None,
    use: Use = "write",
) -> Reader:
    """A reader of what ``opening`` gives; it is opened again when a writer cuts a torn tail off meanwhile."""
    return retried(
        opening, lambda source: Reader(source, cache, as_of, memory, journal=journal, keys=keys, use=use)
    )


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"a chunk is not UTF-8 ({error.reason}); run `repair()`") from error
