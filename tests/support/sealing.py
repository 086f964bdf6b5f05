"""A toy that seals: every byte flipped by its offset, as a wrapper of a source, of a target and of a place.

It names no class of ours: what fits around any of them shows that the seam composes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path

from memcodec.storage.contract import BytesLike, Place, Source, Target
from memcodec.storage.remote.log import RequestLog


def flip(data: BytesLike, offset: int) -> bytes:
    mask = bytes((0x5A + at) & 0xFF for at in range(offset, offset + 256)) * (len(data) // 256 + 1)
    flipped = int.from_bytes(data, "little") ^ int.from_bytes(mask[: len(data)], "little")
    return flipped.to_bytes(len(data), "little")


class SealedSource:
    def __init__(self, inner: Source) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def size(self) -> int:
        return self._inner.size

    @property
    def far(self) -> bool:
        return self._inner.far

    @property
    def requests(self) -> RequestLog | None:
        return self._inner.requests

    def get_bytes(self, offset: int, length: int) -> memoryview:
        return memoryview(flip(self._inner.get_bytes(offset, length), offset))

    def view(self, offset: int, length: int) -> memoryview:
        return self.get_bytes(offset, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        self._inner.prefetch(spans)

    def changed(self) -> bool:
        return self._inner.changed()

    def close(self) -> None:
        self._inner.close()


class SealedTarget:
    def __init__(self, inner: Target) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def size(self) -> int:
        return self._inner.size

    @property
    def published(self) -> bool:
        return self._inner.published

    def append(self, data: BytesLike) -> int:
        return self._inner.append(flip(data, self._inner.size))

    def patch(self, offset: int, data: bytes) -> None:
        self._inner.patch(offset, flip(data, offset))

    def cut(self, size: int) -> None:
        self._inner.cut(size)

    def read(self, offset: int, length: int) -> bytes:
        return flip(self._inner.read(offset, length), offset)

    def sync(self) -> None:
        self._inner.sync()

    def publish(self) -> None:
        self._inner.publish()

    def source(self) -> Source:
        return SealedSource(self._inner.source())

    def close(self) -> None:
        self._inner.close()


class SealedPlace:
    def __init__(self, inner: Place) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def far(self) -> bool:
        return self._inner.far

    @property
    def path(self) -> Path | None:
        return None

    @property
    def key(self) -> Hashable:
        return self._inner.key

    def open(self) -> Source:
        return SealedSource(self._inner.open())

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        return SealedTarget(self._inner.create(replace=replace, locked=locked))

    def reopen(self, *, wait: float = 0.0) -> Target:
        return SealedTarget(self._inner.reopen(wait=wait))

    def mark(self) -> Hashable | None:
        return self._inner.mark()
