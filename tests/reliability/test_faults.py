"""Every write, sync and cut fails in turn: the file is what it was, one clear line is said, and work goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.errors import Damaged, MemcodecError, StorageError
from memcodec.model import Document
from memcodec.upkeep.repair import repair
from tests.cli.support import program
from tests.reliability import actors
from tests.reliability.sealing import share
from tests.reliability.support import (
    PLAIN_AND_SEALED,
    Snapshot,
    add,
    append,
    as_bytes,
    contents,
    create,
    digest,
    forks,
    is_root,
    mounted,
    new,
    running,
    snapshot_of,
    text,
)

pytestmark = pytest.mark.slow

CALLS = ("pwrite", "fsync", "ftruncate")
OLD = {"a.txt": text("anna"), "b.txt": text("berta")}
NEW = {"b.txt": text("berta and bert"), "c.txt": text("clara", 400)}
NEXT = {"d.txt": text("dora")}


@dataclass
class Faults:
    """Stands in for the operating system's calls; the ``fail``-th of them fails, and all after it if ``stuck``."""

    fail: int | None = None
    error: int = errno.EIO
    stuck: bool = False
    short: bool = False
    calls: list[str] = field(default_factory=list)

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in CALLS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Any) -> Any:
        def call(fd: int, *args: Any) -> Any:
            number, self.calls = len(self.calls), [*self.calls, name]
            if self.fail is not None and (number == self.fail or (self.stuck and number > self.fail)):
                if name == "pwrite" and self.short:
                    real(fd, args[0][: len(args[0]) // 2], args[1])  # a full disk often takes a part
                raise OSError(self.error, os.strerror(self.error))
            return real(fd, *args)

        return call


@pytest.fixture(scope="module", params=PLAIN_AND_SEALED)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("faults") / f"m.{request.param}", OLD, steady=True)


def calls_of(path: Path) -> list[str]:
    """What an append of NEW asks of the operating system."""
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults()
        faults.patch(patch)
        append(path, NEW)
    return faults.calls


def one_line(error: MemcodecError) -> str:
    words = str(error)
    assert "\n" not in words
    assert len(words) < 300
    return words


FAULTS = [
    pytest.param(error, stuck, short, id=f"{errno.errorcode[error]}{' for good' * stuck}{' in part' * short}")
    for error in (errno.ENOSPC, errno.EIO)
    for stuck in (False, True)
    for short in (False, True)
]


@pytest.mark.parametrize(("error", "stuck", "short"), FAULTS)
def test_each_call_of_an_append_fails(
    base: Path, tmp_path: Path, error: int, stuck: bool, short: bool
) -> None:
    path = Path(shutil.copy(base, tmp_path))
    before = snapshot_of(path)
    calls = calls_of(path)
    after = snapshot_of(path)
    record = max(place for place, name in enumerate(calls) if name == "fsync")
    assert calls.count("fsync") == 2
    assert calls.count("pwrite") >= 4
    for fail in range(0, len(calls), share(base, 1, 3)):
        path = Path(shutil.copy(base, tmp_path))
        told = failing(path, Faults(fail, error, stuck, short))
        assert os.strerror(error) in told, fail
        found = snapshot_of(path)
        if fail < record:
            assert found == before, fail
            if not stuck:  # the cut that undoes the rest works
                assert as_bytes(path) == as_bytes(base), fail
        else:
            assert without_ids(found) == without_ids(after), fail
            assert "the commit is in the file" in told
        append(path, NEW | NEXT)
        assert {uri: sha for _, uri, sha in snapshot_of(path).documents} == hashes(OLD | NEW | NEXT)


def failing(path: Path, faults: Faults) -> str:
    """An append that fails; what it says."""
    with pytest.MonkeyPatch.context() as patch:
        faults.patch(patch)
        with pytest.raises(StorageError) as caught:
            append(path, NEW)
    return one_line(caught.value)


def without_ids(state: Snapshot) -> list[tuple[str, str]]:
    """Ids are made of random numbers: two appends of the same documents give different ones."""
    return [(uri, sha256) for _, uri, sha256 in state.documents]


def hashes(documents: dict[str, str]) -> dict[str, str]:
    return {uri: digest(content.encode()) for uri, content in documents.items()}


def test_the_same_writer_goes_on_after_a_failure(base: Path, tmp_path: Path) -> None:
    """What was pending stays pending: another commit, once there is room, stores it."""
    path = Path(shutil.copy(base, tmp_path))
    count = len(calls_of(path))
    for fail in range(0, count, share(base, 1, 2)):
        path = Path(shutil.copy(base, tmp_path))
        with memcodec.open(path) as memory:
            add(memory, NEW)
            with pytest.MonkeyPatch.context() as patch, pytest.raises(StorageError):
                Faults(fail, errno.ENOSPC).patch(patch)
                memory.commit()
            add(memory, NEXT)
            memory.commit()
            assert memory.verify(deep=True).ok, fail
        with memcodec.open(path) as memory:
            assert contents(memory) == hashes(OLD | NEW | NEXT), fail


def test_a_second_commit_of_the_same_writer_fails(base: Path, tmp_path: Path) -> None:
    for fail in range(len(calls_of(Path(shutil.copy(base, tmp_path))))):
        path = tmp_path / f"{fail}{base.suffix}"
        with new(path, base, steady=True) as memory:
            add(memory, OLD)
            memory.commit()
            before = as_bytes(path)
            add(memory, NEW)
            with pytest.MonkeyPatch.context() as patch, pytest.raises(StorageError) as caught:
                Faults(fail, errno.ENOSPC).patch(patch)
                memory.commit()
            assert as_bytes(path) == before or "the commit is in the file" in one_line(caught.value), fail
            add(memory, NEXT)
            memory.commit()
        with memcodec.open(path) as memory:
            assert contents(memory) == hashes(OLD | NEW | NEXT), fail
            assert memory.verify(deep=True).ok


def test_a_create_that_fails_leaves_nothing_and_can_be_tried_again(base: Path, tmp_path: Path) -> None:
    path = tmp_path / base.name
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults()
        faults.patch(patch)
        create(path, NEW, steady=True)
    for fail in range(len(faults.calls)):
        path.unlink()
        with new(path, steady=True) as memory:
            add(memory, NEW)
            with pytest.MonkeyPatch.context() as patch, pytest.raises(StorageError) as caught:
                Faults(fail, errno.ENOSPC).patch(patch)
                memory.commit()
            assert "No space left" in one_line(caught.value)
            assert os.listdir(tmp_path) in ([], [path.name] if fail == len(faults.calls) - 1 else []), fail
            memory.commit()
        with memcodec.open(path) as memory:
            assert contents(memory) == hashes(NEW), fail
            assert memory.verify(deep=True).ok
        assert os.listdir(tmp_path) == [path.name]


def test_writes_that_are_taken_in_part_are_gone_on_with(base: Path, tmp_path: Path) -> None:
    path, real = Path(shutil.copy(base, tmp_path)), os.pwrite
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pwrite", lambda fd, data, offset: real(fd, data[:1000], offset))
        append(path, NEW)
    with memcodec.open(path) as memory:
        assert memory.verify(deep=True).ok
        assert contents(memory) == hashes(OLD | NEW)


def test_a_limit_of_the_files_size(base: Path, tmp_path: Path) -> None:
    """The operating system's own refusal, in a process of its own."""
    path = Path(shutil.copy(base, tmp_path))
    before = snapshot_of(path)
    calls_of(path)
    old, new = base.stat().st_size, path.stat().st_size
    for limit in (old, old + 1, (old + new) // 2, new - 200):
        shutil.copy(base, path)
        context = forks()
        ours, theirs = context.Pipe(duplex=False)
        work = context.Process(target=actors.fill, args=(path, limit, NEW, theirs))
        with running(work):
            assert ours.poll(60)
            told = ours.recv()
        assert "File too large" in told
        assert "\n" not in told
        assert as_bytes(path) == as_bytes(base)
        assert snapshot_of(path) == before
    append(path, NEXT)
    assert {uri for _, uri, _ in snapshot_of(path).documents} == (OLD | NEXT).keys()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "256k") as folder:
        yield folder


def test_a_full_disk(base: Path, small_disk: Path) -> None:
    path = Path(shutil.copy(base, small_disk))
    before = snapshot_of(path)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(4096))
    with ballast.open("ab", buffering=0) as file:
        while os.statvfs(small_disk).f_bavail > 0:
            file.write(bytes(4096))
    with pytest.raises(StorageError, match="No space left on device"):
        append(path, NEW)
    assert as_bytes(path) == as_bytes(base)
    assert snapshot_of(path) == before
    with pytest.raises(StorageError, match="No space left on device"):
        create(path.with_stem("another"), NEW)
    assert sorted(os.listdir(small_disk)) == ["ballast", path.name]
    ballast.unlink()
    append(path, NEXT)
    assert {uri for _, uri, _ in snapshot_of(path).documents} == (OLD | NEXT).keys()


def bound(*words: object) -> subprocess.CompletedProcess[str]:
    """A command in a process that permissions bind, root's too."""
    prefix = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if is_root() else []
    return subprocess.run(
        [*prefix, *program(*words)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def locked_folder(base: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(base, folder)
        (folder / "new.txt").write_text(text("dora"))
        yield folder
        folder.chmod(0o700)


def test_a_read_only_file_is_read_and_not_written(base: Path, locked_folder: Path) -> None:
    path = locked_folder / base.name
    path.chmod(0o444)
    done = bound("append", path, locked_folder / "new.txt")
    assert done.returncode == 11
    assert done.stderr.count("\n") == 1
    assert "Permission denied" in done.stderr
    assert path.read_bytes() == base.read_bytes()
    assert bound("search", "heron", path).returncode == 0


def test_a_read_only_folder_takes_no_new_file_but_an_append(base: Path, locked_folder: Path) -> None:
    """Nothing is ever written beside the file."""
    path = locked_folder / base.name
    locked_folder.chmod(0o500)
    refused = bound(
        "encode", locked_folder / "new.txt", "-o", locked_folder / f"n{base.suffix}", "--model", "none"
    )
    assert refused.returncode == 11
    assert "Permission denied" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert sorted(os.listdir(locked_folder)) == [base.name, "new.txt"]
    done = bound("append", path, locked_folder / "new.txt", "-q")
    assert done.returncode == 0, done.stderr
    assert len(snapshot_of(path).documents) == len(OLD) + 1


@pytest.mark.parametrize("medium", PLAIN_AND_SEALED)
@pytest.mark.parametrize("back", [1, 3, 30, 70, 200])
def test_a_damaged_newest_commit_is_not_taken_for_a_torn_one(medium: str, back: int, tmp_path: Path) -> None:
    path = tmp_path / f"m.{medium}"
    with new(path) as memory:
        memory.add("one", uri="1.txt")
    with memcodec.open(path) as memory:
        memory.add("two", uri="2.txt")
    data = bytearray(path.read_bytes())
    data[-back] ^= 1
    path.write_bytes(data)
    with memcodec.open(path) as memory:
        if memory.reader.record.commit == 2:
            assert medium.endswith("flac")  # a frame's own checksum is not needed
            return
        assert [document.uri for document in memory.documents()] == ["1.txt"]
        with pytest.raises(Damaged, match="newest commit is damaged"):
            memory.add("three", uri="3.txt")
    assert path.read_bytes() == data
    assert {item.uri for item in saved(path, tmp_path)} == {"1.txt", "2.txt"}


def saved(path: Path, folder: Path) -> list[Document]:
    """What repair makes of a file."""
    repair(path, folder / f"out{path.suffix}")
    with memcodec.open(folder / f"out{path.suffix}") as memory:
        return list(memory.documents())
