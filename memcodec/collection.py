"""Memory files searched as one collection, by many threads at once, and as new as they are where they lie."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import Changed, ConfigError, NotFound, StorageError
from memcodec.file.reader import BROKEN
from memcodec.ingest.item import Item
from memcodec.memory import Memory
from memcodec.model import Commit, Document, Hit
from memcodec.search.engine import Searcher
from memcodec.search.filters import Filter
from memcodec.search.query import Query, parse, plain
from memcodec.search.results import Mode, Results
from memcodec.storage import Place, PlaceLike
from memcodec.storage.open import each_place
from memcodec.storage.remote.source import SpanCache

FAR_AGE = 5.0  #: seconds for which a file far away is taken to be as it was
WAIT = 30.0  #: seconds to wait for another process that writes to the file


class Added(NamedTuple):
    """What ``Collection.add`` did: the file, the commit (None: nothing was new), and every document as it is there."""

    file: str
    commit: Commit | None
    documents: list[Document]


class _Opened:
    """One state of one file, kept open as long as somebody reads it."""

    def __init__(self, memory: Memory, mark: Hashable | None) -> None:
        self.memory, self.mark = memory, mark
        self.checked = time.monotonic()
        self.users = 1  # the collection itself

    def release(self) -> None:
        """One user less; the last one closes the file."""
        self.users -= 1
        if not self.users:
            self.memory.close()


class Collection:
    """Memory files, each wherever ``memcodec.open`` opens one. What others add to them is found by the next call.

    A file is named to its methods by the name it was given with, as ``names`` has it: of a URL, nothing secret. Use it
    in a ``with``, or ``close`` it. Raises what ``memcodec.open`` raises, and ConfigError without a file or for two of
    one name.
    """

    def __init__(
        self,
        files: PlaceLike | Iterable[PlaceLike],
        *,
        settings: Settings | None = None,
        spans: SpanCache | None = None,
    ) -> None:
        self._settings, self._places = settings or Settings(), _by_name(each_place(files, spans))
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # threads of this process wait for each other as long as it takes
        self._opened: dict[str, _Opened] = {}
        self._searchers: dict[tuple[_Opened, ...], Searcher] = {}
        try:
            for name in self._places:
                self._opened[name] = self._open(name)
        except BaseException:
            self.close()
            raise

    @property
    def names(self) -> list[str]:
        """The files, each once."""
        return list(self._places)

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
        if file is None and len(self._places) > 1:
            raise ConfigError(f"there are several files; say which: {', '.join(self._places)}")
        return self._known(file or self.names[0])

    def _known(self, file: str) -> str:
        if file not in self._places:
            raise NotFound(f"no file {file!r} is served; there is {', '.join(self._places)}")
        return file

    # Writing

    def add(self, items: Sequence[Item], file: str | None = None) -> Added:
        """Commit documents to a file of this machine; searches go on meanwhile.

        Raises StorageError for one far away, or when another process holds it for long.
        """
        name = self.only(file)
        place = self._places[name]
        if place.far:
            raise StorageError(f"{name}: is far away, and documents are added to files of this machine alone")
        with (
            self._writing,
            memcodec.open(place, wait=WAIT, settings=self._settings) as memory,
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
            return old.mark == self._places[name].mark()
        if time.monotonic() - old.checked < FAR_AGE:
            return True
        old.checked = time.monotonic()
        return not old.memory.reader.source.changed()

    def _doubt(self) -> None:
        """Have the next call look again at files far away."""
        with self._lock:
            for each in self._opened.values():
                each.checked = -FAR_AGE

    def _open(self, name: str) -> _Opened:
        place = self._places[name]
        mark = place.mark()  # before it is read: what comes later is news
        cache = self._settings.read.cache
        return _Opened(memcodec.open(place, cache=cache, settings=self._settings), mark)

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


def _by_name(places: Sequence[Place]) -> dict[str, Place]:
    if not places:
        raise ConfigError("no memory file; name at least one")
    named: dict[str, Place] = {}
    for place in places:
        if named.setdefault(place.name, place).key != place.key:
            raise ConfigError(f"{place.name}: two files have this name; give each one of its own")
    return named
