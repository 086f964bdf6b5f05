"""The end of a file's journal, kept up to date with what other processes write, and groups put behind it in turns."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence

from memcodec.errors import Damaged, StorageError
from memcodec.file.end import read_end
from memcodec.file.journal.put import put
from memcodec.file.reader import BROKEN
from memcodec.format.commit import CommitRecord
from memcodec.media.journal import Carrier, Journal
from memcodec.storage import Place, Source, Target
from memcodec.storage.turns import turns_of


class Appender:
    """One file, for one thread at a time. ``sync`` may be called by any."""

    def __init__(self, place: Place, patience: float) -> None:
        self._turns, self._patience = turns_of(place), patience
        self.generation = 0  #: rises when another commit ends the file
        self.durable = 0  #: bytes of the file that are surely on stable storage
        self._load(self._turns.source)

    def _load(self, opening: Callable[[], Source]) -> None:
        """Read the file anew: its last commit and the journal behind it."""
        end = read_end(opening)
        try:
            media = end.media
            name = media.source.name
            if end.sealed:
                raise StorageError(f"{name}: is sealed, and sealed files have no journal")
            if media.journal is None or media.carrier is None:
                raise StorageError(f"{name}: the codec {end.record.codec} has no journal")
            self.record: CommitRecord = end.record
            self.journal: Journal = media.journal
            self._carrier: Carrier = media.carrier
            self._moved, self._broken = media.moved != 0, media.broken
        finally:
            end.close()
        self.generation += 1
        self.durable = 0

    @property
    def next_event(self) -> int:
        """The number of the event that may follow."""
        return self.journal.groups[-1].following if self.journal.groups else self.record.events

    @property
    def end(self) -> int:
        """Where the journal ends in the file."""
        return self.journal.end

    def refresh(self) -> None:
        """Take in what others wrote since. What stands half-written at the end is left for later."""
        size = self._turns.size()
        self._catch_up(size, self._turns.source)

    def _catch_up(self, size: int, open_source: Callable[[], Source]) -> bool:
        """Whether all that the file holds is known now."""
        if self._turns.renewed():
            self._load(open_source)
            return self.journal.end == size
        if size == self.journal.end:
            return True
        if size > self.journal.end:
            # Who has no turn may read while a torn tail is cut off.
            with contextlib.suppress(StorageError), contextlib.closing(open_source()) as source:
                self.journal.read_on(source, self._carrier, whole=True)
            if self.journal.end == size:
                return True
        self._load(open_source)  # a commit came, or what is there was cut
        return self.journal.end == size

    def take(self) -> Target:
        """The file with its lock held until ``release``, all of it known, and no torn tail behind the journal."""
        target = self._turns.begin(self._patience)
        try:
            if not self._catch_up(target.size, target.source):
                self._cut(target)
        except BaseException:
            self._turns.end()
            raise
        return target

    def release(self) -> None:
        """Let others write."""
        self._turns.end()

    @contextlib.contextmanager
    def turn(self) -> Iterator[Target]:
        """From ``take`` to ``release``."""
        target = self.take()
        try:
            yield target
        finally:
            self.release()

    def _cut(self, target: Target) -> None:
        if self._broken:
            raise Damaged(f"{target.name}: {BROKEN}")
        if self._moved:
            raise Damaged(f"{target.name}: another program moved its frames; `compact()` rewrites it")
        target.cut(self.journal.end)

    def write(self, target: Target, records: Sequence[bytes], events: int) -> int:
        """Put a group behind the journal, in one's turn; the number of its first event. Raises StorageError."""
        journal, first = self.journal, self.next_event
        put(target, journal, self._carrier, records, first, time.time_ns() // 1000, events, self.durable)
        return first

    def sync(self, end: int, generation: int) -> None:
        """Have the file on stable storage: ``end`` bytes of it were known, in that generation. Raises StorageError."""
        self._turns.sync()
        if generation == self.generation:
            self.durable = max(self.durable, end)

    def close(self) -> None:
        """Let the file go."""
        self._turns.close()
