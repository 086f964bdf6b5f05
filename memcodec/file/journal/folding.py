"""Folding: what stands in a file's journal becomes one commit, with media, parity and index like any other."""

from __future__ import annotations

import contextlib

from memcodec.config.settings import Settings
from memcodec.file.writer import Writer
from memcodec.format.commit import CommitRecord
from memcodec.model import CommitReport, Progress
from memcodec.storage import PlaceLike


def fold(
    place: PlaceLike, settings: Settings, *, wait: float = 0.0, progress: Progress | None = None
) -> CommitReport:
    """Fold a file's journal; the report is false when there was nothing in it. Raises StorageError, Damaged."""
    with contextlib.closing(
        Writer.append(place, settings, wait=wait, progress=progress, fold=False)
    ) as writing:
        return writing.report(writing.fold())


def renew(place: PlaceLike, settings: Settings, *, wait: float) -> CommitRecord:
    """Write an empty commit: from then on older releases, which know no journal, refuse the file."""
    with contextlib.closing(Writer.append(place, settings, wait=wait)) as writing:
        return writing.renew()
