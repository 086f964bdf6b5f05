"""Peak resident memory of encode and restore, each in a process of its own, as the input grows."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Check, Section, Table

SIZES = (10_000_000, 100_000_000)
QUICK = (200_000, 2_000_000)
CORES = (1, 2, 16)
_MB = 1e6


def run(quick: bool) -> Section:
    peaks: dict[str, dict[str, float]] = {}
    with harness.scratch() as folder:
        for size in QUICK if quick else SIZES:
            text = corpora.grown(size, folder / str(size))
            file = folder / f"{size}.mp4"
            encode = harness.child("benchmarks.memory", "encode", str(text), str(file))
            restore = harness.child("benchmarks.memory", "restore", str(file), str(folder / f"{size}.out"))
            if corpora.whole(text) != corpora.whole(folder / f"{size}.out"):
                raise SystemExit("restore did not give back what encode was given")
            name = f"{size / _MB:g}"
            peaks[name] = {"encode": encode["peak"] / _MB, "restore": restore["peak"] / _MB}
            harness.say("  " + ", ".join(f"{work} {peak:.0f} MB" for work, peak in peaks[name].items()))
        threads = {cores: _with_cores(cores, folder, text) for cores in CORES}
    small, large = peaks.values()
    return Section(
        name="memory",
        title="Memory",
        intro=(
            "Peak resident memory of a fresh process that encodes (av1 dense, lexical index) or "
            "restores; the text is GCIDE and the Python documentation, repeated with the words in "
            "another order until it is large enough."
        ),
        tables=[
            Table(
                "Peak resident memory",
                ["text MB", "encode MB", "restore MB"],
                [[float(size), peak["encode"], peak["restore"]] for size, peak in peaks.items()],
                "Files that are mapped into memory count as resident, though the system can drop their "
                "pages at any time.",
            ),
            Table(
                "Peak resident memory of encode by cores",
                ["cores", "encode MB"],
                [[float(cores), peak] for cores, peak in threads.items()],
                "The largest text; the process is told that it has so many cores, and begins as many threads.",
            ),
        ],
        checks=[
            Check("peak memory, encode with sixteen cores", threads[16], 512, "MB"),
            Check("peak memory, encode of the largest text", large["encode"], 600, "MB"),
            Check("peak memory, restore of the largest text", large["restore"], 600, "MB"),
            Check("encode's peak, largest text / a tenth of it", large["encode"] / small["encode"], 1.5, "x"),
        ],
        figures=peaks,
    )


def _with_cores(cores: int, folder: Path, text: Path) -> float:
    file = folder / f"{cores}-cores.mp4"
    return float(harness.child("benchmarks.memory", "encode", str(text), str(file), str(cores))["peak"] / _MB)


def _encode(source: str, file: str, cores: str = "") -> None:
    if cores:
        os.sched_getaffinity = lambda process: set(range(int(cores)))
    with memcodec.create(file, model="none") as memory:
        memory.add_path(*sorted(Path(source).iterdir()))


def _restore(file: str, folder: str) -> None:
    with memcodec.open(file) as memory:
        memory.restore(folder)


if __name__ == "__main__":
    {"encode": _encode, "restore": _restore}[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"peak": harness.peak_rss()}))
