"""What runs need of a memory file: events by scope, appended together or not at all; and such a ledger in RAM.

``Memory.ledger`` gives the one that is stored in the file.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from memcodec.agents.runs.identity import is_content

MOST_BODY = 1 << 20  #: bytes of an event's body


class EventLike(Protocol):
    """An event as a ledger gives it: its scope, its number, which is never given twice in a file, its body."""

    @property
    def scope(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class Ledger(Protocol):
    """Events of a memory file. For many threads, and for many processes at one file."""

    def append(self, events: Sequence[tuple[str, bytes]], *, guard: Callable[[], None] | None = None) -> int:
        """Write all (scope, body), or none; the number of the first. ``guard`` runs under the file's lock, after
        ``events`` has been brought up to date; what it raises leaves everything as it was.
        """
        ...

    def events(self, scope: str, after: int = -1) -> Iterator[EventLike]:
        """The events of a scope beyond a number, in order."""
        ...

    def scopes(self) -> Sequence[str]:
        """Every scope, in the order of its first event."""
        ...

    def sync(self) -> None:
        """Everything that was appended is on stable storage when this returns."""
        ...

    def close(self) -> None: ...


class Kept(NamedTuple):
    """An event of ``Scratch``."""

    scope: str
    number: int
    body: bytes


class Scratch:
    """A ledger in RAM: what a replay writes goes there, and is gone with it. Contents are read from ``behind``, too."""

    def __init__(self, behind: Ledger | None = None) -> None:
        self._behind = behind
        self._scopes: dict[str, list[Kept]] = {}
        self._numbers = itertools.count()
        self._lock = threading.RLock()

    def append(self, events: Sequence[tuple[str, bytes]], *, guard: Callable[[], None] | None = None) -> int:
        """As ``Ledger`` has it."""
        with self._lock:
            if guard is not None:
                guard()
            made = [Kept(scope, next(self._numbers), body) for scope, body in events]
            for each in made:
                self._scopes.setdefault(each.scope, []).append(each)
            return made[0].number if made else -1

    def events(self, scope: str, after: int = -1) -> Iterator[EventLike]:
        """As ``Ledger`` has it."""
        with self._lock:
            found = self._scopes.get(scope, [])
            if not found and self._behind is not None and is_content(scope):
                return self._behind.events(scope, after)
            start = len(found)
            while start and found[start - 1].number > after:
                start -= 1
            return iter(found[start:])

    def scopes(self) -> Sequence[str]:
        """As ``Ledger`` has it."""
        with self._lock:
            return list(self._scopes)

    def sync(self) -> None:
        """Nothing here outlives the process."""

    def close(self) -> None:
        """Nothing is held but memory."""
