"""Jobs in the background: they end complete, whoever is killed, and whoever started them is gone."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.errors import ConfigError, MissingExtra, NotFound, StorageError
from memcodec.jobs import JobState, Options, client
from memcodec.jobs.client import JobHandle, enqueue
from memcodec.jobs.presence import is_there, who
from memcodec.jobs.store import Store
from memcodec.upkeep import index
from tests.cli.support import damaged
from tests.jobs.support import CHUNKS, SMALL, assert_complete, children, command, end_supervisor, run

pytestmark = pytest.mark.slow

LIMIT = 100.0  # seconds: for a busy machine
ROUNDS = int(os.environ.get("MEMCODEC_JOB_KILLS", "6"))  # jobs, each of which is disturbed six times


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the file's lock, so that its job cannot end."""
    memory = memcodec.open(path)
    memory.add_items([])  # it has the lock from now on
    try:
        yield
    finally:
        memory.close()


def until(job: JobHandle, state: JobState) -> None:
    deadline = time.monotonic() + LIMIT
    while job.status().state != state:
        assert time.monotonic() < deadline, job.status()
        time.sleep(0.05)


def log(job: JobHandle) -> list[str]:
    with Store() as store:
        return [text for _, text in store.lines(job.id)]


def test_a_job_is_done_and_says_how_it_goes(file: Path) -> None:
    seen: list[tuple[int, int]] = []
    job = enqueue(file, options=SMALL)
    status = job.wait(LIMIT, lambda done, total: seen.append((done, total)))
    assert (status.state, status.done, status.total, status.error) == (JobState.DONE, CHUNKS, CHUNKS, None)
    assert seen == sorted(seen) and seen[-1] == (CHUNKS, CHUNKS)
    assert log(job)[-1] == "done"
    assert_complete(file)


def test_the_supervisor_takes_the_next_job_too_and_leaves_nothing_behind(
    file: Path, state: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copy(file, tmp_path / "other.mp4"))
    assert enqueue(file, options=SMALL).wait(LIMIT).state == JobState.DONE
    first = who(state)
    assert is_there(state)
    assert enqueue(other, options=SMALL).wait(LIMIT).state == JobState.DONE
    assert who(state) == first
    assert_complete(other)
    assert list((state / "spool").iterdir()) == []


def test_the_supervisor_leaves_when_there_is_no_work(file: Path, state: Path) -> None:
    code = "from memcodec.jobs import supervisor\nsupervisor.IDLE = 0.3\nsupervisor.main()"
    with Store() as store:
        store.add(str(file), None, False, Options(workers=1))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(state)], env=environment, check=True, timeout=30)
    assert JobHandle(1).wait(LIMIT).state == JobState.DONE
    deadline = time.monotonic() + 20
    while is_there(state):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def seconds(source: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Within which a job is killed: what one takes that nobody disturbs; 1.5 on a busy machine."""
    folder = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    job = enqueue(shutil.copy(source, folder), options=SMALL, folder=folder / "state")
    assert job.wait(LIMIT).state == JobState.DONE
    taken = time.monotonic() - began
    end_supervisor(folder / "state")
    return min(taken, 1.5)


def kill_round(file: Path, state: Path, seconds: float, number: int) -> None:
    """Kill the supervisor, then a worker, then both, and again, at random moments of one job."""
    chance = random.Random(number)
    job = enqueue(file, options=SMALL)
    for victims in ("supervisor", "worker", "both") * 2:
        job.wait(chance.uniform(0.0, seconds))  # starts another supervisor if need be
        supervisor = who(state) if is_there(state) else None
        workers = children(supervisor) if supervisor else []
        if victims != "supervisor" and workers:
            kill(chance.choice(workers))
        if victims != "worker":
            kill(supervisor)
    status = job.wait(LIMIT)
    assert (status.state, status.error) == (JobState.DONE, None), log(job)
    assert_complete(file)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_kills_cost_time_alone(file: Path, state: Path, seconds: float, number: int) -> None:
    kill_round(file, state, seconds, number)


def test_finished_batches_are_not_made_again(file: Path, state: Path) -> None:
    with held(file):
        job = enqueue(file, options=SMALL)
        deadline = time.monotonic() + LIMIT
        while job.status().done < CHUNKS:
            assert time.monotonic() < deadline, log(job)
            time.sleep(0.05)
        kill(who(state))
        job.wait(3.0)
        assert f"{CHUNKS} of {CHUNKS} chunks have vectors" in log(
            job
        )  # taken up again: nothing left to embed
    assert job.wait(LIMIT).state == JobState.DONE
    assert_complete(file)


def test_workers_end_with_the_supervisor(file: Path, state: Path) -> None:
    with held(file):
        job = enqueue(file, options=SMALL)
        until(job, JobState.RUNNING)
        deadline = time.monotonic() + LIMIT
        while not (workers := children(who(state) or 0)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        kill(who(state))
        deadline = time.monotonic() + 20
        while any(b"jobs.workers" in command(pid) for pid in workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        job.cancel()


def test_the_job_outlives_its_command_and_its_session(file: Path, tmp_path: Path) -> None:
    """Another process waits for it."""
    started = run("index", file, "--background", "--json")
    assert started.returncode == 0, started.stderr
    (job,) = json.loads(started.stdout)["jobs"]
    waited = run("jobs", "wait", job["id"], "--timeout", LIMIT)
    assert waited.returncode == 0, waited.stderr
    assert f"job {job['id']}: done, {CHUNKS} chunks" in waited.stdout
    assert_complete(file)


def test_two_users_queues_are_apart(file: Path, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    other = Path(shutil.copy(file, tmp_path / "other.mp4"))
    one, two = enqueue(file, options=SMALL, folder=mine), enqueue(other, options=SMALL, folder=theirs)
    assert one.id == two.id == 1
    assert [each.wait(LIMIT).path for each in (one, two)] == [str(file), str(other)]
    assert who(mine) != who(theirs)
    for path in (file, other):
        assert_complete(path)


def test_append_while_a_job_runs(file: Path) -> None:
    job = enqueue(file, options=SMALL)
    with memcodec.open(file, wait=60) as memory:
        memory.add(prose(900, 400), uri="new.md")
    assert enqueue(file).id in (job.id, job.id + 1)  # the same job, unless it has ended already
    with Store() as store:
        for each in store.jobs():
            assert JobHandle(each.id).wait(LIMIT).state == JobState.DONE
    with memcodec.open(file) as memory:
        assert_complete(file, memory.reader.chunks)


def test_search_answers_while_a_job_runs(file: Path) -> None:
    job = enqueue(file, options=SMALL)
    shares, is_open = [], True
    while is_open:
        is_open = job.wait(0.05).is_open
        with memcodec.open(file) as memory:
            shares.append(index.coverage(memory.reader)[0])
            hits = memory.search("the patient heron", 100)
            assert hits and len({hit.chunk for hit in hits}) == len(hits)
    assert shares == sorted(shares) and shares[-1] == CHUNKS


def test_cancel(file: Path) -> None:
    with held(file):
        job = enqueue(file, options=SMALL)
        until(job, JobState.RUNNING)
        assert job.cancel() and not job.cancel()
        assert job.wait(1).state == JobState.CANCELLED
        other = enqueue(file, options=SMALL)  # the supervisor goes on to it
        assert other.id != job.id
        until(other, JobState.RUNNING)
    assert other.wait(LIMIT).state == JobState.DONE
    assert log(job)[-1].startswith("stopped")
    assert_complete(file)


def test_an_opened_memory_is_indexed_behind(file: Path) -> None:
    with memcodec.open(file) as memory:
        memory.add("A heron stands in the reeds.", uri="heron.txt")
        with pytest.raises(ConfigError, match="commit what was added"):
            memory.index_background(options=SMALL)
        memory.commit()
        memory.add("A heron stands in the reeds.", uri="heron.txt")  # known: the commit lets the lock go
        assert not memory.commit()
        job = memory.index_background(options=SMALL)
        assert job.wait(LIMIT).state == JobState.DONE
    with memcodec.open(file) as memory:
        assert index.missing(memory.reader) == []
        assert memory.search("heron in the reeds", mode="semantic")[0].document.uri == "heron.txt"


def test_wait_gives_up_in_time(file: Path) -> None:
    with held(file):
        job = enqueue(file, options=SMALL)
        began = time.monotonic()
        assert job.wait(0.5).is_open
        assert 0.4 < time.monotonic() - began < 10
        job.cancel()


def test_a_poisoned_job_fails_with_its_reason(tmp_path: Path, model: str) -> None:
    with memcodec.create(
        tmp_path / "fragile.mp4", settings=memcodec.Settings.of(model="none", parity=0, chunk_size=200)
    ) as memory:
        for seed in range(40):
            memory.add(prose(seed, 2000), uri=f"{seed}.md")
    path = damaged(str(tmp_path / "fragile.mp4"), tmp_path / "hurt.mp4", slice(-2, None))
    job = enqueue(path, options=Options(workers=2, batch=100, every=0.2)).wait(LIMIT)
    assert job.state == JobState.FAILED
    assert job.error is not None and job.error.startswith("failed 3 times: ")
    assert "Traceback" not in job.error and "\n" not in job.error


def test_a_commit_that_kills_the_supervisor_is_not_tried_for_ever(file: Path, state: Path) -> None:
    with Store() as store:
        number = store.add(str(file), None, False, SMALL).id
        store.take()
        store.set_tries(number, 3)
    status = JobHandle(number).wait(LIMIT)
    assert status.state == JobState.FAILED and "died 3 times" in str(status.error)


def test_a_file_that_is_moved(file: Path, tmp_path: Path) -> None:
    with held(file):
        job = enqueue(file, options=SMALL)
        file.rename(tmp_path / "moved.mp4")
        status = job.wait(LIMIT)
    assert status.state == JobState.MISSING
    assert str(status.error).startswith(f"{file}: no such file: moved or deleted")


def test_a_file_that_never_was(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file"):
        enqueue(tmp_path / "absent.mp4")


def test_without_the_extra(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.models.embedding.available", lambda: False)
    with pytest.raises(MissingExtra, match="semantic"):
        enqueue(file)


def test_supervisors_that_do_not_stay_are_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_LOOK", 0.0)
    monkeypatch.setattr(client, "look_after", lambda store: True)
    with Store() as store, pytest.raises(StorageError, match=r"does not stay; see .*supervisor\.log"):
        client.wait(store, [store.add(str(file), None, False, SMALL).id], LIMIT)


def test_a_supervisor_that_cannot_start_says_why(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["/nowhere"])
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(StorageError, match="cannot be started: "):
        enqueue(file)


def test_a_pruned_job_is_not_found(file: Path) -> None:
    job = enqueue(file, options=SMALL)
    job.cancel()
    with Store() as store:
        assert store.prune() == [job.id]
    with pytest.raises(NotFound):
        job.status()
