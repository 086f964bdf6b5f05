"""One writer at a time: an advisory lock on the file itself, and who holds it. Readers never ask for it.

It is flock(2)'s, held by the open file: till it is closed, or its process ends, however that ends. Windows locks bytes
and keeps others from reading them, so there it is one byte that no file has.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

from memcodec.errors import StorageError
from memcodec.storage.descriptors import open_file

_PAUSE = 0.05  # seconds between two tries
_LONGEST = 60  # letters of the holder's command line that are shown

if sys.platform == "win32":
    import msvcrt

    _BYTE = 1 << 62  # its offset

    def lock(fd: int) -> bool:
        """Take the lock on an open file, at once or not at all."""
        return _locking(fd, msvcrt.LK_NBLCK)

    def unlock(fd: int) -> None:
        """Let the lock go."""
        _locking(fd, msvcrt.LK_UNLCK)

    def is_held(fd: int) -> bool:
        """Whether another open file has the lock. Whoever asks has it meanwhile, and others may be refused."""
        return not (_locking(fd, msvcrt.LK_NBLCK) and _locking(fd, msvcrt.LK_UNLCK))

    def _locking(fd: int, mode: int) -> bool:
        before = os.lseek(fd, 0, os.SEEK_CUR)
        os.lseek(fd, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(fd, mode, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(fd, before, os.SEEK_SET)
        return True

else:
    import fcntl

    _EXCLUSIVE, _SHARED = fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_SH | fcntl.LOCK_NB

    def lock(fd: int, kind: int = _EXCLUSIVE) -> bool:
        """Take the lock on an open file, at once or not at all."""
        try:
            fcntl.flock(fd, kind)
        except BlockingIOError:
            return False
        return True

    def unlock(fd: int) -> None:
        """Let the lock go."""
        fcntl.flock(fd, fcntl.LOCK_UN)

    def is_held(fd: int) -> bool:
        """Whether another open file has the lock. Many may ask at once; who wants it meanwhile may be refused."""
        held = not lock(fd, _SHARED)
        fcntl.flock(fd, fcntl.LOCK_UN)
        return held


def wait(fd: int, deadline: float) -> bool:
    """Take the lock before ``deadline`` (on ``time.monotonic``'s clock); tries at least once."""
    while not lock(fd):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(_PAUSE, left))
    return True


def open_locked(path: Path, patience: float, flags: int = os.O_RDWR, mode: int = 0o666) -> int:
    """A descriptor of the file that ``path`` names, with the lock held on it.

    Tries for ``patience`` seconds, at least once. Raises StorageError naming the holder when another has it, and
    OSError when the file cannot be opened.
    """
    deadline = time.monotonic() + patience
    while True:
        fd = open_file(path, flags, mode)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise StorageError(f"{path}: is not a regular file; name one")
            if not wait(fd, deadline):
                raise StorageError(
                    f"{path}: {holder(fd)} is writing to it; try again later, or wait with `wait`"
                )
            if is_named(fd, path):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # it was replaced while its writer was waited for: the new file is the one meant


def is_named(fd: int, path: Path) -> bool:
    """Whether an open file still is the one that ``path`` names."""
    if sys.platform == "win32":
        return True  # no file that is open loses its name there
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def holder(fd: int) -> str:
    """Who holds the lock on an open file, for people: ``PID 1234 (memcodec append ...)``, or "another process"."""
    pid = _pid(os.fstat(fd))
    return f"PID {pid}{_command(pid)}" if pid else "another process"


def _pid(status: os.stat_result) -> int:
    """Who took the flock on that inode (proc_locks(5)); 0 when it cannot be told, from here or at all."""
    if sys.platform == "win32":
        return 0
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    try:
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    for _, kind, *_, pid, locked, _, _ in filter(lambda words: len(words) == 8, map(str.split, lines)):
        if kind == "FLOCK" and locked == place and pid.isdigit():
            return int(pid)
    return 0


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    if Path(words[0]).name.startswith("python") and len(words) > 2 and not words[1].startswith("-"):
        del words[0]  # a script is known by its own name
    line = " ".join([Path(words[0]).name, *words[1:]]).strip()
    # Another program chose these letters: none of them may move the cursor.
    shown = "".join(letter if letter.isprintable() else "?" for letter in line)
    return f" ({shown[: _LONGEST - 3]}...)" if len(shown) > _LONGEST else f" ({shown})" if shown else ""
