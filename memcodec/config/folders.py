"""The user's own folders for settings, caches and state: where each system keeps such things (XDG on Linux).

What memcodec leaves on a machine besides the files it is told to write lies in these, all of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Literal

from memcodec.errors import ConfigError


def config() -> Path:
    """Where ``memcodec.toml`` is looked for. Raises ConfigError, as the others do, when the user has no folder."""
    return _folder("config", roaming=True)


def cache() -> Path:
    """What may be deleted at any moment: exported models, bytes of far files, vectors made for queries."""
    return _folder("cache")


def models() -> Path:
    """Models, as they were exported when they were first used."""
    return cache() / "models"


def spans() -> Path:
    """What was fetched from far away and is kept for the next command."""
    return cache() / "spans"


def vectors() -> Path:
    """Vectors of texts that were embedded for a query."""
    return cache() / "vectors"


def sources() -> Path:
    """Which folders were taken into memory files, and what their files were when they were read."""
    return state() / "sources"


def notes() -> Path:
    """Edits of notes that are not in their memory files yet, as a service takes them."""
    return state() / "notes"


def state() -> Path:
    """What is to outlive a command: the queue of background jobs, ``sources`` and ``notes``."""
    return _folder("state")


Name = Literal["models", "spans", "vectors", "sources", "notes", "jobs", "settings"]
#: All of them; what is in the last one is the user's own.
ALL: dict[Name, Callable[[], Path]] = {
    "models": models,
    "spans": spans,
    "vectors": vectors,
    "sources": sources,
    "notes": notes,
    "jobs": state,
    "settings": config,
}


def size(name: Name) -> int:
    """Bytes of files in one of them; 0 for one that is not there. Of ``jobs`` without ``sources`` and ``notes``."""
    return sum(_sizes(ALL[name](), {sources(), notes()} if name == "jobs" else ()))


def _sizes(folder: Path, others: Container[Path]) -> Iterator[int]:
    for root, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if Path(root, each) not in others]
        for name in names:
            try:
                yield Path(root, name).lstat().st_size
            except OSError:  # gone meanwhile
                continue


def _folder(kind: str, *, roaming: bool = False) -> Path:
    from platformdirs import PlatformDirs  # not every command asks

    try:
        found = Path(getattr(PlatformDirs("memcodec", appauthor=False, roaming=roaming), f"user_{kind}_dir"))
    except RuntimeError:  # neither HOME nor the system's table of users names a home
        found = Path()
    if not found.is_absolute():
        raise ConfigError(
            f"no folder is known for this user's {kind}; set XDG_{kind.upper()}_HOME, or HOME, to a folder of yours"
        )
    return found
