"""The files that are served. Threads of their own read from one ``Collection``, one ``Writer`` a file writes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import memcodec
from memcodec import Collection, Memory, Settings
from memcodec.errors import ConfigError, NotFound
from memcodec.service.bytes import Stored
from memcodec.service.faults import Refused
from memcodec.service.writer import Writer
from memcodec.storage.open import local_path, place_of

READERS = 8  #: threads that read
_WAITING = 2000  # reads that wait for a thread

T = TypeVar("T")


class Shelf:
    """Memory files of this machine under short names; ``names`` has their paths."""

    def __init__(self, files: Sequence[str], settings: Settings, *, writable: bool) -> None:
        self.settings, self.writable = settings, writable
        self.collection = Collection(files, settings=settings)
        self.names: dict[str, str] = {}
        for each in self.collection.names:
            short = Path(each).name
            if short in self.names:
                self.collection.close()
                raise ConfigError(f"{short}: two files have this name; serve them by services of their own")
            self.names[short] = each
        self.stored = {short: Stored(local_path(place_of(full))) for short, full in self.names.items()}
        self._short = {full: short for short, full in self.names.items()}
        self._writers: dict[str, Writer] = {}
        self._lock, self._waiting = threading.Lock(), 0
        self._threads = ThreadPoolExecutor(READERS, "memcodec-read")

    def name(self, file: str | None) -> str:
        """The short name of a file that is meant, or of the one there is. Raises NotFound, ConfigError."""
        if file is None and len(self.names) > 1:
            raise ConfigError(f"there are several files; say which: {', '.join(self.names)}")
        if file is not None and file not in self.names:
            raise NotFound(f"no file {file!r} is served; there is {', '.join(self.names)}")
        return file or next(iter(self.names))

    def path(self, file: str | None) -> str | None:
        """A file as the collection calls it; None for all of them."""
        return None if file is None else self.names[self.name(file)]

    def short(self, path: str) -> str:
        """A file's name in public."""
        return self._short.get(path, Path(path).name)

    # Reading

    async def read(self, work: Callable[[Collection], T]) -> T:
        """Have something read in a thread."""
        return await self.apart(lambda: work(self.collection))

    async def apart(self, work: Callable[[], T]) -> T:
        """Have something done in a thread that reads."""
        if self._waiting >= _WAITING:
            raise Refused(503, "too many requests wait; try again later", "Busy")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    @contextmanager
    def opened(self, file: str | None) -> Iterator[Memory]:
        """One file, for what a collection cannot be asked."""
        with memcodec.open(self.names[self.name(file)], settings=self.settings) as memory:
            yield memory

    # Writing

    def writer(self, file: str | None) -> Writer:
        """The one that writes to a file. Raises Refused where nothing is to be written."""
        if not self.writable:
            raise Refused(403, "this service only reads; `writable=True` lets it write")
        name = self.name(file)
        with self._lock:
            if name not in self._writers:
                self._writers[name] = Writer(self.names[name], self.settings)
            return self._writers[name]

    def close(self) -> None:
        """Write what was taken, and let the files go."""
        for each in self._writers.values():
            each.close()
        self._threads.shutdown(wait=True)
        self.collection.close()
