"""One file, indexed in the foreground: complete whatever happens to it meanwhile."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.errors import Damaged, ModelError, NotAMemoryFile, StorageError
from memcodec.file.reader import read_file
from memcodec.jobs import Options
from memcodec.jobs.pool import Here, Poisoned, Pool
from memcodec.jobs.work import Gone, Stopped, index, index_now
from memcodec.upkeep import index as indexing
from tests.cli.support import damaged
from tests.jobs import actors
from tests.jobs.support import CHUNKS, Silent, assert_complete, assert_right
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]  # a fixture

BATCHES = Options(batch=10, every=0.0)


class When(Silent):
    """Does something once, after the first batch or before the first commit."""

    def __init__(
        self, batch: Callable[[], object] | None = None, commit: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self._batch, self._commit = batch, commit

    def went_on(self, done: int, total: int) -> None:
        super().went_on(done, total)
        work, self._batch = self._batch, None
        if work is not None:
            work()

    def committing(self) -> contextlib.AbstractContextManager[None]:
        work, self._commit = self._commit, None
        if work is not None:
            work()
        return super().committing()


def commits(path: Path) -> list[str]:
    with memcodec.open(path) as memory:
        return [commit.kind for commit in memory.log()]


def add(path: Path, seed: int = 900) -> None:
    with memcodec.open(path) as memory:
        memory.add(prose(seed, 400), uri=f"{seed}.md")


def chunks(path: Path) -> int:
    with memcodec.open(path) as memory:
        return memory.reader.chunks


def test_every_chunk_gets_its_vector(file: Path, model: str) -> None:
    watch = Silent()
    assert index_now(file, None, False, BATCHES, watch) == CHUNKS
    assert_complete(file)
    assert watch.beginnings == [(0, CHUNKS)]
    assert watch.steps[-1] == (CHUNKS, CHUNKS)
    assert watch.steps == sorted(watch.steps)
    with memcodec.open(file) as memory:
        assert memory.info().model == model
    before = file.read_bytes()
    assert index_now(file, None, False, BATCHES, watch) == 0
    assert file.read_bytes() == before


@pytest.mark.slow
def test_processes_do_the_same(file: Path) -> None:
    assert index_now(file, None, False, Options(workers=2, batch=20), Silent()) == CHUNKS
    assert_complete(file)


def test_vectors_are_committed_as_they_are_made(file: Path) -> None:
    index_now(file, None, False, BATCHES, Silent())
    assert commits(file).count("index") > 3
    with memcodec.open(file, as_of=2) as memory:
        covered, total = indexing.coverage(memory.reader)
        assert 0 < covered < total == CHUNKS
        hits = memory.search("the patient heron", 60, mode="hybrid")
        assert len({hit.chunk for hit in hits}) == len(hits)


def test_not_sooner_than_asked_for(file: Path) -> None:
    index_now(file, None, False, Options(batch=10, every=1000.0), Silent())
    assert commits(file).count("index") == 1


@pytest.mark.slow
def test_a_run_that_ended_early_is_gone_on_with(file: Path, tmp_path: Path) -> None:
    """Batches that were finished are not embedded again, whether they are in the file or not."""

    class Early(Silent):
        def went_on(self, done: int, total: int) -> None:
            if done >= 40:
                raise Stopped

    def start(watch: Silent) -> int:
        pool = Pool(Here())
        try:
            return index(file, None, False, tmp_path / "spool", pool, Options(batch=10, every=1000.0), watch)
        finally:
            pool.close()

    with pytest.raises(Stopped):
        start(Early())
    assert len(list((tmp_path / "spool").iterdir())) == 4
    watch = Silent()
    assert start(watch) == CHUNKS
    assert watch.beginnings == [(40, CHUNKS)]
    assert len(watch.steps) == 5 + 1  # of 42 chunks, and the end
    assert_complete(file)
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.slow
def test_an_interrupt_keeps_what_was_made(file: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_now(file, None, False, Options(batch=30, every=1000.0), When(batch=interrupt))
    with memcodec.open(file) as memory:
        assert indexing.coverage(memory.reader) == (30, CHUNKS)
    assert index_now(file, None, False, Options(), Silent()) == CHUNKS - 30
    assert_complete(file)


@pytest.mark.slow
def test_append_while_indexing(file: Path) -> None:
    index_now(file, None, False, BATCHES, When(batch=lambda: add(file)))
    assert chunks(file) > CHUNKS
    assert_complete(file, chunks(file))


@pytest.mark.slow
def test_append_between_the_last_batch_and_its_commit(file: Path) -> None:
    index_now(file, None, False, Options(), When(commit=lambda: add(file)))
    assert chunks(file) > CHUNKS
    assert_complete(file, chunks(file))


@pytest.mark.slow
def test_two_at_once_make_no_chunk_twice(file: Path) -> None:
    index_now(
        file, None, False, BATCHES, When(batch=lambda: index_now(file, None, False, Options(), Silent()))
    )
    assert_complete(file)


@pytest.mark.slow
def test_chunks_that_another_has_made_meanwhile_are_left_out(file: Path, model: str) -> None:
    """Whatever its batches were."""

    def other() -> None:
        with contextlib.closing(read_file(file)) as reader:
            (gap,) = indexing.missing(reader)
        part = replace(gap, first=gap.first + 17, chunks=5)
        vectors = indexing.embed_batch(file, [part], model)
        assert indexing.commit_vectors(file, [(part, vectors)], model=model, precision="int8") == 5

    watch = When(batch=other)
    assert index_now(file, None, False, Options(batch=10, every=1000.0), watch) == CHUNKS - 5
    assert len(watch.beginnings) == 1
    assert_complete(file)


@pytest.mark.slow
def test_compaction_while_indexing(file: Path) -> None:
    def compact() -> None:
        with memcodec.open(file) as memory:
            memory.forget(memcodec.Filter(path="3.md"))
        with memcodec.open(file) as memory:
            memory.compact()

    watch = When(batch=compact)
    index_now(file, None, False, Options(batch=10, every=1000.0), watch)
    assert 0 < chunks(file) < CHUNKS
    assert_complete(file, chunks(file))


@pytest.mark.slow
def test_forgotten_documents_are_no_hindrance(file: Path) -> None:
    with memcodec.open(file) as memory:
        memory.forget(memcodec.Filter(path="3.md"))
    index_now(file, None, False, BATCHES, Silent())
    with memcodec.open(file) as memory:
        assert indexing.missing(memory.reader) == []
        assert all(
            hit.document.uri != "3.md" for hit in memory.search("heron", CHUNKS, mode="semantic", min_score=0)
        )
        assert memory.verify(deep=True).ok


@pytest.mark.slow
def test_another_writer_is_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.jobs.work._PATIENCE", 0.1)
    memory = memcodec.open(file)
    memory.add_items([])  # it has the lock from now on
    timer = threading.Timer(2.5, memory.close)
    timer.start()
    watch, began = Silent(), time.monotonic()
    index_now(file, None, False, Options(), watch)
    timer.join()
    assert time.monotonic() - began > 2.4
    assert any("waiting: " in note and f"PID {os.getpid()}" in note for note in watch.notes)
    assert_complete(file)


@pytest.mark.slow
def test_rebuild(file: Path, model: str) -> None:
    index_now(file, None, False, Options(), Silent())
    watch = Silent()
    assert index_now(file, None, True, Options(batch=20), watch) == CHUNKS
    assert watch.notes == [f"committed the vectors of {CHUNKS} chunks", f"rebuilt with {model}"]
    assert watch.beginnings == [(0, CHUNKS)]
    assert_complete(file)


@pytest.fixture
def indexed(file: Path) -> Path:
    """A file whose chunks all have vectors."""
    index_now(file, None, False, Options(), Silent())
    return file


def assert_always_covered(path: Path) -> None:
    """In no state but those before its first vectors does a chunk lack one."""
    with memcodec.open(path) as memory:
        numbers = [commit.number for commit in memory.log()]
    states = []
    for number in numbers:
        with memcodec.open(path, as_of=number) as memory:
            states.append(indexing.coverage(memory.reader))
    first = next(place for place, (covered, _) in enumerate(states) if covered)
    assert all(covered == chunks for covered, chunks in states[first:])


@pytest.mark.slow
def test_a_rebuild_is_one_commit(indexed: Path) -> None:
    before = commits(indexed)
    index_now(indexed, None, True, BATCHES, Silent())
    assert commits(indexed) == [*before, "index"]
    assert_always_covered(indexed)
    assert_complete(indexed)


@pytest.mark.slow
def test_a_rebuild_with_another_model(
    indexed: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_embedder", lambda name: embedder)
    monkeypatch.setattr(embedder, "embed", lambda texts, **_: Embedder.embed(embedder, texts), raising=False)
    index_now(indexed, "words", True, BATCHES, Silent())
    with memcodec.open(indexed) as memory:
        assert memory.info().model == embedder.model
    assert_always_covered(indexed)


@pytest.mark.slow
def test_a_rebuild_that_is_interrupted_leaves_the_old_vectors(indexed: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before = indexed.read_bytes()
    for when in (When(batch=interrupt), When(commit=interrupt)):
        with pytest.raises(KeyboardInterrupt):
            index_now(indexed, None, True, BATCHES, when)
        assert indexed.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["batch", "commit"])
def test_what_is_appended_during_a_rebuild_is_rebuilt_too(indexed: Path, moment: str) -> None:
    index_now(indexed, None, True, BATCHES, When(**{moment: lambda: add(indexed)}))
    assert chunks(indexed) > CHUNKS
    assert_complete(indexed, chunks(indexed))
    assert commits(indexed)[-2:] == ["add", "index"]


@pytest.mark.slow
def test_compaction_during_a_rebuild(indexed: Path) -> None:
    def compact() -> None:
        with memcodec.open(indexed) as memory:
            memory.forget(memcodec.Filter(path="3.md"))
        with memcodec.open(indexed) as memory:
            memory.compact()

    index_now(indexed, None, True, BATCHES, When(batch=compact))
    assert 0 < chunks(indexed) < CHUNKS
    assert_complete(indexed, chunks(indexed))


@pytest.mark.slow
def test_a_rebuild_that_is_killed_at_any_sync_leaves_vectors_for_every_chunk(
    indexed: Path, tmp_path: Path
) -> None:
    context, ended, number = multiprocessing.get_context("spawn"), False, 0
    while not ended:
        path, number = Path(shutil.copy(indexed, tmp_path / "killed.mp4")), number + 1
        work = context.Process(target=actors.rebuild, args=(path, number, None))
        work.start()
        work.join()
        ended = work.exitcode == 0
        assert ended or work.exitcode == -signal.SIGKILL
        assert_always_covered(path)
        with memcodec.open(path) as memory:
            assert len(memory.search("heron", CHUNKS, mode="semantic", min_score=0)) == CHUNKS
    assert_complete(path)
    assert number > 3


@pytest.mark.slow
def test_a_rebuild_without_room_leaves_the_old_vectors(indexed: Path) -> None:
    before = indexed.read_bytes()
    work = multiprocessing.get_context("spawn").Process(
        target=actors.rebuild, args=(indexed, None, len(before) + 1000)
    )
    work.start()
    work.join()
    assert work.exitcode == StorageError.exit_code
    assert indexed.read_bytes() == before


def test_a_file_without_any_index(tmp_path: Path) -> None:
    path = tmp_path / "bare.mp4"
    with memcodec.create(path, index="none", settings=memcodec.Settings.of(chunk_size=200)) as memory:
        memory.add(prose(1, 2000), uri="a.md")
    index_now(path, None, False, Options(), Silent())
    with memcodec.open(path) as memory:
        assert memory.info().lexical
        assert memory.search(memory.get(3).text, 1, mode="lexical")[0].chunk == 3
        assert_right(memory, range(3))


def test_the_lexical_index_alone(tmp_path: Path) -> None:
    path = tmp_path / "bare.mp4"
    with memcodec.create(path, index="none") as memory:
        memory.add(prose(1, 2000), uri="a.md")
    watch = Silent()
    assert index_now(path, "none", False, Options(), watch) == 0
    with memcodec.open(path) as memory:
        assert memory.info().lexical and memory.info().model is None
        assert watch.lexical[-1] == (memory.info().chunks,) * 2


def test_another_model_than_the_files_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index_now(file, None, False, Options(), Silent())
    other = type("Other", (), {"model": "words@1", "precision": "float32", "dimensions": 24})()
    monkeypatch.setattr("memcodec.models.embedding.load", lambda name: other)
    with pytest.raises(
        ModelError, match=r"its vectors are of all-MiniLM.*not of words@1; add `rebuild=True`"
    ):
        index_now(file, "words", False, Options(), Silent())


@pytest.mark.slow
def test_a_file_that_cannot_be_read_fails_with_the_reason(file: Path, tmp_path: Path) -> None:
    with memcodec.create(
        tmp_path / "fragile.mp4", settings=memcodec.Settings.of(model="none", parity=0, chunk_size=200)
    ) as memory:
        for seed in range(40):
            memory.add(prose(seed, 2000), uri=f"{seed}.md")
    path = Path(damaged(str(tmp_path / "fragile.mp4"), tmp_path / "hurt.mp4", slice(-2, None)))
    with pytest.raises(Poisoned) as caught:
        index_now(path, None, False, Options(batch=100, every=1000.0), Silent())
    assert isinstance(caught.value.error, Damaged) and caught.value.tries == 3
    with memcodec.open(path) as memory:
        assert indexing.coverage(memory.reader)[0] > 0  # what could be read is kept


def test_a_file_that_is_deleted_meanwhile(file: Path) -> None:
    with pytest.raises(Gone, match=r"notes\.mp4: no such file: moved or deleted"):
        index_now(file, None, False, BATCHES, When(batch=file.unlink))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(NotAMemoryFile):
        index_now(path, None, False, Options(), Silent())


def test_a_disk_that_is_full_for_the_commit(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise StorageError(f"{file}: cannot write: No space left on device")

    monkeypatch.setattr(indexing, "commit_vectors", full)
    with pytest.raises(StorageError, match="No space left"):
        index_now(file, None, False, Options(), Silent())
