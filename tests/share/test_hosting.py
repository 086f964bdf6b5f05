"""docs/HOSTING.md: its nginx configurations serve a memory file, and what it says of them is so."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import memcodec
from memcodec.errors import Changed
from tests.support.needs import needs
from tests.support.servers import WebServer, free_port, web_server

PAGE = (Path(__file__).parent.parent.parent / "docs" / "HOSTING.md").read_text("utf-8")
PLAIN, SLICED = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)


def inside(server: str) -> str:
    """The lines of a server block but those that say where it listens and what it serves."""
    body = server[server.index("{") + 1 : server.rindex("}")]
    return re.sub(r"^\s*(listen|root) .*\n", "", body, flags=re.MULTILINE)


@pytest.fixture
def plain(tmp_path: Path, lexical_file: Path) -> Iterator[WebServer]:
    # A server that compresses all it can: the page's lines are to prevent it.
    with web_server(
        tmp_path / "nginx", "gzip on; gzip_types *; gzip_min_length 1;" + inside(PLAIN)
    ) as server:
        shutil.copy(lexical_file, server.folder / "notes.mp4")
        yield server


@pytest.fixture
def sliced(tmp_path: Path, plain: WebServer) -> Iterator[str]:
    """The second configuration before the first."""
    home, port = tmp_path / "cdn", free_port()
    home.mkdir()
    config = SLICED.replace("/var/cache/nginx/memories", str(home / "cache"))
    config = config.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("8080", str(plain.port))
    paths = "".join(
        f"{name}_temp_path {home / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (home / "nginx.conf").write_text(
        f"{user} daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}"
        f"http {{ access_log off; {paths} {config} }}"
    )
    command = [needs("nginx"), "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "error.log")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/notes.mp4"
            for _ in range(200):
                with contextlib.suppress(httpx.TransportError):
                    httpx.head(url)
                    break
                assert process.poll() is None, (home / "error.log").read_text()
                time.sleep(0.02)
            yield url
        finally:
            process.terminate()


def answers(name: str) -> list[tuple[str, int, str]]:
    with memcodec.open(name) as memory:
        return [(hit.document.uri, hit.chunk, hit.text) for hit in memory.search("kettle", 5, "lexical")]


def test_nginx_serves_it(plain: WebServer, lexical_file: Path) -> None:
    assert answers(plain.url("notes.mp4")) == answers(str(lexical_file)) != []


def test_nginx_sends_what_the_page_says(plain: WebServer) -> None:
    found = httpx.get(plain.url("notes.mp4"), headers={"Range": "bytes=-100", "Accept-Encoding": "gzip"})
    assert found.status_code == 206 and len(found.content) == 100
    assert "content-encoding" not in found.headers
    assert found.headers["content-type"] == "video/mp4"
    assert found.headers["etag"].startswith('"')
    assert found.headers["cache-control"] == "no-cache"
    assert found.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in found.headers["access-control-expose-headers"]


def test_nginx_lets_browsers_ask(plain: WebServer) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    found = httpx.options(plain.url("notes.mp4"), headers=asked)
    assert found.status_code == 204
    assert found.headers.get_list("access-control-allow-origin") == ["*"]
    assert {"Range", "If-Match"} <= set(found.headers["access-control-allow-headers"].split(", "))


def test_a_cache_of_slices_serves_it(sliced: str, plain: WebServer, lexical_file: Path) -> None:
    assert answers(sliced) == answers(str(lexical_file))
    plain.forget()
    assert answers(sliced) == answers(str(lexical_file))
    assert plain.requests() == [], "the cache had all of it"


def test_a_cache_that_is_behind_is_told_or_consistent(sliced: str, plain: WebServer) -> None:
    """The file grows while the cache holds some of the old one: an old answer, a new one or Changed, and no other."""
    before = answers(sliced)
    newer = plain.folder / "newer"
    shutil.copy(plain.folder / "notes.mp4", newer)
    with memcodec.open(newer) as memory:
        memory.add("kettle " * 30, uri="more")
    newer.replace(plain.folder / "notes.mp4")
    after = answers(plain.url("notes.mp4"))
    assert after != before
    with contextlib.suppress(Changed):
        assert answers(sliced) in (before, after)
