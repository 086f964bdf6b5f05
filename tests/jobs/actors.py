"""Tasks for workers in the tests of the pool. Imports no test framework: workers import it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def refuse_three(number: int) -> int:
    if number == 3:
        raise ValueError("three is refused")
    return 2 * number


def die_of_three(number: int) -> int:
    time.sleep(0.05)
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def die_once(marker: Path) -> str:
    """Dies when it is first run."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker.name


def pid(_: int) -> int:
    time.sleep(0.2)
    return os.getpid()


def nice(_: int) -> int:
    return os.nice(0)


def rebuild(path: Path, sync: int | None, limit: int | None) -> None:
    """Make a file's vectors anew, until that sync kills the process, or within that limit for the file."""
    from memcodec.errors import StorageError
    from memcodec.jobs import Options
    from memcodec.jobs.work import index_now
    from tests.jobs.support import Silent

    fsync, left = os.fsync, sync or -1

    def counted(fd: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(fd)

    os.fsync = counted
    if limit is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        index_now(path, None, True, Options(batch=30), Silent())
    except StorageError as error:
        sys.exit(error.exit_code)
