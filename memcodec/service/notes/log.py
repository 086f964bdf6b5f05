"""What was edited, on its way to stable storage: what comes during one write goes into the next one together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TypeVar

from memcodec.errors import StorageError
from memcodec.service.notes.kept import Base, Head, Kept

#: told when what was put is on stable storage, or why it is not
Done = Callable[[StorageError | None], None]
Whole = tuple[Head, Base, list[Base], list[bytes]]
_CALM = 1 << 20  # bytes that may wait

T = TypeVar("T")


class Log:
    """Of one note. ``whole``: all that its file is to say when it is made, or made anew. For one event loop."""

    def __init__(self, path: Path, threads: Executor, whole: Callable[[], Whole]) -> None:
        self._path, self._threads, self._whole = path, threads, whole
        self._kept: Kept | None = None
        self._waiting: list[tuple[bytes | None, Done | None]] = []
        self._bytes = 0  # that wait
        self._is_stale = False
        self._task: asyncio.Task[None] | None = None
        self.is_used = path.exists()

    def put(self, record: bytes | None, done: Done | None = None) -> None:
        """Have a record written; None: what was put before is all that is waited for."""
        self._waiting.append((record, done))
        self._bytes += len(record or b"")
        self._wake()

    def renew(self) -> None:
        """Have the file made anew, with what it is to say by now."""
        self._is_stale = True
        self._wake()

    async def settled(self) -> None:
        """Return when all that was put is on stable storage. Raises StorageError."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: StorageError | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.put(None, done)
        await future

    async def calm(self) -> None:
        """Return when little waits: nobody is read faster than the disk writes. Raises StorageError."""
        if self._bytes > _CALM:
            await self.settled()

    async def close(self, *, remove: bool) -> None:
        """End what is under way; with ``remove`` the file is of no use any more."""
        with contextlib.suppress(StorageError):
            await self.settled()
        kept, self._kept = self._kept, None
        if remove and self.is_used:
            await self._apart(kept.remove if kept is not None else lambda: self._path.unlink(missing_ok=True))
        elif kept is not None:
            kept.close()

    def _wake(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._waiting or self._is_stale:
            batch, self._waiting = self._waiting, []
            records = [record for record, _ in batch if record is not None]
            self._bytes -= sum(map(len, records))
            failure: StorageError | None = None
            try:
                if self._is_stale or (records and self._kept is None):
                    await self._make()
                elif records and self._kept is not None:
                    await self._apart(partial(self._kept.append, records))
            except StorageError as error:
                failure = error
                self._let_go()  # the system may have dropped what was to be synced: the next one makes all of it anew
            for _, done in batch:
                if done is not None:
                    done(failure)

    async def _make(self) -> None:
        self._is_stale, self.is_used = False, True
        whole = self._whole()
        self._let_go()
        self._kept = await self._apart(lambda: Kept.make(self._path, *whole))

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._kept = None

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
