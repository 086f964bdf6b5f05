"""What was read lately, within a bound of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable


class Cache:
    """Recently used bytes by key, at most ``limit`` of them. For many threads."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> bytes | None:
        """What is held under a key, if it is still here."""
        with self._lock:
            if (found := self._held.get(key)) is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, data: bytes) -> None:
        """Hold ``data``, dropping what was not used for longest."""
        with self._lock:
            if key not in self._held:
                self._size += len(data)
                self._held[key] = data
            while self._size > self._limit and self._held:
                self._size -= len(self._held.popitem(last=False)[1])
