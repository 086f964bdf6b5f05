"""Many small documents: how fast they are added and stored, as texts and as files, plain and parsed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Cell, Check, Section, Table

COUNT, LENGTH, QUICK = 11_293, 975, 500
RATE = 3 * 471  #: documents a second: three times what it was


def run(quick: bool) -> Section:
    texts = corpora.chunks(QUICK if quick else COUNT, LENGTH)
    with harness.scratch(in_memory=True) as folder:
        for suffix in ("txt", "md", "html"):
            _write(texts, folder / suffix, suffix)
        works: dict[str, Callable[[], object]] = {
            "texts, by add()": lambda: _texts(texts, folder),
            "plain files": lambda: _files(folder / "txt", folder),
            "Markdown files": lambda: _files(folder / "md", folder),
            "HTML files": lambda: _files(folder / "html", folder),
        }
        rows = [_row(name, work, len(texts)) for name, work in works.items()]
    columns = ["documents", "s", "documents / s", "processor ms a document"]
    return Section(
        name="small",
        title="Many small documents",
        intro=(
            f"{len(texts):,} documents of {LENGTH} characters of the Python documentation, one commit, av1, dense, "
            f"lexical index; the second of two runs. Load of the machine at the end: {harness.load_average():.1f}."
        ),
        tables=[
            Table("Encode", columns, rows, "*processor*: of this process and those that parse files for it.")
        ],
        checks=[
            Check(f"many small documents, {row[0]}: a second", _rate(row), RATE, least=True) for row in rows
        ],
    )


def _rate(row: list[Cell]) -> float:
    return float(row[2] or 0)


def _write(texts: list[str], folder: Path, suffix: str) -> None:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:05}.{suffix}").write_text(text)


def _texts(texts: list[str], folder: Path) -> None:
    with _created(folder) as memory:
        for text in texts:
            memory.add(text)


def _files(source: Path, folder: Path) -> None:
    with _created(folder) as memory:
        memory.add_path(source)


def _created(folder: Path) -> memcodec.Memory:
    return memcodec.create(folder / "file.mp4", model="none", force=True)


def _row(name: str, work: Callable[[], object], count: int) -> list[Cell]:
    work()
    began, worked = time.perf_counter(), _processor()
    work()
    seconds, spent = time.perf_counter() - began, _processor() - worked
    harness.say(f"  {name}: {count / seconds:.0f} a second")
    return [name, seconds, count / seconds, spent / count * 1000]


def _processor() -> float:
    """Seconds that this process and its children have worked; those that still live have to end for that."""
    from memcodec.ingest.kinds import sandbox

    sandbox.close()
    return sum(os.times()[:4])
