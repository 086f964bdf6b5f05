"""The public face for asyncio: what ``memcodec`` has, under the same names and with the same parameters, as coroutines.

    async with memcodec.aio.open("notes.mp4") as memory:
        for hit in await memory.search("nesting birds"):
            print(hit.text)

The work is done by the blocking face in threads of each object's own: writes, which take turns anyway, in one, all else
in up to ``THREADS``. A call that is cancelled before its turn never begins. Of one that is under way, a search or
another that only reads is left to end by itself; for one that writes, cancellation waits until it has ended, so that
nothing goes on unseen. ``progress`` is called in those threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, cast

from memcodec import collection as _collection
from memcodec import memory as _memory
from memcodec.arguments import Number
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError
from memcodec.memory import signatures as _signatures
from memcodec.model import CommitReport, FilePath
from memcodec.process import fork
from memcodec.search.news import Following
from memcodec.search.results import Results
from memcodec.storage import PlaceLike
from memcodec.storage.remote.source import SpanCache
from memcodec.upkeep import convert as _convert
from memcodec.upkeep import merge as _merge
from memcodec.upkeep import repair as _repair

__all__ = ["Collection", "Memory", "check_proof", "convert", "create", "merge", "open", "repair"]

THREADS = 8  #: of one object, for what reads and adds
_BATCH = 64  # items of an iterator that are fetched at once

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
S = TypeVar("S", _memory.Memory, _collection.Collection)


class _Threads:
    """Where the work is done. In a child of a fork they are others: a thread stays with the parent."""

    def __init__(self) -> None:
        self._begin()
        fork.watch(self, _Threads._begin)

    def _begin(self) -> None:
        self._many = ThreadPoolExecutor(THREADS, "memcodec")
        self._one = ThreadPoolExecutor(1, "memcodec-write")

    def begin(self, work: Callable[[], T], *, alone: bool = False) -> Future[T]:
        """Have it done, in its turn."""
        return (self._one if alone else self._many).submit(copy_context().run, work)

    def end(self) -> None:
        """Let the threads go, when they have done what they were given; whoever comes later gets others."""
        old = self._many, self._one
        self._begin()
        for each in old:
            each.shutdown(wait=False)


async def _result(future: Future[T], *, to_end: bool) -> T:
    """What comes of it; ``to_end``: a cancellation waits until it has ended, or takes it back before it begins."""
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        future.cancel()
        while to_end and not future.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([asyncio.wrap_future(future)])
        raise


class _Verb(Protocol[P, T_co]):
    """A method that is a coroutine."""

    def __get__(self, face: object, kind: type | None = None) -> Callable[P, Coroutine[Any, Any, T_co]]: ...


class _Flow(Protocol[P, T_co]):
    """A method that gives items as they come."""

    def __get__(self, face: object, kind: type | None = None) -> Callable[P, AsyncIterator[T_co]]: ...


def _verb(method: Callable[Concatenate[Any, P], T], *, to_end: bool, alone: bool) -> _Verb[P, T]:
    @functools.wraps(method)
    async def call(self: _Face[Any], *args: Any, **kwargs: Any) -> T:
        face = await self._ready()
        return await self._work(lambda: method(face, *args, **kwargs), to_end=to_end, alone=alone)

    return cast("_Verb[P, T]", call)


def _reads(method: Callable[Concatenate[Any, P], T]) -> _Verb[P, T]:
    return _verb(method, to_end=False, alone=False)


def _puts(method: Callable[Concatenate[Any, P], T]) -> _Verb[P, T]:
    """It changes something, and waits for no write of this object."""
    return _verb(method, to_end=True, alone=False)


def _writes(method: Callable[Concatenate[Any, P], T]) -> _Verb[P, T]:
    return _verb(method, to_end=True, alone=True)


def _flows(method: Callable[Concatenate[Any, P], Iterator[T]]) -> _Flow[P, T]:
    @functools.wraps(method)
    async def call(self: _Face[Any], *args: Any, **kwargs: Any) -> AsyncIterator[T]:
        face = await self._ready()
        begun = await self._work(lambda: method(face, *args, **kwargs), to_end=True)
        while batch := await self._work(lambda: list(islice(begun, _BATCH)), to_end=True):
            for each in batch:
                yield each

    return cast("_Flow[P, T]", call)


def _follows(method: Callable[Concatenate[Any, P], Following]) -> _Flow[P, Results]:
    @functools.wraps(method)
    async def call(self: _Face[Any], *args: Any, **kwargs: Any) -> AsyncIterator[Results]:
        face = await self._ready()
        following = await self._work(lambda: method(face, *args, **kwargs), to_end=True)
        try:
            while not following.is_over:
                for found in await self._work(following.look, to_end=True):
                    yield found
                await asyncio.sleep(following.pause)
        finally:
            await self._work(following.close, to_end=True)

    return cast("_Flow[P, Results]", call)


class _Face(Generic[S]):
    """One object of the blocking face, opened when it is first used, awaited, or entered by ``async with``."""

    def __init__(self, make: Callable[[], S]) -> None:
        self._threads = _Threads()
        self._make: Callable[[], S] = make
        self._making: Future[S] | None = None

    async def _work(self, work: Callable[[], T], *, to_end: bool, alone: bool = False) -> T:
        """Have something done in a thread of this object."""
        return await _result(self._threads.begin(work, alone=alone), to_end=to_end)

    async def _ready(self) -> S:
        """The blocking object, open."""
        making = self._making
        if making is None or (making.done() and making.exception() is not None):
            making = self._making = self._threads.begin(self._make)
        return await asyncio.shield(asyncio.wrap_future(making))

    @property
    def blocking(self) -> S:
        """The same for threads. Raises ConfigError before it is open."""
        if self._making is None or not self._making.done():
            raise ConfigError("this is not open yet; await it first, or enter it by `async with`")
        return self._making.result()

    def __await__(self) -> Generator[Any, None, Self]:
        return self._awaited().__await__()

    async def _awaited(self) -> Self:
        await self._ready()
        return self

    async def __aenter__(self) -> Self:
        try:
            await self._work((await self._ready()).__enter__, to_end=True)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        face = await self._ready()
        try:
            await self._work(lambda: face.__exit__(kind, value, trace), to_end=True, alone=True)
        finally:
            self._threads.end()

    async def close(self) -> None:
        """Release the files, for good, as the blocking ``close`` does."""
        making = self._making
        if making is None:
            return
        try:
            face = await _result(making, to_end=True)
        except Exception:  # it never opened, and whoever opened it was told
            return
        try:
            await self._work(face.close, to_end=True, alone=True)
        finally:
            self._threads.end()

    def __repr__(self) -> str:
        making = self._making
        is_open = making is not None and making.done() and making.exception() is None
        return f"<aio {self.blocking!r}>" if is_open else f"<aio {type(self).__name__}: not open yet>"


class Memory(_Face[_memory.Memory]):
    """A memory file (``memcodec.Memory``), made by ``create`` or ``open``; ``async for`` goes over its documents."""

    add = _puts(_memory.Memory.add)
    add_items = _puts(_memory.Memory.add_items)
    add_path = _puts(_memory.Memory.add_path)
    around = _reads(_memory.Memory.around)
    branch = _puts(_memory.Memory.branch)
    capsule = _puts(_memory.Memory.capsule)
    commit = _writes(_memory.Memory.commit)
    compact = _writes(_memory.Memory.compact)
    dashboard = _reads(_memory.Memory.dashboard)
    diff = _reads(_memory.Memory.diff)
    document = _reads(_memory.Memory.document)
    documents = _reads(_memory.Memory.documents)
    fold = _writes(_memory.Memory.fold)
    forget = _writes(_memory.Memory.forget)
    get = _reads(_memory.Memory.get)
    graph = _reads(_memory.Memory.graph)
    index_background = _writes(_memory.Memory.index_background)
    info = _reads(_memory.Memory.info)
    ledger = _puts(_memory.Memory.ledger)
    lines = _flows(_memory.Memory.lines)
    log = _reads(_memory.Memory.log)
    preview = _reads(_memory.Memory.preview)
    prove = _reads(_memory.Memory.prove)
    read = _reads(_memory.Memory.read)
    read_bytes = _reads(_memory.Memory.read_bytes)
    refresh = _reads(_memory.Memory.refresh)
    requests = _reads(_memory.Memory.requests)
    restore = _puts(_memory.Memory.restore)
    rollback = _writes(_memory.Memory.rollback)
    save = _puts(_memory.Memory.save)
    search = _reads(_memory.Memory.search)
    search_pictures = _reads(_memory.Memory.search_pictures)
    sign = _writes(_memory.Memory.sign)
    sync = _writes(_memory.Memory.sync)
    synthesize = _reads(_memory.Memory.synthesize)
    tag = _writes(_memory.Memory.tag)
    timeline = _reads(_memory.Memory.timeline)
    to_bytes = _reads(_memory.Memory.to_bytes)
    topic_diff = _reads(_memory.Memory.topic_diff)
    topics = _reads(_memory.Memory.topics)
    trends = _reads(_memory.Memory.trends)
    verify = _reads(_memory.Memory.verify)
    verify_signed = _reads(_memory.Memory.verify_signed)
    warnings = _reads(_memory.Memory.warnings)
    count = _reads(_memory.Memory.__len__)
    contains = _reads(_memory.Memory.__contains__)
    __aiter__ = _flows(_memory.Memory.__iter__)

    @property
    def name(self) -> str:
        """The file's name, as it may be shown."""
        return self.blocking.name

    @property
    def last_report(self) -> CommitReport | None:
        """Of the last write, the one at the end of an ``async with`` too."""
        return self.blocking.last_report


class Collection(_Face[_collection.Collection]):
    """Memory files as one (``memcodec.Collection``); ``async for`` goes over their documents."""

    add_items = _writes(_collection.Collection.add_items)
    around = _reads(_collection.Collection.around)
    dashboard = _reads(_collection.Collection.dashboard)
    document = _reads(_collection.Collection.document)
    documents = _reads(_collection.Collection.documents)
    file_of = _reads(_collection.Collection.file_of)
    follow = _follows(_collection.Collection.follow)
    forget = _writes(_collection.Collection.forget)
    get = _reads(_collection.Collection.get)
    graph = _reads(_collection.Collection.graph)
    info = _reads(_collection.Collection.info)
    ledger = _puts(_collection.Collection.ledger)
    listing = _reads(_collection.Collection.listing)
    log = _reads(_collection.Collection.log)
    read = _reads(_collection.Collection.read)
    read_bytes = _reads(_collection.Collection.read_bytes)
    requests = _reads(_collection.Collection.requests)
    search = _reads(_collection.Collection.search)
    search_pictures = _reads(_collection.Collection.search_pictures)
    synthesize = _reads(_collection.Collection.synthesize)
    topic_diff = _reads(_collection.Collection.topic_diff)
    topics = _reads(_collection.Collection.topics)
    trends = _reads(_collection.Collection.trends)
    warnings = _reads(_collection.Collection.warnings)
    count = _reads(_collection.Collection.__len__)
    contains = _reads(_collection.Collection.__contains__)
    __aiter__ = _flows(_collection.Collection.__iter__)

    def __init__(
        self,
        files: PlaceLike | Iterable[PlaceLike],
        *,
        as_of: Number | datetime | None = None,
        settings: Settings | None = None,
        spans: SpanCache | None = None,
        unlock: FilePath | Sequence[FilePath] | None = None,
    ) -> None:
        super().__init__(
            lambda: _collection.Collection(files, as_of=as_of, settings=settings, spans=spans, unlock=unlock)
        )

    @property
    def names(self) -> list[str]:
        """The files, each once."""
        return self.blocking.names

    @property
    def notes(self) -> list[str]:
        """Of media in a folder that are no memory files."""
        return self.blocking.notes


def _opens(function: Callable[P, _memory.Memory]) -> Callable[P, Memory]:
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Memory:
        return Memory(lambda: function(*args, **kwargs))

    return call


_UPKEEP = _Threads()


def _works(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return await _result(_UPKEEP.begin(lambda: function(*args, **kwargs)), to_end=True)

    return call


create = _opens(_memory.create)
open = _opens(_memory.open)  # noqa: A001 - memcodec.aio.open
check_proof = _works(_signatures.check_proof)
convert = _works(_convert.convert)
merge = _works(_merge.merge)
repair = _works(_repair.repair)
