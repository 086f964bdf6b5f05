"""Objects of buckets: their URLs, and why a server refuses one. Credentials come from elsewhere, and none is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from memcodec.errors import MissingExtra, StorageError
from memcodec.storage import urls

SCHEMES = ("s3", "gs", "az")  #: of object stores


class ObjectUrl(NamedTuple):
    """An object: ``s3://bucket/key``; a container is a bucket."""

    scheme: str
    bucket: str
    key: str

    @property
    def name(self) -> str:
        """The URL, as users see it."""
        return f"{self.scheme}://{self.bucket}/{self.key}"

    @classmethod
    def parse(cls, url: str) -> ObjectUrl:
        """Raises StorageError for a URL that names no object, or more than one."""
        scheme, _, rest = url.partition("://")
        bucket, _, key = rest.partition("/")
        scheme = scheme.lower()
        if "@" in bucket or "?" in rest or "#" in rest:
            raise StorageError(
                f"{urls.shown(url)}: more than bucket and key; credentials come from the environment or the profile"
            )
        if scheme not in SCHEMES or not bucket or not key or key.endswith("/") or not url.isprintable():
            raise StorageError(f"{urls.shown(url)}: names no object; write {scheme}://BUCKET/KEY")
        return cls(scheme, bucket, key)


@contextmanager
def extra() -> Iterator[None]:
    """Says what to install when the clients are not there."""
    try:
        yield
    except ImportError:
        raise MissingExtra("reading and writing buckets needs pip install 'memcodec[cloud]'") from None


_DENIED = "the server denies access; check the credentials in the environment or the profile"
_ELSEWHERE = "the bucket is in another region; set AWS_REGION to it"
_REASONS = {
    **dict.fromkeys((301, 302, 303, 307, 308), _ELSEWHERE),
    400: "the server refused the request as wrong; check the credentials and AWS_REGION",
    401: _DENIED,
    403: _DENIED,
    404: "no such object; check bucket and key",
    429: "the server is too busy; try again later",
    503: "the server is too busy; try again later",
}
REFUSALS = frozenset(_REASONS) - {429, 503}  #: statuses that another try does not change


def reason(status: int, text: str) -> str:
    """Why a request failed: a sentence of ours. ``text``, the server's or a library's, is never repeated."""
    if "ExpiredToken" in text or "TokenRefreshRequired" in text:
        return "the credentials have expired; sign in again"
    if status in _REASONS:
        return _REASONS[status]
    if status >= 400:
        return f"the server failed (HTTP {status}); try again later"
    if re.search(r"kind: Timeout|TimedOut", text):
        return "the server did not answer in time; try again later"
    if "kind: Connect" in text:
        return "the server cannot be reached; check the network"
    return "the server's answer cannot be used; try again later"
