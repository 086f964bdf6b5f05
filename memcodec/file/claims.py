"""What commit records claim, held against the size of the file before anything is allocated for it.

Every blob of a state stands in the file once. So all of them together are no longer than the file, and what a reader
allocates for rows that stand in them is bounded by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memcodec.errors import Damaged
from memcodec.format import packed
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.budget import MAX_SHARE
from memcodec.format.commit import CommitRecord, Entry, SegmentRecord
from memcodec.model import Extent

_CHUNKS = 4  # that one byte of a catalogue may stand for: 256 take 84 bytes, where all are alike
_DOCUMENT = 8  # bytes that a document takes there at least: the hash of its uri
_FRAME = 9  # bytes of the smallest Zstandard frame, which a block takes


def check_record(record: CommitRecord, size: int) -> None:
    """Raises Damaged unless the blobs that a record names find room in a file of ``size`` bytes, all together, and it
    has a commit of its own.
    """
    if not (record.entries or record.tables):
        raise Damaged(f"commit {record.commit} tells of no commit; run `repair()`")
    if not _is_inside(record.places, size):
        raise Damaged(f"commit {record.commit} points outside the file; run `repair()`")


def check_segments(entries: Iterable[Entry], size: int) -> None:
    """Raises Damaged for segments that no file of ``size`` bytes can hold, each alone and all together."""
    segments = [segment for entry in entries for segment in entry.segments]
    for segment in segments:
        if not _is_possible(segment, size):
            raise _too_much(segment)
    packets = sum(_standing(segment) for segment in segments)
    if packets > size or not _is_inside([segment.catalogue for segment in segments], size):
        raise _too_much(segments[-1])


def _too_much(segment: SegmentRecord) -> Damaged:
    return Damaged(f"commit {segment.commit} claims more than the file can hold; run `repair()`")


def _is_inside(places: Sequence[Extent], size: int) -> bool:
    return (
        all(offset + length <= size for offset, length in places) and sum(each[1] for each in places) <= size
    )


def _standing(segment: SegmentRecord) -> int:
    """Packets that stand in the file."""
    return segment.packets + segment.parity - _void(segment)


def _void(segment: SegmentRecord) -> int:
    return sum(count for _, count in segment.void) if segment.void else 0


def _is_possible(segment: SegmentRecord, size: int) -> bool:
    last = segment.stream - (segment.full - 1) * segment.room
    catalogue = packed.claimed(segment.catalogue.length)
    void = _void(segment)
    voids = 2 * void <= segment.packets and (not void or sum(segment.void[-1]) <= segment.packets)
    voids = voids and not (void and segment.key)
    return (
        voids
        and 0 < last <= segment.room
        and segment.stream - void * segment.payload <= MAX_SHARE * size
        and segment.text <= BLOCK_SIZE * (1 + segment.stream // _FRAME)
        and segment.chunks <= min(max(1, segment.text), _CHUNKS * catalogue)
        and _DOCUMENT * segment.documents <= catalogue
    )
