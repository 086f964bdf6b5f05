"""Documents as the files of a folder that cannot be written to, served by FUSE for as long as this process runs.

Its listings decode no text. A file's bytes are checked against their SHA-256 before the first of them is given.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from memcodec.errors import MemcodecError, MissingExtra, StorageError
from memcodec.file.cache import Cache
from memcodec.file.document import whole
from memcodec.file.filter import Filter
from memcodec.file.places import FoundDocument
from memcodec.file.reader import Reader
from memcodec.file.restore import destinations, time_of
from memcodec.format.documents import parse_time
from memcodec.model import Document
from memcodec.storage.attributes import folder_mode, granted_by, permitted, restricted

_KEPT = 64 << 20  # bytes of the files that were read last, beside those that are open
_DEVICE = Path("/dev/fuse")
_DAY = 86400  # seconds
#: Nothing changes while it is mounted: the kernel may remember what it was told, and keep what it read.
_OPTIONS = {
    **dict.fromkeys(("ro", "nosuid", "nodev", "noexec", "kernel_cache"), True),
    **dict.fromkeys(("attr_timeout", "entry_timeout", "negative_timeout"), _DAY),
    "fsname": "memcodec",  # a file's name could hold a comma, and thus further options
    "subtype": "memcodec",
}


def mount(
    reader: Reader,
    folder: Path,
    only: Filter | None = None,
    *,
    ready: Callable[[int], None],
    failed: Callable[[str], None],
) -> None:
    """Have the files that ``restore`` would write (of all documents, or of those that a filter takes) in ``folder``.

    Returns when it was unmounted, or this process interrupted; then it is unmounted, too. ``ready`` is called with the
    number of files when they can be read, ``failed``, once for each, with what is wrong with a file; who reads that
    gets EIO.

    Raises NotFound when the filter takes none, StorageError when ``folder`` is not empty or this system mounts
    nothing there, MissingExtra without `mount` or libfuse.
    """
    if sys.platform == "win32":
        raise StorageError("mounting needs FUSE, which Windows does not have; restore the documents instead")
    fuse = _library()
    _check(folder)
    mounted = False

    def begin() -> None:
        nonlocal mounted
        mounted = True
        quiet.close()
        ready(len(files))

    # What libfuse has to say before that is kept for the error, which is one line.
    with tempfile.TemporaryFile() as said, contextlib.ExitStack() as quiet:
        looks = _Stat(reader, os.getuid(), os.getegid())
        files = _Files(destinations(reader, only), looks, begin, failed)
        quiet.enter_context(_errors_to(said.fileno()))
        try:
            fuse.FUSE(files, str(folder.absolute()), foreground=True, **_OPTIONS)
        except RuntimeError:  # a number, of a signal, too
            if not mounted:
                said.seek(0)
                why = said.read().decode("utf-8", "replace").strip().split("\n")[-1]
                raise StorageError(f"{folder}: cannot be mounted on: {why or 'FUSE refuses'}") from None


def _library() -> Any:
    try:
        import mfusepy
    except ImportError:
        raise MissingExtra("mounting needs mfusepy: pip install 'memcodec[mount]'") from None
    except (OSError, AttributeError):  # no libfuse, or one that it does not know
        raise MissingExtra(
            "mounting needs libfuse: install your system's package fuse3, or macFUSE"
        ) from None
    if sys.platform == "linux" and not _DEVICE.exists():
        raise StorageError(f"no {_DEVICE} here: load the kernel's module fuse, or let the container have it")
    return mfusepy


def _check(folder: Path) -> None:
    """Raises StorageError for what is no empty folder: files in it would be hidden."""
    try:
        empty = not any(folder.iterdir())
    except OSError as error:
        cure = "unmount it first" if error.errno == errno.ENOTCONN else "name an empty folder to mount on"
        raise StorageError(f"{folder}: {error.strerror}; {cure}") from error
    if not empty:
        raise StorageError(f"{folder}: is not empty; name an empty folder to mount on")


@contextlib.contextmanager
def _errors_to(fd: int) -> Iterator[None]:
    """Standard error goes there, that of C too."""
    before = os.dup(2)
    os.dup2(fd, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


class _Opened:
    """A file that somebody has open. Its bytes are there from the first time that they are asked for."""

    def __init__(self, found: FoundDocument) -> None:
        self.found = found
        self.data: bytes | None = None
        self.lock = threading.Lock()


class _Files:
    """What FUSE asks, in its words (fuse.h, ``struct fuse_operations``). For many threads.

    Paths begin with "/", which is the folder that is mounted on.
    """

    use_ns = True  #: times are in nanoseconds

    def __init__(
        self,
        files: Iterable[tuple[FoundDocument, Path]],
        looks: _Stat,
        ready: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        self._stat, self._ready, self._failed = looks, ready, failed
        self._files = dict[str, FoundDocument]()
        self._folders: dict[str, list[str]] = {"/": []}
        for found, path in files:
            self._files[f"/{path.as_posix()}"] = found
            self._list(f"/{path.as_posix()}")
        self._cache, self._numbers = Cache[bytes](_KEPT, len), count(1)
        self._opened, self._lost = dict[int, _Opened](), set[str]()

    def _list(self, path: str) -> None:
        """Have a path in the listing of its folder, and that in its own."""
        known = False
        while not known:
            above, _, name = path.rpartition("/")
            path = above or "/"
            known = path in self._folders
            self._folders.setdefault(path, []).append(name)

    def __len__(self) -> int:
        return len(self._files)

    def init(self, path: str) -> None:
        """It is mounted."""
        self._ready()

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        """As stat(2)."""
        if path in self._folders:
            return self._stat.folder()
        return self._stat.file(self._found(path).document)

    def readdir(self, path: str, fh: int) -> list[str]:
        """The names in a folder."""
        return [".", "..", *self._folders[path]]

    def open(self, path: str, flags: int) -> int:
        """A number for a file."""
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, path)
        number = next(self._numbers)
        self._opened[number] = _Opened(self._found(path))
        return number

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes of an open file."""
        opened = self._opened[fh]
        with opened.lock:
            if opened.data is None:
                opened.data = self._read(path, opened.found)
        return opened.data[offset : offset + size]

    def release(self, path: str, fh: int) -> int:
        """It is closed."""
        del self._opened[fh]
        return 0

    def _found(self, path: str) -> FoundDocument:
        if path not in self._files:
            raise OSError(errno.ENOENT, path)
        return self._files[path]

    def _read(self, path: str, found: FoundDocument) -> bytes:
        if (data := self._cache.get(path)) is not None:
            return data
        try:
            data = whole(found)
        except MemcodecError as error:
            if path not in self._lost:  # the kernel asks again
                self._lost.add(path)
                self._failed(f"{path[1:]}: cannot be read: {error}")
            raise OSError(errno.EIO, path) from error
        self._cache.put(path, data)
        return data


class _Stat:
    """What stat(2) says: the sizes, times and permissions that ``restore`` would give."""

    def __init__(self, reader: Reader, user: int, group: int) -> None:
        self._owner = {"st_uid": user, "st_gid": group}
        mask, rights = os.umask(0o077), granted_by(reader.source)
        os.umask(mask)
        new = 0o666 & ~mask
        self._new = new if rights is None else restricted(new, group, rights)
        self._folder = stat.S_IFDIR | folder_mode(rights) & ~mask
        self._time = int(parse_time(reader.entries[-1].time).timestamp()) * 10**9

    def folder(self) -> dict[str, int]:
        """Of every folder. It has one link: how many folders are in it is not said (find(1), -noleaf)."""
        return self._all(self._folder, 0, self._time)

    def file(self, document: Document) -> dict[str, int]:
        """Of a document's file."""
        size = document.size if document.original is None else document.original.size
        mode = self._new if document.mode is None else permitted(self._new, document.mode)
        return self._all(stat.S_IFREG | mode, size, time_of(document))

    def _all(self, mode: int, size: int, time: int) -> dict[str, int]:
        times = dict.fromkeys(("st_atime", "st_mtime", "st_ctime"), time)
        sizes = {"st_size": size, "st_blocks": -(-size // 512)}
        return {"st_mode": mode, "st_nlink": 1, **sizes, **self._owner, **times}
