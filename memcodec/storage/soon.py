"""Files whose bytes are to be on stable storage soon: a thread syncs them, so that who wrote need not wait."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time

from memcodec.process import fork
from memcodec.storage.descriptors import sync_data

AFTER = 0.05  #: seconds; the sync itself takes some more


class _Soon:
    """Descriptors that wait for their sync, each closed after it."""

    def __init__(self) -> None:
        self._lock, self._waiting = threading.Lock(), list[int]()
        self._is_running = False
        fork.watch(self, _Soon._in_child)
        atexit.register(self.finish)

    def _in_child(self) -> None:
        """They are the parent's to sync."""
        for fd in self._waiting:
            with contextlib.suppress(OSError):
                os.close(fd)
        self._lock, self._waiting, self._is_running = threading.Lock(), [], False

    def add(self, fd: int) -> None:
        """Take a descriptor over."""
        with self._lock:
            self._waiting.append(fd)
            if self._is_running:
                return
            self._is_running = True
        threading.Thread(target=self._run, name="sync", daemon=True).start()

    def _run(self) -> None:
        time.sleep(AFTER)
        self.finish()

    def finish(self) -> None:
        """Sync all that waits."""
        with self._lock:
            waiting, self._waiting, self._is_running = self._waiting, [], False
        for fd in waiting:
            with contextlib.suppress(OSError):  # whoever writes next hears of a disk that fails
                sync_data(fd)
            os.close(fd)


SOON = _Soon()
