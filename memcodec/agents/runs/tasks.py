"""Which task of the agent something is done by: a path that is the same in every execution, whatever runs first.

A task's path is that of the task that made it, and its number among those that this one made: "" is the run's own,
"2" the third task of it, "2.0" the first of that. Tasks of asyncio are numbered as they are created (``create_task``,
``gather``, ``TaskGroup``), so are calls given to a ``ThreadPoolExecutor`` ("x") and threads that are started ("t").
Where a task stands follows from what it inherits: asyncio copies the context, a thread is told when it starts. What
is done twice in one task has ordinals there.

Position in the whole run would not do: of tasks that run at once, each execution interleaves the calls differently.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import thread as pools
from typing import Any

_LIBRARIES = ("anyio.",)  # whose threads carry the context of whom they work for


class Task:
    """A task of the agent, and how far its numbers are."""

    def __init__(self, path: str, root: Task | None = None) -> None:
        self.path = path
        self.root = root or self  #: the task that its run began with
        self.outer: Task | None = None  #: of a root, the task of another run that it began in
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def next(self, what: str) -> int:
        """Numbers from 0, for each ``what``."""
        with self._lock:
            number = self._counts.get(what, 0)
            self._counts[what] = number + 1
        return number

    def child(self, kind: str = "") -> Task:
        """A task that this one makes."""
        number = f"{kind}{self.next('child' + kind)}"
        return Task(f"{self.path}.{number}" if self.path else number, self.root)


class _Thread(threading.local):
    """The task of a thread that was told it, and whom a context in it may still name instead: its maker."""

    own: Task | None = None
    maker: Task | None = None


_context: contextvars.ContextVar[Task | None] = contextvars.ContextVar("memcodec_task", default=None)
_thread = _Thread()
_apart: weakref.WeakKeyDictionary[asyncio.Task[Any], Task] = weakref.WeakKeyDictionary()


def current() -> Task | None:
    """The task that asks; None outside of every run."""
    if _apart:
        with contextlib.suppress(RuntimeError):
            running = asyncio.current_task()
            if running is not None and running in _apart:
                return _apart[running]
    found = _context.get()
    if _thread.own is not None and (found is None or found is _thread.maker):
        return _thread.own
    return found


def current_of(root: Task) -> Task:
    """The task that asks, of the run that began with ``root``: where a run began inside it, the one that began it."""
    found = current()
    while found is not None and found.root is not root:
        found = found.root.outer
    return found or root


@contextlib.contextmanager
def within(task: Task) -> Iterator[None]:
    """What is done inside is done by this task, or by tasks that it makes."""
    _hooks.install()
    if task.root is task:
        task.outer = current()
    token = _context.set(task)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # left in another context, as a generator may be
            _context.reset(token)
        _hooks.remove()


def _as(task: Task, maker: Task, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a function in this thread on behalf of a task."""
    before = _thread.own, _thread.maker
    _thread.own, _thread.maker = task, maker
    try:
        return function(*args, **options)
    finally:
        _thread.own, _thread.maker = before


class _Hooks:
    """What Python makes tasks and threads with, numbered while there is a run."""

    def __init__(self) -> None:
        self._lock, self._users = threading.Lock(), 0
        self._before: list[tuple[type, str, Any, Any]] = []

    def install(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._replace(asyncio.BaseEventLoop, "create_task", _create_task)
                self._replace(ThreadPoolExecutor, "submit", _submit)
                self._replace(threading.Thread, "start", _start)
        _number_loop()

    def remove(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users:
                return
            for owner, name, old, new in self._before:
                if (
                    vars(owner).get(name) is new
                ):  # or somebody stands on it, and it does nothing without a run
                    setattr(owner, name, old)
            self._before.clear()

    def _replace(self, owner: type, name: str, make: Callable[[Any], Any]) -> None:
        old = vars(owner)[name]
        new = functools.wraps(old)(make(old))
        setattr(owner, name, new)
        self._before.append((owner, name, old, new))


_hooks = _Hooks()


def _create_task(make: Callable[..., Any]) -> Callable[..., Any]:
    def create_task(loop: Any, coro: Any, **options: Any) -> Any:
        return _numbered(functools.partial(make, loop), coro, options)

    return create_task


def _numbered(make: Callable[..., Any], coro: Any, options: dict[str, Any]) -> Any:
    maker = current()
    if maker is None:
        return make(coro, **options)
    task = maker.child()
    if options.get("context") is None:
        context = contextvars.copy_context()
        context.run(_context.set, task)
        return make(coro, **{**options, "context": context})
    made = make(coro, **options)  # a context that others may share is left as it is
    _apart[made] = task
    return made


def _number_loop() -> None:
    """A running loop that is none of Python's own, as uvloop's, makes its tasks by a factory."""
    with contextlib.suppress(RuntimeError):
        loop = asyncio.get_running_loop()
        if isinstance(loop, asyncio.BaseEventLoop) or getattr(loop.get_task_factory(), "numbers", False):
            return
        before = loop.get_task_factory()

        def factory(of: Any, coro: Any, **options: Any) -> Any:
            make = functools.partial(before, of) if before else functools.partial(asyncio.Task, loop=of)
            return _numbered(make, coro, options)

        factory.numbers = True  # type: ignore[attr-defined]
        loop.set_task_factory(factory)


def _submit(make: Callable[..., Any]) -> Callable[..., Any]:
    def submit(pool: Any, function: Any, /, *args: Any, **options: Any) -> Any:
        maker = current()
        if maker is None:
            return make(pool, function, *args, **options)
        return make(pool, _as, maker.child("x"), maker, function, *args, **options)

    return submit


def _start(make: Callable[..., Any]) -> Callable[..., Any]:
    def start(thread: threading.Thread) -> None:
        maker = current()
        if maker is not None and not _is_of_a_pool(thread):
            thread.run = functools.partial(_as, maker.child("t"), maker, thread.run)  # type: ignore[method-assign]
        make(thread)

    return start


def _is_of_a_pool(thread: threading.Thread) -> bool:
    """A thread that works for many, one after the other, and is started when there are too few."""
    target = getattr(thread, "_target", None)
    return target is getattr(pools, "_worker", pools) or type(thread).__module__.startswith(_LIBRARIES)
