"""What other processes do in the tests of compaction. Imports no test framework: they begin in a blink."""

from __future__ import annotations

from multiprocessing.synchronize import Event

import memcodec


def compact_it(path: str) -> None:
    memcodec.open(path).compact()


def append_when_it_may(path: str, ready: Event) -> None:
    """Wait for the lock, then add a document."""
    ready.set()
    with memcodec.open(path, wait=60) as memory:
        memory.add("a word from the one who waited", uri="waited")
