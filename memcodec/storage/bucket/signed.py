"""Objects of S3 buckets, read as files of any web server are: range requests of one version, here with a signature.

botocore signs, as it does for writing, so there is one account. What is asked is one GET, which needs no client of S3.
"""

from __future__ import annotations

from collections.abc import Mapping

from memcodec.storage.bucket.account import account
from memcodec.storage.bucket.url import REFUSALS, ObjectUrl, reason
from memcodec.storage.http.client import Web
from memcodec.storage.http.connections import Response, TooLong
from memcodec.storage.http.faults import ServerRefused
from memcodec.storage.http.transport import HttpTransport
from memcodec.storage.urls import Url

_MOST = 1 << 14  # bytes of a refusal that are looked into


class S3Transport(HttpTransport):
    """One object of an S3 bucket. Raises ConfigError and StorageError for an account that cannot be used."""

    def connected(self, url: str, headers: Mapping[str, str], idle: float) -> Web:
        return SignedWeb(ObjectUrl.parse(url), idle)


class SignedWeb(Web):
    """GETs one object of S3."""

    where = "AWS_ENDPOINT_URL"
    several = False  # S3 answers several ranges with the whole object

    def __init__(self, place: ObjectUrl, idle: float) -> None:
        self._account = account()
        super().__init__(self._account.url(place), {}, idle, name=place.name, bundle=self._account.bundle)

    @property
    def key(self) -> str:
        return f"{self.name} at {self._account.host}"

    def login(self, url: Url) -> Mapping[str, str]:
        return self._account.signature(url.sent)

    def refusal(self, reply: Response) -> ServerRefused | None:
        if reply.status not in REFUSALS:
            return None
        try:
            text = reply.body(_MOST).decode("utf-8", "replace")
        except TooLong:
            text = ""
        return ServerRefused(f"{self.name}: {reason(reply.status, text)}")
