"""The opening: copies of what any search reads first of a commit's index blobs, laid together for a reader far away.

A blob of kind "opening" right before the commit record, so that the one read of the file's tail brings it along. It
holds nothing of its own: a file without it is read the same way, in more round trips. Its only section, "parts", is
one Zstandard frame: a count u32; for each part offset u64 and length u64 of the blob, start u64 and length u32 in it;
then the parts' bytes.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from memcodec.errors import Damaged, MemcodecError
from memcodec.file.segment import blob_at
from memcodec.format import block, budget
from memcodec.format.blob import SMALL, Blob, BlobWriter, in_memory
from memcodec.format.budget import MAX_OPENING
from memcodec.format.cipher import Keys
from memcodec.format.commit import CommitRecord, Opening
from memcodec.media.contract import MediaReader
from memcodec.model import BlobSpan, Extent, PacketPlace

KIND = "opening"
NEAR = 16 << 10  #: bytes: blobs that end so close to the record come with it as they are
#: bytes of a part by the blob's kind: what not every search needs stays small
MAX_PART = {"vectors": 8 << 10}
_HEAD = struct.Struct("<QQQI")
_HEAD_MOST = 32 << 10  # bytes fetched of a blob whose head's length is not known
_COUNT = struct.Struct("<I")


class BlobCopy(NamedTuple):
    """Bytes of the blob at ``extent`` from ``start`` on."""

    extent: Extent
    start: int
    data: bytes


def parts_of(extent: Extent, data: bytes | memoryview, keys: Keys | None = None) -> list[BlobCopy]:
    """What of a blob belongs in the opening. With ``keys`` it is a sealed one."""
    if keys is None:
        blob = in_memory(data, "a blob")
    else:
        from memcodec.format import sealed  # few files are

        view = memoryview(data)
        blob = sealed.opened(lambda at, length: view[at : at + length], "a blob", extent, keys)
    most = MAX_PART.get(blob.kind, MAX_OPENING // 4)
    return [BlobCopy(extent, start, bytes(part)) for start, part in blob.hot() if len(part) <= most]


def pack(parts: Sequence[BlobCopy]) -> bytes:
    """An opening as a blob, without the parts that would make it larger than a reader takes."""
    sizes = accumulate(_HEAD.size + len(part.data) for part in parts)
    parts = [part for part, size in zip(parts, sizes, strict=True) if size <= MAX_OPENING - _COUNT.size]
    heads = b"".join(_HEAD.pack(*part.extent, part.start, len(part.data)) for part in parts)
    blob = BlobWriter(KIND)
    packed = _COUNT.pack(len(parts)) + heads + b"".join(part.data for part in parts)
    blob.add("parts", block.pack(packed, MAX_OPENING, "the parts of an opening"))
    return blob.to_bytes()


def unpack(blob: Blob) -> list[BlobCopy]:
    """The parts of an opening. Raises Damaged."""
    if blob.kind != KIND:
        raise Damaged(f"an opening is a {blob.kind!r} blob; run `repair()`")
    hold = partial(blob.budget.hold, what="its openings")
    data = budget.unpack(blob.read("parts"), MAX_OPENING, "opening", hold)
    count = _COUNT.unpack_from(data)[0] if len(data) >= _COUNT.size else -1
    at = _COUNT.size + count * _HEAD.size
    if not _COUNT.size <= at <= len(data):
        raise Damaged("an opening does not add up; run `repair()`")
    found = []
    for offset, length, start, size in _HEAD.iter_unpack(data[_COUNT.size : at]):
        found.append(BlobCopy(Extent(offset, length), start, data[at : at + size]))
        at += size
    if at != len(data):
        raise Damaged("an opening does not add up; run `repair()`")
    return found


def still_useful(record: CommitRecord, blobs: Iterable[Extent]) -> Iterator[Opening]:
    """The openings that copy anything of these blobs."""
    offsets = sorted(place.offset for place in blobs)
    for opening in record.openings:
        first = bisect_left(offsets, opening.begin)
        if first < len(offsets) and offsets[first] < opening.place.offset:
            yield opening


class OpeningReader:
    """A media reader that has parts of blobs already. Everything else is the codec's own."""

    def __init__(self, media: MediaReader) -> None:
        self._media = media
        self.moved, self.source = media.moved, media.source
        self.torn, self.broken, self.options = media.torn, media.broken, media.options
        self.budget, self.journal, self.carrier = media.budget, media.journal, media.carrier
        self.keys = media.keys
        self.commits, self.ends, self.commit_ending = media.commits, media.ends, media.commit_ending
        self.read_packets, self.scan = media.read_packets, media.scan
        self.layout, self.close = media.layout, media.close
        self._held: dict[Extent, list[BlobCopy]] = {}

    def load(self, record: CommitRecord) -> None:
        """Fetch a record's openings, and with them what else a reader reads at once, in one round trip."""
        openings = [each for each in record.openings if each.place.length <= MAX_OPENING]
        extents = [each.place for each in openings] + [table.place for table in record.tables]
        self._media.prefetch([BlobSpan(extent, 0, min(extent.length, MAX_OPENING)) for extent in extents])
        for opening in openings:
            try:
                parts = unpack(blob_at(self._media, opening.place, "an opening"))
            except MemcodecError:
                continue  # only a copy: what it holds is read where it stands
            for part in parts:
                self._held.setdefault(part.extent, []).append(part)

    def bring(self, blobs: Iterable[Extent]) -> None:
        """Have the heads of the blobs that are not here, in one round trip; small blobs as a whole.

        What came with the file's end costs nothing. A small blob is read whole even if an opening has parts of it.
        """
        unknown = [extent for extent in blobs if extent not in self._held or extent.length <= SMALL]
        self._media.prefetch([BlobSpan(extent, 0, min(extent.length, SMALL)) for extent in unknown])

    def head_spans(self, extent: Extent) -> list[BlobSpan]:
        """What is to be fetched before a blob can be opened: nothing if its head is here."""
        if any(part.start == 0 for part in self._held.get(extent, ())):
            return []
        return [BlobSpan(extent, 0, min(extent.length, _HEAD_MOST))]

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        length = extent.length - start if length is None else length
        for part in self._held.get(extent, ()):
            at = start - part.start
            if at >= 0 and at + length <= len(part.data):
                return memoryview(part.data)[at : at + length]
        return self._media.read_blob(extent, start, length)

    def prefetch(self, blobs: Iterable[BlobSpan], places: Iterable[PacketPlace] = ()) -> None:
        lacking = [each for each in blobs if not self._is_held(each)]
        self._media.prefetch(lacking, places)

    def _is_held(self, span: BlobSpan) -> bool:
        parts = self._held.get(span.extent, ())
        return any(
            part.start <= span.start and span.start + span.length <= part.start + len(part.data)
            for part in parts
        )
