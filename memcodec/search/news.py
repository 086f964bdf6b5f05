"""What is new in files that grow: a search of the commits that were not seen before, and of nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np

from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.model import Use
from memcodec.search.engine import Searcher
from memcodec.search.results import Results

Seen = set[tuple[str, int]]  #: the streams of segments that are known


def seen(reader: Reader) -> Seen:
    """What a file holds as it is read."""
    return {segment.stream for segment in reader.segments}


def news(reader: Reader, known: Seen) -> Searcher | None:
    """A searcher over what is not known, which is known from then on; None when there is nothing.

    The reader is good for this alone afterwards: in it, what was known is hidden.
    """
    new = [segment for segment in reader.segments if segment.stream not in known]
    if not any(segment.documents for segment in new):
        return None
    for segment in reader.segments:
        if segment.stream in known:
            _hide(segment)
    known.update(segment.stream for segment in new)
    return Searcher([reader])


class Growing(Protocol):
    """An open memory that tells when there is more in it."""

    def reader_for(self, use: Use) -> Reader: ...
    def refresh(self) -> bool: ...
    def close(self) -> None: ...


class Following(Iterator[Results]):
    """What a query finds in each file's new commits, as they come; ``close`` it, or go through it to its end."""

    def __init__(
        self,
        known: Mapping[str, Seen],
        *,
        open_one: Callable[[str], Growing],
        ask: Callable[[Searcher], Results],
        pause: float,
        is_over: Callable[[], bool],
    ) -> None:
        self._known, self._open, self._ask, self._is_over = known, open_one, ask, is_over
        self._memories: dict[str, Growing] = {}
        self._found: list[Results] = []
        self.pause = pause  #: seconds between two looks

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more."""
        return self._is_over()

    def look(self) -> list[Results]:
        """What there is by now and was not given yet, without waiting for it."""
        found = []
        for name, known in self._known.items():
            memory = self._memories.get(name)
            if memory is not None and not memory.refresh():
                continue
            if memory is None:
                memory = self._memories[name] = self._open(name)
            searcher = news(memory.reader_for("search"), known)
            if searcher is not None and (results := self._ask(searcher)):
                found.append(results)
        return found

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
        memories, self._memories = self._memories, {}
        for memory in memories.values():
            memory.close()


def _hide(segment: SegmentReader) -> None:
    """Have a search pass a segment over, as one whose documents were all dropped; its tables are not read for that."""
    segment.dead = np.ones(segment.record.documents, np.bool_)
    segment.live_chunks = np.zeros(segment.record.chunks, np.bool_)
