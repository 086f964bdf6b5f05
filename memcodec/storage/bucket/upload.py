"""A multipart upload (S3 API: CreateMultipartUpload, UploadPart and so on): parts travel while more is made.

The object stays as it was till the end. An upload outlives its process: it can be gone on with.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from memcodec.errors import MemcodecError, StorageError
from memcodec.storage.bucket.object import BucketObject
from memcodec.storage.bucket.window import PART

LEAST = 5 << 20  #: bytes of a part that is not the last one, at least (S3's limit)
MOST_PARTS = 10_000  #: of an upload (S3's limit)
OWN = 1_001  #: number of the first part that is made here; those before are copies of what was there
_ABREAST = 3  # parts under way at once: with those the window holds, what an upload takes of memory
_COPY = 64 << 20  # bytes of a copied part, unless that makes too many


class Upload:
    """Parts on their way. Ends in ``BucketObject.complete`` with what ``parts`` gives, or in ``abort``.

    One that is only closed stays with the server, for ``resumed`` in a later process.
    """

    def __init__(self, bucket: BucketObject, name: str, there: Mapping[int, str] | None = None) -> None:
        self.id, self.there = name, dict(there or {})  #: number and ETag of the parts that are there
        self._bucket, self._parts = bucket, dict[int, Future[str]]()
        self._pool = ThreadPoolExecutor(_ABREAST, "upload")
        self._room = threading.BoundedSemaphore(_ABREAST)

    @classmethod
    def resumed(
        cls, bucket: BucketObject, headers: Mapping[str, str], is_right: Callable[[int, str], bool]
    ) -> Upload:
        """Go on with the upload to this object that got farthest, or begin one for an object with these headers.

        ``is_right``: whether a part's ETag is that of what belongs there. Parts of something else can never get into
        the object: they are sent again, and the completion names every part's ETag.
        """
        begun = {
            each: {number: etag for number, etag in bucket.pulse(each) if is_right(number, etag)}
            for each in _under_way(bucket)
        }
        farthest = max(begun, key=lambda each: len(begun[each]), default="")
        if begun.get(farthest):
            return cls(bucket, farthest, begun[farthest])
        return cls(bucket, bucket.begin(headers))

    def send(self, number: int, data: bytes) -> None:
        """Upload a part; waits while too many are on their way. Raises what went wrong with one before."""
        if number > MOST_PARTS:
            most = (MOST_PARTS - OWN + 1) * PART >> 30
            raise StorageError(
                f"{self._bucket.name}: more than {most} GiB at once; write a file and publish it"
            )
        self._run(number, partial(self._bucket.part, self.id, number, data))

    def copy(self, begin: int, end: int, version: str, first: int) -> None:
        """Make bytes of the object as it is parts, from number ``first`` on. All of ``LEAST`` bytes or more."""
        size = max(_COPY, -(-(end - begin) // (OWN - 2)))
        starts = list(range(begin, end, size))
        if len(starts) > 1 and end - starts[-1] < LEAST:
            starts.pop()
        for number, (start, after) in enumerate(zip(starts, [*starts[1:], end], strict=True), first):
            span = (start, after - start)
            self._run(number, partial(self._bucket.copy, self.id, number, span, version))

    def _run(self, number: int, work: Callable[[], str]) -> None:
        while not self._room.acquire(timeout=0.1):
            self._check()
        self._check()
        future = self._parts[number] = self._pool.submit(work)
        future.add_done_callback(lambda _: self._room.release())

    def _check(self) -> None:
        for future in list(self._parts.values()):
            if future.done():
                future.result()

    def parts(self) -> list[tuple[int, str]]:
        """Number and ETag of every part, once all are there."""
        sent = {number: future.result() for number, future in self._parts.items()}
        return sorted({**self.there, **sent}.items())

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(cancel_futures=True)

    def abort(self) -> None:
        """Give it up."""
        self.close()
        with contextlib.suppress(MemcodecError):  # what cannot be aborted the next writer aborts
            self._bucket.abort(self.id)


def _under_way(bucket: BucketObject) -> list[str]:
    """Who may not list the uploads (s3:ListBucketMultipartUploads) starts over."""
    try:
        return sorted(bucket.uploads())
    except StorageError:
        return []
