"""Documents back to files, byte for byte, and never outside the folder asked for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memcodec.errors import StorageError
from memcodec.file.filter import Filter, choose
from memcodec.file.paths import plan
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.documents import Stored
from memcodec.model import Document, Loss, Progress, silent
from memcodec.storage.descriptors import NOFOLLOW, open_file


@dataclass(slots=True)
class RestoreReport:
    """What ``restore`` did: the files written, their bytes, and the documents that are damaged."""

    files: list[tuple[Document, Path]] = field(default_factory=list)
    bytes: int = 0
    losses: list[Loss] = field(default_factory=list)


def restore(
    reader: Reader,
    folder: Path,
    only: Filter | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> RestoreReport:
    """Write documents (all, or those that a filter takes) below ``folder``.

    A document is written whole and proven by its SHA-256, or not at all. Raises StorageError when a file is in the way,
    NotFound when the filter takes none.
    """
    names = plan([_name(found.document) for found in reader.documents()])
    wanted = {found.document.id for found in (choose(reader, only) if only else reader.documents())}
    total = sum(found.stored.length for found in reader.documents() if found.document.id in wanted)
    report, done, tell = RestoreReport(), 0, progress or silent
    paths = dict(zip((found.document.id for found in reader.documents()), names, strict=True))
    for stored, data, lost in read_documents(reader, lambda stored: stored.document.id in wanted):
        if data is None:
            report.losses.append(Loss(stored.document, tuple(lost)))
            continue
        path = folder / paths[stored.document.id]
        _write(folder, path, data, force=force)
        report.files.append((stored.document, path))
        report.bytes += len(data)
        done += stored.length
        tell("restore", done, total)
    return report


def _name(document: Document) -> str:
    """What a document's file is called: text that was taken out of a file does not pass for that file."""
    return f"{document.uri}.txt" if document.extracted and document.original is None else document.uri


def read_documents(
    reader: Reader, wanted: Callable[[Stored], bool]
) -> Iterator[tuple[Stored, bytes | None, list[tuple[int, int]]]]:
    """Every wanted document with its bytes, proven by hash; or with None and the byte ranges that are lost.

    Its bytes are the original's when that is kept, those of its text otherwise.
    """
    for segment in reader.segments:
        run: list[Stored] = []
        for _, stored in segment.live():
            # Blocks are read on and on through a run: none that holds nothing wanted may lie in it.
            if run and stored.blocks.start > run[-1].blocks.stop:
                yield from _read_run(segment, run)
                run = []
            if wanted(stored):
                run.append(stored)
        if run:
            yield from _read_run(segment, run)


def _read_run(
    segment: SegmentReader, run: Sequence[Stored]
) -> Iterator[tuple[Stored, bytes | None, list[tuple[int, int]]]]:
    """Documents that follow one another, their blocks read in one pass."""
    first = run[0].blocks.start
    blocks = segment.walk(first, max(stored.blocks.stop for stored in run))
    held: list[bytes | None] = []
    for stored in run:
        del held[: stored.blocks.start - first]
        first, count = stored.blocks.start, len(stored.blocks)
        held += [next(blocks, None) for _ in range(count - len(held))]
        yield _cut(stored, held[:count])


def _cut(
    stored: Stored, blocks: Sequence[bytes | None]
) -> tuple[Stored, bytes | None, list[tuple[int, int]]]:
    held = list(zip(stored.blocks, blocks, strict=True))
    if lost := [stored.part_in(number) for number, block in held if block is None]:
        return stored, None, lost
    at = stored.start % BLOCK_SIZE
    data = b"".join(block for block in blocks if block is not None)[at : at + stored.length]
    text, original = data[: stored.document.size], stored.document.original
    right = hashlib.sha256(text).hexdigest() == stored.document.sha256
    if original is None:
        return stored, text if right else None, []
    data = data[stored.document.size :]
    right = right and hashlib.sha256(data).hexdigest() == original.sha256
    return stored, data if right else None, []


def _write(folder: Path, path: Path, data: bytes, *, force: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | NOFOLLOW | (os.O_TRUNC if force else os.O_EXCL)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.resolve().is_relative_to(folder.resolve()):
            raise StorageError(
                f"{path.parent}: leads out of {folder} through a link; restore into an empty folder"
            )
        with os.fdopen(open_file(path, flags), "wb") as file:
            file.write(data)
    except FileExistsError as error:
        raise StorageError(f"{path}: is in the way; restore into an empty folder or use --force") from error
    except OSError as error:
        raise StorageError(f"{path}: cannot write: {error.strerror or error}") from error
