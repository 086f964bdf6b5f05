"""A real web server for tests: nginx on a free port, with all it writes in a folder of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.needs import needs

_CONFIG = """
{user}
worker_processes 1;
daemon off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 256; }}
http {{
    log_format json escape=json '{{"method":"$request_method","uri":"$request_uri","range":"$http_range",'
        '"status":$status,"body":$body_bytes_sent,"authorization":"$http_authorization"}}';
    access_log {home}/access.log json;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    default_type application/octet-stream;
    server {{
        listen 127.0.0.1:{port};
        root {folder};
        {extra}
    }}
}}
"""


@dataclass(frozen=True)
class WebServer:
    """nginx, and the folder it serves: ``url("a.mp4")`` is ``folder / "a.mp4"``."""

    home: Path
    folder: Path
    port: int

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    def requests(self) -> list[dict[str, Any]]:
        """What it answered so far: method, uri, range, status, body (bytes), authorization."""
        return [line for line in self._log() if not line["uri"].startswith("/mark-")]

    def forget(self) -> None:
        """Begin the list of requests anew."""
        self._log()
        os.truncate(self.home / "access.log", 0)

    def _log(self) -> list[dict[str, Any]]:
        """All lines. Each is written after its answer: when one more request's is there, so are those before."""
        mark = f"/mark-{time.monotonic_ns()}"
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", mark)
            connection.getresponse().read()
        until = time.monotonic() + 10
        while mark not in (text := (self.home / "access.log").read_text()):
            assert time.monotonic() < until, "nginx wrote no log"
            time.sleep(0.005)
        return [json.loads(line) for line in text.splitlines()]


@contextlib.contextmanager
def web_server(home: Path, extra: str = "") -> Iterator[WebServer]:
    """nginx for as long as the context lasts. ``home``: a folder for it alone; ``extra``: lines of its server block."""
    nginx = needs("nginx")
    folder = home / "served"
    folder.mkdir(parents=True)
    for _ in range(5):  # another process may take the free port first
        server = WebServer(home, folder, free_port())
        user = "user root;" if os.getuid() == 0 else ""
        config = _CONFIG.format(user=user, home=home, folder=folder, port=server.port, extra=extra)
        (home / "nginx.conf").write_text(config)
        command = [nginx, "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "error.log")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                if _answers(server, process):
                    yield server
                    return
            finally:
                process.terminate()
    raise AssertionError((home / "error.log").read_text())


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _answers(server: WebServer, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
            return True
        time.sleep(0.02)
    return False
