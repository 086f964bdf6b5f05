"""What was read lately, within a bound of bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """Recently used values by key: at most ``limit`` bytes, of which each takes ``size``. For many threads."""

    def __init__(self, limit: int, size: Callable[[T], int]) -> None:
        self._limit, self._size, self._taken = limit, size, 0
        self._held: dict[Hashable, tuple[T, int]] = {}  # what was not used for longest first
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """What is held under a key, if it is still here."""
        with self._lock:
            found = self._held.pop(key, None)
            if found is None:
                return None
            self._held[key] = found
        return found[0]

    def put(self, key: Hashable, value: T) -> None:
        """Hold a value, dropping what was not used for longest; none that there is no room for."""
        size = self._size(value)
        with self._lock:
            self._taken -= self._held.pop(key, (None, 0))[1]
            if size <= self._limit:
                self._held[key] = value, size
                self._taken += size
            while self._taken > self._limit:
                self._taken -= self._held.pop(next(iter(self._held)))[1]
