"""``memcodec live`` as people run it: real processes, pipes, sockets, signals."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

import memcodec
from memcodec.answers import documents, live
from tests.cli.test_answers import check

Start = Callable[..., "subprocess.Popen[bytes]"]
NONE = ("--model", "none")


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts ``memcodec live ...``; what is left at the end is killed."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path)
    begun = list[subprocess.Popen[bytes]]()

    def run(*args: str, **options: Any) -> subprocess.Popen[bytes]:
        given = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | options
        process = subprocess.Popen([sys.executable, "-m", "memcodec", *args], **given)
        begun.append(process)
        return process

    yield run
    for each in begun:
        each.kill()
        each.wait()
        for stream in filter(None, (each.stdin, each.stdout, each.stderr)):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def send(process: subprocess.Popen[bytes], *lines: str) -> None:
    assert process.stdin is not None
    process.stdin.write("".join(f"{line}\n" for line in lines).encode())
    process.stdin.flush()


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().rstrip("\n")


def ask(*args: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "memcodec", *args], capture_output=True, text=True, stdin=_tty()
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def _tty() -> int:
    return os.openpty()[1]


def test_ingest_passes_lines_on_and_others_ask(start: Start) -> None:
    ring = start("live", "ingest", "--name", "web", "--linger", "1m", *NONE)
    send(ring, "GET /cart 200", "POST /checkout 503 upstream timeout")
    first = json.loads(line_of(ring))
    assert (first["n"], first["text"]) == (0, "GET /cart 200") and first["time"].endswith("+00:00")
    assert json.loads(line_of(ring))["n"] == 1
    found = json.loads(ask("live", "query", "@web", "checkout timeout", "--json"))
    check(found, documents.SearchAnswer)
    assert [(hit["text"], hit["file"]) for hit in found["hits"]] == [
        ("POST /checkout 503 upstream timeout", "@web")
    ]
    assert "POST /checkout 503" in ask("live", "query", "@web", "checkout")
    told = json.loads(ask("live", "status", "--json"))
    check(told, live.StatusAnswer)
    assert [(each["name"], each["lines"], each["spill"]) for each in told["rings"]] == [("web", 2, None)]
    assert "2, 48 B, of 2 that came" in ask("live", "status", "@web")
    saved = json.loads(ask("live", "save", "@web", "out.mp4", "--json"))
    check(saved, live.SaveAnswer)
    assert saved["lines"] == 2
    with memcodec.open("out.mp4") as memory:
        assert memory.search("checkout")
    assert ring.stdin is not None
    ring.stdin.close()  # and it lingers
    time.sleep(0.3)
    assert "checkout" in ask("live", "query", "@web", "checkout")
    assert "@web: has no vectors" in ask("live", "outliers", "@web", code=3)
    ring.send_signal(signal.SIGTERM)
    assert ring.wait(20) == 0
    assert "no such ring" in ask("live", "query", "@web", "checkout", code=9)
    assert ask("live", "status") == "no rings\n"


def test_query_prints_what_answers_as_it_comes(start: Start) -> None:
    query = start("live", "query", "checkout failed", *NONE)
    send(query, "GET /home 200", "checkout failed for order 17", "GET /cart 200")
    assert line_of(query) == "checkout failed for order 17"
    send(query, json.dumps({"n": 5, "time": "x", "text": "another checkout failed"}).replace(": ", ":"))
    assert line_of(query) == "another checkout failed"
    out, _ = query.communicate(b"the last checkout failed", timeout=30)
    assert out == b"the last checkout failed\n" and query.returncode == 0


def test_a_pipe_of_both(start: Start) -> None:
    ingest = start("live", "ingest", *NONE)
    query = start("live", "query", "timeout", "--jsonl", *NONE, stdin=ingest.stdout)
    send(ingest, *(f"line {number} {'timeout' if number % 100 == 7 else 'ok'}" for number in range(1000)))
    assert ingest.stdin is not None
    ingest.stdin.close()
    out, errors = query.communicate(timeout=60)
    assert [json.loads(row)["n"] for row in out.splitlines()] == list(range(7, 1000, 100))
    assert (query.returncode, errors) == (0, b"")


def test_who_reads_no_more_ends_it_quietly(start: Start) -> None:
    ring = start("live", "ingest", *NONE)
    send(ring, "one")
    line_of(ring)
    assert ring.stdout is not None and ring.stderr is not None
    ring.stdout.close()
    for _ in range(100):
        try:
            send(ring, "more")
        except BrokenPipeError:
            break
        time.sleep(0.02)
    assert ring.wait(20) == 141
    assert ring.stderr.read() == b""


def test_a_ring_that_is_killed_is_gone_and_its_name_is_free(start: Start) -> None:
    ring = start("live", "serve", "--name", "web", *NONE, "-q")
    wait_for("@web")
    again = start("live", "serve", "--name", "web", *NONE)
    assert again.wait(20) == 11
    assert again.stderr is not None and b"a ring of this name is there already" in again.stderr.read()
    ring.kill()
    ring.wait()
    assert "no such ring" in ask("live", "status", "@web", code=9)
    start("live", "serve", "--name", "web", *NONE, "-q")
    wait_for("@web")


def wait_for(name: str) -> None:
    until = time.monotonic() + 30
    while name not in ask("live", "status"):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_lines_are_sent_to_a_ring_that_is_there(start: Start) -> None:
    start("live", "serve", "--name", "web", *NONE, "-q")
    wait_for("@web")
    follow = start("live", "query", "@web", "timeout", "--follow")
    time.sleep(1.5)
    for resume in ([], ["--resume"], ["--resume"]):
        feeder = start("live", "ingest", "@web", *resume)
        feeder.communicate(
            b"a timeout here\nall well\n" + (b"a new timeout\n" if resume else b""), timeout=30
        )
        assert feeder.returncode == 0
    assert [line_of(follow), line_of(follow)] == ["a timeout here", "a new timeout"]
    assert json.loads(ask("live", "status", "@web", "--json"))["rings"][0]["next"] == 3


def test_a_search_spans_files_and_rings(start: Start, tmp_path: Path) -> None:
    ring = start("live", "ingest", "--name", "web", "--keep", "20", "--spill", "old.mp4", *NONE)
    send(
        ring, *(f"order {number} {'payment declined' if number % 25 == 0 else 'ok'}" for number in range(100))
    )
    for _ in range(100):
        line_of(ring)
    until = time.monotonic() + 30
    while not Path("old.mp4").exists() and time.monotonic() < until:
        time.sleep(0.1)
    send(ring, "a declined payment, the newest")
    line_of(ring)
    found = json.loads(ask("search", "payment declined", "old.mp4", "@web", "--json", "--all"))
    texts = [(hit["file"], hit["text"]) for hit in found["hits"]]
    assert ("@web", "a declined payment, the newest") in texts
    assert any(file == "old.mp4" and "order 75 payment declined" in text for file, text in texts)
    assert not [text for file, text in texts if file == "@web" and "order 75" in text]  # it is in the file
    only = json.loads(ask("search", "payment", "@web", "--json"))
    assert {hit["file"] for hit in only["hits"]} == {"@web"}
    assert "goes with none of --follow" in ask("search", "x", "@web", "--follow", code=2)
    assert ring.stdin is not None
    ring.stdin.close()
    assert ring.wait(60) == 0
    with memcodec.open("old.mp4") as memory:
        lines = b"".join(memory.read_bytes(each) for each in memory).splitlines()
    assert len(lines) == 101


@pytest.fixture
def url(start: Start) -> str:
    ring = start("live", "serve", "--name", "web", "--http", "127.0.0.1:0", *NONE)
    assert ring.stderr is not None
    match = re.search(r"http://127\.0\.0\.1:\d+", ring.stderr.readline().decode())
    assert match
    return match[0]


def fetch(url: str, data: bytes | None = None, **headers: str) -> Any:
    request = urllib.request.Request(
        url, data, {name.replace("_", "-"): each for name, each in headers.items()}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        body = response.read()
        return json.loads(body) if response.headers["Content-Type"] == "application/json" else body.decode()


def test_http(url: str) -> None:
    rows = b'{"text": "a timeout", "tags": {"host": "a"}}\n"all well"\n'
    assert fetch(f"{url}/ingest", rows) == {"next": 2, "spilled": 0}
    assert fetch(f"{url}/ingest?first=1", b"all well\nmore", Content_Type="text/plain")["next"] == 3
    (hit,) = fetch(f"{url}/search?q=timeout&k=3")["hits"]
    assert (hit["n"], hit["text"], hit["tags"]) == (0, "a timeout", {"host": "a"})
    body = json.dumps({"q": "timeout", "only": {"tags": {"host": "b"}}}).encode()
    assert fetch(f"{url}/search", body)["hits"] == []
    assert len(fetch(f"{url}/lines").splitlines()) == 3
    assert fetch(f"{url}/status")["lines"] == 3
    metrics = fetch(f"{url}/metrics")
    assert 'memcodec_live_lines{ring="web"} 3\n' in metrics
    assert 'memcodec_live_next_total{ring="web"} 3\n' in metrics


def test_http_streams_what_answers(url: str) -> None:
    with urllib.request.urlopen(f"{url}/tail?q=timeout", timeout=30) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        fetch(f"{url}/ingest", b"ok\na timeout\n", Content_Type="text/plain")
        assert event(stream) == (1, "a timeout")
    fetch(f"{url}/ingest", b"missed timeout\n", Content_Type="text/plain")
    again = urllib.request.Request(f"{url}/tail?q=timeout", headers={"Last-Event-ID": "1"})
    with urllib.request.urlopen(again, timeout=30) as stream:
        assert event(stream) == (2, "missed timeout")


def event(stream: IO[bytes]) -> tuple[int, str]:
    number, data = stream.readline(), stream.readline()
    assert stream.readline() == b"\n"
    return int(number.removeprefix(b"id: ")), json.loads(data.removeprefix(b"data: "))["text"]


@pytest.mark.parametrize(
    ("path", "data", "headers", "code"),
    [
        ("/nothing", None, {}, 404),
        ("/search?q=heron%20AND", None, {}, 400),
        ("/search?q=x&k=0", None, {}, 400),
        ("/search?q=x&k=many", None, {}, 400),
        ("/search?q=x&mode=psychic", None, {}, 400),
        ("/ingest", b"no json", {}, 400),
        ("/ingest", b'{"text": 5}', {}, 400),
        ("/ingest?first=7", b'"x"', {}, 400),
        ("/search", b'{"q": "x", "options": {"rerank": "/tmp/model"}}', {}, 400),
        ("/search", b"[" * 100_000, {}, 400),
        ("/flush", b"", {}, 400),
        ("/status", None, {"Host": "evil.example"}, 400),
        ("/status", None, {"Origin": "https://evil.example"}, 400),
        ("/ingest", b"x", {"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}, 400),
    ],
)
def test_http_refuses_in_one_line(
    url: str, path: str, data: bytes | None, headers: dict[str, str], code: int
) -> None:
    request = urllib.request.Request(url + path, data, headers)
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(request, timeout=30)
    assert told.value.code == code
    error = json.loads(told.value.read())["error"]
    assert error and "\n" not in error and "Traceback" not in error


def test_outliers(start: Start) -> None:
    pytest.importorskip("wordllama")
    ring = start("live", "ingest", "--name", "web", "--linger", "1m")
    send(ring, *(f"GET /cart/{number} 200 ok" for number in range(50)), "kernel panic: out of memory")
    for _ in range(51):
        line_of(ring)
    until = time.monotonic() + 20
    while json.loads(ask("live", "status", "--json"))["rings"][0]["embedded"] < 51:
        assert time.monotonic() < until
    found = json.loads(ask("live", "outliers", "@web", "-k", "2", "--json"))
    check(found, live.OutliersAnswer)
    assert found["outliers"][0]["text"] == "kernel panic: out of memory"
    assert "kernel panic" in ask("live", "outliers", "@web", "-k", "1")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_nothing_is_written_to_disk_unless_it_is_asked_for(start: Start, tmp_path: Path) -> None:
    trace = ["strace", "-f", "-qq", "-e", "trace=%file,creat,openat,open,rename,mkdir", "-o", "trace"]
    command = [*trace, sys.executable, "-m", "memcodec", "live", "ingest", "--name", "web"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    text = "".join(f"line {number} heron\n" for number in range(3000)).encode()
    done = subprocess.run(command, input=text, capture_output=True, env=environment, timeout=120)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3000
    writes = [
        row
        for row in Path("trace").read_text().splitlines()
        if re.search(
            r"O_WRONLY|O_RDWR|O_CREAT|\b(?:creat|rename\w*|mkdir\w*|link\w*|symlink\w*|mknod\w*)\(", row
        )
        and not re.search(r"/dev/(null|tty)\b|= -1 ", row)
    ]
    others = [row for row in writes if str(tmp_path / "run" / "memcodec") not in row]  # where its socket is
    assert not others, others
