"""What this machine remembers of the folders and files that went into memory files, in the user's state folder.

Where they lie: a memory file knows its roots by a keyed digest of their paths, and no other file can know that digest.
And what each file was when it was last read, as git's index and borg's files cache have it: one that looks the same is
not read again. All of it can be deleted: then the folders are to be named once more, and every file is read once more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from memcodec.config import folders
from memcodec.errors import ConfigError
from memcodec.file.roots import digest
from memcodec.ingest.files import Look
from memcodec.ingest.item import Item
from memcodec.model import Root

_VERSION = 1
#: nanoseconds: a file that changed so shortly before it was looked at may change again and look the same
_FRESH = 2_000_000_000
_REFUSED = "!"


class Recall:
    """What is remembered of one folder, or of one lone file, by its real path."""

    def __init__(self, path: str) -> None:
        self._path, self._began = path, time.time_ns()
        self._place = _place_of(path)
        self._digests, self._old = _read(self._place, path) if self._place is not None else ([], {})
        self._new: dict[str, list[Any]] = {}

    def sha256(self, path: str, look: Look) -> str:
        """The SHA-256 of the file at that path if it looks as it did when it was read, else ""."""
        told = self._told(path, look)
        return "" if told.startswith(_REFUSED) else told

    def keep(self, path: str, look: Look, sha256: str) -> None:
        """Remember what a file was that looked so before it was read."""
        if max(look.modified, look.changed) < self._began - _FRESH:
            self._new[self._name(path)] = [*look, sha256]

    def refused(self, path: str, look: Look, how: str) -> bool:
        """Whether it was found, by the same rules, that the file is none that can be taken in."""
        return self._told(path, look) == _REFUSED + how

    def refuse(self, path: str, look: Look, how: str) -> None:
        """Remember that it is none, by these rules."""
        self.keep(path, look, _REFUSED + how)

    def _told(self, path: str, look: Look) -> str:
        name = self._name(path)
        row = self._old.get(name)
        if not isinstance(row, list) or row[:4] != list(look) or len(row) != 5 or not isinstance(row[4], str):
            return ""
        self._new[name] = row
        return row[4]

    def save(self, roots: Iterable[Root], *, whole: bool = True) -> None:
        """Keep all that, if that folder can be written to; those of ``roots`` count that lie there.

        Not ``whole``: files that were not asked for are still there, too.
        """
        mine = (root.digest for root in dict.fromkeys(roots) if digest(root.key, self._path) == root.digest)
        digests = list(dict.fromkeys([*self._digests, *mine]))
        rows = self._new if whole else self._old | self._new
        if self._place is not None and digests and (digests != self._digests or rows != self._old):
            with contextlib.suppress(OSError):
                _write(self._place, {"version": _VERSION, "path": self._path, "digests": digests}, rows)

    def _name(self, path: str) -> str:
        return path[len(self._path) :]


def note(items: Sequence[Item], roots: Iterable[Root]) -> None:
    """Remember where the folders and lone files lie that these items come from."""
    spots = [item.spot for item in items if item.spot is not None]
    rows = [*roots, *(item.root for item in items if item.root is not None)] if spots else []
    for path in {spot.source.folder or spot.path for spot in spots}:
        Recall(path).save(rows, whole=False)


def remembered(roots: Iterable[Root]) -> dict[Root, str]:
    """Where these roots lie on this machine, as far as that is remembered.

    What the memory file says is not enough: it may come from a stranger, who would like to have other files taken in.
    """
    wanted = {root.digest: root for root in roots}
    found: dict[Root, str] = {}
    for path, digests in _all():
        for each in digests:
            root = wanted.get(each)
            if root is not None and digest(root.key, path) == each:
                found[root] = path
    return found


def _all() -> Iterator[tuple[str, list[str]]]:
    try:
        places = sorted(folders.sources().glob("*.json"))
    except (ConfigError, OSError):
        return
    for place in places:
        head = _head(place)
        if head is not None:
            yield head["path"], head["digests"]


def _place_of(path: str) -> Path | None:
    try:
        folder = folders.sources()
    except ConfigError:  # a user without a home
        return None
    return folder / f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:32]}.json"


def _head(place: Path) -> dict[str, Any] | None:
    """The first line, which alone tells where the folder lies."""
    try:
        with place.open("rb") as file:
            head = json.loads(file.readline())
        right = head["version"] == _VERSION and isinstance(head["path"], str)
        return head if right and all(isinstance(each, str) for each in head["digests"]) else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _read(place: Path, path: str) -> tuple[list[str], dict[str, Any]]:
    head = _head(place)
    if head is None or head["path"] != path:
        return [], {}
    try:
        with place.open("rb") as file:
            file.readline()
            rows = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        rows = None
    return head["digests"], rows if isinstance(rows, dict) else {}


def _write(place: Path, head: dict[str, Any], rows: dict[str, list[Any]]) -> None:
    place.parent.mkdir(0o700, parents=True, exist_ok=True)
    fd, name = tempfile.mkstemp(prefix=".", dir=place.parent)
    try:
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write(json.dumps(head) + "\n")
            file.write(json.dumps(rows, separators=(",", ":")))
        Path(name).replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
