"""A file as it would be with more behind it: its own bytes are read where they are, the new ones are kept in memory."""

from __future__ import annotations

from memcodec.errors import StorageError
from memcodec.storage.adapter import AdaptedSource
from memcodec.storage.attributes import granted_by
from memcodec.storage.contract import BytesLike, Source


class _Layers:
    """What a ``LayeredTarget`` holds, as many bytes as there are now."""

    def __init__(self, below: Source, depth: int, above: bytearray, patches: dict[int, bytes]) -> None:
        self._below, self._depth, self._above, self._patches = below, depth, above, dict(patches)
        self.size, self.far, self.rights = depth + len(above), below.far, granted_by(below)

    def get_bytes(self, offset: int, length: int) -> bytes:
        own = max(0, min(offset + length, self._depth) - offset)
        begin = max(0, offset - self._depth)
        made = bytearray(self._below.get_bytes(offset, own) if own else b"")
        made += self._above[begin : begin + length - own]
        for place, data in self._patches.items():
            first, last = max(place, offset), min(place + len(data), offset + length)
            if first < last:
                made[first - offset : last - offset] = data[first - place : last - place]
        return bytes(made)


class LayeredTarget:
    """Appends to the first ``depth`` bytes of a file, which stays what it is."""

    published = True

    def __init__(self, below: Source, depth: int) -> None:
        self.name, self._below, self._depth = below.name, below, depth
        self._above, self._patches = bytearray(), dict[int, bytes]()

    @property
    def size(self) -> int:
        return self._depth + len(self._above)

    def append(self, data: BytesLike) -> int:
        offset = self.size
        self._above += data
        return offset

    def patch(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        self._patches[offset] = data

    def cut(self, size: int) -> None:
        if not self._depth <= size <= self.size:
            raise StorageError(f"{self.name}: cannot be cut to {size} bytes here")
        del self._above[size - self._depth :]

    def read(self, offset: int, length: int) -> bytes:
        return self._layers().get_bytes(offset, length)

    def _layers(self) -> _Layers:
        return _Layers(self._below, self._depth, self._above, self._patches)

    def sync(self) -> None:
        """Memory is as stable as it gets."""

    def publish(self) -> None:
        """It has its name."""

    def source(self) -> Source:
        return AdaptedSource(self._layers(), self.name)

    def close(self) -> None:
        """What lies below is its caller's."""
