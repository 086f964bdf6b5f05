"""What several threads use and nobody may close under them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Something open, with how many use it: its maker, and all who took it. The last to let it go closes it.

    Who takes it makes sure that its maker still has it.
    """

    def __init__(self, item: T, close: Callable[[T], None]) -> None:
        self.item, self._close = item, close
        self._users, self._lock = 1, threading.Lock()

    def take(self) -> Shared[T]:
        """One user more, who calls ``release``."""
        with self._lock:
            self._users += 1
        return self

    def release(self) -> None:
        """One user less."""
        with self._lock:
            self._users -= 1
            is_last = not self._users
        if is_last:
            self._close(self.item)
