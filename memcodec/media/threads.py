"""Work on other threads, its results in order, little of it held at a time."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property, partial
from itertools import chain, islice
from typing import TypeVar

from memcodec.process.machine import cores

_AHEAD = 16
_EACH = 2  # items that are worth a thread, unless it is said how many are

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_order(
    pool: ThreadPoolExecutor, jobs: Iterable[Callable[[], _Result]], ahead: int
) -> Iterator[_Result]:
    """What the jobs return, in their order; up to ``ahead`` more are under way, and no more are taken."""
    waiting: deque[Future[_Result]] = deque()
    for job in jobs:
        waiting.append(pool.submit(job))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class Threads:
    """The threads of one reader, begun when there is first work for two."""

    def each(self, work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
        """``work`` on each item, results in order."""
        items = iter(items)
        first = list(islice(items, 2))
        if len(first) < 2:
            return map(work, first)
        return in_order(self._pool, (partial(work, item) for item in chain(first, items)), _AHEAD)

    def all(
        self, work: Callable[[_Item], _Result], items: Sequence[_Item], *, worth: int = _EACH
    ) -> list[_Result]:
        """As ``each``, all of it done when it returns, a part of it by the caller. ``worth``: so many items are worth
        a thread.

        A system that is asked for as many new threads as it has cores, while the caller waits, may run two of them on
        one core for longer than the first search of a file takes.
        """
        found = dict[int, _Result]()
        left, lock = iter(range(len(items))), threading.Lock()

        def take() -> None:
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                found[number] = work(items[number])

        helpers = [self._pool.submit(take) for _ in range(min(cores(), -(-len(items) // worth)) - 1)]
        try:
            take()
        finally:
            for helper in helpers:
                if not helper.cancel():
                    helper.result()
        return [found[number] for number in range(len(items))]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), "read")

    def close(self) -> None:
        """Those under way end by themselves."""
        if "_pool" in self.__dict__:
            self._pool.shutdown(wait=False, cancel_futures=True)


class Ahead:
    """Runs an iterator in a thread of its own, up to ``depth`` items ahead; its errors come out where it is read."""

    def __init__(self, items: Iterator[bytes], depth: int) -> None:
        self._items, self._queue = items, queue.Queue[bytes | BaseException | None](depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), daemon=True)

    def _run(self) -> None:
        last: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # handed over, not swallowed
            last = error
        self._put(last)

    def _put(self, item: bytes | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __enter__(self) -> Iterator[bytes]:
        self._thread.start()
        return self._read()

    def _read(self) -> Iterator[bytes]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
