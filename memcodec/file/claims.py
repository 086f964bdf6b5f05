"""What commit records claim, held against the size of the file before anything is allocated for it.

Every blob of a state stands in the file once. So all of them together are no longer than the file, and what a reader
allocates for rows that stand in them is bounded by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

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


class Claims(NamedTuple):
    """What the segments of some entries come to, whatever the file: a state of many commits is told of by few."""

    possible: bool  #: as far as that does not depend on the file's size
    stream: int  #: bytes of the longest stream, less its void packets
    packets: int  #: that stand in the file
    end: int  #: of the last catalogue
    catalogues: int  #: bytes of all


def claims_of(entries: Iterable[Entry]) -> Claims:
    """What they come to."""
    segments = _segments(entries)
    return Claims(
        all(map(_is_possible, segments)),
        max(map(_stream, segments), default=0),
        sum(map(_standing, segments)),
        max((sum(segment.catalogue) for segment in segments), default=0),
        sum(segment.catalogue.length for segment in segments),
    )


def check_segments(entries: Iterable[Entry], claims: Sequence[Claims], size: int) -> None:
    """Raises Damaged for segments that no file of ``size`` bytes can hold, each alone and all together.

    ``claims``: those of all of these entries, in whatever parts.
    """
    if (
        all(each.possible and each.stream <= MAX_SHARE * size and each.end <= size for each in claims)
        and sum(each.packets for each in claims) <= size
        and sum(each.catalogues for each in claims) <= size
    ):
        return
    segments = _segments(entries)
    wrong = (each for each in segments if not _is_possible(each) or _stream(each) > MAX_SHARE * size)
    raise _too_much(next(wrong, segments[-1]))


def _segments(entries: Iterable[Entry]) -> list[SegmentRecord]:
    return [segment for entry in entries for segment in entry.segments]


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


def _stream(segment: SegmentRecord) -> int:
    """Bytes of its stream that stand in the file."""
    return segment.stream - _void(segment) * segment.payload


def _is_possible(segment: SegmentRecord) -> bool:
    last = segment.stream - (segment.full - 1) * segment.room
    catalogue = packed.claimed(segment.catalogue.length)
    void = _void(segment)
    voids = 2 * void <= segment.packets and (not void or sum(segment.void[-1]) <= segment.packets)
    voids = voids and not (void and segment.key)
    return (
        voids
        and 0 < last <= segment.room
        and segment.text <= BLOCK_SIZE * (1 + segment.stream // _FRAME)
        and segment.chunks <= min(max(1, segment.text), _CHUNKS * catalogue)
        and _DOCUMENT * segment.documents <= catalogue
    )
