"""How fast files are written and read: beside the bare codec at work on the same frames."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable
from pathlib import Path

import memcodec
from benchmarks import bare, corpora, harness
from benchmarks.results import Cell, Check, Section, Table

CODEC, PROFILE = "av1", "dense"
QUICK = 1_000_000
Times = dict[str, list[float]]


def run(quick: bool) -> Section:
    rounds = 2 if quick else 7
    with harness.scratch() as folder:
        source = corpora.subset(QUICK, folder / "subset") if quick else corpora.python_docs()
        file = folder / "file.mp4"
        _encode(source, file, "none")
        writing = _writing(source, file, folder, rounds)
        reading = _reading(file, folder, rounds)
        megabytes = corpora.size(source) / 1e6
    bare_read = min((reading["bare, processes"], reading["bare, threads"]), key=statistics.median)
    return Section(
        name="speed",
        title="Speed",
        intro=(
            f"{CODEC}, {PROFILE}, {megabytes:.1f} MB of text, {rounds} rounds in turn; each side "
            f"warmed up first. Load of the machine at the end: {harness.load_average():.1f}."
        ),
        tables=[_table(writing, reading, megabytes)],
        checks=[
            Check(
                "encode without index / bare encode of the same frames",
                harness.ratio(writing["memcodec, no index"], writing["bare"]),
                1.7,
                "x",
            ),
            Check(
                "encode with lexical index / bare encode",
                harness.ratio(writing["memcodec, lexical index"], writing["bare"]),
                2.6,
                "x",
            ),
            Check(
                "restore / bare decode and zxing-cpp read",
                harness.ratio(reading["memcodec"], bare_read),
                1.6,
                "x",
            ),
        ],
        figures={"writing": writing, "reading": reading, "text_mb": megabytes},
    )


def _encode(source: Path, file: Path, index: str) -> None:
    with memcodec.create(file, codec=CODEC, profile=PROFILE, index=index, model="none", force=True) as memory:
        memory.add_path(source)


def _writing(source: Path, file: Path, folder: Path, rounds: int) -> Times:
    lumas = bare.planes(file)
    harness.say(f"  {len(lumas)} frames of {lumas[0].shape}")
    works: dict[str, Callable[[], object]] = {
        "bare": bare.Encode(CODEC, PROFILE, lumas),
        "memcodec, no index": lambda: _encode(source, folder / "plain.mp4", "none"),
        "memcodec, lexical index": lambda: _encode(source, folder / "lexical.mp4", "now"),
    }
    return harness.alternate(works, rounds)


def _reading(file: Path, folder: Path, rounds: int) -> Times:
    turns = itertools.count()

    def restore() -> None:
        with memcodec.open(file) as memory:
            memory.restore(folder / f"out{next(turns)}")  # a new folder: replacing files makes the disk work

    processes = bare.Read(file, CODEC, PROFILE, processes=True)
    threads = bare.Read(file, CODEC, PROFILE, processes=False)
    with memcodec.open(file) as memory:
        wanted = memory.info().packets
    if not processes() == threads() >= wanted:
        raise SystemExit("the bare reader does not read every symbol: its time would mean nothing")
    works: dict[str, Callable[[], object]] = {
        "bare, processes": processes,
        "bare, threads": threads,
        "memcodec": restore,
    }
    try:
        return harness.alternate(works, rounds)
    finally:
        processes.close()
        threads.close()


def _table(writing: Times, reading: Times, megabytes: float) -> Table:
    rows: list[list[Cell]] = []
    for what, times in (("encode", writing), ("restore", reading)):
        for name, values in times.items():
            middle = statistics.median(values)
            rows.append([f"{what}: {name}", middle, min(values), max(values), megabytes / middle])
    return Table(
        "Seconds, and megabytes of text a second",
        ["work", "median s", "min s", "max s", "MB of text / s"],
        rows,
        "*bare* encode: PyAV with the same encoder settings on frames already in memory. *bare* "
        "restore: decode and zxing-cpp's read of every symbol, cut out by its known place, on all "
        "cores; memcodec's own times include finding, compressing, hashing and syncing (encode), or "
        "unpacking, checking and writing the files (restore).",
    )
