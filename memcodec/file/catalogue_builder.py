"""Writes the catalogue of a commit (catalogue.py): its tables, as they are collected or as another one has them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from memcodec.file import shortcut
from memcodec.file.catalogue import (
    BLOCK_DELTA,
    BLOCK_GROUP,
    CHUNK_DELTA,
    DOCUMENT_GROUP,
    FRAME_DELTA,
    FRAME_GROUP,
    FRAME_KEY,
    KIND,
    NUMBER,
    Catalogue,
    pack_roots,
    uri_hash,
)
from memcodec.file.rows import add_rows
from memcodec.format import documents, spare
from memcodec.format.blob import BlobWriter
from memcodec.format.documents import Stored
from memcodec.model import Frame

#: Bytes of a dictionary's record that stands here too: to read it from here takes less than to decode its frames.
COPIED = 8 << 10


def _numbers() -> array[int]:
    return array("q")


@dataclass(slots=True)
class CatalogueBuilder:
    """Collects a commit's tables while it is written."""

    stored: list[Stored] = field(default_factory=list)
    chunk_starts: array[int] = field(default_factory=_numbers)
    chunk_sizes: array[int] = field(default_factory=_numbers)
    chunk_lines: array[int] = field(default_factory=_numbers)
    chunk_line_counts: array[int] = field(default_factory=_numbers)
    block_starts: array[int] = field(default_factory=_numbers)
    block_sizes: array[int] = field(default_factory=_numbers)
    dictionary: int = 0
    dictionary_record: bytes = b""

    def add_chunk(self, start: int, end: int, first_line: int, last_line: int) -> None:
        """A chunk: its span of the commit's text and its lines in its document."""
        self.chunk_starts.append(start)
        self.chunk_sizes.append(end - start)
        self.chunk_lines.append(first_line)
        self.chunk_line_counts.append(last_line - first_line)

    def add_block(self, start: int, size: int) -> None:
        """A block: where its Zstandard frame lies in the stream."""
        self.block_starts.append(start)
        self.block_sizes.append(size)

    def to_bytes(
        self,
        begin: int,
        media: int,
        frames: Sequence[Frame],
        checksums: Sequence[int],
        payload: int,
        stream: tuple[bytes, int],
        first: Sequence[int] | None = None,
        *,
        is_sealed: bool = False,
    ) -> bytes:
        """The catalogue as a blob, of a stream in packets of ``payload`` bytes.

        ``stream``, its id and commit, marks what a dictionary is restored by. ``is_sealed``: the blob will be.

        The commit's bytes begin at ``begin`` in the file, its media, after the header and guide of a new file, at
        ``media``; ``checksums`` has a CRC32C for each frame, over the file from the end of the frame before (for the
        first: from ``begin``) to its own end. ``first`` names the frames' first packets when
        some packets stand nowhere.
        """
        blob = BlobWriter(KIND)
        meta = {
            "documents": len(self.stored),
            "chunks": len(self.chunk_starts),
            "blocks": len(self.block_starts),
            "frames": len(frames),
            "dictionary": self.dictionary,
            "begin": begin,
            "media": media,
        }
        blob.add("meta", json.dumps(meta).encode(), hot=True)
        chunks = (self.chunk_starts, self.chunk_sizes, self.chunk_lines, self.chunk_line_counts)
        add_rows(blob, "chunks", chunks, CHUNK_DELTA)
        add_rows(blob, "blocks", (self.block_starts, self.block_sizes), BLOCK_DELTA, group=BLOCK_GROUP)
        _add_frames(blob, frames, checksums, first)
        add_rows(blob, "starts", [[each.start for each in self.stored]], (True,))
        self._add_documents(blob)
        if self._copies_dictionary:
            # A sealed unit opens whole or not at all. In pages, damage costs no more of the copy than it hits.
            units = None if is_sealed else [self.dictionary]
            blob.add("dictionary", self.dictionary_record, units)
            blob.add("spare", spare.make(self.dictionary_record, *stream))
        shortcut.add(blob, self._found_by, frames, _firsts(frames, first), payload)
        blob.add("uris", np.array([uri_hash(each.document.uri) for each in self.stored], NUMBER))
        if roots := dict.fromkeys(each.document.root for each in self.stored if each.document.root):
            packed = pack_roots(roots)
            blob.add("roots", packed, [len(packed)])
        return blob.to_bytes()

    @property
    def _found_by(self) -> shortcut.Tables:
        chunks = np.array([self.chunk_starts, self.chunk_sizes], np.int64)
        blocks = np.array([self.block_starts, self.block_sizes], np.int64)
        return shortcut.Tables(chunks, np.array([each.start for each in self.stored], np.int64), blocks)

    @property
    def _copies_dictionary(self) -> bool:
        return len(self.dictionary_record) >= COPIED

    def _add_documents(self, blob: BlobWriter) -> None:
        groups = [self.stored[at : at + DOCUMENT_GROUP] for at in range(0, len(self.stored), DOCUMENT_GROUP)]
        packed = documents.pack_each(groups)
        blob.add("documents", b"".join(packed), list(map(len, packed)))


def _add_frames(
    blob: BlobWriter, frames: Sequence[Frame], checksums: Sequence[int], first: npt.ArrayLike | None = None
) -> None:
    offsets, lengths = [frame.offset for frame in frames], [frame.length for frame in frames]
    places = (offsets, lengths, _firsts(frames, first), checksums)
    add_rows(blob, "frames", places, FRAME_DELTA, FRAME_KEY, FRAME_GROUP)


def _firsts(frames: Sequence[Frame], first: npt.ArrayLike | None) -> npt.ArrayLike:
    """The first packet of each frame."""
    return np.cumsum([0, *(frame.packets for frame in frames)])[:-1] if first is None else first


def builder_of(catalogue: Catalogue) -> CatalogueBuilder:
    """The tables of a catalogue, to be written to another file; its frames will be others."""
    made = CatalogueBuilder(stored=list(catalogue.all_documents()), dictionary=catalogue.dictionary)
    made.dictionary_record = catalogue.dictionary_copy() or b""
    chunks = made.chunk_starts, made.chunk_sizes, made.chunk_lines, made.chunk_line_counts
    old_chunks, old_blocks, _ = catalogue.columns()
    for column, values in zip(
        (*chunks, made.block_starts, made.block_sizes), (*old_chunks, *old_blocks), strict=True
    ):
        column.extend(values.tolist())
    return made


def moved(
    catalogue: Catalogue,
    begin: int,
    media: int,
    frames: Sequence[Frame],
    checksums: Sequence[int],
    payload: int,
) -> bytes:
    """A catalogue as a blob, for the same frames elsewhere (``CatalogueBuilder.to_bytes``).

    All but what says where these are is copied as it stands. Raises Damaged when any of it is.
    """
    first = catalogue.frames()[
        2
    ]  # of the same packets: after those of a compacted segment some stand nowhere
    old, blob = catalogue.blob, BlobWriter(KIND)
    for name in old.names():
        if name == "meta":
            meta = json.loads(bytes(old.read(name)))
            meta |= {"frames": len(frames), "begin": begin, "media": media}
            blob.copy(old, name, json.dumps(meta).encode())
        elif name == "frames":
            _add_frames(blob, frames, checksums, first)
        elif name == shortcut.SECTION:
            chunks, blocks, starts = catalogue.columns()
            shortcut.add(blob, shortcut.Tables(chunks[:2], starts, blocks), frames, first, payload)
        elif name != "frames.first":
            blob.copy(old, name)
    return blob.to_bytes()
