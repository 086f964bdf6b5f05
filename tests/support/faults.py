"""A web server between a reader and a real one, that spoils the answers it is told to: for tests of far reading."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_STALL = 20.0  # seconds a stalled answer is kept back, unless the test ends before


@dataclass
class Answer:
    """What the real server answered, to be spoilt."""

    status: int
    headers: dict[str, str]
    body: bytes

    def head(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status} Reason",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def with_body(self, body: bytes) -> Answer:
        return Answer(self.status, {**self.headers, "Content-Length": str(len(body))}, body)

    def with_header(self, name: str, value: str) -> Answer:
        return Answer(self.status, {**self.headers, name: value}, self.body)


@dataclass
class Exchange:
    """One request, and the means to answer it badly."""

    proxy: FaultyServer
    sock: socket.socket
    path: str
    headers: dict[str, str]

    def upstream(self, *, ranges: bool = True) -> Answer:
        """The real server's answer to this request."""
        sent = {name: value for name, value in self.headers.items() if ranges or name != "range"}
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", self.path, headers={**sent, "connection": "close"})
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders() if name.lower() != "connection"}
            return Answer(response.status, kept, response.read())

    def send(self, answer: Answer) -> None:
        self.sock.sendall(answer.head() + answer.body)

    def drip(self, data: bytes) -> None:
        """A byte now and then, until the test ends or the reader goes."""
        for byte in data:
            self.sock.sendall(bytes([byte]))
            if self.proxy.stopping.wait(0.1):
                return

    def stall(self) -> None:
        self.proxy.stopping.wait(_STALL)


Fault = Callable[[Exchange], None]


class HangUp(Exception):
    """Ends the connection."""


def _refusal(status: int, **headers: str) -> Fault:
    def fault(exchange: Exchange) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        exchange.send(Answer(status, {"Content-Length": "2", **named}, b"no"))

    return fault


def _spoilt(change: Callable[[Answer], Answer]) -> Fault:
    return lambda exchange: exchange.send(change(exchange.upstream()))


def _reset(exchange: Exchange) -> None:
    exchange.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise HangUp


def _hang_up(exchange: Exchange) -> None:
    raise HangUp


def _drop_halfway(exchange: Exchange) -> None:
    answer = exchange.upstream()
    exchange.sock.sendall(answer.head() + answer.body[: len(answer.body) // 2])
    raise HangUp


def _stall_halfway(exchange: Exchange) -> None:
    answer = exchange.upstream()
    exchange.sock.sendall(answer.head() + answer.body[: len(answer.body) // 2])
    exchange.stall()


def _whole(exchange: Exchange) -> None:
    exchange.send(exchange.upstream(ranges=False))


def _drip_head(exchange: Exchange) -> None:
    exchange.drip(exchange.upstream().head())


def _drip_body(exchange: Exchange) -> None:
    answer = exchange.upstream()
    exchange.sock.sendall(answer.head())
    exchange.drip(answer.body)


def _endless(exchange: Exchange) -> None:
    answer = exchange.upstream()
    answer.headers.pop("Content-Length", None)
    exchange.sock.sendall(answer.with_header("Transfer-Encoding", "chunked").head())
    while not exchange.proxy.stopping.is_set():
        exchange.sock.sendall(b"10000\r\n" + bytes(0x10000) + b"\r\n")


def _garbage(exchange: Exchange) -> None:
    exchange.sock.sendall(b"\x00\xff this is no HTTP\r\n\r\n" * 10)
    raise HangUp


def _other_range(answer: Answer) -> Answer:
    """Ranges that begin a byte later than asked for, in the header or in the parts."""
    moved = re.compile(rb"bytes (\d+)-(\d+)/")

    def later(found: re.Match[bytes]) -> bytes:
        return b"bytes %d-%d/" % (int(found[1]) + 1, int(found[2]) + 1)

    headers = {name: moved.sub(later, value.encode()).decode() for name, value in answer.headers.items()}
    return Answer(answer.status, headers, b"").with_body(moved.sub(later, answer.body))


def _other_size(answer: Answer) -> Answer:
    size = re.compile(rb"(bytes \d+-\d+)/(\d+)")
    headers = {name: size.sub(rb"\1/9\2", value.encode()).decode() for name, value in answer.headers.items()}
    return Answer(answer.status, headers, b"").with_body(size.sub(rb"\1/9\2", answer.body))


def _flipped(answer: Answer) -> Answer:
    """Every hundredth byte another one: only the file's own checksums can tell."""
    body = bytearray(answer.body)
    for place in range(50, len(body), 100):
        body[place] ^= 0x55
    return answer.with_body(bytes(body))


def _etag(answer: Answer) -> Answer:
    return answer.with_header("ETag", '"another"')


FAULTS: dict[str, Fault] = {
    "whole file for a range": _whole,
    "another range": _spoilt(_other_range),
    "another size": _spoilt(_other_size),
    "less than asked for": _spoilt(lambda answer: answer.with_body(answer.body[: len(answer.body) // 2])),
    "more than asked for": _spoilt(lambda answer: answer.with_body(answer.body + b"more")),
    "endless": _endless,
    "compressed": _spoilt(
        lambda answer: answer.with_body(gzip.compress(answer.body)).with_header("Content-Encoding", "gzip")
    ),
    "other bytes": _spoilt(_flipped),
    "another version": _spoilt(_etag),
    "no Content-Range": _spoilt(lambda answer: answer.with_header("Content-Range", "none")),
    "another boundary": _spoilt(
        lambda answer: answer.with_header("Content-Type", "multipart/byteranges; boundary=other")
    ),
    "redirected for ever": lambda exchange: _refusal(302, Location=exchange.path)(exchange),
    "redirected nowhere": _refusal(302),
    "redirected to a file": _refusal(302, Location="file:///etc/passwd"),
    "redirected with a login": _refusal(302, Location="http://a:b@127.0.0.1:1/"),
    "no login": _refusal(401, WWW_Authenticate='Basic realm="x"'),
    "expired": _refusal(403),
    "not found": _refusal(404),
    "gone": _refusal(410),
    "replaced": _refusal(412),
    "no such range": _refusal(416, Content_Range="bytes */0"),
    "too many requests": _refusal(429, Retry_After="0"),
    "too many requests for an hour": _refusal(429, Retry_After="3600"),
    "busy": _refusal(503),
    "busy, says a broken date": _refusal(503, Retry_After="soon"),
    "bad gateway": _refusal(502),
    "gateway's time is over": _refusal(504),
    "nothing": _refusal(204),
    "silent": Exchange.stall,
    "silent halfway": _stall_halfway,
    "a byte of the head now and then": _drip_head,
    "a byte of the body now and then": _drip_body,
    "hangs up": _hang_up,
    "resets": _reset,
    "hangs up halfway": _drop_halfway,
    "garbage": _garbage,
}


@dataclass
class FaultyServer:
    """Answers as the server at port ``upstream`` of this machine, but for the requests it spoils."""

    upstream: int
    fault: Fault | None = None
    first: int = 0  #: the first request that is spoilt, from 0 on
    last: int = 0  #: the last one
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)  #: path and headers of each request
    stopping: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spoil(self, fault: Fault, first: int, last: int | None = None) -> None:
        """From now on, count requests anew and spoil those from ``first`` to ``last``."""
        with self._lock:
            self.fault, self.first, self.last = fault, first, first if last is None else last
            self.seen.clear()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    @contextlib.contextmanager
    def running(self) -> Iterator[FaultyServer]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.05)
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._accept, args=(listener,))
            thread.start()
            try:
                yield self
            finally:
                self.stopping.set()
                thread.join()

    def _accept(self, listener: socket.socket) -> None:
        threads = []
        while not self.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = listener.accept()
                threads.append(threading.Thread(target=self._serve, args=(sock,)))
                threads[-1].start()
        for thread in threads:
            thread.join()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(0.05)
        with sock, contextlib.suppress(OSError, HangUp):
            while head := self._head(sock):
                sock.settimeout(5)
                self._answer(Exchange(self, sock, *_parsed(head)))
                sock.settimeout(0.05)

    def _head(self, sock: socket.socket) -> bytes:
        """The next request's head; nothing when there is none any more."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            try:
                head += (got := sock.recv(65536))
            except TimeoutError:
                if self.stopping.is_set():
                    return b""
                continue
            if not got:
                return b""
        return head

    def _answer(self, exchange: Exchange) -> None:
        with self._lock:
            number = len(self.seen)
            self.seen.append((exchange.path, exchange.headers))
            fault = self.fault if self.first <= number <= self.last else None
        if fault is None:
            exchange.send(exchange.upstream())
        else:
            fault(exchange)


def _parsed(head: bytes) -> tuple[str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])
    }
    target = urlsplit(lines[0].split(" ")[1])
    return f"{target.path}?{target.query}" if target.query else target.path, headers
