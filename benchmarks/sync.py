"""What it costs to keep a memory file in step with a folder in which little or nothing changed."""

from __future__ import annotations

import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import memcodec
from benchmarks import harness
from benchmarks.results import Check, Section, Table
from fixtures.prose import prose

FILES, QUICK = 10_000, 500
TOUCHED = 100
LIMIT = 2.0  # seconds
_FRESH = 3  # seconds: a file that changed so shortly ago is always read


def run(quick: bool) -> Section:
    count, rounds = (QUICK, 2) if quick else (FILES, 7)
    with harness.scratch() as folder:
        notes, state = folder / "notes", folder / "state"
        _write(notes, count)
        file = folder / "notes.mp4"
        with memcodec.create(file, model="none") as memory:
            memory.add_path(notes)
        spent: dict[str, list[float]] = {}
        sync = _command(file, notes, state)
        subprocess.run(["sleep", str(_FRESH)], check=True)
        sync()
        changes: dict[str, Callable[[], object]] = {
            "nothing": lambda: None,
            f"{TOUCHED} files were touched": lambda: _touch(notes),
            "what is remembered was deleted": lambda: shutil.rmtree(state),
            "one file was changed": lambda: _change(notes),
        }
        works = {name: _after(change, sync, spent.setdefault(name, [])) for name, change in changes.items()}
        times = harness.alternate(works, rounds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    processor = {name: statistics.median(values) for name, values in spent.items()}
    return Section(
        name="sync",
        title="Sync",
        intro=f"Seconds until `memcodec sync` of {count:,} files of about 400 bytes, in 100 folders, has ended: a "
        f"fresh process, the start of Python included; median of {rounds} rounds in turn. *processor*: of these, the "
        "seconds that the machine worked on it, whatever else it did.",
        tables=[
            Table(
                "In step",
                ["what happened since the last one", "s", "processor"],
                [[name, seconds, processor[name]] for name, seconds in medians.items()],
            )
        ],
        checks=[Check(f"sync of {count:,} unchanged files", medians["nothing"], LIMIT, "s")],
        figures={"seconds": medians, "processor": processor},
    )


def _write(folder: Path, count: int) -> None:
    for number in range(count):
        path = folder / f"{number % 100:02}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(prose(number, 400))


def _command(file: Path, notes: Path, state: Path) -> Callable[[], object]:
    words = [sys.executable, "-P", "-m", "memcodec", "sync", str(file), str(notes), "-q"]
    return lambda: subprocess.run(words, check=True, env={**os.environ, "XDG_STATE_HOME": str(state)})


def _after(
    change: Callable[[], object], sync: Callable[[], object], spent: list[float]
) -> Callable[[], object]:
    def work() -> None:
        change()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        sync()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    return work


def _touch(folder: Path) -> None:
    for path in random.sample(sorted(folder.rglob("*.txt")), TOUCHED):
        os.utime(path)


def _change(folder: Path) -> None:
    with (folder / "00" / "0.txt").open("a") as file:
        file.write(f"\nand the heron of round {random.random()}")
