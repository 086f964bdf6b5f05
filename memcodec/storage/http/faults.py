"""What web servers and networks answer instead of bytes, in our own words: theirs may hold a URL with its signature."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from memcodec.errors import ConfigError, MemcodecError, StorageError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
BUSY = frozenset({408, 429, 500, 502, 503, 504})
REFUSALS = frozenset({401, 403, 404, 410})

BROKEN = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)  #: what httpcore raises


class Again(Exception):
    """What went wrong may go right the next time. ``str()`` completes "the server ..."."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause  #: seconds the server asks to wait


class ServerRefused(Exception):
    """The server will not give this file, at least not from this place."""


def refused(name: str, status: int, *, signed: bool) -> ServerRefused:
    """The error for one of ``REFUSALS``; ``signed``: the URL has a query, which is a signature mostly."""
    if status == 404:
        return ServerRefused(f"{name}: the server has no such file (HTTP 404); check the URL")
    if status == 410:
        return ServerRefused(f"{name}: is gone from the server for good (HTTP 410)")
    if status == 401:
        return ServerRefused(f"{name}: the server asks for a login (HTTP 401); put the right one in ~/.netrc")
    hint = "the URL's signature may have expired: get a new one" if signed else "check your login in ~/.netrc"
    return ServerRefused(f"{name}: the server refuses access (HTTP 403); {hint}")


def broken(name: str, error: Exception, where: str = "the URL") -> MemcodecError | Again:
    """What one of ``BROKEN`` means: another try, or the end. ``where``: what names the server."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return StorageError(
            f"{name}: the server's certificate is not to be trusted; check {where} and SSL_CERT_FILE"
        )
    if any(isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN for cause in causes):
        return StorageError(f"{name}: no such host; check {where}")
    if isinstance(error, httpcore.ProxyError):
        return StorageError(f"{name}: the proxy refuses; check HTTPS_PROXY and HTTP_PROXY")
    if isinstance(error, httpcore.UnsupportedProtocol | httpcore.LocalProtocolError):
        return ConfigError(f"{name}: a header or the URL cannot be sent as it is; check them")
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
        return Again("cannot be reached")
    late = isinstance(error, httpcore.TimeoutException)
    return Again("stopped answering" if late else "broke off its answer")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def retry_after(value: str) -> float | None:
    """Seconds to wait (RFC 9110, section 10.2.3); None when the server says nothing that can be understood."""
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
