"""The catalogue: which documents and chunks a commit holds, and where in the file their bytes lie.

Tables: documents (16 to a unit) and where each starts in the text, chunks, blocks, frames; and a hash of each
document's uri, to find it by; and the roots that they come from. No text: that comes from the media. From a chunk's
number one knows, by the first rows of groups alone, which groups of all the tables its text is found by: far away, they
come in one round trip.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import compress

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.file import shortcut
from memcodec.file.rows import GROUP, Columns, Rows
from memcodec.file.shortcut import Shortcut
from memcodec.format import block, budget, documents
from memcodec.format.blob import Blob, kept
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.budget import MAX_CHUNK, MAX_DOCUMENTS
from memcodec.format.documents import Stored
from memcodec.model import BlobSpan, Frame, PacketPlace, Root

KIND = "catalogue"
DOCUMENT_GROUP = 16
CHUNK_DELTA = (True, False, False, False)
BLOCK_DELTA = (True, False)
FRAME_DELTA = (True, False, True, False)
FRAME_KEY = 2  # frames are found by their first packets
CHUNK_GROUP, BLOCK_GROUP, FRAME_GROUP = 128, 64, 128
MAX_META = 4096
_GROUPS, _DOCUMENTS = 256, 4096  # that are kept
_META = ("documents", "chunks", "blocks", "frames", "dictionary", "begin", "media")
NUMBER = np.dtype("<u8")
_OF_EVENTS = re.compile(
    r"run/[0-9A-Za-z_-]{1,64}(?=/[0-9]{12,15}\.jsonl\Z)"
)  # journal/contents.py names them


def uri_hash(uri: str) -> int:
    """What stands for a uri in a section "uris": the same for all documents that are made of one scope's events."""
    match = _OF_EVENTS.match(uri)
    return _hashed(uri if match is None else match[0])


def scope_hash(scope: str) -> int:
    """What stands there for documents that are made of a scope's events."""
    return _hashed(f"run/{scope}")


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


@lru_cache(1)
def hashes(uris: frozenset[str]) -> frozenset[int]:
    """What may stand for uris in a section "uris"; before there were events, documents could be named like theirs."""
    return frozenset(map(uri_hash, uris)) | frozenset(_hashed(uri) for uri in uris if _OF_EVENTS.match(uri))


def uri_hashes(blob: Blob) -> npt.NDArray[np.uint64]:
    """A section "uris": the hash of each document's uri. Raises Damaged."""
    return np.asarray(blob.array("uris", NUMBER), np.uint64)


def pack_roots(roots: Iterable[Root]) -> bytes:
    """What ``roots_in`` reads: the one unit of a section "roots"."""
    rows = json.dumps(list(map(documents.root_row, roots)), ensure_ascii=False, separators=(",", ":"))
    return block.pack(rows.encode(), MAX_DOCUMENTS, "the roots of documents")


def roots_in(blob: Blob) -> list[Root]:
    """The roots in a section "roots", in order; none without one. Raises Damaged."""
    if "roots" not in blob.names():
        return []
    with blob.spending("roots", 0, "its roots") as spend:
        data = budget.unpack_json(blob.unit("roots", 0), MAX_DOCUMENTS, "table of roots", spend)
    try:
        return [documents.root(row) for row in documents.rows(data)]
    except ValueError as error:
        raise Damaged(f"a table of roots cannot be read: {error}; run `repair()`") from error


def _chunk_group(blob: Blob, chunks: int) -> int:
    """Rows in a group of the table of chunks, which older files have in larger ones."""
    return GROUP if blob.units("chunks") == -(-chunks // GROUP) else CHUNK_GROUP


class Catalogue:
    """Reads a catalogue of a commit with ``text`` bytes of text in ``packets`` packets, parity included."""

    def __init__(self, blob: Blob, text: int, packets: int) -> None:
        meta = self._meta(blob)
        self.documents, self.chunks, self.blocks, frames, self.dictionary, self.begin, self.media = meta
        self._blob = blob
        described = blob.units("documents") == -(-self.documents // DOCUMENT_GROUP)
        named = blob.size("uris") == NUMBER.itemsize * self.documents
        if not (described and named) or self.blocks != -(-text // BLOCK_SIZE) or frames > packets:
            raise Damaged("the catalogue's tables do not agree; `repair()` rebuilds the index")
        self._chunks = Rows(blob, "chunks", self.chunks, CHUNK_DELTA, group=_chunk_group(blob, self.chunks))
        self._blocks = Rows(blob, "blocks", self.blocks, BLOCK_DELTA, group=BLOCK_GROUP)
        self._frames = Rows(blob, "frames", frames, FRAME_DELTA, FRAME_KEY, FRAME_GROUP)
        self._text, self._packets = text, packets
        self._group = kept(_GROUPS, self._read_group)
        self._document = kept(_DOCUMENTS, self._read_document)

    @cached_property
    def _start_rows(self) -> Rows:
        return Rows(self._blob, "starts", self.documents, (True,))

    @cached_property
    def _starts(self) -> Columns:
        """Where in the commit's text each document starts, shape (documents,)."""
        starts: Columns = self._start_rows.span(0, self.documents)[0]
        return starts

    @staticmethod
    def _meta(blob: Blob) -> tuple[int, ...]:
        try:
            meta = json.loads(bytes(blob.read("meta", 0, min(blob.size("meta"), MAX_META))))
            numbers = tuple(int(meta[name]) for name in _META)
            if min(numbers) < 0 or max(numbers) >= 1 << 62:
                raise ValueError("an impossible number")
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise Damaged(f"the catalogue cannot be read: {error}; `repair()` rebuilds the index") from error
        return numbers

    def _read_group(self, group: int) -> list[bytes]:
        with self._blob.spending("documents", group, "its documents' descriptions") as spend:
            unit = self._blob.unit("documents", group)
            data = budget.unpack_json(unit, MAX_DOCUMENTS, "document table", spend)
        found = documents.split(data)
        if len(found) != min(DOCUMENT_GROUP, self.documents - group * DOCUMENT_GROUP):
            raise Damaged("the catalogue's document table is incomplete; `repair()` rebuilds the index")
        return found

    @property
    def blob(self) -> Blob:
        """What it is read from."""
        return self._blob

    def columns(self) -> tuple[Columns, Columns, Columns]:
        """Start, size, first line and lines after it of chunks, shape (4, n); start and size of blocks, shape (2, n);
        and where documents start.
        """
        return self._chunks.span(0, self.chunks), self._blocks.span(0, self.blocks), self._starts

    def dictionary_copy(self) -> bytes | None:
        """The dictionary's record, as the stream begins with it, if the catalogue has a copy of it that is right."""
        if "dictionary" not in self._blob.names():
            return None
        with contextlib.suppress(Damaged):
            return bytes(self._blob.read("dictionary"))
        return None

    def dictionary_remains(self) -> bytes:
        """The copy as it stands, right or not; nothing where there is none."""
        return bytes(self._blob.unchecked("dictionary")) if "dictionary" in self._blob.names() else b""

    def dictionary_spares(self) -> list[bytes]:
        """Its spare packets, and what is right of the copy as others. Who looks through a file that is not sealed
        finds the same; of a sealed one, only who opens it does.
        """
        if "spare" not in self._blob.names():
            return []
        from memcodec.format import spare  # parity is for repair: who reads needs none

        copy = self.dictionary_remains()
        between = bytes(-len(copy) % spare.ALIGNED)
        return list(spare.find([copy, between, self._blob.unchecked("spare")]))

    @property
    def has_dictionary_frames(self) -> bool:
        """Whether the dictionary must be read from the media: there is one, and no copy of it here."""
        return self.dictionary > 0 and "dictionary" not in self._blob.names()

    def document(self, ordinal: int) -> Stored:
        """The commit's ``ordinal``-th document."""
        return self._document(ordinal)

    def _read_document(self, ordinal: int) -> Stored:
        group, row = divmod(ordinal, DOCUMENT_GROUP)
        stored = documents.parse(budget.parse_json(self._group(group)[row], "the description of a document"))
        if stored.end > self._text:
            raise Damaged("a document in the catalogue exceeds the text; `repair()` rebuilds the index")
        return stored

    def described(self, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, re.Match[bytes]]]:
        """The ordinals of the documents whose description begins so, as JSON; that of no other is parsed."""
        for group in range(-(-self.documents // DOCUMENT_GROUP)):
            for row, data in enumerate(self._group(group)):
                if match := pattern.match(data):
                    yield group * DOCUMENT_GROUP + row, match

    def all_documents(self) -> Iterable[Stored]:
        """Every document, in the order they were added. Raises Damaged when they do not lie end to end."""
        end = 0
        for ordinal in range(self.documents):
            stored = self.document(ordinal)
            if stored.start < end:
                raise Damaged("documents in the catalogue share their text; `repair()` rebuilds the index")
            end = stored.end
            yield stored

    def remaining_documents(self) -> Iterator[Stored]:
        """The documents whose group is whole; those of others are left out. Nothing is said of how they lie."""
        for ordinal in range(self.documents):
            with contextlib.suppress(Damaged):
                yield self.document(ordinal)

    def named(self, uris: Collection[str]) -> list[int]:
        """The ordinals of the documents whose uri is one of ``uris``; for many catalogues, pass one frozenset."""
        wanted = frozenset(uris)
        held = map(hashes(wanted).__contains__, self._blob.array("uris", NUMBER).tolist())
        likely = compress(range(self.documents), held)
        return [ordinal for ordinal in likely if self.document(ordinal).document.uri in wanted]

    def hashed(self, number: int) -> list[int]:
        """The ordinals of the documents that have this hash in the section "uris"."""
        held: list[int] = np.flatnonzero(uri_hashes(self._blob) == np.uint64(number)).tolist()
        return held

    def roots(self) -> list[Root]:
        """Where its documents come from, each root once, dropped documents' too. Raises Damaged."""
        return roots_in(self._blob)

    def document_at(self, position: int) -> int:
        """Which document the text byte at ``position`` belongs to."""
        return self._start_rows.find(position)

    def chunk(self, number: int) -> tuple[int, int, int, int]:
        """A chunk's start and end in the commit's text, and its first and last line."""
        start, size, line, more = self._chunks.row(number)
        if size > MAX_CHUNK or start + size > self._text:
            raise Damaged(f"chunk {number} is none; `repair()` rebuilds the index")
        return start, start + size, line, line + more

    def chunk_starts(self) -> Columns:
        """Where in the commit's text each chunk starts, shape (chunks,)."""
        starts: Columns = self._chunks.span(0, self.chunks)[0]
        return starts

    def chunk_documents(self) -> Columns:
        """The ordinal of each chunk's document, shape (chunks,)."""
        return np.searchsorted(self._starts, self.chunk_starts(), side="right") - 1

    def block_spans(self, first: int, last: int) -> Columns:
        """Stream offset and size of the Zstandard frames of blocks ``first`` to ``last - 1``, shape (2, n)."""
        spans = self._blocks.span(first, last)
        starts, sizes = spans
        if (sizes > 2 * BLOCK_SIZE).any() or (starts[1:] < starts[:-1] + sizes[:-1]).any():
            raise Damaged("blocks in the catalogue are none; `repair()` rebuilds the index")
        return spans

    def block_span(self, number: int) -> tuple[int, int]:
        """Where in the stream the Zstandard frame of one block begins and ends."""
        if not 0 <= number < self.blocks:
            raise Damaged(f"the catalogue knows no block {number}; run `repair()`")
        start, size = self._blocks.row(number)
        if size > 2 * BLOCK_SIZE:
            raise Damaged("blocks in the catalogue are none; `repair()` rebuilds the index")
        return start, start + size

    def frames(self) -> Columns:
        """Offset, length, first packet and checksum of every frame, shape (4, frames)."""
        table = self._frames.span(0, self._frames.count)
        if table[FRAME_KEY].max(initial=0) > self._packets:
            raise Damaged("frames in the catalogue hold no packets; `repair()` rebuilds the index")
        return table

    def frame_of(self, packet: int) -> tuple[Frame, int]:
        """The frame that carries a packet, and the packet's slot in it."""
        index = self._frames.find(packet)
        if index < 0 or packet >= self._packets:
            raise Damaged(f"the catalogue knows no packet {packet}; `repair()` rebuilds the index")
        offset, length, first, _ = self._frames.row(index)
        last = index + 1 == self._frames.count
        count = (self._packets if last else self._frames.row(index + 1)[2]) - first
        return Frame(offset, length, count), packet - first

    # What is to be fetched before the above can be asked

    def chunk_spans(self, chunks: Iterable[int], packet: int) -> list[BlobSpan]:
        """The groups of all tables that chunks' spans, blocks and frames are found in, and the dictionary's frames.

        ``packet``: bytes of the stream in a packet.
        """
        spans = self._packet_spans(0, self.dictionary, packet) if self.has_dictionary_frames else []
        for chunk in sorted(set(chunks)):
            low, high = self._chunks.group_keys(chunk, self._text)
            blocks = range(low // BLOCK_SIZE, min(-(-high // BLOCK_SIZE) + 1, self.blocks))
            if not blocks:
                raise Damaged("chunks in the catalogue are none; `repair()` rebuilds the index")
            spans += self._chunks.row_spans([chunk]) + self._blocks.row_spans((blocks[0], blocks[-1]))
            spans += self._start_rows.key_spans(low, high)
            start, _ = self._blocks.group_keys(blocks[0], 0)
            _, end = self._blocks.group_keys(blocks[-1], self._packets * packet)
            spans += self._packet_spans(start, end, packet)
        return list(dict.fromkeys(spans))

    def shortcut_spans(self) -> list[BlobSpan]:
        """The shortcut: what ``near_spans`` needs."""
        return self._blob.unit_spans(shortcut.SECTION, 0, 1) if shortcut.SECTION in self._blob.names() else []

    @property
    def has_shortcut(self) -> bool:
        """Whether ``near_spans`` knows anything."""
        return self._shortcut is not None

    @cached_property
    def _shortcut(self) -> Shortcut | None:
        if shortcut.SECTION not in self._blob.names():
            return None
        counts = shortcut.Counts(self.chunks, self.documents, self.blocks, self._frames.count)
        with contextlib.suppress(Damaged):  # the tables tell the same
            return Shortcut(self._blob.unit(shortcut.SECTION, 0), counts, self._blob.budget)
        return None

    def near_spans(self, chunks: Iterable[int]) -> tuple[list[BlobSpan], list[PacketPlace]]:
        """What is to be fetched for chunks' texts and what is known of their documents, as the shortcut has it."""
        blobs, frames = list[BlobSpan](), list[tuple[int, int]]()
        if self._shortcut is None:
            return [], []
        if self.has_dictionary_frames:
            rows, frames = self._shortcut.dictionary()
            blobs += self._frames.row_spans((rows.start, rows.stop))
        for chunk in sorted(set(chunks)):
            if near := self._shortcut.near(chunk):
                blobs += self._near_rows(chunk, near)
                frames += near.extents
        return list(dict.fromkeys(blobs)), [PacketPlace(*extent, 0) for extent in dict.fromkeys(frames)]

    def _near_rows(self, chunk: int, near: shortcut.Near) -> Iterator[BlobSpan]:
        low, high = near.blocks.start * BLOCK_SIZE, near.blocks.stop * BLOCK_SIZE
        frames = near.frames.start, near.frames.stop  # a frame ends where the next one begins
        yield from self._chunks.row_spans([chunk])
        yield from self._blocks.row_spans((near.blocks.start, near.blocks.stop - 1))
        yield from self._frames.row_spans(frames)
        yield from self._start_rows.key_spans(low, high)
        yield from self.document_spans(each for each in near.documents if each < self.documents)

    def _packet_spans(self, start: int, end: int, packet: int) -> list[BlobSpan]:
        # A frame ends where the next one begins, so that one is looked up too.
        return self._frames.key_spans(start // packet, end // packet + 1)

    def document_spans(self, ordinals: Iterable[int]) -> list[BlobSpan]:
        """The groups that documents are described in, and the copy of the dictionary."""
        groups = sorted({ordinal // DOCUMENT_GROUP for ordinal in ordinals})
        copy = self._blob.span("dictionary") if "dictionary" in self._blob.names() else []
        return copy + [each for at in groups for each in self._blob.unit_spans("documents", at, at + 1)]

    def all_document_spans(self) -> list[BlobSpan]:
        """The descriptions of all documents, and their roots."""
        roots = self._blob.unit_spans("roots", 0, 1) if "roots" in self._blob.names() else []
        return roots + self._blob.unit_spans("documents", 0, self._blob.units("documents"))

    def place_spans(self) -> list[BlobSpan]:
        """All that finds text: of a handle that searches again and again they are held from then on."""
        tables = [self._chunks, self._blocks, self._frames, self._start_rows]
        return [span for table in tables for span in table.all_spans()]
