"""Workers that fail, workers that die, and workers elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memcodec.errors import MissingExtra, StorageError
from memcodec.jobs.pool import Cluster, Here, Poisoned, Pool, Processes
from memcodec.process import machine
from tests.jobs import actors
from tests.jobs.support import command
from tests.support.needs import needs_library


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(Processes(2))
    yield made
    made.close()


def results(pool: Pool, function: Callable[[Any], Any], tasks: Any) -> dict[Any, Any]:
    return dict(pool.run(function, iter(tasks), lambda: None))


def test_every_task_has_its_result(pool: Pool) -> None:
    assert results(pool, actors.double, range(20)) == {number: 2 * number for number in range(20)}
    assert results(pool, actors.double, [7]) == {7: 14}


def test_no_more_tasks_are_taken_than_workers_need(pool: Pool) -> None:
    taken = []

    def tasks() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    run = pool.run(actors.double, tasks(), lambda: None)
    next(run)
    assert len(taken) <= 4
    run.close()  # type: ignore[attr-defined]


def test_a_task_that_fails_is_tried_three_times(pool: Pool) -> None:
    with pytest.raises(Poisoned, match="three is refused") as caught:
        results(pool, actors.refuse_three, range(5))
    assert (caught.value.task, caught.value.tries) == (3, 3)
    assert isinstance(caught.value.error, ValueError)


def test_a_task_that_kills_its_worker_is_found_and_the_others_are_done(pool: Pool) -> None:
    done: dict[int, int] = {}
    with pytest.raises(Poisoned, match="died") as caught:
        done.update(pool.run(actors.die_of_three, iter(range(5)), lambda: None))
    assert (caught.value.task, caught.value.tries) == (3, 3)
    assert isinstance(caught.value.error, StorageError)
    assert done.items() <= {number: 2 * number for number in range(5)}.items() and len(done) >= 3
    assert results(pool, actors.double, [7]) == {7: 14}


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced_and_its_task_done(pool: Pool, tmp_path: Path) -> None:
    tasks = [tmp_path / f"{number}" for number in range(3)]
    assert results(pool, actors.die_once, tasks) == {task: task.name for task in tasks}


def test_tick_ends_a_run(pool: Pool) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(pool.run(actors.double, iter(range(5)), stop))


def test_workers_are_nice() -> None:
    pool = Pool(Processes(1, nice=5))
    assert results(pool, actors.nice, [0])[0] >= 5
    pool.close()


def test_closing_ends_the_workers(pool: Pool) -> None:
    pids = set(results(pool, actors.pid, range(6)).values())
    assert len(pids) == 2 and all(map(command, pids))
    pool.close()
    assert not any(map(command, pids))


@pytest.mark.slow
def test_workers_end_with_their_parent() -> None:
    """However it ends."""
    code = (
        "import sys\nfrom memcodec.jobs.pool import *\nfrom tests.jobs import actors\n"
        "pool = Pool(Processes(2))\n"
        "print(*{pid for _, pid in pool.run(actors.pid, iter(range(6)), lambda: None)}, flush=True)\n"
        "sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as parent:
        assert parent.stdout is not None
        pids = list(map(int, parent.stdout.readline().split()))
        assert len(pids) == 2 and all(map(command, pids))
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 10
    while any(map(command, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(command, pids))


def test_here() -> None:
    pool = Pool(Here())
    assert set(results(pool, actors.pid, [0]).values()) == {os.getpid()}
    pool.close()


def test_workers_are_as_many_as_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 16)
    monkeypatch.setattr(machine, "free_memory", lambda: 2 << 30)
    assert Processes().workers == 5
    monkeypatch.setattr(machine, "free_memory", lambda: 1 << 20)
    assert Processes().workers == 1
    monkeypatch.setattr(machine, "free_memory", lambda: None)
    assert Processes().workers == 16


def test_a_cluster_that_is_not_there() -> None:
    needs_library("distributed")
    with pytest.raises(StorageError, match="not-an-address://: no Dask scheduler answers there"):
        Cluster("not-an-address://")


def test_a_cluster_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"memcodec\[cluster\]"):
        Cluster("tcp://127.0.0.1:1")
