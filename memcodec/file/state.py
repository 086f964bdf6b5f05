"""The state of a memory file after one of its commits: segments, the documents in them that are dropped, and indexes.

Everything is replayed from the entries that the commit's record leads to, so an old commit gives its state as exactly
as the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from itertools import chain

import numpy as np

from memcodec.errors import Damaged
from memcodec.file.claims import Claims, claims_of
from memcodec.file.names import Names
from memcodec.file.segment import blob_at
from memcodec.format import block, budget, commit
from memcodec.format.arrays import Mask
from memcodec.format.blob import Blob, BlobWriter
from memcodec.format.budget import MAX_TABLE
from memcodec.format.commit import Change, CommitRecord, Entry, IndexRecord, Ranges, SegmentRecord, Table
from memcodec.media.contract import MediaReader

KIND = "history"
INLINE = 8  #: entries that stand in a commit record, at most
INLINE_BYTES = 8192  #: and their bytes
_KEPT = 1 << 18  # bytes: larger tables are parsed each time they are read


@dataclass(slots=True)
class State:
    """What one commit left. ``dead`` has masks over segments' documents, by the segment's number: True is dropped."""

    segments: list[SegmentRecord] = field(default_factory=list)
    dead: dict[int, Mask] = field(default_factory=dict)
    indexes: list[IndexRecord] = field(default_factory=list)

    def apply(self, entry: Entry) -> None:
        """Replay a commit. Raises Damaged when it speaks of documents that are not there."""
        self.segments += entry.segments
        for changes, dropped in ((entry.drop, True), (entry.revive, False)):
            for change in changes:
                self.mark(change, dropped=dropped)

    def mark(self, change: Change, *, dropped: bool) -> None:
        """Drop documents of a segment, or bring them back. Raises Damaged as ``apply``."""
        if change.segment >= len(self.segments):
            raise Damaged("a commit changes a segment that is not there; run `repair()`")
        count = self.segments[change.segment].documents
        mask = self.dead.setdefault(change.segment, np.zeros(count, np.bool_))
        for first, number in change.ordinals:
            if first + number > count:
                raise Damaged("a commit changes documents that are not there; run `repair()`")
            mask[first : first + number] = dropped

    def live(self, number: int) -> int:
        """How many documents of a segment are in the state."""
        dropped = self.dead.get(number)
        return self.segments[number].documents - (int(dropped.sum()) if dropped is not None else 0)


def replay(entries: Iterable[Entry], indexes: Sequence[IndexRecord]) -> State:
    """The state after all of these commits, oldest first. Raises Damaged when its parts do not fit together."""
    state = State()
    for entry in entries:
        state.apply(entry)
    state.indexes = list(indexes)
    at = 0
    for index in indexes:
        covered = state.segments[at : at + index.segments]
        if len(covered) != index.segments or sum(each.chunks for each in covered) != index.chunks:
            raise Damaged("commit record and segments do not agree; run `repair()`")
        at += index.segments
    if at != len(state.segments):
        raise Damaged("the commit record has no index for some segments; run `repair()`")
    return state


class Told(tuple[Entry, ...]):
    """Entries that one table, or a commit record itself, tells of."""

    @cached_property
    def claims(self) -> Claims:
        """What their segments come to. Tables that are kept parsed keep it."""
        return claims_of(self)


def told_by(record: CommitRecord, media: MediaReader) -> Iterator[Told]:
    """Every commit's entry that a record leads to, oldest first, as its tables and the record tell. Raises Damaged."""
    for table in record.tables:
        found = _told(table, media)
        if len(found) != table.entries:
            raise Damaged("a table of commits is incomplete; run `repair()`")
        yield found
    yield Told(record.entries)


def entries_of(record: CommitRecord, media: MediaReader) -> Iterator[Entry]:
    """Every commit's entry that a record leads to, oldest first. Raises Damaged."""
    return chain.from_iterable(told_by(record, media))


def pack_table(entries: Sequence[Entry], names: Names | None = None) -> bytes:
    """A table of commits as a blob, with the ``names`` of their segments if they are known.

    Raises SourceError when they did more than a reader takes.
    """
    blob, what = BlobWriter(KIND), "the documents that commits drop and bring back"
    blob.add("entries", block.pack(commit.pack_entries(entries), MAX_TABLE, what), hot=True)
    if names is not None:
        names.add_to(blob)
    return blob.to_bytes()


def table_runs(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries in as few tables as readers take."""
    runs, left = list[list[Entry]](), 0
    for entry in entries:
        size = len(commit.pack_entries([entry]))
        if size > left:
            runs.append([])
            left = MAX_TABLE
        runs[-1].append(entry)
        left -= size
    return runs


def unpack_table(table: Table, media: MediaReader) -> list[Entry]:
    """The entries of a table. Raises Damaged."""
    return list(_told(table, media))


def _told(table: Table, media: MediaReader) -> Told:
    blob = table_blob(table, media)
    if blob.kind != KIND:
        raise Damaged(f"a table of commits is a {blob.kind!r} blob; run `repair()`")
    hold = partial(blob.budget.hold, what="its tables of commits")
    data = budget.unpack_json(blob.read("entries"), MAX_TABLE, "table of commits", hold)
    return _parsed(data) if len(data) <= _KEPT else Told(commit.unpack_entries(data))


@lru_cache(32)
def _parsed(data: bytes) -> Told:
    """What a table says. It never changes: a process that opens one file again and again parses it once."""
    return Told(commit.unpack_entries(data))


def table_blob(table: Table, media: MediaReader) -> Blob:
    """The blob of a table."""
    return blob_at(media, table.place, "a table of commits")


def due(sizes: Sequence[int], fan: int, most: int) -> int:
    """How many of the last runs, of these sizes, are to be folded into one: 0 for none.

    Those that are below a power of ``fan``, as soon as they are ``fan`` or more and reach it together, and come to no
    more than ``most``. So what is folded rises by a power each time: runs stay few, and no large one is written again
    for a few small ones behind it.
    """
    sizes, found, limit = [max(1, size) for size in sizes], 0, fan
    while limit <= most:
        count = next((n for n, size in enumerate(reversed(sizes)) if size >= limit), len(sizes))
        if count >= fan and limit <= sum(sizes[len(sizes) - count :]) <= most:
            found = count
        limit *= fan
    return found


def ranges(ordinals: Iterable[int]) -> Ranges:
    """Rising runs of consecutive numbers."""
    numbers = np.array(sorted(ordinals), np.int64)
    if not len(numbers):
        return ()
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    firsts = numbers[np.concatenate(([0], breaks))]
    counts = np.diff(np.concatenate(([0], breaks, [len(numbers)])))
    return tuple(zip(firsts.tolist(), counts.tolist(), strict=True))


def changes(ordinals: dict[int, list[int]]) -> tuple[Change, ...]:
    """Documents by segment number, as a commit's entry names them."""
    return tuple(Change(number, ranges(each)) for number, each in sorted(ordinals.items()) if each)
