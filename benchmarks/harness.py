"""What every benchmark needs: rounds that alternate, peak memory of a child process, the machine's facts."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("memcodec", "av", "zxing-cpp", "zstandard", "numpy", "faiss-cpu", "onnxruntime")


def cache_folder() -> Path:
    """Where corpora and the peers' environments are kept: $MEMCODEC_BENCH, or the user's cache."""
    base = os.environ.get("MEMCODEC_BENCH")
    folder = Path(base) if base else Path.home() / ".cache" / "memcodec-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


_MEMORY_DISK = Path("/dev/shm")


@contextmanager
def scratch(*, in_memory: bool = False) -> Iterator[Path]:
    """A folder that goes when the benchmark ends; ``in_memory``: where syncing costs nothing, if there is such."""
    base = _MEMORY_DISK if in_memory and _MEMORY_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="memcodec-bench-", dir=base) as name:
        yield Path(name)


def say(text: str) -> None:
    """Progress, on stderr: stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternate(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each work, round by round: a slow minute of the machine falls on all of them.

    One round more comes first and is not counted: imports, caches and thread pools warm up in it.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            taken = seconds(work)
            if number:
                times[name].append(taken)
        say(
            f"  round {number}: "
            + ", ".join(f"{name} {each[-1]:.2f} s" for name, each in times.items() if each)
        )
    return times


def ratio(over: list[float], under: list[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def percentile(values: list[float], share: float) -> float:
    """The smallest value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def peak_rss() -> int:
    """This process's peak resident memory in bytes.

    Linux keeps it per program image; ``ru_maxrss`` would also count the parent this process was forked from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def child(module: str, *arguments: str, python: str = sys.executable) -> Any:
    """Runs ``python -m module`` from the repository's root; returns the JSON that it prints last."""
    done = subprocess.run(
        [python, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def machine() -> dict[str, str]:
    """Cores, processor, system and the versions that matter."""
    facts = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    return facts


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def load_average() -> float:
    """Processes that wanted a core during the last minute: what else the machine was doing."""
    return os.getloadavg()[0]
