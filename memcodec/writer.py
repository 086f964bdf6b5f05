"""Documents -> records -> packets -> media, and the index beside them: everything one commit writes, in order."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from memcodec import __version__, stream
from memcodec.codec import MediaWriter
from memcodec.format import block, documents, packet, record
from memcodec.format.checksum import crc32c
from memcodec.format.commit import CommitRecord, SegmentRecord
from memcodec.format.documents import Stored
from memcodec.index.catalogue import CatalogueBuilder
from memcodec.ingest.chunker import Chunker, Span
from memcodec.ingest.item import Item
from memcodec.model import Document, Extent, Frame
from memcodec.storage import Target

Progress = Callable[[str, int, int], None]
BATCH = 64  #: blocks compressed at once
SAMPLE = 3 << 20  #: text bytes a dictionary is trained on
DOCUMENT_BATCH = 64
SPREAD = 110  #: frames a small commit is spread over: losing one, or reading one, is then a small part of it


class LexicalSink(Protocol):
    """What builds the lexical segment: chunk texts go in, in order."""

    def add(self, texts: Sequence[str]) -> None: ...
    def to_bytes(self) -> bytes: ...


@dataclass(slots=True)
class CommitOptions:
    """How a commit is to be written. ``embed`` turns chunk texts into the bytes of a vectors blob."""

    file_id: bytes
    commit: int
    begin: int  #: the commit's first byte in the file
    time: datetime
    codec: str
    profile: str
    parity: float
    chunk_size: int
    overlap: int
    lexical: LexicalSink | None = None
    embed: Callable[[Iterable[str], int], bytes] | None = None
    ids: Sequence[str] | None = None  #: documents' ids, when they have some already
    progress: Progress = field(default=lambda stage, done, total: None)


def write_commit(
    media: MediaWriter, target: Target, items: Sequence[Item], options: CommitOptions
) -> CommitRecord:
    """Write one commit that adds ``items`` and return its record. Raises SourceError when a source changed meanwhile.

    Order: frames, index blobs, sync, commit record, sync.
    """
    media_begin = target.size
    text = _Text(items, options)
    packets = stream.Packetizer(options.file_id, options.commit, packet.payload_size(media.packet_size))
    try:
        frames, checksums = _write_media(media, target, text, packets, options)
        parity = sum(frame.packets for frame in frames) - packets.count
        catalogue = media.write_blob(text.catalogue.to_bytes(options.begin, media_begin, frames, checksums))
        lexical, vectors = _write_indexes(media, text, options)
        segment = SegmentRecord(
            file=options.file_id.hex(),
            commit=options.commit,
            packets=packets.count,
            parity=parity,
            payload=packets.payload,
            stream=packets.size,
            text=text.size,
            documents=len(text.catalogue.stored),
            chunks=len(text.catalogue.chunk_starts),
            catalogue=catalogue,
            lexical=lexical,
            vectors=vectors,
        )
    finally:
        packets.close()
    made = CommitRecord(
        file=options.file_id.hex(),
        commit=options.commit,
        time=documents.format_time(options.time),
        codec=options.codec,
        profile=options.profile,
        writer=f"memcodec {__version__}",
        segments=(segment,),
    )
    media.commit(made.to_bytes())
    target.publish()
    return made


def _write_media(
    media: MediaWriter, target: Target, text: _Text, packets: stream.Packetizer, options: CommitOptions
) -> tuple[list[Frame], list[int]]:
    """Data packets, then parity packets, few to a frame when there are few at all. Returns frames and checksums.

    A frame's checksum is over the file from the end of the frame before (first: the commit's first byte) to its own.
    """
    frames, checksums, end = list[Frame](), list[int](), options.begin
    expected = text.prepare() // packets.payload + 1
    per_frame = min(media.frame_packets, max(1, expected // SPREAD))
    with _Ahead(_data_packets(text, packets), depth=256) as data:
        everything = _with_parity(data, packets, per_frame, options.parity)
        for frame in media.write_packets(everything, per_frame):
            frames.append(frame)
            checksums.append(crc32c(target.read(end, frame.offset + frame.length - end)))
            end = frame.offset + frame.length
    return frames, checksums


def _data_packets(text: _Text, packets: stream.Packetizer) -> Iterator[bytes]:
    for made in text.records(packets):
        yield from packets.add(made)
    yield from packets.finish()


def _with_parity(
    data: Iterable[bytes], packets: stream.Packetizer, per_frame: int, share: float
) -> Iterator[bytes]:
    yield from data
    yield from packets.parity(stream.parity_packets(packets.count, per_frame, share))


def _write_indexes(
    media: MediaWriter, text: _Text, options: CommitOptions
) -> tuple[Extent | None, Extent | None]:
    lexical = vectors = None
    if options.embed is not None:
        vectors = media.write_blob(options.embed(text.chunk_texts(), len(text.catalogue.chunk_starts)))
    if options.lexical is not None:
        lexical = media.write_blob(options.lexical.to_bytes())
    return lexical, vectors


class _Text:
    """A commit's text: turns items into records while it fills the catalogue and the lexical index."""

    def __init__(self, items: Sequence[Item], options: CommitOptions) -> None:
        self._items, self._options = items, options
        self.size = 0
        self.total = sum(item.size for item in items)
        self.catalogue = CatalogueBuilder()
        self._dictionary = b""
        self._pending = bytearray()

    def prepare(self) -> int:
        """Train the dictionary; returns about how many bytes the blocks will take."""
        trained = block.train(list(self._samples()), self.total)
        self._dictionary = trained.dictionary
        return trained.size

    def records(self, packets: stream.Packetizer) -> Iterator[bytes]:
        """Every record of the stream: dictionary, blocks with document tables among them, end."""
        compressor = block.Compressor(self._dictionary, threads=2)
        if self._dictionary:
            made = record.pack(record.DICTIONARY, block.pack(self._dictionary))
            self.catalogue.dictionary = len(made)
            yield made
        for first in range(0, len(self._items), DOCUMENT_BATCH):
            batch = self._items[first : first + DOCUMENT_BATCH]
            # Before their text, so that a file that lost its end still tells whole documents from torn ones.
            yield record.pack(record.DOCUMENTS, documents.pack(self._describe(batch)))
            for item in batch:
                for _ in self._take(item):
                    if len(self._pending) >= BATCH * block.BLOCK_SIZE:
                        yield from self._blocks(compressor, packets, everything=False)
        yield from self._blocks(compressor, packets, everything=True)
        yield record.pack(record.END, self._end())

    def chunk_texts(self) -> Iterator[str]:
        """Every chunk's text again, in order."""
        options = self._options
        for item in self._items:
            yield from (span.text for span in Chunker(options.chunk_size, options.overlap).spans(item.open()))

    def _samples(self) -> Iterator[bytes]:
        """Blocks taken evenly from the whole text, about ``SAMPLE`` bytes of them."""
        step = max(1, self.total // SAMPLE)
        pending, number = bytearray(), 0
        for item in self._items:
            for piece in item.open():
                pending += piece
                whole = len(pending) // block.BLOCK_SIZE
                for index in range(-number % step, whole, step):
                    yield bytes(pending[index * block.BLOCK_SIZE : (index + 1) * block.BLOCK_SIZE])
                del pending[: whole * block.BLOCK_SIZE]
                number += whole
        if number == 0 and pending:
            yield bytes(pending)

    def _take(self, item: Item) -> Iterator[None]:
        """Read one document: its bytes to the blocks, its chunks to the indexes. Yields after every piece."""
        start = self.size
        chunker = Chunker(self._options.chunk_size, self._options.overlap)
        for piece in item.open():
            self._pending += piece
            self.size += len(piece)
            self._index(start, chunker.feed(piece))
            self._options.progress("media", self.size, self.total)
            yield
        self._index(start, chunker.finish())

    def _index(self, start: int, spans: Sequence[Span]) -> None:
        for span in spans:
            self.catalogue.add_chunk(start + span.start, start + span.end, span.first_line, span.last_line)
        if self._options.lexical is not None and spans:
            self._options.lexical.add([span.text for span in spans])

    def _blocks(
        self, compressor: block.Compressor, packets: stream.Packetizer, *, everything: bool
    ) -> Iterator[bytes]:
        size = block.BLOCK_SIZE
        whole = len(self._pending) if everything else len(self._pending) // size * size
        blocks = [bytes(self._pending[at : at + size]) for at in range(0, whole, size)]
        del self._pending[:whole]
        for frame in compressor.compress(blocks):
            number = len(self.catalogue.block_starts)
            made = record.pack(record.BLOCK, number.to_bytes(4, "little") + frame)
            self.catalogue.add_block(packets.size + len(made) - len(frame), len(frame))
            yield made

    def _describe(self, items: Sequence[Item]) -> list[Stored]:
        """The documents to come next, entered in the catalogue: their sizes and hashes are known already."""
        options, stored = self._options, self.catalogue.stored
        first = len(stored)
        for item in items:
            ordinal, start = len(stored), stored[-1].end if stored else 0
            new = documents.document_id(options.file_id, options.commit, ordinal)
            name = options.ids[ordinal] if options.ids is not None else new
            stored.append(Stored(_document(item, name), start))
        return stored[first:]

    def _end(self) -> bytes:
        options = self._options
        end = {
            "documents": len(self.catalogue.stored),
            "text": self.size,
            "blocks": len(self.catalogue.block_starts),
            "time": documents.format_time(options.time),
            "codec": options.codec,
            "profile": options.profile,
        }
        return json.dumps(end, separators=(",", ":")).encode()


def _document(item: Item, name: str) -> Document:
    return Document(name, item.uri, item.title, item.time, item.sha256, item.size, dict(item.tags))


class _Ahead:
    """Runs an iterator in a thread of its own, up to ``depth`` items ahead; its errors come out where it is read."""

    def __init__(self, items: Iterator[bytes], depth: int) -> None:
        self._items, self._queue = items, queue.Queue[bytes | BaseException | None](depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # handed over, not swallowed
            last = error
        self._put(last)

    def _put(self, item: bytes | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __enter__(self) -> Iterator[bytes]:
        self._thread.start()
        return self._read()

    def _read(self) -> Iterator[bytes]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


__all__ = ["CommitOptions", "LexicalSink", "Progress", "write_commit"]
