"""A file far away as a source: few round trips, nothing fetched twice. Its transport knows how bytes travel."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from memcodec.errors import MemcodecError, StorageError
from memcodec.storage.remote import ranges
from memcodec.storage.remote.log import RequestLog
from memcodec.storage.remote.ramcache import RamCache
from memcodec.storage.remote.ranges import Span

OPENING = (
    32 << 10
)  #: bytes at the file's end that the one request which opens it brings: a promise of docs/FORMAT.md
NEAR = 512  #: bytes: spans nearer than this travel as one. A range of its own costs about as much in headers
PIECE = 4 << 20  #: bytes: a longer span travels as several, side by side
HELD = 64 << 20  #: bytes of a file held in memory at most, its tail left out


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What the first request tells of a file."""

    size: int  #: bytes of the whole file
    version: str  #: what the place calls this version of it (an ETag, say); "" when it does not tell
    data: bytes  #: the file's last bytes: as many as were asked for, or all


class Transport(Protocol):
    """One object at one place. From ``open`` on, of one version: it never mixes two.

    Every call but ``close`` is one round of ``log`` (``log.begin()``) and safe from many threads. All raise
    StorageError, whose text holds no credential, and Changed when the object is another version by now.
    """

    name: str  #: shown to users: never a credential in it
    key: str  #: tells this object from all others, for a cache; never a credential in it
    log: RequestLog

    def open(self, tail: int) -> FirstAnswer:
        """The last ``tail`` bytes, by one request. The version that answers is the one all later calls are about."""

    def fetch(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """The bytes of each (offset, length). ``spans`` rise and do not overlap; each is 1 to ``PIECE`` bytes."""

    def changed(self) -> bool:
        """Ask whether the object is another version by now."""

    def close(self) -> None:
        """Release the connections."""


@runtime_checkable
class SpanCache(Protocol):
    """Bytes kept between runs. It knows no errors: what cannot be read or kept is not there."""

    def get(self, key: str, offset: int, length: int) -> bytes | None:
        """These bytes, or None unless all of them are there."""

    def put(self, key: str, offset: int, data: bytes) -> None:
        """Keep these bytes."""


@dataclass(eq=False)
class _Flight:
    """Spans that one thread fetches and others may wait for."""

    spans: list[Span]
    parts: list[tuple[int, bytes]] = field(default_factory=list)
    error: BaseException | None = None
    landed: threading.Event = field(default_factory=threading.Event)


class RemoteSource:
    """Reads a file far away; many threads may read at once, and what two of them want is fetched once.

    Opens in one round trip and then keeps to the version it saw. Raises StorageError, and Changed when the place
    holds another version by now.
    """

    far = True

    def __init__(
        self, transport: Transport, *, cache: SpanCache | None = None, held: int = HELD, near: int = NEAR
    ) -> None:
        self._transport, self._cache, self._near, self._most = transport, cache, near, held
        self.name = transport.name
        try:
            opened = transport.open(OPENING)
            if len(opened.data) != min(OPENING, opened.size):
                raise StorageError(f"{self.name}: the server sent another number of bytes than asked for")
        except BaseException:
            transport.close()
            raise
        self.size, self.version = opened.size, opened.version
        # Without a version, bytes kept may be those of another one.
        self._key = f"{transport.key}\n{opened.version}\n{opened.size}" if opened.version else ""
        self._lock = threading.Lock()
        self._held = RamCache(held, opened.size - len(opened.data), opened.data)
        self._flights: list[_Flight] = []

    @property
    def requests(self) -> RequestLog:
        """Every request sent for this file."""
        return self._transport.log

    def get_bytes(self, offset: int, length: int) -> memoryview:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise StorageError(f"{self.name}: bytes {offset}+{length} lie outside its {self.size} bytes")
        return ranges.joined(self._bring([(offset, length)] if length else []), offset, length)

    def view(self, offset: int, length: int) -> memoryview:
        return self.get_bytes(offset, length)

    def prefetch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Fetch what is not held, in one round trip. A hint: what lies outside the file or is too much is left out."""
        wanted, room = [], self._most // 2
        for offset, length in spans:
            start, end = max(0, offset), min(offset + length, self.size)
            if start < end and (room := room - (end - start)) >= 0:
                wanted.append((start, end - start))
        self._bring(ranges.merged(wanted))

    def changed(self) -> bool:
        """Ask whether there is another version by now; this source goes on reading the one it has."""
        return self._transport.changed()

    def close(self) -> None:
        self._transport.close()
        with self._lock:
            self.size, self._held = 0, RamCache(0)

    def _bring(self, spans: Sequence[Span]) -> list[tuple[int, bytes]]:
        """Parts that hold all of ``spans`` (rising, none overlapping), fetched where needed."""
        with self._lock:
            parts, gaps = self._held.find(spans)
            others = [flight for flight in self._flights if ranges.without(gaps, flight.spans) != gaps]
            for flight in others:
                gaps = ranges.without(gaps, flight.spans)
            if gaps:
                mine = _Flight(gaps)
                self._flights.append(mine)
        if gaps:
            self._fly(mine)
            parts += mine.parts
        for flight in others:
            parts += self._landed(flight)
        return parts

    def _fly(self, flight: _Flight) -> None:
        try:
            flight.parts = self._fetch(flight.spans)
        except BaseException as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                self._flights.remove(flight)
                if sum(len(data) for _, data in flight.parts) <= self._most:
                    for offset, data in flight.parts:
                        self._held.put(offset, data)
            flight.landed.set()

    def _landed(self, flight: _Flight) -> list[tuple[int, bytes]]:
        flight.landed.wait()  # a transport keeps its time limit, so this ends
        if isinstance(flight.error, MemcodecError):
            raise type(flight.error)(str(flight.error)) from flight.error
        if flight.error is not None:
            raise StorageError(f"{self.name}: another reader was interrupted; try again")
        return flight.parts

    def _fetch(self, spans: Sequence[Span]) -> list[tuple[int, bytes]]:
        parts, rest = self._cached(spans)
        asked = list(ranges.pieces(ranges.merged(rest, self._near), PIECE))
        if not asked:
            return parts
        found = self._transport.fetch(asked)
        if [len(data) for data in found] != [length for _, length in asked]:
            raise StorageError(f"{self.name}: the server sent another number of bytes than asked for")
        for (offset, _), data in zip(asked, found, strict=True):
            parts.append((offset, data))
            if self._cache is not None and self._key:
                self._cache.put(self._key, offset, data)
        return parts

    def _cached(self, spans: Sequence[Span]) -> tuple[list[tuple[int, bytes]], list[Span]]:
        """The parts that the cache on disk holds, and the spans it does not."""
        if self._cache is None or not self._key:
            return [], list(spans)
        parts, rest = [], []
        for offset, length in spans:
            data = self._cache.get(self._key, offset, length)
            if data is not None and len(data) == length:
                parts.append((offset, data))
            else:
                rest.append((offset, length))
        return parts, rest
