"""One writer at a time: an advisory lock on the file itself, and who holds it. Readers never ask for it."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from pathlib import Path

from memcodec.errors import StorageError

_PAUSE = 0.05  # seconds between two tries
_LONGEST = 60  # letters of the holder's command line that are shown


def open_locked(path: Path, wait: float, flags: int = os.O_RDWR) -> int:
    """A descriptor of the file that ``path`` names, with flock(2) held on it: till it is closed, or the process ends.

    Tries for ``wait`` seconds, at least once. Raises StorageError naming the holder when another has it, and OSError
    when the file cannot be opened.
    """
    deadline = time.monotonic() + wait
    while True:
        fd = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)  # a pipe would wait for its other end
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise StorageError(f"{path}: is not a regular file; name one")
            _wait(path, fd, deadline)
            if _is_named(fd, path):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # it was replaced while its writer was waited for: the new file is the one meant


def lock(fd: int) -> bool:
    """Take the lock on an open file, at once or not at all."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(path: Path, fd: int, deadline: float) -> None:
    while not lock(fd):
        left = deadline - time.monotonic()
        if left <= 0:
            raise StorageError(
                f"{path}: {holder(fd)} is writing to it; try again later, or wait with --wait SECONDS"
            )
        time.sleep(min(_PAUSE, left))


def _is_named(fd: int, path: Path) -> bool:
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
