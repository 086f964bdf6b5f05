"""When what was written reaches the disk: at once, shared by all who wait for it, or soon, by a thread of its own."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

from memcodec.errors import MemcodecError, StorageError

SOON = 0.05  #: seconds from a write to its sync in ``batched``; that itself takes some: 100 ms are promised
_REST = 3600.0  # seconds: the longest wait at once
_FAILED = "the disk did not confirm what was written last; check it, and open the file again"


class Syncer:
    """Syncs of one file. ``wrote`` tells of a write, ``wait`` returns when it is on stable storage."""

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._turn = threading.Condition()
        self._written = self._synced = 0
        self._is_running = False
        self._error: StorageError | None = None

    def wrote(self) -> int:
        """A number for ``wait``. Two who write do not call it at the same time: they took turns."""
        self._written += 1
        return self._written

    def check(self) -> None:
        """Raises StorageError when a sync failed: the system may have dropped what it was about."""
        if self._error is not None:
            raise StorageError(f"{self._error}; {_FAILED}")

    @property
    def is_dirty(self) -> bool:
        """Whether something waits for a sync."""
        return self._synced < self._written

    def wait(self, number: int) -> None:
        """Return when the write of that number is on stable storage: one sync serves all who came before it began."""
        while True:
            with self._turn:
                while self._is_running and self._synced < number:
                    self._turn.wait()
                self.check()
                if self._synced >= number:
                    return
                self._is_running, upto = True, self._written
            self._run(upto)

    def _run(self, upto: int) -> None:
        error: StorageError | None = None
        try:
            self._sync()
        except StorageError as caught:
            error = caught
        finally:
            with self._turn:
                self._is_running, self._error = False, self._error or error
                if error is None:
                    self._synced = max(self._synced, upto)
                self._turn.notify_all()

    def all(self) -> None:
        """Return when everything is on stable storage. Raises StorageError."""
        with self._turn:
            number = self._written
        self.wait(number)


class Chores(Protocol):
    """What is done in the background for a ledger."""

    syncer: Syncer

    def idle_for(self) -> float:
        """Seconds until it has been idle long enough to be folded; endless for one that need not be."""

    def fold_idle(self) -> None:
        """Fold it, if it still is."""


class Keeper:
    """The thread of one ledger: it syncs soon after a write, and folds what has been idle. It ends with its owner."""

    def __init__(self, owner: Chores, *, syncs: bool) -> None:
        self._owner, self._syncs = weakref.ref(owner), syncs
        self._wake, self._is_over = threading.Event(), False
        self._is_at_rest = True  # nothing is to be done at any time
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()
        weakref.finalize(owner, self._end).atexit = False

    def wrote(self) -> None:
        """Something was written, as ``idle_for`` says. To wake it costs as much as the write: it is left asleep."""
        if (self._syncs or self._is_at_rest) and not self._wake.is_set():
            self._wake.set()

    def _end(self) -> None:
        self._is_over = True
        self._wake.set()

    def close(self) -> None:
        """Wait for the end of what it does."""
        self._end()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        idle = _REST
        while not self._is_over:
            self._wake.wait(idle)
            owner = self._owner()
            if owner is None or self._is_over:
                return
            if self._wake.is_set():
                self._wake.clear()
                if self._syncs:
                    syncer = owner.syncer
                    del owner
                    time.sleep(SOON)
                    try:
                        syncer.all()
                    except StorageError:
                        return  # the next write tells
                    owner = self._owner()
            elif owner is not None:
                try:
                    owner.fold_idle()
                except MemcodecError:
                    return  # the next one who writes or folds is told
            if owner is None:
                return
            self._is_at_rest = True  # who writes from here on wakes it, or is seen by what follows
            idle = owner.idle_for()
            self._is_at_rest = idle > _REST
            idle = min(_REST, max(0.01, idle))
            del owner
