"""A file that takes another's place has its mode, owner and attributes; a new one is no more open than its sources."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memcodec.model import Rights
from memcodec.storage import LocalSource, LocalTarget
from memcodec.storage.attributes import close_as, folder_mode, granted_by, rights_of

ACL = "system.posix_acl_access"
SOMEBODY = 54321
AS_SOMEBODY = f"""
import os, sys
from contextlib import closing
from memcodec.storage import LocalTarget
os.setegid({SOMEBODY}); os.seteuid({SOMEBODY})
with closing(LocalTarget.create(sys.argv[1], replace=True)) as target:
    target.append(b"new")
    target.publish()
"""


def acl(user: int, *, group: int, mask: int) -> bytes:
    """An access list, acl(5): the owner all, ``user`` and the group as much as ``mask`` lets them, others nothing."""
    entries = [(0x01, 6, -1), (0x02, 4, user), (0x04, group, -1), (0x10, mask, -1), (0x20, 0, -1)]
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, mode, who & 0xFFFFFFFF) for tag, mode, who in entries
    )


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def replace(path: Path) -> None:
    with closing(LocalTarget.create(path, replace=True)) as target:
        target.append(b"new")
        target.publish()
    assert path.read_bytes() == b"new"


@pytest.fixture(params=["anonymous", "named"], autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders with and without anonymous files."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")


@pytest.fixture(autouse=True)
def open_by_default() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def root() -> None:
    if os.geteuid():
        pytest.skip("only root may give files away")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400, 0o660, 0o755])
def test_the_mode_is_kept(old: Path, mode: int) -> None:
    old.chmod(mode)
    replace(old)
    assert mode_of(old) == mode


def test_a_mode_that_changes_meanwhile_is_kept(old: Path) -> None:
    with closing(LocalTarget.create(old, replace=True)) as target:
        target.append(b"new")
        old.chmod(0o600)
        target.publish()
    assert mode_of(old) == 0o600


def test_nobody_reads_the_new_bytes_before_they_have_their_name(old: Path) -> None:
    old.chmod(0o600)
    with closing(LocalTarget.create(old, replace=True)) as target:
        target.append(b"new")
        assert {mode_of(path) for path in old.parent.iterdir()} == {0o600}


def test_extended_attributes_are_kept(old: Path) -> None:
    os.setxattr(old, "user.origin", b"a scanner")
    replace(old)
    assert os.getxattr(old, "user.origin") == b"a scanner"


def test_an_access_list_is_kept(old: Path) -> None:
    os.setxattr(old, ACL, acl(SOMEBODY, group=0, mask=4))
    before, mode = os.getxattr(old, ACL), mode_of(old)
    replace(old)
    assert (os.getxattr(old, ACL), mode_of(old)) == (before, mode)


def test_a_list_that_the_folder_gives_does_not_open_what_was_private(old: Path) -> None:
    old.chmod(0o600)
    os.setxattr(old.parent, "system.posix_acl_default", acl(SOMEBODY, group=4, mask=6))
    replace(old)
    assert mode_of(old) == 0o600
    assert ACL not in os.listxattr(old)


@pytest.mark.usefixtures("root")
def test_the_owner_is_kept(old: Path) -> None:
    os.chown(old, SOMEBODY, SOMEBODY + 1)
    replace(old)
    assert (old.stat().st_uid, old.stat().st_gid) == (SOMEBODY, SOMEBODY + 1)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(("mode", "wanted"), [(0o640, 0o600), (0o664, 0o644), (0o646, 0o646)])
def test_a_group_that_cannot_be_kept_gets_no_more_than_anybody(old: Path, mode: int, wanted: int) -> None:
    """Run by another user, who may write to the folder and read the file."""
    os.chown(old, SOMEBODY, 0)
    old.chmod(mode)
    old.parent.chmod(0o777)
    for folder in old.parent.parents:
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(0o755)
    subprocess.run([sys.executable, "-c", AS_SOMEBODY, old], check=True)
    assert (old.stat().st_uid, old.stat().st_gid, mode_of(old)) == (SOMEBODY, SOMEBODY, wanted)


def made(path: Path, *sources: Path) -> int:
    """The mode of a new file."""
    with closing(LocalTarget.create(path)) as target:
        close_as(target, map(rights_of, sources))
        target.append(b"new")
        target.publish()
    return mode_of(path)


def test_a_new_file_is_no_more_open_than_any_source(tmp_path: Path) -> None:
    sources = {}
    for mode in (0o644, 0o640, 0o600, 0o400, 0o666):
        sources[mode] = tmp_path / f"{mode:o}"
        sources[mode].touch()
        sources[mode].chmod(mode)
    assert made(tmp_path / "a", sources[0o644], sources[0o666]) == 0o644
    assert made(tmp_path / "b", sources[0o644], sources[0o640]) == 0o640
    assert made(tmp_path / "c", sources[0o640], sources[0o600]) == 0o600
    assert made(tmp_path / "d", sources[0o400]) == 0o600  # its owner may go on writing to it
    assert made(tmp_path / "e") == 0o644
    with closing(LocalSource(sources[0o640])) as source:
        assert granted_by(source) == Rights(0o640, os.getegid())


@pytest.mark.usefixtures("root")
def test_what_another_group_may_do_is_not_for_this_one(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.touch()
    os.chown(source, 0, SOMEBODY)
    source.chmod(0o640)
    assert made(tmp_path / "new", source) == 0o600


def test_a_mode_that_shows_an_access_list_is_not_the_groups(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.touch()
    os.setxattr(source, ACL, acl(SOMEBODY, group=0, mask=4))
    assert mode_of(source) & 0o040
    assert made(tmp_path / "new", source) == 0o600


def test_a_list_that_the_folder_gives_does_not_open_a_new_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.touch()
    source.chmod(0o600)
    os.setxattr(tmp_path, "system.posix_acl_default", acl(SOMEBODY, group=4, mask=6))
    assert made(tmp_path / "new", source) == 0o600
    assert ACL not in os.listxattr(tmp_path / "new")


def test_who_may_read_files_may_look_into_their_folder() -> None:
    group = os.getegid()
    assert folder_mode(None) == 0o777
    assert folder_mode(Rights(0o600, group)) == 0o700
    assert folder_mode(Rights(0o640, group)) == 0o750
    assert folder_mode(Rights(0o640, group + 1)) == 0o700
    assert folder_mode(Rights(0o644, group)) == 0o755


def test_a_long_name_is_replaced_too(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".mp4")
    path.write_bytes(b"old")
    replace(path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
