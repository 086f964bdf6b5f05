"""Files in RAM: bytes somebody has, and a file that is made, grows and is read there."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import NoReturn

from memcodec.errors import ConfigError, StorageError
from memcodec.process import fork
from memcodec.storage.adapter import AdaptedSource, flat, unnamed
from memcodec.storage.contract import BytesLike, Source, Target


class Buffer:
    """Bytes as the least that a source is made of. What nobody may change is not copied."""

    def __init__(self, data: BytesLike) -> None:
        self._data = flat(data)
        self.size = len(self._data)

    def __reduce__(self) -> tuple[type[Buffer], tuple[bytes]]:
        return Buffer, (bytes(self._data),)

    def get_bytes(self, offset: int, length: int) -> memoryview:
        return self._data[offset : offset + length]


class _Growing:
    """The bytes that a writer goes on appending to, as many as there are now. They are copied: he may cut them."""

    def __init__(self, data: bytearray) -> None:
        self._data, self.size = data, len(data)

    def get_bytes(self, offset: int, length: int) -> memoryview:
        return memoryview(self._data[offset : offset + length]).toreadonly()


class MemorySource(AdaptedSource):
    """Reads from bytes."""

    def __init__(self, data: BytesLike, name: str = "<memory>") -> None:
        super().__init__(Buffer(data), name)


class MemoryTarget:
    """Appends to a buffer in memory, which is visible at once."""

    def __init__(self, data: bytes | bytearray = b"", name: str = "<memory>") -> None:
        self.name = name
        self._data = data if isinstance(data, bytearray) else bytearray(data)

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def published(self) -> bool:
        return True

    def append(self, data: BytesLike) -> int:
        offset = len(self._data)
        self._data += data
        return offset

    def patch(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > len(self._data):
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        self._data[offset : offset + len(data)] = data

    def cut(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise StorageError(f"{self.name}: cannot be cut to {size} bytes: it has {self.size}")
        del self._data[size:]

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._data[offset : offset + length])

    def sync(self) -> None:
        """Memory is as stable as it gets."""

    def publish(self) -> None:
        """Always visible."""

    def source(self) -> Source:
        return AdaptedSource(_Growing(self._data), self.name)

    def close(self) -> None:
        """Nothing to release."""


class RamFile:
    """A file in RAM: a place to create a memory in, to open it from, and to take its bytes out of.

    Many threads may read it while one writes. A child of a fork has a copy of its own.
    """

    far, path = False, None

    def __init__(self, name: str | None = None) -> None:
        self.name = name or unnamed("ram")
        self._content: bytearray | None = None
        self._published = 0  # times
        self._lock = threading.Lock()
        fork.watch(self, RamFile._in_child)

    def _in_child(self) -> None:
        self._lock = threading.Lock()

    def __reduce__(self) -> NoReturn:
        raise ConfigError(
            f"{self.name}: exists in this process only; save it to a file, and open that in the other"
        )

    @property
    def key(self) -> Hashable:
        return id(self)

    def to_bytes(self) -> bytes:
        """What the file holds. Raises StorageError before its first commit."""
        return bytes(self._there())

    def open(self) -> Source:
        return AdaptedSource(_Growing(self._there()), self.name)

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        if not locked:
            self._acquire(0.0)
        if self._content is not None and not replace:
            if not locked:
                self._lock.release()
            raise StorageError(f"{self.name}: exists already; use `force=True` to replace it")
        return RamTarget(self, bytearray(), None if locked else self._lock)

    def reopen(self, *, wait: float = 0.0) -> Target:
        self._acquire(wait)
        try:
            return RamTarget(self, self._there(), self._lock)
        except BaseException:
            self._lock.release()
            raise

    def mark(self) -> Hashable | None:
        return self._published

    def holds(self, content: bytearray) -> bool:
        """Whether that is what is read here."""
        return self._content is content

    def take(self, content: bytearray) -> None:
        """Be this from now on; whoever reads what was there before goes on reading that."""
        self._content, self._published = content, self._published + 1

    def _there(self) -> bytearray:
        if self._content is None:
            raise StorageError(f"{self.name}: nothing was committed to it yet")
        return self._content

    def _acquire(self, wait: float) -> None:
        if not self._lock.acquire(timeout=min(max(0.0, wait), threading.TIMEOUT_MAX)):
            raise StorageError(f"{self.name}: another writer is at it; try again later, or wait for it")


class RamTarget(MemoryTarget):
    """Appends to a file in RAM, alone: a new one is seen when it is published. Releases ``lock`` when it is closed."""

    def __init__(self, file: RamFile, content: bytearray, lock: threading.Lock | None) -> None:
        super().__init__(content, file.name)
        self._file, self._lock = file, lock

    @property
    def published(self) -> bool:
        return self._file.holds(self._data)

    def publish(self) -> None:
        self._file.take(self._data)

    def close(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
