"""Files on disk: no read is fatal, no failed write leaves anything behind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from memcodec.errors import StorageError
from memcodec.storage import LocalSource, LocalTarget, MemoryTarget, Target

LONG = 1 << 20
READER = """
import sys
from memcodec.errors import StorageError
from memcodec.storage import LocalSource
source = LocalSource(sys.argv[1])
length = int(sys.argv[2])
taken = source.get_bytes(source.size - length, length)
print("open", flush=True)
sys.stdin.readline()
assert bytes(taken) == bytes(length)
for offset in range(0, source.size - length, 4096):
    try:
        bytes(source.get_bytes(offset, length))
    except StorageError as error:
        print(error, flush=True)
        break
"""


@pytest.mark.parametrize("length", [100, LONG, LONG + 1, 2 * LONG])
def test_a_reader_outlives_a_file_that_is_cut_under_it(tmp_path: Path, length: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(3 << 20))
    command = [sys.executable, "-c", READER, str(path), str(length)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with closing(LocalTarget.reopen(path)) as target:
            target.cut(1 << 19)
        told, _ = process.communicate("go\n")
    assert process.returncode == 0
    assert "was truncated in the meantime" in told


def test_a_source_gives_every_range(tmp_path: Path) -> None:
    data = os.urandom(LONG + 9000)
    path = tmp_path / "file"
    path.write_bytes(data)
    source = LocalSource(path)
    for offset, length in [(0, 0), (5, 100), (9000, LONG), (3, LONG + 1), (0, len(data)), (len(data), 0)]:
        assert source.get_bytes(offset, length) == data[offset : offset + length]
        assert source.view(offset, length) == data[offset : offset + length]
    for offset, length in [(-1, 2), (0, -1), (len(data), 1), (0, len(data) + 1)]:
        with pytest.raises(StorageError, match="outside"):
            source.get_bytes(offset, length)
        with pytest.raises(StorageError, match="outside"):
            source.view(offset, length)
    view = source.get_bytes(0, len(data))
    source.close()
    source.close()
    assert view == data
    with pytest.raises(StorageError, match="outside"):
        source.get_bytes(0, 1)


def test_a_source_leaves_no_descriptor_open(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")

    def open_now() -> list[str]:
        links = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
        return [link for link in links if os.path.realpath(link) == str(path)]

    source = LocalSource(path)
    assert len(open_now()) == 1
    source.close()
    assert open_now() == []
    LocalSource(path)
    assert open_now() == []


@pytest.mark.parametrize("made", ["missing", "folder", "pipe"])
@pytest.mark.parametrize("begin", [LocalTarget.reopen, lambda path: LocalTarget.create(path, replace=True)])
def test_what_is_no_file_is_refused_in_one_line(
    tmp_path: Path, made: str, begin: Callable[[Path], LocalTarget]
) -> None:
    path = tmp_path / "place"
    {"missing": lambda: None, "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[made]()
    if made == "missing" and begin != LocalTarget.reopen:
        path = tmp_path / "no folder" / "file"
    with pytest.raises(StorageError) as refused:
        begin(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


def test_a_read_only_file_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"kept")
    opened = os.open

    def open_(path: Path, flags: int, mode: int = 0o777) -> int:  # root may write to files of mode 0444
        if flags & os.O_RDWR:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", open_)
    with pytest.raises(StorageError, match=r"file: cannot write: Read-only file system$"):
        LocalTarget.reopen(path)


def targets(tmp_path: Path) -> list[Target]:
    path = tmp_path / "file"
    path.write_bytes(b"committed, torn")
    return [LocalTarget.reopen(path), MemoryTarget(b"committed, torn")]


def test_a_torn_tail_is_cut(tmp_path: Path) -> None:
    for target in targets(tmp_path):
        for wrong in (-1, 16):
            with pytest.raises(StorageError, match="cut"):
                target.cut(wrong)
        target.cut(9)
        assert (target.size, target.append(b"!")) == (9, 9)
        source = target.source()
        assert bytes(source.get_bytes(0, source.size)) == b"committed!"
        source.close()
        target.close()


def test_short_writes_are_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: written(fd, data[:3], offset))
    target = targets(tmp_path)[0]
    target.append(b" more than three")
    target.patch(1, b"OMMITTE")
    assert target.read(0, 100) == b"cOMMITTEd, torn more than three"
    assert target.size == 31
    target.close()


def test_a_failed_write_says_so_and_can_be_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, written, calls = targets(tmp_path)[0], os.pwrite, []

    def full(fd: int, data: memoryview, offset: int) -> int:
        calls.append(offset)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(fd, data[:4], offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StorageError, match="cannot write: No space left on device"):
        target.append(bytes(100))
    assert target.size == 15 + 8
    target.cut(15)
    target.close()
    assert (tmp_path / "file").read_bytes() == b"committed, torn"


@pytest.fixture(params=["anonymous", "named"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Folders with and without anonymous files."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")
    return str(request.param)


@pytest.mark.usefixtures("kind")
def test_a_file_appears_whole_and_alone(tmp_path: Path) -> None:
    for replace in (False, True, True):
        with closing(LocalTarget.create(tmp_path / "file", replace=replace)) as target:
            target.append(b"content")
            target.publish()
            target.append(b", more")
            target.publish()
        assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"content, more"]


@pytest.mark.usefixtures("kind")
def test_an_unpublished_file_leaves_nothing(tmp_path: Path) -> None:
    target = LocalTarget.create(tmp_path / "file")
    target.append(b"content")
    target.close()
    target.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("anonymous", "link"),
        *((kind, call) for kind in ("anonymous", "named") for call in ("rename", "fsync")),
    ],
    indirect=["kind"],
)
def test_a_failed_publication_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def failing(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    target = LocalTarget.create(path, replace=True)
    target.append(b"new")
    with monkeypatch.context() as patch:
        if call == "rename":
            patch.setattr(Path, "replace", failing)
        else:
            patch.setattr(os, call, failing)
        with pytest.raises(StorageError, match="cannot create: Input/output error"):
            target.publish()
    target.close()
    # With the rename done, the new file is whole and has the name: only its entry's way to the disk failed.
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new" if call == "fsync" else b"old"]
    LocalTarget.reopen(path).close()


@pytest.mark.usefixtures("kind")
def test_what_a_crash_left_is_replaced(tmp_path: Path) -> None:
    path, left = tmp_path / "file", tmp_path / ".file.memcodec-partial"
    path.write_bytes(b"old")
    left.write_bytes(b"a long half-made file of which nothing may stay")
    with closing(LocalTarget.create(path, replace=True)) as target:
        target.append(b"new")
        target.publish()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]


def test_two_at_once_do_not_share_a_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    with closing(LocalTarget.create(tmp_path / "file")) as target:
        target.append(b"first")
        with pytest.raises(StorageError, match="is writing"):
            LocalTarget.create(tmp_path / "file")
        target.publish()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_no_link_is_followed_to_a_file_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may write to the folder."""
    monkeypatch.delattr(os, "O_TMPFILE")
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / ".file.memcodec-partial").symlink_to(tmp_path / "mine")
    with pytest.raises(StorageError, match="cannot create"):
        LocalTarget.create(tmp_path / "file")
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_a_link_goes_on_naming_the_file(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    path, link = tmp_path / "store" / "file", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    with closing(LocalTarget.create(link, replace=True)) as target:
        target.append(b"new")
        target.publish()
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
