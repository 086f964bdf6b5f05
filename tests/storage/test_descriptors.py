"""Files by their descriptors: what every system is to give, and what is done where one does not."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from memcodec.storage import LocalTarget, lock
from memcodec.storage.descriptors import open_file, rename_new, sync_folder


@pytest.fixture
def without_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk as of a camera."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.delattr(os, "O_TMPFILE")


@pytest.fixture(params=[True, False], ids=["hard links", "no hard links"])
def scratch(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if not request.param:
        request.getfixturevalue("without_hard_links")
    (tmp_path / "scratch").write_bytes(b"new")
    return tmp_path / "scratch"


def test_a_new_name_is_given_once(scratch: Path, tmp_path: Path) -> None:
    rename_new(scratch, tmp_path / "name")
    assert [path.name for path in tmp_path.iterdir()] == ["name"]
    assert (tmp_path / "name").read_bytes() == b"new"


def test_a_name_that_is_taken_is_refused(scratch: Path, tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        rename_new(scratch, tmp_path / "name")
    assert (tmp_path / "name").read_bytes() == b"old" and scratch.read_bytes() == b"new"


@pytest.mark.usefixtures("without_hard_links")
def test_a_disk_without_hard_links_gets_whole_files(tmp_path: Path) -> None:
    for replace in (False, True):
        with closing(LocalTarget.create(tmp_path / "file", replace=replace)) as target:
            target.append(b"content")
            assert [path.name for path in tmp_path.iterdir() if path.name[0] != "."] == ["file"] * replace
            target.publish()
            target.append(b", more")
        assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"content, more"]


def test_a_folder_that_cannot_be_opened_is_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)  # root may open every folder
    sync_folder(tmp_path)


def test_a_pipe_is_opened_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.close(open_file(tmp_path / "pipe", os.O_RDONLY))


def test_who_asks_for_a_lock_does_not_take_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one, two, three = (open_file(tmp_path / "file", os.O_RDWR) for _ in range(3))
    assert not lock.is_held(one) and not lock.is_held(two)
    assert lock.lock(one)
    assert lock.is_held(two) and lock.is_held(three)
    assert not lock.lock(two)
    os.close(one)
    assert not lock.is_held(two)
    assert lock.lock(three)
    for fd in (two, three):
        os.close(fd)
