"""Files by their descriptors, alike on every system: opened, read and written at a place, made durable, named."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import threading
from pathlib import Path

NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  #: where there is such a flag, a link is not followed
_BINARY = getattr(os, "O_BINARY", 0)  # or Windows takes a line's end for two bytes
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # or opening a pipe waits for its other end


def open_file(path: str | os.PathLike[str], flags: int, mode: int = 0o666) -> int:
    """``os.open`` for bytes, which waits for nobody."""
    return os.open(path, flags | _BINARY | _NONBLOCK, mode)


def open_regular(path: str | os.PathLike[str]) -> io.FileIO:
    """Open a file to read it. Raises OSError, at once, when it is a pipe, a device or a socket."""
    file = io.FileIO(open_file(path, os.O_RDONLY), "r")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(None, "not a regular file")
    return file


if sys.platform == "win32":
    _moving = threading.Lock()  # a descriptor has one position there, for all threads

    def read_at(fd: int, length: int, offset: int) -> bytes:
        """At most ``length`` bytes from ``offset``: fewer at the end of the file."""
        with _moving:
            os.lseek(fd, offset, os.SEEK_SET)
            return os.read(fd, length)

    def _write_at(fd: int, data: bytes | bytearray | memoryview, offset: int, /) -> int:
        with _moving:
            os.lseek(fd, offset, os.SEEK_SET)
            return os.write(fd, data)

else:

    def read_at(fd: int, length: int, offset: int) -> bytes:
        """At most ``length`` bytes from ``offset``: fewer at the end of the file."""
        return os.pread(fd, length, offset)

    def _write_at(fd: int, data: bytes | bytearray | memoryview, offset: int, /) -> int:
        return os.pwrite(fd, data, offset)


def write_at(fd: int, data: bytes | bytearray | memoryview, offset: int) -> None:
    """Write all of it, from ``offset`` on."""
    written = _write_at(fd, data, offset)
    if written == (data.nbytes if isinstance(data, memoryview) else len(data)):
        return
    view = memoryview(data).cast("B")[written:]
    while view:
        offset += written
        written = _write_at(fd, view, offset)
        view = view[written:]


def sync(fd: int) -> None:
    """Return when what was written is on stable storage."""
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(
            OSError
        ):  # not every disk can; fsync(2) leaves bytes in the drive's own memory there
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
    os.fsync(fd)


def sync_data(fd: int) -> None:
    """As ``sync``, without times and what else nobody needs to read the bytes."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        sync(fd)


def sync_folder(folder: Path) -> None:
    """Return when the names in it are on stable storage; where folders cannot be opened the system sees to that."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def rename_new(old: Path, new: Path) -> None:
    """Rename a file unless the new name is taken: FileExistsError then."""
    if sys.platform == "win32":
        old.rename(new)
        return
    try:
        os.link(old, new)
    except FileExistsError:
        raise
    except (
        OSError
    ):  # a disk without hard links, as of cameras and sticks: the name is taken first, then filled
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        old.replace(new)
    else:
        old.unlink()
