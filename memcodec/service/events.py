"""What happens, as it happens: commits, of whoever makes them, and indexing jobs. Slow listeners are let go."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from memcodec import answers
from memcodec.config import folders
from memcodec.errors import MemcodecError
from memcodec.jobs import Job, JobState
from memcodec.jobs.store import DATABASE, Store
from memcodec.service.metrics import Metrics
from memcodec.service.shelf import Shelf

PAUSE = 0.5  #: seconds between two looks at the files
_BEHIND = 100  # events that a listener may be behind
_SLOW = 10.0  # seconds that one event may take to send
_TRY_AGAIN = 1013  # RFC 6455's registry: what is sent cannot be taken now


class Events:
    """Watches the files of a shelf, and tells listeners."""

    def __init__(self, shelf: Shelf, metrics: Metrics) -> None:
        self._shelf, self._metrics = shelf, metrics
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self._commits: dict[str, int] = {}
        self._jobs: dict[int, Any] | None = None  # before the first look
        self._looking = asyncio.Lock()

    async def watch(self) -> None:
        """Look again and again, until it is cancelled."""
        while True:
            with contextlib.suppress(MemcodecError, OSError):
                await self.look()
            await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """Tell what is new."""
        async with self._looking:
            for event in await self._shelf.apart(self._news):
                for queue in self._listeners:
                    if queue.qsize() < _BEHIND:
                        queue.put_nowait(event)
                    else:
                        queue.put_nowait({})  # too far behind: its end

    def _news(self) -> list[dict[str, Any]]:
        found = list[dict[str, Any]]()
        for name, stored in self._shelf.stored.items():
            with contextlib.suppress(MemcodecError, OSError):
                found += self._news_of(name, stored.state().commit, stored.state().end)
        with contextlib.suppress(MemcodecError):
            found += self._jobs_news()
        return found

    def _news_of(self, name: str, commit: int, end: int) -> list[dict[str, Any]]:
        last = self._commits.get(name)
        if last == commit:
            return []
        self._commits[name] = commit
        with self._shelf.opened(name) as memory:
            self._metrics.documents.labels(name).set(len(memory))
            log = memory.log() if last is not None else []
        self._metrics.size.labels(name).set(end)
        fresh = [each for each in log if last is not None and last < each.number <= commit]
        for each in fresh:
            self._metrics.commits.labels(name).inc()
            self._metrics.commit_bytes.labels(name).inc(each.size)
        if last is not None and not fresh:  # compacted: its history is gone
            return [{"event": "commit", "file": name, "commit": None}]
        return [{"event": "commit", "file": name, "commit": answers.files.commit(each)} for each in fresh]

    def _jobs_news(self) -> list[dict[str, Any]]:
        found, was = list[dict[str, Any]](), self._jobs
        now = {job.id: (name, job) for name, job in jobs_of(self._shelf)}
        self._jobs = {number: (job.state, job.done, job.total) for number, (_, job) in now.items()}
        states = Counter(job.state for _, job in now.values())
        for state in JobState:
            self._metrics.jobs.labels(state.value).set(states[state])
        for number, (name, job) in now.items():
            if was is not None and was.get(number) != self._jobs[number]:
                found.append({"event": "job", "file": name, "job": shown_job(name, job)})
        return found

    async def serve(self, socket: WebSocket) -> None:
        """Send what happens from now on to one listener, until it goes."""
        await socket.accept()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        self._metrics.listeners.inc()
        gone = asyncio.create_task(_until_gone(socket))
        try:
            await socket.send_json({"event": "hello", "commits": dict(self._commits)})
            while not gone.done():
                getting = asyncio.create_task(queue.get())
                await asyncio.wait({getting, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not getting.done():
                    getting.cancel()
                    break
                event = getting.result()
                if not event:
                    await socket.close(_TRY_AGAIN, "too slow")
                    break
                async with asyncio.timeout(_SLOW):
                    await socket.send_json(event)
        except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            pass  # it is gone, or as good as that
        finally:
            self._listeners.discard(queue)
            self._metrics.listeners.dec()
            gone.cancel()


async def _until_gone(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive_text()


def jobs_of(shelf: Shelf) -> list[tuple[str, Job]]:
    """The indexing jobs of these files, each with the file's name."""
    if not (folders.state() / DATABASE).exists():
        return []  # nobody ever had one
    with Store() as store:
        every = store.jobs()
    paths = {os.path.realpath(stored.path): name for name, stored in shelf.stored.items()}
    return [(paths[each.path], each) for each in every if each.path in paths]


def shown_job(name: str, job: Job) -> dict[str, Any]:
    """A job as clients see it: its file by its public name."""
    return {**answers.jobs.jobs([job])["jobs"][0], "path": name}
