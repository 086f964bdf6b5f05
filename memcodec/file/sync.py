"""What it means to mirror: how, what is to be done, and what came of it. ``mirror.py`` finds it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from memcodec.config.settings import Ingest
from memcodec.file.places import FoundDocument
from memcodec.file.recall import Recall
from memcodec.ingest.item import Item
from memcodec.ingest.walk import Skipped
from memcodec.model import Commit, CommitReport, Root


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What ``sync`` did, or with ``dry_run`` would do, to a file; false when there is nothing to do.

    ``new``, ``changed``, ``removed`` and ``kept`` are uris, ``renamed`` pairs of an old one and a new one. ``kept``
    documents stay as they are though their files are there and were not read: they cannot be, or the options leave them
    out. So many files were ``scanned``, ``read`` bytes of them were read. ``size``: bytes of the memory file now.
    ``sources``: what was mirrored.
    """

    file: str
    commit: Commit | None
    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    unchanged: int
    scanned: int
    read: int
    size: int
    notes: tuple[str, ...]
    skipped: Skipped
    sources: tuple[str, ...]
    dry_run: bool

    def __bool__(self) -> bool:
        """Whether anything was to be done."""
        return bool(self.new or self.changed or self.renamed or self.removed)

    @property
    def written(self) -> int:
        """Bytes that the file grew by."""
        return self.commit.size if self.commit is not None else 0


@dataclass(frozen=True, slots=True)
class Rules:
    """How to mirror: what to take from folders, and what may be dropped.

    ``allow_empty``: also all that came from a folder in which there is nothing now. ``delete_excluded``: also documents
    whose files the options leave out.
    """

    options: Ingest
    tags: Mapping[str, str] = field(default_factory=dict)
    root: str | None = None
    allow_empty: bool = False
    delete_excluded: bool = False


@dataclass(slots=True)
class Plan:
    """What to store and what to drop, and what is told of that."""

    fresh: list[Item]
    drop: list[FoundDocument]
    new: list[str]
    changed: list[str]
    renamed: list[tuple[str, str]]
    removed: list[str]
    kept: list[str]
    unchanged: int
    scanned: int
    read: int
    notes: list[str]
    skipped: Skipped
    sources: list[str]
    rows: list[Root]
    recalls: list[Recall]

    def report(self, written: CommitReport, *, dry_run: bool) -> SyncReport:
        """What came of it."""
        return SyncReport(
            written.file,
            written.commit,
            tuple(self.new),
            tuple(self.changed),
            tuple(self.renamed),
            tuple(self.removed),
            tuple(self.kept),
            self.unchanged,
            self.scanned,
            self.read,
            written.size,
            (*self.notes, *written.notes),
            self.skipped,
            tuple(self.sources),
            dry_run,
        )

    def remember(self) -> None:
        """Keep what was learnt of the files, for the next time."""
        rows = [*self.rows, *(item.root for item in self.fresh if item.root is not None)]
        for recall in self.recalls:
            recall.save(rows)
