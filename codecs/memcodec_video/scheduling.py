"""Keeps an encoder from changing how the process is scheduled.

SVT-AV1, run as root, puts the thread that opens it, and so every thread that it starts, under SCHED_FIFO at priority
99 (``svt_create_thread`` in its Source/Lib/Codec/svt_threads.c). Under that they take the machine from all others, and
so would every thread that the caller starts afterwards.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def kept_scheduling() -> Iterator[None]:
    """Around the opening of an encoder: this thread, and those that began meanwhile, are scheduled as it was before."""
    if sys.platform != "linux":
        yield
        return
    mine = threading.get_native_id()
    policy, param, there = os.sched_getscheduler(mine), os.sched_getparam(mine), _threads()
    try:
        yield
    finally:
        for thread in {mine, *_threads()} - (there - {mine}):
            with contextlib.suppress(ProcessLookupError):  # it has ended
                if os.sched_getscheduler(thread) != policy or os.sched_getparam(thread) != param:
                    os.sched_setscheduler(thread, policy, param)


def _threads() -> set[int]:
    try:
        return {int(thread.name) for thread in Path("/proc/self/task").iterdir()}
    except OSError:
        return set()
