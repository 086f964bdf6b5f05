"""Fetching: gone on with after a kill, begun anew for another version, never under its name before it is proven."""

from __future__ import annotations

import contextlib
import http.server
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import memcodec
from memcodec.cli import main
from memcodec.errors import Changed, ConfigError, Damaged, NotAMemoryFile, StorageError
from memcodec.file.reader import read_file
from memcodec.share.delivery import Fetched, fetch, place_for, unfinished
from memcodec.storage.remote.source import RemoteSource
from tests.support.servers import WebServer, web_server

HELD = 200_000  # bytes after which a fetch waits to be told what becomes of it


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory file of some 0.9 MB."""
    path = tmp_path_factory.mktemp("large") / "large.mp4"
    chance = random.Random(5)
    with memcodec.create(path, model="none", index="none") as memory:
        for number in range(8):
            memory.add(chance.randbytes(60_000).hex(), uri=f"{number}.txt")
    return path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    with web_server(tmp_path / "nginx") as made:
        yield made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "large.mp4"


FETCH = f"""
import sys, importlib
from pathlib import Path
from memcodec.cli import main
from memcodec.share.delivery import unfinished
from memcodec.storage.http.transport import HttpTransport

importlib.import_module("memcodec.share.delivery.fetching").WINDOW = 65536
url, out = sys.argv[1:]
fetch = HttpTransport.fetch

def waiting(transport, spans):
    if unfinished(Path(out)) >= {HELD}:
        sys.stdin.read()
    return fetch(transport, spans)

HttpTransport.fetch = waiting
main(["fetch", url, out])
"""


def fetching(url: str, out: Path) -> subprocess.Popen[bytes]:
    """``fetch`` in a process of its own, which has ``HELD`` bytes by now, and waits for the end of its input."""
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        [sys.executable, "-c", FETCH, url, str(out)],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        # A shell's background job ignores it, and so would Python.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while unfinished(out) < HELD:
        assert child.poll() is None, child.communicate()
        time.sleep(0.01)
    return child


@contextlib.contextmanager
def interrupted(server: WebServer, large: Path, out: Path, how: int) -> Iterator[bytes]:
    """A fetch that ends by a signal in the middle; gives what it said."""
    shutil.copy2(large, server.folder)
    child = fetching(server.url("large.mp4"), out)
    assert unfinished(out) < large.stat().st_size
    child.send_signal(how)
    _, told = child.communicate(timeout=60)
    assert child.returncode != 0
    yield told


@pytest.mark.slow
def test_it_is_the_same_file(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy(large, server.folder)
    made = fetch(server.url("large.mp4"), out)
    assert out.read_bytes() == large.read_bytes()
    assert list(out.parent.iterdir()) == [out]
    size = large.stat().st_size
    assert made == Fetched(server.url("large.mp4"), out, size, 0, made.requests, size, made.frames)
    assert made.frames > 0 and made.requests == len(server.requests())


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_one_is_gone_on_with(server: WebServer, large: Path, out: Path, how: int) -> None:
    with interrupted(server, large, out, how) as told:
        here = unfinished(out)
        assert not out.exists()
        assert (b"goes on from there" in told) == (how == signal.SIGINT)
    server.forget()
    made = fetch(server.url("large.mp4"), out)
    assert made.resumed == here >= HELD
    assert made.received < large.stat().st_size - here + 100_000, "what was here came again"
    assert out.read_bytes() == large.read_bytes() and list(out.parent.iterdir()) == [out]


@pytest.mark.slow
def test_another_version_is_begun_anew(server: WebServer, large: Path, out: Path) -> None:
    with interrupted(server, large, out, signal.SIGKILL):
        pass
    with memcodec.open(server.folder / "large.mp4") as memory:
        memory.add("a word more", uri="more")
    made = fetch(server.url("large.mp4"), out)
    assert made.resumed == 0
    assert out.read_bytes() == (server.folder / "large.mp4").read_bytes() != large.read_bytes()
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.slow
def test_a_file_replaced_while_it_travels_is_told(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy2(large, server.folder)
    child = fetching(server.url("large.mp4"), out)
    newer = server.folder / "newer"
    shutil.copy(large, newer)
    with memcodec.open(newer) as memory:
        memory.add("a word more", uri="more")
    newer.replace(server.folder / "large.mp4")
    _, told = child.communicate(timeout=60)
    assert child.returncode == Changed.exit_code and told.count(b"\n") == 1 and b"replaced" in told
    assert list(out.parent.iterdir()) == []


@pytest.mark.slow
def test_a_damaged_part_on_this_disk_is_found(server: WebServer, large: Path, out: Path) -> None:
    with interrupted(server, large, out, signal.SIGKILL):
        (partial,) = out.parent.iterdir()
    assert partial.name.startswith(".large.mp4.") and partial.name.endswith(".memcodec-partial")
    data = bytearray(partial.read_bytes())
    data[100_000:100_016] = bytes(16)
    partial.write_bytes(data)
    with pytest.raises(Damaged, match="arrived is damaged"):
        fetch(server.url("large.mp4"), out)
    assert list(out.parent.iterdir()) == []
    fetch(server.url("large.mp4"), out)
    assert out.read_bytes() == large.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_transfer_that_alters_a_byte_is_no_success(
    server: WebServer, large: Path, out: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    shutil.copy(large, server.folder)
    with contextlib.closing(read_file(large)) as reader:
        frames = [(frame.offset, frame.length) for frame in reader.segments[0].frames()]
    offset, length = random.Random(seed).choice(frames)
    at = offset + random.Random(seed).randrange(length)
    honest = RemoteSource.get_bytes

    def lying(source: RemoteSource, start: int, size: int) -> memoryview:
        data = bytearray(honest(source, start, size))
        if start <= at < start + size:
            data[at - start] ^= 0x10
        return memoryview(data)

    monkeypatch.setattr(RemoteSource, "get_bytes", lying)
    with pytest.raises(Damaged, match="arrived is damaged"):
        fetch(server.url("large.mp4"), out)
    assert list(out.parent.iterdir()) == []


@pytest.mark.slow
def test_a_damaged_file_is_not_fetched(server: WebServer, large: Path, out: Path) -> None:
    data = bytearray(large.read_bytes())
    data[len(data) // 2] ^= 1
    (server.folder / "large.mp4").write_bytes(data)
    result = CliRunner().invoke(main, ["fetch", server.url("large.mp4"), str(out)])
    assert result.exit_code == Damaged.exit_code and result.stderr.count("\n") == 1
    assert list(out.parent.iterdir()) == []


def test_what_is_no_memory_file_is_refused_before_it_travels(server: WebServer, out: Path) -> None:
    (server.folder / "large.mp4").write_bytes(bytes(5_000_000))
    with pytest.raises(NotAMemoryFile):
        fetch(server.url("large.mp4"), out)
    assert sum(each["body"] for each in server.requests()) < 200_000
    assert list(out.parent.iterdir()) == []


def test_it_replaces_only_by_force(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy(large, server.folder)
    out.write_bytes(b"mine")
    with pytest.raises(StorageError, match="`force=True`"):
        fetch(server.url("large.mp4"), out)
    assert out.read_bytes() == b"mine" and not server.requests()
    fetch(server.url("large.mp4"), out, force=True)
    assert out.read_bytes() == large.read_bytes()


def test_a_file_that_is_written_to_is_not_replaced(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy(large, server.folder)
    shutil.copy(large, out)
    with memcodec.open(out) as memory:
        memory.add("under way", uri="now")
        with pytest.raises(StorageError, match="is writing to it"):
            fetch(server.url("large.mp4"), out, force=True)
        memory.commit()
    assert fetch(server.url("large.mp4"), out, force=True).resumed == large.stat().st_size


def test_two_at_once_do_not_share_a_partial_file(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy2(large, server.folder)
    child = fetching(server.url("large.mp4"), out)
    with pytest.raises(StorageError, match="is writing to it"):
        fetch(server.url("large.mp4"), out)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 0, told
    assert out.read_bytes() == large.read_bytes()


def test_where_it_goes(tmp_path: Path) -> None:
    url = "https://example.org/a/my%20notes.mp4?x=1"
    assert place_for(url, None) == Path("my notes.mp4")
    assert place_for(url, tmp_path) == tmp_path / "my notes.mp4"
    assert place_for(url, tmp_path / "b.mp4") == tmp_path / "b.mp4"
    for bad in (
        "https://example.org/",
        "https://example.org/a/..",
        "https://example.org/%2e%2e",
        "s3://b/a%2Fb",
    ):
        with pytest.raises(ConfigError, match="say what to name it"):
            place_for(bad, None)


def test_a_link_is_followed_and_a_planted_one_is_not(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy(large, server.folder)
    real = out.parent / "real.mp4"
    out.symlink_to(real)
    fetch(server.url("large.mp4"), out)
    assert out.is_symlink() and real.read_bytes() == large.read_bytes()


def test_json(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy(large, server.folder)
    result = CliRunner().invoke(main, ["fetch", server.url("large.mp4"), str(out), "--json"])
    answer = json.loads(result.stdout)
    assert set(answer) == {"url", "file", "size", "resumed", "requests", "bytes", "frames", "seconds"}
    assert answer["file"] == str(out) and answer["size"] == out.stat().st_size


def test_an_unwritable_folder_is_one_line(server: WebServer, large: Path) -> None:
    shutil.copy(large, server.folder)
    result = CliRunner().invoke(main, ["fetch", server.url("large.mp4"), "/proc/none/x.mp4"])
    assert result.exit_code == 11 and result.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_server_that_gives_whole_files_alone(tmp_path: Path, large: Path, out: Path) -> None:
    with web_server(tmp_path / "plain", "max_ranges 0;") as server:
        shutil.copy(large, server.folder)
        with memcodec.open(server.folder / "large.mp4") as memory:  # more than a reader takes whole
            memory.add(random.Random(7).randbytes(400_000).hex(), uri="more")
        made = fetch(server.url("large.mp4"), out)
        assert out.read_bytes() == (server.folder / "large.mp4").read_bytes()
        assert made.size == out.stat().st_size and made.received == made.size
        assert [each["status"] for each in server.requests()] == [
            200,
            200,
            200,
        ]  # the last bytes, the first one, then all


class Endless(http.server.BaseHTTPRequestHandler):
    """A server that knows no ranges and never stops sending, after saying ``length``, or nothing, of how much comes."""

    length: int | None = None
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        if self.length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(self.length))
        self.end_headers()
        piece = b"\0\0\0\x20ftypisom" + bytes(1 << 16)
        with contextlib.suppress(OSError):
            while True:
                head = f"{len(piece):x}\r\n".encode() if self.length is None else b""
                self.wfile.write(head + piece + (b"\r\n" if head else b""))

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize("length", [None, 1 << 50])
def test_an_answer_without_end_fills_no_disk(
    tmp_path: Path, length: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endless, "length", length)
    monkeypatch.setattr("memcodec.share.delivery.whole.UNSAID", 3 << 20)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    server.daemon_threads = False  # its end waits for theirs: they end when nobody listens any more
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(StorageError, match="`max_size`"):
            fetch(f"http://127.0.0.1:{server.server_port}/notes.mp4", tmp_path / "notes.mp4")
    finally:
        server.shutdown()
        server.server_close()
    assert list(tmp_path.iterdir()) == []


def test_no_more_is_taken_than_is_allowed(server: WebServer, large: Path, out: Path) -> None:
    shutil.copy(large, server.folder)
    with pytest.raises(StorageError, match="`max_size`"):
        fetch(server.url(large.name), out, max_size=1000)
    assert list(out.parent.iterdir()) == []
