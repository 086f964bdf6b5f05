"""Many files made durable at once: how often that waits for the disk, in which order, and what is done elsewhere."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.errors import NotRestored
from memcodec.storage import disks

COUNT = 30
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has syncfs")


class Disk:
    """The calls of a restore, in order, the files' own by number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, error: int = 0, whole: bool = True) -> None:
        self.calls, self._error = list[str](), error
        for name in ("pwrite", "fsync", "link"):
            self._watch(monkeypatch, name)
        real = disks._libc()
        assert real is not None
        self._real = real
        monkeypatch.setattr(disks, "_libc", lambda: self if whole else None)
        monkeypatch.setattr(disks, "_type", lambda libc, fd: 0xEF53)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(os, name)

        def watched(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            return real(*args, **options)

        monkeypatch.setattr(os, name, watched)

    def syncfs(self, fd: int) -> int:
        self.calls.append("syncfs")
        ctypes.set_errno(self._error)
        return -1 if self._error else int(self._real.syncfs(fd))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("disks") / "a.flac"
    with memcodec.create(made, index="none") as memory:
        for number in range(COUNT):
            memory.add(f"text {number}", uri=f"{number % 10}/{number}.txt")
    return made


def _restore(file: Path, folder: Path) -> None:
    with memcodec.open(file) as memory:
        assert len(memory.restore(folder).files) == COUNT
    assert sum(path.is_file() for path in folder.rglob("*")) == COUNT


@linux
def test_a_restore_syncs_the_disk_and_no_file(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    _restore(file, tmp_path / "out")
    assert disk.calls == ["pwrite"] * COUNT + ["syncfs"] + ["link"] * COUNT + ["syncfs"]


@linux
def test_where_a_disk_cannot_be_synced_its_files_are(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, whole=False)
    _restore(file, tmp_path / "out")
    assert disk.calls == ["pwrite"] * COUNT + ["fsync"] * COUNT + ["link"] * COUNT + ["fsync"] * 10


@linux
@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOSYS, errno.EIO])
def test_after_an_error_each_file_tells_of_itself(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    disk = Disk(monkeypatch, error=error)
    if error == errno.EIO:
        with pytest.raises(memcodec.StorageError, match="Input/output error"):  # of the names, at the end
            _restore(file, tmp_path / "out")
    else:
        _restore(file, tmp_path / "out")
    begin = ["pwrite"] * COUNT + ["syncfs"] + ["fsync"] * COUNT + ["link"] * COUNT
    assert disk.calls[: len(begin)] == begin


@linux
def test_what_could_not_be_synced_takes_no_name(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, left = Disk(monkeypatch, error=errno.EIO), [COUNT - 1]
    real = os.fsync

    def failing(fd: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(fd)

    monkeypatch.setattr(os, "fsync", failing)
    monkeypatch.setattr("memcodec.file.restore.sync_folders", lambda folders: None)
    with memcodec.open(file) as memory, pytest.raises(NotRestored, match=r"1 of 30 documents"):
        memory.restore(tmp_path / "out")
    assert disk.calls.count("link") == COUNT - 1


@linux
def test_few_files_are_synced_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fds = [os.open(tmp_path / str(number), os.O_CREAT | os.O_RDWR) for number in range(disks.FEW - 1)]
    disk = Disk(monkeypatch)
    disks.sync_files(fds)
    assert disk.calls == ["fsync"] * len(fds)
    for fd in fds:
        os.close(fd)
