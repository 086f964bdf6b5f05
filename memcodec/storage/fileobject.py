"""File objects: a source as one, for other libraries; and one that the caller has, as a place to read and write.

A file object has one position, which all who use it move: they take turns, however often it is given.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import weakref
from collections.abc import Hashable, Iterator
from typing import Any, NoReturn

from memcodec.errors import ConfigError, StorageError
from memcodec.model import Rights
from memcodec.process import fork
from memcodec.storage.adapter import AdaptedSource, unnamed
from memcodec.storage.attributes import rights_of
from memcodec.storage.contract import BinaryFile, BytesLike, Source, Target


class SourceFile(io.RawIOBase):
    """Reads a source front to back, or from wherever it is sought to."""

    def __init__(self, source: Source) -> None:
        self._source, self._place = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._source.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._source.size - self._place)
        size = left if size < 0 else min(size, left)
        data = bytes(self._source.get_bytes(self._place, size))
        self._place += size
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Shared:
    """What all who use one file object share. After a fork nobody does: parent and child would move one position."""

    def __init__(self) -> None:
        self._position = threading.RLock()
        self.writer = threading.Lock()
        self.published = 0  # times
        self._is_parents = False
        fork.watch(self, _Shared._in_child)

    def _in_child(self) -> None:
        self.writer, self._is_parents = threading.Lock(), True

    @property
    def position(self) -> threading.RLock:
        """For who moves it."""
        if self._is_parents:
            raise OSError(
                "it is shared with the process that this one was forked from; open the file again here"
            )
        return self._position


_SHARED: weakref.WeakKeyDictionary[object, _Shared] = weakref.WeakKeyDictionary()
_LOOKING = fork.ModuleLock()


def _shared(file: object) -> _Shared:
    with _LOOKING:
        try:
            return _SHARED.setdefault(file, _Shared())
        except TypeError:  # it can be no key: then it is shared by nobody
            return _Shared()


class _File:
    """A file object's bytes by their offset, one caller at a time."""

    def __init__(self, file: Any, shared: _Shared) -> None:
        self.file, self.shared = file, shared

    @property
    def size(self) -> int:
        with self.shared.position:
            self.file.seek(0, io.SEEK_END)
            return int(self.file.tell())

    @property
    def rights(self) -> Rights | None:
        try:
            return rights_of(self.file.fileno())
        except (AttributeError, OSError, ValueError):  # it lies on no disk
            return None

    def get_bytes(self, offset: int, length: int) -> bytes:
        """As many of them as there are."""
        pieces = []
        with self.shared.position:
            self.file.seek(offset)
            while length and (piece := self.file.read(length)):
                pieces.append(piece)
                length -= len(piece)
        return b"".join(pieces)

    def write(self, offset: int, data: BytesLike) -> None:
        view = memoryview(data).cast("B")
        with self.shared.position:
            self.file.seek(offset)
            while len(view):
                if not (written := self.file.write(view)):
                    raise OSError("it takes no more bytes")
                view = view[written:]

    def truncate(self, size: int) -> None:
        with self.shared.position:
            self.file.truncate(size)

    def sync(self) -> None:
        with self.shared.position:
            self.file.flush()
            with contextlib.suppress(io.UnsupportedOperation, AttributeError):  # it lies on no disk
                os.fsync(self.file.fileno())


class FilePlace:
    """A file object that the caller has opened and closes, from its first byte to its last."""

    far, path = False, None

    def __init__(self, file: BinaryFile) -> None:
        own = getattr(file, "name", None)
        self.name = own if isinstance(own, str) and own else unnamed("file")
        if isinstance(file, io.TextIOBase):
            raise ConfigError(f"{self.name}: is opened as text; open it in binary mode")
        self._file = _File(file, _shared(file))

    def __reduce__(self) -> NoReturn:
        raise ConfigError(f"{self.name}: is a file object of this process; give the other its path")

    @property
    def key(self) -> Hashable:
        return id(self._file.file)

    def open(self) -> Source:
        self._check("readable", "rb")
        return AdaptedSource(self._file, self.name)

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        with _refused(self.name, "create"):
            size = self._file.size
        if size:
            raise StorageError(
                f"{self.name}: holds {size} bytes, and a file object is not replaced; empty it or give another"
            )
        return self._target(0.0, published=False)

    def reopen(self, *, wait: float = 0.0) -> Target:
        return self._target(wait, published=True)

    def _target(self, wait: float, *, published: bool) -> FileTarget:
        mode = getattr(self._file.file, "mode", "")
        if isinstance(mode, str) and "a" in mode:
            raise StorageError(f"{self.name}: is opened to write at its end alone; open it in mode r+b")
        self._check("readable", "r+b")
        self._check("writable", "r+b")
        if not self._file.shared.writer.acquire(timeout=max(0.0, wait)):
            raise StorageError(f"{self.name}: another writer is at it; try again later, or wait for it")
        try:
            return FileTarget(self._file, self.name, published=published)
        except BaseException:
            self._file.shared.writer.release()
            raise

    def _check(self, ability: str, mode: str) -> None:
        able = getattr(self._file.file, ability, None)
        with _refused(self.name, "use it"):
            if able is not None and not able():
                raise StorageError(f"{self.name}: is not {ability}; open it in mode {mode}")

    def mark(self) -> Hashable | None:
        with _refused(self.name, "read"):
            return self._file.shared.published, self._file.size


class FileTarget:
    """Appends to a file object, alone. What is written is there at once; not published, it goes with ``close``."""

    def __init__(self, file: _File, name: str, *, published: bool) -> None:
        self.name, self.published = name, published
        self._file, self._is_open = file, True
        with _refused(name, "write"):
            self.size = file.size

    def append(self, data: BytesLike) -> int:
        offset = self.size
        self.size += memoryview(data).nbytes  # when it fails, too: ``cut`` takes back what of it is there
        with _refused(self.name, "write"):
            self._file.write(offset, data)
        return offset

    def patch(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        with _refused(self.name, "write"):
            self._file.write(offset, data)

    def cut(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise StorageError(f"{self.name}: cannot be cut to {size} bytes: it has {self.size}")
        with _refused(self.name, "write"):
            self._file.truncate(size)
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        with _refused(self.name, "read"):
            return self._file.get_bytes(offset, length)

    def sync(self) -> None:
        with _refused(self.name, "write"):
            self._file.sync()

    def publish(self) -> None:
        self.sync()
        self.published = True
        self._file.shared.published += 1

    def source(self) -> Source:
        return AdaptedSource(self._file, self.name)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            with contextlib.suppress(StorageError):
                if not self.published and self.size:
                    self.cut(0)
            self._file.shared.writer.release()


@contextlib.contextmanager
def _refused(name: str, what: str) -> Iterator[None]:
    """Turn what a file object raises into one line: of the system, or that it is closed or was opened otherwise."""
    try:
        yield
    except (OSError, ValueError, AttributeError) as error:
        why = getattr(error, "strerror", None) or error
        raise StorageError(f"{name}: cannot {what}: {why}") from error
