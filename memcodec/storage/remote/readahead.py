"""A far source for who reads all of a file: every read brings what lies around it, so that few round trips do."""

from __future__ import annotations

from collections.abc import Iterable

from memcodec.storage.contract import Source

WINDOW = 8 << 20  #: bytes; less than half of what a far source holds, so that it is held when it is read


class ReadAhead:
    """Reads another source, window by window. It is that source's owner."""

    def __init__(self, source: Source, window: int = WINDOW) -> None:
        self._source, self._window = source, window
        self.name, self.size, self.far, self.requests = source.name, source.size, source.far, source.requests

    def get_bytes(self, offset: int, length: int) -> memoryview:
        first = offset // self._window * self._window
        last = -(-(offset + length) // self._window) * self._window
        if length > 0 and last - first <= 2 * self._window:
            self._source.prefetch([(first, last - first)])
        return self._source.get_bytes(offset, length)

    def view(self, offset: int, length: int) -> memoryview:
        return self.get_bytes(offset, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        self._source.prefetch(spans)

    def changed(self) -> bool:
        return self._source.changed()

    def close(self) -> None:
        self._source.close()
