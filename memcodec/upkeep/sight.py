"""Vectors for the pictures of a file that a model has not seen: those whose originals were kept."""

from __future__ import annotations

import contextlib
from pathlib import Path

from memcodec.config.settings import Settings
from memcodec.file.commit import CommitWriter
from memcodec.file.pictures import pack
from memcodec.file.reader import Reader
from memcodec.file.sight import see
from memcodec.file.writer import Writer
from memcodec.format.commit import CommitRecord, PicturesRecord
from memcodec.ingest.item import Item
from memcodec.model import FilePath, Progress, silent
from memcodec.models import clip


def index_pictures(
    file: FilePath, folder: str, notes: list[str], *, wait: float = 0.0, progress: Progress | None = None
) -> int:
    """Let the model in ``folder`` see what it has not seen, in one commit; returns how many pictures.

    What other models saw goes. Pictures that do not decode are told in ``notes``. Raises ModelError, MissingExtra.
    """
    model = clip.load(folder).model
    with contextlib.closing(Writer.append(Path(file), Settings(), wait=wait)) as writing:
        before = writing.before
        assert before is not None, "an opened file has a commit"
        new = see(folder, _unseen(before, model), notes, progress or silent)
        if not new:
            return 0
        old = [
            record
            for record, part in zip(before.record.pictures, before.pictures, strict=True)
            if part.model == model
        ]

        def write(writer: CommitWriter) -> CommitRecord:
            placed = [PicturesRecord(len(each.documents), writer.blob(pack(each))) for each in new]
            indexes = [run.record for run in before.indexes]
            return writer.seal(writer.entry("index"), indexes, [*old, *placed])

        writing.write(write)
        return sum(len(each.documents) for each in new)


def _unseen(reader: Reader, model: str) -> list[tuple[str, Item]]:
    """The pictures in the state, by their ids."""
    seen = {name for part in reader.pictures if part.model == model for name in part.documents}
    return [
        (found.document.id, found.segment.item(found.stored))
        for found in reader.documents()
        if found.document.type == "image"
        and found.document.original is not None
        and found.document.id not in seen
    ]
