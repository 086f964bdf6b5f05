"""A page's searches in Chromium, and what its server had to send for each: nothing of one is kept for the next."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

_PATIENCE = 60.0  # seconds for one query
# Its page imports the library anew for each query, and is then left for the next one's.
_PAGE = """<!doctype html><script type="module">
const asked = await (await fetch("/asked")).json();
if (asked) {
  const pagefind = await import("/pagefind/pagefind.js");
  const found = await pagefind.search(asked.query);
  const first = await Promise.all(found.results.slice(0, asked.k).map(hit => hit.data()));
  const numbers = first.map(hit => parseInt((hit.raw_url ?? hit.url).slice(1)));
  await fetch("/found", {method: "POST", body: JSON.stringify(numbers)});
  location.replace("/?" + Math.random());
}
</script>"""


class Asked(NamedTuple):
    """What one query fetched, files and bytes of bodies, and the numbers of the texts it found, the best first."""

    requests: int
    bytes: int
    found: list[int]


def search(folder: Path, queries: Sequence[str], k: int) -> Iterator[Asked]:
    """Each query by a page without anything cached; ``k`` hits with their texts."""
    with _served(folder) as server, _chromium(server, folder.with_name(f"{folder.name}-profile")):
        for query in queries:
            server.requests = server.bytes = 0
            server.asked.put({"query": query, "k": k})
            found = server.found.get(timeout=_PATIENCE)
            yield Asked(server.requests, server.bytes, found)
        server.asked.put(None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.asked, self.found = Queue[Any](), Queue[list[int]]()
        self.lock, self.requests, self.bytes = threading.Lock(), 0, 0


class _Handler(SimpleHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path.startswith("/pagefind/"):
            super().do_GET()
        elif self.path == "/asked":
            self._answer(json.dumps(self.server.asked.get()).encode(), "application/json")
        elif self.path.split("?")[0] == "/":
            self._answer(_PAGE.encode(), "text/html")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        found = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.found.put(found)
        self._answer(b"", "text/plain")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Content-Length" and self.path.startswith("/pagefind/"):
            with self.server.lock:
                self.server.requests += 1
                self.server.bytes += int(value)
        super().send_header(keyword, value)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a browser that is closed
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[_Server]:
    with _Server(folder) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def _chromium(server: _Server, profile: Path) -> Iterator[None]:
    found = shutil.which("chromium")
    if found is None:
        raise SystemExit("no chromium: type  sudo apt-get install chromium")
    url = f"http://127.0.0.1:{server.server_port}/"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    command = [found, *options, "--remote-debugging-port=0", url]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
