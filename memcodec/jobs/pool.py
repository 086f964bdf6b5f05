"""Runs tasks on a ``concurrent.futures.Executor``: processes of this machine, this process, or a Dask cluster.

A process that dies takes its whole executor with it (BrokenExecutor), and what it was at with it. The executor is
made again, and the tasks that were under way run again, one at a time, so that the one at fault is found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from memcodec.errors import MissingExtra, StorageError
from memcodec.process import machine

if TYPE_CHECKING:
    from memcodec.jobs.workers import Workers

T = TypeVar("T")
R = TypeVar("R")

TRIES = 3  #: times a task may fail, or take its process down
TICK = 0.5  #: seconds between two calls of ``tick``, at most
_AHEAD = 2  # tasks under way for each worker: one at work, one that waits for it
_WORKER_MEMORY = 400 << 20  # bytes: model, ONNX Runtime, decoders and a batch


class Poisoned(Exception):
    """A task failed ``tries`` times. ``error`` says why, the last time."""

    def __init__(self, task: object, error: BaseException, tries: int) -> None:
        super().__init__(str(error) or type(error).__name__)
        self.task, self.error, self.tries = task, error, tries


class Executors(Protocol):
    """Makes executors of ``workers`` workers, one at a time."""

    workers: int
    threads: int | None  #: for a task; None: as many as there are cores

    def start(self) -> Executor:
        """A new executor; the one before it is broken, or closed."""

    def stop(self) -> None:
        """Stop it now; what is under way is lost."""


@dataclass(slots=True)
class _Try(Generic[T]):
    task: T
    failed: int = 0
    is_suspect: bool = False  # its process died, perhaps of another's doing


class Pool:
    """Runs tasks and gives their results as they come. Keeps its workers from one run to the next."""

    def __init__(self, executors: Executors) -> None:
        self._executors = executors
        self._executor: Executor | None = None

    @property
    def workers(self) -> int:
        """How many tasks run at a time."""
        return self._executors.workers

    @property
    def threads(self) -> int | None:
        """How many threads a task is to use; None: one a core."""
        return self._executors.threads

    def run(
        self, function: Callable[[T], R], tasks: Iterator[T], tick: Callable[[], None]
    ) -> Iterator[tuple[T, R]]:
        """Every task with its result, in the order they end. ``tasks`` is asked as workers become free.

        ``tick`` is called every ``TICK`` seconds; what it raises ends the run. Raises Poisoned.
        """
        flying: dict[Future[R], _Try[T]] = {}
        again: deque[_Try[T]] = deque()
        try:
            while True:
                self._feed(function, tasks, flying, again)
                if not flying:
                    return
                tick()
                done, _ = wait(flying, TICK, FIRST_COMPLETED)
                broken = False
                for future in done:
                    each = flying.pop(future)
                    error = future.exception()
                    if error is None:
                        yield each.task, future.result()
                    else:
                        again.append(_failed(each, error))
                        broken |= isinstance(error, BrokenExecutor)
                if broken:
                    self._restart(flying, again)
        finally:
            for future in flying:
                future.cancel()

    def _feed(
        self,
        function: Callable[[T], R],
        tasks: Iterator[T],
        flying: dict[Future[R], _Try[T]],
        again: deque[_Try[T]],
    ) -> None:
        """Give the workers what they can take: suspects one at a time, and nothing beside them."""
        while len(flying) < self.workers * _AHEAD and not any(each.is_suspect for each in flying.values()):
            if again and (not again[0].is_suspect or not flying):
                each = again.popleft()
            elif again:
                return
            elif (task := next(tasks, None)) is not None:
                each = _Try(task)
            else:
                return
            flying[self._submit(function, each.task)] = each

    def _submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        if self._executor is None:
            self._executor = self._executors.start()
        try:
            return self._executor.submit(function, task)
        except BrokenExecutor as error:  # it broke since it was last looked at
            broken: Future[R] = Future()
            broken.set_exception(error)
            return broken

    def _restart(self, flying: dict[Future[R], _Try[T]], again: deque[_Try[T]]) -> None:
        """After a process died: what else was under way has ended, or is lost with the executor."""
        self.close()
        for future, each in list(flying.items()):
            if not future.done() or future.exception() is not None:
                del flying[future]
                each.is_suspect = True
                again.append(each)

    def close(self) -> None:
        """Stop the workers now."""
        if self._executor is not None:
            self._executors.stop()
            self._executor = None


def _failed(each: _Try[T], error: BaseException) -> _Try[T]:
    """The task to try again. Raises Poisoned when it was tried often enough."""
    each.failed += 1
    if isinstance(error, BrokenExecutor) and not each.is_suspect:
        each.is_suspect = True  # it may have been another's doing: from here on it runs alone
    elif each.failed >= TRIES:
        if isinstance(error, BrokenExecutor):
            error = StorageError("the process that worked on these chunks died")
        raise Poisoned(each.task, error, each.failed)
    return each


class Here:
    """Runs tasks in this process: for little work, which is done before other processes have begun."""

    workers = 1
    threads: int | None = None

    def start(self) -> Executor:
        self._executor = ThreadPoolExecutor(1, "memcodec-index")
        return self._executor

    def stop(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


class Processes:
    """Processes of this machine. They end when this one does, however it ends."""

    threads: int | None = 1
    _executor: Workers

    def __init__(self, workers: int = 0, nice: int = 0) -> None:
        self.workers, self._nice = workers or default_workers(), nice

    def start(self) -> Executor:
        from memcodec.jobs.workers import Workers

        self._executor = Workers(self.workers, self._nice)
        return self._executor

    def stop(self) -> None:
        self._executor.shutdown()


class Cluster:
    """The workers of a Dask cluster (``memcodec[cluster]``), which see the memory file under the same path."""

    threads: int | None = 1

    def __init__(self, address: str) -> None:
        self._address, self._client = address, _connected(address)
        self.workers = max(1, sum(self._client.nthreads().values()))

    def start(self) -> Executor:
        if self._client.status == "closed":
            self._client = _connected(self._address)
        executor: Executor = self._client.get_executor(pure=False)  # a task that is tried again is run again
        return executor

    def stop(self) -> None:
        self._client.close()


def _connected(address: str) -> Any:
    try:
        client: Any = import_module("distributed").Client
    except ImportError:
        raise MissingExtra("`cluster` needs Dask: pip install 'memcodec[cluster]'") from None
    try:
        return client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise StorageError(f"{address}: no Dask scheduler answers there ({error})") from error


def default_workers() -> int:
    """One a core, as far as there is memory for them."""
    return machine.workers(_WORKER_MEMORY)
