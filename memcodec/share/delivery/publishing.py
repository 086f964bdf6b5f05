"""A memory file of this machine into a bucket: whole under its name or not at all, and compared when it is there."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from memcodec.errors import Damaged, StorageError
from memcodec.file.reader import Reader
from memcodec.model import Progress
from memcodec.storage import LocalSource, Source, lock
from memcodec.storage.bucket.account import ObjectUrl, extra, store_of
from memcodec.storage.bucket.transport import reason
from memcodec.storage.open import OBJECTS, open_source, place_of
from memcodec.storage.urls import parse

WINDOW = 16 << 20  #: bytes read back at once
_PIECE = 1 << 20
_ABREAST = 1  # requests under way: a request has but so many seconds
_TYPES = {".mp4": "video/mp4", ".flac": "audio/flac"}
_ANY = "application/octet-stream"  # RFC 2046, 4.5.1
CHANGES = "no-cache"  #: RFC 9111, 5.2.2.4: caches ask whether there is a newer version
FOR_EVER = "public, max-age=31536000, immutable"  #: RFC 8246: a year


@dataclass(frozen=True, slots=True)
class Published:
    """An object that was made: ``resumed`` of its bytes were there already.

    ``verified``: "etag", the place's MD5 of every part is the file's; "sha256", it was read back and compared.
    """

    url: str
    size: int
    resumed: int
    verified: str
    content_type: str


def publish(
    file: Path,
    url: str,
    *,
    force: bool = False,
    immutable: bool = False,
    part: int | None = None,
    progress: Progress | None = None,
) -> Published:
    """Upload a memory file to ``s3://``, ``gs://`` or ``az://``, up to the end of its last commit, and compare it.

    Nobody writes to ``file`` meanwhile. ``immutable`` says that this name will never hold another version, so that
    caches may keep it. ``part``: bytes of a part, by default what suits. To S3, an interrupted run is gone on with by
    the next. Raises StorageError (there is an object and not ``force``; the place says no), Damaged when what is there
    is not what was sent.
    """
    place, tell = _place(url), progress or (lambda stage, done, total: None)
    with _held(file), contextlib.closing(Reader(LocalSource(file))) as reader:
        kind = next((_TYPES[each] for each in reader.codec.suffixes if each in _TYPES), _ANY)
        made = _Made(place, reader.source, reader.end, kind, FOR_EVER if immutable else CHANGES)
        return _to_s3(made, force, part, tell) if place.scheme == "s3" else _to_store(made, force, tell)


class _Made(NamedTuple):
    """What becomes an object: so many bytes of a source, of that media type and caching."""

    place: ObjectUrl
    source: Source
    size: int
    kind: str
    caching: str

    def published(self, verified: str, resumed: int = 0) -> Published:
        return Published(self.place.name, self.size, resumed, verified, self.kind)


def _place(url: str) -> ObjectUrl:
    if not place_of(url).far:
        raise StorageError(f"{url}: is no bucket's URL; write s3://BUCKET/NAME, or copy the file with cp")
    found = parse(url)
    if found.scheme not in OBJECTS:
        raise StorageError(
            f"{found}: a web server takes no uploads; copy the file to the server's folder (scp, rsync), or publish it"
            " to s3://, gs:// or az://"
        )
    return ObjectUrl.parse(url)


@contextlib.contextmanager
def _held(file: Path) -> Iterator[None]:
    """No commit changes the file while it is sent."""
    try:
        fd = lock.open_locked(file, 0.0, os.O_RDONLY)
    except OSError as error:
        raise StorageError(f"{file}: cannot read: {error.strerror or error}") from error
    try:
        yield
    finally:
        os.close(fd)


def _to_s3(made: _Made, force: bool, part: int | None, tell: Progress) -> Published:
    from memcodec.storage.bucket.resumable import ResumableUpload, part_size

    headers = {"ContentType": made.kind, "CacheControl": made.caching}
    upload = ResumableUpload(made.place, made.source, made.size, part or part_size(made.size), headers)
    with contextlib.closing(upload):
        if upload.replaces is not None and not force:
            raise _exists(made.place)
        upload.run(tell)
        if upload.is_there:
            return made.published("etag", upload.resumed)
    # A bucket that encrypts with its own keys has other ETags.
    _compare(made, tell)
    return made.published("sha256", upload.resumed)


def _to_store(made: _Made, force: bool, tell: Progress) -> Published:
    with extra():
        import obstore
        from obstore import exceptions

    store, _ = store_of(made.place)
    headers = {"Content-Type": made.kind, "Cache-Control": made.caching}
    try:
        if not force:
            with contextlib.suppress(FileNotFoundError):
                obstore.head(store, made.place.key)
                raise _exists(made.place)
        obstore.put(store, made.place.key, _pieces(made, tell), attributes=headers, max_concurrency=_ABREAST)
    except exceptions.BaseError as error:
        status = {exceptions.PermissionDeniedError: 403, exceptions.UnauthenticatedError: 401}.get(
            type(error), 0
        )
        raise StorageError(f"{made.place.name}: {reason(status, str(error))}") from None
    _compare(made, tell)
    return made.published("sha256")


def _pieces(made: _Made, tell: Progress) -> Iterator[bytes]:
    for at in range(0, made.size, _PIECE):
        tell("publish", at, made.size)
        yield bytes(made.source.get_bytes(at, min(_PIECE, made.size - at)))


def _exists(place: ObjectUrl) -> StorageError:
    return StorageError(f"{place.name}: exists already; use --force to replace it")


def _compare(made: _Made, tell: Progress) -> None:
    """Read the object back, all of it, and compare it with the file. Raises Damaged."""
    with contextlib.closing(open_source(made.place.name)) as found:
        same = found.size == made.size and _sha256(found, made.size, tell) == _sha256(made.source, made.size)
    if not same:
        raise Damaged(f"{made.place.name}: what is there is not what was sent; publish it again with --force")


def _sha256(source: Source, size: int, tell: Progress | None = None) -> bytes:
    found = hashlib.sha256()
    for at in range(0, size, WINDOW):
        found.update(source.get_bytes(at, min(WINDOW, size - at)))
        if tell is not None:
            tell("compare", min(at + WINDOW, size), size)
    return found.digest()
