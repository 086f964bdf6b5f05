"""An executor of processes that are started as all of memcodec's are, on a safe path; ``multiprocessing`` takes the
working directory along, and runs the caller's script again in every worker.

Over a worker's pipes go messages: eight bytes of length, then what ``pickle`` made. There, a function and its
arguments; back, whether it was done, and its result or what it raised.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import SimpleQueue
from typing import Any, BinaryIO, ParamSpec, TypeVar

from memcodec.errors import StorageError
from memcodec.process import children

P = ParamSpec("P")
T = TypeVar("T")

_LENGTH = struct.Struct("<Q")
_Task = tuple["Future[Any]", bytes]


class Workers(Executor):
    """Processes that run functions, one each at a time. They end when this process does, however it ends.

    A task whose process dies, or that has no process any more, ends with BrokenExecutor. ``nice`` is added to the
    niceness of each.
    """

    def __init__(self, workers: int, nice: int) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._closed = False
        code = f"from {__name__} import serve; serve({nice})"
        self._processes = [
            children.start("-c", code, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(workers)
        ]
        self._threads = [
            threading.Thread(target=self._feed, args=(each,), name="memcodec-worker", daemon=True)
            for each in self._processes
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Raises BrokenExecutor when no worker is left."""
        if self._closed or not any(thread.is_alive() for thread in self._threads):
            raise _gone()
        future: Future[T] = Future()
        self._tasks.put((future, pickle.dumps((function, args, kwargs))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End the workers now: what is under way is lost, and what waits too."""
        self._closed = True
        for process in self._processes:
            process.kill()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads if wait else ():
            thread.join()
        while not self._tasks.empty():
            if (task := self._tasks.get()) and task[0].set_running_or_notify_cancel():
                task[0].set_exception(_gone())

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        """Hand one worker task after task, until it dies or the tasks end."""
        assert process.stdin is not None and process.stdout is not None  # they are pipes
        with process:
            while (task := self._tasks.get()) is not None:
                future, message = task
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    _write(process.stdin, message)
                    done, result = pickle.loads(_read(process.stdout))
                except (OSError, EOFError):
                    future.set_exception(_gone())
                    break
                if done:
                    future.set_result(result)
                else:
                    future.set_exception(result)
            with contextlib.suppress(OSError):
                process.stdin.close()


def _gone() -> BrokenExecutor:
    return BrokenExecutor("the process that was to work on it has ended")


def serve(nice: int) -> None:
    """A worker: answers until its input ends, and ends then, whatever it is at."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt from the keyboard is its parent's business
    if sys.platform != "win32":
        os.nice(nice)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # the other cores are other workers'
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak between the answers
    tasks: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        _write(answers, _outcome(tasks.get()))


def _listen(tasks: SimpleQueue[bytes]) -> None:
    try:
        while True:
            tasks.put(_read(sys.stdin.buffer))
    except (OSError, EOFError):
        os._exit(1)


def _outcome(message: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(message)
        return pickle.dumps((True, function(*args, **kwargs)))
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> bytes:
    """An exception; in the words of one that can be sent when it cannot."""
    try:
        message = pickle.dumps((False, error))
        pickle.loads(message)
    except Exception:
        return pickle.dumps((False, StorageError(f"{type(error).__name__}: {error}")))
    return message


def _write(pipe: BinaryIO | Any, message: bytes) -> None:
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def _read(pipe: BinaryIO | Any) -> bytes:
    """Raises EOFError when the other end is gone."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: BinaryIO | Any, size: int) -> bytes:
    data: bytes = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
