"""Who may ask, how much and how often: what stands before every request.

Hosts and origins are checked so that no page of another site can ask a service of this machine in the name of its user
(DNS rebinding, cross-site requests); tokens say who asks; bodies, rates and slow senders are bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

from cachetools import LRUCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memcodec.service.access import Client, Role, Tokens
from memcodec.service.bare import root
from memcodec.service.faults import Refused, refusal
from memcodec.service.metrics import Metrics

COOKIE = "memcodec_token"
OPEN = {"/healthz", "/readyz", "/login", "/own/style.css", "/favicon.ico"}  #: what nobody needs a token for
_SLOW = 30.0  # seconds between two pieces of a body
_SAFE = {"GET", "HEAD", "OPTIONS"}
_EVERYONE = 10_000  # clients whose rate is remembered
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """``tokens``: None where whoever reaches the service may ask. ``hosts``: the names it goes by, None for any.

    ``origins``: other sites whose pages may ask. ``limit``: bytes of a body; ``rate``: requests a second of one client,
    over ten seconds; 0: any number.
    """

    tokens: Tokens | None
    hosts: Collection[str] | None
    origins: frozenset[str]
    limit: int
    rate: float


class Guard:
    """The service behind its rules."""

    def __init__(self, app: ASGIApp, rules: Rules, metrics: Metrics) -> None:
        self._app, self._rules, self._metrics = app, rules, metrics
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(_EVERYONE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        foreign = origin is not None and origin in self._rules.origins
        try:
            self._check_site(headers, origin)
            if scope["type"] == "http" and scope["method"] == "OPTIONS" and foreign:
                await _preflight()(scope, receive, _with(send, origin))
                return
            client = self._client(scope, headers)
            self._check_rate(scope, client)
            if scope["type"] == "http":
                self._check_length(headers)
        except Refused as error:
            self._metrics.refused.labels(str(error.status)).inc()
            if scope["type"] == "websocket":
                await _refuse_socket(receive, send, error)
            elif error.status == 401 and headers.get("sec-fetch-mode") == "navigate":
                await _to_login(scope)(scope, receive, _with(send, None))
            else:
                await refusal(error)(scope, receive, _with(send, origin if foreign else None))
            return
        scope.setdefault("state", {})["client"] = client
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._serve(scope, receive, _with(send, origin if foreign else None))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, begun, limit = 500, time.perf_counter(), self._rules.limit
        started, taken = False, 0
        refused: Refused | None = None

        async def bounded() -> Message:
            nonlocal taken, refused
            try:
                message = await (asyncio.wait_for(receive(), _SLOW) if not started else receive())
            except TimeoutError:
                refused = Refused(408, "the request came too slowly", "TooSlow")
                raise refused from None
            taken += len(message.get("body", b""))
            if taken > limit:
                refused = Refused(413, f"a request has {limit:,} bytes at most")
                raise refused
            return message

        async def sent(message: Message) -> None:
            nonlocal status, started
            if refused is not None and not started:
                return  # whatever the app makes of that, this is said below
            if message["type"] == "http.response.start":
                status, started = message["status"], True
            await send(message)

        self._metrics.running.inc()
        try:
            with contextlib.suppress(Refused):
                await self._app(scope, bounded, sent)
            if refused is not None and not started:
                told, refused = refused, None
                await refusal(told)(scope, receive, sent)
        finally:
            self._metrics.running.dec()
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - begun)

    def _check_site(self, headers: Headers, origin: str | None) -> None:
        host = headers.get("host", "")
        try:
            name = urlsplit(f"//{host}").hostname
            from_here = origin is None or urlsplit(origin).netloc == host
        except ValueError:
            raise Refused(400, "the Host or the Origin of the request is no name") from None
        if self._rules.hosts is not None and name not in self._rules.hosts:
            raise Refused(403, "this service does not go by that name")
        if origin is not None:
            if not from_here and origin not in self._rules.origins:
                raise Refused(403, "pages of other sites may not ask this service; `origins` allows one")
        elif headers.get("sec-fetch-site") in ("cross-site", "same-site") and (
            headers.get("sec-fetch-mode") != "navigate"
        ):
            raise Refused(403, "pages of other sites may not ask this service; `origins` allows one")

    def _client(self, scope: Scope, headers: Headers) -> Client:
        if self._rules.tokens is None:
            return Client("local", Role.ADMIN)
        token = _token(headers)
        client = self._rules.tokens.client(token) if token else None
        if client is not None:
            return client
        if scope["path"] in OPEN:
            return Client("", Role.READ)
        raise Refused(401, "a token is needed: Authorization: Bearer TOKEN, or sign in at /login")

    def _check_rate(self, scope: Scope, client: Client) -> None:
        """A bucket of ten seconds' requests, which fills by ``rate`` a second."""
        rate = self._rules.rate
        if not rate or scope["path"] in ("/healthz", "/readyz"):
            return
        who = (
            client.name
            if self._rules.tokens is not None and client.name
            else (scope.get("client") or ("",))[0]
        )
        now = time.monotonic()
        left, last = self._buckets.get(who, (rate * 10, now))
        left = min(rate * 10, left + (now - last) * rate)
        self._buckets[who] = max(0.0, left - 1), now
        if left < 1:
            raise Refused(429, f"too many requests; {rate:g} a second are answered")

    def _check_length(self, headers: Headers) -> None:
        length = headers.get("content-length", "0")
        if length.isascii() and length.isdecimal() and int(length[:20]) > self._rules.limit:
            raise Refused(413, f"a request has {self._rules.limit:,} bytes at most")


def _token(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


def _to_login(scope: Scope) -> Response:
    """Somebody's browser is led to where he signs in, and from there to where he wanted to be."""
    path, query = scope["path"].lstrip("/"), scope["query_string"].decode("ascii", "replace")
    wanted = quote(path) + (f"?{query}" if query else "")
    return RedirectResponse(f"{root(path)}login?{urlencode({'to': wanted})}", 303)


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Range, If-Range, If-Match",
            "Access-Control-Max-Age": "600",
        },
    )


def _with(send: Send, origin: str | None) -> Send:
    """Answers with what keeps them from being taken for something else, and for whom they are."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if origin is not None:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Expose-Headers"] = (
                    "ETag, Content-Range, Accept-Ranges, Content-Length"
                )
                headers.add_vary_header("Origin")
            else:
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        await send(message)

    return sent


async def _refuse_socket(receive: Receive, send: Send, error: Refused) -> None:
    """Accepted, and closed at once: else browsers are told no reason."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4000 + error.status, "reason": str(error)[:120]})
