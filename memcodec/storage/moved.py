"""A file whose bytes another program moved, read as if they were where they had been."""

from __future__ import annotations

from collections.abc import Iterable

from memcodec.errors import StorageError
from memcodec.model import Rights
from memcodec.storage.attributes import granted_by
from memcodec.storage.contract import Source


class MovedSource:
    """Reads another source, byte ``n`` from its byte ``n + moved``. It is that source's owner.

    ``moved`` is negative where bytes before were taken out: those that are not there any more are zeros.
    """

    def __init__(self, source: Source, moved: int) -> None:
        self._source, self._moved = source, moved
        self.name, self.far, self.requests = source.name, source.far, source.requests
        self.size = source.size - moved

    @property
    def rights(self) -> Rights | None:
        """Those of the file itself."""
        return granted_by(self._source)

    def get_bytes(self, offset: int, length: int) -> memoryview:
        gone = min(length, max(0, -self._moved - offset))
        if gone <= 0 <= offset:
            return self._source.get_bytes(offset + self._moved, length)
        if offset < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: no {length:,} bytes at {offset:,}; it ends at {self.size:,}")
        rest = self._source.get_bytes(max(0, offset + self._moved), length - gone)
        return memoryview(bytes(gone) + rest)

    def view(self, offset: int, length: int) -> memoryview:
        if offset + self._moved < 0:
            return self.get_bytes(offset, length)
        return self._source.view(offset + self._moved, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        self._source.prefetch(
            [(offset + self._moved, length) for offset, length in spans if offset + self._moved >= 0]
        )

    def changed(self) -> bool:
        return self._source.changed()

    def close(self) -> None:
        self._source.close()
