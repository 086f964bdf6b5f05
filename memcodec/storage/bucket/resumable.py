"""A multipart upload to S3 that survives its process (S3 API: CreateMultipartUpload, ListParts, UploadPart and so on).

What was begun and not completed stays with the server, under the object's key. It is gone on with when a part of it is
the file's, by MD5; those that differ are sent again, so a part of something else can never get into the object: the
completion names every part's ETag, and the server refuses any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from memcodec.errors import StorageError
from memcodec.model import Progress
from memcodec.storage import Source
from memcodec.storage.bucket.account import ObjectUrl
from memcodec.storage.bucket.object import BucketObject, ObjectVersion, settled

PART = 16 << 20  #: bytes of a part; other programs' parts are of other sizes, so their uploads are left alone
_MOST = 9_000  # parts: S3 takes 10,000
_ABREAST = 3


def part_size(size: int) -> int:
    """The bytes of a part of a file of ``size`` bytes."""
    return max(PART, (-(-size // _MOST) // PART + 1) * PART if size > PART * _MOST else PART)


class Destination(BucketObject):
    """An object to be, with headers of its own: what it is, and how long caches may keep it."""

    def begin_with(self, headers: Mapping[str, str]) -> str:
        """Begin a multipart upload; returns its id."""
        with self._asked("be written"):
            return str(self._client.create_multipart_upload(**self._where, **headers)["UploadId"])


class ResumableUpload:
    """A file to become an object, part by part. Raises StorageError, and Changed when another writer was quicker."""

    def __init__(
        self, place: ObjectUrl, source: Source, size: int, part: int, headers: Mapping[str, str]
    ) -> None:
        self._source, self._size, self._part, self._headers = source, size, part, headers
        self._bucket = Destination(place)
        self._old = self._bucket.head()
        self._md5: list[bytes] = []
        self._tags: dict[int, str] = {}  # the ETags of the parts that are there
        self.resumed = 0  #: bytes that were there already

    @property
    def replaces(self) -> ObjectVersion | None:
        """The object that is there."""
        return self._old

    @property
    def is_there(self) -> bool:
        """Whether the object has the file's size, and the ETag that says that each part has its MD5."""
        found = self._bucket.head()
        etag = f"{_md5(b''.join(self._md5)).hex()}-{len(self._md5)}"
        return found is not None and found.size == self._size and found.etag.strip('"') == etag

    def run(self, progress: Progress) -> None:
        """Send what the server has not yet, and make the object of it."""
        self._md5 = [_md5(self._piece(number)) for number in self._numbers]
        upload = self._continued()
        self.resumed = sum(map(self._length, self._tags))
        self._send_all(upload, progress)
        parts = sorted(self._tags.items())
        over = self._old.etag if self._old else None
        settled(lambda: self._bucket.complete(upload, parts, over), lambda: self.is_there)

    def close(self) -> None:
        """Release the connections."""
        self._bucket.close()

    def _send_all(self, upload: str, progress: Progress) -> None:
        done, total = 0, self._size - self.resumed
        progress("publish", 0, total)
        pool = ThreadPoolExecutor(_ABREAST, "publish")
        try:
            missing = [number for number in self._numbers if number not in self._tags]
            waiting = {pool.submit(self._send, upload, number): number for number in missing}
            for future in as_completed(waiting):
                self._tags[waiting[future]] = future.result()
                done += self._length(waiting[future])
                progress("publish", done, total)
        finally:
            pool.shutdown(cancel_futures=True)  # what is under way arrives, for the next run

    def _send(self, upload: str, number: int) -> str:
        return self._bucket.part(upload, number, bytes(self._piece(number)))

    def _continued(self) -> str:
        """The id of the upload of this file that got farthest, or of a new one."""
        begun = {upload: self._right_parts(upload) for upload in self._unfinished()}
        upload = max(begun, key=lambda each: len(begun[each]), default="")
        if not begun.get(upload):
            return self._bucket.begin_with(self._headers)
        self._tags = begun[upload]
        return upload

    def _right_parts(self, upload: str) -> dict[int, str]:
        """The ETags of those parts of an upload that are the file's."""
        return {number: tag for number, tag in self._bucket.pulse(upload) if self._is_right(number, tag)}

    def _unfinished(self) -> list[str]:
        """The uploads to this object under way. Who may not list them (s3:ListBucketMultipartUploads) begins anew."""
        try:
            return sorted(self._bucket.uploads())
        except StorageError:
            return []

    def _is_right(self, number: int, tag: str) -> bool:
        return number <= len(self._md5) and tag.strip('"') == self._md5[number - 1].hex()

    @property
    def _numbers(self) -> range:
        return range(1, max(1, -(-self._size // self._part)) + 1)

    def _piece(self, number: int) -> memoryview:
        return self._source.get_bytes((number - 1) * self._part, self._length(number))

    def _length(self, number: int) -> int:
        return min(self._part, self._size - (number - 1) * self._part)


def _md5(data: bytes | memoryview) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
