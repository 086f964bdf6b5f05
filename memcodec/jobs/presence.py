"""The supervisor's lock: a file in the state folder, flock(2)ed by the one supervisor that is at work for it.

It says which process that is, for people.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from memcodec.errors import StorageError

LOCK, LOG = "supervisor.lock", "supervisor.log"
_PAUSE = 0.02  # seconds between two tries


def is_there(folder: Path) -> bool:
    """Whether a supervisor is at work. Ask only to start one if not: others may ask at the same moment."""
    held = take_lock(folder, 0.0)
    if held is None:
        return True
    os.close(held)
    return False


def take_lock(folder: Path, seconds: float) -> int | None:
    """A descriptor that holds the lock until it is closed, or its process ends; None when another has it for so long.

    Raises StorageError when the folder cannot be used.
    """
    try:
        fd = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"{folder / LOCK}: cannot be opened: {error.strerror or error}") from error
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(fd)
                return None
            time.sleep(_PAUSE)


def sign(lock: int) -> None:
    """Write down who holds the lock."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def who(folder: Path) -> int | None:
    """The process that held the lock last; it may be gone."""
    try:
        return int((folder / LOCK).read_text("ascii"))
    except (OSError, ValueError):
        return None
