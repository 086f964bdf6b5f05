"""One object of an S3 bucket, written: whole or in parts, and only over the version that is expected there.

botocore does it, which alone knows all that this takes: conditions, uploads to be listed, parts copied on the server.
What servers make of a condition differs. All honour If-None-Match and If-Match on a PUT, Ceph's up to 16 the
latter only for an ETag without quotes; on the completion of a multipart upload Amazon S3 does since 2024, and Ceph's
ignore it, as they do x-amz-copy-source-if-match (measured with radosgw 16.2). See ``claim``.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any, NamedTuple

from memcodec.errors import Changed, MemcodecError, StorageError
from memcodec.storage.bucket.account import account
from memcodec.storage.bucket.url import ObjectUrl, reason

_TRIES = 4
_AGAIN = 0.5  # seconds before a completion is tried again
_LOST = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
_GONE = {"404", "NoSuchKey", "NoSuchUpload"}


class ObjectVersion(NamedTuple):
    """A version of an object."""

    etag: str
    size: int


class BucketObject:
    """What can be done to one object. Safe for many threads. Raises StorageError; Changed when a condition failed."""

    def __init__(self, place: ObjectUrl) -> None:
        self.name, self._where = place.name, {"Bucket": place.bucket, "Key": place.key}
        found = account()
        self._client, self.is_amazon = found.client(place.name), found.is_amazon

    def head(self) -> ObjectVersion | None:
        """The version that is there; None for none."""
        with self._worded("be read", none={"404"}):
            found = self._client.head_object(**self._where)
            return ObjectVersion(found["ETag"], found["ContentLength"])
        return None

    def put(self, data: bytes, over: str | None) -> None:
        """Write it whole, over the version ``over`` (an ETag), or where nothing is (None)."""
        try:
            self._put(data, _condition(over))
        except Changed:
            if over is None:
                raise
            self._put(data, _condition(over.strip('"')))  # older Ceph's servers compare the quotes, too

    def _put(self, data: bytes, condition: Mapping[str, str]) -> None:
        with self._worded("be written"):
            self._client.put_object(**self._where, Body=data, ContentMD5=_md5(data), **condition)

    def begin(self, headers: Mapping[str, str] | None = None) -> str:
        """Begin a multipart upload; returns its id. ``headers``, in botocore's names, are those of the object to be."""
        with self._worded("be written"):
            return str(self._client.create_multipart_upload(**self._where, **(headers or {}))["UploadId"])

    def part(self, upload: str, number: int, data: bytes) -> str:
        """Upload a part of it; returns the part's ETag."""
        with self._worded("be written"):
            made = self._client.upload_part(
                **self._where, UploadId=upload, PartNumber=number, Body=data, ContentMD5=_md5(data)
            )
            return str(made["ETag"])

    def copy(self, upload: str, number: int, span: tuple[int, int], version: str) -> str:
        """Make (offset, length) of the object as it stands, in that version, a part; on the server alone."""
        with self._worded("be written"):
            made = self._client.upload_part_copy(
                **self._where,
                UploadId=upload,
                PartNumber=number,
                CopySource=self._where,
                CopySourceRange=f"bytes={span[0]}-{sum(span) - 1}",
                CopySourceIfMatch=version,
            )
            return str(made["CopyPartResult"]["ETag"])

    def complete(self, upload: str, parts: Sequence[tuple[int, str]], over: str | None) -> None:
        """Make the parts the object, over the version ``over``. After an error it may have happened all the same."""
        listed = {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in parts]}
        with self._worded("be written"):
            self._client.complete_multipart_upload(
                **self._where, UploadId=upload, MultipartUpload=listed, **_condition(over)
            )

    def abort(self, upload: str) -> None:
        """Give an upload up. After this it cannot be completed."""
        with self._worded("be written", none=_GONE):
            self._client.abort_multipart_upload(**self._where, UploadId=upload)

    def uploads(self) -> set[str]:
        """The uploads to this object under way, anyone's."""
        bucket, key = self._where["Bucket"], self._where["Key"]
        with self._worded("list the uploads under way to it (s3:ListBucketMultipartUploads)", may=True):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=key)
            return {
                each["UploadId"] for page in pages for each in page.get("Uploads", []) if each["Key"] == key
            }

    def pulse(self, upload: str) -> tuple[tuple[int, str], ...]:
        """What changes when something is uploaded: part numbers and ETags. Nothing when the upload is over."""
        with self._worded("be read", none=_GONE):
            pages = self._client.get_paginator("list_parts").paginate(**self._where, UploadId=upload)
            return tuple(
                (part["PartNumber"], part["ETag"]) for page in pages for part in page.get("Parts", [])
            )
        return ()

    def close(self) -> None:
        """Release the connections."""
        self._client.close()

    @contextmanager
    def _worded(self, what: str, *, none: Set[str] = frozenset(), may: bool = False) -> Iterator[None]:
        """Turn the library's errors into our own, in our own words: its text may quote keys. Those of ``none`` go."""
        from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

        try:
            yield
        except ClientError as error:
            if _code(error) not in none:
                raise self._refused(error, what, may=may) from None
        except (ConnectionError, HTTPClientError):
            why = "the server cannot be reached or does not answer; check the network and AWS_ENDPOINT_URL"
            raise StorageError(f"{self.name}: {why}") from None
        except (BotoCoreError, ValueError, KeyError):
            raise StorageError(f"{self.name}: cannot {what}: the server's answer cannot be used") from None

    def _refused(self, error: Any, what: str, *, may: bool) -> StorageError:
        code, status = _code(error), int(error.response["ResponseMetadata"].get("HTTPStatusCode", 0))
        if code in _LOST or status in (409, 412):
            return Changed(
                f"{self.name}: another writer changed it in the meantime; nothing was written: run it again"
            )
        if code == "NoSuchUpload":
            return Changed(
                f"{self.name}: another writer ended this upload; nothing was written: run it again"
            )
        if may and status in (403, 405, 501):
            return StorageError(f"{self.name}: cannot {what}, which keeps writers apart; allow it")
        return StorageError(f"{self.name}: cannot {what}: {reason(status, code)}")


def settled(attempt: Callable[[], None], landed: Callable[[], bool]) -> None:
    """Run ``attempt``, which may have done its work though it fails: ``landed`` tells. Tries again after faults."""
    for left in reversed(range(_TRIES)):
        try:
            attempt()
            return
        except MemcodecError as error:
            if _told(landed, error):
                return
            if not left or isinstance(error, Changed):
                raise
        time.sleep(_AGAIN)


def _told(landed: Callable[[], bool], error: MemcodecError) -> bool:
    try:
        return landed()
    except StorageError:
        raise StorageError(
            f"{error}; whether the commit arrived is not known: look before you repeat it"
        ) from None


def _condition(over: str | None) -> dict[str, str]:
    return {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
