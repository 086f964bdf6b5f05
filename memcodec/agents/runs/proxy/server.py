"""The proxy itself: it listens on this machine, at an address that only the program is told."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore

from memcodec.agents.runs.proxy import asking
from memcodec.agents.runs.proxy.asking import Asked
from memcodec.agents.runs.proxy.session import Exchange, Given, Session
from memcodec.agents.runs.proxy.upstream import PROVIDERS, Response, Upstream
from memcodec.errors import Diverged, MemcodecError

MOST = 64 << 20  #: bytes of a request, and of an answer
_EVENTS = "text/event-stream"


class Server(ThreadingHTTPServer):
    """A proxy over a session. ``upstream`` is None where nobody may be reached."""

    daemon_threads = True

    def __init__(self, session: Session, upstream: Upstream | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.session, self.upstream = session, upstream
        self._token = secrets.token_urlsafe(9)  # another user of this machine does not know it
        self.failures: list[str] = []

    def variables(self) -> dict[str, str]:
        """What has a program ask here."""
        base = f"http://127.0.0.1:{self.server_address[1]}/{self._token}"
        return {
            variable: f"{base}/{each.name}{each.below}" for each in PROVIDERS for variable in each.variables
        }

    def asked(self, method: str, path: str, data: bytes) -> Asked | None:
        """A request to one of the providers; None for any other."""
        for each in PROVIDERS:
            start = f"/{self._token}/{each.name}{each.below}/"
            if path.startswith(start):
                return Asked(each.name, method, path[len(start) - 1 :], asking.body_of(data))
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A program that goes away in the middle of an answer is no fault."""


@contextlib.contextmanager
def serving(session: Session, upstream: Upstream | None) -> Iterator[Server]:
    """A proxy that listens for as long as the context lasts."""
    with Server(session, upstream) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            if upstream is not None:
                upstream.close()


class Handler(BaseHTTPRequestHandler):
    """One connection of the program."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # each event of a stream goes on as it comes

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of http.server
        """Standard error is the program's."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_DELETE(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST:
            self._refuse(413, f"a request has at most {MOST:,} bytes, and says how many")
            return
        self._answer(self.rfile.read(int(length)))

    def _answer(self, data: bytes) -> None:
        asked = self.server.asked(self.command, self.path, data)
        if asked is None:
            self._refuse(404, "this is a proxy for the protocols of OpenAI and Anthropic")
            return
        try:
            exchange = self.server.session.begin(asked)
            if exchange.given is not None:
                self._give(exchange.given)
            elif self.server.upstream is None:
                raise Diverged("the recorded run has no answer to this, and nobody is asked")
            else:
                changed = exchange.asked.body is not asked.body
                self._forward(
                    self.server.upstream, exchange, asking.bytes_of(exchange.asked.body) if changed else data
                )
        except MemcodecError as error:
            self.server.failures.append(str(error))
            self._refuse(400, str(error))

    def _refuse(self, status: int, text: str) -> None:
        """An error in the form that both protocols have."""
        self.close_connection = True
        body = {"type": "error", "error": {"type": "memcodec", "message": text, "code": None, "param": None}}
        self._whole(status, "application/json", json.dumps(body).encode())

    def _give(self, given: Given) -> None:
        if not given.is_stream:
            self._whole(given.status, given.type, asking.bytes_of(given.body))
            return
        self._head(given.status, [("Content-Type", given.type), ("Transfer-Encoding", "chunked")])
        for event in given.body or []:
            self._chunk(str(event).encode("utf-8", "replace"))
        self._chunk(b"")

    def _forward(self, upstream: Upstream, exchange: Exchange, data: bytes) -> None:
        session, asked = self.server.session, exchange.asked
        try:
            with upstream.ask(
                asked.of, asked.method, asked.path, list(self.headers.items()), data
            ) as response:
                if response.header("content-type").startswith(_EVENTS):
                    self._stream(exchange, response)
                    return
                body = _bounded(response)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            text = f"{asked.of} is not reached: {type(error).__name__}"
            session.end(exchange, None, _since(exchange), error=text)
            self._refuse(502, text)
            return
        given = Given(response.status, response.header("content-type"), asking.body_of(body), False)
        session.end(exchange, given, _since(exchange))
        self._whole(response.status, given.type, body, response.headers)

    def _stream(self, exchange: Exchange, response: Response) -> None:
        """Pass a stream on as it comes, and record its events with the time between them."""
        events, delays = list[str](), list[float]()
        rest, last, total = "", exchange.began, 0
        headers = [(name, value) for name, value in response.headers if name.lower() != "content-type"]
        kind = response.header("content-type")
        self._head(response.status, [*headers, ("Content-Type", kind), ("Transfer-Encoding", "chunked")])
        import codecs

        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            for block in response.blocks:
                self._chunk(block)
                total += len(block)
                if total > MOST:
                    raise MemcodecError(f"an answer of more than {MOST:,} bytes")
                found, rest = asking.events(rest + decoder.decode(block))
                now = time.perf_counter()
                delays += [round((now - last) * 1000, 1)] + [0.0] * (len(found) - 1) if found else []
                last = now if found else last
                events += found
            self._chunk(b"")
        finally:
            if rest:
                events.append(rest)
                delays.append(0.0)
            given = Given(response.status, kind, events, True)
            self.server.session.end(exchange, given, _since(exchange), delays)

    def _whole(
        self, status: int, kind: str, body: bytes, headers: list[tuple[str, str]] | None = None
    ) -> None:
        more = [(name, value) for name, value in headers or [] if name.lower() != "content-type"]
        self._head(status, [*more, ("Content-Type", kind), ("Content-Length", str(len(body)))])
        self.wfile.write(body)

    def _head(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        """As RFC 9112, 7.1 has it; an empty one is the last."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def _bounded(response: Response) -> bytes:
    parts, total = [], 0
    for block in response.blocks:
        total += len(block)
        if total > MOST:
            raise MemcodecError(f"an answer of more than {MOST:,} bytes")
        parts.append(block)
    return b"".join(parts)


def _since(exchange: Exchange) -> float:
    return (time.perf_counter() - exchange.began) * 1000
