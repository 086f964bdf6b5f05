"""A file in memory: for tests, yours and ours."""

from __future__ import annotations

from collections.abc import Iterable

from memcodec.errors import StorageError
from memcodec.storage.contract import Source


class MemorySource:
    """Reads from bytes."""

    far = False

    def __init__(self, data: bytes | bytearray | memoryview, name: str = "<memory>") -> None:
        self.name = name
        self._data = memoryview(bytes(data))
        self.size = len(self._data)

    def get_bytes(self, offset: int, length: int) -> memoryview:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{length} lie outside its {self.size} bytes")
        return self._data[offset : offset + length]

    def view(self, offset: int, length: int) -> memoryview:
        return self.get_bytes(offset, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Nothing: all of it is near."""

    def close(self) -> None:
        """Nothing to release."""


class MemoryTarget:
    """Appends to a buffer in memory."""

    def __init__(self, data: bytes = b"", name: str = "<memory>") -> None:
        self.name = name
        self._data = bytearray(data)

    @property
    def size(self) -> int:
        return len(self._data)

    def append(self, data: bytes | bytearray | memoryview) -> int:
        offset = len(self._data)
        self._data += data
        return offset

    def patch(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > len(self._data):
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        self._data[offset : offset + len(data)] = data

    def cut(self, size: int) -> None:
        if not 0 <= size <= len(self._data):
            raise StorageError(f"{self.name}: cannot be cut to {size} bytes: it has {self.size}")
        del self._data[size:]

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._data[offset : offset + length])

    def sync(self) -> None:
        """Memory is as stable as it gets."""

    def publish(self) -> None:
        """Always visible."""

    def source(self) -> Source:
        return MemorySource(self._data, self.name)

    def close(self) -> None:
        """Nothing to release."""
