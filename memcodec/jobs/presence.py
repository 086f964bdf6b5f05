"""The supervisor's lock: a file in the state folder. Whoever holds it is the supervisor; nothing else tells.

The process that holds it writes down its number there, for people.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from memcodec.errors import StorageError
from memcodec.storage import lock
from memcodec.storage.descriptors import open_file, write_at

LOCK, LOG = "supervisor.lock", "supervisor.log"
SPOOL = "spool"  #: batches that are not in their files yet, a folder a job


def is_there(folder: Path) -> bool:
    """Whether a supervisor is at work. Raises StorageError when the folder cannot be used."""
    fd = _opened(folder)
    try:
        return lock.is_held(fd)
    finally:
        os.close(fd)


def take_lock(folder: Path, seconds: float) -> int | None:
    """A descriptor that holds the lock until it is closed, or its process ends; None when another has it for so long.

    Raises StorageError when the folder cannot be used.
    """
    fd = _opened(folder)
    if lock.wait(fd, time.monotonic() + seconds):
        return fd
    os.close(fd)
    return None


def _opened(folder: Path) -> int:
    try:
        return open_file(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"{folder / LOCK}: cannot be opened: {error.strerror or error}") from error


def sign(held: int) -> None:
    """Write down who holds the lock."""
    os.ftruncate(held, 0)
    write_at(held, f"{os.getpid()}\n".encode(), 0)


def who(folder: Path) -> int | None:
    """The process that held the lock last; it may be gone."""
    try:
        return int((folder / LOCK).read_text("ascii"))
    except (OSError, ValueError):
        return None
