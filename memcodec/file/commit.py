"""One commit, written: segments of new or carried packets, the indexes over them, and the record that makes it so.

Order: frames and catalogues, indexes, a table of commits; sync; commit record; sync.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from memcodec.errors import Damaged
from memcodec.file.catalogue_builder import CatalogueBuilder, moved
from memcodec.file.content import CommitOptions, Content
from memcodec.file.fold_policy import NewIndex, folded, new_index
from memcodec.file.names import Names, all_names, of_catalogue
from memcodec.file.opening import NEAR, BlobCopy, pack, parts_of, still_useful
from memcodec.file.phases import Encoding
from memcodec.file.pictures import FEW, PictureVectors, joined
from memcodec.file.pictures import pack as pack_pictures
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.file.state import INLINE, INLINE_BYTES, due, pack_table, table_runs, unpack_table
from memcodec.format import block, documents, packed, sealed, stream
from memcodec.format.blob import in_memory
from memcodec.format.budget import MAX_TABLE
from memcodec.format.checksum import crc32c
from memcodec.format.cipher import BLOB_SALT, RECORD, STREAM_SALT, stream_cipher
from memcodec.format.commit import (
    CommitRecord,
    Entry,
    IndexRecord,
    Opening,
    PicturesRecord,
    Ranges,
    SegmentRecord,
    Table,
    VectorsRecord,
    pack_entries,
    written_at,
)
from memcodec.format.envelope import Checks, Envelope, Told, checks_of
from memcodec.media.contract import MediaWriter
from memcodec.media.threads import Ahead
from memcodec.model import Extent, Frame
from memcodec.storage import Target
from memcodec.version import __version__

ALONE = 256  #: packets: a commit of fewer has a frame for each, so that reading or losing one is least
LARGE = 4096  #: packets: a commit of more has a symbol to a frame, or text from afar would be most of what is read
#: packets in a frame of a smaller and of a larger commit, at most: a wrong byte costs its frame. Five would be 0.3% and
#: 2% smaller
FILLED = (3, 1)
SPREAD = 110  #: frames that a larger one is spread over, at least, before frames are filled
_FAN = 8  # tables of commits of about one size that become one
_MOST_ENTRIES = 4096  # in one table


@dataclass(slots=True)
class Ledger:
    """The frames of a segment as they are written, each with its checksum.

    That is over the file from the end of the frame before (for the first: ``begin``) to its own.
    """

    target: Target
    begin: int
    frames: list[Frame] = field(default_factory=list)
    checksums: list[int] = field(default_factory=list)

    def enter(self, frame: Frame) -> None:
        """Note a frame that is written."""
        before = self.frames[-1] if self.frames else None
        start = before.offset + before.length if before else self.begin
        self.checksums.append(crc32c(self.target.read(start, frame.offset + frame.length - start)))
        self.frames.append(frame)


class CommitWriter:
    """A commit under way. ``before`` is the file as it was, None for a new one."""

    def __init__(
        self, media: MediaWriter, target: Target, options: CommitOptions, before: Reader | None
    ) -> None:
        self.media, self.options = media, options
        self.segments: list[SegmentRecord] = []
        self.sealed: Entry | None = None  #: what the commit did, once it is in the file
        self._target, self._before = target, before
        # A journal that is done with may lie between the commit before and this one's frames: no checksum is over it.
        self._begin = target.size if before is not None else options.begin
        self._indexes: list[NewIndex] = []
        self._parts: list[BlobCopy] = []  # what the opening will hold
        self._pictures: list[PictureVectors] = []
        self._catalogues: dict[Extent, Names] = {}

    def add(self, content: Content, identity: tuple[bytes, int] | None = None) -> SegmentRecord:
        """Write a segment of new packets, and its index. ``identity``: what its stream was called elsewhere.

        Raises SourceError when a source changed meanwhile.
        """
        made = self.add_stream(content, identity)
        if made.chunks:
            self.options.progress("index", 0, 0)
        self.index(new_index(1, made.chunks, content.lexical(), content.vectors()))
        return made

    def add_stream(self, content: Content, identity: tuple[bytes, int] | None = None) -> SegmentRecord:
        """The same without its index."""
        stream_id, commit = identity or (self.options.stream_id, self.options.commit)
        self.options.progress("prepare", 0, 0)
        expected = content.prepare()
        packets = self._packetizer(stream_id, commit, expected)
        start, ledger = self._target.size, Ledger(self._target, self._begin)
        told = Encoding(self.options.progress, content, packets)
        try:
            for frame in self._frames(content, packets, expected):
                ledger.enter(frame)
                told.enter(frame)
        finally:
            packets.close()
        tables = content.catalogue
        catalogue = tables.to_bytes(
            ledger.begin,
            start,
            ledger.frames,
            ledger.checksums,
            packets.room,
            (stream_id, commit),
            is_sealed=packets.cipher is not None,
        )
        made = SegmentRecord(
            file=stream_id.hex(),
            commit=commit,
            packets=packets.count,
            parity=sum(frame.packets for frame in ledger.frames) - packets.count,
            payload=packets.payload,
            stream=packets.size,
            text=content.size,
            documents=len(tables.stored),
            chunks=len(tables.chunk_starts),
            catalogue=self._catalogue(catalogue, len(tables.stored)),
        )
        if packets.cipher is not None and self.options.sealing is not None:
            name, salt = self.options.sealing.key.name.hex(), packets.cipher.salt.hex()
            made = replace(made, key=name, salt=salt, tail=packets.tail)
        self.segments.append(made)
        return made

    def _packetizer(self, stream_id: bytes, commit: int, size: int) -> stream.Packetizer:
        """For a stream of about so many bytes."""
        sealing, sizes, parity = self.options.sealing, self.media.packet_sizes, self.options.parity
        if sealing is None:
            return stream.Packetizer(stream_id, commit, stream.payload_for(size, parity, sizes))
        room = len(sealing.key.wrapped(bytes(STREAM_SALT)))
        cipher = stream_cipher(sealing.key, stream_id, commit, stream.payload_for(size, parity, sizes, room))
        wrapped = sealing.key.wrapped(cipher.salt)
        return stream.Packetizer(stream_id, commit, cipher.payload, cipher, wrapped)

    def _frames(self, content: Content, packets: stream.Packetizer, size: int) -> Iterator[Frame]:
        """Data packets, then parity packets, few to a frame when there are few at all.

        ``size``: bytes of the stream, about.
        """
        expected = size // packets.room + 1
        self.options.progress("media", 0, content.taken[1])
        per_frame = per_frame_of(expected, self.media.frame_packets)
        with Ahead(_data_packets(content, packets), depth=256) as data:
            everything = _with_parity(data, packets, per_frame, self.options.parity)
            yield from self.media.write_packets(everything, per_frame)

    def copy(self, source: Reader, segment: SegmentReader) -> SegmentRecord:
        """Take a segment of another file over, frame by frame as it stands. The media must accept that file.

        Raises Damaged when a checksum of it fails, before anything is written.
        """
        check_frames(source, segment)
        start, ledger = self._target.size, Ledger(self._target, self._begin)
        frames = list(segment.frames())
        for number, frame in enumerate(self.media.copy_frames(source.source, frames), 1):
            ledger.enter(frame)
            self.options.progress("copy", number, len(frames))
        payload = segment.record.room
        data = moved(segment.catalogue, ledger.begin, start, ledger.frames, ledger.checksums, payload)
        made = replace(segment.record, catalogue=self._catalogue(data, segment.record.documents))
        self.segments.append(made)
        return made

    def redacted(self, source: Reader, segment: SegmentReader, new: Redacted) -> SegmentRecord:
        """Take a segment over without its dropped documents, its frames copied as far as they stay."""
        start, ledger, first = self._target.size, Ledger(self._target, self._begin), list[int]()
        for piece in new.pieces:
            if piece.frames:
                made = self.media.copy_frames(source.source, piece.frames)
            else:
                made = self.media.write_packets(piece.packets, new.per_frame)
            sequence = piece.first
            for frame in made:
                ledger.enter(frame)
                first.append(sequence)
                sequence += frame.packets
        tables = new.catalogue
        catalogue = tables.to_bytes(
            ledger.begin,
            start,
            ledger.frames,
            ledger.checksums,
            segment.record.payload,
            (bytes.fromhex(segment.record.file), segment.record.commit),
            first,
            is_sealed=bool(segment.record.salt),
        )
        record = replace(
            segment.record,
            parity=new.parity,
            documents=len(tables.stored),
            chunks=len(tables.chunk_starts),
            catalogue=self._catalogue(catalogue, len(tables.stored)),
            void=new.void,
        )
        self.segments.append(record)
        return record

    def blob(self, data: bytes | memoryview) -> Extent:
        """Write index bytes."""
        written = packed.pack(data)
        is_packed, sealing = written is not data, self.options.sealing
        if sealing is not None:
            written = sealed.seal(written, sealing.key, self.media.blob_place)
        place = self.media.write_blob(written)
        self._begin = self._target.size
        if not is_packed:
            self._parts += parts_of(place, written, sealing.keys if sealing is not None else None)
        return place

    def _catalogue(self, data: bytes | memoryview, documents: int) -> Extent:
        """Write a catalogue of so many documents."""
        place = self.blob(data)
        self._catalogues[place] = of_catalogue(in_memory(data, "a catalogue"), documents)
        return place

    def pictures(self, new: Iterable[PictureVectors]) -> None:
        """Vectors of pictures that the commit brings."""
        self._pictures += new

    def index(self, new: NewIndex) -> None:
        """The index of the next segments that have none yet."""
        self._indexes.append(new)

    def finish(self, entry: Entry, *, fold: bool = True) -> CommitRecord:
        """Write the indexes and the record. ``entry`` says what the commit does; its segments are filled in here."""
        old = self._before.indexes if self._before is not None else []
        if fold:
            if old:
                self.options.progress("fold", 0, 0)
            kept, new = folded(old, self._indexes)
        else:
            kept, new = [run.record for run in old], self._indexes
        return self.seal(entry, [*kept, *(self._write_index(each) for each in new)])

    def seal(
        self,
        entry: Entry,
        indexes: Sequence[IndexRecord],
        pictures: Sequence[PicturesRecord] | None = None,
    ) -> CommitRecord:
        """Write the record, with the indexes of the whole state. ``pictures``: where not those that were there stay."""
        entry, options = replace(entry, segments=tuple(self.segments)), self.options
        options.progress("sync", 0, 0)
        tables, entries = self._entries(entry)
        made = CommitRecord(
            file=options.file_id.hex(),
            commit=options.commit,
            time=entry.time,
            codec=options.codec,
            profile=options.profile,
            writer=f"memcodec {__version__}",
            tables=tuple(tables),
            entries=tuple(entries),
            indexes=tuple(indexes),
            pictures=tuple(self._all_pictures() if pictures is None else pictures),
            openings=tuple(self._openings(indexes)),
            events=options.events,
        )
        self.media.commit(self._record(made))
        self.sealed = entry
        return made

    def _record(self, made: CommitRecord) -> bytes:
        """The record as it is written."""
        sealing = self.options.sealing
        if sealing is None:
            return made.to_bytes()
        older = [key for key in sealing.keys.all() if key is not sealing.key]
        keys = tuple(key.exposed().hex() for key in older)
        plain = replace(made, keys=keys, recipients=sealing.names).to_bytes()
        at, salt = written_at(made), os.urandom(BLOB_SALT)
        checks, told = self.checks(), tuple(map(told_of, self.segments))
        medium = made.codec, made.profile
        outer = Envelope(made.file, made.commit, at, *medium, sealing.key.seal, checks, told, salt)
        packed_record = block.pack(plain, MAX_TABLE, "what a commit says")
        body = sealing.key.cipher(RECORD, salt).seal(0, packed_record, outer.about)
        return replace(outer, record=body).to_bytes()

    def checks(self) -> Checks:
        """Of all that the commit wrote."""
        return checks_of(self._target.read, self.options.begin, self._target.size)

    def entry(self, kind: str, added: int = 0, changed: int = 0, removed: int = 0) -> Entry:
        """This commit's entry."""
        options = self.options
        time = documents.format_time(options.time)
        return Entry(options.commit, time, kind, options.begin, added, changed, removed)

    def _all_pictures(self) -> list[PicturesRecord]:
        """The vectors of pictures that were there and those that come; when they are in many blobs, in one."""
        old = list(self._before.record.pictures) if self._before is not None else []
        new = self._pictures
        if self._before is not None and new and len(old) >= FEW:
            old, new = [], joined([*self._before.pictures, *new])
        return [*old, *(PicturesRecord(len(each.documents), self.blob(pack_pictures(each))) for each in new)]

    def _write_index(self, new: NewIndex) -> IndexRecord:
        vectors = tuple(VectorsRecord(each.first, each.chunks, self.blob(each.data)) for each in new.vectors)
        lexical = self.blob(new.lexical) if new.lexical is not None else None
        return IndexRecord(new.segments, new.chunks, lexical, vectors)

    def _openings(self, indexes: Sequence[IndexRecord]) -> Iterator[Opening]:
        """Those of older commits that still serve, and this one's, if its blobs do not all stand near the record."""
        segments = [segment.record for segment in self._before.segments] if self._before is not None else []
        blobs = [place for index in indexes for _, place in index.blobs]
        blobs += [segment.catalogue for segment in [*segments, *self.segments]]
        if self._before is not None:
            yield from still_useful(self._before.record, blobs)
        first = min((part.extent.offset for part in self._parts), default=self._target.size)
        if self._target.size - first > NEAR:
            yield Opening(self.options.begin, self._opening())

    def _opening(self) -> Extent:
        sealing, data = self.options.sealing, pack(self._parts)
        if sealing is not None:
            data = sealed.seal(data, sealing.key, self.media.blob_place)
        return self.media.write_blob(data)

    def _entries(self, entry: Entry) -> tuple[list[Table], list[Entry]]:
        """The tables and the entries of the record: when the entries grow too many, they become a table."""
        before = self._before
        if before is None:
            tables, entries = list[Table](), [entry]
        else:
            tables, entries = list(before.record.tables), [*before.record.entries, entry]
        if len(entries) <= INLINE and len(pack_entries(entries)) <= INLINE_BYTES:
            return tables, entries
        count = due([*(table.entries for table in tables), len(entries)], _FAN, _MOST_ENTRIES)
        if before is not None:
            for table in reversed(tables[len(tables) - max(0, count - 1) :]):
                entries = unpack_table(table, before.media) + entries
            tables = tables[: len(tables) - max(0, count - 1)]
        runs = table_runs(entries)
        # In more than one table they would have to be told apart: then the catalogues tell.
        names = self._names(len(tables)) if len(runs) == 1 else None
        packed = [(run, pack_table(run, names)) for run in runs]
        return [*tables, *(Table(len(run), run[0].commit, self.blob(made)) for run, made in packed)], []

    def _names(self, kept: int) -> Names:
        """Those of all segments but for what stands in the first ``kept`` tables."""
        before = self._before
        parts = list[Names]()
        for told, segments in before.names[kept:] if before is not None else ():
            each = (of_catalogue(part.catalogue_blob(), part.record.documents) for part in segments)
            parts += each if told is None else [told]
        return all_names([*parts, *(self._catalogues[part.catalogue] for part in self.segments)])


def per_frame_of(packets: int, room: int) -> int:
    """How many packets go into a frame of a commit of so many; there is ``room`` for more."""
    return 1 if packets < ALONE else min(room, FILLED[packets > LARGE], packets // SPREAD)


def told_of(segment: SegmentRecord) -> Told:
    """What anybody may know of a stream."""
    return Told(segment.file, segment.commit, segment.packets, segment.parity)


def check_frames(source: Reader, segment: SegmentReader) -> None:
    """Raises Damaged unless every frame of a segment is as it was written."""
    if not all(segment.intact_frames(source.source)):
        raise Damaged(f"{source.source.name}: frames of commit {segment.record.commit} are damaged")


def _data_packets(content: Content, packets: stream.Packetizer) -> Iterator[bytes]:
    for made in content.records(lambda: packets.size):
        yield from packets.add(made)
    yield from packets.finish()


def _with_parity(
    data: Iterable[bytes], packets: stream.Packetizer, per_frame: int, share: float
) -> Iterator[bytes]:
    yield from data
    yield from packets.parity(stream.parity_packets(packets.count, per_frame, share))


@dataclass(slots=True)
class PacketRun:
    """Neighbouring packets from ``first`` on: in ``frames`` to copy, or else ``packets`` to put into frames."""

    first: int
    frames: list[Frame] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The packet that may follow."""
        return self.first + sum(frame.packets for frame in self.frames) + len(self.packets)


@dataclass(slots=True)
class Redacted:
    """The new stream, in order, without the packets in ``void``; and its catalogue. ``per_frame``: as it was."""

    catalogue: CatalogueBuilder
    pieces: list[PacketRun] = field(default_factory=list)
    void: Ranges = ()
    parity: int = 0
    per_frame: int = 1

    @property
    def encoded(self) -> int:
        """How many packets are to be encoded."""
        return sum(len(piece.packets) for piece in self.pieces)

    def copy(self, first: int, frame: Frame) -> None:
        """Add a frame that stays as it is."""
        last = self.pieces[-1] if self.pieces else None
        if last is None or last.packets or last.end != first:
            self.pieces.append(last := PacketRun(first))
        last.frames.append(frame)

    def make(self, sequence: int, data: bytes) -> None:
        """Add a packet to be encoded."""
        last = self.pieces[-1] if self.pieces else None
        if last is None or last.frames or last.end != sequence:
            self.pieces.append(last := PacketRun(sequence))
        last.packets.append(data)
