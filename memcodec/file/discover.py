"""Memory files in folders, for who wants to search all of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from memcodec.errors import MemcodecError, NotFound, StorageError
from memcodec.media import registry
from memcodec.storage import Place
from memcodec.storage.open import open_source, place_of

MAX_DEPTH = 16  #: folders inside each other
MAX_FILES = 1000  #: memory files of one folder
_NAMED = 5  # files left out that a note names


class Discovered(NamedTuple):
    """The files to read, in order, and what to tell about those that are left out."""

    places: list[Place]
    notes: list[str]


def expand(places: Iterable[Place]) -> Discovered:
    """Places as they are; of folders, the memory files in them and below, by name.

    Symbolic links to folders are not followed. Raises NotFound for a folder without a memory file, StorageError for one
    with too many.
    """
    files, notes = list[Place](), list[str]()
    for place in places:
        if place.path is None or not place.path.is_dir():
            files.append(place)
            continue
        found, others = _memory_files(place.path)
        if not found:
            raise NotFound(f"{place.name}: no memory file in this folder")
        files += map(place_of, found)
        shown = ", ".join(others[:_NAMED]) + (
            f" and {len(others) - _NAMED:,} more" if others[_NAMED:] else ""
        )
        notes += [f"{place.name}: left out, as no memory files: {shown}"] if others else []
    return Discovered(files, notes)


def _memory_files(folder: Path) -> tuple[list[str], list[str]]:
    """The memory files below a folder, and the names of other media there."""
    found, others = list[str](), list[str]()
    for path in _walk(folder):
        if not _is_memory_file(path):
            others.append(str(path.relative_to(folder)))
            continue
        found.append(str(path))
        if len(found) > MAX_FILES:
            raise StorageError(f"{folder}: more than {MAX_FILES:,} memory files; name a folder with fewer")
    return found, others


def _walk(folder: Path) -> Iterator[Path]:
    """The files below a folder that their names say are media."""
    suffixes = {suffix for name in registry.names() for suffix in registry.get(name).suffixes}
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(folders) if depth < MAX_DEPTH else []
        for path in (Path(place) / name for name in sorted(files)):
            if path.suffix.lower() in suffixes and path.is_file():
                yield path


def _is_memory_file(path: Path) -> bool:
    """Whether a codec finds a commit in it. Whether that is whole is told when it is read."""
    try:
        source = open_source(path)
    except MemcodecError:
        return False
    with contextlib.closing(source):
        try:
            with contextlib.closing(registry.detect(source).open(source)) as media:
                return next(iter(media.commits()), None) is not None
        except MemcodecError:
            return False
