"""Which documents a walk finds, what it leaves out and says so, and that nothing special is ever opened."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memcodec.config.settings import Ingest
from memcodec.errors import ConfigError, SourceError
from memcodec.ingest.item import PIECE, Item, Reason
from memcodec.ingest.names import from_uri
from memcodec.ingest.walk import Skipped, walk


def put(root: Path, name: str, content: str | bytes = "text\n") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def found(root: Path, **options: object) -> tuple[list[str], dict[Reason, int]]:
    skipped = Skipped()
    uris = [item.uri for item in walk([root], Ingest(**options), skipped)]  # type: ignore[arg-type]
    return uris, dict(skipped.counts)


@pytest.fixture
def unlocked() -> Iterator[list[Path]]:
    """Folders that a test locks, to be unlocked after it."""
    folders: list[Path] = []
    yield folders
    for folder in folders:
        folder.chmod(0o700)


def test_item_is_the_file(tmp_path: Path) -> None:
    content = "# A heading\r\n\0 naïve".encode()
    path = put(tmp_path, "note.md", content)
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    (item,) = walk([path], tags={"a": "b"})
    assert (item.uri, item.title, item.tags) == ("note.md", "A heading", {"a": "b"})
    assert item.time == datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=UTC)
    assert (item.size, item.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert b"".join(item.open()) == b"".join(item.open()) == content


def test_times_before_1970_and_far_off_are_kept_in_range(tmp_path: Path) -> None:
    path = put(tmp_path, "old")
    os.utime(path, ns=(0, -1_000_000_000))
    assert next(walk([path])).time == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_order_is_by_name_and_uris_are_relative(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.txt", "a/b/c.txt", "B.txt", "a.txt", "é.txt"]:
        put(tmp_path, name)
    assert found(tmp_path)[0] == ["B.txt", "a/b/c.txt", "a/z.txt", "a.txt", "b.txt", "é.txt"]


def test_empty_files_and_same_names_are_documents(tmp_path: Path) -> None:
    one, two = put(tmp_path, "x/a", b""), put(tmp_path, "y/a", "2")
    items = list(walk([one, two, one.parent]))
    assert [(item.uri, b"".join(item.open())) for item in items] == [("a", b""), ("a", b"2"), ("a", b"")]


def test_binaries_are_skipped_in_folders_and_refused_by_name(tmp_path: Path) -> None:
    late = put(tmp_path, "late.txt", b"x" * (PIECE + 5) + b"\1\xff" * PIECE)
    put(tmp_path, "noise.txt", b"\x01\xff\x02")
    put(tmp_path, "nul.txt", b"\0")
    assert found(tmp_path) == (["nul.txt"], {Reason.BINARY: 2})
    with pytest.raises(SourceError, match=r"late\.txt: not text"):
        list(walk([late]))


@pytest.mark.parametrize("name", ["a.log", "a.csv", "a.md", "a.py", "a"])
def test_one_stray_byte_far_behind_loses_no_file(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"words,of,a line\n" * (PIECE // 16) + b"caf\xe9,marzipan,x\n")
    skipped = Skipped()
    (item,) = walk([tmp_path], skipped=skipped)
    assert "café" in b"".join(item.open()).decode()
    assert skipped.notes == [f"{name}: decoded from windows-1252, a guess"]
    assert b"caf\xe9" in b"".join(item.open_original())


def test_size_limit(tmp_path: Path) -> None:
    put(tmp_path, "exact", b"x" * 100)
    large = put(tmp_path, "larger", b"x" * 101)
    assert found(tmp_path, max_file_size=100) == (["exact"], {Reason.TOO_LARGE: 1})
    with pytest.raises(SourceError, match="larger than 100 B"):
        list(walk([large], Ingest(max_file_size=100)))


@pytest.mark.parametrize("include", [("md", "TAR.gz"), (".md", "*.tar.GZ")])
def test_include(tmp_path: Path, include: tuple[str, ...]) -> None:
    for name in ["a.md", "b.MD", "c.txt", "d.tar.gz", "e.gz", "md"]:
        put(tmp_path, name)
    uris, counts = found(tmp_path, include=include)
    assert uris == ["a.md", "b.MD", "d.tar.gz"]
    assert counts == {Reason.NOT_INCLUDED: 3}
    assert [item.uri for item in walk([tmp_path / "c.txt"], Ingest(include=include))] == ["c.txt"]


@pytest.mark.parametrize("options", [{"include": ("a/b",)}, {"include": (".",)}, {"exclude": ("!",)}])
def test_unusable_patterns_are_refused(tmp_path: Path, options: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ConfigError, match="clude"):
        list(walk([tmp_path], Ingest(**options)))  # type: ignore[arg-type]


def test_exclude_and_hidden(tmp_path: Path) -> None:
    for name in ["a.log", "a.txt", "build/b.txt", "c/build/d.txt", "c/e.txt", ".h/x", ".i"]:
        put(tmp_path, name)
    uris, counts = found(tmp_path, exclude=("*.log", "/build/"))
    assert uris == ["a.txt", "c/build/d.txt", "c/e.txt"]
    assert counts == {Reason.IGNORED: 2, Reason.HIDDEN: 2}
    assert found(tmp_path, hidden=True)[0][:2] == [".h/x", ".i"]
    assert [item.uri for item in walk([tmp_path / ".i", tmp_path / "a.log"])] == [".i", "a.log"]


def test_gitignore_equals_git(tmp_path: Path) -> None:
    put(tmp_path, ".gitignore", "*.log\n!keep.log\n/top\nbuild/\n# note\n\n!\nsub/*.tmp\nspace\\ \n")
    put(tmp_path, "sub/.gitignore", b"!b.log\n*.md\nbad\xff\n")
    for name in ["a.log", "keep.log", "top", "deep/top", "build/x", "deep/build/x", "build.txt"]:
        put(tmp_path, name)
    for name in ["sub/a.log", "sub/b.log", "sub/c.md", "c.md", "sub/x.tmp", "sub/d/x.tmp", "space ", "space"]:
        put(tmp_path, name)
    put(tmp_path, os.fsdecode(b"sub/bad\xff"))
    git = ["git", "-C", str(tmp_path), "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q"], check=True)
    listed = subprocess.run(
        [*git, "ls-files", "-z", "--others", "--exclude-standard"], check=True, capture_output=True
    ).stdout
    expected = {os.fsdecode(name) for name in listed.split(b"\0") if name}
    walked = [from_uri(uri) for uri in found(tmp_path, hidden=True)[0]]
    assert len(walked) == len(set(walked))
    assert set(walked) == expected
    assert "a.log" in found(tmp_path, gitignore=False)[0]


def test_max_depth(tmp_path: Path) -> None:
    for name in ["1", "d/2", "d/d/3"]:
        put(tmp_path, name)
    assert found(tmp_path, max_depth=1) == (["1"], {Reason.TOO_DEEP: 1})
    assert found(tmp_path, max_depth=2) == (["1", "d/2"], {Reason.TOO_DEEP: 1})
    assert found(tmp_path) == (["1", "d/2", "d/d/3"], {})


def test_depth_beyond_the_interpreters_stack(tmp_path: Path) -> None:
    depth = min(sys.getrecursionlimit() + 50, (4000 - len(str(tmp_path))) // 2)
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("leaf", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    try:
        assert found(tmp_path)[0] == ["d/" * depth + "leaf"]
    finally:
        subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # shutil.rmtree recurses


def test_links(tmp_path: Path) -> None:
    root = tmp_path / "root"
    outside = put(tmp_path, "outside/secret").parent
    put(root, "a/file")
    (root / "a" / "loop").symlink_to(root)
    (root / "self").symlink_to("self")
    (root / "out").symlink_to(outside)
    (root / "link").symlink_to(root / "a" / "file")
    assert found(root) == (["a/file"], {Reason.LINK: 4})
    uris, counts = found(root, follow_links=True)
    assert uris == ["a/file", "link", "out/secret"]
    assert counts == {Reason.LOOP: 1, Reason.UNREADABLE: 1}
    (tmp_path / "named").symlink_to(root / "a")
    assert found(tmp_path / "named")[0] == ["file"]


def test_special_files_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    put(tmp_path, "text")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert found(tmp_path) == (["text"], {Reason.SPECIAL: 2})
    for name in [str(tmp_path / "pipe"), "/dev/null"]:
        with pytest.raises(SourceError, match="neither a file nor a folder"):
            list(walk([name]))


def test_a_pipe_put_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    path = put(tmp_path, "a")
    (item,) = walk([path])
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SourceError, match="not a regular file"):
        list(item.open())


def taken(item: Item) -> Iterator[bytes]:
    """What a reader of ``item`` gets before the error."""
    with contextlib.suppress(SourceError):
        yield from item.open()


@pytest.mark.parametrize("content", ["texT\n", "text\nmore", "", "x" * 3_000_000])
def test_a_file_that_changes_is_an_error(tmp_path: Path, content: str) -> None:
    path = put(tmp_path, "a")
    (item,) = walk([path])
    path.write_text(content)
    with pytest.raises(SourceError, match="changed while it was read"):
        list(item.open())
    assert sum(map(len, taken(item))) <= item.size
    path.unlink()
    with pytest.raises(SourceError, match="cannot be read again"):
        list(item.open())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_as_a_user(tmp_path: Path, unlocked: list[Path]) -> None:
    put(tmp_path, "locked/a")
    put(tmp_path, "b").chmod(0)
    (tmp_path / "locked").chmod(0)
    unlocked.append(tmp_path / "locked")
    assert found(tmp_path) == ([], {Reason.UNREADABLE: 2})
    with pytest.raises(SourceError, match="cannot be read"):
        list(walk([tmp_path / "locked"]))


def test_unreadable_entries_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "locked/a")
    put(tmp_path, "b")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(tmp_path) == (["b"], {Reason.UNREADABLE: 1})
    with pytest.raises(SourceError, match="locked: cannot be read: Permission denied"):
        list(walk([tmp_path / "locked"]))


@pytest.mark.parametrize("name", ["missing", "a\0b", ""])
def test_a_source_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError) as refused:
        list(walk([f"{tmp_path}/{name}" if name else ""]))
    assert "\n" not in str(refused.value)


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    for name in [b"\xff\xe9.txt", b"%FF.txt", b"100%.txt", b"a\nb", "é".encode()]:
        put(tmp_path, os.fsdecode(name))
    uris = found(tmp_path)[0]
    assert sorted(uris) == ["%25FF.txt", "%FF%E9.txt", "100%.txt", "a\nb", "é"]
    assert all((tmp_path / from_uri(uri)).exists() for uri in uris)


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = "Première ligne\n".encode() * 200_000
    stdin(monkeypatch, data)
    (item,) = walk(["-"])
    assert item.uri == f"stdin-{item.time:%Y-%m-%dT%H-%M-%SZ}" and item.anew
    assert (item.title, item.size) == ("Première ligne", len(data))
    assert abs((item.time - datetime.now(UTC)).total_seconds()) < 60
    assert b"".join(item.open()) == b"".join(item.open()) == data


@pytest.mark.parametrize(
    ("data", "sources", "message"),
    [
        (b"\x01\xff\x02", ["-"], "not text|not UTF-8"),
        (b"x" * 11, ["-"], "larger than 10 B"),
        (b"x", ["-", "-"], "once"),
    ],
)
def test_standard_input_refused(
    monkeypatch: pytest.MonkeyPatch, data: bytes, sources: list[str], message: str
) -> None:
    stdin(monkeypatch, data)
    with pytest.raises(SourceError, match=message):
        list(walk(sources, Ingest(max_file_size=10)))


def test_report_of_what_was_skipped(tmp_path: Path) -> None:
    for name in "abcd":
        put(tmp_path, name, b"\x01\xff\x02")
    put(tmp_path, ".h")
    skipped = Skipped()
    assert not list(walk([tmp_path], skipped=skipped))
    assert str(skipped) == "4 not text (a, b, c, ...), 1 hidden (.h)"
    assert skipped.total == 5


def test_items_hold_no_text(tmp_path: Path) -> None:
    put(tmp_path, "a", b"x" * 3_000_000)
    (item,) = walk([tmp_path])
    assert isinstance(item, Item)
    assert max(map(len, item.open())) == PIECE
