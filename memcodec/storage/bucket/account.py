"""Where objects are kept: their URLs, and clients made of what the environment and the usual profile files say.

Credentials come from there alone. A URL that holds one is refused, and no message repeats it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from memcodec.errors import ConfigError, MissingExtra, StorageError
from memcodec.storage import urls

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3Credential

SCHEMES = ("s3", "gs", "az")
_REGION = "us-east-1"  # what S3 itself takes for no region
_FRESH = timedelta(
    minutes=5
)  # a credential is asked for again after; well within what is left of any that expires
_CONNECT = timedelta(seconds=4)
_REQUEST = timedelta(seconds=14)
_RETRIES = timedelta(seconds=12)  # no retry begins after; with the last request's time less than 30 s in all


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


@dataclass(frozen=True)
class Account:
    """What S3 clients need to know. ``credentials`` is None for who has none: requests are then not signed."""

    session: Any
    credentials: Any
    region: str
    endpoint: str | None  #: None: Amazon's own
    bundle: str | None  #: certificates to trust beside the system's

    @property
    def host(self) -> str:
        """The endpoint's host and port."""
        return urlsplit(self.endpoint).netloc.rpartition("@")[2] if self.endpoint else "amazonaws.com"

    @property
    def is_amazon(self) -> bool:
        """Whether the server is Amazon's, whose conditional writes hold for every kind of write."""
        host = (urlsplit(self.endpoint).hostname or "") if self.endpoint else "amazonaws.com"
        return f".{host}".endswith((".amazonaws.com", ".amazonaws.com.cn"))

    def credential(self) -> S3Credential:
        """For obstore: the credential of the moment."""
        frozen = self.credentials.get_frozen_credentials()
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": frozen.secret_key,
            "token": frozen.token,
            "expires_at": datetime.now(UTC) + _FRESH,
        }


def account() -> Account:
    """By environment, profile, SSO, web identity, container or machine: whatever botocore finds first."""
    with extra():
        import botocore.configprovider
        import botocore.exceptions
        import botocore.session
    _quiet()
    try:
        session = botocore.session.Session()
        scoped = session.get_scoped_config()
        endpoints = botocore.configprovider.ConfiguredEndpointProvider(session.full_config, scoped, "s3")
        credentials = session.get_credentials()
        if credentials is not None:
            credentials.get_frozen_credentials()
        return Account(
            session,
            credentials,
            os.environ.get("AWS_REGION") or session.get_config_variable("region") or _REGION,
            endpoints.provide(),
            session.get_config_variable("ca_bundle"),
        )
    except botocore.exceptions.ProfileNotFound:
        raise ConfigError("AWS_PROFILE names no profile; see ~/.aws/config and ~/.aws/credentials") from None
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, OSError, ValueError):
        # Its text may quote the profile file or a token.
        raise StorageError(
            "the AWS credentials cannot be used; sign in again, or check the profile"
        ) from None


def _quiet() -> None:
    """botocore logs what it signs, tokens included, wherever DEBUG is on for all: only if asked for by name."""
    logger = logging.getLogger("botocore")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)


def store_of(place: ObjectUrl) -> tuple[ObjectStore, str]:
    """A client for reading, and the host it asks. Raises StorageError when its settings will not do."""
    with extra():
        from obstore.exceptions import BaseError
        from obstore.store import AzureStore, GCSStore
    retries: RetryConfig = {
        "max_retries": 4,
        "retry_timeout": _RETRIES,
        "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=3), "base": 2},
    }
    client: ClientConfig = {"connect_timeout": _CONNECT, "timeout": _REQUEST, "user_agent": "memcodec"}
    try:
        if place.scheme == "s3":
            return _s3(place, retries, client)
        host = _elsewhere(place.scheme, client)
        if place.scheme == "gs":
            return GCSStore(place.bucket, client_options=client, retry_config=retries), host
        return AzureStore(place.bucket, client_options=client, retry_config=retries), host
    except (BaseError, ValueError):
        raise StorageError(f"{place.name}: {_HELP[place.scheme]}") from None


_HELP = {
    "s3": "the S3 settings cannot be used; check AWS_ENDPOINT_URL and AWS_REGION",
    "gs": "the Google settings cannot be used; check GOOGLE_APPLICATION_CREDENTIALS",
    "az": "the Azure settings cannot be used; set AZURE_STORAGE_ACCOUNT_NAME, and a key or a token",
}


# Variables of the environment, which obstore reads too, that make another server or account of one bucket's name.
_ELSEWHERE = {
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT", "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_ACCOUNT_NAME"),
}


def _elsewhere(scheme: str, client: ClientConfig) -> str:
    """What tells the server and account from others; an ``http://`` one is allowed if it is named."""
    named = [os.environ.get(name, "") for name in _ELSEWHERE[scheme]]
    client["allow_http"] = any(each.startswith("http://") for each in named)
    return " ".join(each.rpartition("@")[2].partition("?")[0] for each in named if each) or scheme


def _s3(place: ObjectUrl, retries: RetryConfig, client: ClientConfig) -> tuple[ObjectStore, str]:
    from obstore.store import S3Store

    found = account()
    if found.endpoint:
        client["allow_http"] = found.endpoint.startswith("http://")
    if found.bundle:
        client["root_certificate"] = Path(found.bundle).read_bytes()
    store = S3Store(
        place.bucket,
        region=found.region,
        endpoint=found.endpoint or f"https://s3.{found.region}.amazonaws.com",
        skip_signature=found.credentials is None,
        credential_provider=found.credential if found.credentials is not None else None,
        client_options=client,
        retry_config=retries,
    )
    return store, found.host


@contextmanager
def extra() -> Iterator[None]:
    """Says what to install when the clients are not there."""
    try:
        yield
    except ImportError:
        raise MissingExtra("reading and writing buckets needs pip install 'memcodec[cloud]'") from None
