"""What a worker process may use: memory, and the processor time of one operation. POSIX, and Linux for the memory."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from pathlib import Path

from tests.fuzz.exercise import SECONDS, on_alarm

MEMORY = 512 << 20  #: bytes that reading one file may take beyond what the process has before


def limit() -> None:
    """From now on too much memory is a MemoryError, too much time ends an operation, and an uncounted loop the process.

    Python code is interrupted by SIGVTALRM after ``SECONDS``; a loop in a library does not let go of the process, so
    SIGPROF, which nothing catches, ends that at twice the time: the campaign then notes a crash.
    """
    signal.signal(signal.SIGVTALRM, on_alarm)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (_data() + MEMORY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def restart_clock() -> None:
    """Another operation begins."""
    signal.setitimer(signal.ITIMER_PROF, 3 * SECONDS)


def _data() -> int:
    """Bytes of private memory that the process has now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError("no VmData")


def silence() -> None:
    """Libraries tell of damaged pictures and sound, thousands of times."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
