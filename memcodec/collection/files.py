"""The files of a collection: where they lie, which state of each is read, and how long that stays open."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from memcodec.config.settings import Settings
from memcodec.errors import Closed, ConfigError, NotFound, StorageError
from memcodec.file.discover import Discovered, expand
from memcodec.file.shared import Shared
from memcodec.memory import Memory
from memcodec.memory import open as open_memory
from memcodec.memory.readable import lateness_of
from memcodec.model import FilePath
from memcodec.process import fork
from memcodec.storage import Place, PlaceLike
from memcodec.storage.open import each_place
from memcodec.storage.remote.source import SpanCache

if TYPE_CHECKING:
    from memcodec.file.cache import Cache
    from memcodec.file.reader import Reader
    from memcodec.search.engine import Searcher

FAR_AGE = 5.0  #: seconds for which a file far away is taken to be as it was
PAUSE = 1.0  #: seconds between two looks at a file of this machine that is followed
WAIT = 30.0  #: seconds to wait for another process that writes to the file


def discover(files: PlaceLike | Iterable[PlaceLike], spans: SpanCache | None = None) -> Discovered:
    """Where the files lie, those in folders too, and what to tell about others there. Raises as ``Collection``."""
    return expand(each_place(files, spans))


class Opened(Shared[Memory]):
    """One state of one file, kept open as long as somebody reads it."""

    def __init__(self, memory: Memory, mark: Hashable | None) -> None:
        super().__init__(memory, Memory.close)
        self.memory, self.mark = memory, mark
        self.checked = time.monotonic()

    @property
    def reader(self) -> Reader:
        """The file in that state, to be searched. Raises NotAllowed."""
        return self.memory.reader_for("search")


class Files:
    """Files by their names, opened again when they have changed. For many threads.

    Raises what ``memcodec.open`` raises, and ConfigError without a file or for two of one name.
    """

    def __init__(
        self,
        places: Sequence[Place],
        as_of: int | datetime | None,
        settings: Settings,
        unlock: FilePath | Sequence[FilePath] | None,
    ) -> None:
        self._places = _by_name(places)
        self.as_of, self.settings, self.unlock = as_of, settings, unlock
        self.is_closed = False
        self._begin()
        try:
            for name in self._places:
                self.opened[name] = self.open(name)
        except BaseException:
            self.close()
            raise
        fork.watch(self, Files._in_child)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # threads of this process wait for each other as long as it takes
        self.opened: dict[str, Opened] = {}
        self._searchers: dict[tuple[Opened, ...], Searcher] = {}
        self._embedded: Cache[bytes] | None = None  # vectors of texts in journals, for the next searcher

    def _in_child(self) -> None:
        fork.keep(self.opened, self._searchers)
        self._begin()

    @property
    def names(self) -> list[str]:
        """The files, each once."""
        return list(self._places)

    @property
    def pause(self) -> float:
        """Seconds between two looks at files that are followed."""
        return FAR_AGE if any(place.far for place in self._places.values()) else PAUSE

    def one(self, file: str | None) -> str:
        """``file``, or the one there is. Raises ConfigError when there are several."""
        if file is None and len(self._places) > 1:
            raise ConfigError(f"there are several files; say which: {', '.join(self._places)}")
        return self._known(file or self.names[0])

    def places(self, file: str | None = None) -> list[Place]:
        """Where they lie, or one of them. Raises NotFound."""
        return list(self._places.values()) if file is None else [self._places[self._known(file)]]

    def _known(self, file: str) -> str:
        if file not in self._places:
            raise NotFound(f"no file {file!r} is served; there is {', '.join(self._places)}")
        return file

    # Which state is read

    @contextlib.contextmanager
    def reading(self, file: str | None, *, newest: bool = True) -> Iterator[list[Opened]]:
        """The newest state of one file or of all, or the one last read, open within the context whatever others do."""
        with self._lock:
            self.check_open()
            names = self.names if file is None else [self._known(file)]
            opened = [self._newest(name) if newest else self._last(name) for name in names]
            for each in opened:
                each.take()
        try:
            yield opened
        finally:
            for each in opened:
                each.release()

    def _last(self, name: str) -> Opened:
        if name not in self.opened:  # after a fork
            self.opened[name] = self.open(name)
        return self.opened[name]

    def _newest(self, name: str) -> Opened:
        old = self._last(name)
        if self._is_as_it_was(name, old):
            return old
        new = self.open(name)
        if new.memory.reader_for("any").version == old.memory.reader_for("any").version:
            new.release()  # nothing was committed: what is decoded already stays
            old.mark, old.checked = new.mark, new.checked
            return old
        self._searchers = {key: each for key, each in self._searchers.items() if old not in key}
        self.opened[name] = new
        old.release()
        return new

    def _is_as_it_was(self, name: str, old: Opened) -> bool:
        if old.mark is not None:
            return old.mark == self._places[name].mark()
        if time.monotonic() - old.checked < FAR_AGE:
            return True
        old.checked = time.monotonic()
        return not old.memory.reader_for("any").source.changed()

    def doubt(self) -> None:
        """Have the next call look again at files far away."""
        with self._lock:
            for each in self.opened.values():
                each.checked = -FAR_AGE

    def open(self, name: str) -> Opened:
        """A file as it is now, for whoever calls this to release."""
        place = self._places[name]
        mark = place.mark()  # before it is read: what comes later is news
        memory = open_memory(
            place,
            as_of=self.as_of,
            cache=self.settings.read.cache,
            settings=self.settings,
            unlock=self.unlock,
        )
        return Opened(memory, mark)

    def searcher(self, opened: Sequence[Opened]) -> Searcher:
        """What searches these states, which somebody reads."""
        from memcodec.search.engine import Searcher
        from memcodec.search.late import known

        key = tuple(opened)
        with self._lock:
            if key not in self._searchers:
                readers = [each.memory.reader_for("any") for each in opened]
                lateness = lateness_of(
                    self.settings,
                    *(each.memory.place for each in opened),
                    sealed=any(reader.sealed for reader in readers),
                )
                self._embedded = self._embedded or known()
                self._searchers[key] = Searcher(readers, lateness=lateness, known=self._embedded)
            return self._searchers[key]

    # Writing

    @contextlib.contextmanager
    def changed(self, file: str | None, how: str) -> Iterator[Memory]:
        """A file of this machine, for this thread alone to write to. Raises StorageError for one far away."""
        self.check_open()
        name = self.one(file)
        place = self._places[name]
        if place.far:
            raise StorageError(f"{name}: is far away, and documents are {how} files of this machine alone")
        with (
            self._writing,
            open_memory(place, wait=WAIT, settings=self.settings, unlock=self.unlock) as memory,
        ):
            yield memory

    # The end

    def check_open(self) -> None:
        """Raises Closed after ``close``."""
        if self.is_closed:
            raise Closed(f"{', '.join(self._places)}: this collection is closed; open it again")

    def close(self) -> None:
        """Release the files, for good: as soon as nobody reads them."""
        with self._lock:
            self.is_closed = True
            opened, self.opened, self._searchers = self.opened, {}, {}
        for each in opened.values():
            each.release()


def _by_name(places: Sequence[Place]) -> dict[str, Place]:
    """The files by their names, each one once, however it is named."""
    if not places:
        raise ConfigError("no memory file; name at least one")
    each_once: dict[Hashable, Place] = {}
    named: dict[str, Place] = {}
    for place in places:
        if (
            each_once.setdefault(place.key, place) is place
            and named.setdefault(place.name, place) is not place
        ):
            raise ConfigError(f"{place.name}: two files have this name; give each one of its own")
    return named
