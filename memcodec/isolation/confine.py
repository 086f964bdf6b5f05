"""What a process that reads a stranger's bytes gives up, before it sees the first of them.

On Linux: all files but Python's own, its libraries and a scratch folder (Landlock), and sockets, other programs and
other processes (seccomp). Everywhere but on Windows: memory, the size and number of the files it has open, core dumps.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_OPEN = 512  # files at once
_SCRATCH = 1 << 30  # bytes of one file
# Libraries that are loaded late, time zones, fonts, and what libraries ask of processor and memory.
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/opt", "/nix/store", "/gnu/store"),
    *(
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/localtime",
        "/etc/timezone",
        "/etc/mime.types",
        "/etc/fonts",
    ),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system", "/sys/fs/cgroup"),
    *("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"),
)


class Confinement(NamedTuple):
    """The means that hold, in words; empty where none does."""

    files: str
    network: str
    programs: str
    memory: str


_NOTHING = Confinement("", "", "", "")
_held = _NOTHING


def in_force() -> Confinement:
    """What holds in this process."""
    return _held


def confine(memory: int) -> None:
    """Bounds this process for good: ``memory`` bytes of data. Its temporary files go where ``TMPDIR`` says.

    To be called while there is one thread.
    """
    global _held
    _held = _confined(memory)


def _confined(memory: int) -> Confinement:
    limited = _limit(memory)
    if sys.platform != "linux":
        return _NOTHING._replace(memory=limited)
    from memcodec.isolation import landlock, seccomp

    calls = seccomp.is_available()
    apart = not calls and seccomp.without_network()
    version = 0
    with contextlib.suppress(OSError):  # a kernel that has it switched off
        version = landlock.restrict(_readable(), (tempfile.gettempdir(), "/dev/null"))
    filtered = seccomp.restrict()
    network = "seccomp" if filtered else "namespace" if apart else "landlock: TCP" if version >= 4 else ""
    files = f"landlock {version}" if version else ""
    return Confinement(files, network, "seccomp" if filtered else files, limited)


def _readable() -> Iterator[str]:
    yield from _SYSTEM
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix)
    yield from filter(None, sys.path)
    yield from filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    yield str(Path(__file__).parents[1])


def _limit(memory: int) -> str:
    if sys.platform == "win32":
        return ""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for which, wanted in ((resource.RLIMIT_NOFILE, _OPEN), (resource.RLIMIT_FSIZE, _SCRATCH)):
        _lower(which, wanted)
    return "limits" if _lower(resource.RLIMIT_DATA, memory) else ""


def _lower(which: int, wanted: int) -> bool:
    if sys.platform == "win32":
        return False
    import resource

    hard = resource.getrlimit(which)[1]
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(which, (limit, limit))
    except (OSError, ValueError):  # macOS may refuse some
        return False
    return True
