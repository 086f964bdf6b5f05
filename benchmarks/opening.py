"""How soon memcodec is there: the command's help, the import, a file's opening."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable

import memcodec
from benchmarks import corpora, harness
from benchmarks.results import Section, Table

QUICK = 200_000


def run(quick: bool) -> Section:
    rounds = 5 if quick else 15
    with harness.scratch() as folder:
        source = corpora.subset(QUICK, folder / "subset") if quick else corpora.python_docs()
        file = folder / "file.mp4"
        with memcodec.create(file, model="none") as memory:
            memory.add_path(source)

        def open_file() -> None:
            memcodec.open(file).close()

        works: dict[str, Callable[[], object]] = {
            "Python alone (python -c pass)": _command("-c", "pass"),
            "import memcodec": _command("-c", "import memcodec"),
            "memcodec --help": _command("-m", "memcodec", "--help"),
            "memcodec info FILE": _command("-m", "memcodec", "info", str(file)),
            "memcodec search QUERY FILE": _command(
                "-m", "memcodec", "search", "--mode", "lexical", "event loop", str(file)
            ),
            "in process: memcodec.open(FILE)": open_file,
        }
        times = harness.alternate(works, rounds)
    medians = {name: statistics.median(values) * 1000 for name, values in times.items()}
    return Section(
        name="opening",
        title="Opening",
        intro=f"Milliseconds until a fresh process has done its work and ended, median of {rounds} rounds in turn.",
        tables=[Table("Start", ["what", "ms"], [[name, value] for name, value in medians.items()])],
        figures=medians,
    )


def _command(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
