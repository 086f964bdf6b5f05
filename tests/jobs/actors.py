"""Tasks for workers in the tests of the pool. Imports no test framework: workers import it."""

from __future__ import annotations

import os
import signal
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
