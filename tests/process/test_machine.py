"""How many cores and how much memory: as the system, control groups of both versions and limits say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memcodec.process import machine

MB = 1 << 20
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")

Fake = Callable[..., None]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """A machine of sixteen cores and 32,000 MB whose /proc and control groups are files of the test's."""
    monkeypatch.setattr(machine, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(16)))

    def write(**files: str) -> None:
        machine.cores.cache_clear()
        for name, text in {
            "proc/meminfo": f"MemTotal: 1 kB\nMemAvailable: {32_000 << 10} kB\n",
            **files,
        }.items():
            path = tmp_path / name.replace("GROUPS", "groups")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("GROUPS", f"{tmp_path}/groups"))

    write()
    yield write
    machine.cores.cache_clear()


V2 = {
    "proc/self/mountinfo": "41 31 0:38 / GROUPS rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
    "proc/self/cgroup": "0::/user/job\n",
}
V1 = {
    "proc/self/mountinfo": "32 31 0:29 / GROUPS/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / GROUPS/memory rw - cgroup cgroup rw,memory\n",
    "proc/self/cgroup": "4:memory:/job\n3:cpu,cpuacct:/job\n",
}


def test_without_groups_there_is_the_whole_machine(fake: Fake) -> None:
    assert (machine.cores(), machine.free_memory()) == (16, 32_000 * MB)
    assert machine.workers(1000 * MB) == 16 and machine.workers(4000 * MB) == 8


def test_a_quota_of_two_and_a_half_cores_is_three(fake: Fake) -> None:
    fake(**V2, **{"GROUPS/user/job/cpu.max": "250000 100000\n"})
    assert machine.cores() == 3


def test_the_strictest_group_above_counts(fake: Fake) -> None:
    fake(
        **V2,
        **{
            "GROUPS/user/job/cpu.max": "max 100000\n",
            "GROUPS/user/cpu.max": "50000 100000\n",
            "GROUPS/user/job/memory.max": "max\n",
            "GROUPS/user/memory.max": f"{512 * MB}\n",
            "GROUPS/user/memory.current": f"{300 * MB}\n",
            "GROUPS/user/memory.stat": f"anon 1\ninactive_file {100 * MB}\n",
        },
    )
    assert (machine.cores(), machine.free_memory()) == (1, 312 * MB)
    assert machine.workers(400 * MB) == 1


def test_groups_of_the_first_version(fake: Fake) -> None:
    fake(
        **V1,
        **{
            "GROUPS/cpu/job/cpu.cfs_quota_us": "400000\n",
            "GROUPS/cpu/job/cpu.cfs_period_us": "100000\n",
            "GROUPS/cpu/cpu.cfs_quota_us": "-1\n",
            "GROUPS/cpu/cpu.cfs_period_us": "100000\n",
            "GROUPS/memory/job/memory.limit_in_bytes": f"{1024 * MB}\n",
            "GROUPS/memory/job/memory.usage_in_bytes": f"{24 * MB}\n",
            "GROUPS/memory/job/memory.stat": "total_inactive_file 0\n",
        },
    )
    assert (machine.cores(), machine.free_memory()) == (4, 1000 * MB)


def test_a_container_sees_its_own_group_alone(fake: Fake) -> None:
    root = "41 31 0:38 /docker/1f GROUPS ro - cgroup2 cgroup rw\n"
    fake(
        **{
            "proc/self/mountinfo": root,
            "proc/self/cgroup": "0::/docker/1f\n",
            "GROUPS/cpu.max": "200000 100000\n",
        }
    )
    assert machine.cores() == 2


@pytest.mark.parametrize("text", ["", "max\n", "0 0\n", "-1 100000\n", "\xff"])
def test_what_cannot_be_read_bounds_nothing(fake: Fake, text: str) -> None:
    fake(**V2, **{"GROUPS/user/job/cpu.max": text, "GROUPS/user/job/memory.max": text, "proc/meminfo": text})
    assert (machine.cores(), machine.free_memory(), machine.workers(MB)) == (16, None, 16)


def test_a_limit_on_the_address_space_counts() -> None:
    asked = "from memcodec.process import machine; print(machine.free_memory())"
    shell = f'ulimit -v {1 << 20}; exec "$0" -c "$1"'
    done = subprocess.run(
        ["bash", "-c", shell, sys.executable, asked], capture_output=True, text=True, check=True
    )
    assert 900 * MB < int(done.stdout) < 1024 * MB


def test_a_process_bound_to_one_core_has_one() -> None:
    asked = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    asked += "from memcodec.process import machine; print(machine.cores())"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
