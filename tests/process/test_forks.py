"""A memory across processes: in a child of a fork, and pickled to another. Nobody writes with another's lock."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from memcodec import Collection, Memory
from memcodec.errors import Closed, ConfigError, MemcodecError, StorageError
from memcodec.storage import RamFile
from memcodec.storage.bucket import store
from memcodec.storage.remote.diskcache import DiskCache
from tests.support.memories import LEXICAL, create, uris
from tests.support.servers import web_server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork(2) here")

FIRST = {"heron.md": "A grey heron waits.\n", "swift.md": "A swift.\n"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create(tmp_path / "m.mp4", FIRST)


def child(work: Callable[[], object]) -> str:
    """What ``work`` returns in a child of a fork, as text; of an error its kind and its line."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            said = str(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(theirs, said.encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(pid, 0)
    return said


def add(memory: Memory, uri: str) -> bool:
    memory.add(uri, uri=uri)
    return bool(memory.commit())


def test_a_child_reads_the_file_anew(path: Path) -> None:
    with memcodec.open(path, settings=LEXICAL) as memory:
        assert memory.search("heron")  # its threads and its searcher are the parent's
        with memcodec.open(path, settings=LEXICAL) as other:
            add(other, "third")
        assert child(lambda: (len(memory), len(memory.search("third")))) == "(3, 1)"
        assert len(memory) == 2


def test_a_child_writes_with_a_lock_of_its_own(path: Path) -> None:
    with memcodec.open(path, settings=LEXICAL) as memory:
        assert len(memory) == 2
        assert child(lambda: add(memory, "child")) == "True"
        assert add(memory, "parent")
    assert uris(path) == [*FIRST, "child", "parent"]


@pytest.mark.parametrize(
    "call",
    [
        lambda memory: memory.commit(),
        lambda memory: memory.add("x"),
        lambda memory: memory.search("heron"),
        lambda memory: len(memory),
    ],
    ids=["commit", "add", "search", "len"],
)
def test_what_is_being_written_stays_its_parents(call: Callable[[Memory], object], path: Path) -> None:
    with memcodec.open(path, settings=LEXICAL) as memory:
        memory.add("pending", uri="pending")
        before = path.read_bytes()
        assert child(lambda: call(memory)).startswith(f"Closed: {path}: this memory was being written when")
        assert child(memory.close) == "None"
        assert path.read_bytes() == before
        assert memory.commit().added == 1
    assert uris(path) == [*FIRST, "pending"]


def test_a_new_file_is_its_parents_and_a_child_that_ends_leaves_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.mp4"

    def leave() -> str:
        with memory:
            return "entered"

    with memcodec.create(path, settings=LEXICAL) as memory:
        memory.add("x", uri="x")
        assert child(leave).startswith("Closed")
        assert child(lambda: memory.__exit__(None, None, None)) == "None"
    assert uris(path) == ["x"]
    assert [each.name for each in tmp_path.iterdir()] == ["new.mp4"]


def test_a_child_that_lives_on_does_not_hold_the_lock(path: Path) -> None:
    ours, theirs = os.pipe()
    with memcodec.open(path, settings=LEXICAL) as memory:
        memory.add("pending", uri="pending")
        pid = os.fork()
        if not pid:
            os.close(theirs)
            os.read(ours, 1)
            os._exit(0)
        memory.commit()
    try:
        with memcodec.open(path, settings=LEXICAL) as memory:
            assert add(memory, "next")
    finally:
        os.close(ours)
        os.close(theirs)
        os.waitpid(pid, 0)


def test_a_child_that_is_forked_in_a_commit_writes_nothing(path: Path) -> None:
    said: list[str] = []

    def progress(phase: str, done: int, total: int) -> None:
        if not said:
            said.append(child(lambda: memory.add("child")))
            said.append(child(lambda: add(memcodec.open(path, settings=LEXICAL), "x")))

    with memcodec.open(path, settings=LEXICAL, progress=progress) as memory:
        memory.add("parent", uri="parent")
    assert said[0].startswith("Closed")
    assert said[1].startswith("StorageError") and f"PID {os.getpid()}" in said[1]
    assert uris(path) == [*FIRST, "parent"]


def test_locks_that_other_threads_hold_hold_no_child_up(path: Path, tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache", 1 << 20)
    cache.put("key", 0, b"abc")
    ram = RamFile()
    with memcodec.create(ram, settings=LEXICAL) as memory:
        memory.add("x", uri="x")
    collection, memory = Collection(path, settings=LEXICAL), memcodec.open(path, settings=LEXICAL)
    held, end = threading.Event(), threading.Event()
    handle = memory._handle

    def hold() -> None:
        with handle._turn, handle._opening, handle._lock, collection._files._lock, cache._lock, ram._lock:
            held.set()
            end.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(60)
    try:
        assert child(lambda: (len(memory), add(memory, "a"))) == "(2, True)"
        assert child(lambda: (len(collection), len(collection.search("heron")))) == "(3, 1)"
        assert child(lambda: cache.get("key", 0, 3)) == "b'abc'"
        assert child(lambda: add(memcodec.open(ram, settings=LEXICAL), "y")) == "True"
    finally:
        end.set()
        thread.join()
    with memcodec.open(ram) as memory:
        assert [document.uri for document in memory] == ["x"]


def test_a_file_object_is_refused_in_a_child(path: Path) -> None:
    with path.open("r+b") as file, memcodec.open(file, settings=LEXICAL) as memory:
        said = child(lambda: len(memory))
        assert said.startswith("StorageError") and "open the file again here" in said
        assert len(memory) == 2 and memory.read("heron.md") == FIRST["heron.md"]


# Pickled


def test_a_memory_goes_to_another_process(path: Path) -> None:
    with memcodec.open(path, settings=LEXICAL, as_of=1, wait=3.0) as memory:
        with pickle.loads(pickle.dumps(memory)) as copy:
            assert [document.uri for document in copy] == list(FIRST)
            assert (copy.as_of, copy._wait, copy._settings) == (1, 3.0, LEXICAL)
        with pytest.raises(Closed):
            len(copy)
        assert len(memory) == 2
    with pytest.raises(Closed):
        pickle.dumps(memory)


def test_a_collection_goes_to_another_process(path: Path) -> None:
    with Collection(path) as collection, pickle.loads(pickle.dumps(collection)) as copy:
        assert (copy.names, len(copy)) == (collection.names, 2)


def test_what_cannot_go_says_so(path: Path) -> None:
    with memcodec.open(path, settings=LEXICAL) as memory:
        memory.add("x")
        with pytest.raises(ConfigError, match="is being written; commit and close it"):
            pickle.dumps(memory)
    with memcodec.open(io.BytesIO(path.read_bytes())) as memory:
        with pytest.raises(ConfigError, match="is a file object of this process"):
            pickle.dumps(memory)
        memory.save(ram := RamFile())
    with memcodec.open(ram) as memory, pytest.raises(ConfigError, match="exists in this process only"):
        pickle.dumps(memory)


def test_bytes_go_along(path: Path) -> None:
    with memcodec.open(path.read_bytes()) as memory, pickle.loads(pickle.dumps(memory)) as copy:
        assert [document.uri for document in copy] == list(FIRST)


def work(memory: Memory, uri: str) -> tuple[int, str]:
    """In a process of a pool."""
    try:
        found = len(memory.search("heron"))
        add(memory, uri)
    except MemcodecError as error:
        return -1, str(error)
    finally:
        memory.close()
    return found, uri


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_of_a_pool_read_and_add(method: str, path: Path) -> None:
    read_and_add(method, path)


@pytest.mark.slow
def test_processes_of_a_fork_server_read_and_add(path: Path) -> None:
    """In a process of its own: a fork server lives on, and gives its environment to what is forked from it later."""
    code = (
        "import sys; from tests.process import test_forks; test_forks.read_and_add('forkserver', sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=120)


def read_and_add(method: str, path: Path | str) -> None:
    """Each process of a pool searches a memory, and adds to it."""
    context = multiprocessing.get_context(method)
    with memcodec.open(path, settings=LEXICAL, wait=60.0) as memory, context.Pool(2) as pool:
        done = pool.starmap(work, [(memory, str(number)) for number in range(3)])
        assert sorted(done) == [(1, "0"), (1, "1"), (1, "2")]
        assert memory.refresh() and len(memory) == 5
    assert sorted(uris(path)) == ["0", "1", "2", *FIRST]


def test_a_lock_is_no_longer_held_by_a_process_that_refused(path: Path) -> None:
    with memcodec.open(path, settings=LEXICAL) as memory:
        memory.add("x", uri="x")
        with pytest.raises(StorageError, match="is writing to it"):
            add(memcodec.open(path, settings=LEXICAL), "y")
        memory.commit()
        assert child(lambda: add(memory, "z")) == "True"


def test_a_child_reads_from_afar_with_connections_of_its_own(path: Path, tmp_path: Path) -> None:
    with web_server(tmp_path / "home") as server:
        shutil.copy(path, server.folder / "m.mp4")
        with memcodec.open(server.url("m.mp4")) as memory:
            assert memory.search("heron")
            for _ in range(2):
                assert child(lambda: len(memory.search("heron"))) == "1"
                assert memory.read("heron.md") == FIRST["heron.md"] and not memory.refresh()
            copy = pickle.loads(pickle.dumps(memory))
            assert len(copy) == 2
            copy.close()


def test_a_client_whose_threads_stay_behind_is_refused_in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store._RUNTIME, "_is_used", True)
    assert child(lambda: memcodec.open("gs://bucket/m.mp4")) == (
        "StorageError: gs://bucket/m.mp4: the client of object stores does not outlive a fork; start processes by spawn"
    )
