"""The files that are served. Threads of their own read from one ``Collection``, one ``Writer`` a file writes."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import memcodec
from memcodec import Collection, Memory, Settings
from memcodec.errors import Closed, ConfigError, Conflict, NotFound
from memcodec.ingest.item import Item
from memcodec.service.bytes import State, Stored
from memcodec.service.faults import Refused
from memcodec.service.writer import Writer
from memcodec.storage.open import local_path, place_of

READERS = 8  #: threads that read
_WAITING = 2000  # reads that wait for a thread
_LONG_WAITING = 30  # of what takes long
_MOST_FILES = 1000

T = TypeVar("T")


class Pool:
    """Threads for one kind of work, and a bound on what waits for them."""

    def __init__(self, name: str, threads: int, most: int) -> None:
        self._most, self._waiting = most, 0
        self._threads = ThreadPoolExecutor(threads, name)

    async def run(self, work: Callable[[], T]) -> T:
        """Have something done in one of them. Raises Refused when too much waits."""
        if self._waiting >= self._most:
            raise Refused(503, "too many requests wait; try again later", "Busy")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let them end what they began."""
        self._threads.shutdown(wait=True, cancel_futures=True)


class Shelf:
    """Memory files of this machine under short names; ``names`` has their paths.

    ``folder``: where new ones may be made, the first folder that was named; None where none was, or nothing is to be
    written. Such a folder may be empty at first. ``long`` has what takes long, one thing after the other.
    """

    def __init__(self, files: Sequence[str], settings: Settings, *, writable: bool) -> None:
        self.settings, self.writable = settings, writable
        self.folder = next((Path(each) for each in files if Path(each).is_dir()), None) if writable else None
        self.names: dict[str, str] = {}
        self.stored: dict[str, Stored] = {}
        self._short: dict[str, str] = {}
        self._writers: dict[str, Writer] = {}
        self._lock, self._creating = threading.Lock(), threading.Lock()
        self._collection: Collection | None = None
        try:
            self._collection = Collection(files, settings=settings)
        except NotFound:
            if self.folder is None or len(files) > 1:
                raise
        try:
            self._name_all()
        except ConfigError:
            self.collection.close()
            raise
        self._readers = Pool("memcodec-read", READERS, _WAITING)
        self.long = Pool("memcodec-long", 1, _LONG_WAITING)

    def _name_all(self) -> None:
        """New dicts each time: other threads may be looking at the old ones."""
        names = dict[str, str]()
        for each in self._collection.names if self._collection is not None else ():
            short = Path(each).name
            if short in names:
                raise ConfigError(f"{short}: two files have this name; serve them by services of their own")
            names[short] = each
        fresh = {
            short: Stored(local_path(place_of(full)))
            for short, full in names.items()
            if short not in self.stored
        }
        self.stored = {**self.stored, **fresh}
        self._short = {full: short for short, full in names.items()}
        self.names = names

    @property
    def collection(self) -> Collection:
        """All of them. Raises NotFound while there is none."""
        if self._collection is None:
            raise NotFound("no memory is served yet; make one")
        return self._collection

    def name(self, file: str | None) -> str:
        """The short name of a file that is meant, or of the one there is. Raises NotFound, ConfigError."""
        if not self.names:
            raise NotFound("no memory is served yet; make one")
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

    def public(self, text: str) -> str:
        """A text that names files as clients do."""
        for full, short in self._short.items():
            text = text.replace(full, short)
        folder = str(self.folder or ".")
        return text if folder == "." else text.replace(f"{folder}{os.sep}", "")

    # Reading

    async def read(self, work: Callable[[Collection], T]) -> T:
        """Have something read in a thread."""

        def look() -> T:
            files = self.collection
            try:
                return work(files)
            except Closed:  # a memory was made meanwhile: those with it are another collection
                if files is self.collection:
                    raise
                return work(self.collection)

        return await self.apart(look)

    async def apart(self, work: Callable[[], T]) -> T:
        """Have something done in a thread that reads."""
        return await self._readers.run(work)

    @contextmanager
    def opened(self, file: str | None) -> Iterator[Memory]:
        """One file, for what a collection cannot be asked."""
        with memcodec.open(self.names[self.name(file)], settings=self.settings) as memory:
            yield memory

    # Writing

    def check_writable(self) -> None:
        """Raises Refused where nothing is to be written."""
        if not self.writable:
            raise Refused(403, "this service only reads; `writable=True` lets it write")

    def writer(self, file: str | None) -> Writer:
        """The one that writes to a file. Raises Refused where nothing is to be written."""
        self.check_writable()
        name = self.name(file)
        with self._lock:
            if name not in self._writers:
                self._writers[name] = Writer(self.names[name], self.settings)
            return self._writers[name]

    def create(self, name: str, items: Sequence[Item]) -> State:
        """Make a memory of some documents in ``folder``, and serve it too. Raises Refused, Conflict, ConfigError."""
        self.check_writable()
        if self.folder is None:
            raise Refused(403, "new memories lie in a folder that is served, and none is: serve a folder")
        with self._creating:
            path = self.folder / name
            if name.casefold() in {each.casefold() for each in self.names} or path.exists():
                raise Conflict(f"{name}: is there already; choose another name")
            if len(self.names) >= _MOST_FILES:
                raise ConfigError(f"{_MOST_FILES:,} memories are served, and no more can be")
            with memcodec.create(path, settings=self.settings.with_options(journal=False)) as memory:
                memory.add_items(items)
                memory.commit()
            old = self._collection
            self._collection = Collection([*self.names.values(), str(path)], settings=self.settings)
            self._name_all()
            if old is not None:
                old.close()
            return self.stored[name].state()

    def close(self) -> None:
        """Write what was taken, and let the files go."""
        for each in self._writers.values():
            each.close()
        self.long.close()
        self._readers.close()
        if self._collection is not None:
            self._collection.close()
