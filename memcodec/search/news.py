"""What is new in files that grow: a search of what an older state of a file did not hold, and of nothing else.

A document that stands in a journal is known by its id, which folding leaves it; one in media by the stream of its
segment. Where streams are gone, as after compacting, the ids in the older state tell what is only written anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np

from memcodec.errors import MemcodecError
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.search.engine import Searcher
from memcodec.search.results import Results

Streams = set[tuple[str, int]]  #: of segments in media
_REWRITES = "compact"  # the kind of a commit that holds what was there before


def streams_of(reader: Reader) -> Streams:
    """What a file holds in media."""
    return {segment.stream for segment in reader.lasting}


def news(reader: Reader, before: Reader, known: Streams) -> Searcher | None:
    """A searcher over what neither ``before``, an older state of the file, nor one before that had; None for nothing.

    ``known``: the streams of all those states. The reader is good for this alone afterwards: in it, what was known is
    hidden.
    """
    fresh = [
        segment for segment in reader.segments if _is_waiting(reader, segment) or segment.stream not in known
    ]
    old = _had(before, known - streams_of(reader)) if fresh else {}
    if old is None:  # it can no longer be read: what it had is what was written anew
        written = {
            (each.file, each.commit)
            for entry in reader.entries
            if entry.kind == _REWRITES
            for each in entry.segments
        }
        fresh, old = [each for each in fresh if each.stream not in written], _waiting(before)
    if not any(_narrow(segment, old) for segment in fresh):
        return None
    for segment in reader.segments:
        if segment not in fresh:
            _hide(segment)
    return Searcher([reader])


def _is_waiting(reader: Reader, segment: SegmentReader) -> bool:
    """Whether that is the segment of what stands in the journal."""
    return segment.number >= len(reader.lasting)


def _waiting(reader: Reader) -> dict[str, int]:
    """The documents in the journal, by their ids: bytes of each. One that is made of events grows."""
    return {item.id: item.size for item in reader.waiting.items}


def _had(reader: Reader, gone: Streams) -> dict[str, int] | None:
    """As ``_waiting``, with what stands in segments whose streams are ``gone``; None where that cannot be read."""
    found = _waiting(reader)
    try:
        for segment in reader.lasting:
            if segment.stream in gone:
                found |= {each.document.id: each.document.size for each in segment.catalogue.all_documents()}
    except MemcodecError:  # far away, and another file has its place
        return None
    return found


def _narrow(segment: SegmentReader, old: Mapping[str, int]) -> bool:
    """Hide what ``old`` tells of in a segment; whether anything else is in it."""
    if not old or not segment.documents:
        return bool(segment.documents)
    dead = np.zeros(segment.record.documents, np.bool_) if segment.dead is None else segment.dead.copy()
    live, grown = segment.live_chunks.copy(), dict[int, int]()
    for ordinal, stored in enumerate(segment.catalogue.all_documents()):
        size = old.get(stored.document.id, -1)
        if size >= stored.document.size:
            dead[ordinal] = True
        elif size > 0:
            grown[ordinal] = stored.start + size
    owners = segment.catalogue.chunk_documents()
    live &= ~dead[owners]
    for ordinal, end in grown.items():  # the last chunk of what was known may have grown with it
        for chunk in np.flatnonzero(owners == ordinal).tolist():
            live[chunk] &= segment.catalogue.chunk(chunk)[1] > end
    segment.dead, segment.live_chunks = dead, live
    return bool(live.any())


def _hide(segment: SegmentReader) -> None:
    """Have a search pass a segment over, as one whose documents were all dropped; its tables are not read for that."""
    segment.dead = np.ones(segment.record.documents, np.bool_)
    segment.live_chunks = np.zeros(segment.record.chunks, np.bool_)


class Open(Protocol):
    """One state of a file, open until it is released."""

    @property
    def reader(self) -> Reader: ...
    def release(self) -> None: ...


class Following(Iterator[Results]):
    """What a query finds in what is added to each file, as it comes; ``close`` it, or go through it to its end."""

    def __init__(
        self,
        states: Mapping[str, Open],
        *,
        open_one: Callable[[str], Open],
        ask: Callable[[Searcher, int], Results],
        pause: float,
        is_over: Callable[[], bool],
    ) -> None:
        """``states``: from which on, taken for this. ``ask`` is told how many commits a searcher is over."""
        self._states, self._open, self._ask, self._is_over = dict(states), open_one, ask, is_over
        self._known = {name: streams_of(each.reader) for name, each in states.items()}
        self._found: list[Results] = []
        self.pause = pause  #: seconds between two looks

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more."""
        return self._is_over()

    def look(self) -> list[Results]:
        """What there is by now and was not given yet, without waiting for it."""
        found = []
        for name, state in self._states.items():
            if not state.reader.source.changed():
                continue
            newer = self._open(name)
            try:
                results = self._news(name, state.reader, newer.reader)
            except BaseException:
                newer.release()
                raise
            self._states[name] = newer
            state.release()
            if results:
                found.append(results)
        return found

    def _news(self, name: str, before: Reader, reader: Reader) -> Results | None:
        if reader.version == before.version:
            return None
        searcher = news(reader, before, self._known[name])
        results = self._ask(searcher, max(1, reader.commit - before.commit)) if searcher is not None else None
        self._known[name] |= streams_of(reader)
        return results

    def __next__(self) -> Results:
        while not self.is_over:
            self._found = self._found or self.look()
            if self._found:
                return self._found.pop(0)
            time.sleep(self.pause)
        self.close()
        raise StopIteration

    def close(self) -> None:
        """Release the files."""
        states, self._states = self._states, {}
        for state in states.values():
            state.release()
