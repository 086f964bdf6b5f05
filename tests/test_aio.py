"""The face for asyncio: it has what the blocking one has, lets go of nothing half done, and closes what it opened."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec import Settings, aio
from memcodec import memory as blocking_memory
from memcodec.collection import files
from memcodec.memory import readable
from tests.support.descriptors import open_on

PATIENCE = 20
LEXICAL = Settings.of(model="none")
#: of the blocking faces alone: a reader is for one thread, what a file is called a coroutine need not ask for
BLOCKING = {"reader", "reader_for", "path", "at"}  # of the past: aio.Collection(files, as_of=...)
#: what the blocking objects have as attributes; and the blocking object itself
SHOWN = {"name", "last_report", "notes", "blocking"}
DUNDERS = {"count": "__len__", "contains": "__contains__"}


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), PATIENCE))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with memcodec.create(tmp_path_factory.mktemp("aio") / "notes.mp4", settings=LEXICAL) as memory:
        for number in range(3):
            memory.add(f"Heron {number}.\nIt waits.\n", uri=f"heron/{number}")
        memory.commit()
        return memory.to_bytes()


@pytest.fixture
def path(file: bytes, tmp_path: Path) -> Path:
    (tmp_path / "notes.mp4").write_bytes(file)
    return tmp_path / "notes.mp4"


class Gate:
    """A progress callback that waits in the thread which encodes."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, phase: str, done: int, total: int) -> None:
        self.reached.set()
        assert self.go.wait(PATIENCE)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.go.set()


# In step with the blocking face


def public(kind: type[Any]) -> set[str]:
    return {name for each in kind.__mro__ for name in vars(each) if not name.startswith("_")}


@pytest.mark.parametrize("name", ["Memory", "Collection"])
def test_a_face_has_the_same_verbs_with_the_same_parameters(name: str) -> None:
    mine, theirs = getattr(aio, name), getattr(memcodec, name)
    assert public(mine) - DUNDERS.keys() - SHOWN == public(theirs) - BLOCKING
    for verb in public(mine):
        twin = getattr(theirs, DUNDERS.get(verb, verb), None)
        if callable(twin):
            assert inspect.signature(getattr(mine, verb)) == inspect.signature(twin), verb
            own = getattr(mine, verb)
            assert inspect.iscoroutinefunction(own) or inspect.isasyncgenfunction(own), verb


def test_so_do_functions_and_the_collection_itself() -> None:
    for name in aio.__all__:
        mine, theirs = getattr(aio, name), getattr(memcodec, name)
        if not inspect.isclass(mine):
            assert inspect.signature(mine) == inspect.signature(theirs)
    assert inspect.signature(aio.Collection) == inspect.signature(memcodec.Collection)
    functions = {name for name in memcodec.__all__ if inspect.isfunction(getattr(memcodec, name))}
    assert {"Memory", "Collection", *functions} - {"run"} == set(
        aio.__all__
    )  # runs have asyncio's tasks in them


# Work


def test_a_memory_is_written_and_read(tmp_path: Path) -> None:
    async def work() -> None:
        async with aio.create(tmp_path / "notes.mp4", settings=LEXICAL) as memory:
            name = await memory.add("A heron waits.\nIt waits.\n", uri="heron")
        assert memory.last_report is not None and memory.last_report.added == 1
        async with aio.open(tmp_path / "notes.mp4") as memory:
            found = await asyncio.gather(*(memory.search("heron", k=1) for _ in range(20)))
            assert {hit.document.id for results in found for hit in results} == {name}
            assert [each.uri async for each in memory] == ["heron"]
            assert [line async for line in memory.lines(name)] == ["A heron waits.", "It waits."]
            assert (await memory.count(), await memory.contains("heron"), memory.name) == (
                1,
                True,
                str(tmp_path / "notes.mp4"),
            )

    run(work)


def test_an_exception_drops_what_was_added(path: Path) -> None:
    async def work() -> None:
        with pytest.raises(ZeroDivisionError):
            async with aio.open(path) as memory:
                await memory.add("A swift.")
                raise ZeroDivisionError
        memory = await aio.open(path)
        assert await memory.count() == 3
        await memory.close()
        with pytest.raises(memcodec.Closed):
            await memory.count()
        assert not open_on(path)

    run(work)


def test_errors_and_wrong_arguments_are_those_of_the_blocking_face(path: Path) -> None:
    async def work() -> None:
        with pytest.raises(memcodec.StorageError):
            await aio.open(path.with_name("none.mp4"))
        with pytest.raises(TypeError, match="unexpected keyword argument 'tags'"):
            async with aio.open(path) as memory:
                await memory.search("heron", tags={"user": "ada"})  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="file is 3"):
            await aio.open(3)  # type: ignore[arg-type]
        with pytest.raises(memcodec.ConfigError, match="await it first"):
            assert aio.open(path).name

    run(work)


def test_files_are_one_collection_and_are_joined(path: Path, tmp_path: Path) -> None:
    async def work() -> None:
        async with aio.Collection(path) as collection:
            assert collection.names == [str(path)]
            assert {each.uri async for each in collection} == {f"heron/{number}" for number in range(3)}
        report = await aio.merge([path], tmp_path / "all.mp4")
        assert report.documents == 3

    run(work)


def test_what_others_commit_is_followed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PAUSE", 0.01)

    async def work() -> None:
        async with aio.Collection(path) as collection, aio.open(path) as memory:
            following = collection.follow("kestrel", mode="lexical")
            first = asyncio.ensure_future(anext(following))
            await asyncio.sleep(0.05)
            await memory.add("A kestrel.", uri="kestrel")
            await memory.commit()
            assert [hit.document.uri for hit in await first] == ["kestrel"]
            await following.aclose()  # type: ignore[attr-defined]

    run(work)
    assert not open_on(path)


# Cancelled


def test_a_search_that_is_cancelled_is_left_to_itself(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> object:
        begun.set()
        assert go.wait(PATIENCE)
        raise ValueError("nobody hears it")

    async def work() -> None:
        async with aio.open(path) as memory:
            monkeypatch.setattr(blocking_memory.Memory, "_searcher", slow)
            search = asyncio.ensure_future(memory.search("heron"))
            await asyncio.to_thread(begun.wait)
            search.cancel()
            with pytest.raises(asyncio.CancelledError):
                await search
            assert await memory.count() == 3
            go.set()

    run(work)
    until = time.monotonic() + PATIENCE
    while open_on(path) and time.monotonic() < until:  # the search goes on to its own end
        time.sleep(0.01)
    assert not open_on(path)


def test_a_commit_that_is_cancelled_has_ended_when_it_says_so(path: Path, gate: Gate) -> None:
    async def work() -> None:
        async with aio.open(path, progress=gate) as memory:
            await memory.add("A swift.", uri="swift")
            commit = asyncio.ensure_future(memory.commit())
            await asyncio.to_thread(gate.reached.wait)
            behind = asyncio.ensure_future(memory.rollback(1))
            for _ in range(3):
                await asyncio.sleep(0.01)
                commit.cancel()
                behind.cancel()
            assert not commit.done()
            gate.go.set()
            with pytest.raises(asyncio.CancelledError):
                await commit
            with pytest.raises(asyncio.CancelledError):
                await behind  # it never began
            assert await memory.contains("swift")

    run(work)


def test_a_with_that_is_cancelled_drops_what_was_added(path: Path) -> None:
    async def work() -> None:
        inside = asyncio.Event()

        async def add() -> None:
            async with aio.open(path) as memory:
                await memory.add("A swift.", uri="swift")
                inside.set()
                await asyncio.sleep(PATIENCE)

        task = asyncio.ensure_future(add())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with aio.open(path) as memory:
            assert not await memory.contains("swift")
            await memory.add("An owl.")  # nobody holds the lock

    run(work)


def test_opening_that_is_cancelled_leaves_nothing_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    read = readable.read_file

    def slow(*args: Any, **kwargs: Any) -> Any:
        begun.set()
        assert go.wait(PATIENCE)
        return read(*args, **kwargs)

    async def work() -> None:
        monkeypatch.setattr(readable, "read_file", slow)

        async def opened() -> None:
            async with aio.open(path):
                pass

        task = asyncio.ensure_future(opened())
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.sleep(0.01)
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work)
    assert not open_on(path)
