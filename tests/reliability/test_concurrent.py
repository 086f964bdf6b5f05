"""Writers and readers at once: writers take turns, readers are never held up and never see half a commit."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.errors import StorageError
from tests.reliability import actors
from tests.reliability.sealing import share
from tests.reliability.support import (
    PLAIN_AND_ONE_SEALED,
    add,
    append,
    contents,
    create,
    digest,
    forks,
    running,
    snapshot_of,
    text,
)

READERS = 10
FIRST = {"a.txt": text("anna"), "b.txt": text("berta")}
ONE = {"one-1.txt": text("one", 60), "one-2.txt": text("eine", 60), "b.txt": text("berta of one")}
TWO = {"two-1.txt": text("two", 60), "two-2.txt": text("zwei", 60)}
SLOW = 5.0  # seconds that no reader may take to open, list and search, however busy the machine


@pytest.fixture(scope="module", params=PLAIN_AND_ONE_SEALED)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("concurrent") / f"m.{request.param}", FIRST)


def hashes(*parts: dict[str, str]) -> frozenset[tuple[str, str]]:
    documents = {uri: content for part in parts for uri, content in part.items()}
    return frozenset((uri, digest(content.encode())) for uri, content in documents.items())


def started(stack: contextlib.ExitStack, target: Any, *args: object) -> Connection:
    """A process that runs ``target``, and our end of a pipe to it."""
    ours, theirs = forks().Pipe()
    stack.enter_context(running(forks().Process(target=target, args=(*args, theirs))))
    theirs.close()
    return stack.enter_context(contextlib.closing(ours))


def writer(stack: contextlib.ExitStack, path: Path, folder: Path, documents: dict[str, str]) -> Connection:
    for uri, content in documents.items():
        folder.mkdir(exist_ok=True)
        (folder / uri).write_text(content)
    words = ["append", str(path), str(folder), "--as", "all", "--json", "-q", "--wait", "60"]
    return started(stack, actors.slow_command, words)


def said(pipe: Connection) -> bytes:
    output = b""
    while piece := os.read(pipe.fileno(), 65536):
        output += piece
    return output


@pytest.mark.slow
def test_two_writers_and_ten_readers(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(shutil.copy(base, tmp_path))
    with contextlib.ExitStack() as stack:
        readers = [started(stack, actors.watch, path) for _ in range(share(path, READERS, 3))]
        for reader in readers:
            assert reader.recv() == "reading"
        writers = [
            writer(stack, path, tmp_path / "one", ONE),
            writer(stack, path, tmp_path / "two", TWO),
        ]
        commits = [json.loads(said(each))["commit"] for each in writers]
        for reader in readers:
            reader.send("enough")
        reports = [reader.recv() for reader in readers]
    assert sorted(commit["number"] for commit in commits) == [2, 3]
    assert {(commit["added"], commit["changed"]) for commit in commits} == {(2, 1), (2, 0)}

    earlier = ONE if commits[0]["number"] == 2 else TWO
    whole = [hashes(FIRST), hashes(FIRST, earlier), hashes(FIRST, ONE, TWO)]
    assert all(seen <= set(whole) for seen, _, _ in reports)
    assert all({whole[0], whole[-1]} <= seen for seen, _, _ in reports)
    slowest, opened = max(taken for _, taken, _ in reports), sum(count for _, _, count in reports)
    assert slowest < SLOW
    with memcodec.open(path) as memory:
        assert memory.verify(deep=True).ok
        assert contents(memory).items() == whole[-1]
    with capsys.disabled():
        print(f" [{path.name}: {opened} reads, slowest {slowest * 1000:.0f} ms]", end="")  # noqa: T201


def test_another_writer_is_told_who_writes(base: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(base, tmp_path))
    with contextlib.ExitStack() as stack:
        pid = started(stack, actors.hold, path).recv()
        began = time.monotonic()
        with pytest.raises(StorageError, match=f"PID {pid} .*is writing to it.*`wait`"):
            append(path, TWO)
        assert time.monotonic() - began < SLOW
        with pytest.raises(StorageError, match=f"PID {pid}"):
            append(path, TWO, wait=0.2)
        # Half a commit stands at the end by now; a reader does not care.
        assert {(uri, sha) for _, uri, sha in snapshot_of(path).documents} == hashes(FIRST)


def test_the_lock_of_a_killed_writer_is_free_at_once(base: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(base, tmp_path))
    with contextlib.ExitStack() as stack:
        started(stack, actors.hold, path).recv()
    with memcodec.open(path) as memory:
        add(memory, TWO)
        notes = memory.commit().notes
        assert [note.startswith("cut ") for note in notes] == [True], notes
    assert {(uri, sha) for _, uri, sha in snapshot_of(path).documents} == hashes(FIRST, TWO)


def test_a_reader_survives_that_a_torn_tail_is_cut_under_it(base: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(base, tmp_path))
    with path.open("ab") as file:
        file.write(os.urandom(3 << 20))
    with contextlib.ExitStack() as stack:
        reader = started(stack, actors.outlive, path)
        assert reader.recv() == "open"
        assert path.stat().st_size > 3 << 20
        append(path, TWO)
        assert path.stat().st_size < 1 << 20
        reader.send("go on")
        assert reader.poll(60)
        hits, read = reader.recv()
    assert len(hits) == len(FIRST)
    assert frozenset(read) == hashes(FIRST)
