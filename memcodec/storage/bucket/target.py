"""Memory files in S3 buckets: new ones, and commits at the end of old ones.

What a commit adds goes into a multipart upload while it is made; what was there is copied by the server. The object
stays as it was until the upload is completed, by one request: that is the commit point, and it has a condition, that
the version this commit builds upon is there still. See ``claim`` for servers that ignore conditions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from memcodec.errors import Changed, MemcodecError, StorageError
from memcodec.storage import urls
from memcodec.storage.adapter import AdaptedSource
from memcodec.storage.bucket.claim import Claim
from memcodec.storage.bucket.object import BucketObject, settled
from memcodec.storage.bucket.signed import S3Transport
from memcodec.storage.bucket.upload import LEAST, OWN, Upload
from memcodec.storage.bucket.url import ObjectUrl
from memcodec.storage.bucket.window import PART, Window
from memcodec.storage.bucket.written import Written
from memcodec.storage.contract import Source
from memcodec.storage.remote.source import RemoteSource

_PROOF = 4096  # bytes at the end by which a version is known to be ours: there the commit record stands


def create(url: str, *, replace: bool = False, wait: float = 0.0) -> ObjectTarget:
    """A new object. It appears at ``publish``; one that is there is kept until then, or refused."""
    bucket = BucketObject(writable(url))
    there = bucket.head()
    if there is not None and not replace:
        raise StorageError(f"{bucket.name}: exists already; use `force=True` to replace it")
    return ObjectTarget(url, bucket, over=there.etag if there is not None else None, wait=wait)


def reopen(url: str, *, wait: float = 0.0) -> ObjectTarget:
    """Continue an object at its end, as the version that is there now. ``wait``: for another writer, at ``publish``."""
    bucket = BucketObject(writable(url))
    base = RemoteSource(S3Transport(url))
    if not base.version:
        base.close()
        raise StorageError(
            f"{bucket.name}: the server tells no versions (ETag), so appending to it is not safe"
        )
    return ObjectTarget(url, bucket, over=base.version, base=base, wait=wait)


def writable(url: str) -> ObjectUrl:
    """The object that a URL names. Raises StorageError for a place that is only read."""
    scheme = url.partition(":")[0].lower()
    if scheme != "s3":
        where = "write to s3://BUCKET/KEY, or a file here and upload it"
        raise StorageError(f"{urls.shown(url)}: {scheme}:// can only be read; {where}")
    return ObjectUrl.parse(url)


class ObjectTarget:
    """Appends to an object; other writers are found out at ``publish``, with their commits unharmed.

    In memory: the first part of a new object, the last two parts and those on their way, some 60 MiB at most. Older
    parts of an upload not yet published cannot be read.
    """

    def __init__(
        self,
        url: str,
        bucket: BucketObject,
        *,
        over: str | None,
        base: RemoteSource | None = None,
        wait: float = 0.0,
    ) -> None:
        self.name = bucket.name
        self._url, self._bucket, self._over, self._base, self._wait = url, bucket, over, base, wait
        self._published = base.size if base is not None else -1  #: bytes of the object we go on from
        self._proof = b""  # its last bytes, when we wrote them
        self._upload: Upload | None = None
        self._claim: Claim | None = None
        self._broken = False
        self._restart(max(0, self._published))

    def _restart(self, kept: int) -> None:
        """Start over after the first ``kept`` bytes of the object, which the server copies."""
        self._kept, self._patches = kept, list[tuple[int, bytes]]()
        self._window = Window(self.name, kept, hold=not kept)
        self.size = kept  #: bytes of the file so far

    @property
    def published(self) -> bool:
        """Whether the object under the name is all that was written."""
        clean = not self._window.size and not self._patches and not self._broken
        return clean and self._kept == self._published

    def append(self, data: bytes | bytearray | memoryview) -> int:
        self._take_small()
        offset = self.size
        self._write(data)
        return offset

    def _write(self, data: bytes | bytearray | memoryview) -> None:
        self._window.append(data, self._send)
        self.size = self._window.end

    def _take_small(self) -> None:
        """The server copies no part as small as that: it is read and written again."""
        if 0 < self._kept < LEAST:
            head = self._old(0, self._kept)
            self._restart(0)
            self._write(head)

    def _send(self, number: int, data: bytes) -> None:
        if self._upload is None:
            self._begin()
        assert self._upload is not None
        self._upload.send(OWN + number, data)

    def _begin(self) -> None:
        """Claim the object and begin to upload. Raises Changed when it is another version by now."""
        self._claim_it()
        self._upload = Upload(self._bucket, self._bucket.begin())

    def _claim_it(self) -> None:
        if self._claim is None and not self._bucket.is_amazon:
            self._claim = Claim.acquire(self._bucket, self._wait)
        self._check_version()

    def _check_version(self) -> None:
        there = self._bucket.head()
        if (there.etag if there is not None else None) != self._over:
            if self._over is None:
                raise StorageError(
                    f"{self.name}: exists by now; nothing was written: use `force=True` to replace it"
                )
            raise Changed(
                f"{self.name}: another writer changed it in the meantime; nothing was written: run it again"
            )

    def patch(self, offset: int, data: bytes) -> None:
        """Write over the file's first bytes. In an object of ``LEAST`` bytes or more, that costs to read and to
        upload these again."""
        if offset < 0 or offset + len(data) > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        self._take_small()
        if offset >= self._kept:
            self._window.patch(offset, data)
        elif offset + len(data) <= LEAST:
            self._patches.append((offset, bytes(data)))  # in their order: they may overlap
        else:
            raise StorageError(f"{self.name}: only its first {LEAST} bytes can be changed")

    def cut(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise StorageError(f"{self.name}: cannot be cut to {size} bytes: it has {self.size}")
        old = max(0, self._published)
        if size == self.size > old and not self._broken:
            return
        self._drop()
        if size <= old:
            self._broken = False
            self._restart(size)
        else:
            self._broken = True  # unless the bytes before are all here
            start, patches = self._window.start, self._patches
            kept = self._window.read(start, size - start)
            self._restart(start)
            self._patches, self._broken = patches, False
            self._write(kept)

    def read(self, offset: int, length: int) -> bytes:
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        near = min(max(0, self._kept - offset), length)
        data = self._old(offset, near) if near else b""
        return data + self._window.read(offset + near, length - near) if near < length else data

    def _old(self, offset: int, length: int) -> bytes:
        data = bytearray(self._opened().get_bytes(offset, length))
        for place, new in self._patches:
            for at, byte in enumerate(new, place - offset):
                if 0 <= at < length:
                    data[at] = byte
        return bytes(data)

    def _opened(self) -> RemoteSource:
        """The object we go on from. Raises Changed when it is not the one we wrote."""
        if self._base is None:
            base = RemoteSource(S3Transport(self._url))
            proof = len(self._proof)
            if base.size != self._published or bytes(base.get_bytes(base.size - proof, proof)) != self._proof:
                base.close()
                raise Changed(f"{self.name}: another writer changed it after this commit; open it again")
            self._base, self._over = base, base.version
        return self._base

    def sync(self) -> None:
        """Nothing: before ``publish`` there is nothing that could outlast this process, and after it all does."""

    def publish(self) -> None:
        """Make what was written the object: all of it, or nothing. Raises Changed for another writer's version."""
        if self.published:
            return
        if self._broken:
            raise StorageError(f"{self.name}: a commit that failed could not be undone; run it again")
        if self._published >= 0:
            self._opened()
        proof = self.read(max(0, self.size - _PROOF), _PROOF)
        try:
            self._claim_it() if self._upload is None else self._check_version()
            self._put(proof) if self._is_small else self._complete(proof)
        except BaseException:
            self._broken = True  # till the commit is undone
            self._drop()
            raise
        self._settle(proof)

    @property
    def _is_small(self) -> bool:
        return self._upload is None and not self._kept and self.size <= PART

    def _put(self, proof: bytes) -> None:
        data = self._window.read(0, self.size)
        settled(
            lambda: self._guarded(lambda: self._bucket.put(data, self._over)), lambda: self._landed(proof)
        )

    def _complete(self, proof: bytes) -> None:
        upload = self._upload = self._upload or Upload(self._bucket, self._bucket.begin())
        if self._kept:
            self._copy(upload)
        for number, data in self._window.rest():
            upload.send(OWN + number, data)
        parts = upload.parts()
        self._check_version()  # the copies are of that version, then, whatever the server made of their condition
        settled(
            lambda: self._guarded(lambda: self._bucket.complete(upload.id, parts, self._over)),
            lambda: self._landed(proof),
        )

    def _copy(self, upload: Upload) -> None:
        """What was there: copied by the server, but for a patched head."""
        assert self._over is not None
        head = 0
        if self._patches:
            head = LEAST if self._kept >= 2 * LEAST else self._kept
            upload.send(1, self._old(0, head))
        if head < self._kept:
            upload.copy(head, self._kept, self._over, 2)

    def _guarded(self, commit: Callable[[], None]) -> None:
        if self._claim is not None:
            self._claim.check()
        commit()

    def _landed(self, proof: bytes) -> bool:
        """Whether the object is what we wrote, after a request whose outcome is not known."""
        there = self._bucket.head()
        return (
            there is not None
            and there.etag != self._over
            and there.size == self.size
            and self._tail(len(proof)) == proof
        )

    def _tail(self, length: int) -> bytes:
        with contextlib.closing(S3Transport(self._url)) as there:
            return there.open(length).data

    def _settle(self, proof: bytes) -> None:
        """After the commit: go on from the new version."""
        size = self.size
        self._finish()
        self._close_base()
        self._published, self._proof = size, proof
        self._restart(size)

    def _finish(self) -> None:
        if self._upload is not None:
            self._upload.close()
            self._upload = None
        if self._claim is not None:
            with contextlib.suppress(MemcodecError):  # others find it silent
                self._claim.release()
            self._claim = None

    def _drop(self) -> None:
        """Give the upload up."""
        if self._upload is not None:
            self._upload.abort()
            self._upload = None
        self._finish()

    def source(self) -> Source:
        base = self._opened() if self._published >= 0 else None
        return AdaptedSource(Written(self.size, self.read, base), self.name)

    def _close_base(self) -> None:
        if self._base is not None:
            self._base.close()
            self._base = None

    def close(self) -> None:
        self._drop()
        self._close_base()
        self._bucket.close()
