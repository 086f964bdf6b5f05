"""One memory in the hands of many threads: what may be called at the same time, and what each call sees."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

import memcodec
from memcodec import Collection, Filter, Memory
from memcodec.errors import Closed, ConfigError, StorageError
from memcodec.ingest.item import Item, text_item
from memcodec.storage import RamFile
from memcodec.storage.contract import PlaceLike
from tests.support.memories import LEXICAL, create, uris

PATIENCE = 20.0  # seconds after which a call that should go on is taken to hang
FIRST = {"heron.md": "A grey heron waits.\n", "swift.md": "A swift.\n"}


class Gate:
    """A progress callback that holds a commit in the middle of its encode until it is opened."""

    def __init__(self) -> None:
        self.reached, self._go = threading.Event(), threading.Event()

    def __call__(self, phase: str, done: int, total: int) -> None:
        self.reached.set()
        assert self._go.wait(PATIENCE)

    def open(self) -> None:
        self._go.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


@pytest.fixture(params=["path", "ram"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> PlaceLike:
    place: PlaceLike = tmp_path / "m.mp4" if request.param == "path" else RamFile("m.mp4")
    with memcodec.create(place, settings=LEXICAL) as memory:
        for uri, text in FIRST.items():
            memory.add(text, uri=uri)
    return place


def opened(place: PlaceLike, gate: Gate) -> Memory:
    return memcodec.open(place, settings=LEXICAL, progress=gate)


def committing(pool: ThreadPoolExecutor, memory: Memory, gate: Gate) -> Future[memcodec.model.CommitReport]:
    """A commit under way, in the middle of its encode."""
    memory.add("The first kettle.", uri="first")
    commit = pool.submit(memory.commit)
    assert gate.reached.wait(PATIENCE)
    return commit


def held(place: PlaceLike) -> set[str]:
    with memcodec.open(place) as memory:
        return {document.uri for document in memory}


def test_what_is_added_during_an_encode_is_stored_by_the_next_commit(
    place: PlaceLike, pool: ThreadPoolExecutor, gate: Gate
) -> None:
    with opened(place, gate) as memory:
        commit = committing(pool, memory, gate)
        assert pool.submit(memory.add, "A second kettle.", uri="second").result(PATIENCE)
        gate.open()
        assert commit.result(PATIENCE).added == 1
        assert {document.uri for document in memory} == {*FIRST, "first"}
        assert memory.commit().added == 1
        assert not memory.commit()
    assert held(place) == {*FIRST, "first", "second"}


def test_nobody_who_reads_waits_for_an_encode(place: PlaceLike, pool: ThreadPoolExecutor, gate: Gate) -> None:
    with opened(place, gate) as memory:
        commit = committing(pool, memory, gate)
        for call in (
            lambda: [hit.document.uri for hit in memory.search("heron")],
            lambda: memory.read("swift.md"),
            lambda: list(memory),
            lambda: memory.refresh(),
            lambda: memory.info().documents,
            lambda: "first" in memory,
        ):
            before = pool.submit(call).result(PATIENCE)
        assert before is False  # what is not committed is not seen
        gate.open()
        commit.result(PATIENCE)
        assert "first" in memory and memory.search("kettle")


def test_commits_take_turns_and_each_returns_when_its_documents_are_stored(
    place: PlaceLike, pool: ThreadPoolExecutor
) -> None:
    memory = memcodec.open(place, settings=LEXICAL)

    def work(thread: int) -> None:
        for number in range(3):
            name = memory.add(f"Kettle {number} of {thread}.", uri=f"{thread}/{number}")
            memory.commit()
            assert name in memory and memory.search(f"kettle {number} of {thread}")

    for done in [pool.submit(work, thread) for thread in range(4)]:
        done.result(4 * PATIENCE)
    memory.close()
    assert held(place) == {*FIRST, *(f"{thread}/{number}" for thread in range(4) for number in range(3))}


def test_the_end_of_a_with_commits_whatever_add_took(place: PlaceLike, pool: ThreadPoolExecutor) -> None:
    taken: list[str] = []
    begun = threading.Barrier(5)

    def add(memory: Memory, thread: int) -> None:
        begun.wait(PATIENCE)
        for number in range(1000):
            try:
                memory.add(f"{thread} {number}", uri=f"{thread}/{number}")
            except Closed:
                return
            taken.append(f"{thread}/{number}")

    with memcodec.open(place, settings=LEXICAL) as memory:
        adding = [pool.submit(add, memory, thread) for thread in range(4)]
        begun.wait(PATIENCE)
    for done in adding:
        done.result(PATIENCE)
    assert held(place) == {*FIRST, *taken}


def test_closing_waits_for_a_write_and_lets_readers_end(
    place: PlaceLike, pool: ThreadPoolExecutor, gate: Gate
) -> None:
    memory = opened(place, gate)
    commit = committing(pool, memory, gate)
    memory.add("dropped", uri="dropped")
    closing = pool.submit(memory.close)
    with pytest.raises(Closed):
        while True:
            memory.search("heron")
    assert not closing.done()
    gate.open()
    assert commit.result(PATIENCE).added == 1
    with pytest.raises(ResourceWarning, match="1 document was added and never committed"):
        closing.result(PATIENCE)
    assert held(place) == {*FIRST, "first"}


def test_what_is_read_stays_open_until_it_is_read(place: PlaceLike) -> None:
    with memcodec.open(place, settings=LEXICAL) as memory:
        documents, lines = iter(memory), memory.lines("heron.md")
        next(documents)
        memory.forget(Filter(documents="heron.md"))
        assert [document.uri for document in documents] == ["swift.md"]
        assert list(lines) == ["A grey heron waits."]
        assert len(memory) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda memory: memory.forget(Filter(documents="heron.md")),
        lambda memory: memory.tag(Filter(documents="heron.md"), tags={"a": "b"}),
        lambda memory: memory.rollback(1),
    ],
    ids=["forget", "tag", "rollback"],
)
def test_another_write_leaves_what_is_pending(place: PlaceLike, change: Callable[[Memory], object]) -> None:
    with memcodec.open(place, settings=LEXICAL) as memory:
        memory.add("A kettle.", uri="kettle")
        change(memory)
        with pytest.raises(ConfigError, match="commit what was added before compacting"):
            memory.compact()
        assert memory.commit().added == 1
        assert "kettle" in memory


def test_a_commit_that_fails_keeps_what_was_pending_in_its_order(
    place: PlaceLike, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("no room")

    with memcodec.open(place, settings=LEXICAL) as memory:
        for uri in ("one", "two"):
            memory.add(uri, uri=uri)
        with monkeypatch.context() as patch:
            patch.setattr("memcodec.file.writer.Writer.add", full)
            with pytest.raises(StorageError, match="no room"):
                memory.commit()
        memory.add("three", uri="three")
        memory.commit()
        assert [document.uri for document in memory][2:] == ["one", "two", "three"]


def test_of_a_loader_that_fails_nothing_is_added(place: PlaceLike) -> None:
    def items() -> Iterator[Item]:
        yield text_item("one", uri="one")
        raise StorageError("gone")

    with memcodec.open(place, settings=LEXICAL) as memory:
        with pytest.raises(StorageError, match="gone"):
            memory.add_items(items())
        assert not memory.commit()


def test_a_new_file_in_many_hands(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    path = tmp_path / "new.flac"
    with memcodec.create(path, settings=LEXICAL) as memory:
        for done in [pool.submit(memory.add, f"Kettle {n}", uri=f"{n}") for n in range(40)]:
            done.result(PATIENCE)
        for done in [pool.submit(memory.commit) for _ in range(4)]:
            done.result(PATIENCE)
        assert len(memory) == 40
    assert sorted(uris(path)) == sorted(map(str, range(40)))


def test_readers_of_a_collection_see_whole_states(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    path = create(tmp_path / "m.mp4", FIRST)
    stop = threading.Event()

    def read() -> int:
        most = 0
        while not stop.is_set():
            count = len(collection.documents())
            assert count == len(FIRST) or (count - len(FIRST)) % 2 == 0
            assert count >= most
            most = count
            assert collection.search("heron")
        return most

    with Collection(path, settings=LEXICAL) as collection:
        reading = [pool.submit(read) for _ in range(3)]
        for number in range(4):
            collection.add_items([text_item(f"{number}{n}", uri=f"{number}{n}") for n in range(2)])
        stop.set()
        for done in reading:
            done.result(PATIENCE)
        assert len(collection) == len(FIRST) + 8
    with pytest.raises(Closed):
        collection.search("heron")


@pytest.mark.parametrize(
    "call",
    [Memory.commit, Memory.compact, Memory.close, lambda memory: memory.forget(Filter(path="*"))],
    ids=["commit", "compact", "close", "forget"],
)
def test_a_write_within_a_write_is_refused(place: PlaceLike, call: Callable[[Memory], object]) -> None:
    refused: list[str] = []

    def progress(phase: str, done: int, total: int) -> None:
        if not refused:
            memory.add("within", uri="within")
            with pytest.raises(ConfigError, match="by this very call") as error:
                call(memory)
            refused.append(str(error.value))

    memory = memcodec.open(place, settings=LEXICAL, progress=progress)
    memory.add("first", uri="first")
    assert memory.commit().added == 1 and refused
    with pytest.warns(ResourceWarning, match="1 document was added and never committed"):
        memory.close()
    assert held(place) == {*FIRST, "first"}
