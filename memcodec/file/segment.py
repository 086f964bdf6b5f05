"""One commit's segment, read: from a span of text to blocks, to packets, to media, and through parity if needed."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from memcodec.errors import Damaged
from memcodec.file.cache import Cache
from memcodec.file.catalogue import Catalogue, uri_hashes
from memcodec.format import block, budget, packed, packet, record, stream
from memcodec.format.arrays import Mask
from memcodec.format.blob import SMALL, Blob, in_memory
from memcodec.format.budget import Budget
from memcodec.format.checksum import crc32c
from memcodec.format.cipher import StreamCipher, stream_cipher
from memcodec.format.commit import SegmentRecord
from memcodec.format.documents import Stored
from memcodec.format.packet import Packet
from memcodec.ingest.item import PIECE, Item, stored_item
from memcodec.media.contract import MediaReader
from memcodec.model import BlobSpan, Extent, Frame, PacketPlace
from memcodec.storage import Source

WINDOW = 512  #: packets read at once when reading on and on
_Read = Callable[[Sequence[int]], dict[int, bytes | None]]


class SegmentReader:
    """Reads one segment. ``number`` is its place in the file's state; chunk numbers start at ``first_chunk``."""

    def __init__(
        self,
        media: MediaReader,
        record: SegmentRecord,
        number: int,
        first_chunk: int,
        cache: Cache[bytes],
        dead: Mask | None = None,
    ) -> None:
        self.record, self.number, self.first_chunk = record, number, first_chunk
        self.dead = dead if dead is not None and dead.any() else None  #: documents that are not in the state
        self._media, self._cache = media, cache
        self._lock = threading.Lock()
        self._recovered: dict[int, bytes] | None = None

    @property
    def stream(self) -> tuple[str, int]:
        """What its packets say they belong to: the same in whatever file they stand."""
        return self.record.file, self.record.commit

    @property
    def budget(self) -> Budget:
        """That of its file."""
        return self._media.budget

    def catalogue_blob(self) -> Blob:
        """The blob of the catalogue."""
        return blob_at(self._media, self.record.catalogue, f"the catalogue of commit {self.record.commit}")

    def may_hold(self, numbers: Collection[int]) -> bool:
        """Whether there is a document whose uri has one of these hashes. Nothing else of the catalogue is looked at."""
        if not self.record.documents:
            return False
        blob = self.catalogue.blob if "catalogue" in self.__dict__ else self.catalogue_blob()
        return not frozenset(numbers).isdisjoint(uri_hashes(blob).tolist())

    @cached_property
    def catalogue(self) -> Catalogue:
        """Documents, chunks, blocks and frames of this segment."""
        record = self.record
        made = Catalogue(self.catalogue_blob(), record.text, record.packets + record.parity)
        described = made.documents, made.chunks
        if described != (record.documents, record.chunks) or made.dictionary > record.stream:
            raise Damaged("catalogue and commit record do not agree; run `repair()`")
        return made

    @property
    def documents(self) -> int:
        """How many of its documents are in the state."""
        return self.record.documents - (int(self.dead.sum()) if self.dead is not None else 0)

    def live(self) -> Iterator[tuple[int, Stored]]:
        """Its documents that are in the state, with their ordinals."""
        if self.documents:
            self._media.prefetch(
                span for catalogue in (self.catalogue,) for span in catalogue.all_document_spans()
            )
        for ordinal, stored in enumerate(self.catalogue.all_documents() if self.documents else ()):
            if self.dead is None or not self.dead[ordinal]:
                yield ordinal, stored

    @cached_property
    def live_chunks(self) -> Mask:
        """Which of its chunks belong to documents in the state."""
        if self.dead is None:
            return np.ones(self.record.chunks, np.bool_)
        return ~self.dead[self.catalogue.chunk_documents()]

    @cached_property
    def _decompressor(self) -> block.Decompressor:
        return block.Decompressor(self.dictionary())

    def dictionary(self) -> bytes:
        """What its blocks are compressed with; nothing where they have no dictionary. Raises Damaged."""
        size = self.catalogue.dictionary
        if not size:
            return b""
        span = self.catalogue.dictionary_copy()
        if span is None:
            span = self._stream([(0, size)], self._read_frames)[0]
        found = list(record.unpack(span)) if span is not None else []
        if len(found) != 1 or found[0].kind != record.DICTIONARY:
            raise Damaged(
                f"the dictionary of commit {self.record.commit} is lost beyond what parity brings back"
            )
        dictionary = budget.unpack(found[0].body, block.MAX_DICTIONARY, "dictionary")
        self.budget.hold(len(dictionary), "its dictionaries")
        return dictionary

    def item(self, stored: Stored) -> Item:
        """A document of it, to be stored again. Its text is read as it is taken."""

        def pieces(start: int, end: int) -> Iterator[bytes]:
            for at in range(start, end, PIECE):
                yield self.text(at, min(at + PIECE, end))

        return stored_item(stored, pieces)

    def chunk_spans(self, chunks: Iterable[int]) -> list[BlobSpan]:
        """What is to be fetched before these of its chunks can be placed."""
        return self.catalogue.chunk_spans(chunks, self.record.room)

    def text(self, start: int, end: int) -> bytes:
        """A span of the commit's text. Raises Damaged when part of it is lost."""
        return self.texts([(start, end)])[0]

    def texts(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """Spans of the commit's text, their packets read in one go. Raises Damaged when any part of them is lost."""
        numbers = [block.numbers(*span) for span in spans]
        wanted = sorted(set(chain.from_iterable(numbers)))
        found = dict(zip(wanted, self._expand(wanted, self._read_frames), strict=True))
        texts = []
        for (start, end), own in zip(spans, numbers, strict=True):
            parts = [found[number] for number in own]
            if None in parts:
                raise Damaged(
                    f"text bytes {start}-{end} of commit {self.record.commit} are lost beyond repair by parity"
                )
            at = start // block.BLOCK_SIZE * block.BLOCK_SIZE
            whole = b"".join(part for part in parts if part is not None)
            texts.append(whole[start - at : end - at])
        return texts

    def walk(self, first: int, last: int) -> Iterator[bytes | None]:
        """Blocks ``first`` to ``last - 1``, None for a lost one, in large runs that do not pass through the cache."""
        last = min(last, self.catalogue.blocks)
        while first < last:
            starts = self.catalogue.block_spans(first, min(last, first + 2 * WINDOW))[0]
            near = starts - starts[0] < WINDOW * self.record.room
            count = max(1, int(near.sum()))
            yield from self._expand(range(first, first + count), self._read)
            first += count

    def _expand(self, numbers: Sequence[int], read: _Read) -> list[bytes | None]:
        """Decompress blocks from the stream."""
        first = (
            []
            if "_decompressor" in self.__dict__ or not self.catalogue.has_dictionary_frames
            else [(0, self.catalogue.dictionary)]
        )
        # The first time, the dictionary's frames come along with the others instead of after them.
        frames = self._stream(first + [self.catalogue.block_span(number) for number in numbers], read)[
            len(first) :
        ]
        with self._lock:
            return [
                None if frame is None else self._block(number, frame)
                for number, frame in zip(numbers, frames, strict=True)
            ]

    def _block(self, number: int, frame: bytes) -> bytes:
        text = self._decompressor.block(frame)
        expected = min(block.BLOCK_SIZE, self.record.text - number * block.BLOCK_SIZE)
        if len(text) != expected:
            raise Damaged(
                f"block {number} of commit {self.record.commit} has {len(text)} bytes, not {expected}"
            )
        return text

    def _stream(self, spans: Sequence[tuple[int, int]], read: _Read) -> list[bytes | None]:
        """Spans of the stream, None for one with a lost packet in it."""
        size = self.record.room
        if any(not 0 <= start < end <= self.record.stream for start, end in spans):
            raise Damaged("the catalogue points outside the stream; run `repair()`")
        wanted = sorted(
            {number for start, end in spans for number in range(start // size, (end - 1) // size + 1)}
        )
        payloads = self._payloads(wanted, read)
        results: list[bytes | None] = []
        for start, end in spans:
            parts = [payloads[number] for number in range(start // size, (end - 1) // size + 1)]
            skip = start % size
            whole = None if any(part is None for part in parts) else b"".join(part for part in parts if part)
            results.append(None if whole is None else whole[skip : skip + end - start])
        return results

    def _payloads(self, sequences: Sequence[int], read: _Read) -> dict[int, bytes | None]:
        """Data payloads by packet sequence, brought back by parity where the media lost them; None beyond that."""
        recovered = self._recovered or {}
        found = read([sequence for sequence in sequences if sequence not in recovered])
        if recovered or any(found[sequence] is None for sequence in sequences):
            recovered = self._recover()
            found |= {
                sequence: self._brought_back(recovered, sequence)
                for sequence in sequences
                if found.get(sequence) is None
            }
        return found

    def _brought_back(self, recovered: dict[int, bytes], sequence: int) -> bytes | None:
        payload = recovered.get(sequence)
        return payload if payload is None or self._cipher is None else self._opened(sequence, payload)

    @cached_property
    def _cipher(self) -> StreamCipher | None:
        """What opens its packets, if they are sealed. Raises Sealed."""
        record, keys = self.record, self._media.keys
        if not record.key:
            return None
        if keys is None:
            raise Damaged("a sealed stream in a file that is not sealed; run `repair()`")
        key, salt = keys.key(bytes.fromhex(record.key)), bytes.fromhex(record.salt)
        return stream_cipher(key, bytes.fromhex(record.file), record.commit, record.payload, salt)

    def _opened(self, sequence: int, payload: bytes) -> bytes:
        """The stream's bytes in a sealed packet. Raises Forged."""
        assert self._cipher is not None
        room = self.record.room
        return self._cipher.open(sequence, payload).payload[: max(0, self.record.stream - sequence * room)]

    def _is_void(self, sequence: int) -> bool:
        place = bisect_right(self._void_starts, sequence) - 1
        return place >= 0 and sequence < sum(self.record.void[place])

    @cached_property
    def _void_starts(self) -> list[int]:
        return [first for first, _ in self.record.void]

    def _read(self, sequences: Sequence[int]) -> dict[int, bytes | None]:
        """Payloads straight from the media. Void packets are zeros."""
        found: dict[int, bytes | None] = dict.fromkeys(
            filter(self._is_void, sequences), bytes(self.record.payload)
        )
        sequences = [sequence for sequence in sequences if sequence not in found]
        places = self.places(sequences)
        self._media.prefetch((), places)
        for sequence, data in zip(sequences, self._media.read_packets(places), strict=True):
            found[sequence] = self._payload(sequence, data)
        return found

    def _read_frames(self, sequences: Sequence[int]) -> dict[int, bytes | None]:
        """Payloads from the cache, or else from the media and then all that their frames hold: decoding is the cost."""
        found = {sequence: self._cache.get((self.number, sequence)) for sequence in sequences}
        lacking = [sequence for sequence, payload in found.items() if payload is None]
        for sequence, payload in (self._read(self._together(lacking)) if lacking else {}).items():
            found[sequence] = payload
            if payload is not None:
                self._cache.put((self.number, sequence), payload)
        return found

    def _read_rest(self, sequences: Sequence[int]) -> dict[int, bytes | None]:
        """Payloads from the cache as far as they are there, which takes in no others."""
        found = {sequence: self._cache.get((self.number, sequence)) for sequence in sequences}
        return found | self._read([sequence for sequence, payload in found.items() if payload is None])

    def _together(self, sequences: Iterable[int]) -> list[int]:
        """All data packets of the frames that hold these."""
        whole: set[int] = set()
        for sequence in sequences:
            if sequence not in whole:
                frame, slot = self.catalogue.frame_of(sequence)
                whole.update(range(sequence - slot, min(sequence - slot + frame.packets, self.record.full)))
        return sorted(whole)

    def lacking(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """The packets to be read before spans of the commit's text can be given, those in the cache left out."""
        size = self.record.room
        blocks = {number for span in spans for number in block.numbers(*span)}
        stream = list(map(self.catalogue.block_span, blocks))
        if stream and "_decompressor" not in self.__dict__ and self.catalogue.has_dictionary_frames:
            stream.append((0, self.catalogue.dictionary))
        wanted = {number for start, end in stream for number in range(start // size, (end - 1) // size + 1)}
        unread = (each for each in wanted if self._cache.get((self.number, each)) is None)
        return [each for each in self._together(unread) if not self._is_void(each)]

    def keep(self, sequences: Sequence[int], packets: Sequence[bytes | None]) -> None:
        """Put packets that were read elsewhere into the cache, as far as they are right."""
        for sequence, data in zip(sequences, packets, strict=True):
            payload = self._payload(sequence, data)
            if payload is not None:
                self._cache.put((self.number, sequence), payload)

    def _payload(self, sequence: int, data: bytes | None) -> bytes | None:
        parsed = self._mine(sequence, data)
        if parsed is None or self._cipher is None:
            return parsed.payload if parsed is not None else None
        return self._opened(sequence, parsed.payload)

    def _mine(self, sequence: int, data: bytes | None) -> Packet | None:
        """The packet that was read for a sequence, if it is that one."""
        parsed = packet.parse(data) if data is not None else None
        return parsed if parsed is not None and self._is_mine(parsed, sequence) else None

    def _is_mine(self, parsed: Packet, sequence: int) -> bool:
        if self.record.key:
            return self._is_sealed_one(parsed, sequence)
        last = self.record.packets - 1
        size = self.record.payload if sequence < last else self.record.stream - last * self.record.payload
        data = parsed.kind == packet.DATA and len(parsed.payload) == size
        mine = parsed.file_id.hex() == self.record.file and parsed.commit == self.record.commit
        return (
            mine
            and not parsed.sealed
            and parsed.sequence == sequence
            and (data or sequence >= self.record.packets)
        )

    def _is_sealed_one(self, parsed: Packet, sequence: int) -> bool:
        record = self.record
        mine = parsed.file_id.hex() == record.file and parsed.commit == record.commit and parsed.sealed
        if not mine or parsed.sequence != sequence or len(parsed.payload) != record.payload:
            return False
        if sequence < record.full:
            return parsed.kind == packet.DATA and parsed.salt.hex() == record.salt
        return parsed.kind == (packet.SEAL if sequence < record.packets else packet.PARITY)

    def records(self) -> Iterator[record.Record]:
        """Every record of the segment's stream. Raises Damaged when part of it is lost."""
        pending, start = bytearray(), 0
        for first in range(0, self.record.full, WINDOW):
            numbers = range(first, min(first + WINDOW, self.record.full))
            payloads = self._payloads(numbers, self._read_rest)
            for number in numbers:
                payload = payloads[number]
                if payload is None:
                    raise Damaged(
                        f"packet {number} of commit {self.record.commit} is lost beyond repair by parity"
                    )
                pending += payload[: self.record.stream - number * self.record.room]
            used = 0
            for found in record.unpack(pending, start):
                yield found
                used = found.start + record.WORD.size + len(found.body) - start
            del pending[:used]
            start += used
        if pending:
            raise Damaged(f"the stream of commit {self.record.commit} ends within a record; run `repair()`")

    def frames(self) -> list[Frame]:
        """Its frames, with their places in the file."""
        offsets, lengths, first, _ = self.catalogue.frames()
        before = np.concatenate(([0], np.cumsum(~self._void_mask)))
        held = np.diff(before[np.append(first, self.record.packets + self.record.parity)])
        columns = (column.tolist() for column in (offsets, lengths, held))
        return [Frame(*row) for row in zip(*columns, strict=True)]

    def intact_frames(self, source: Source) -> Iterator[bool]:
        """Whether each frame is as it was written, by its checksum. Raises Damaged when frames lie outside the file."""
        offsets, lengths, _, checksums = self.catalogue.frames().tolist()
        begin = self.catalogue.begin
        for offset, length, checksum in zip(offsets, lengths, checksums, strict=True):
            end = offset + length
            if not begin <= offset <= end <= source.size:
                raise Damaged("the catalogue's frames lie outside the file; run `repair()`")
            yield crc32c(source.get_bytes(begin, end - begin)) == checksum
            begin = end

    @property
    def _void_mask(self) -> Mask:
        """Which of all its packets stand nowhere."""
        mask = np.zeros(self.record.packets + self.record.parity, np.bool_)
        for first, count in self.record.void:
            mask[first : first + count] = True
        return mask

    def places(self, sequences: Iterable[int]) -> list[PacketPlace]:
        """Where in the file the packets of these sequence numbers lie."""
        places, first, frame = list[PacketPlace](), 0, Frame(0, 0, 0)
        for sequence in sequences:
            if not first <= sequence < first + frame.packets:  # neighbours stand in one frame
                frame, slot = self.catalogue.frame_of(sequence)
                first = sequence - slot
            places.append(PacketPlace(frame.offset, frame.length, sequence - first))
        return places

    def intact(self) -> Iterator[tuple[int, Packet | None]]:
        """Every packet of the segment with its sequence, parity included; None where the media lost it."""
        total = self.record.packets + self.record.parity
        for first in range(0, total, WINDOW):
            window = range(first, min(total, first + WINDOW))
            sequences = [sequence for sequence in window if not self._is_void(sequence)]
            read = self._media.read_packets(self.places(sequences))
            yield from zip(sequences, map(self._mine, sequences, read), strict=True)

    def _recover(self) -> dict[int, bytes]:
        if self._recovered is None:
            known = (parsed for _, parsed in self.intact() if parsed is not None)
            self._recovered = stream.recover(
                known, self.record.packets, self.record.payload, self.record.void
            )
        return self._recovered


def blob_at(media: MediaReader, extent: Extent, what: str) -> Blob:
    """A blob in the file, its bytes fetched as they are asked for; a small one whole."""
    data = media.read_blob(extent) if extent.length <= SMALL else None
    if data is not None and media.keys is None and packed.is_packed(data):
        return in_memory(packed.unpack(data, what), what, media.budget)

    def read(offset: int, length: int) -> memoryview:
        if offset + length > extent.length:
            raise Damaged(f"{what} is cut short; run `repair()`")
        return media.read_blob(extent, offset, length) if data is None else data[offset : offset + length]

    if media.keys is not None:
        from memcodec.format import sealed  # few files are

        return sealed.opened(read, what, extent, media.keys, media.budget)

    return Blob(read, what, extent.length, extent, media.budget)
