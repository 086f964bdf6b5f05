"""What was read lately, within a bound of bytes."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from contextlib import suppress

from cachetools import LRUCache


class Cache:
    """Recently used bytes by key, at most ``limit`` of them. For many threads."""

    def __init__(self, limit: int) -> None:
        self._held, self._lock = LRUCache[Hashable, bytes](limit, len), threading.Lock()

    def get(self, key: Hashable) -> bytes | None:
        """What is held under a key, if it is still here."""
        with self._lock:
            return self._held.get(key)

    def put(self, key: Hashable, data: bytes) -> None:
        """Hold ``data``, dropping what was not used for longest."""
        with self._lock, suppress(ValueError):  # more than there is room for
            self._held[key] = data
