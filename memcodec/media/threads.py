"""Work on all cores, its results in order, little of it held at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from itertools import chain, islice
from typing import TypeVar

from memcodec.process.machine import cores

_AHEAD = 16

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

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), "read")

    def close(self) -> None:
        """Those under way end by themselves."""
        if "_pool" in self.__dict__:
            self._pool.shutdown(wait=False, cancel_futures=True)
