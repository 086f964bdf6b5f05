"""Requests to web servers and their answers, over connections that are kept: TLS and proxies as the environment says.

httpcore does the work, through its public hook for the network (``deadline``). No redirects, retries or logins here.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes, urlsplit

import certifi
import httpcore

from memcodec.errors import ConfigError
from memcodec.storage.http.deadline import TimedBackend
from memcodec.storage.remote.ranges import Span
from memcodec.storage.urls import Url
from memcodec.version import __version__

MOST = 16  #: connections open at once to one server
_KEPT = 5.0  # seconds that one without work stays open
_USUAL = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": f"memcodec/{__version__}"}


class TooLong(Exception):
    """A body goes on beyond the bytes there is room for."""


class Response:
    """An answer whose body is still to be read, or not."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response
        self._headers = {name.lower(): value for name, value in response.headers}
        self.status = response.status
        self.spans: Sequence[Span] = ()  #: for the log: the bytes it holds
        self.received = 0  #: bytes of the body so far

    def header(self, name: str) -> str:
        """The header's value, "" when there is none."""
        return self._headers.get(name.encode(), b"").decode("utf-8", "replace")

    def blocks(self) -> Iterator[bytes]:
        """The body as it comes, front to back; never unpacked."""
        for block in self._response.iter_stream():
            self.received += len(block)
            yield block

    def body(self, most: int) -> bytes:
        """All of the body, as it came. Raises TooLong beyond ``most`` bytes."""
        found = bytearray()
        for block in self.blocks():
            found += block
            if len(found) > most:
                raise TooLong
        return bytes(found)


class Connections:
    """For many threads."""

    def __init__(self, name: str, *, idle: float, connect: float, bundle: str | None = None) -> None:
        """``name``: for messages. ``idle``, ``connect``: seconds to wait for each step of an answer, for a connection.

        ``bundle``: a file of certificates to trust, instead of those that the environment names or that come along.
        """
        self._name, self._bundle = name, bundle
        self._timeout = {"connect": connect, "read": idle, "write": idle, "pool": idle}
        self._pools: dict[tuple[str, str, int], httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def ask(
        self, method: str, url: Url, headers: Mapping[str, str], content: bytes | None = None
    ) -> Iterator[Response]:
        """Send a request; its answer ends with the context, and so does the connection unless all of it was read.

        Raises ConfigError for a URL or an environment that cannot be used, and httpcore's errors (``faults.broken``).
        """
        scheme, host, port = url.origin
        address = httpcore.URL(scheme=scheme, host=host, port=port, target=url.target)
        sent = {**_USUAL, **headers}
        if ":" in host:
            sent["Host"] = url.place  # else httpcore leaves the brackets out
        with self.pool(url).stream(
            method,
            address,
            headers=[(name.encode(), value.encode()) for name, value in sent.items()],
            content=content,
            extensions={"timeout": self._timeout},
        ) as response:
            yield Response(response)

    def pool(self, url: Url) -> httpcore.ConnectionPool:
        """The connections to the server of ``url``. Raises ConfigError."""
        with self._lock:
            if url.origin not in self._pools:
                self._pools[url.origin] = self._made(url)
            return self._pools[url.origin]

    def _made(self, url: Url) -> httpcore.ConnectionPool:
        try:
            return httpcore.ConnectionPool(
                ssl_context=_trust(self._bundle) if url.scheme == "https" else None,
                proxy=_proxy(url),
                max_connections=MOST,
                keepalive_expiry=_KEPT,
                network_backend=TimedBackend(),
            )
        except (ValueError, ImportError, OSError):
            # What these say may be a proxy's password.
            raise ConfigError(
                f"{self._name}: a proxy or certificate variable of the environment is wrong; check HTTPS_PROXY, "
                "HTTP_PROXY, ALL_PROXY and SSL_CERT_FILE (a SOCKS proxy needs: pip install 'httpcore[socks]')"
            ) from None

    def close(self) -> None:
        with self._lock:
            for pool in self._pools.values():
                pool.close()


def _trust(bundle: str | None) -> ssl.SSLContext:
    file, folder = bundle or os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR") or None
    return _context(file or (None if folder else certifi.where()), folder)


@lru_cache(4)  # it takes long to make, and is the same for all
def _context(file: str | None, folder: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=file, capath=folder)


def _proxy(url: Url) -> httpcore.Proxy | None:
    """The proxy that the environment names for a server. Raises ValueError or ImportError for one that cannot be."""
    named = urllib.request.getproxies()
    found = named.get(url.scheme) or named.get("all")
    if not found or any(urllib.request.proxy_bypass(place) for place in (url.place, url.origin[1])):
        return None
    parsed = urlsplit(found if "://" in found else f"http://{found}")
    if parsed.scheme not in ("http", "https", "socks5", "socks5h") or not parsed.hostname:
        raise ValueError("no proxy")
    if parsed.scheme.startswith("socks"):
        importlib.import_module("socksio")
    login = (unquote_to_bytes(parsed.username or ""), unquote_to_bytes(parsed.password or ""))
    place = httpcore.URL(
        scheme=parsed.scheme, host=parsed.hostname.encode("idna"), port=parsed.port, target="/"
    )
    return httpcore.Proxy(place, login if parsed.username else None)
