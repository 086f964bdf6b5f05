"""What a commit holds, as the writer takes it: documents that are new, cut, compressed and indexed on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from memcodec.file.catalogue_builder import CatalogueBuilder
from memcodec.file.dictionary import Dictionary
from memcodec.format import block, documents, record, statement
from memcodec.format.change import StateChange
from memcodec.format.documents import Stored
from memcodec.ingest.chunker import Chunker, ChunkSpan
from memcodec.ingest.item import Item
from memcodec.ingest.sections import SectionChunker, headed
from memcodec.model import Document, Original, Progress, section_at, silent
from memcodec.process.machine import cores

if TYPE_CHECKING:
    from memcodec.seal.sealing import Sealing

BATCH = 32  #: blocks compressed at once
DOCUMENT_BATCH = 64
_DESCRIBED, _AROUND = 90, 250  # bytes of the stream for each document, and for what there is once, about
_MEANWHILE = range(1 << 20, 32 << 20)  # bytes of text whose index is laid out while frames are encoded
SECTION_BATCH = (
    100_000  #: sections of all documents that one record tells of, but for a document that has more
)


class Content(Protocol):
    """A commit's records, and the index that goes with them."""

    catalogue: CatalogueBuilder  #: complete once the records have been taken
    size: int  #: bytes of text

    @property
    def taken(self) -> tuple[int, int]:
        """How many bytes of what it is made of are in the records taken so far, and how many there are."""

    def prepare(self) -> int:
        """Get ready; returns about how many bytes the stream will take."""

    def records(self, position: Callable[[], int]) -> Iterator[bytes]:
        """Every record of the stream. ``position`` tells how many stream bytes the records taken so far fill."""

    def lexical(self) -> bytes | memoryview | None:
        """The lexical blob, if there is to be one. After the records."""

    def vectors(self) -> bytes | memoryview | None:
        """The vectors blob, if there is to be one. After the records."""


class LexicalSink(Protocol):
    """What builds the lexical segment: chunk texts go in, in order."""

    def add(self, texts: Sequence[str]) -> None: ...
    def to_bytes(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """How a commit is written. ``stream_id`` and ``commit`` mark the packets of what is new in it.

    ``begin`` is the commit's first byte in the file, where the one before ends; ``parity`` a share of the data packets.
    ``events``: how many the file was given so far. ``sealing``: of a file that is sealed.
    """

    file_id: bytes
    stream_id: bytes
    commit: int
    begin: int
    time: datetime
    codec: str
    profile: str
    parity: float
    progress: Progress = silent
    events: int = 0
    sealing: Sealing | None = None


@dataclass(frozen=True, slots=True)
class Indexing:
    """How new documents are cut and indexed. ``embed`` turns chunk texts, so many, into a vectors blob."""

    chunk_size: int = 1000
    overlap: int = 50
    lexical: LexicalSink | None = None
    embed: Callable[[Iterable[str], int], bytes] | None = None


def end_record(content: Content, options: CommitOptions) -> bytes:
    """The last record of a stream."""
    end = {
        "documents": len(content.catalogue.stored),
        "text": content.size,
        "blocks": len(content.catalogue.block_starts),
        "time": documents.format_time(options.time),
        "codec": options.codec,
        "profile": options.profile,
    }
    return record.pack(record.END, json.dumps(end, separators=(",", ":")).encode())


class ChangeContent:
    """A commit that adds no document, and only changes the state."""

    def __init__(self, change: StateChange, options: CommitOptions) -> None:
        self._options, self._body = options, change.to_bytes()
        self.catalogue, self.size = CatalogueBuilder(), 0

    @property
    def taken(self) -> tuple[int, int]:
        return len(self._body), len(self._body)

    def prepare(self) -> int:
        return len(self._body)

    def records(self, position: Callable[[], int]) -> Iterator[bytes]:
        yield record.pack(record.STATE, self._body)
        yield end_record(self, self._options)

    def lexical(self) -> None:
        return None

    def vectors(self) -> None:
        return None


class NewContent:
    """Items turned into records, while catalogue and lexical index fill. ``ids``: if they have some already."""

    def __init__(
        self,
        items: Sequence[Item],
        options: CommitOptions,
        indexing: Indexing,
        change: StateChange,
        ids: Sequence[str] | None = None,
        *,
        quick: bool = False,
        dictionary: Dictionary | None = None,
    ) -> None:
        """``quick``: for what is kept for a moment, and need not be small. ``dictionary``: if it is being made."""
        self._items, self._options, self._indexing, self._ids = items, options, indexing, ids
        self._quick = quick
        self._change = change
        self.size = 0
        self.total = sum(item.total for item in items)
        self.catalogue = CatalogueBuilder()
        self._dictionary = dictionary or Dictionary(items)
        self._trained = block.Trained(b"", 0)
        self._pending = bytearray()
        self._laying: Future[bytes] | None = None

    @property
    def taken(self) -> tuple[int, int]:
        return self.size, self.total

    def prepare(self) -> int:
        """Train the dictionary; returns about how many bytes the stream will take."""
        if self._quick:
            return self.total + _AROUND
        self._trained = trained = self._dictionary.trained()
        named = len(self._change.drop) + len(self._change.revive)
        return trained.size + _DESCRIBED * len(self._items) + 16 * named + _AROUND

    def records(self, position: Callable[[], int]) -> Iterator[bytes]:
        """Dictionary, change of state, document tables before their blocks, end."""
        dictionary, _, packed = self._trained
        compressor = block.Compressor(dictionary, threads=cores(), quick=self._quick)
        if dictionary:
            packed = packed or block.pack(dictionary, block.MAX_DICTIONARY, "dictionaries")
            made = record.pack(record.DICTIONARY, packed)
            self.catalogue.dictionary, self.catalogue.dictionary_record = len(made), made
            yield made
        if not self._change.is_empty:
            yield record.pack(record.STATE, self._change.to_bytes())
        for batch in _of_records(self._items):
            # Before their text, so that a file that lost its end still tells whole documents from torn ones.
            yield record.pack(record.DOCUMENTS, documents.pack(self._describe(batch)))
            for item in batch:
                for _ in self._take(item):
                    if len(self._pending) >= BATCH * block.BLOCK_SIZE:
                        yield from self._blocks(compressor, position, everything=False)
        yield from self._blocks(compressor, position, everything=True)
        self._begin_lexical()
        yield end_record(self, self._options)

    def _begin_lexical(self) -> None:
        """Lay the lexical index out while the last frames are encoded, unless what that holds is too little or much."""
        if self._indexing.lexical is not None and self.size in _MEANWHILE:
            pool = ThreadPoolExecutor(1, "lexical")
            self._laying = pool.submit(self._indexing.lexical.to_bytes)
            pool.shutdown(wait=False)

    def lexical(self) -> bytes | None:
        if self._laying is not None:
            return self._laying.result()
        return self._indexing.lexical.to_bytes() if self._indexing.lexical is not None else None

    def vectors(self) -> bytes | None:
        embed = self._indexing.embed
        return embed(self.chunk_texts(), len(self.catalogue.chunk_starts)) if embed is not None else None

    def chunk_texts(self) -> Iterator[str]:
        """Every chunk's text again, in order."""
        for item in filter(is_searched, self._items):
            for span in self._chunker(item).spans(item.open()):
                yield _indexed(item, span)

    def _chunker(self, item: Item) -> SectionChunker:
        return SectionChunker(Chunker(self._indexing.chunk_size, self._indexing.overlap), item.sections)

    def _take(self, item: Item) -> Iterator[None]:
        """Read one document: its bytes to the blocks, its chunks to the indexes. Yields after every piece."""
        start = self.size
        chunker = self._chunker(item)
        for piece in item.open():
            self._index(start, item, chunker.feed(piece))
            self._keep(piece)
            yield
        self._index(start, item, chunker.finish())
        for piece in item.open_original():
            self._keep(piece)
            yield

    def _keep(self, piece: bytes) -> None:
        self._pending += piece
        self.size += len(piece)

    def _index(self, start: int, item: Item, spans: Sequence[ChunkSpan]) -> None:
        if not is_searched(item):
            return
        for span in spans:
            self.catalogue.add_chunk(start + span.start, start + span.end, span.first_line, span.last_line)
        if self._indexing.lexical is not None and spans:
            self._indexing.lexical.add([_indexed(item, span) for span in spans])

    def _blocks(
        self, compressor: block.Compressor, position: Callable[[], int], *, everything: bool
    ) -> Iterator[bytes]:
        size = block.BLOCK_SIZE
        whole = len(self._pending) if everything else len(self._pending) // size * size
        blocks = [bytes(self._pending[at : at + size]) for at in range(0, whole, size)]
        del self._pending[:whole]
        for frame in compressor.compress(blocks):
            number = len(self.catalogue.block_starts)
            made = record.pack(record.BLOCK, number.to_bytes(4, "little") + frame)
            self.catalogue.add_block(position() + len(made) - len(frame), len(frame))
            yield made

    def _describe(self, items: Sequence[Item]) -> list[Stored]:
        """The documents to come next, entered in the catalogue: their sizes and hashes are known already."""
        options, stored = self._options, self.catalogue.stored
        first = len(stored)
        for item in items:
            ordinal, start = len(stored), stored[-1].end if stored else 0
            new = documents.document_id(options.stream_id, options.commit, ordinal)
            name = self._ids[ordinal] if self._ids is not None else item.id or new
            stored.append(Stored(document_of(item, name), start))
        return stored[first:]


def _of_records(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The documents that one record each tells of, which has its own limits."""
    batch, sections = list[Item](), 0
    for item in items:
        sections += len(item.sections)
        if batch and (len(batch) == DOCUMENT_BATCH or sections > SECTION_BATCH):
            yield batch
            batch, sections = [], len(item.sections)
        batch.append(item)
    if batch:
        yield batch


def document_of(item: Item, name: str) -> Document:
    """An item as a document with that id."""
    kept = item.original
    return Document(
        name,
        item.uri,
        item.title,
        item.time,
        item.sha256,
        item.size,
        dict(item.tags),
        item.type,
        item.author,
        item.language,
        item.extracted,
        Original(kept.size, kept.sha256) if kept is not None else None,
        item.sections,
        item.root,
        item.mode,
        item.mtime,
        item.source,
    )


def is_searched(item: Item) -> bool:
    """Whether a document has chunks: hashes and signatures answer no query."""
    return item.type != statement.TYPE


def _indexed(item: Item, span: ChunkSpan) -> str:
    """What the indexes see of a chunk."""
    return headed(span.text, section_at(item.sections, span.start) if item.sections else None)
