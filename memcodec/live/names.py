"""Where rings of other processes are reached: a socket each, which is this user's alone.

It lies in ``$XDG_RUNTIME_DIR``, which is memory (XDG Base Directory Specification); where that is not set, it has an
abstract name on Linux (unix(7)) and stands in the folder of temporary files elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path

from memcodec.errors import ConfigError, NotFound, StorageError

DEFAULT = "live"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_SUFFIX = ".sock"
_QUEUE = 64  # connections that wait
_TIMEOUT = 5.0  # seconds


def named(text: str) -> str:
    """A ring's name, with or without its ``@``. Raises ConfigError for what is none."""
    name = text.removeprefix("@")
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{text!r} is no ring's name; take up to 40 letters and digits, with dots, dashes and underscores inside"
        )
    return name


def _user() -> int:
    if sys.platform == "win32":
        raise ConfigError("rings of other processes are reached by Unix sockets, which this system lacks")
    return os.getuid()


def _socket() -> socket.socket:
    if sys.platform == "win32":
        raise ConfigError("rings of other processes are reached by Unix sockets, which this system lacks")
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def address(name: str) -> str:
    """What a socket of that name is bound to: a path, or an abstract name, which begins with NUL."""
    folder = _folder()
    return f"\0memcodec-{_user()}-live-{name}" if folder is None else str(folder / f"{name}{_SUFFIX}")


def _folder() -> Path | None:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute() and Path(runtime).is_dir():
        return Path(runtime) / "memcodec"
    return None if sys.platform == "linux" else Path(tempfile.gettempdir()) / f"memcodec-{_user()}"


def bind(name: str) -> socket.socket:
    """A socket that listens. Raises StorageError when a ring of that name is there already."""
    where, made = address(name), _socket()
    try:
        if where.startswith("\0"):
            made.bind(where)
        else:
            _bind_in(Path(where), made)
        made.listen(_QUEUE)
    except OSError as error:
        made.close()
        if _answers(where):
            raise StorageError(
                f"@{name}: a ring of this name is there already; give this one another"
            ) from None
        raise StorageError(f"@{name}: its socket cannot be made: {error.strerror or error}") from error
    return made


def _bind_in(path: Path, made: socket.socket) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    about = path.parent.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != _user() or about.st_mode & 0o077:
        raise OSError(0, f"{path.parent} is not this user's alone")
    if path.exists() and not _answers(str(path)):
        path.unlink(missing_ok=True)  # of a process that was killed
    before = os.umask(0o177)
    try:
        made.bind(str(path))
    finally:
        os.umask(before)


def release(name: str) -> None:
    """After its end: the socket's name is free again."""
    where = address(name)
    if not where.startswith("\0"):
        with contextlib.suppress(OSError):
            Path(where).unlink()


def connect(name: str) -> socket.socket:
    """A connection to a ring. Raises NotFound when there is none of that name."""
    made = _socket()
    made.settimeout(_TIMEOUT)
    try:
        made.connect(address(name))
    except OSError:
        made.close()
        there = ", ".join(f"@{each}" for each in rings()) or "none"
        raise NotFound(f"@{name}: no such ring on this machine; there is {there}") from None
    if not is_own(made):
        made.close()
        raise NotFound(f"@{name}: its socket is another user's")
    made.settimeout(None)
    return made


def is_own(peer: socket.socket) -> bool:
    """Whether who is at the other end is this user, or root. An abstract name is anybody's to take."""
    if sys.platform != "linux":
        return True  # the folder is this user's alone
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in (_user(), 0)


def rings() -> list[str]:
    """The names of the rings that answer."""
    folder = _folder()
    if folder is not None:
        found = (
            [each.name.removesuffix(_SUFFIX) for each in folder.glob(f"*{_SUFFIX}")]
            if folder.is_dir()
            else []
        )
    else:
        begin = f"@memcodec-{_user()}-live-"
        with contextlib.suppress(OSError):
            lines = Path("/proc/net/unix").read_text("utf-8", "replace").splitlines()
            found = [line.rpartition(" ")[2] for line in lines]
        found = [each.removeprefix(begin) for each in found if each.startswith(begin)]
    return sorted({each for each in found if _NAME.fullmatch(each) and _answers(address(each))})


def _answers(where: str) -> bool:
    with _socket() as tried:
        tried.settimeout(_TIMEOUT)
        try:
            tried.connect(where)
        except OSError:
            return False
        return True
