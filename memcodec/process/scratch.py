"""Folders for temporary files of a process, which are gone when it is, however it ends.

Each is locked while its process lives. What one left that was killed, the next one that needs a folder removes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import TracebackType

_PREFIX = "memcodec-scratch-"
_NAME = re.compile(_PREFIX + "[a-z0-9_]{8}")


class Scratch:
    """A new, empty folder at ``path``, this user's alone. Close it. Raises OSError."""

    def __init__(self) -> None:
        _sweep(tempfile.gettempdir())
        while True:
            self.path = tempfile.mkdtemp(prefix=_PREFIX)
            self._lock = _locked(Path(self.path))
            if self._lock is not None:  # nobody swept it before it was locked
                return

    def close(self) -> None:
        """Remove the folder and what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock is not None and self._lock >= 0:
            os.close(self._lock)
        self._lock = None

    def __enter__(self) -> str:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def _sweep(root: str) -> None:
    """Remove this user's folders whose processes are gone: once a process."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(root):
            if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                _remove(Path(entry.path))


def _remove(folder: Path) -> None:
    if sys.platform != "win32" and folder.lstat().st_uid == os.getuid():
        lock = _locked(folder)
        if lock is not None and lock >= 0:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """What holds the lock of a folder, to be closed: None when another has it, or it is gone; -1 for no locks here."""
    if sys.platform == "win32":
        return -1
    import fcntl

    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), folder.lstat()):
            return lock
        found = None
    except (BlockingIOError, FileNotFoundError):
        found = None
    except OSError:  # a file system without locks
        found = -1
    os.close(lock)
    return found
