"""One GET, whatever a web server and the way there may do: redirects, retries, logins, time limits. No ranges here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from memcodec.errors import ConfigError, StorageError
from memcodec.storage import urls
from memcodec.storage.http import deadline, faults, netrc
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.faults import Again, ServerRefused
from memcodec.storage.remote.log import Round
from memcodec.storage.remote.ranges import Span

TRIES = 4  #: of one request, before it is given up
CONNECTIONS = 16  #: open at once to one place
_HOPS = 5  # redirects followed
_PAUSE = 0.25  # seconds before the second try, about; it doubles with each

T = TypeVar("T")


class TooLong(Exception):
    """A body goes on beyond the bytes there is room for."""


class Response:
    """An answer whose body is still to be read, or not."""

    def __init__(self, response: httpx.Response, spans: Sequence[Span]) -> None:
        self._response = response
        self.status = response.status_code
        self.spans = spans  #: for the log: the bytes it holds
        self.received = 0  #: bytes of the body so far

    def header(self, name: str) -> str:
        """The header's value, "" when there is none."""
        value: str = self._response.headers.get(name, "")
        return value

    def blocks(self) -> Iterator[bytes]:
        """The body as it comes, front to back."""
        for block in self._response.iter_raw():
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


@dataclass(frozen=True)
class Get(Generic[T]):
    """What to ask, and what to make of the answer."""

    headers: Mapping[str, str]
    spans: Sequence[Span]  #: for the log: the bytes it asks for
    limit: Deadline
    note: Round
    #: It sees no redirect, no refusal and no busy server: those are dealt with. May raise Again for another try.
    read: Callable[[Response], T]


class Web:
    """GETs one URL over connections that are kept. For many threads. Its errors tell no secret."""

    def __init__(self, url: str, headers: Mapping[str, str], idle: float) -> None:
        """``headers`` go to the URL's own host alone. ``idle``: seconds to wait for a server that says nothing."""
        parsed = urls.parse(url)
        self.name, self.closed = str(parsed), False
        self._headers = dict(headers)
        try:
            self._first = self._last = httpx.URL(parsed.sent)
        except httpx.InvalidURL:
            raise ConfigError(f"{self.name}: is no URL; write it as https://host/path/file.mp4") from None
        self._client = self._connected(idle)

    def _connected(self, idle: float) -> httpx.Client:
        try:
            client = httpx.Client(
                headers={"Accept-Encoding": "identity", "User-Agent": _agent()},
                timeout=httpx.Timeout(idle, connect=idle / 2),
                limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            )
        except (ValueError, ImportError, OSError):
            # What these say may be a proxy's password.
            raise ConfigError(
                f"{self.name}: a proxy or certificate variable of the environment is wrong; check HTTPS_PROXY, "
                "HTTP_PROXY, ALL_PROXY and SSL_CERT_FILE (a SOCKS proxy needs: pip install 'httpx[socks]')"
            ) from None
        deadline.watch(client)
        return client

    def get(self, ask: Get[T]) -> T:
        """What ``ask.read`` makes of the answer. Raises StorageError, within ``ask.limit``."""
        attempt = 1
        while True:
            try:
                return self._follow(ask)
            except Again as again:
                pause = _backoff(attempt) if again.pause is None else again.pause
                over = ask.limit.left() <= 0
                if over or attempt == TRIES or not ask.limit.pause(pause):
                    raise self._given_up(again, ask.limit, over=over) from None
            attempt += 1

    def _given_up(self, again: Again, limit: Deadline, *, over: bool) -> StorageError:
        if over:
            return StorageError(f"{self.name}: no whole answer within {limit.seconds:.3g} s; try again later")
        asks = f" and asks to wait {again.pause:.0f} s" if again.pause else ""
        return StorageError(f"{self.name}: the server {again}{asks}; try again later")

    def _follow(self, ask: Get[T]) -> T:
        """Follow redirects, from where they led the last time."""
        url, hops = self._last, 0
        stale = url != self._first  # the first place may name another by now
        while True:
            try:
                found = self._once(url, ask)
            except ServerRefused as refusal:
                if not stale:
                    raise StorageError(str(refusal)) from None
                url, hops, stale = self._first, 0, False
                continue
            if not isinstance(found, httpx.URL):
                self._last = url
                return found[0]
            url, hops = found, hops + 1
            if hops > _HOPS:
                raise StorageError(f"{self.name}: the server redirects too often; check the URL")

    def _once(self, url: httpx.URL, ask: Get[T]) -> httpx.URL | tuple[T]:
        """The place to go on to, or what was made of the answer; one line of the log either way."""
        began, reply = time.monotonic(), None
        try:
            with ask.limit.kept():
                response = self._send(url, ask.headers)
                try:
                    reply = Response(response, ask.spans)
                    return self._judged(url, reply, ask.read)
                finally:
                    response.close()  # which ends the connection unless the body was read to its end
        except httpx.TransportError as error:
            raise faults.broken(self.name, error) from None
        except (OSError, RuntimeError) as error:  # another thread closed the connections
            if not self.closed:
                raise
            raise StorageError(f"{self.name}: was closed while it was read") from error
        finally:
            status, received, spans = (
                (reply.status, reply.received, reply.spans) if reply else (0, 0, ask.spans)
            )
            ask.note.add("GET", spans, status, received, began)

    def _send(self, url: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        if self.closed:
            raise StorageError(f"{self.name}: is closed")
        home = _origin(url) == _origin(self._first)
        sent = {**(self._headers if home else {}), **headers}
        request = self._client.build_request("GET", url, headers=sent)
        # A netrc's login for any host is for the host the user named, not for one that host names.
        known = None if "authorization" in request.headers else netrc.login(url.host, default=home)
        return self._client.send(request, stream=True, auth=httpx.BasicAuth(*known) if known else None)

    def _judged(self, url: httpx.URL, reply: Response, read: Callable[[Response], T]) -> httpx.URL | tuple[T]:
        if reply.status in faults.REDIRECTS:
            return self._onward(url, reply.header("location"))
        if reply.status in faults.REFUSALS:
            raise faults.refused(self.name, reply.status, signed=bool(self._first.query))
        if reply.status in faults.BUSY:
            raise Again(
                f"cannot answer now (HTTP {reply.status})", faults.retry_after(reply.header("retry-after"))
            )
        return (read(reply),)

    def _onward(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            onward = url.join(location)
        except (httpx.InvalidURL, ValueError):
            onward = httpx.URL("")
        if not location or onward.scheme not in ("http", "https") or not onward.host or onward.userinfo:
            raise StorageError(f"{self.name}: the server redirects to what is no web address; check the URL")
        if url.scheme == "https" and onward.scheme == "http":
            raise StorageError(
                f"{self.name}: the server redirects from https to http, which anyone may alter"
            )
        return onward

    def close(self) -> None:
        self.closed = True
        self._client.close()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _backoff(attempt: int) -> float:
    # Many readers that failed together are not to come again together.
    return _PAUSE * (1 << (attempt - 1)) * random.uniform(0.5, 1.0)


def _agent() -> str:
    from memcodec.version import __version__

    return f"memcodec/{__version__}"
