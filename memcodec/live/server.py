"""What other processes ask of a ring, by HTTP (RFC 9110), over its socket or on a port of this machine.

POST /ingest   lines: JSON, one a line (application/x-ndjson), or as they are (text/plain); ?first=N as ``add_many``
GET  /search   ?q= &k= &mode= &since= &start= &min_score=; POST has more, as JSON
GET  /tail     ?q= &mode= &min_score= &start=: what answers, as it comes (text/event-stream, WHATWG HTML 9.2)
GET  /lines    all lines, as JSON, one a line; ?first=N: from a number on
GET  /outliers ?k= &threshold=
GET  /status   how it stands; GET /metrics the same for Prometheus
POST /flush    waits until the spill has written what has flowed out
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from memcodec.errors import Closed, ConfigError, MemcodecError, NotFound
from memcodec.live import names, wire
from memcodec.process import ports
from memcodec.version import __version__

if TYPE_CHECKING:
    from memcodec.live.ring import Ring

MOST: Final = 32 << 20  #: bytes of a request
_AT_ONCE = 64  # connections
_PULSE = 15.0  # seconds after which a silent stream says that it is still there
_IDLE = 600.0  # seconds for which a connection may say nothing
_BLOCK = 1 << 16
_STATUS = {ConfigError: HTTPStatus.BAD_REQUEST, NotFound: HTTPStatus.NOT_FOUND, Closed: HTTPStatus.GONE}


class Server(ThreadingMixIn, HTTPServer):
    """Serves one ring at one socket, each connection by a thread."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, ring: Ring, listening: socket.socket, *, is_local: bool) -> None:
        super().__init__(("", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.ring = listening, ring
        self.is_local = is_local  #: a socket of this user's, not a port
        self.server_name, self.server_port = "", 0
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="live", daemon=True)

    def begin(self) -> None:
        """Serve, by a thread of its own."""
        self._thread.start()

    def end(self) -> None:
        """No more connections."""
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """Where it is, of a port."""
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return (not self.is_local or names.is_own(request)) and self._room.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who goes away in the middle is no error of this process."""


def listen(where: str) -> socket.socket:
    """A socket of this machine's own network, "127.0.0.1:8080"; port 0: any. Raises ConfigError."""
    try:
        host, port = ports.split(where)
    except ValueError:
        host, port = "", 0
    if host not in ports.LOCAL:
        raise ConfigError(f"{where!r}: write 127.0.0.1:PORT; what is served is for this machine alone")
    try:
        return ports.bind(host, port)
    except OSError as error:
        raise ConfigError(f"{where}: cannot be served at: {error.strerror or error}") from None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = f"memcodec/{__version__}", ""
    timeout = _IDLE
    server: Server
    disable_nagle_algorithm = False

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        try:
            self._check_asker()
            body = self._body() if method == "POST" else b""
            ask = _ROUTES.get((method, parts.path))
            if ask is None:
                raise NotFound(f"nothing is at {method} {parts.path}")
            given = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100))
            ask(self, given, body)
        except MemcodecError as error:
            status = next((each for kind, each in _STATUS.items() if isinstance(error, kind)), 500)
            self._json({"error": str(error), "kind": type(error).__name__}, status=int(status))
        except (ValueError, TypeError) as error:
            self._json({"error": str(error), "kind": "ConfigError"}, status=400)

    def _check_asker(self) -> None:
        """On a port, pages of other sites may not ask, under whatever name they came here."""
        if self.server.is_local:
            return
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        site = self.headers.get("Sec-Fetch-Site", "none")
        origin = self.headers.get("Origin")
        if (
            host not in ports.LOCAL
            or site not in ("none", "same-origin")
            or origin not in (None, self._origin)
        ):
            self.close_connection = True
            raise ConfigError("pages of other sites may not ask this ring")

    @property
    def _origin(self) -> str:
        return f"http://{self.headers.get('Host', '')}"

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal():
            self.close_connection = True
            raise ConfigError("a request must tell its Content-Length")
        if int(length) > MOST:
            self.close_connection = True
            raise ConfigError(f"a request has {MOST:,} bytes at most; send lines in several")
        return self.rfile.read(int(length))

    # Answers

    def _ingest(self, given: dict[str, str], body: bytes) -> None:
        ring = self.server.ring
        if self.headers.get_content_type() == "text/plain":
            texts: list[str | bytes] = [*body.split(b"\n")]
            if not texts[-1]:
                texts.pop()
            tags = None
        else:
            texts, tags = wire.records(body)
        first = _number(given, "first")
        ring.add_many(texts, tags=tags, first=first)
        self._json({"next": ring.end, "spilled": ring.status().spilled})

    def _search(self, given: dict[str, str], body: bytes) -> None:
        asked = wire.asked(given, body)
        found = self.server.ring.search(
            asked.query,
            asked.k,
            asked.mode,
            asked.only,
            since=asked.since,
            start=asked.start,
            **asked.options,
        )
        self._json(wire.answer(self.server.ring, found))

    def _tail(self, given: dict[str, str], body: bytes) -> None:
        asked = wire.asked(given, body)
        last = self.headers.get("Last-Event-ID", "")
        start = int(last) + 1 if last.isascii() and last.isdecimal() and len(last) < 19 else asked.start
        least = asked.options.get("min_score")
        with self.server.ring.subscribe(
            asked.query, asked.mode, asked.only, min_score=least, start=start
        ) as found:
            self._begin("text/event-stream")
            with contextlib.suppress(StopIteration):
                while True:
                    hit = found.take(_PULSE)
                    if hit is None:
                        self._piece(b": \n\n")
                    else:
                        self._piece(b"id: %d\ndata: %s\n\n" % (hit.chunk, wire.dumps(wire.hit(hit))))
            self._piece(b"")

    def _lines(self, given: dict[str, str], body: bytes) -> None:
        lines = self.server.ring.lines(_number(given, "first") or 0)
        self._begin("application/x-ndjson")
        for piece in _gathered(wire.dumps(wire.line(*each)) + b"\n" for each in lines):
            self._piece(piece)
        self._piece(b"")

    def _outliers(self, given: dict[str, str], body: bytes) -> None:
        threshold = float(given["threshold"]) if "threshold" in given else None
        found = self.server.ring.outliers(_number(given, "k") or 10, threshold=threshold)
        self._json({"outliers": [wire.outlier(each) for each in found]})

    def _status(self, given: dict[str, str], body: bytes) -> None:
        self._json(wire.status(self.server.ring.status()))

    def _metrics(self, given: dict[str, str], body: bytes) -> None:
        data = wire.metrics(self.server.ring.status()).encode()
        self._send(data, "text/plain; version=0.0.4; charset=utf-8", 200)

    def _flush(self, given: dict[str, str], body: bytes) -> None:
        self._json({"spilled": self.server.ring.flush()})

    # Bytes

    def _json(self, value: object, *, status: int = 200) -> None:
        self._send(wire.dumps(value), "application/json", status)

    def _send(self, data: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(data)

    def _begin(self, kind: str) -> None:
        """An answer in pieces (RFC 9112, section 7.1)."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _piece(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: what was asked is nobody's business."""


def _number(given: dict[str, str], name: str) -> int | None:
    if name not in given:
        return None
    text = given[name]
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise ConfigError(f"{name}={text}: must be a whole number, 0 or more")
    return int(text)


def _gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Small parts together."""
    held, size = list[bytes](), 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


_ROUTES: dict[tuple[str, str], Callable[[_Handler, dict[str, str], bytes], None]] = {
    ("POST", "/ingest"): _Handler._ingest,
    ("GET", "/search"): _Handler._search,
    ("POST", "/search"): _Handler._search,
    ("GET", "/tail"): _Handler._tail,
    ("POST", "/tail"): _Handler._tail,
    ("GET", "/lines"): _Handler._lines,
    ("GET", "/outliers"): _Handler._outliers,
    ("GET", "/status"): _Handler._status,
    ("GET", "/metrics"): _Handler._metrics,
    ("POST", "/flush"): _Handler._flush,
}
