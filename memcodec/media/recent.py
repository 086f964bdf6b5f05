"""Journals that this process read lately. One that only grew since is known already, but for what came.

Who writes a note opens the file for it, and a journal of a thousand notes would be read, proven and parsed a thousand
times. What is known is taken over only where the file has the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from memcodec.process.fork import ModuleLock

if TYPE_CHECKING:
    from memcodec.media.journal import Journal

MOST = 4 << 20  #: bytes of a journal that is kept
KEPT = 8  #: journals

_lock = ModuleLock()
_known: dict[tuple[bytes, int], Known] = {}  # what was not used for longest first


@dataclass(frozen=True, slots=True)
class Known:
    """A journal's bytes from its beginning on, and what they say. ``memo``: what others made of it."""

    data: bytes
    journal: Journal
    memo: dict[str, Any] = field(default_factory=dict)


def recall(journal: Journal, data: memoryview) -> Known | None:
    """What is known of an empty journal at whose place this stands, if it begins with what is known."""
    key = journal.link, journal.start
    with _lock:
        found = _known.pop(key, None)
        if found is None:
            return None
        _known[key] = found
    return found if len(data) >= len(found.data) and bytes(data[: len(found.data)]) == found.data else None


def remember(link: bytes, journal: Journal, data: memoryview, memo: dict[str, Any]) -> None:
    """Keep one as it is now. ``link``: of its first group; ``data``: its bytes."""
    if len(data) > MOST:
        return
    made = Known(bytes(data), journal.copy(), memo)
    with _lock:
        _known.pop((link, journal.start), None)
        _known[link, journal.start] = made
        while len(_known) > KEPT:
            del _known[next(iter(_known))]
