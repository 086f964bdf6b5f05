"""Objects of S3, Google Cloud Storage and Azure Blob Storage, read by range requests of one version.

The client libraries' own texts may quote signed URLs and keys: none of them gets into a message.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from functools import cached_property
from typing import TYPE_CHECKING, Any

from memcodec.errors import Changed, StorageError
from memcodec.storage.bucket import account
from memcodec.storage.remote.log import RequestLog, Round
from memcodec.storage.remote.source import FirstAnswer

if TYPE_CHECKING:
    from obstore import GetOptions

LIMIT = 30.0  #: seconds that a round may take
_ABREAST = 16  # requests of one round under way at once


class ObjectTransport:
    """One object of a bucket, read through obstore."""

    def __init__(self, url: str) -> None:
        self._place = account.ObjectUrl.parse(url)
        self._store, host = account.store_of(self._place)
        self.name = self._place.name
        self.key = f"{self.name} at {host}"
        self.log = RequestLog()
        self._version = ""

    def open(self, tail: int) -> FirstAnswer:
        """Size, version and the last bytes, by one GET (on Azure, which has no suffix ranges, by two requests)."""
        opened, data = self._suffix(tail) if self._place.scheme != "az" else self._head_and_tail(tail)
        self._version = opened[1]
        return FirstAnswer(*opened, data)

    def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        round_, end = self.log.begin(), time.monotonic() + LIMIT
        if len(spans) == 1:
            return [self._range(round_, spans[0])]
        waiting = [self._pool.submit(self._range, round_, span) for span in spans]
        try:
            return [future.result(max(0.0, end - time.monotonic())) for future in waiting]
        except Late:
            raise StorageError(f"{self.name}: {_SLOW}") from None
        finally:
            for future in waiting:
                future.cancel()

    def changed(self) -> bool:
        return self._head(self.log.begin())[1] != self._version

    def close(self) -> None:
        if pool := self.__dict__.pop("_pool", None):
            pool.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_ABREAST, "fetch")

    def _suffix(self, tail: int) -> tuple[tuple[int, str], bytes]:
        round_ = self.log.begin()
        try:
            meta, data = self._get(round_, {"range": {"suffix": tail}}, (0, tail))
        except _Unsatisfiable:
            meta, data = self._head(round_), b""  # nothing to give: it is empty
        if len(data) != min(tail, meta[0]):
            raise StorageError(f"{self.name}: {_WRONG}")
        return meta, data

    def _head_and_tail(self, tail: int) -> tuple[tuple[int, str], bytes]:
        meta = self._head(self.log.begin())
        length = min(tail, meta[0])
        self._version = meta[1]
        return meta, self.fetch([(meta[0] - length, length)])[0] if length else b""

    def _range(self, round_: Round, span: tuple[int, int]) -> bytes:
        offset, length = span
        options: GetOptions = {"range": (offset, offset + length)}
        if self._version and not self._version.startswith("W/"):
            options["if_match"] = self._version
        meta, data = self._get(round_, options, span)
        if meta[1] != self._version:  # a server may not know If-Match
            raise self._changed()
        if len(data) != length:
            raise StorageError(f"{self.name}: {_WRONG}")
        return data

    def _get(
        self, round_: Round, options: GetOptions, span: tuple[int, int]
    ) -> tuple[tuple[int, str], bytes]:
        import obstore

        began, status, received = time.monotonic(), 0, 0
        try:
            result = obstore.get(self._store, self._place.key, options=options)
            if result.range[1] - result.range[0] > span[1]:
                raise StorageError(f"{self.name}: {_WRONG}")  # before it is all in memory
            data = bytes(result.bytes())
            status, received = 206, len(data)
            return _described(result.meta), data
        except Exception as error:
            status = _status(error)
            raise self._refused(error) from None
        finally:
            round_.add("GET", [span], status, received, began)

    def _head(self, round_: Round) -> tuple[int, str]:
        import obstore

        began, status = time.monotonic(), 0
        try:
            found = _described(obstore.head(self._store, self._place.key))
            status = 200
            return found
        except Exception as error:
            status = _status(error)
            raise self._refused(error) from None
        finally:
            round_.add("HEAD", [], status, 0, began)

    def _refused(self, error: Exception) -> StorageError:
        """What the library's error is to a user, in our own words."""
        status = _status(error)
        if isinstance(error, StorageError):
            return error
        if status == 412:
            return self._changed()
        if status == 416:
            return _Unsatisfiable(f"{self.name}: is shorter than it was; open it again")
        return StorageError(f"{self.name}: {reason(status, str(error))}")

    def _changed(self) -> Changed:
        return Changed(f"{self.name}: was replaced while it was read; open it again")


class _Unsatisfiable(StorageError):
    """The range asked for lies outside the object."""


def _described(meta: Any) -> tuple[int, str]:
    return int(meta["size"]), meta.get("e_tag") or ""


def _status(error: Exception) -> int:
    """The HTTP status that an obstore error stands for; 0 when there was none."""
    from obstore import exceptions

    known = {
        FileNotFoundError: 404,
        exceptions.NotFoundError: 404,
        exceptions.PreconditionError: 412,
        exceptions.PermissionDeniedError: 403,
        exceptions.UnauthenticatedError: 401,
        exceptions.NotModifiedError: 304,
    }
    for kind, status in known.items():
        if isinstance(error, kind):
            return status
    if isinstance(error, exceptions.BaseError):
        found = re.search(r"status(?: code)?: (\d{3})\b", str(error))
        return int(found[1]) if found else 0
    return 0


_SLOW = "the server did not answer in time; try again later"
_WRONG = "the server sent another number of bytes than asked for"
_DENIED = "the server denies access; check the credentials in the environment or the profile"
_EXPIRED = "the credentials have expired; sign in again"
_REASONS = {
    301: "the bucket lies in another region; set AWS_REGION to it",
    307: "the bucket lies in another region; set AWS_REGION to it",
    400: "the server refused the request as wrong; check the credentials and AWS_REGION",
    401: _DENIED,
    403: _DENIED,
    404: "no such object; check bucket and key",
    429: "the server is too busy; try again later",
    503: "the server is too busy; try again later",
}


def reason(status: int, text: str) -> str:
    """Why a request failed: a sentence of ours. ``text``, the library's, is looked into and never repeated."""
    if "ExpiredToken" in text or "TokenRefreshRequired" in text:
        return _EXPIRED
    if status in _REASONS:
        return _REASONS[status]
    if status >= 400:
        return f"the server failed (HTTP {status}); try again later"
    if re.search(r"kind: Timeout|TimedOut", text):
        return _SLOW
    if "kind: Connect" in text:
        return "the server cannot be reached; check the network and AWS_ENDPOINT_URL"
    return "the server's answer cannot be used; try again later"
