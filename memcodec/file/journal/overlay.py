"""What stands in a journal, as readers see it: one segment more, in memory, as folding would write it.

It has a catalogue, packets and indexes like any other, so whoever lists, shows, searches or restores knows no
difference. Its packets and blobs lie at places that no file reaches; a media reader around the file's gives them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from memcodec.file.cache import Cache
from memcodec.file.commit import CommitWriter
from memcodec.file.content import CommitOptions, Indexing, NewContent
from memcodec.file.journal.contents import Contents
from memcodec.file.segment import SegmentReader
from memcodec.format.change import StateChange
from memcodec.format.commit import CommitRecord, IndexRecord
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.media.contract import MediaReader, PacketSize
from memcodec.model import BlobSpan, Extent, Frame, PacketPlace
from memcodec.storage import MemoryTarget
from memcodec.storage.contract import BytesLike

BEGIN = 1 << 56  #: the first place that is in no file
_PACKET = 1 << 15  # bytes: near to a block, so that little is copied for one text


class _Apart(MemoryTarget):
    """Bytes in memory, whose places begin far behind any file."""

    @property
    def size(self) -> int:
        return BEGIN + len(self._data)

    def append(self, data: BytesLike) -> int:
        return BEGIN + super().append(data)

    def read(self, offset: int, length: int) -> bytes:
        return super().read(offset - BEGIN, length)


class _Written:
    """A ``MediaWriter`` that keeps packets as they are."""

    packet_size, frame_packets, head, committed = _PACKET, 1, 0, False
    packet_sizes: Sequence[PacketSize] = (PacketSize(_PACKET, 1.0),)

    def __init__(self, target: _Apart) -> None:
        self._target = target

    def write_guide(self, pages: Sequence[str]) -> None:
        """There is nobody to read one."""

    def write_packets(self, packets: Iterable[bytes], per_frame: int) -> Iterator[Frame]:
        for packet in packets:
            yield Frame(self._target.append(packet), len(packet), 1)

    def accepts(self, source: object) -> bool:
        return False

    def copy_frames(self, source: object, frames: Iterable[Frame]) -> Iterator[Frame]:
        return iter(())

    def blob_place(self, length: int) -> Extent:
        return Extent(self._target.size, length)

    def write_blob(self, blob: bytes | memoryview) -> Extent:
        return Extent(self._target.append(blob), len(blob))

    def commit(self, record: bytes) -> Extent:
        return self.write_blob(record)

    def close(self) -> None:
        """Nothing is held."""


class OverlaidMedia:
    """A media reader with packets and blobs of a journal. Everything else is the file's own."""

    def __init__(self, media: MediaReader, held: _Apart) -> None:
        self._media, self._held = media, held
        self.moved, self.source = media.moved, media.source
        self.torn, self.broken, self.options = media.torn, media.broken, media.options
        self.budget, self.journal, self.carrier = media.budget, media.journal, media.carrier
        self.keys = media.keys
        self.commits, self.ends, self.commit_ending = media.commits, media.ends, media.commit_ending
        self.scan, self.layout, self.close = media.scan, media.layout, media.close
        self.head_spans: Callable[[Extent], list[BlobSpan]] = getattr(media, "head_spans", lambda extent: [])

    def read_packets(self, places: Sequence[PacketPlace]) -> list[bytes | None]:
        own = [place for place in places if place.offset < BEGIN]
        found = iter(self._media.read_packets(own) if own else ())
        return [
            next(found) if place.offset < BEGIN else self._held.read(place.offset, place.length)
            for place in places
        ]

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        if extent.offset < BEGIN:
            return self._media.read_blob(extent, start, length)
        return memoryview(
            self._held.read(extent.offset + start, extent.length - start if length is None else length)
        )

    def prefetch(self, blobs: Iterable[BlobSpan], places: Iterable[PacketPlace] = ()) -> None:
        self._media.prefetch(
            [each for each in blobs if each.extent.offset < BEGIN],
            [each for each in places if each.offset < BEGIN],
        )


class Overlay:
    """The segment that the contents of a journal come to, and its index, which is made when it is asked for."""

    def __init__(
        self,
        found: Contents,
        media: MediaReader,
        record: CommitRecord,
        number: int,
        chunks: int,
        cache: Cache[bytes],
    ) -> None:
        """``number``: of segments before it, which have so many ``chunks``."""
        target = _Apart()
        commit = max(record.commit + 1, *(each.number for each in found.commits[-1:]), 0)
        options = CommitOptions(
            file_id=bytes.fromhex(record.file),
            stream_id=bytes.fromhex(record.file),
            commit=commit,
            begin=BEGIN,
            time=datetime.now(UTC),
            codec=record.codec,
            profile=record.profile,
            parity=0.0,
        )
        self._content = NewContent(
            found.items,
            options,
            Indexing(),
            StateChange("add"),
            [item.id for item in found.items],
            quick=True,
        )
        self._writer = CommitWriter(_Written(target), target, options, None)
        segment = self._writer.add_stream(self._content)
        self.media: MediaReader = OverlaidMedia(media, target)
        self.reader = SegmentReader(self.media, segment, number, chunks, cache)

    def index(self, language: str | None) -> IndexRecord:
        """Its words; of a file without a lexical index, nothing."""
        chunks = self.reader.record.chunks
        if language is None:
            return IndexRecord(1, chunks)
        builder = LexicalBuilder(language)
        builder.add(list(self._content.chunk_texts()))
        return IndexRecord(1, chunks, self._writer.blob(builder.to_bytes()))
