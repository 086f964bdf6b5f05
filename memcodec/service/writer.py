"""The one thread that writes to a file. What many clients add at the same time becomes one commit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import memcodec
from memcodec import Memory, Settings
from memcodec.errors import Closed, StorageError
from memcodec.ingest.item import Item
from memcodec.model import CommitReport, Document

WAIT = 30.0  #: seconds to wait for another process that writes to the file
_MOST = 1000  # writes that wait
_TOGETHER = 64  # that become one commit

T = TypeVar("T")


class _Addition:
    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.future: Future[tuple[CommitReport, list[Document]]] = Future()


class _Change:
    def __init__(self, work: Callable[[Memory], Any], *, noting: bool) -> None:
        self.work, self.noting = work, noting
        self.future: Future[Any] = Future()


class Writer:
    """Writes to one file, in the order in which it is asked to; each answer comes when it is on stable storage."""

    def __init__(self, path: str, settings: Settings) -> None:
        self._path, self._settings = path, settings.with_options(journal=False)
        self._noting = settings.with_options(durability="strict")
        self._queue: queue.SimpleQueue[_Addition | _Change | None] = queue.SimpleQueue()
        self._lock, self._closed = threading.Lock(), False
        self._next: _Addition | _Change | None = None
        self._thread: threading.Thread | None = None

    def add(self, items: Sequence[Item]) -> Future[tuple[CommitReport, list[Document]]]:
        """Documents to be committed, each a new version where its uri is known."""
        addition = _Addition(items)
        self._put(addition)
        return addition.future

    def change(self, work: Callable[[Memory], T], *, noting: bool = False) -> Future[T]:
        """Something to be done with the file, open for writing. ``noting``: what is small may go to its journal."""
        change = _Change(work, noting=noting)
        self._put(change)
        return change.future

    def _put(self, task: _Addition | _Change) -> None:
        with self._lock:
            if self._closed:
                raise Closed("the service is stopping")
            if self._queue.qsize() >= _MOST:
                raise StorageError("too many writes wait for this file; try again later")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="memcodec-write", daemon=True)
                self._thread.start()
            self._queue.put(task)

    def close(self) -> None:
        """Take nothing more; what was taken is written when this returns."""
        with self._lock:
            self._closed = True
            self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (task := self._take()) is not None:
            if isinstance(task, _Change):
                self._change(task)
            else:
                self._commit([task, *self._more(task)])

    def _take(self) -> _Addition | _Change | None:
        task, self._next = self._next, None
        return task if task is not None else self._queue.get()

    def _more(self, first: _Addition) -> list[_Addition]:
        """What else waits to be added; two versions of one document are two commits."""
        found, uris = list[_Addition](), {item.uri for item in first.items}
        while len(found) < _TOGETHER:
            try:
                task = self._queue.get_nowait()
            except queue.Empty:
                break
            if task is None:
                self._queue.put(None)
                break
            if isinstance(task, _Change) or any(item.uri in uris for item in task.items):
                self._next = task
                break
            uris.update(item.uri for item in task.items)
            found.append(task)
        return found

    def _open(self, *, noting: bool = False) -> Memory:
        settings = self._noting if noting else self._settings
        return memcodec.open(self._path, wait=WAIT, settings=settings)

    def _change(self, task: _Change) -> None:
        if not task.future.set_running_or_notify_cancel():
            return
        try:
            with self._open(noting=task.noting) as memory:
                task.future.set_result(task.work(memory))
        except BaseException as error:
            task.future.set_exception(error)

    def _commit(self, tasks: Sequence[_Addition]) -> None:
        running = [task for task in tasks if task.future.set_running_or_notify_cancel()]
        if not running:
            return
        try:
            made = self._written(running)
        except BaseException as error:
            if len(running) == 1:
                running[0].future.set_exception(error)
                return
            for task in running:  # what is wrong with one is no matter of the others
                try:
                    ((report, found),) = self._written([task])
                    task.future.set_result((report, found))
                except BaseException as own:
                    task.future.set_exception(own)
            return
        for task, done in zip(running, made, strict=True):
            task.future.set_result(done)

    def _written(self, tasks: Sequence[_Addition]) -> list[tuple[CommitReport, list[Document]]]:
        items = [item for task in tasks for item in task.items]
        with self._open() as memory:
            memory.add_items(items)
            report = memory.commit()
            there = {
                (found.stored.document.uri, found.stored.document.sha256): found.stored.document
                for found in memory.reader.named(report.uris)
            }
        documents = [there[uri, item.sha256] for uri, item in zip(report.uris, items, strict=True)]
        made, at = list[tuple[CommitReport, list[Document]]](), 0
        for task in tasks:
            made.append((report, documents[at : at + len(task.items)]))
            at += len(task.items)
        return made
