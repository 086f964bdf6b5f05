"""The queue: who may take what, and what is told when it cannot be kept."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcodec.config import folders
from memcodec.errors import NotFound, StorageError
from memcodec.jobs import store as store_
from memcodec.jobs.job import Job, JobState, Options
from memcodec.jobs.presence import take_lock
from memcodec.jobs.store import DATABASE, Store


@pytest.fixture
def store(state: Path) -> Iterator[Store]:
    with Store() as store:
        yield store


def add(store: Store, path: str = "/a.mp4", model: str | None = None, **options: int) -> Job:
    return store.add(path, model, False, Options(**options))


def taken(store: Store) -> Job:
    job = store.take()
    assert job is not None
    return job


def test_the_folder_is_the_users_alone(store: Store, state: Path) -> None:
    assert folders.state() == state == store.folder
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    add(store)
    assert {stat.S_IMODE(file.stat().st_mode) for file in state.iterdir()} == {0o600}


def test_what_was_open_to_others_is_closed(store: Store, state: Path) -> None:
    store.close()
    for path, mode in ((state, 0o755), (state / DATABASE, 0o644)):
        path.chmod(mode)
    Store(state).close()
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / DATABASE).stat().st_mode) == 0o600


def test_jobs_are_taken_oldest_first(store: Store) -> None:
    first, second = add(store, "/a.mp4", workers=3), add(store, "/b.mp4")
    assert (first.state, first.options.workers) == (JobState.QUEUED, 3)
    job = taken(store)
    assert (job.id, job.state) == (first.id, JobState.RUNNING)
    assert store.finish(job.id, JobState.DONE)
    assert taken(store).id == second.id
    assert store.finish(second.id, JobState.DONE)
    assert store.take() is None


def test_a_file_has_one_open_job_which_looks_again(store: Store) -> None:
    first = add(store)
    assert add(store).id == first.id
    job = taken(store)
    assert store.look(job.id) and not store.look(job.id)
    add(store)
    assert not store.finish(job.id, JobState.DONE)  # something new came
    assert store.look(job.id)
    assert store.finish(job.id, JobState.DONE)
    assert add(store).id != first.id


def test_an_open_job_of_another_model_is_named(store: Store) -> None:
    add(store, model="one")
    assert add(store, model="one").id == add(store).id
    for model, rebuild in (("two", False), (None, True)):
        with pytest.raises(StorageError, match=r"job 1 is indexing it otherwise.*jobs cancel 1"):
            store.add("/a.mp4", model, rebuild, Options())


def test_the_jobs_of_a_supervisor_that_is_gone_are_taken_first(store: Store) -> None:
    left, waiting = add(store, "/a.mp4"), add(store, "/b.mp4")
    taken(store)
    store.progress(left.id, 40, 100)
    job = taken(store)  # its taker is gone: or it would not ask for the next one
    assert (job.id, job.done, job.base) == (left.id, 40, 40)
    assert store.finish(left.id, JobState.DONE)
    assert taken(store).id == waiting.id


def test_only_one_of_many_adds(state: Path) -> None:
    numbers: list[int] = []

    def work() -> None:
        with Store() as store:
            numbers.extend(add(store, f"/{name}.mp4").id for name in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 40 and len(set(numbers)) == 10


def test_cancel(store: Store) -> None:
    waiting, running = add(store, "/a.mp4"), add(store, "/b.mp4")
    assert store.cancel(waiting.id) and not store.cancel(waiting.id)
    assert taken(store).id == running.id and store.is_running(running.id)
    assert store.cancel(running.id)
    assert not store.is_running(running.id)
    store.progress(running.id, 1, 2)  # its worker does not know yet
    assert not store.finish(running.id, JobState.DONE)
    assert store.get(running.id).done == 0
    assert [job.state for job in store.jobs()] == [JobState.CANCELLED] * 2
    assert store.jobs(only_open=True) == []


def test_prune_forgets_what_has_ended(store: Store) -> None:
    for name in "abc":
        job = add(store, name)
        store.log(job.id, "a line")
        assert taken(store).id == job.id
        store.finish(job.id, JobState.FAILED, "no reason")
    waiting = add(store, "d")
    assert store.prune(before=0) == []
    assert store.prune(keep=2) == [1]
    assert store.prune() == [2, 3]
    assert [job.id for job in store.jobs()] == [waiting.id]
    assert store.lines(2) == []
    with pytest.raises(NotFound, match="no job 2"):
        store.get(2)


def test_rate_and_time_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(store_.time, "time", lambda: now)
    job = add(store)
    assert taken(store).rate is None
    store.start(job.id, 500, 1000)
    now += 10
    store.progress(job.id, 600, 1000)
    job = store.get(job.id)
    assert (job.rate, job.left) == (10, 40)


def test_a_running_job_is_stalled_when_nobody_holds_the_lock(store: Store, state: Path) -> None:
    number = add(store).id
    assert not store.get(number).is_stalled  # it waits
    taken(store)
    held = take_lock(state, 0.0)
    assert held is not None
    assert not store.get(number).is_stalled
    os.close(held)
    assert store.get(number).is_stalled and store.get(number).to_json()["stalled"]
    store.finish(number, JobState.DONE)
    assert not store.get(number).is_stalled


def test_who_asks_for_the_supervisor_is_not_taken_for_it(store: Store, state: Path) -> None:
    """Many commands ask at once; if one took another for a supervisor, it would start none."""
    add(store)
    taken(store)
    seen: list[bool] = []

    def ask() -> None:
        with Store() as own:
            seen.extend(own.get(1).is_stalled for _ in range(300))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1200 and all(seen)


def test_find_by_file(store: Store) -> None:
    add(store, "/a.mp4")
    store.cancel(1)
    assert store.find("/a.mp4").id == 1 != add(store, "/a.mp4").id == store.find("/a.mp4").id
    with pytest.raises(NotFound, match=r"/b.mp4: no job for it"):
        store.find("/b.mp4")


def test_a_state_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(StorageError, match=r"cannot be kept here.*XDG_STATE_HOME.*`index='now'`"):
        Store()


def test_a_read_only_state_folder(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(StorageError, match=r"Permission denied.*`index='now'`"):
        Store()


def test_another_users_state_folder(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store().close()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StorageError, match="belongs to another user"):
        Store()


def test_a_damaged_database_is_named(state: Path) -> None:
    Store().close()
    (state / DATABASE).write_bytes(b"no database" * 500)
    with pytest.raises(StorageError, match=r"jobs\.db: .*remove it"):
        Store()


def test_another_releases_database_is_named(state: Path) -> None:
    Store().close()
    with sqlite3.connect(state / DATABASE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StorageError, match="another release"):
        Store()


def test_two_users_queues_are_apart(tmp_path: Path) -> None:
    with Store(tmp_path / "one") as one, Store(tmp_path / "two") as two:
        add(one)
        assert two.jobs() == [] and two.take() is None


def test_importing_jobs_loads_nothing_heavy() -> None:
    code = (
        "import sys, memcodec.jobs\n"
        "print(*{name.split('.')[0] for name in sys.modules} & {'numpy', 'faiss', 'onnxruntime', 'av', 'distributed'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
