"""One time limit over all that a round of requests does, kept against a server that sends a byte now and then, too.

A timeout is for each wait on a socket alone, so a server that drips its answer may take for ever. Here every wait on a
socket ends with the round's time, whatever the socket is waited on for.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpcore

_LOGGERS = [f"httpcore.{name}" for name in ("connection", "http11", "proxy", "socks")]
_thread = threading.local()


class Deadline:
    """The moment by which a round must be over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._over = threading.Event()

    def left(self) -> float:
        """Seconds; 0 or less when it is over."""
        return 0.0 if self._over.is_set() else self._end - time.monotonic()

    def cancel(self) -> None:
        """Let it be over now: for all threads that work under it."""
        self._over.set()

    def pause(self, seconds: float) -> bool:
        """Wait; False, at once or as soon as it is cancelled, if there is not so much time."""
        return seconds < self.left() and not self._over.wait(seconds)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """This thread's waits on sockets end by then."""
        _thread.deadline = self
        try:
            yield
        finally:
            _thread.deadline = None


class TimedBackend(httpcore.SyncBackend):
    """The network, for a connection pool: it keeps the deadlines of the threads that use the pool."""

    def __init__(self) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(_foreign)  # one filter is added but once

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *rest: Any, **more: Any
    ) -> httpcore.NetworkStream:
        timeout = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, timeout, *rest, **more))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, over: type[Exception]) -> float | None:
    deadline: Deadline | None = getattr(_thread, "deadline", None)
    if deadline is None:
        return timeout
    left = deadline.left()
    if left <= 0:
        raise over("out of time")
    return left if timeout is None else min(timeout, left)


def _foreign(record: logging.LogRecord) -> bool:
    """httpcore logs headers, logins included: not those of our requests."""
    return getattr(_thread, "deadline", None) is None
