"""A file that several processes append to in turns: each holds the lock for one write, and reads on in between."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Protocol

from memcodec.errors import StorageError
from memcodec.process import fork
from memcodec.storage.contract import Place, Source, Target
from memcodec.storage.descriptors import open_file
from memcodec.storage.local import LocalTarget

_FIRST, _LONGEST = 0.0002, 0.01  # seconds between two tries for the lock


class Turns(Protocol):
    """One file, open for as long as its user likes. For one thread at a time, ``sync`` excepted."""

    def begin(self, patience: float) -> Target:
        """The file with its lock held until ``end``: others wait. Raises StorageError when one holds it for longer."""

    def end(self) -> None:
        """Let others have their turns."""

    def size(self) -> int:
        """Bytes of the file now. Raises StorageError."""

    def renewed(self) -> bool:
        """Whether since this was asked last another file was found under the name."""

    def source(self) -> Source:
        """Read what is there now: whoever takes it closes it."""

    def sync(self) -> None:
        """Return when what was written is on stable storage. Raises StorageError."""

    def close(self) -> None:
        """Let it go."""


def turns_of(place: Place) -> Turns:
    """A place's file, to be written in turns. Raises StorageError for one far away."""
    if place.far:
        raise StorageError(f"{place.name}: is far away; fetch it, write to that file, then publish it")
    return LocalTurns(place.path, place.name) if place.path is not None else PlaceTurns(place)


class LocalTurns:
    """A file of this machine. It stays open; another one under its name is taken in its place."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self.name, self._renewed = path, name, False
        self._target: LocalTarget | None = self._opened()
        fork.watch(self, LocalTurns._in_child)

    def _in_child(self) -> None:
        """The open file, and with it the lock, is the parent's, too: the child opens its own when it needs one."""
        self._target, self._renewed = None, True

    def _opened(self) -> LocalTarget:
        try:
            fd = open_file(self._path, os.O_RDWR)
        except OSError as error:
            raise StorageError(f"{self.name}: cannot write: {error.strerror or error}") from error
        target = LocalTarget(self._path.absolute(), fd, published=True)
        target.name = self.name
        return target

    def _current(self) -> LocalTarget:
        """The file that has the name now, with the size that it has."""
        while True:
            if self._target is None:
                self._target = self._opened()
            if self._target.is_current():
                return self._target
            self._target.close()
            self._target, self._renewed = None, True

    def begin(self, patience: float) -> Target:
        deadline = 0.0
        while True:
            target = self._target or self._current()
            if not target.lock():
                deadline = deadline or time.monotonic() + patience
                target = self._wait(deadline)
            try:
                is_current = target.is_current()
            except BaseException:
                target.unlock()
                raise
            if is_current:
                return target
            target.unlock()  # it was replaced while its writer was waited for
            self._current()

    def _wait(self, deadline: float) -> LocalTarget:
        pause = _FIRST
        while not (target := self._target or self._current()).lock():
            left = deadline - time.monotonic()
            if left <= 0:
                raise StorageError(f"{self.name}: {target.holder()} is writing to it; try again later")
            time.sleep(min(pause, left))
            pause = min(_LONGEST, 1.5 * pause)
        return target

    def end(self) -> None:
        if self._target is not None:
            self._target.unlock()

    def size(self) -> int:
        return self._current().size

    def renewed(self) -> bool:
        was, self._renewed = self._renewed, False
        return was

    def source(self) -> Source:
        return self._current().source()

    def sync(self) -> None:
        target = self._target
        try:
            if target is not None:
                target.sync_data()
        except StorageError:
            if self._target is target:
                raise  # else the file was replaced meanwhile, by one that is on stable storage

    def close(self) -> None:
        if self._target is not None:
            self._target.close()
            self._target = None


class PlaceTurns:
    """Any place that can be continued: its writer's lock is taken for each turn."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._target: Target | None = None

    def begin(self, patience: float) -> Target:
        self._target = target = self._place.reopen(wait=patience)
        return target

    def end(self) -> None:
        target, self._target = self._target, None
        if target is not None:
            try:
                target.sync()
            finally:
                target.close()

    def size(self) -> int:
        with contextlib.closing(self.source()) as source:
            return source.size

    def renewed(self) -> bool:
        return False

    def source(self) -> Source:
        return self._place.open()

    def sync(self) -> None:
        """Each turn ends in one."""

    def close(self) -> None:
        """Nothing is held between turns."""
