"""A small server that speaks the OpenAI protocol as the test scripts it: streamed or whole, well or badly."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = BaseHTTPRequestHandler
Script = Callable[[Handler], None]


@dataclass
class ChatServer:
    """``script`` answers each request; ``asked`` holds the bodies, ``headers`` and ``paths`` what came with them."""

    url: str
    script: Script
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def prompt(self, number: int = -1) -> str:
        """The last message of a request."""
        return str(self.asked[number]["messages"][-1]["content"])


@contextlib.contextmanager
def chat_server() -> Iterator[ChatServer]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.asked.append(json.loads(body))
            made.headers.append({name.lower(): value for name, value in self.headers.items()})
            made.paths.append(self.path)
            with contextlib.suppress(ConnectionError):
                made.script(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    made = ChatServer(f"http://127.0.0.1:{server.server_port}/v1", streamed("Yes [1]."))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def head(handler: Handler, status: int, kind: str, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("content-type", kind)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def events(pieces: Sequence[str], reason: str | None = "stop", *, done: bool = True) -> bytes:
    """A stream as OpenAI's servers write it: a role first, then pieces, then the reason, then the end."""
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": ""},
        *({"content": each} for each in pieces),
    ]
    found = [{"choices": [{"index": 0, "delta": each, "finish_reason": None}]} for each in deltas]
    if reason:
        found.append({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        found.append({"choices": [], "usage": {"total_tokens": 9}})
    lines = [": keep-alive", "", *(part for each in found for part in (f"data: {json.dumps(each)}", ""))]
    return "\n".join([*lines, *(["data: [DONE]", "", ""] if done else [""])]).encode()


def streamed(
    *pieces: str, reason: str | None = "stop", done: bool = True, cut: int = 0, slow: float = 0
) -> Script:
    """A streamed answer; ``cut`` bytes are missing at its end, ``slow``: seconds between bytes of it."""

    def script(handler: Handler) -> None:
        data = events(pieces, reason, done=done)
        head(handler, 200, "text/event-stream; charset=utf-8")
        for at in range(0, len(data) - cut, 7 if slow else 64):
            handler.wfile.write(data[at : min(at + (7 if slow else 64), len(data) - cut)])
            handler.wfile.flush()
            time.sleep(slow)

    return script


def whole(text: str, reason: str = "stop") -> Script:
    """An answer in one piece, whatever was asked for."""
    message = {"role": "assistant", "content": text}
    return raw(200, json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": reason}]}))


def raw(status: int, body: str | bytes, kind: str = "application/json", **headers: str) -> Script:
    """Any answer at all."""

    def script(handler: Handler) -> None:
        head(handler, status, kind, **headers)
        handler.wfile.write(body if isinstance(body, bytes) else body.encode())

    return script


def failing(status: int, message: str = "", **headers: str) -> Script:
    """An error as OpenAI's servers word it."""
    return raw(status, json.dumps({"error": {"message": message, "type": "error"}}), **headers)


def silent(seconds: float) -> Script:
    """A server that begins to answer and says nothing more for a while."""

    def script(handler: Handler) -> None:
        head(handler, 200, "text/event-stream")
        time.sleep(seconds)

    return script
