"""A file's name, path or URL, as the source that reads it."""

from __future__ import annotations

import os

from memcodec.errors import ConfigError
from memcodec.storage import urls
from memcodec.storage.contract import Source
from memcodec.storage.local import LocalSource
from memcodec.storage.remote.source import RemoteSource, SpanCache, Transport
from memcodec.storage.urls import is_url

OBJECTS = ("s3", "gs", "az")  #: schemes of object stores

__all__ = ["OBJECTS", "is_url", "open_source", "transport_for"]


def open_source(name: str | os.PathLike[str], cache: SpanCache | None = None) -> Source:
    """The file at a path or a URL; ``cache`` keeps what a far one sends for later runs.

    Raises StorageError for a place that cannot be read, ConfigError for a URL that names none, MissingExtra for an
    object store without its client.
    """
    if not isinstance(name, str) or not is_url(name):
        return LocalSource(name)
    transport = transport_for(name)
    try:
        return RemoteSource(transport, cache=cache)
    except BaseException:
        transport.close()
        raise


def transport_for(url: str) -> Transport:
    """The way to the file that a URL names. Raises as ``open_source``."""
    scheme = urls.parse(url).scheme
    if scheme in ("http", "https"):
        from memcodec.storage.http.transport import HttpTransport

        return HttpTransport(url)
    if scheme in OBJECTS:
        from memcodec.storage.bucket.transport import ObjectTransport

        return ObjectTransport(url)
    raise ConfigError(
        f"{urls.shown(url)}: {scheme}: is no place known here; there are https, http, s3, gs, az"
    )
