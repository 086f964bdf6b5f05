"""Documents back to files, byte for byte, and never outside the folder asked for.

A file takes a document's name when all of it is on the disk; what the name stood for is there until then. One that
cannot be written stops no other.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from memcodec.errors import NotRestored, StorageError
from memcodec.file.filter import Filter, choose
from memcodec.file.paths import plan
from memcodec.file.reader import FoundDocument, Reader
from memcodec.file.segment import SegmentReader
from memcodec.format.block import BLOCK_SIZE
from memcodec.format.documents import Stored
from memcodec.ingest.item import nanoseconds_of
from memcodec.model import Document, Loss, Progress, Rights, silent
from memcodec.storage import LocalTarget
from memcodec.storage.attributes import close_as, folder_mode, granted_by
from memcodec.storage.disks import sync_folders

_ABREAST = 64  # files that are written before they are synced, each with a descriptor or two
_MANY_ABREAST, _DESCRIPTORS = 256, 1024  # the same where a process may have so many descriptors
_UNSYNCED = 64 << 20  # bytes, the same


class Unwritten(NamedTuple):
    """A document that could not be written to ``path``, and why, in one line that names the path."""

    document: Document
    path: Path
    reason: str


@dataclass(slots=True)
class RestoreReport:
    """What ``restore`` did: the files written, their bytes, and the documents that are damaged, or were not written.

    ``identical`` files were there already, byte for byte, and were left alone.
    """

    files: list[tuple[Document, Path]] = field(default_factory=list)
    identical: list[tuple[Document, Path]] = field(default_factory=list)
    bytes: int = 0
    losses: list[Loss] = field(default_factory=list)
    unwritten: list[Unwritten] = field(default_factory=list)


def restore(
    reader: Reader,
    folder: Path,
    only: Filter | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> RestoreReport:
    """Write documents (all, or those that a filter takes) below ``folder``.

    A document is written whole, its SHA-256 checked, or not at all; its file has the times and permissions of the
    one it came from, or else the document's time, and is open to nobody whom the memory file is closed to. A file that
    has those bytes already is left alone. Raises NotFound when the filter takes none; and NotRestored, a
    StorageError, at the end, when there were files in the way (and not ``force``), or a path that cannot be written.
    """
    chosen = destinations(reader, only)
    paths = {found.document.id: path for found, path in chosen}
    total = sum(found.stored.length for found, _ in chosen)
    report, done, tell = RestoreReport(), 0, progress or silent
    if folder.exists() and not folder.is_dir():
        raise StorageError(f"{folder}: is a file; name a folder to restore into")
    with closing(_Writing(folder, granted_by(reader.source), report, force=force)) as writing:
        for stored, data, lost in read_documents(reader, lambda stored: stored.document.id in paths):
            if data is None:
                report.losses.append(Loss(stored.document, tuple(lost)))
                continue
            writing.write(paths[stored.document.id], data, stored.document)
            done += stored.length
            tell("restore", done, total)
        writing.finish()
    if report.unwritten:
        raise NotRestored(_refusal(folder, report), report)
    return report


def destinations(reader: Reader, only: Filter | None = None) -> list[tuple[FoundDocument, Path]]:
    """Documents (all, or those that a filter takes), each with the path of its file below a folder.

    A file is called the same whichever documents are chosen. Raises NotFound when the filter takes none.
    """
    every = list(reader.documents())
    paths = plan([_name(found.document) for found in every])
    wanted = {found.document.id for found in (choose(reader, only) if only else every)}
    return [each for each in zip(every, paths, strict=True) if each[0].document.id in wanted]


def time_of(document: Document) -> int:
    """The time of a document's file, in nanoseconds since 1970: of the one it came from, or else the document's."""
    return nanoseconds_of(document.time) if document.mtime is None else document.mtime


def _refusal(folder: Path, report: RestoreReport) -> str:
    count, first = len(report.unwritten), report.unwritten[0].reason
    total = len(report.files) + len(report.identical) + len(report.losses) + count
    return first if total == 1 else f"{folder}: {count:,} of {total:,} documents were not written: {first}"


def _name(document: Document) -> str:
    """What a document's file is called: text that was taken out of a file does not pass for that file."""
    return f"{document.uri}.txt" if document.extracted and document.original is None else document.uri


def read_documents(
    reader: Reader, wanted: Callable[[Stored], bool]
) -> Iterator[tuple[Stored, bytes | None, list[tuple[int, int]]]]:
    """Every wanted document with its bytes, checked by hash; or with None and the byte ranges that are lost.

    Its bytes are the original's when that is kept, those of its text otherwise.
    """
    for stored, data, lost in read_whole(reader, wanted):
        has_original = data is not None and stored.document.original is not None
        yield stored, data[stored.document.size :] if data is not None and has_original else data, lost


def read_whole(
    reader: Reader, wanted: Callable[[Stored], bool]
) -> Iterator[tuple[Stored, bytes | None, list[tuple[int, int]]]]:
    """As ``read_documents``, with the bytes of its text and, behind them, those of the original when that is kept."""
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
    view, size, original = memoryview(data), stored.document.size, stored.document.original
    right = hashlib.sha256(view[:size]).hexdigest() == stored.document.sha256
    if original is not None:
        right = right and hashlib.sha256(view[size:]).hexdigest() == original.sha256
    return stored, data if right else None, []


def _is_identical(path: Path, data: bytes) -> bool:
    """Whether a file is there that holds just these bytes."""
    try:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


class _Begun(NamedTuple):
    """A file that is written and has no name yet."""

    document: Document
    path: Path
    target: LocalTarget
    size: int


def _abreast() -> int:
    if sys.platform == "win32":
        return _ABREAST
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MANY_ABREAST if limit >= _DESCRIPTORS or limit == resource.RLIM_INFINITY else _ABREAST


class _Writing:
    """Files below a folder, many at once: a disk syncs many in little more time than one.

    ``report`` is told what came of each. Every file is synced before it takes its name, and the names at the end.
    """

    def __init__(self, folder: Path, rights: Rights | None, report: RestoreReport, *, force: bool) -> None:
        self._folder, self._rights, self._report, self._force = folder, rights, report, force
        self._begun = list[_Begun]()
        self._checked = set[Path]()  # folders that are there, and inside
        self._most = _abreast()
        self._named = set[Path]()  # folders with new names

    def write(self, name: Path, data: bytes, document: Document) -> None:
        """Write a document; it may take its name later."""
        path = self._folder / name
        with self._noted(document, path):
            self._make(path)
            if _is_identical(path, data):
                self._report.identical.append((document, path))
                return
            target = LocalTarget.create(path, replace=self._force, follow=False)
            begun = _Begun(document, path, target, len(data))
            try:
                close_as(target, [self._rights])
                target.append(data)
                target.date(time_of(document))
                if document.mode is not None:
                    target.permit(document.mode)
            except BaseException:
                target.close()
                raise
            self._begun.append(begun)
        if len(self._begun) == self._most or sum(each.size for each in self._begun) >= _UNSYNCED:
            self.settle()

    def settle(self) -> None:
        """Give all that is written its name."""
        synced = self._synced()
        for each in synced:
            with self._noted(each.document, each.path):
                each.target.appear()
                self._report.files.append((each.document, each.path))
                self._report.bytes += each.size
        self.close()
        self._named |= {each.path.parent for each in synced}

    def _synced(self) -> list[_Begun]:
        """What is begun and on stable storage now."""
        with suppress(StorageError):
            LocalTarget.sync_all([each.target for each in self._begun])
            return self._begun
        synced = list[_Begun]()
        for each in self._begun:  # which of them it was
            with self._noted(each.document, each.path):
                each.target.sync()
                synced.append(each)
        return synced

    def finish(self) -> None:
        """After the last one: everything has its name, for good."""
        self.settle()
        try:
            sync_folders(self._named)
        except OSError as error:
            where = error.filename or self._folder
            raise StorageError(f"{where}: cannot write: {error.strerror or error}") from error

    def close(self) -> None:
        """Drop what has no name."""
        begun, self._begun = self._begun, []
        for each in begun:
            each.target.close()

    @contextmanager
    def _noted(self, document: Document, path: Path) -> Iterator[None]:
        """One that cannot be written stops no other."""
        try:
            yield
        except StorageError as error:
            self._report.unwritten.append(Unwritten(document, path, str(error)))

    def _make(self, path: Path) -> None:
        """The folders that a file is to lie in; no link may be in its place, or lead out on the way."""
        try:
            for place in reversed(path.relative_to(self._folder).parents):
                self._enter(self._folder / place)
            if path.is_symlink():
                raise StorageError(f"{path}: is a link; restore into an empty folder")
        except (OSError, RuntimeError) as error:  # the latter of links in a circle
            raise StorageError(
                f"{path}: cannot write: {getattr(error, 'strerror', None) or error}"
            ) from error

    def _enter(self, folder: Path) -> None:
        if folder in self._checked:
            return
        folder.mkdir(folder_mode(self._rights), parents=folder == self._folder, exist_ok=True)
        if not folder.resolve().is_relative_to(self._folder.resolve()):
            raise StorageError(
                f"{folder}: leads out of {self._folder} through a link; restore into an empty folder"
            )
        self._checked.add(folder)
