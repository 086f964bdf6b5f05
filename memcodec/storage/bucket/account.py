"""The user's S3 account: what the environment and the usual profile files say of it, as botocore finds it."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from memcodec.errors import ConfigError, StorageError
from memcodec.storage.bucket.url import ObjectUrl, extra

_REGION = "us-east-1"  # what S3 itself takes for no region
_CONNECT, _ANSWER = 4, 15  # seconds: for the connection, for the next byte of an answer


@dataclass(frozen=True)
class Account:
    """What S3 needs to know. ``credentials`` is None for who has none: requests are then not signed."""

    session: Any
    credentials: Any
    region: str
    endpoint: str | None  #: None: Amazon's own
    bundle: str | None  #: a file of the certificates to trust; None: the usual ones

    @property
    def host(self) -> str:
        """The endpoint's host and port."""
        return urlsplit(self.endpoint).netloc.rpartition("@")[2] if self.endpoint else "amazonaws.com"

    @property
    def is_amazon(self) -> bool:
        """Whether the server is Amazon's, whose conditional writes hold for every kind of write."""
        host = (urlsplit(self.endpoint).hostname or "") if self.endpoint else "amazonaws.com"
        return f".{host}".endswith((".amazonaws.com", ".amazonaws.com.cn"))

    def url(self, place: ObjectUrl) -> str:
        """Where an object is read."""
        server = self.endpoint or f"https://s3.{self.region}.amazonaws.com"
        return f"{server.rstrip('/')}/{quote(place.bucket)}/{quote(place.key)}"

    def signature(self, url: str) -> Mapping[str, str]:
        """The headers that sign a GET. Raises StorageError for credentials that cannot be renewed."""
        if self.credentials is None:
            return {}
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError, ClientError

        request = AWSRequest("GET", url)
        try:
            S3SigV4Auth(self.credentials.get_frozen_credentials(), "s3", self.region).add_auth(request)
        except (BotoCoreError, ClientError, OSError, ValueError):
            raise _unusable() from None
        return dict(request.headers)

    def client(self, name: str) -> Any:
        """A client of botocore's, for what writing takes. ``name``: for messages."""
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        config = Config(
            connect_timeout=_CONNECT,
            read_timeout=_ANSWER,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=8,
            request_checksum_calculation="when_required",  # parts carry Content-MD5, which all servers know
            response_checksum_validation="when_required",
            s3={"addressing_style": "auto" if self.is_amazon else "path"},
            signature_version=UNSIGNED if self.credentials is None else None,
        )
        try:
            return self.session.create_client("s3", region_name=self.region, config=config)
        except (BotoCoreError, ValueError):
            raise StorageError(f"{name}: the S3 settings cannot be used; check AWS_ENDPOINT_URL") from None


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
        raise _unusable() from None


def _unusable() -> StorageError:
    # What botocore says may quote the profile file or a token.
    return StorageError("the AWS credentials cannot be used; sign in again, or check the profile")


def _quiet() -> None:
    """botocore logs what it signs, tokens included, wherever DEBUG is on for all: only if asked for by name."""
    logger = logging.getLogger("botocore")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
