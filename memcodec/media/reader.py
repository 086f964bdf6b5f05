"""What readers of all codecs have in common: commits from the file's end, places inside it, threads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from memcodec.format.budget import Budget
from memcodec.format.cipher import Keys
from memcodec.media.container import is_inside
from memcodec.media.journal import Carrier
from memcodec.media.tail import C, Tail
from memcodec.media.threads import Threads
from memcodec.model import BlobSpan, Extent, PacketPlace
from memcodec.storage import Source
from memcodec.storage.moved import MovedSource

_Found = TypeVar("_Found")


class TailReader(ABC, Generic[C]):
    """The part of a ``MediaReader`` that does not depend on the medium. Close it."""

    def __init__(self, source: Source, tail: Tail[C]) -> None:
        last, journal = tail.newest(source)
        self.moved = tail.moved(source, last) if last else 0
        if last and self.moved:
            source = MovedSource(source, self.moved)
            last = tail.ending_at(source, last.end - self.moved)
            journal = tail.journal_behind(source, last) if last else None
        self.source = self._source = source
        self._last, self._tail, self._threads = last, tail, Threads()
        self.budget = Budget(source.size)
        self.keys: Keys | None = None
        self.journal = journal
        self.torn = source.size - (journal.end if journal else 0)
        self.broken = self.torn > 0 and tail.is_broken(source, source.size - self.torn)
        self.broken = self.broken or (journal is not None and journal.damaged)

    @property
    def carrier(self) -> Carrier | None:
        """How groups of a journal stand in this file; None where there is no commit, or none of this medium could."""
        return self._tail.carrier(self._last)[0] if self._last is not None else None

    @property
    @abstractmethod
    def _longest(self) -> int:
        """Bytes that no frame of the file has more than."""

    def commits(self) -> Iterator[bytes]:
        return (commit.record for commit in self._chain())

    def ends(self) -> Iterator[int]:
        return (commit.end for commit in self._chain())

    def commit_ending(self, end: int) -> bytes | None:
        found = self._tail.ending_at(self._source, end)
        return found.record if found is not None else None

    def _chain(self) -> Iterator[C]:
        return self._tail.chain(self._source, self._last)

    def prefetch(self, blobs: Iterable[BlobSpan], places: Iterable[PacketPlace] = ()) -> None:
        if self._source.far:
            frames = {(place.offset, place.length) for place in places if self._is_inside(place)}
            self._source.prefetch([*(span for blob in blobs for span in self._file_spans(blob)), *frames])

    def _file_spans(self, span: BlobSpan) -> list[tuple[int, int]]:
        """File offsets and lengths of what is read for a part of a blob."""
        return [(span.extent.offset + span.start, span.length)]

    def _is_inside(self, place: Extent | PacketPlace) -> bool:
        """Whether a frame can stand there."""
        return is_inside(self._source, place, self._longest)

    def close(self) -> None:
        self._threads.close()


def first_to_find(readings: Iterable[Iterator[_Found]]) -> Iterator[_Found]:
    """The first reading that finds anything. Those before it were run in vain, those after it are not begun."""
    for reading in readings:
        for found in reading:
            yield found
            yield from reading
            return
