"""A memory file of this machine into a bucket: whole under its name or not at all, and compared when it is there."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memcodec.errors import Damaged, StorageError
from memcodec.file.reader import Reader
from memcodec.model import Progress
from memcodec.share.delivery.pieces import Parts, part_size
from memcodec.storage import LocalSource, Source, lock
from memcodec.storage.bucket.url import SCHEMES, ObjectUrl
from memcodec.storage.open import open_source, place_of
from memcodec.storage.urls import parse
from memcodec.upkeep.keyless import Outside, outside

if TYPE_CHECKING:
    from memcodec.storage.bucket.upload import Upload

WINDOW = 16 << 20  #: bytes read back at once
_PIECE = 1 << 20
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
    """Upload a memory file to ``s3://``, ``gs://`` or ``az://``, up to the end of its journal, and compare it.

    Nobody writes to ``file`` meanwhile. ``immutable`` says that this name will never hold another version, so that
    caches may keep it. ``part``: bytes of a part, by default what suits. To S3, an interrupted run is gone on with by
    the next. Raises StorageError (there is an object and not ``force``; the place says no), Damaged when what is there
    is not what was sent.
    """
    place, tell = _place(url), progress or (lambda stage, done, total: None)
    with _held(file), _readable(file) as (codec, source, end):
        kind = next((_TYPES[each] for each in codec.suffixes if each in _TYPES), _ANY)
        made = _Made(place, source, end, kind, FOR_EVER if immutable else CHANGES)
        return _to_s3(made, force, part, tell) if place.scheme == "s3" else _to_store(made, force, tell)


@contextlib.contextmanager
def _readable(file: Path) -> Iterator[Outside]:
    """A file that can be published: it is whole at its end. A sealed one needs no key for that."""
    with contextlib.closing(LocalSource(file)) as source:
        if (found := outside(source)) is not None:
            yield found
            return
    with contextlib.closing(Reader(LocalSource(file))) as reader:
        reader.check_unmoved()
        yield Outside(reader.codec, reader.source, reader.version[1])


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
        raise StorageError(f"{url}: is not a bucket's URL; write s3://BUCKET/NAME, or copy the file with cp")
    found = parse(url)
    if found.scheme not in SCHEMES:
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
    from memcodec.storage.bucket.object import BucketObject, settled
    from memcodec.storage.bucket.upload import Upload

    parts = Parts(made.source, made.size, part or part_size(made.size))
    headers = {"ContentType": made.kind, "CacheControl": made.caching}
    with contextlib.closing(BucketObject(made.place)) as bucket:
        old = bucket.head()
        if old is not None and not force:
            raise _exists(made.place)
        with contextlib.closing(Upload.resumed(bucket, headers, parts.is_right)) as upload:
            resumed = sum(map(parts.length, upload.there))
            _send(upload, parts, tell)
            sent = upload.parts()
            settled(
                lambda: bucket.complete(upload.id, sent, old and old.etag), lambda: parts.are(bucket.head())
            )
        proven = parts.are(bucket.head())
    if not proven:  # a bucket that encrypts with its own keys has other ETags
        _compare(made, tell)
    return made.published("etag" if proven else "sha256", resumed)


def _send(upload: Upload, parts: Parts, tell: Progress) -> None:
    """Send what the server has not yet."""
    missing = [number for number in parts.numbers if number not in upload.there]
    done, total = 0, sum(map(parts.length, missing))
    for number in missing:
        tell("publish", done, total)
        upload.send(number, bytes(parts.piece(number)))
        done += parts.length(number)
    tell("publish", total, total)


def _to_store(made: _Made, force: bool, tell: Progress) -> Published:
    from memcodec.storage.bucket import store

    if not force and store.exists(made.place):
        raise _exists(made.place)
    store.put(made.place, _pieces(made, tell), {"Content-Type": made.kind, "Cache-Control": made.caching})
    _compare(made, tell)
    return made.published("sha256")


def _pieces(made: _Made, tell: Progress) -> Iterator[bytes]:
    for at in range(0, made.size, _PIECE):
        tell("publish", at, made.size)
        yield bytes(made.source.get_bytes(at, min(_PIECE, made.size - at)))


def _exists(place: ObjectUrl) -> StorageError:
    return StorageError(f"{place.name}: exists already; use `force=True` to replace it")


def _compare(made: _Made, tell: Progress) -> None:
    """Read the object back, all of it, and compare it with the file. Raises Damaged."""
    with contextlib.closing(open_source(made.place.name)) as found:
        same = found.size == made.size and _sha256(made.source, made.size) == _sha256(found, made.size, tell)
    if not same:
        raise Damaged(
            f"{made.place.name}: the bucket holds something else than was sent; publish it again with `force=True`"
        )


def _sha256(source: Source, size: int, tell: Progress | None = None) -> bytes:
    found = hashlib.sha256()
    for at in range(0, size, WINDOW):
        found.update(source.get_bytes(at, min(WINDOW, size - at)))
        if tell is not None:
            tell("compare", min(at + WINDOW, size), size)
    return found.digest()
