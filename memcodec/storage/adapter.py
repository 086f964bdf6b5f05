"""A full source made of the least: something that has a size and gives bytes. What it says is checked, every time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, TypeVar

from memcodec.errors import ConfigError, MemcodecError, StorageError
from memcodec.model import Rights
from memcodec.storage.contract import BytesLike, Readable, Source, Target

if TYPE_CHECKING:
    from memcodec.storage.remote.log import RequestLog

T = TypeVar("T")

_NUMBERS = itertools.count(1)


def unnamed(kind: str) -> str:
    """A name for what has none, another one each time."""
    return f"<{kind} {next(_NUMBERS)}>"


class AdaptedSource:
    """Reads through ``inner``, which stays its caller's: ``close`` ends this reading alone.

    What ``inner`` lacks has a default: ``view`` is ``get_bytes``, ``prefetch`` does nothing. Whatever it raises, or
    gives instead of the bytes asked for, is a StorageError here.
    """

    def __init__(self, inner: Readable, name: str) -> None:
        self.name, self._inner = name, inner
        self.far = bool(getattr(inner, "far", False))
        self.size = self._asked(lambda: inner.size)
        if type(self.size) is not int or self.size < 0:
            raise ConfigError(f"{name}: its size is {self.size!r}, no number of bytes; give it as an int")

    @property
    def requests(self) -> RequestLog | None:
        return getattr(self._inner, "requests", None)

    @property
    def rights(self) -> Rights | None:
        found = getattr(self._inner, "rights", None)
        return found if isinstance(found, Rights) else None

    def get_bytes(self, offset: int, length: int) -> memoryview:
        return self._read(self._inner.get_bytes, offset, length)

    def view(self, offset: int, length: int) -> memoryview:
        view = getattr(self._inner, "view", None)
        return self._read(view, offset, length) if view is not None else self.get_bytes(offset, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        prefetch = getattr(self._inner, "prefetch", None)
        if prefetch is not None:
            inside = ((max(0, start), min(start + length, self.size)) for start, length in spans)
            wanted = [(start, end - start) for start, end in inside if start < end]
            self._asked(lambda: prefetch(wanted))

    def changed(self) -> bool:
        changed = getattr(self._inner, "changed", None)
        return bool(self._asked(changed)) if changed is not None else True

    def close(self) -> None:
        self.size = 0

    def _read(self, read: Callable[[int, int], BytesLike], offset: int, length: int) -> memoryview:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{length} lie outside its {self.size} bytes")
        if not length:
            return memoryview(b"")
        data = self._asked(lambda: flat(read(offset, length)))
        if len(data) != length:
            raise StorageError(
                f"{self.name}: gave {len(data)} of the {length} bytes at {offset}: it was cut, or its size is wrong;"
                " open it again"
            )
        return data

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except MemcodecError:
            raise
        except Exception as error:  # it is others' code
            raise StorageError(f"{self.name}: cannot read: {_words(error)}") from error


def flat(data: BytesLike) -> memoryview:
    """Bytes as they are now: copied unless nobody may change them. Raises TypeError for anything else."""
    view = memoryview(data)
    return (view if view.readonly and view.c_contiguous else memoryview(bytes(view))).cast("B")


def _words(error: Exception) -> str:
    told = str(getattr(error, "strerror", None) or error).partition("\n")[0]
    return told or type(error).__name__


class SourcePlace:
    """A place that is only read: bytes, or an object that gives some."""

    path = None

    def __init__(self, inner: Readable, name: str | None = None) -> None:
        own = getattr(inner, "name", None)
        self.name = name or (own if isinstance(own, str) and own else unnamed(type(inner).__name__))
        self.far = bool(getattr(inner, "far", False))
        self._inner = inner

    @property
    def key(self) -> Hashable:
        return id(self._inner)

    def open(self) -> Source:
        return AdaptedSource(self._inner, self.name)

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        raise self._refusal()

    def reopen(self, *, wait: float = 0.0) -> Target:
        raise self._refusal()

    def _refusal(self) -> StorageError:
        return StorageError(f"{self.name}: can only be read; save the memory elsewhere and change it there")

    def mark(self) -> Hashable | None:
        return None if self.far else self.open().size
