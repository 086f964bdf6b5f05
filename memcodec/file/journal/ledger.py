"""A ledger: events of many scopes, written at once to a file's journal by several processes, and read back in order."""

from __future__ import annotations

import math
import operator
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Protocol

from memcodec.config.settings import Settings
from memcodec.errors import Closed, ConfigError, StorageError
from memcodec.file.catalogue import scope_hash
from memcodec.file.journal import folding
from memcodec.file.journal.appender import Appender
from memcodec.file.journal.contents import DESCRIBED, events_of, number_of
from memcodec.file.journal.limits import LIMITS, Limits
from memcodec.file.journal.syncing import Keeper, Syncer
from memcodec.file.reader import CACHE, Reader, read_opened
from memcodec.file.segment import SegmentReader
from memcodec.file.shared import Shared
from memcodec.format.commit import OLDEST
from memcodec.format.journal import MAX_EVENT, Event, Group, is_scope, pack_event
from memcodec.format.journal import events_of as events_among
from memcodec.model import CommitReport, Extent
from memcodec.process import fork
from memcodec.storage import Place

__all__ = ["DURABILITIES", "Event", "FileLedger", "Ledger"]

DURABILITIES = ("strict", "batched", "none")
_PATIENCE = 60.0  # seconds that a write waits for others: a fold takes a few
_number = operator.attrgetter("number")
_CLOSED = "this ledger is closed; open another"


class Ledger(Protocol):
    """Events of many scopes in one file, in the order of their numbers."""

    def append(self, events: Sequence[tuple[str, bytes]], *, guard: Callable[[], None] | None = None) -> int:
        """Write all of them or none, as one group; the number of the first. Holds the file's lock for this only.

        ``guard`` runs under the lock after ``events()`` has been brought up to date with other processes' writes; what
        it raises leaves everything as it was: that is compare-and-swap. Raises ConfigError for a scope or a body that
        cannot be stored, StorageError.
        """

    def events(self, scope: str, after: int = -1) -> Iterator[Event]:
        """Those of a scope with a higher number than ``after``, in order, as they are now."""

    def scopes(self) -> Sequence[str]:
        """Every scope there is, in the order of their first events."""

    def sync(self) -> None:
        """Return when all that was appended is on stable storage. Raises StorageError."""

    def close(self) -> None:
        """Sync, unless durability is "none", and let the file go."""


class FileLedger:
    """The ledger of a memory file. For many threads; in a child of a fork it is opened again by its next call."""

    def __init__(
        self,
        place: Place,
        settings: Settings,
        *,
        durability: str = "batched",
        limits: Limits | None = None,
        wait: float = 0.0,
        opened: Shared[Reader] | None = None,
    ) -> None:
        """``opened``: the file as somebody has it open, taken for this; it is read there if it is as it was."""
        self.name = place.name
        self._place, self._settings, self._durability = place, settings, durability
        self._limits, self._patience = limits or LIMITS, max(wait, _PATIENCE)
        self._begin()
        self._shared: Shared[Reader] | None = opened
        fork.watch(self, FileLedger._begin)
        try:
            if durability not in DURABILITIES:
                raise ConfigError(f"durability {durability!r}: strict, batched or none")
            self._open()
        except BaseException:
            self._let_go()
            raise

    def _begin(self) -> None:
        """As new, also in a child of a fork."""
        self._lock = threading.RLock()
        self._appender: Appender | None = None
        self._refused: StorageError | None = None
        self._keeper: Keeper | None = None
        self._reader: Reader | None = None
        self._shared = None
        self._mark: Hashable = None
        self._seen = (-1, 0)  # generation of the appender, groups of its journal in ``_new``
        self._new: dict[str, list[Event]] = {}
        self._old: dict[str, list[tuple[int, SegmentReader, int]]] | None = None
        self._looked_up: dict[str, list[tuple[int, SegmentReader, int]]] = {}
        self._of_segments: dict[tuple[str, int, Extent], list[tuple[str, int, int]]] = {}
        self._touched, self._is_closed, self._has_turn = math.inf, False, False
        self.syncer = Syncer(self._sync)

    def _open(self) -> None:
        """To write, if that is possible; or else to read."""
        if self._place.far:
            self._refused = StorageError(
                f"{self.name}: is far away; fetch it, write to that file, then publish it"
            )
            self._reading()
            return
        try:
            self._appender = Appender(self._place, self._patience)
        except StorageError as error:
            self._refused = error
            self._reading()

    # Writing

    def append(self, events: Sequence[tuple[str, bytes]], *, guard: Callable[[], None] | None = None) -> int:
        records = [_packed(scope, body) for scope, body in events]
        with self._lock:
            appender = self._writable()
            target = appender.take()
            self._has_turn = True  # nobody else writes: what there is is known
            try:
                if guard is not None:
                    guard()
                if not records:
                    return appender.next_event
                first = appender.write(target, records, len(records))
            finally:
                self._has_turn = False
                appender.release()
            if self._seen[0] == appender.generation:
                self._wrote(appender, first, events)
            number, journal = self.syncer.wrote(), appender.journal
            self._touched = time.monotonic()
            is_due = self._limits.is_reached(journal, journal.groups[-1].following - appender.record.events)
        if self._durability == "strict":
            self.syncer.wait(number)
        if self._keeper is None:
            self._keep()
        else:
            self._keeper.wrote()
        if is_due:
            self.fold()
        return first

    def _wrote(self, appender: Appender, first: int, events: Sequence[tuple[str, bytes]]) -> None:
        """Who reads along need not parse what was written here."""
        groups = len(appender.journal.groups)
        if self._seen == (appender.generation, groups - 1):
            for number, (scope, body) in enumerate(events, first):
                self._new.setdefault(scope, []).append(Event(scope, number, bytes(body)))
            self._seen = appender.generation, groups

    def _writable(self) -> Appender:
        """The appender of a file whose last commit older releases refuse to cut."""
        if self._is_closed:
            self._check_open()
        self.syncer.check()
        appender = self._appender
        if appender is None:
            if self._refused is not None:
                raise self._refused
            self._open()
            return self._writable()
        if appender.record.format <= OLDEST:
            folding.renew(self._place, self._settings, wait=self._patience)
            appender.refresh()
        return appender

    def _keep(self) -> None:
        """Have a thread for what is done later, if anything is."""
        if self._durability == "batched" or self._limits.idle < math.inf:
            self._keeper = Keeper(self, syncs=self._durability == "batched")
            self._keeper.wrote()

    def fold(self) -> CommitReport:
        """Make a commit of all that is in the journal. Others who write to the file wait meanwhile."""
        with self._lock:
            self._check_open()
            self._touched = math.inf
            return folding.fold(self._place, self._settings, wait=self._patience)

    def idle_for(self) -> float:
        """Seconds until it is to be folded for being idle."""
        return self._touched + self._limits.idle - time.monotonic()

    def fold_idle(self) -> None:
        """Fold what has been idle long enough."""
        with self._lock:
            if not self._is_closed and self.idle_for() <= 0:
                self.fold()

    def _sync(self) -> None:
        appender = self._appender
        if appender is not None:
            end, generation = appender.end, appender.generation
            appender.sync(end, generation)

    def sync(self) -> None:
        self.syncer.all()

    # Reading

    def events(self, scope: str, after: int = -1) -> Iterator[Event]:
        with self._lock:
            self._check_open()
            self._bring_up()
            found = list[Event]()
            # Of those that the last commit or an earlier one has, a reader that is up to date wants none.
            known = self._appender.record if self._appender is not None else self._reading().record
            own = self._of_scope(scope) if after + 1 < known.events else ()
            for place, (_, segment, ordinal) in enumerate(own):
                if place + 1 < len(own) and own[place + 1][0] <= after + 1:
                    continue
                stored = segment.catalogue.document(ordinal)
                data = segment.text(stored.start, stored.start + stored.document.size)
                found += (each for each in events_of(scope, data) if each.number > after)
            new = self._new.get(scope, [])
            found += new[bisect_right(new, after, key=_number) :]
        return iter(found)

    def scopes(self) -> Sequence[str]:
        with self._lock:
            self._check_open()
            self._bring_up()
            firsts = {scope: own[0][0] for scope, own in self._folded().items()}
            for scope, events in self._new.items():
                firsts.setdefault(scope, events[0].number)
        return sorted(firsts, key=firsts.__getitem__)

    def _bring_up(self) -> None:
        """Take in what others wrote, folded or not."""
        if self._appender is None and self._refused is None:
            self._open()
        if self._appender is None:
            self._take_in(self._reading())
            return
        appender = self._appender
        if not self._has_turn:
            appender.refresh()
        if appender.generation != self._seen[0]:
            self._forget()
        groups = appender.journal.groups
        self._index(groups[self._seen[1] :])
        self._seen = appender.generation, len(groups)

    def _take_in(self, reader: Reader) -> None:
        """As ``_bring_up``, of a file that is read alone."""
        if self._seen[0] != id(reader):
            self._new = {}
            journal = reader.media.journal
            self._index(journal.groups if journal is not None else [])
            self._seen = id(reader), 0

    def _index(self, groups: Sequence[Group]) -> None:
        for group in groups:
            for event in events_among(group.records):
                self._new.setdefault(event.scope, []).append(event)

    def _forget(self) -> None:
        self._new, self._seen, self._old, self._looked_up = {}, (-1, 0), None, {}
        if self._reader is not None:
            self._let_go()

    def _let_go(self) -> None:
        """Close the file as it is read, or leave it to whoever else has it open."""
        shared, self._shared = self._shared, None
        reader, self._reader = self._reader, None
        if shared is not None:
            shared.release()
        elif reader is not None:
            reader.close()

    def _reading(self) -> Reader:
        """The file as it is read, opened again when it may have changed and nobody here writes to it."""
        mark = self._place.mark()
        if self._appender is None and self._reader is not None and mark != self._mark:
            self._forget()
        if self._reader is None and self._shared is not None:
            found, appender = self._shared.item, self._appender
            if appender is not None and found.record == appender.record and not found.waiting.count:
                self._reader, self._mark = found, mark
            else:
                self._let_go()
        if self._reader is None:
            self._mark = mark
            cache = self._settings.read.cache or CACHE
            self._reader = read_opened(self._place.open, cache, journal=False)
        return self._reader

    def _of_scope(self, scope: str) -> Sequence[tuple[int, SegmentReader, int]]:
        """Of one scope what ``_folded`` has of all, and without a look into every commit for it."""
        if self._old is not None:
            return self._old.get(scope, ())
        found = self._looked_up.get(scope)
        if found is None:
            number, found = scope_hash(scope), []
            for segment in self._reading().likely([number]):
                for ordinal in segment.catalogue.hashed(number) if segment.documents else ():
                    first = number_of(scope, segment.catalogue.document(ordinal).document.uri)
                    if first is not None and (segment.dead is None or not segment.dead[ordinal]):
                        found.append((first, segment, ordinal))
            found.sort(key=lambda each: each[0])
            self._looked_up[scope] = found
        return found

    def _folded(self) -> dict[str, list[tuple[int, SegmentReader, int]]]:
        """Where the documents stand that were made of each scope's events, by their first numbers."""
        if self._old is None:
            made = defaultdict[str, list[tuple[int, SegmentReader, int]]](list)
            for segment in self._reading().segments:
                for scope, first, ordinal in self._in_segment(segment) if segment.documents else ():
                    if segment.dead is None or not segment.dead[ordinal]:
                        made[scope].append((first, segment, ordinal))
            self._old = {scope: sorted(own, key=lambda each: each[0]) for scope, own in made.items()}
        return self._old

    def _in_segment(self, segment: SegmentReader) -> list[tuple[str, int, int]]:
        """Those of a segment, dropped ones too. Segments never change, so each is looked through once."""
        key = (segment.record.file, segment.record.commit, segment.record.catalogue)
        found = self._of_segments.get(key)
        if found is None:
            told = segment.catalogue.described(DESCRIBED)
            found = [(match[1].decode(), int(match[2]), ordinal) for ordinal, match in told]
            self._of_segments[key] = found
        return found

    # The end

    def _check_open(self) -> None:
        if self._is_closed:
            raise Closed(f"{self.name}: {_CLOSED}")

    def close(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.close()
        try:
            if self._durability != "none" and self.syncer.is_dirty:
                self.syncer.all()
        finally:
            with self._lock:
                self._forget()
                self._let_go()
                if self._appender is not None:
                    self._appender.close()
                    self._appender = None

    def __enter__(self) -> FileLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _packed(scope: str, body: bytes) -> bytes:
    if not is_scope(scope):
        raise ConfigError(f"scope {scope[:80]!r}: 1 to 64 of the letters 0-9A-Za-z_-")
    if len(body) > MAX_EVENT:
        raise ConfigError(
            f"an event of {len(body):,} bytes: {MAX_EVENT:,} are the most; store it as a document"
        )
    return pack_event(scope, body)
