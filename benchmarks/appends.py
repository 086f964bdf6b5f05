"""What an append costs as the file grows, beside encoding the same text alone; and which old bytes it changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import memcodec
from benchmarks import harness, stock
from benchmarks.results import Cell, Check, Table
from benchmarks.stock import Documents

BYTES_LIMIT, TIME_LIMIT = 3.0, 2.0
#: The 36 bits that state a FLAC file's length in samples (RFC 9639, section 8.2). An MP4 of fragments states none.
STATED = {".flac": range(21, 26), ".mp4": range(0)}


@dataclass
class Append:
    """One append, measured: ``grown`` and ``alone`` in bytes, times in seconds by work, round by round."""

    codec: str
    megabytes: float
    grown: int
    alone: int
    touched: int  #: old bytes that changed, in the field that states the length
    broken: int  #: old bytes that changed anywhere else
    times: dict[str, list[float]]

    @property
    def bytes_ratio(self) -> float:
        return (self.grown + self.touched) / self.alone

    @property
    def time_ratio(self) -> float:
        return harness.ratio(self.times["append"], self.times["alone"])

    @property
    def command_ratio(self) -> float:
        return harness.ratio(self.times["memcodec append"], self.times["memcodec encode"])

    def seconds(self, work: str) -> float:
        return harness.percentile(self.times[work], 0.5)


def measure(base: Path, megabytes: float, added: Documents, folder: Path, rounds: int) -> Append:
    """Appends ``added`` to copies of ``base`` and encodes it alone, in turn, in this process and as commands."""
    sources = _written(added, folder / "sources")
    copies = _copies(base, folder / "copies", 2 * (rounds + 1))
    grown, alone = iter(copies), stock.fresh(folder / "alone", base.suffix)
    works = {
        "append": lambda: stock.append(next(grown), added),
        "alone": lambda: stock.encode(alone(), added),
        "memcodec append": lambda: _command("append", str(next(grown)), str(sources)),
        "memcodec encode": lambda: _command("encode", str(sources), "-o", str(alone()), "--model", "none"),
    }
    times = harness.alternate(works, rounds)
    first = folder / "alone" / f"0{base.suffix}"
    changed = [at for copy in copies for at in changed_bytes(base, copy)]
    made = Append(
        codec=_codec(copies[0], len(added)),
        megabytes=megabytes,
        grown=copies[0].stat().st_size - base.stat().st_size,
        alone=first.stat().st_size,
        touched=len({at for at in changed if at in STATED[base.suffix]}),
        broken=sum(at not in STATED[base.suffix] for at in changed),
        times=times,
    )
    shutil.rmtree(folder)
    return made


def changed_bytes(old: Path, new: Path) -> list[int]:
    """Where ``new`` does not begin as ``old`` does. A byte that is gone counts as changed."""
    before, after = (np.fromfile(path, np.uint8) for path in (old, new))
    common = min(len(before), len(after))
    return [*np.flatnonzero(before[:common] != after[:common]).tolist(), *range(common, len(before))]


def _copies(base: Path, folder: Path, count: int) -> list[Path]:
    """Copies that are on the disk before the clock starts: an append must not wait for their bytes."""
    new = stock.fresh(folder, base.suffix)
    made = [Path(shutil.copyfile(base, new())) for _ in range(count)]
    os.sync()
    return made


def _written(texts: Documents, folder: Path) -> Path:
    for uri, text in texts.items():
        path = folder / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def _command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "memcodec", *arguments, "-q"], check=True, capture_output=True)


def _codec(path: Path, added: int) -> str:
    with memcodec.open(path) as memory:
        if memory.log()[-1].added != added:
            raise SystemExit(f"{path}: the append is not in it: its time would mean nothing")
        return memory.info().codec


def table(appends: list[Append]) -> Table:
    rows: list[list[Cell]] = [
        [
            each.codec,
            each.megabytes,
            each.grown,
            each.bytes_ratio,
            each.seconds("append") * 1000,
            each.time_ratio,
            each.seconds("memcodec append") * 1000,
            each.command_ratio,
            each.touched,
            each.broken,
        ]
        for each in appends
    ]
    columns = (
        "codec, file's text MB, bytes added, added / alone, append ms, append / alone, command ms, "
        "command / encode command, old bytes changed: stated length, elsewhere"
    )
    return Table(
        "Append of 100 KB, by the text that is in the file",
        ["codec", *columns.split(", ")[1:]],
        rows,
        "*alone*: a new file of the same 100 KB. The first two times are in a warm process, from opening the file to "
        "closing it; the *command* is a whole `memcodec append`, beside a whole `memcodec encode`.",
    )


def checks(appends: list[Append]) -> list[Check]:
    found: list[Check] = []
    for codec in dict.fromkeys(each.codec for each in appends):
        mine = [each for each in appends if each.codec == codec]
        sizes = ", ".join(f"{each.megabytes:g}" for each in mine)
        what = f"{codec}: append of 100 KB to {sizes} MB of text"
        found += [
            Check(f"{what}, bytes / alone, most", max(each.bytes_ratio for each in mine), BYTES_LIMIT, "x"),
            Check(f"{what}, time / alone, most", max(each.time_ratio for each in mine), TIME_LIMIT, "x"),
            Check(f"{what}, command / command", max(each.command_ratio for each in mine), TIME_LIMIT, "x"),
            Check(
                f"{what}, old bytes changed but for the stated length", sum(each.broken for each in mine), 0
            ),
        ]
    return found


def figures(appends: list[Append]) -> dict[str, list[list[float]]]:
    """By codec, for the chart: megabytes of text in the file, and the ratios of bytes, time and command."""
    found: dict[str, list[list[float]]] = {}
    for each in appends:
        point = [each.megabytes, each.bytes_ratio, each.time_ratio, each.command_ratio]
        found.setdefault(each.codec, []).append(point)
    return found
