"""What this process has of the machine: cores and memory, as affinity, control groups and limits leave them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_PROC = Path("/proc")


@cache
def cores() -> int:
    """Cores that this process may use at once: what it is bound to, and what its control groups grant it of them.

    A share of a core counts as a whole one.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound, *_granted()]))


def free_memory() -> int | None:
    """Bytes that this process and its children can still take without swapping; None where it cannot be told.

    The least of what the system has available (proc(5), MemAvailable), what is left in the control groups, and in the
    limit on this process's address space (setrlimit(2), RLIMIT_AS).
    """
    left = [*_available(), *_left_in_groups(), *_left_to_address()]
    return max(0, min(left)) if left else None


def workers(each: int) -> int:
    """How many workers that take ``each`` bytes may run beside this process: one a core, as far as there is memory."""
    free = free_memory()
    return cores() if free is None else max(1, min(cores(), free // each))


class _Names(NamedTuple):
    """The files of a memory controller (cgroup-v2.rst, cgroup-v1/memory.rst) and what it calls idle page cache."""

    limit: str
    used: str
    idle: str


_MEMORY = {
    1: _Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: _Names("memory.max", "memory.current", "inactive_file"),
}


def _granted() -> Iterator[int]:
    """Cores by each group's quota, rounded up."""
    for version, folder in _groups("cpu"):
        with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
            if version == 2:
                quota, period = (folder / "cpu.max").read_text("ascii").split()
            else:
                quota, period = (_word(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
            if int(quota) > 0:  # "max" is no number, and version 1 says -1
                yield -(-int(quota) // int(period))


def _left_in_groups() -> Iterator[int]:
    """Bytes below each group's limit; files that were read and can be dropped are not counted as used."""
    for version, folder in _groups("memory"):
        names = _MEMORY[version]
        with contextlib.suppress(OSError, ValueError):
            limit, used = int(_word(folder / names.limit)), int(_word(folder / names.used))
            yield limit - used + _field(folder / "memory.stat", names.idle)


def _available() -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError):
        yield _field(_PROC / "meminfo", "MemAvailable:") << 10


def _left_to_address() -> Iterator[int]:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            yield limit - int(_word(_PROC / "self/statm")) * resource.getpagesize()


def _groups(controller: str) -> Iterator[tuple[int, Path]]:
    """Version and folder of this process's control group under ``controller``, and of those above it (cgroups(7))."""
    with contextlib.suppress(OSError, ValueError):
        paths = dict(_paths())
        for line in (_PROC / "self/mountinfo").read_text("utf-8", "replace").splitlines():
            mount, _, system = line.partition(" - ")
            _, _, _, root, point, *_ = mount.split()
            kind, _, options = system.split(" ", 2)
            if kind == "cgroup2":
                yield from ((2, folder) for folder in _up(Path(point), root, paths.get("", root)))
            elif kind == "cgroup" and controller in options.split(","):
                yield from ((1, folder) for folder in _up(Path(point), root, paths.get(controller, root)))


def _paths() -> Iterator[tuple[str, str]]:
    """Each controller's path in its hierarchy; that of version 2 has the name ""."""
    for line in (_PROC / "self/cgroup").read_text("utf-8", "replace").splitlines():
        _, names, path = line.split(":", 2)
        yield from ((name, path) for name in names.split(","))


def _up(point: Path, root: str, path: str) -> Iterator[Path]:
    """The folders from a group's up to the mount, of which a container may see no more than its own group."""
    below = PurePosixPath(path)
    folder = point / below.relative_to(root) if below.is_relative_to(root) else point
    while folder != point:
        yield folder
        folder = folder.parent
    yield point


def _word(file: Path) -> str:
    return file.read_text("ascii").partition("\n")[0].partition(" ")[0]


def _field(file: Path, name: str) -> int:
    """The number after a name, a line each."""
    for line in file.read_text("ascii").splitlines():
        found, _, values = line.partition(" ")
        if found == name:
            return int(values.split()[0])
    raise ValueError(f"{file}: no {name}")
