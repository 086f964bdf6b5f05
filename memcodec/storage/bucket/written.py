"""What a target that goes far away holds so far, as a source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from memcodec.errors import StorageError
from memcodec.storage.contract import Source


class Growing(Protocol):
    """What is read of such a target."""

    name: str
    size: int

    @property
    def untouched(self) -> int:
        """Bytes at the beginning that are as they are in the object it goes on from."""

    def read(self, offset: int, length: int) -> bytes: ...


class Written:
    """The object that ``target`` goes on from, if any, and what is new. Its size is that of this moment."""

    def __init__(self, target: Growing, base: Source | None) -> None:
        self.name, self.size, self.far = target.name, target.size, base is not None
        self.requests = base.requests if base is not None else None
        self._target, self._base = target, base

    def get_bytes(self, offset: int, length: int) -> memoryview:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{length} lie outside its {self.size} bytes")
        if self._base is not None and offset + length <= self._target.untouched:
            return self._base.get_bytes(offset, length)
        return memoryview(self._target.read(offset, length))

    def view(self, offset: int, length: int) -> memoryview:
        return self.get_bytes(offset, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        if self._base is not None:
            self._base.prefetch(spans)

    def changed(self) -> bool:
        return self._base is None or self._base.changed()

    def close(self) -> None:
        """Nothing: the target goes on."""
