"""Files on this machine. A new file is anonymous until its first commit, so a crash leaves nothing half-made."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from memcodec.errors import StorageError
from memcodec.storage.base import Source


@contextlib.contextmanager
def _refused(path: Path | str, what: str) -> Iterator[None]:
    """Turn the operating system's errors into one-line ones."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path}: cannot {what}: {error.strerror or error}") from error


class LocalSource:
    """Reads a file through a memory map; many threads may read at once."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.fspath(path)
        with _refused(self.name, "read"), open(path, "rb") as file:  # noqa: PTH123
            self.size = os.fstat(file.fileno()).st_size
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else None
        self._view = memoryview(self._map) if self._map is not None else memoryview(b"")

    def get_bytes(self, offset: int, length: int) -> memoryview:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{length} lie outside its {self.size} bytes")
        return self._view[offset : offset + length]

    def close(self) -> None:
        # Views handed out keep the map alive; it goes with the last of them.
        self._view = memoryview(b"")
        self.size = 0
        self._map = None


class LocalTarget:
    """Appends to a file on disk."""

    def __init__(self, path: Path, fd: int, *, published: bool, replace: bool) -> None:
        self.name = os.fspath(path)
        self._path, self._fd, self._published, self._replace = path, fd, published, replace
        self._scratch: Path | None = None
        self.size = os.fstat(fd).st_size

    @classmethod
    def create(cls, path: str | os.PathLike[str], *, replace: bool = False) -> LocalTarget:
        """A new file. It takes its name at ``publish``; an existing one is kept until then, or refused."""
        path = Path(path)
        if path.is_dir():
            raise StorageError(f"{path}: is a folder; name a file")
        if not replace and path.exists():
            raise StorageError(f"{path}: exists already; use --force to replace it")
        with _refused(path, "create"):
            try:
                fd = os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o666)
                return cls(path, fd, published=False, replace=replace)
            except (AttributeError, OSError) as error:
                if isinstance(error, FileNotFoundError | PermissionError):
                    raise
            # No anonymous files here (another system, a network disk): one recognisable temporary file.
            scratch = path.with_name(f".{path.name}.memcodec-partial")
            target = cls(
                path,
                os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666),
                published=False,
                replace=replace,
            )
            target._scratch = scratch
            return target

    @classmethod
    def reopen(cls, path: str | os.PathLike[str], size: int) -> LocalTarget:
        """Continue an existing file after its first ``size`` bytes; what lies beyond them is cut off."""
        path = Path(path)
        with _refused(path, "write"):
            fd = os.open(path, os.O_RDWR)
            os.ftruncate(fd, size)
        return cls(path, fd, published=True, replace=False)

    def append(self, data: bytes | bytearray | memoryview) -> int:
        offset, view = self.size, memoryview(data)
        with _refused(self.name, "write"):
            while len(view):
                written = os.pwrite(self._fd, view, self.size)
                self.size += written
                view = view[written:]
        return offset

    def patch(self, offset: int, data: bytes) -> None:
        if offset < 0 or offset + len(data) > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{len(data)} lie outside its {self.size} bytes")
        with _refused(self.name, "write"):
            os.pwrite(self._fd, data, offset)

    def read(self, offset: int, length: int) -> bytes:
        with _refused(self.name, "read"):
            return os.pread(self._fd, length, offset)

    def sync(self) -> None:
        with _refused(self.name, "write"):
            os.fsync(self._fd)

    def publish(self) -> None:
        if self._published:
            return
        with _refused(self.name, "create"):
            if self._scratch is None:
                self._link()
            elif self._replace:
                self._scratch.replace(self._path)
            else:
                os.link(self._scratch, self._path)
                self._scratch.unlink()
            self._scratch, self._published = None, True
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _link(self) -> None:
        """Give the anonymous file its name. Only a replacement needs a second name, for one rename."""
        if not (self._replace and self._path.exists()):
            self._link_as(self._path)
            return
        scratch = self._path.with_name(f".{self._path.name}.memcodec-partial")
        scratch.unlink(missing_ok=True)
        self._link_as(scratch)
        scratch.replace(self._path)

    def _link_as(self, path: Path) -> None:
        # Only with a descriptor does Python call linkat(2), which alone follows the link in /proc.
        os.link(f"/proc/self/fd/{self._fd}", path, src_dir_fd=self._fd, follow_symlinks=True)

    def source(self) -> Source:
        return LocalSource(f"/proc/self/fd/{self._fd}" if self._scratch is None else self._scratch)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        if self._scratch is not None:
            self._scratch.unlink(missing_ok=True)
            self._scratch = None
