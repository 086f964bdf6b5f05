"""What a caller gives, as the place it means: the one module that tells paths, URLs, bytes and objects apart.

So it alone decides what is far away. Everybody else asks the place, or the source that it opens.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TypeGuard, cast

from memcodec.errors import ConfigError, StorageError
from memcodec.model import FilePath
from memcodec.storage import urls
from memcodec.storage.adapter import SourcePlace, unnamed
from memcodec.storage.bucket.url import SCHEMES
from memcodec.storage.contract import BinaryFile, Place, PlaceLike, Readable, Source, Target
from memcodec.storage.fileobject import FilePlace
from memcodec.storage.local import LocalSource, LocalTarget
from memcodec.storage.ram import Buffer
from memcodec.storage.remote.source import RemoteSource, SpanCache, Transport

__all__ = [
    "LocalPlace",
    "RemotePlace",
    "check_apart",
    "each_place",
    "local_path",
    "open_source",
    "place_of",
    "transport_for",
]


def place_of(given: PlaceLike, spans: SpanCache | None = None) -> Place:
    """The place that ``given`` means: a path, a URL, bytes, a binary file object, or an object that gives bytes.

    A place is itself. ``spans`` keeps what one far away sends for later runs. Raises TypeError for anything else.
    """
    if isinstance(given, str) and urls.is_url(given):
        return RemotePlace(given, spans)
    if isinstance(given, str | os.PathLike):
        return LocalPlace(given)
    if isinstance(given, bytes | bytearray | memoryview):
        return SourcePlace(Buffer(given), unnamed("bytes"))
    if isinstance(given, Place):
        return given
    if isinstance(given, Readable):
        return SourcePlace(given)
    if isinstance(given, BinaryFile):
        return FilePlace(given)
    raise TypeError(
        f"{type(given).__name__}: cannot hold a memory file; give a path, a URL, bytes, a binary file object, or an"
        " object with get_bytes(offset, length) and size"
    )


def each_place(given: PlaceLike | Iterable[PlaceLike], spans: SpanCache | None = None) -> list[Place]:
    """The place that is given, or all of them. Raises as ``place_of``."""
    if _is_one(given):
        return [place_of(given, spans)]
    return [place_of(each, spans) for each in cast("Iterable[PlaceLike]", given)]


def _is_one(given: PlaceLike | Iterable[PlaceLike]) -> TypeGuard[PlaceLike]:
    """Bytes and file objects can be gone through, too, and mean one place all the same."""
    known = str, os.PathLike, bytes, bytearray, memoryview, Place, Readable, BinaryFile
    return isinstance(given, known) or not isinstance(given, Iterable)


def open_source(given: PlaceLike, spans: SpanCache | None = None) -> Source:
    """Read what lies at a place.

    Raises StorageError for one that cannot be read, ConfigError for what means none, MissingExtra for an object store
    without its client.
    """
    return place_of(given, spans).open()


def local_path(place: Place) -> Path:
    """The path of a file on this machine. Raises StorageError for anything else."""
    if place.far:
        raise StorageError(f"{place.name}: is far away; fetch it, change that file, then publish it")
    if place.path is None:
        raise StorageError(f"{place.name}: is not a file on this machine's disk; save it to one first")
    return place.path


def check_apart(act: str, out: Place, *inputs: Place) -> None:
    """Raises ConfigError when what is to be written is one of the inputs."""
    if any(out.key == each.key for each in inputs):
        raise ConfigError(f"{out.name}: {act} never overwrites its input; name another file")


class LocalPlace:
    """A path on this machine."""

    far = False

    def __init__(self, given: FilePath) -> None:
        self.name, self.path = os.fspath(given), Path(given)

    @property
    def key(self) -> Hashable:
        try:
            found = self.path.stat()
        except (OSError, ValueError):
            return os.path.realpath(self.path)
        return found.st_dev, found.st_ino

    def open(self) -> Source:
        return LocalSource(self.name)

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        return LocalTarget.create(self.name, replace=replace, locked=locked)

    def reopen(self, *, wait: float = 0.0) -> Target:
        return LocalTarget.reopen(self.name, wait=wait)

    def mark(self) -> Hashable | None:
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0, 0  # what cannot be seen is not as it was
        return found.st_ino, found.st_size, found.st_mtime_ns


class RemotePlace:
    """A URL: of a web server, or of an object in a bucket."""

    far, path = True, None

    def __init__(self, url: str, spans: SpanCache | None = None) -> None:
        self.name, self._url, self._spans = urls.shown(url), url, spans

    @property
    def key(self) -> Hashable:
        return self._url

    def open(self) -> RemoteSource:
        return RemoteSource(transport_for(self._url), cache=self._spans)

    def create(self, *, replace: bool = False, locked: bool = False) -> Target:
        from memcodec.storage.bucket import target

        return target.create(self._url, replace=replace)

    def reopen(self, *, wait: float = 0.0) -> Target:
        from memcodec.storage.bucket import target

        return target.reopen(self._url, wait=wait)

    def mark(self) -> None:
        """A request is what tells: see ``Source.changed``."""


def transport_for(url: str) -> Transport:
    """The way to the file that a URL names. Raises as ``open_source``."""
    scheme = urls.parse(url).scheme
    if scheme in ("http", "https"):
        from memcodec.storage.http.transport import HttpTransport

        return HttpTransport(url)
    if scheme == "s3":
        from memcodec.storage.bucket.signed import S3Transport

        return S3Transport(url)
    if scheme in SCHEMES:
        from memcodec.storage.bucket.store import StoreTransport

        return StoreTransport(url)
    raise ConfigError(f"{urls.shown(url)}: {scheme}: is not supported; use https, http, s3, gs or az")
