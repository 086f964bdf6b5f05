"""A stream without some of its documents: what is theirs becomes zeros, everything else keeps its place.

So most packets stay as they are, and their frames are copied. A packet that is nothing but zeros is not written at
all. Parity is made again: the old would give back what is to be gone.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from memcodec.errors import Damaged
from memcodec.file.catalogue_builder import CatalogueBuilder, builder_of
from memcodec.file.commit import Redacted
from memcodec.file.segment import SegmentReader
from memcodec.file.state import ranges
from memcodec.format import block, budget, documents, packet, record
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.documents import Stored
from memcodec.format.stream import Packetizer
from memcodec.media.groups import grouped
from memcodec.model import Frame

#: bytes of a dictionary that, were they a dropped document's alone, would betray a word, a phrase
SHARED = (8, 24)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_PIECE = 1 << 20
Runs = npt.NDArray[np.uint64]


class Unfit(Exception):
    """The stream cannot be redacted in its place."""


def redact(segment: SegmentReader, intact: Sequence[bool]) -> Redacted:
    """The stream of a segment without the documents that are dropped. ``intact``: which of its frames may be copied.

    Raises Unfit, or Damaged when some of it is lost. Holds the packets to be encoded in memory.
    """
    return _Redaction(segment, intact).run()


def touched(segment: SegmentReader, new: Redacted) -> set[str]:
    """The ids of the documents of which something was made, or stands elsewhere than in the old ``segment``.

    What was made of the dictionary does not count.
    """
    payload, tables = segment.record.payload, new.catalogue
    made = np.zeros(segment.record.packets + segment.record.parity + 1, np.int64)
    for piece in new.pieces:
        made[piece.first + 1 : piece.first + 1 + len(piece.packets)] = 1
    before = np.cumsum(made)
    spans = np.array([tables.block_starts, tables.block_sizes])
    first, last = spans[0] // payload, (spans[0] + spans[1] - 1) // payload + 1
    moved = (spans != segment.catalogue.block_spans(0, segment.catalogue.blocks)).any(axis=0)
    changed = np.concatenate(([0], np.cumsum(moved | (before[last] > before[first]))))
    return {
        each.document.id for each in tables.stored if changed[each.blocks.stop] > changed[each.blocks.start]
    }


class _Redaction:
    def __init__(self, segment: SegmentReader, intact: Sequence[bool]) -> None:
        self._segment, self._intact = segment, intact
        stored = list(segment.catalogue.all_documents())
        dead = segment.dead if segment.dead is not None else np.zeros(len(stored), np.bool_)
        gone = [each for each, is_dead in zip(stored, dead, strict=True) if is_dead]
        self._gone = {each.document.id for each in gone}
        self._dead = [each for each in gone if each.length]  # in the order of their text
        self._made = Redacted(self._tables())
        self._dictionary = b""
        self._room = 0  # bytes of the stream that the records under way used to fill
        self._pending: list[tuple[bytes, bytes]] = []
        self._at = 0
        self._old = deque[bytes]()

    def run(self) -> Redacted:
        old, made = self._segment.record, self._made
        self._check_dictionary()  # what it reads is in the reader's cache when the packets are taken
        new, before = (Packetizer(bytes.fromhex(old.file), old.commit, old.payload) for _ in range(2))
        try:
            self._take_data(self._packets(new, before))
            if old.parity:
                for number, data in enumerate(new.parity(old.parity)):
                    made.make(old.packets + number, data)
                    made.parity += 1
        finally:
            new.close()
            before.close()
        return made

    def _take_data(self, packets: Iterator[bytes]) -> None:
        """Frame by frame: copied when it is intact and all its packets stay, or else made again."""
        made, total, done = self._made, self._segment.record.packets, 0
        void, held, same = list[int](), list[tuple[int, bytes]](), True
        for begin, frame, is_intact in self._frames():
            made.per_frame = max(made.per_frame, frame.packets)
            end = begin + frame.packets
            for data in islice(packets, max(0, min(end, total) - done)):
                if any(data[packet.HEADER_SIZE :]):
                    held.append((done, data))
                else:
                    void.append(done)
                # Packets before the frame stood nowhere: only what stands there now matters.
                same = same and data == self._old[0] if done >= begin else not held
                self._old.popleft()
                done += 1
            if is_intact and same and held and end <= total:
                made.copy(begin, frame)
            else:
                for each in held:
                    made.make(*each)
            held, same = [], True
        for data in packets:  # behind the last frame
            if any(data[packet.HEADER_SIZE :]):
                made.make(done, data)
            else:
                void.append(done)
            done += 1
        made.void = ranges(void)

    def _frames(self) -> Iterator[tuple[int, Frame, bool]]:
        """The frames: first packet, place, and whether it may be copied."""
        first = self._segment.catalogue.frames()[2].tolist()
        return zip(first, self._segment.frames(), self._intact, strict=True)

    def _packets(self, new: Packetizer, before: Packetizer) -> Iterator[bytes]:
        """The new data packets. Those that were there before stand in ``_old``, as many or more of them."""
        for found in self._segment.records():
            self._old.extend(before.add(record.pack(found.kind, found.body)))
            for made in self._instead(found):
                yield from new.add(made)
        self._old.extend(before.finish())
        for made in self._flush():
            yield from new.add(made)
        yield from new.finish()

    def _tables(self) -> CatalogueBuilder:
        """The catalogue without what is dropped; the blocks follow as they are written."""
        made, mask = builder_of(self._segment.catalogue), self._segment.live_chunks
        made.stored = [each for each in made.stored if each.document.id not in self._gone]
        for name in ("chunk_starts", "chunk_sizes", "chunk_lines", "chunk_line_counts"):
            column = getattr(made, name)
            column[:] = type(column)("q", np.frombuffer(column, np.int64)[mask].tolist())
        del made.block_starts[:], made.block_sizes[:]
        return made

    def _instead(self, found: record.Record) -> Iterator[bytes]:
        """What may be written by now: records that change stand one behind the other, zeros after them."""
        changed = self._changed(found)
        if changed is None:
            yield from self._flush()
            yield self._placed(found.kind, record.pack(found.kind, found.body))
        else:
            self._room += record.WORD.size + len(found.body)
            self._pending += [(found.kind, made) for made in changed]

    def _flush(self) -> Iterator[bytes]:
        for kind, made in self._pending:
            yield self._placed(kind, made)
        left = self._room - sum(len(made) for _, made in self._pending)
        self._pending, self._room = [], 0
        while left:
            body = min(left - record.WORD.size, record.MAX_BODY - record.WORD.size)
            if body < 0:
                raise Unfit
            yield self._placed(record.FILLER, record.pack(record.FILLER, bytes(body)))
            left -= record.WORD.size + body

    def _placed(self, kind: bytes, made: bytes) -> bytes:
        if kind == record.BLOCK:
            head = record.WORD.size + 4
            self._made.catalogue.add_block(self._at + head, len(made) - head)
        self._at += len(made)
        return made

    def _changed(self, found: record.Record) -> list[bytes] | None:
        """What stands in a record's place; None for the record itself."""
        if found.kind == record.DICTIONARY:
            if budget.unpack(found.body, block.MAX_DICTIONARY, "dictionary") != self._dictionary:
                raise Damaged("the dictionary in the catalogue is not that of the stream")
        elif found.kind == record.BLOCK:
            return self._block(int.from_bytes(found.body[:4], "little"), found.body)
        elif found.kind == record.DOCUMENTS:
            return self._documents(found.body)
        elif found.kind == record.END:
            return [self._end(found.body)]
        return [] if found.kind == record.FILLER else None

    def _block(self, number: int, body: bytes) -> list[bytes] | None:
        start = number * BLOCK_SIZE
        first = bisect_right(self._dead, start, key=lambda each: each.end)
        last = bisect_left(self._dead, start + BLOCK_SIZE, key=lambda each: each.start)
        if first >= last:
            return None
        text = bytearray(block.Decompressor(self._dictionary).block(body[4:]))
        for each in self._dead[first:last]:
            begin, end = max(0, each.start - start), min(len(text), each.end - start)
            text[begin:end] = bytes(end - begin)
        (frame,) = block.Compressor(self._dictionary).compress([bytes(text)])
        return [record.pack(record.BLOCK, body[:4] + frame)]

    def _documents(self, body: bytes) -> list[bytes] | None:
        found = documents.unpack(body, self._segment.budget)
        kept = [each for each in found if each.document.id not in self._gone]
        if len(kept) == len(found):
            return None
        return [record.pack(record.DOCUMENTS, documents.pack(kept))] if kept else []

    def _end(self, body: bytes) -> bytes:
        """The end, with as many documents as are left, in the room it had."""
        told = budget.parse_json(body, "the end of a stream")
        if not isinstance(told, dict):
            raise Damaged("the end of a stream is none")
        end = told | {"documents": len(self._made.catalogue.stored)}
        return record.pack(record.END, json.dumps(end, separators=(",", ":")).encode().ljust(len(body)))

    def _check_dictionary(self) -> None:
        """Raises Unfit when the dictionary holds what only dropped documents say."""
        self._dictionary = self._segment.dictionary()
        if not self._dictionary:
            return
        own = _runs(self._dictionary)
        left = [mine[:0] for mine in own]
        for theirs in self._runs_of(self._dead):
            found = map(_held, own, theirs)
            left = [np.union1d(before, more) for before, more in zip(left, found, strict=True)]
        live = self._runs_of(stored for _, stored in self._segment.live())
        while any(map(len, left)):
            said = next(live, None)
            if said is None:
                raise Unfit
            left = [
                np.setdiff1d(mine, _held(mine, runs), assume_unique=True)
                for mine, runs in zip(left, said, strict=True)
            ]

    def _runs_of(self, documents: Iterable[Stored]) -> Iterator[tuple[Runs, Runs]]:
        """The runs of documents' bytes, some documents or a piece of one at a time: so frames are decoded abreast."""
        for group in grouped(chain.from_iterable(map(_spans, documents)), _is_little):
            words, longer = zip(*map(_runs, self._segment.texts(group)), strict=True)
            yield np.concatenate(words), np.concatenate(longer)


def _spans(stored: Stored) -> Iterator[tuple[int, int]]:
    """A document's pieces, which overlap by what a run may reach over."""
    for at in range(stored.start, stored.end, _PIECE):
        yield at, min(at + _PIECE + max(SHARED), stored.end)


def _is_little(group: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    return sum(end - start for start, end in (*group, span)) <= _PIECE


def _held(mine: Runs, theirs: Runs) -> Runs:
    """Those of ``mine`` that are among ``theirs``, which are many: most of them are told apart by 16 bits."""
    if not len(mine):
        return mine
    likely = np.zeros(1 << 16, np.bool_)
    likely[_short(mine)] = True
    found: Runs = mine[np.isin(mine, theirs[likely[_short(theirs)]])]
    return found


def _short(runs: Runs) -> npt.NDArray[np.uint64]:
    return (runs * _FACTOR) >> np.uint64(48)


def _runs(text: bytes) -> tuple[Runs, Runs]:
    """Every run of 8 bytes in a text, as a number; and every one of 24, hashed."""
    words = np.ndarray(max(0, len(text) - 7), "<u8", text, strides=(1,)).astype(np.uint64)
    return words, (words[:-16] * _FACTOR + words[8:-8]) * _FACTOR + words[16:]
