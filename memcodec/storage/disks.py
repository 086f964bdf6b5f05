"""Many files made durable at once: by their disk as a whole, where that says as much as fsync does of each."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from memcodec.storage.descriptors import sync, sync_folder

FEW = 8  #: files that are synced each by itself: others' work on the disk is not waited for
_SINCE = (5, 8)  # Linux: before that, syncfs told of no error in writing (syncfs(2))
# statfs(2): file systems whose own syncfs makes all of their files durable. A network's, or FUSE's, need not.
_TYPES = {
    0xEF53: "ext",
    0x58465342: "xfs",
    0x9123683E: "btrfs",
    0xF2F52010: "f2fs",
    0x01021994: "tmpfs",
    0x794C7630: "overlay",
}


def sync_files(fds: Sequence[int]) -> None:
    """Return when what was written to open files is on stable storage. Raises OSError."""
    if len(fds) < FEW:
        _each(fds)
        return
    disks: dict[int, list[int]] = {}
    for fd in fds:
        disks.setdefault(os.fstat(fd).st_dev, []).append(fd)
    for on_one in disks.values():
        if not _sync_disk(on_one[0]):
            _each(on_one)


def sync_folders(folders: Iterable[Path]) -> None:
    """Return when the names in folders are on stable storage. Raises OSError, of which ``filename`` is one of them."""
    disks: dict[int, list[Path]] = {}
    for folder in folders:
        disks.setdefault(folder.stat().st_dev, []).append(folder)
    for on_one in disks.values():
        if len(on_one) < FEW or not _sync_disk_of(on_one[0]):
            for folder in on_one:
                sync_folder(folder)


def _each(fds: Iterable[int]) -> None:
    for fd in fds:
        sync(fd)


def _sync_disk_of(folder: Path) -> bool:
    try:
        fd = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return False
    try:
        return _sync_disk(fd)
    finally:
        os.close(fd)


def _sync_disk(fd: int) -> bool:
    """Sync the disk that a file is on; False where that is not as good as syncing each file. Raises OSError."""
    libc = _libc()
    if libc is None or _type(libc, fd) not in _TYPES:
        return False
    if libc.syncfs(fd):
        error = ctypes.get_errno()
        if error in (1, 13, 38):  # EPERM, EACCES, ENOSYS: it may not be called here
            return False
        raise OSError(error, os.strerror(error))
    return True


@cache
def _libc() -> ctypes.CDLL | None:
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_long) != 8:
        return None
    release = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2] if part.isdecimal())
    libc = ctypes.CDLL(None, use_errno=True)
    return libc if release >= _SINCE and hasattr(libc, "syncfs") and hasattr(libc, "fstatfs") else None


def _type(libc: ctypes.CDLL, fd: int) -> int | None:
    found = (ctypes.c_long * 32)()  # struct statfs, 120 bytes: its first member is the type
    return int(found[0]) & 0xFFFFFFFF if libc.fstatfs(fd, ctypes.byref(found)) == 0 else None
