"""The same work on a Dask cluster: a real scheduler and two worker processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcodec.jobs import Options
from memcodec.jobs.work import index_now
from tests.jobs.support import CHUNKS, Silent, assert_complete
from tests.support.needs import needs_library

needs_library("distributed")
pytestmark = pytest.mark.slow
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(worker.pid for worker in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[str]]:
    """Its address, and its workers' process numbers."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=tmp_path,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield process.stdout.readline().decode().split()
        finally:
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def test_a_cluster_indexes_a_file(file: Path, cluster: list[str]) -> None:
    assert index_now(file, None, False, Options(cluster=cluster[0], batch=10), Silent()) == CHUNKS
    assert_complete(file)


def test_a_worker_of_the_cluster_is_killed(file: Path, cluster: list[str]) -> None:
    killed = []

    class Killer(Silent):
        def went_on(self, done: int, total: int) -> None:
            if not killed:
                killed.append(int(cluster[1]))
                os.kill(killed[0], signal.SIGKILL)

    assert index_now(file, None, False, Options(cluster=cluster[0], batch=5), Killer()) == CHUNKS
    assert killed
    assert_complete(file)
