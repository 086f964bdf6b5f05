"""The journal: events and notes written one by one, beside SQLite and a bare sync; what reading and folding cost."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import memcodec
from benchmarks import harness
from benchmarks.results import Cell, Check, Section, Table
from memcodec.config.settings import Settings
from memcodec.file.journal.ledger import FileLedger
from memcodec.file.journal.limits import Limits
from memcodec.file.reader import read_file
from memcodec.storage.open import place_of

COUNT, QUICK = 10_000, 2_000  # events, one a write
SYNCED = 200  # writes, each on stable storage
LARGE, QUICK_LARGE = 100_000_000, 10_000_000  # bytes of a journal that is opened
GROUP = 100  # its events in a group
BODY = 200
NOTES = 30
ENDLESS = Limits(size=1 << 40, count=1 << 40)
NONE = Settings.of(model="none")
_INSERT = "INSERT INTO events (scope, body) VALUES (?, ?)"
_NOTE = "Note {}: the heron was back at the weir at six, and stood there until the mist had gone; {}."


def run(quick: bool) -> Section:
    count, large = (QUICK, QUICK_LARGE) if quick else (COUNT, LARGE)
    with harness.scratch() as folder:
        written = _written(folder, count)
        synced = _synced(folder)
        opened = _opened(folder, large)
        notes = _notes(folder)
        folds = [_folded(folder, suffix, count) for suffix in ("mp4", "flac")]
    ours = [statistics.median(each) for each in zip(*written["memcodec, batched"], strict=True)]
    theirs = [statistics.median(each) for each in zip(*written["SQLite, WAL, NORMAL"], strict=True)]
    rows: list[list[Cell]] = [
        [name, *(statistics.median(each) for each in zip(*runs, strict=True))]
        for name, runs in written.items()
    ]
    return Section(
        name="journal",
        title="The journal",
        intro=(
            f"{count:,} events of {BODY} bytes, one a write, in a file that has one commit; in turns with SQLite 3, "
            f"the median of three rounds. Load of the machine at the end: {harness.load_average():.1f}."
        ),
        tables=[
            Table("Events written", ["", "a second", "processor us each", "p99 ms"], rows, ""),
            Table("On stable storage before each is acknowledged", ["", "ms each, median"], synced, ""),
            Table(
                f"A journal of {large // 1_000_000} MB, {GROUP} events a group, opened", ["", "s"], opened, ""
            ),
            Table(
                "A note of 150 characters, in a process that has the file open",
                ["", "bytes", "processor ms"],
                notes,
                "",
            ),
            Table(
                f"{count:,} events folded",
                ["", "s", "bytes of the commit", "of the events' bytes"],
                folds,
                "",
            ),
        ],
        checks=[
            Check("events a second, batched", ours[0], 10_000, least=True),
            Check("p99 of a batched write, ms", ours[2], 1.0),
            Check("processor time of a write, of SQLite's", ours[1] / theirs[1], 1.0),
            Check(
                "a strict write, of a bare fdatasync",
                float(synced[1][1] or 0) / float(synced[0][1] or 1),
                1.3,
            ),
            Check(
                "opening a journal, of reading it", float(opened[1][1] or 0) / float(opened[0][1] or 1), 1.5
            ),
            Check("bytes of a note", max(float(row[1] or 0) for row in notes), 1000),
            Check("processor ms of a note, MP4", float(notes[0][2] or 0), 2.0),
            Check("a fold of events, of their bytes, MP4", float(folds[0][3] or 0), 0.25),
        ],
    )


def body(number: int) -> bytes:
    """An event as an agent writes one."""
    text = {
        "t": 1.7e9 + number,
        "kind": "call",
        "tool": f"search-{number % 7}",
        "argument": f"heron {number * 7919 % 9973}",
    }
    return json.dumps(text).encode().ljust(BODY)


def _file(path: Path) -> Path:
    with memcodec.create(path, model="none", force=True) as memory:
        memory.add("The grey heron stands in shallow water.\n" * 50)
    return path


def _timed(write: Callable[[int], object], count: int) -> tuple[float, float, float]:
    """Writes a second, processor microseconds each, the 99th percentile in milliseconds."""
    times, began, worked = [], time.perf_counter(), time.process_time()
    for number in range(count):
        at = time.perf_counter()
        write(number)
        times.append(time.perf_counter() - at)
    seconds, spent = time.perf_counter() - began, time.process_time() - worked
    return count / seconds, spent / count * 1e6, sorted(times)[int(0.99 * count)] * 1e3


def _written(folder: Path, count: int) -> dict[str, list[tuple[float, float, float]]]:
    found: dict[str, list[tuple[float, float, float]]] = {}
    for number in range(4):  # the first warms up
        for name, suffix in (("memcodec, batched", "mp4"), ("memcodec, batched, FLAC", "flac")):
            path = _file(folder / f"{number}.{suffix}")
            with FileLedger(place_of(path), NONE, limits=ENDLESS) as ledger:
                made = _timed(lambda n, ledger=ledger: ledger.append([("run", body(n))]), count)
            found.setdefault(name, []).append(made)
        base = sqlite3.connect(folder / f"{number}.sqlite", isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        base.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, scope TEXT, body BLOB)")
        made = _timed(lambda n, base=base: base.execute(_INSERT, ("run", body(n))), count)
        found.setdefault("SQLite, WAL, NORMAL", []).append(made)
        base.close()
    return {name: runs[1:] for name, runs in found.items()}


def _synced(folder: Path) -> list[list[Cell]]:
    bare, ours = list[float](), list[float]()
    fd = os.open(folder / "bare", os.O_RDWR | os.O_CREAT)
    path = _file(folder / "strict.mp4")
    with FileLedger(place_of(path), NONE, limits=ENDLESS, durability="strict") as ledger:
        for number in range(SYNCED):
            data = body(number).ljust(340)
            at = time.perf_counter()
            os.pwrite(fd, data, number * len(data))
            os.fdatasync(fd)
            bare.append(time.perf_counter() - at)
            at = time.perf_counter()
            ledger.append([("run", body(number))])
            ours.append(time.perf_counter() - at)
    os.close(fd)
    return [
        ["pwrite and fdatasync", statistics.median(bare) * 1e3],
        ["memcodec, strict", statistics.median(ours) * 1e3],
    ]


def _opened(folder: Path, size: int) -> list[list[Cell]]:
    path, number = _file(folder / "large.mp4"), 0
    with FileLedger(place_of(path), NONE, limits=ENDLESS, durability="none") as ledger:
        while path.stat().st_size < size:
            ledger.append([("run", os.urandom(BODY)) for _ in range(GROUP)])
            number += GROUP

    def opened() -> None:
        reader = read_file(path, journal=False)
        journal = reader.media.journal
        assert journal is not None
        assert journal.groups[-1].following == number
        reader.close()

    times = harness.alternate({"read": path.read_bytes, "open": opened}, 5)
    return [
        ["the file read", statistics.median(times["read"])],
        ["opened, every group proven", statistics.median(times["open"])],
    ]


def _notes(folder: Path) -> list[list[Cell]]:
    rows = list[list[Cell]]()
    for suffix in ("mp4", "flac"):
        path, spent, sizes = _file(folder / f"notes.{suffix}"), list[float](), list[int]()
        with memcodec.open(path, settings=NONE) as memory:
            for number in range(NOTES):
                text = _NOTE.format(number, number * 7919).ljust(150)
                size, worked = path.stat().st_size, time.process_time()
                memory.add(text)
                memory.commit()
                spent.append(time.process_time() - worked)
                sizes.append(path.stat().st_size - size)
        rows.append([f"memcodec append, {suffix}", max(sizes), statistics.median(spent) * 1e3])
    return rows


def _folded(folder: Path, suffix: str, count: int) -> list[Cell]:
    path = _file(folder / f"folded.{suffix}")
    with FileLedger(place_of(path), NONE, limits=ENDLESS, durability="none") as ledger:
        for number in range(count):
            ledger.append([("run", body(number))])
        size = path.stat().st_size
        seconds = harness.seconds(ledger.fold)
    grown = path.stat().st_size - size
    return [suffix, seconds, grown, grown / (count * BODY)]
