"""One GET, whatever a web server and the way there may do: redirects, retries, logins, time limits. No ranges here."""

from __future__ import annotations

import contextlib
import hashlib
import random
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from memcodec.errors import ConfigError, StorageError
from memcodec.storage import urls
from memcodec.storage.http import faults, netrc
from memcodec.storage.http.connections import Connections, Response
from memcodec.storage.http.deadline import Deadline
from memcodec.storage.http.faults import Again, ServerRefused
from memcodec.storage.remote.log import Round
from memcodec.storage.remote.ranges import Span
from memcodec.storage.urls import Url

TRIES = 4  #: of one request, before it is given up
_HOPS = 5  # redirects followed
_PAUSE = 0.25  # seconds before the second try, about; it doubles with each

T = TypeVar("T")


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

    abreast = 16  #: requests of one round at once
    where = "the URL"  #: what names the server: for messages
    several = True  #: whether the server may answer several ranges at once

    def __init__(
        self, url: str, headers: Mapping[str, str], idle: float, *, name: str = "", bundle: str | None = None
    ) -> None:
        """``headers`` go to the URL's own host alone. ``idle``: seconds to wait for a server that says nothing.

        ``name``: what to call it in messages, by default the URL. Raises ConfigError.
        """
        self._first = self._last = urls.parse(url)
        self.name, self.closed = name or str(self._first), False
        self._headers = headers
        self._connections = Connections(self.name, idle=idle, connect=idle / 2, bundle=bundle)
        self._connections.pool(self._first)

    @property
    def key(self) -> str:
        """Tells this file from all others, and no secret."""
        return f"{self.name} {hashlib.sha256(self._first.sent.encode()).hexdigest()}"

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
            if not isinstance(found, Url):
                self._last = url
                return found[0]
            url, hops = found, hops + 1
            if hops > _HOPS:
                raise StorageError(f"{self.name}: the server redirects too often; check the URL")

    def _once(self, url: Url, ask: Get[T]) -> Url | tuple[T]:
        """The place to go on to, or what was made of the answer; one line of the log either way."""
        began, reply = time.monotonic(), None
        try:
            if self.closed:
                raise StorageError(f"{self.name}: is closed")
            headers = {**self.login(url), **ask.headers}
            with ask.limit.kept(), self._connections.ask("GET", url, headers) as reply:
                reply.spans = ask.spans
                return self._judged(url, reply, ask.read)
        except faults.BROKEN as error:
            raise faults.broken(self.name, error, self.where) from None
        except (OSError, RuntimeError) as error:  # another thread closed the connections
            if not self.closed:
                raise
            raise StorageError(f"{self.name}: was closed while it was read") from error
        finally:
            status, received, spans = (
                (reply.status, reply.received, reply.spans) if reply else (0, 0, ask.spans)
            )
            ask.note.add("GET", spans, status, received, began)

    def login(self, url: Url) -> Mapping[str, str]:
        """Headers for a server: those for the first one, and what the user's netrc file holds."""
        home = url.origin == self._first.origin
        sent = self._headers if home else {}
        # A netrc's login for any host is for the host the user named, not for one that host names.
        known = None if "authorization" in map(str.lower, sent) else netrc.login(url.origin[1], default=home)
        if known is None:
            return sent
        return {**sent, "Authorization": f"Basic {b64encode(':'.join(known).encode()).decode()}"}

    def refusal(self, reply: Response) -> ServerRefused | None:
        """What the user is told of an answer that is a refusal."""
        if reply.status not in faults.REFUSALS:
            return None
        return faults.refused(self.name, reply.status, signed=bool(self._first.query))

    def _judged(self, url: Url, reply: Response, read: Callable[[Response], T]) -> Url | tuple[T]:
        if (refusal := self.refusal(reply)) is not None:
            raise refusal
        if reply.status in faults.REDIRECTS:
            return self._onward(url, reply.header("location"))
        if reply.status in faults.BUSY:
            raise Again(
                f"cannot answer now (HTTP {reply.status})", faults.retry_after(reply.header("retry-after"))
            )
        return (read(reply),)

    def _onward(self, url: Url, location: str) -> Url:
        onward = None
        if location:
            with contextlib.suppress(ConfigError):
                onward = url.joined(location)
        if onward is None or onward.scheme not in ("http", "https"):
            raise StorageError(
                f"{self.name}: redirected to something other than a web address; check the URL"
            )
        if url.scheme == "https" and onward.scheme == "http":
            raise StorageError(
                f"{self.name}: the server redirects from https to http, which anyone may alter"
            )
        return onward

    def close(self) -> None:
        self.closed = True
        self._connections.close()


def _backoff(attempt: int) -> float:
    # Many readers that failed together are not to come again together.
    return _PAUSE * (1 << (attempt - 1)) * random.uniform(0.5, 1.0)
