"""Paths of tasks as they are written: ``0.2.t1``, with the name of a process before it that joined the run:
``@w1.0``.
"""

from __future__ import annotations

import re

from memcodec.errors import ConfigError

_WORKER = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def root(worker: str) -> str:
    """The path that a process's tasks begin with. Raises ConfigError for a name that cannot stand in one."""
    if worker and not _WORKER.fullmatch(worker):
        raise ConfigError(f"worker {worker!r}: give up to 64 letters, digits, _ or -")
    return f"@{worker}" if worker else ""


def worker_of(path: str) -> str:
    """The name of the process that a path is of; empty for the one that began the run."""
    return path[1:].partition(".")[0] if path.startswith("@") else ""


def shown(path: str) -> str:
    """A path for people."""
    return path or "main"
