"""What a place to read from and a place to append to must offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Source(Protocol):
    """Random reads over bytes that do not change under the reader."""

    name: str
    size: int
    far: bool  #: whether every read may take a round trip over a network

    def get_bytes(self, offset: int, length: int) -> memoryview:
        """Exactly ``length`` bytes from ``offset``. Raises StorageError when they are not all there."""

    def view(self, offset: int, length: int) -> memoryview:
        """As ``get_bytes``, but not copied where that can be: for bytes of a commit, which nobody ever cuts off."""

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Bring (offset, length) spans here that are read soon: in one round trip from afar; what is near is not."""

    def close(self) -> None:
        """Release the file."""


class Target(Protocol):
    """A file that only grows: no committed byte changes, but those that state the recording's length."""

    name: str
    size: int

    def append(self, data: bytes | bytearray | memoryview) -> int:
        """Write at the end; returns the offset the data begins at. Raises StorageError."""

    def patch(self, offset: int, data: bytes) -> None:
        """Write over bytes appended before: for the container's stated length alone. Raises StorageError."""

    def cut(self, size: int) -> None:
        """Keep the first ``size`` bytes alone: for what follows the last commit. Raises StorageError."""

    def read(self, offset: int, length: int) -> bytes:
        """Bytes appended before. Unlike ``source``, maps nothing into memory."""

    def sync(self) -> None:
        """Return when everything appended is on stable storage."""

    def publish(self) -> None:
        """Make a new file visible under its name (nothing to do for one that is). Called after each commit."""

    def source(self) -> Source:
        """Read what was written so far."""

    def close(self) -> None:
        """Release the file; one that was never published leaves nothing behind."""
