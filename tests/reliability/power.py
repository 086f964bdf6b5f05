"""A disk that loses its power: what is asked of a folder's files is written down, then lost in all ways there are.

Stable is what was synced: a file's bytes with the file, its name with its folder. Of the rest every write may be there,
there in part, or not, whatever was written after it; and so may every name.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SECTOR = 512  # bytes that a disk writes at once
_ANONYMOUS = os.O_TMPFILE


@dataclass(frozen=True)
class Write:
    """Bytes of a file from an offset on; without any, the file is cut there."""

    file: int
    offset: int
    data: bytes | None


@dataclass(frozen=True)
class Name:
    """A name that stands for a file from now on, or for none."""

    name: str
    file: int | None


@dataclass(frozen=True)
class Rename:
    """What was called ``old`` is called ``new``."""

    old: str
    new: str


@dataclass(frozen=True)
class Sync:
    """The file's bytes are on stable storage; with no file, the folder's names."""

    file: int | None


Event = Write | Name | Rename | Sync


class Recorder:
    """Writes down what this process does to the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.events = folder.resolve(), list[Event]()
        self._ids, self._count = dict[int, int](), 0  # by inode
        self.names = {path.name: self._new(path.stat().st_ino) for path in folder.iterdir() if path.is_file()}
        self.contents = {number: (folder / name).read_bytes() for name, number in self.names.items()}

    def _new(self, inode: int) -> int:
        self._count += 1  # an inode may be given again
        self._ids[inode] = self._count
        return self._count

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        for name in (
            "open",
            "pwrite",
            "ftruncate",
            "fsync",
            "fdatasync",
            "link",
            "unlink",
            "rename",
            "replace",
        ):
            patch.setattr(os, name, self._around(getattr(os, name), getattr(self, f"_{name}")))

    def _around(self, real: Callable[..., Any], note: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            return note(real, *args, **options)

        return call

    def _file(self, fd: int) -> int | None:
        """The number of an open file of the folder."""
        if Path(os.readlink(f"/proc/self/fd/{fd}")).parent != self.folder:  # noqa: PTH115
            return None
        return self._ids.get(os.fstat(fd).st_ino)

    def _inside(self, path: object) -> str | None:
        found = Path(os.path.abspath(os.fsdecode(path)))  # type: ignore[arg-type]  # noqa: PTH100
        return found.name if found.parent.resolve() == self.folder else None

    def _open(self, real: Any, path: Any, flags: int, *args: Any, **options: Any) -> int:
        anonymous = flags & _ANONYMOUS == _ANONYMOUS
        is_new = anonymous or (flags & os.O_CREAT and not os.path.lexists(path))
        fd: int = real(path, flags, *args, **options)
        if is_new and (os.path.realpath(path) == str(self.folder) if anonymous else self._inside(path)):
            number = self._new(os.fstat(fd).st_ino)
            self.contents[number] = b""
            if not anonymous:
                self.events.append(Name(self._inside(path) or "", number))
        return fd

    def _pwrite(self, real: Any, fd: int, data: Any, offset: int) -> int:
        written: int = real(fd, data, offset)
        if (file := self._file(fd)) is not None:
            self.events.append(Write(file, offset, bytes(data[:written])))
        return written

    def _ftruncate(self, real: Any, fd: int, size: int) -> None:
        real(fd, size)
        if (file := self._file(fd)) is not None:
            self.events.append(Write(file, size, None))

    def _fsync(self, real: Any, fd: int) -> None:
        real(fd)
        if os.readlink(f"/proc/self/fd/{fd}") == str(self.folder):  # noqa: PTH115
            self.events.append(Sync(None))
        elif (file := self._file(fd)) is not None:
            self.events.append(Sync(file))

    _fdatasync = _fsync

    def _link(self, real: Any, old: Any, new: Any, **options: Any) -> None:
        inode = os.stat(old).st_ino  # noqa: PTH116 - a link in /proc is followed
        real(old, new, **options)
        if name := self._inside(new):
            self.events.append(Name(name, self._ids[inode]))

    def _unlink(self, real: Any, path: Any, **options: Any) -> None:
        real(path, **options)
        if name := self._inside(path):
            self.events.append(Name(name, None))

    def _rename(self, real: Any, old: Any, new: Any, **options: Any) -> None:
        real(old, new, **options)
        if name := self._inside(new):
            self.events.append(Rename(self._inside(old) or "", name))

    _replace = _rename

    def check(self) -> None:
        """Nothing was done to the files that was not written down."""
        disk = Disk(self)
        for event in self.events:
            disk.do(event)
        found = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        assert disk.crash(random.Random(0), lose=False) == found


@dataclass
class Disk:
    """The stable part of a folder, and what was asked for since."""

    recorder: Recorder
    names: dict[str, int] = field(init=False)
    contents: dict[int, bytearray] = field(init=False)
    unsynced: dict[int, list[Write]] = field(default_factory=dict)
    unnamed: list[Name | Rename] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = dict(self.recorder.names)
        self.contents = {number: bytearray(data) for number, data in self.recorder.contents.items()}

    def do(self, event: Event) -> None:
        if isinstance(event, Write):
            self.unsynced.setdefault(event.file, []).append(event)
        elif isinstance(event, Name | Rename):
            self.unnamed.append(event)
        elif event.file is None:
            _name(self.names, self.unnamed)
            self.unnamed = []
        else:
            for write in self.unsynced.pop(event.file, []):
                _apply(self.contents[event.file], write)

    def crash(self, rng: random.Random, *, lose: bool = True) -> dict[str, bytes]:
        """What the folder holds when the power comes back. ``lose``: nothing is lost otherwise."""
        names = dict(self.names)
        _name(names, _some(self.unnamed, rng) if lose else self.unnamed)
        found = {}
        for name, number in names.items():
            content = bytearray(self.contents[number])
            writes = self.unsynced.get(number, [])
            for write in _damaged(writes, rng) if lose else writes:
                _apply(content, write)
            found[name] = bytes(content)
        return found


def _apply(content: bytearray, write: Write) -> None:
    if write.data is None:
        content[write.offset :] = bytes(max(0, write.offset - len(content)))
        return
    content += bytes(max(0, write.offset - len(content)))  # what was never written before it
    content[write.offset : write.offset + len(write.data)] = write.data


def _name(names: dict[str, int], changes: Sequence[Name | Rename]) -> None:
    for change in changes:
        if isinstance(change, Rename):
            if change.old in names:
                names[change.new] = names.pop(change.old)
        elif change.file is not None:
            names[change.name] = change.file
        else:
            names.pop(change.name, None)


def _some(events: Sequence[Any], rng: random.Random) -> list[Any]:
    """All, none, the first of them, or any."""
    kind = rng.randrange(4)
    if kind < 2:
        return list(events) * kind
    if kind == 2:
        return list(events[: rng.randrange(len(events) + 1)])
    return [event for event in events if rng.random() < 0.5]


def _damaged(writes: Sequence[Write], rng: random.Random) -> list[Write]:
    """Some of the writes, some of those torn, in any order."""
    kept = _some(writes, rng)
    for _ in range(rng.choice((0, 1, 1, 3)) * bool(kept)):
        place = rng.randrange(len(kept))
        kept[place : place + 1] = _torn(kept[place], rng) or [kept[place]]
    if rng.random() < 0.3:
        rng.shuffle(kept)
    return kept


def _torn(write: Write, rng: random.Random) -> list[Write]:
    """A write's first bytes, its last, or some of its sectors."""
    if not write.data:
        return [write]
    kind, cut = rng.randrange(4), rng.randrange(len(write.data) + 1)
    if kind < 2:
        return [Write(write.file, write.offset, write.data[:cut])]
    if kind == 2:
        return [Write(write.file, write.offset + cut, write.data[cut:])]
    starts = range(-(write.offset % SECTOR), len(write.data), SECTOR)
    sectors = [(max(0, start), start + SECTOR) for start in starts if rng.random() < 0.5]
    return [Write(write.file, write.offset + start, write.data[start:end]) for start, end in sectors]
