"""All notes that are edited: opened when somebody comes, committed when they rest, closed when all have gone."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from starlette.websockets import WebSocket

from memcodec.config import folders
from memcodec.errors import ConfigError, MemcodecError, SourceError, StorageError
from memcodec.ingest.item import text_item
from memcodec.service.access import Client, Role
from memcodec.service.faults import Refused, status_of
from memcodec.service.metrics import Metrics
from memcodec.service.notes import kept
from memcodec.service.notes.kept import Head, Read
from memcodec.service.notes.pace import Pace
from memcodec.service.notes.room import ANEW, Means, Room
from memcodec.service.notes.seat import AGAIN, Seat
from memcodec.service.notes.stored import Found, find
from memcodec.service.notes.wire import Malformed
from memcodec.service.shelf import Shelf
from memcodec.storage.lock import holder, lock

ROOMS = 200  #: notes that are open at once
SEATS = 50  #: who is at one
EVERYBODY = 500  #: who is at all
_URI = 1000  # characters
_PAUSE = 0.2  # seconds between two looks at what is due
_LOOK = 1.0  # seconds between two looks at what others write
_RESTARTING = 1012  # RFC 6455's registry
_OLD = 3600.0  # seconds after which a file that was not finished is nobody's
_GRACE = 60.0  # seconds for which those who were there when the service stopped may come back to the note as it was

_Key = tuple[str, str]
T = TypeVar("T")


class Notes:
    """The notes of a shelf. Locks them for other services of this user at once; raises ConfigError, StorageError."""

    def __init__(
        self,
        shelf: Shelf,
        metrics: Metrics,
        committed: Callable[[], Awaitable[None]],
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pace, self._shelf, self._metrics, self._clock = pace or Pace(), shelf, metrics, clock
        self._folder = folders.notes()
        self._paths = {name: os.path.realpath(stored.path) for name, stored in shelf.stored.items()}
        self._threads = ThreadPoolExecutor(4, "memcodec-notes")
        self._means = Means(shelf, self.pace, clock, self._threads, committed)
        self._rooms: dict[_Key, Room] = {}
        self._turns: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()
        self._marks: dict[str, tuple[int, ...]] = {}
        self._tasks = set[asyncio.Task[None]]()
        self._looked = 0.0
        self._is_ending = False
        self._locks = list[int]()
        try:
            for name, path in self._paths.items():
                self._locks.append(_locked(self._folder, name, path))
        except BaseException:
            self._unlock()
            raise

    async def begin(self) -> None:
        """Take up what a crash left."""
        names = {path: name for name, path in self._paths.items()}
        for path, read in await self._apart(self._left):
            name = names.get(read.head.file)
            if name is None:
                continue
            try:
                self._rooms[name, read.head.uri] = Room.again(self._means, name, path, read)
            except Malformed:
                await self._apart(partial(_lay_aside, path))
        self._metrics.notes.set(len(self._rooms))
        self._tasks.add(asyncio.create_task(self._watch()))

    def _left(self) -> list[tuple[Path, Read]]:
        """What was kept of notes. A file that cannot be read is laid aside, so that nothing takes its place."""
        found = list[tuple[Path, Read]]()
        for path in sorted(self._folder.glob(f"*{kept.SUFFIX}")):
            with contextlib.suppress(StorageError):
                if (read := kept.read(path)) is not None:
                    found.append((path, read))
                    continue
            _lay_aside(path)
        for path in self._folder.glob(f".*{kept.PARTIAL}"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _OLD:
                    path.unlink()
        return found

    # Those who come

    async def serve(self, socket: WebSocket, name: str, uri: str) -> None:
        """Have one edit a note, or watch, until he goes."""
        await socket.accept()
        client: Client = socket.state.client
        seat = Seat(socket, client, may_write=self._shelf.writable and client.role >= Role.WRITE)
        try:
            room = await self._room(name, uri)
        except Refused as error:
            await _closed(socket, AGAIN if error.status == 503 else 4000 + error.status, str(error))
            return
        except MemcodecError as error:
            await _closed(socket, 4000 + status_of(error), str(error))
            return
        room.enter(seat)
        self._metrics.editors.inc()
        try:
            await seat.sit(lambda data: room.take(seat, data))
        finally:
            room.leave(seat)
            self._metrics.editors.dec()
            if seat.may_write and not room.editors:
                self._begin(room.commit(last=True))

    async def _room(self, name: str, uri: str) -> Room:
        self._shelf.name(name)
        try:
            if not 0 < len(uri) <= _URI or not uri.isprintable() or text_item("", uri=uri).uri != uri:
                raise ConfigError("a note has a name of one line")
        except SourceError as error:
            raise ConfigError(f"a note has a name of one line: {error}") from None
        key = name, uri
        async with self._turn(key):
            room = self._rooms.get(key)
            if self._is_ending or sum(len(each.seats) for each in self._rooms.values()) >= EVERYBODY:
                raise Refused(503, "too many edit notes; come back later", "Busy")
            if room is not None and len(room.seats) >= SEATS:
                raise Refused(503, "too many edit this note; come back later", "Busy")
            if room is None:
                room = await self._opened(key)
            return room

    def _turn(self, key: _Key) -> asyncio.Lock:
        """Held while a note is opened or closed, that nobody comes to one that goes."""
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Lock()
        return turn

    async def _opened(self, key: _Key) -> Room:
        name, uri = key
        if len(self._rooms) >= ROOMS:
            await self._close_idle(0.0)
        if len(self._rooms) >= ROOMS:
            raise Refused(503, "too many notes are edited; come back later", "Busy")
        found = await self._shelf.apart(lambda: self._find(name, uri))
        if found is not None and found.text is None:
            raise Refused(409, f"{uri}: cannot be edited here: {found.why}")
        head = Head(self._paths[name], uri, uri)
        path = self._folder / f"{_digest(head.file, uri)}{kept.SUFFIX}"
        room = self._rooms[key] = Room.of(self._means, name, head, path, found)
        self._metrics.notes.set(len(self._rooms))
        return room

    def _find(self, name: str, uri: str) -> Found | None:
        with self._shelf.opened(name) as memory:
            return find(memory, uri)

    # What is due

    async def tick(self) -> None:
        """Commit what is due, look at what others wrote, close what nobody comes back to."""
        now = self._clock()
        for room in self._rooms.values():
            if (at := room.due.at()) is not None and at <= now and not room.is_committing:
                self._begin(room.commit(last=not room.editors))
        if now - self._looked >= _LOOK:
            self._looked = now
            for name in {room.file for room in self._rooms.values()}:
                await self._look(name)
        await self._close_idle(self.pace.linger)

    async def _look(self, name: str) -> None:
        with contextlib.suppress(MemcodecError, OSError):
            status = await self._apart(lambda: Path(self._paths[name]).stat())
            mark = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
            if self._marks.get(name) == mark:
                return
            rooms = [room for room in self._rooms.values() if room.file == name]

            def work() -> list[Found | None]:
                with self._shelf.opened(name) as memory:
                    return [find(memory, room.uri) for room in rooms]

            for room, found in zip(rooms, await self._shelf.apart(work), strict=True):
                await room.look(found)
            self._marks[name] = mark

    async def _close_idle(self, linger: float) -> None:
        for key, room in list(self._rooms.items()):
            if not self._is_idle(room, linger):
                continue
            async with self._turn(key):
                if self._rooms.get(key) is room and self._is_idle(room, linger):
                    del self._rooms[key]
                    self._metrics.notes.set(len(self._rooms))
                    room.drop(ANEW, "the note begins anew; take it as it is now")
                    await room.close(remove=True)

    def _is_idle(self, room: Room, linger: float) -> bool:
        """Whether it may be closed: all of it is in the memory file, and nobody is there or it is to begin anew."""
        if room.is_committing or room.due.at() is not None or not room.is_committed:
            return False
        is_left = not room.seats and (room.is_unused or self._clock() - room.empty_since >= linger)
        return is_left or room.is_worn

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(MemcodecError, OSError):
                await self.tick()
            await asyncio.sleep(_PAUSE)

    def _begin(self, work: Awaitable[None]) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    # The end

    async def close(self) -> None:
        """Commit everything. What those who were just there have in common is kept, for when they come back."""
        self._is_ending = True
        for room in self._rooms.values():
            room.drop(_RESTARTING, "the service stops")
        for room in self._rooms.values():
            await room.commit(last=True)
        now = self._clock()
        for room in self._rooms.values():
            is_left = not room.seats and now - room.empty_since >= _GRACE
            await room.close(remove=is_left and room.is_committed)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=True)
        self._unlock()

    def _unlock(self) -> None:
        for each in self._locks:
            os.close(each)
        self._locks = []


def _lay_aside(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.replace(path.with_suffix(".damaged"))


async def _closed(socket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(RuntimeError, OSError):
        await socket.close(code, reason[:120])


def _digest(file: str, uri: str = "") -> str:
    return hashlib.sha256(f"{file}\0{uri}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _locked(folder: Path, name: str, path: str) -> int:
    """A descriptor that keeps other services from editing notes of the same file."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / f"{_digest(path)}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(
            f"{folder}: edits of notes cannot be kept there: {error.strerror or error}"
        ) from error
    if not lock(descriptor):
        who = holder(descriptor)
        os.close(descriptor)
        raise ConfigError(f"{name}: {who} has its notes edited already; one service does")
    return descriptor
