"""Objects of Google Cloud Storage and Azure Blob Storage, read and written through obstore. S3 is not its business.

obstore's own texts may quote signed URLs and keys: none of them gets into a message.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from memcodec.errors import Changed, StorageError
from memcodec.process import fork
from memcodec.storage.bucket.url import ObjectUrl, extra, reason
from memcodec.storage.remote.log import RequestLog, Round
from memcodec.storage.remote.source import FirstAnswer

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

LIMIT = 30.0  #: seconds that a round may take
_ABREAST = 16  # requests of one round under way at once
_CONNECT = timedelta(seconds=4)
_REQUEST = timedelta(seconds=14)
_RETRIES = timedelta(seconds=12)  # no retry begins after; with the last request's time less than 30 s in all
_HELP = {
    "gs": "the Google settings cannot be used; check GOOGLE_APPLICATION_CREDENTIALS",
    "az": "the Azure settings cannot be used; set AZURE_STORAGE_ACCOUNT_NAME, and a key or a token",
}
# Variables of the environment, which obstore reads too, that make another server or account of one bucket's name.
_ELSEWHERE = {
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT", "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_ACCOUNT_NAME"),
}


class _Runtime:
    """The threads on which obstore works. A child of a fork has none of them, and would wait for them for ever."""

    def __init__(self) -> None:
        self._is_used = self._is_parents = False
        fork.watch(self, _Runtime._in_child)

    def _in_child(self) -> None:
        self._is_parents = self._is_used

    def use(self, name: str) -> None:
        """Raises StorageError in a child of a process that has used it."""
        if self._is_parents:
            raise StorageError(
                f"{name}: the client of object stores does not outlive a fork; start processes by spawn"
            )
        self._is_used = True


_RUNTIME = _Runtime()


def store_of(place: ObjectUrl) -> tuple[ObjectStore, str]:
    """A client, and what tells its server and account from others.

    Raises StorageError for wrong settings, and in a child of a process that has asked for one.
    """
    _RUNTIME.use(place.name)
    with extra():
        from obstore.exceptions import BaseError
        from obstore.store import AzureStore, GCSStore
    named = [os.environ.get(name, "") for name in _ELSEWHERE[place.scheme]]
    client: ClientConfig = {
        "connect_timeout": _CONNECT,
        "timeout": _REQUEST,
        "user_agent": "memcodec",
        "allow_http": any(each.startswith("http://") for each in named),
    }
    retries: RetryConfig = {
        "max_retries": 4,
        "retry_timeout": _RETRIES,
        "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=3), "base": 2},
    }
    host = " ".join(each.rpartition("@")[2].partition("?")[0] for each in named if each) or place.scheme
    kind = GCSStore if place.scheme == "gs" else AzureStore
    try:
        return kind(place.bucket, client_options=client, retry_config=retries), host
    except (BaseError, ValueError):
        raise StorageError(f"{place.name}: {_HELP[place.scheme]}") from None


def exists(place: ObjectUrl) -> bool:
    """Whether there is such an object. Raises StorageError."""
    with _at(place) as (obstore, store):
        try:
            obstore.head(store, place.key)
        except FileNotFoundError:
            return False
        return True


def put(place: ObjectUrl, pieces: Iterable[bytes], headers: Mapping[str, str]) -> None:
    """Write an object, all of it or nothing. Raises StorageError."""
    with _at(place) as (obstore, store):
        # One request at a time: each has but so many seconds.
        obstore.put(store, place.key, iter(pieces), attributes=dict(headers), max_concurrency=1)


@contextmanager
def _at(place: ObjectUrl) -> Iterator[tuple[Any, ObjectStore]]:
    store, _ = store_of(place)
    import obstore

    try:
        yield obstore, store
    except (obstore.exceptions.BaseError, FileNotFoundError) as error:
        raise _told(place, error) from None


class StoreTransport:
    """One object, read by range requests of one version. A ``Transport``: for many threads."""

    def __init__(self, url: str) -> None:
        self._place = ObjectUrl.parse(url)
        self._store, host = store_of(self._place)
        self.name = self._place.name
        self.key = f"{self.name} at {host}"
        self.log = RequestLog()
        self._version = ""

    def open(self, tail: int) -> FirstAnswer:
        """Size, version and the last bytes, by one GET (on Azure, which has no suffix ranges, by two requests)."""
        round_ = self.log.begin()
        if self._place.scheme != "az":
            with suppress(_Unsatisfiable):
                (size, self._version), data = self._get(round_, {"range": {"suffix": tail}}, (0, tail))
                return FirstAnswer(size, self._version, data)
        size, self._version = self._head(round_)
        length = min(tail, size)
        return FirstAnswer(size, self._version, self.fetch([(size - length, length)])[0] if length else b"")

    def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        pool = ThreadPoolExecutor(min(len(spans), _ABREAST), "fetch")
        try:
            return list(pool.map(partial(self._range, self.log.begin()), spans, timeout=LIMIT))
        except TimeoutError:
            raise StorageError(f"{self.name}: {reason(0, 'TimedOut')}") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def changed(self) -> bool:
        return self._head(self.log.begin())[1] != self._version

    def close(self) -> None:
        """Nothing: obstore has no connections to give back."""

    def _range(self, round_: Round, span: tuple[int, int]) -> bytes:
        options: GetOptions = {"range": (span[0], sum(span))}
        if self._version and not self._version.startswith("W/"):
            options["if_match"] = self._version
        (_, version), data = self._get(round_, options, span)
        if version != self._version:  # a server may not know If-Match
            raise self._changed()
        return data

    def _get(
        self, round_: Round, options: GetOptions, span: tuple[int, int]
    ) -> tuple[tuple[int, str], bytes]:
        import obstore

        with self._asked(round_, "GET", [span]) as received:
            result = obstore.get(self._store, self._place.key, options=options)
            if result.range[1] - result.range[0] > span[1]:  # before it is all in memory
                raise StorageError(f"{self.name}: the server sent another number of bytes than asked for")
            data = bytes(result.bytes())
            received.append(len(data))
            return _described(result.meta), data

    def _head(self, round_: Round) -> tuple[int, str]:
        import obstore

        with self._asked(round_, "HEAD", []):
            return _described(obstore.head(self._store, self._place.key))

    @contextmanager
    def _asked(self, round_: Round, method: str, spans: list[tuple[int, int]]) -> Iterator[list[int]]:
        """One request: a line of the log, and what went wrong in our own words. Takes the bytes it brought."""
        began, received, status = time.monotonic(), list[int](), 206 if spans else 200
        try:
            yield received
        except Exception as error:
            status = _status(error)
            raise self._refused(error, status) from None
        finally:
            round_.add(method, spans, status, sum(received), began)

    def _refused(self, error: Exception, status: int) -> StorageError:
        if status == 412:
            return self._changed()
        if status == 416:
            return _Unsatisfiable(f"{self.name}: is shorter than it was; open it again")
        return _told(self._place, error)

    def _changed(self) -> Changed:
        return Changed(f"{self.name}: was replaced while it was read; open it again")


class _Unsatisfiable(StorageError):
    """The range asked for lies outside the object."""


def _described(meta: Any) -> tuple[int, str]:
    """Size and version."""
    return int(meta["size"]), meta.get("e_tag") or ""


def _told(place: ObjectUrl, error: Exception) -> StorageError:
    """What obstore's error is to a user."""
    if isinstance(error, StorageError):
        return error
    return StorageError(f"{place.name}: {reason(_status(error), str(error))}")


def _status(error: Exception) -> int:
    """The HTTP status that obstore's error tells; 0 when there was none."""
    found = re.search(r"status(?: code)?: (\d{3})\b", str(error))
    return int(found[1]) if found else 404 if isinstance(error, FileNotFoundError) else 0
