"""Files on this machine. A new file is anonymous until its first commit, so a crash leaves nothing half-made."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from memcodec.errors import StorageError
from memcodec.model import Rights
from memcodec.process import fork
from memcodec.storage import attributes, disks, lock, soon
from memcodec.storage.contract import Source
from memcodec.storage.descriptors import (
    NOFOLLOW,
    open_file,
    read_at,
    rename_new,
    sync,
    sync_data,
    sync_folder,
    write_at,
)

LONGEST_NAME = 255  #: bytes
_TRUSTED = 0.01  # seconds
PARTIAL = ".memcodec-partial"  #: how the name of a file under way ends; it begins with a dot


@contextlib.contextmanager
def _refused(path: Path | str, what: str) -> Iterator[None]:
    """Turn the operating system's errors into one-line ones."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path}: cannot {what}: {error.strerror or error}") from error


class LocalSource:
    """Reads a file; many threads may read at once.

    Every read is a copy. Whoever touches a mapped page of a file that was cut meanwhile is killed, and a stranger's
    program may cut it at any moment; a read is told.
    """

    far = False
    requests = None

    def __init__(self, path: str | os.PathLike[str], name: str | None = None) -> None:
        self.name = name or os.fspath(path)
        with _refused(self.name, "read"):
            self._fd = open_file(path, os.O_RDONLY)
            self._release = weakref.finalize(self, os.close, self._fd)
            status = os.fstat(self._fd)
        if stat.S_ISDIR(status.st_mode):
            raise StorageError(f"{self.name}: is a folder; name a file")
        if not stat.S_ISREG(status.st_mode):
            raise StorageError(f"{self.name}: is not a regular file; name one")
        self.rights, self.size = attributes.rights_of(self._fd, status), status.st_size

    def get_bytes(self, offset: int, length: int) -> memoryview:
        self._check(offset, length)
        return self._copy(offset, length)

    def view(self, offset: int, length: int) -> memoryview:
        return self.get_bytes(offset, length)

    def _check(self, offset: int, length: int) -> None:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{length} lie outside its {self.size} bytes")

    def _copy(self, offset: int, length: int) -> memoryview:
        data = self._read(offset, length)
        if len(data) == length:
            return memoryview(data)
        parts = [data]  # the system gives two gigabytes at once
        while offset + length > (at := offset + sum(map(len, parts))):
            parts.append(self._read(at, offset + length - at))
            if not parts[-1]:
                raise self._was_cut()
        return memoryview(b"".join(parts))

    def _read(self, offset: int, length: int) -> bytes:
        try:
            return read_at(self._fd, length, offset)
        except (OSError, MemoryError) as error:
            raise StorageError(
                f"{self.name}: cannot read: {getattr(error, 'strerror', '') or error}"
            ) from error

    def _was_cut(self) -> StorageError:
        return StorageError(f"{self.name}: was truncated in the meantime; open it again")

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Nothing: all of it is near."""

    def changed(self) -> bool:
        return True

    def close(self) -> None:
        self.size, self._fd = 0, -1
        self._release()


class LocalTarget:
    """Appends to a file on disk. It alone: it holds the file's lock until it is closed.

    In a child of a fork it is closed: the lock stays its parent's, for as long as that one holds it.
    """

    def __init__(self, path: Path, fd: int, *, published: bool) -> None:
        self.name = os.fspath(path)
        self._path, self._fd, self._published = path, fd, published
        self._replace = self._locked = False
        self._replaced = -1  # the file that gives way, held open for its lock
        self._scratch: Path | None = None
        own = os.fstat(fd)
        self.size, self._inode, self._named = own.st_size, (own.st_ino, own.st_dev), os.fspath(path)
        self._links, self._looked_up = own.st_nlink, -1.0
        fork.watch(self, LocalTarget._in_child)

    def _in_child(self) -> None:
        self._scratch = None
        self._release()

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        replace: bool = False,
        wait: float = 0.0,
        locked: bool = False,
        follow: bool = True,
    ) -> LocalTarget:
        """A new file. It takes its name at ``publish``; an existing one is kept until then, or refused.

        One that is to be replaced is locked until this target is closed: its writer is waited for, ``wait`` seconds
        at most; and the new one has its mode, its owner and its extended attributes. ``locked``: the caller holds that
        lock already (``reopen``). What a link names is replaced, not the link; or without ``follow`` no link is gone
        after. Raises StorageError.
        """
        name, path = os.fspath(path), Path(os.path.realpath(path)) if follow else Path(path).absolute()
        if path.is_dir():
            raise StorageError(f"{name}: is a folder; name a file")
        if not replace and path.exists():
            raise StorageError(f"{name}: exists already; use `force=True` to replace it")
        with _refused(name, "create"):
            target = cls._anonymous(path) or cls._partial(path, wait)
        target.name, target._replace, target._locked = name, replace, locked
        try:
            target._hold_replaced(wait)
            target._keep_attributes(again=False)
        except BaseException:
            target.close()
            raise
        return target

    @classmethod
    def _anonymous(cls, path: Path) -> LocalTarget | None:
        """None where there are no such files: another system, a network disk."""
        if not hasattr(os, "O_TMPFILE"):
            return None
        try:
            fd = open_file(path.parent, os.O_TMPFILE | os.O_RDWR)
        except OSError as error:
            if isinstance(error, FileNotFoundError | PermissionError):
                raise
            return None
        lock.lock(fd)  # so nobody writes between ``publish`` and ``close``
        return cls(path, fd, published=False)

    @classmethod
    def _partial(cls, path: Path, wait: float) -> LocalTarget:
        """A recognisable temporary file; one that a crash left is used again."""
        scratch = _scratch(path)
        # Nobody may read what is to be as private as the file that it replaces.
        mode = 0o600 if path.exists() else 0o666
        fd = lock.open_locked(scratch, wait, os.O_RDWR | os.O_CREAT | NOFOLLOW, mode)
        os.ftruncate(fd, 0)
        target = cls(path, fd, published=False)
        target._scratch = scratch
        return target

    @classmethod
    def reopen(cls, path: str | os.PathLike[str], *, wait: float = 0.0) -> LocalTarget:
        """Continue an existing file at its end, torn tail included: see ``cut``.

        Waits up to ``wait`` seconds for another writer to end. Raises StorageError, which names that writer.
        """
        path = Path(path)
        if path.is_dir():
            raise StorageError(f"{path}: is a folder; name a file")
        with _refused(path, "write"):
            target = cls(path.absolute(), lock.open_locked(path, wait), published=True)
        target.name = os.fspath(path)
        return target

    def append(self, data: bytes | bytearray | memoryview) -> int:
        offset = self.size
        try:
            write_at(self._fd, data, offset)
        except BaseException as error:
            self._failed(error)
            raise
        self.size = offset + (data.nbytes if isinstance(data, memoryview) else len(data))
        return offset

    def patch(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        try:
            write_at(self._fd, data, offset)
        except BaseException as error:
            self._failed(error)
            raise

    def _failed(self, error: BaseException) -> None:
        """Know how much of a write stands there. Raises StorageError for what the system says."""
        with contextlib.suppress(OSError):
            self.size = os.fstat(self._fd).st_size
        if isinstance(error, OSError):
            raise StorageError(f"{self.name}: cannot write: {error.strerror or error}") from error

    def cut(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise StorageError(f"{self.name}: cannot be cut to {size} bytes: it has {self.size}")
        with _refused(self.name, "write"):
            os.ftruncate(self._fd, size)
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        with _refused(self.name, "read"):
            return read_at(self._fd, length, offset)

    def date(self, nanoseconds: int) -> None:
        """Have the file's bytes be of that time (since 1970, UTC) instead of now, as far as the disk can say that."""
        file = self._fd if os.utime in os.supports_fd else self._scratch or self._path
        with contextlib.suppress(OSError, OverflowError):
            os.utime(file, ns=(time.time_ns(), nanoseconds))

    def sync(self) -> None:
        with _refused(self.name, "write"):
            sync(self._fd)

    def sync_data(self) -> None:
        """As ``sync``, without times and what else nobody needs to read the bytes."""
        with _refused(self.name, "write"):
            sync_data(self._fd)

    def sync_soon(self) -> None:
        """Have everything appended on stable storage within 100 ms, without waiting for it."""
        with _refused(self.name, "write"):
            # A duplicate of the descriptor would keep the lock.
            fd = open_file(f"/proc/self/fd/{self._fd}" if sys.platform == "linux" else self._path, os.O_RDWR)
        soon.SOON.add(fd)

    # For one that was opened without the lock, and is locked for a write at a time (``turns``)

    def is_current(self) -> bool:
        """Whether it still is the file that has its name; its ``size`` is then the one it has now.

        A file that takes its place takes its link away. One that is moved away keeps it, but the system notes that with
        a time that no write has; where it cannot, the name is looked up once in a hundredth of a second.
        """
        try:
            own = os.fstat(self._fd)
            same = own.st_nlink == self._links and own.st_mtime_ns == own.st_ctime_ns
            if not same or time.monotonic() > self._looked_up + _TRUSTED:
                self._links, self._looked_up = own.st_nlink, time.monotonic()
                if not self._has_name():
                    self._looked_up = -1.0
                    return False
        except OSError as error:
            raise StorageError(f"{self.name}: cannot read: {error.strerror or error}") from error
        self.size = own.st_size
        return True

    def _has_name(self) -> bool:
        if sys.platform == "win32":  # there no file that is open loses its name
            return True
        try:
            found = os.stat(self._named)  # noqa: PTH116
        except FileNotFoundError:
            return False
        return (found.st_ino, found.st_dev) == self._inode

    def lock(self) -> bool:
        """Take the lock, at once or not at all."""
        try:
            return lock.lock(self._fd)
        except OSError as error:
            raise StorageError(f"{self.name}: cannot write: {error.strerror or error}") from error

    def unlock(self) -> None:
        """Let the lock go."""
        try:
            lock.unlock(self._fd)
        except OSError as error:
            raise StorageError(f"{self.name}: cannot write: {error.strerror or error}") from error

    def holder(self) -> str:
        """Who has the lock, for people."""
        return lock.holder(self._fd)

    @staticmethod
    def sync_all(targets: Sequence[LocalTarget]) -> None:
        """``sync`` of each, or all at once. Raises StorageError, which may not tell which of them it is about."""
        with _refused(targets[0].name if targets else "", "write"):
            disks.sync_files([each._fd for each in targets])

    @property
    def published(self) -> bool:
        """Whether the file is there under its name."""
        return self._published

    def publish(self) -> None:
        if not self._published:
            self.appear()
            with _refused(self.name, "create"):
                sync_folder(self._path.parent)

    def appear(self) -> None:
        """Take the name, which is on stable storage when the folder is synced."""
        with _refused(self.name, "create"):
            self._hold_replaced(0.0)  # one that came meanwhile
            if self._keep_attributes(again=True):
                self.sync()
            if self._scratch is None:
                self._link()
            elif sys.platform == "win32":
                self._rename_closed(self._scratch)
            else:
                self._rename(self._scratch)
            self._scratch, self._published = None, True

    def _hold_replaced(self, wait: float) -> None:
        """Lock the file that gives way: what its writer was told is stored must not be lost behind its back."""
        if self._replace and not self._locked and self._replaced < 0 and self._path.exists():
            with _refused(self.name, "replace"):
                self._replaced = lock.open_locked(self._path, wait, os.O_RDONLY)

    def _keep_attributes(self, *, again: bool) -> bool:
        """Have the mode, the owner and all that of the file that gives way. ``again``: tells whether they changed."""
        if not self._replace or not self._path.exists():
            return False
        with _refused(self.name, "replace"), _opened(self._path) as old:
            if again and attributes.is_kept(old, self._fd):
                return False
            attributes.keep(old, self._fd)
        return True

    def restrict(self, rights: Rights) -> None:
        """Give a new file to nobody whom its source is closed to. One that replaces another has that one's rights."""
        if not self._published and not (self._replace and self._path.exists()):
            with _refused(self.name, "create"):
                attributes.restrict(self._fd, rights)

    def permit(self, mode: int) -> None:
        """Give a new file these permission bits (``attributes.permit``). One that replaces another has that one's."""
        if not self._published and not (self._replace and self._path.exists()):
            with _refused(self.name, "create"):
                attributes.permit(self._fd, mode)

    def _rename(self, scratch: Path) -> None:
        if self._replace:
            scratch.replace(self._path)
        else:
            rename_new(scratch, self._path)

    def _rename_closed(self, scratch: Path) -> None:
        """Windows renames no file that is open, and replaces none: let both go for that moment."""
        self._release()
        try:
            self._rename(scratch)
            scratch = self._path
        finally:
            self._fd = lock.open_locked(scratch, 0.0)

    def _link(self) -> None:
        """Give the anonymous file its name. Only a replacement needs a second name, for one rename."""
        if not (self._replace and self._path.exists()):
            self._link_as(self._path)
            return
        scratch = _scratch(self._path)
        scratch.unlink(missing_ok=True)
        self._link_as(scratch)
        self._scratch = scratch  # ``close`` removes it when the rename fails
        scratch.replace(self._path)

    def _link_as(self, path: Path) -> None:
        # Only with a descriptor does Python call linkat(2), which alone follows the link in /proc.
        os.link(f"/proc/self/fd/{self._fd}", path, src_dir_fd=self._fd, follow_symlinks=True)

    def source(self) -> Source:
        if self._scratch is None and sys.platform == "linux":  # it may have no name yet
            return LocalSource(f"/proc/self/fd/{self._fd}", self.name)
        return LocalSource(self._scratch or self._path, self.name)

    def close(self) -> None:
        scratch, self._scratch = self._scratch, None
        if scratch is not None and sys.platform != "win32":
            scratch.unlink(missing_ok=True)  # while it is locked: who waits for it makes another
        self._release()
        if scratch is not None and sys.platform == "win32":
            with contextlib.suppress(PermissionError):  # who waited for it has it open
                scratch.unlink(missing_ok=True)

    def _release(self) -> None:
        for fd in (self._fd, self._replaced):
            if fd >= 0:
                os.close(fd)
        self._fd = self._replaced = -1


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    fd = open_file(path, os.O_RDONLY | NOFOLLOW)
    try:
        yield fd
    finally:
        os.close(fd)


def _scratch(path: Path) -> Path:
    """Beside the file, by its name; by a hash of that where both together are too long for any file system."""
    name = f".{path.name}{PARTIAL}"
    if len(os.fsencode(name)) > LONGEST_NAME:
        name = f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}{PARTIAL}"
    return path.with_name(name)
