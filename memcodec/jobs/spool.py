"""Finished batches that are not in the memory file yet: one file each, so that a crash loses none of them.

A file is one line of JSON (the spans, the model, the checksum), filled with blanks to 4,096 bytes or a multiple, and
the vectors: float32, little-endian, by rows. It has its name only once it is on stable storage.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import google_crc32c
import numpy as np
import numpy.typing as npt

from memcodec.errors import StorageError
from memcodec.storage.descriptors import open_file, sync, sync_folder

if TYPE_CHECKING:
    from memcodec.upkeep.index import ChunkRun

Vectors = npt.NDArray[np.float32]
_PAGE = 4096
_LONGEST = 1 << 22  # bytes of a first line
_SUFFIX = ".vectors"


class Spool:
    """The finished batches of one job and one model, in a folder of their own. Raises StorageError."""

    def __init__(self, folder: Path, model: str) -> None:
        self.folder, self.model = folder, model
        self._batches: dict[Path, list[ChunkRun]] = {}
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in sorted(folder.iterdir()):
                spans = _spans(path, model)
                if spans is None:
                    path.unlink()  # half-written, or another model's
                else:
                    self._batches[path] = spans
        except OSError as error:
            raise _refused(folder, error) from error

    @property
    def spans(self) -> list[ChunkRun]:
        """What is there."""
        return [span for spans in self._batches.values() for span in spans]

    def add(self, spans: Sequence[ChunkRun], vectors: Vectors) -> None:
        """Keep a batch: vectors of shape (chunks of all spans, dimensions). On stable storage when it returns."""
        data = np.ascontiguousarray(vectors, "<f4")
        said = json.dumps(
            {
                "spans": [asdict(span) for span in spans],
                "model": self.model,
                "dimensions": data.shape[1],
                "crc32c": google_crc32c.value(data.tobytes()),
            }
        ).encode()
        name = hashlib.sha256(said).hexdigest()[:32] + _SUFFIX
        head = said.ljust(-(-(len(said) + 1) // _PAGE) * _PAGE - 1) + b"\n"
        try:
            _write(self.folder / name, head, data)
        except OSError as error:
            raise _refused(self.folder, error) from error
        self._batches[self.folder / name] = list(spans)

    def results(self) -> Iterator[tuple[ChunkRun, Vectors]]:
        """Every span with its vectors, which are mapped and not loaded. A damaged batch is dropped and made again."""
        for path, spans in list(self._batches.items()):
            vectors = _vectors(path)
            if vectors is None or len(vectors) != sum(span.chunks for span in spans):
                del vectors  # Windows removes no file that is mapped
                self._drop([path])
                continue
            at = 0
            for span in spans:
                yield span, vectors[at : at + span.chunks]
                at += span.chunks

    def clear(self) -> None:
        """Drop every batch: they are in the memory file, or of no use."""
        self._drop(list(self._batches))

    def _drop(self, paths: Iterable[Path]) -> None:
        for path in paths:
            del self._batches[path]
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _write(path: Path, head: bytes, data: Vectors) -> None:
    scratch = path.with_suffix(".new")
    fd = open_file(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(head)
        file.write(data.data)
        file.flush()
        sync(file.fileno())
    scratch.replace(path)
    sync_folder(path.parent)


def _spans(path: Path, model: str) -> list[ChunkRun] | None:
    """The spans of a batch; None when it is none, or of another model."""
    from memcodec.upkeep.index import ChunkRun

    if path.suffix != _SUFFIX:
        return None
    try:
        with path.open("rb") as file:
            said = json.loads(file.readline(_LONGEST))
        return [ChunkRun(**each) for each in said["spans"]] if said["model"] == model else None
    except (ValueError, KeyError, TypeError):
        return None


def _vectors(path: Path) -> Vectors | None:
    """The vectors of a batch, mapped; None when they are not what was written."""
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST)
        said = json.loads(line)
        rows = sum(each["chunks"] for each in said["spans"])
        made = np.memmap(path, "<f4", "r", len(line), (rows, said["dimensions"]))
        return made if google_crc32c.value(made.tobytes()) == said["crc32c"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refused(folder: Path, error: OSError) -> StorageError:
    return StorageError(f"{folder}: cannot keep what was made: {error.strerror or error}; free some space")
