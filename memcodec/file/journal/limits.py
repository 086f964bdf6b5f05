"""When a journal is folded, and what of documents goes into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from memcodec.ingest.item import Item
from memcodec.media.journal import Journal

SMALL = 64 << 10  #: bytes of all texts that are added together
FEW = 256  #: documents that are
_SECTIONS = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """A journal is folded by who writes to it: at so many bytes or records, or after so many seconds at rest."""

    size: int = 1_000_000
    count: int = 10_000
    idle: float = 60.0

    def is_reached(self, journal: Journal, count: int) -> bool:
        """Whether it is to be folded now, with so many records in it."""
        return journal.end - journal.start >= self.size or count >= self.count


LIMITS = Limits()


def is_small(items: Sequence[Item]) -> bool:
    """Whether these are little enough for a journal: some texts, without originals and pictures."""
    sections = sum(len(item.sections) for item in items)
    plain = all(item.original is None and item.type != "image" for item in items)
    return plain and len(items) <= FEW and sections <= _SECTIONS and sum(item.size for item in items) <= SMALL
