"""Memory files searched as one collection, by many threads at once, and as new as they are where they lie."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import Changed, ConfigError, NotFound, StorageError
from memcodec.file.reader import BROKEN
from memcodec.ingest.item import Item
from memcodec.memory import Memory
from memcodec.model import Commit, Document, FilePath, Hit
from memcodec.search.engine import Searcher
from memcodec.search.filters import Filter
from memcodec.search.query import Query, parse, plain
from memcodec.search.results import Mode, Results
from memcodec.storage.remote.source import RemoteSource, SpanCache
from memcodec.storage.urls import is_url, shown

FAR_AGE = 5.0  #: seconds for which a file far away is taken to be as it was
WAIT = 30.0  #: seconds to wait for another process that writes to the file

Mark = tuple[int, int, int]


class Added(NamedTuple):
    """What ``Collection.add`` did: the file, the commit (None: nothing was new), and every document as it is there."""

    file: str
    commit: Commit | None
    documents: list[Document]


class _Opened:
    """One state of one file, kept open as long as somebody reads it."""

    def __init__(self, memory: Memory, mark: Mark | None) -> None:
        self.memory, self.mark = memory, mark
        self.checked = time.monotonic()
        self.users = 1  # the collection itself

    def release(self) -> None:
        """One user less; the last one closes the file."""
        self.users -= 1
        if not self.users:
            self.memory.close()


class Collection:
    """Memory files, by path or URL. What other processes add to them is found by the next call.

    A file is named to its methods by the name it was given with, as ``names`` has it: of a URL, nothing secret. Use it
    in a ``with``, or ``close`` it. Raises what ``memcodec.open`` raises, and ConfigError without a file.
    """

    def __init__(
        self,
        files: FilePath | Iterable[FilePath],
        *,
        settings: Settings | None = None,
        spans: SpanCache | None = None,
    ) -> None:
        given = [files] if isinstance(files, str | os.PathLike) else list(files)
        if not given:
            raise ConfigError("no memory file; name at least one")
        self._settings, self._spans = settings or Settings(), spans
        self._paths = {_name(file): file for file in given}
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # threads of this process wait for each other as long as it takes
        self._opened: dict[str, _Opened] = {}
        self._searchers: dict[tuple[_Opened, ...], Searcher] = {}
        try:
            for name in self._paths:
                self._opened[name] = self._open(name)
        except BaseException:
            self.close()
            raise

    @property
    def names(self) -> list[str]:
        """The files, each once."""
        return list(self._paths)

    def warnings(self) -> list[str]:
        """Of each file whose newest commit is damaged, that an older state is read."""
        with self._reading(None) as opened:
            broken = [each.memory.name for each in opened if each.memory.reader.media.broken]
        return [f"{name}: {BROKEN}; this is the state before it" for name in broken]

    # Reading

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        file: str | None = None,
        filters: Filter | None = None,
    ) -> Results:
        """The ``k`` best chunks of all files, or of one. Raises as ``Memory.search``.

        A question that cannot be read as a query is taken as plain words: it was not written as one.
        """
        try:
            asked = parse(query)
        except ConfigError:
            asked = plain(query)
        try:
            return self._search(asked, k, mode, file, filters)
        except Changed:  # far away, and replaced meanwhile
            self._doubt()
            return self._search(asked, k, mode, file, filters)

    def _search(self, query: Query, k: int, mode: Mode, file: str | None, filters: Filter | None) -> Results:
        with self._reading(file) as opened:
            return self._searcher(opened).search(query, k, mode, filters)

    def _searcher(self, opened: Sequence[_Opened]) -> Searcher:
        key = tuple(opened)
        with self._lock:
            if key not in self._searchers:
                self._searchers[key] = Searcher([each.memory.reader for each in opened])
            return self._searchers[key]

    def get(self, chunk: int, file: str | None = None) -> Hit:
        """One chunk by its number, as a hit of rank 0; ``file`` may be left out of a single one. Raises NotFound."""
        with self._reading(self.only(file)) as (opened,):
            return opened.memory.get(chunk)

    def documents(self, pattern: str | None = None, file: str | None = None) -> list[tuple[str, Document]]:
        """Documents with the file each is in, oldest first; ``pattern`` is a glob of uris. Raises NotFound for none."""
        found, misses = list[tuple[str, Document]](), list[NotFound]()
        with self._reading(file) as opened:
            for each in opened:
                try:
                    places = each.memory.reader.matching(pattern)
                except NotFound as error:
                    misses.append(error)
                    continue
                found += [(each.memory.name, place.stored.document) for place in places]
        if len(misses) == len(opened):
            raise misses[0]
        return found

    def only(self, file: str | None) -> str:
        """``file``, or the one there is. Raises ConfigError when there are several."""
        if file is None and len(self._paths) > 1:
            raise ConfigError(f"there are several files; say which: {', '.join(self._paths)}")
        return self._known(file or self.names[0])

    def _known(self, file: str) -> str:
        if file not in self._paths:
            raise NotFound(f"no file {file!r} is served; there is {', '.join(self._paths)}")
        return file

    # Writing

    def add(self, items: Sequence[Item], file: str | None = None) -> Added:
        """Commit documents to a file of this machine; searches go on meanwhile.

        Raises StorageError for one far away, or when another process holds it for long.
        """
        name = self.only(file)
        if is_url(self._paths[name]):
            raise StorageError(f"{name}: is far away, and documents are added to files of this machine alone")
        with (
            self._writing,
            memcodec.open(self._paths[name], wait=WAIT, settings=self._settings) as memory,
        ):
            memory.add_items(items)
            commit = memory.commit()
            there = {
                (found.stored.document.uri, found.stored.document.sha256): found.stored.document
                for found in memory.reader.named({item.uri for item in items})
            }
        return Added(name, commit, [there[item.uri, item.sha256] for item in items])

    # Which state is read

    @contextlib.contextmanager
    def _reading(self, file: str | None) -> Iterator[list[_Opened]]:
        """The newest state of one file or of all, which stays open within the context whatever others do."""
        with self._lock:
            names = self.names if file is None else [self._known(file)]
            opened = [self._newest(name) for name in names]
            for each in opened:
                each.users += 1
        try:
            yield opened
        finally:
            with self._lock:
                for each in opened:
                    each.release()

    def _newest(self, name: str) -> _Opened:
        old = self._opened.get(name)
        if old is None:
            raise StorageError(f"{name}: this collection is closed")
        if self._is_as_it_was(name, old):
            return old
        new = self._open(name)
        if new.memory.reader.record == old.memory.reader.record:
            new.release()  # nothing was committed: what is decoded already stays
            old.mark, old.checked = new.mark, new.checked
            return old
        self._searchers = {key: each for key, each in self._searchers.items() if old not in key}
        self._opened[name] = new
        old.release()
        return new

    def _is_as_it_was(self, name: str, old: _Opened) -> bool:
        if old.mark is not None:
            return old.mark == _mark(self._paths[name])
        if time.monotonic() - old.checked < FAR_AGE:
            return True
        old.checked, source = time.monotonic(), old.memory.reader.source
        return not (isinstance(source, RemoteSource) and source.refresh())

    def _doubt(self) -> None:
        """Have the next call look again at files far away."""
        with self._lock:
            for each in self._opened.values():
                each.checked = -FAR_AGE

    def _open(self, name: str) -> _Opened:
        path = self._paths[name]
        mark = None if is_url(path) else _mark(path)  # before it is read: what comes later is news
        cache = self._settings.read.cache
        return _Opened(
            memcodec.open(path, cache=cache, spans=self._spans, settings=self._settings),
            mark,
        )

    def close(self) -> None:
        """Release the files, as soon as nobody reads them."""
        with self._lock:
            for each in self._opened.values():
                each.release()
            self._opened, self._searchers = {}, {}

    def __enter__(self) -> Collection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _name(file: FilePath) -> str:
    return shown(file) if isinstance(file, str) and is_url(file) else os.fspath(file)


def _mark(path: FilePath) -> Mark:
    """What tells one state of a local file from another; of one that cannot be seen, something else."""
    try:
        found = os.stat(path)  # noqa: PTH116 - one call for each search
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns
