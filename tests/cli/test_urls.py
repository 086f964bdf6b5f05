"""Commands that read take URLs and say the same as of a path; those that write say what to do instead."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.support import Run
from tests.support import memories
from tests.support.s3servers import S3
from tests.support.servers import WebServer, web_server

CANARY = "canary0123456789"
READING = [
    ("search", "heron", "{}"),
    ("search", "heron", "{}", "--json", "--as-of", 1),
    ("search", "april", "{}", "--full"),
    ("get", "{}", 0, 1),
    ("get", "{}", 0, "--json"),
    ("list", "{}"),
    ("list", "{}", "--path", "birds/*", "--json"),
    ("list", "{}", "--as-of", 1, "--json"),
    ("log", "{}"),
    ("log", "{}", "-n", 1, "--json"),
    ("timeline", "{}"),
    ("timeline", "{}", "--json"),
    ("diff", "{}", 1),
    ("diff", "{}", 1, 2, "--json"),
    ("info", "{}"),
    ("info", "{}", "--json"),
    ("info", "{}", "--as-of", 2),
    ("verify", "{}", "--json"),
    ("verify", "{}", "--deep", "--json"),
]
WRITING = [
    ("forget", "{}", "--path", "*"),
    ("compact", "{}"),
    ("compact", "{}", "-o", "x.mp4"),
    ("fold", "{}"),
    ("seal", "{}", "-o", "x.mp4", "--seal-to", "k"),
    ("unseal", "{}", "-o", "x.mp4"),
    ("recipients", "{}"),
    ("rotate", "{}"),
    ("reseal", "{}", "-o", "x.mp4"),
    ("seal", "here.mp4", "-o", "{}", "--seal-to", "k"),
    ("capsule", "here.mp4", "-o", "{}", "--path", "*", "--to", "k"),
    ("sign", "{}", "--key", "k"),
    ("rollback", "{}", 1),
    ("index", "{}"),
    ("branch", "{}", 1, "-o", "x.mp4"),
    ("merge", "here.mp4", "{}", "-o", "x.mp4"),
    ("convert", "{}", "x.flac"),
    ("repair", "{}", "-o", "x.mp4"),
    ("convert", "here.mp4", "{}"),
    ("merge", "here.mp4", "-o", "{}"),
    ("branch", "here.mp4", 1, "-o", "{}"),
    ("repair", "here.mp4", "-o", "{}"),
    ("compact", "here.mp4", "-o", "{}"),
    ("restore", "here.mp4", "-o", "{}"),
    ("spectrum", "here.mp4", "-o", "{}"),
    ("fetch", "{}", "{}"),
    ("publish", "{}", "{}"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with web_server(tmp_path_factory.mktemp("nginx")) as made:
        yield made


@pytest.fixture
def url(server: WebServer, grown: str) -> str:
    """``grown`` behind nginx."""
    shutil.copy(grown, server.folder / "grown.mp4")
    return server.url("grown.mp4")


@pytest.fixture(scope="module")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return memories.create(tmp_path_factory.mktemp("large") / "large.mp4", memories.texts("far", 200, 2000))


@pytest.fixture
def large(server: WebServer, _large: Path) -> str:
    """A file behind nginx that the request which opens it does not bring whole."""
    shutil.copy(_large, server.folder)
    return server.url(_large.name)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "memcodec" / "spans"


def said(run: Run, args: tuple[object, ...], file: str) -> str:
    text = run(*(str(each).format(file) for each in args)).stdout.replace(file, "FILE")
    # Commit records are told from the rest of the container near by alone: to look for them takes the whole file.
    text = re.sub(r" +(commits|container) .*\n|\"(commits|container)\": \d+,?", "", text)
    return re.sub(r"[0-9.]+ m?s\b|\d+ µs", "TIME", text)


@pytest.mark.parametrize("args", READING, ids=lambda args: " ".join(map(str, args)))
def test_a_url_gives_what_the_path_gives(run: Run, grown: str, url: str, args: tuple[object, ...]) -> None:
    assert said(run, args, url) == said(run, args, grown)


@pytest.mark.slow
def test_a_bucket_gives_what_the_path_gives(run: Run, grown: str, ministack: S3) -> None:
    ministack.put("grown.mp4", Path(grown).read_bytes())
    for args in READING:
        assert said(run, args, ministack.url("grown.mp4")) == said(run, args, grown), args
    run("restore", ministack.url("grown.mp4"), "-o", "far")
    run("restore", grown, "-o", "near")
    near, far = (
        {path.relative_to(name): path.read_bytes() for path in Path(name).rglob("*") if path.is_file()}
        for name in ("near", "far")
    )
    assert near == far and near


def test_restore_and_spectrum_of_a_url(run: Run, grown: str, url: str) -> None:
    for file, name in ((grown, "near"), (url, "far")):
        run("restore", file, "-o", name)
        run("spectrum", file, "-o", f"{name}.png")
    near = {path.relative_to("near"): path.read_bytes() for path in Path("near").rglob("*") if path.is_file()}
    far = {path.relative_to("far"): path.read_bytes() for path in Path("far").rglob("*") if path.is_file()}
    assert near == far and near
    assert Path("near.png").read_bytes() == Path("far.png").read_bytes()


def test_a_path_and_a_url_are_one_collection(run: Run, memory_file: str, url: str) -> None:
    hits = json.loads(run("search", "heron", memory_file, url, url, "--all", "--json").stdout)["hits"]
    assert {hit["file"] for hit in hits} == {memory_file, url}
    assert len(hits) == len({(hit["file"], hit["chunk"]) for hit in hits})


@pytest.mark.parametrize("args", WRITING, ids=lambda args: " ".join(map(str, args)))
def test_what_cannot_take_a_url_says_what_to_do(
    run: Run, grown: str, url: str, args: tuple[object, ...]
) -> None:
    Path("grown.mp4").rename("here.mp4")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = run(*(str(each).format(f"{url}?signature={CANARY}") for each in args), code=11)
    assert result.stderr.count("\n") == 1 and url in result.stderr
    assert "memcodec fetch" in result.stderr or "memcodec publish" in result.stderr
    assert CANARY not in result.output
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_no_secret_of_a_url_is_ever_shown(run: Run, url: str, server: WebServer) -> None:
    signed = f"{url}?X-Amz-Signature={CANARY}"
    shown = ""
    for args in (*READING, ("info", "{}", "--requests"), ("search", "heron", "{}", "--requests", "--json")):
        result = run(*(str(each).format(signed) for each in args))
        shown += result.output
    for bad in (f"{server.url('absent.mp4')}?sig={CANARY}", f"http://user:{CANARY}@127.0.0.1:9/x.mp4"):
        for command in ("info", "list", "fetch"):
            result = run(command, bad, code=3 if "@" in bad else 11)
            assert result.stderr.count("\n") == 1
            shown += result.output
    assert CANARY not in shown
    assert any(CANARY in each["uri"] for each in server.requests()), "it was sent, though"


def test_requests_are_those_the_server_saw(run: Run, url: str, server: WebServer) -> None:
    server.forget()
    told = json.loads(run("info", url, "--requests", "--json").stdout)["requests"]
    seen = server.requests()
    assert told["file"] == url
    assert (told["requests"], told["bytes"]) == (len(seen), sum(each["body"] for each in seen))
    assert told["rounds"] == len({each["round"] for each in told["log"]}) <= told["requests"]
    for each, other in zip(told["log"], seen, strict=True):
        assert each["method"] == other["method"] and each["status"] == other["status"] == 206
        if other["range"].startswith("bytes=-"):
            continue
        ranges = [
            list(map(int, part.split("-"))) for part in other["range"].removeprefix("bytes=").split(",")
        ]
        assert each["ranges"] == [[first, last + 1] for first, last in ranges]


def test_requests_for_people(run: Run, grown: str, url: str) -> None:
    for args in (("info", url), ("search", "heron", url)):
        lines = run(*args, "--requests").stdout.splitlines()
        (head,) = [number for number, line in enumerate(lines) if line.startswith("ROUND")]
        assert re.fullmatch(r" +1  GET +206 +[\d,]+ +\S+ m?s  [\d,]+-[\d,]+", lines[head + 1])
        assert re.fullmatch(r"\d+ requests? in \d+ rounds?, .+ \([\d,]+ bytes\)", lines[-1])
    assert run("info", grown, "--requests").stdout.splitlines()[-1].endswith("on this machine, no requests")


def test_the_disk_cache_is_off_unless_asked_for(run: Run, url: str, cache: Path) -> None:
    run("search", "heron", url)
    assert not cache.exists()


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_disk_cache_saves_requests(
    run: Run, large: str, server: WebServer, cache: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    more = ("--cache", "20MB") if how == "option" else ()
    if how == "environment":
        monkeypatch.setenv("MEMCODEC_READ_DISK_CACHE", "20MB")
    first = run("search", "glacier", large, *more).stdout
    server.forget()
    second = run("search", "glacier", large, *more).stdout
    assert [each["range"][:7] for each in server.requests()] == ["bytes=-"], "the end of the file alone"
    assert re.sub(r"[0-9.]+ m?s\b", "", first) == re.sub(r"[0-9.]+ m?s\b", "", second)
    assert cache.stat().st_mode & 0o777 == 0o700


def test_another_version_is_not_answered_from_the_cache(
    run: Run, url: str, server: WebServer, memory_file: str
) -> None:
    run("list", url, "--cache", "20MB")
    shutil.copy(memory_file, server.folder / "grown.mp4")
    now, then = (
        json.loads(run("list", file, "--json", "--cache", "20MB").stdout) for file in (url, memory_file)
    )
    assert now["documents"] == then["documents"]


def test_a_damaged_cache_changes_no_answer(run: Run, large: str, cache: Path) -> None:
    right = run("search", "glacier", large, "--json", "--cache", "20MB").stdout
    database = sqlite3.connect(cache / "spans.sqlite")
    database.execute("UPDATE spans SET data = zeroblob(length(data))")
    database.commit()
    database.close()
    for _ in range(2):
        assert run("search", "glacier", large, "--json", "--cache", "20MB").stdout == right


def test_a_wrong_cache_size_is_told_by_its_option(run: Run, url: str) -> None:
    assert "--cache: 'much' is not allowed" in run("list", url, "--cache", "much", code=3).stderr
