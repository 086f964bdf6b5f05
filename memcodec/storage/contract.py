"""What a place to read from and a place to append to must offer, and the least that is made into one.

The rooms above name these and no class. A wrapper around a source is a source, around a target a target, around a place
a place: so what stands between the format and its bytes composes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from memcodec.model import FilePath

if TYPE_CHECKING:
    from memcodec.storage.remote.log import RequestLog

BytesLike = bytes | bytearray | memoryview


class Source(Protocol):
    """Random reads over bytes that do not change under the reader, from many threads at once.

    It may also have ``rights``: those of a file of this machine (``attributes.granted_by``).
    """

    @property
    def name(self) -> str:
        """For people: never a credential in it."""

    @property
    def size(self) -> int: ...

    @property
    def far(self) -> bool:
        """Whether every read may take a round trip over a network."""

    @property
    def requests(self) -> RequestLog | None:
        """What was asked of a place far away; None for one that is near."""

    def get_bytes(self, offset: int, length: int) -> memoryview:
        """Exactly ``length`` bytes from ``offset``. Raises StorageError when they are not all there."""

    def view(self, offset: int, length: int) -> memoryview:
        """As ``get_bytes``, but not copied where that can be: for bytes of a commit, which nobody ever cuts off."""

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Bring (offset, length) spans here that are read soon: in one round trip from afar; what is near is not."""

    def changed(self) -> bool:
        """Whether its place may hold other bytes by now: from afar one small request, near always True."""

    def close(self) -> None:
        """Release the file; nothing is read after that."""


class Target(Protocol):
    """A file that only grows: no committed byte changes, but those that state the recording's length.

    One whose file has rights may also be ``attributes.Restrictable``.
    """

    @property
    def name(self) -> str:
        """For people: never a credential in it."""

    @property
    def size(self) -> int: ...

    @property
    def published(self) -> bool:
        """Whether the file is there under its name."""

    def append(self, data: BytesLike) -> int:
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


@runtime_checkable
class Place(Protocol):
    """Where a memory file lies or is to lie. It costs nothing: reading and writing begin with its methods."""

    @property
    def name(self) -> str:
        """For people: never a credential in it."""

    @property
    def far(self) -> bool:
        """Whether it is reached over a network."""

    @property
    def path(self) -> Path | None:
        """The file's path on this machine; None for what is no such file."""

    @property
    def key(self) -> Hashable:
        """The same for two names of one file."""

    def open(self) -> Source:
        """Read what is there. Raises StorageError."""

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        """Begin a new file; one that is there is refused, or with ``replace`` kept until the new one is published.

        ``locked``: the caller holds the old one's lock, by ``reopen``. Raises StorageError.
        """

    def reopen(self, *, wait: float = 0.0) -> Target:
        """Continue the file at its end, alone; another writer is waited for, ``wait`` seconds. Raises StorageError."""

    def mark(self) -> Hashable | None:
        """Another value when other bytes are there; None where only an open source can tell (``Source.changed``)."""


@runtime_checkable
class Readable(Protocol):
    """The least to read from. It may also have ``name``, ``far``, ``rights``, ``view``, ``prefetch``, ``changed``."""

    @property
    def size(self) -> int: ...

    def get_bytes(self, offset: int, length: int) -> BytesLike:
        """``length`` bytes from ``offset``. Asked from several threads at once."""


@runtime_checkable
class BinaryFile(Protocol):
    """A file object of bytes. To be written to, it also has ``write``, ``truncate`` and ``flush``."""

    def seek(self, offset: int, whence: int = ..., /) -> int: ...
    def read(self, size: int = ..., /) -> bytes: ...


PlaceLike = FilePath | BytesLike | BinaryFile | Readable | Place  #: what ``storage.open.place_of`` knows
