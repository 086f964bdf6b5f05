"""How long a search takes that nobody asked before, and how long when it was: by the number of documents."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpora, environments, harness, stock
from benchmarks.environments import Worker
from benchmarks.results import Cell, Check, Section, Table

LENGTH = 1_000  #: characters of a document, at most
TOGETHER = 50  #: queries that one side is asked before it is the others' turn
Figures = dict[str, float]


class _Scale(NamedTuple):
    documents: tuple[int, ...]
    queries: int
    openings: int
    peers: bool  # whether those are installed that are not here


FULL = _Scale((1_000, 10_000, 100_000), 1_000, 50, peers=True)
QUICK = _Scale((300, 600), 30, 5, peers=False)
OURS = {"memcodec, av1": "ours.mp4", "memcodec, flac": "ours.flac"}
UNSEEN, FIRST, WARM, FLAT = 20.0, 20.0, 0.5, 1.5  # milliseconds, and times


def run(quick: bool) -> Section:
    scale = QUICK if quick else FULL
    measured: dict[int, dict[str, Figures]] = {}
    for number in scale.documents:
        harness.say(f"  {number:,} documents")
        with harness.scratch() as folder:
            measured[number] = _measure(list(islice(_documents(), number)), scale, folder)
    return Section(
        name="touch",
        title="First touch",
        intro=(
            f"The Python documentation in documents of up to {LENGTH:,} characters; beyond its 11,413 they are made "
            f"of the same words in another order. {scale.queries:,} different queries of 2 to 4 words, k=10, hits with "
            "their texts. *Open and first*: a new object on the file each time, closed again. *Unseen*: the first time "
            "that an open file is asked each of them; *warm*: the second time, after all others. The sides take turns, "
            f"{TOGETHER} queries at a time, each in its own process. Load of the machine at the end: "
            f"{harness.load_average():.1f}."
        ),
        tables=[_table(number, sides) for number, sides in measured.items()],
        checks=_checks(measured),
        figures={str(number): sides for number, sides in measured.items()},
    )


def _documents() -> Iterator[str]:
    whole = corpora.whole(corpora.python_docs()).decode()
    for turn in count():
        yield from stock.pieces(corpora.varied(whole, turn), LENGTH)


def _measure(texts: Sequence[str], scale: _Scale, folder: Path) -> dict[str, Figures]:
    given = folder / "texts.json"
    given.write_text(json.dumps(texts))
    drawn = corpora.queries(list(texts), 2 * scale.queries)
    asked = list(dict.fromkeys(map(str.lower, drawn)))[: scale.queries]  # AND is an operator, "and" a word
    files = {**OURS, "SQLite FTS5": "theirs.sqlite"}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker("use_memcodec", folder)) for name in OURS}
        workers["SQLite FTS5"] = stack.enter_context(Worker("use_sqlite", folder))
        interpreter = environments.python("tantivy") if scale.peers else None
        if interpreter is not None:
            workers["tantivy"] = stack.enter_context(Worker("use_tantivy", folder, interpreter))
            files["tantivy"] = "theirs.tantivy"
        sizes = {
            name: worker("put", texts=given, file=folder / files[name]) for name, worker in workers.items()
        }
        paths = {name: folder / file for name, file in files.items()}
        opened = _asked("first", workers, paths, asked[: scale.openings])
        _asked("search", workers, paths, ["to open it"])
        unseen, warm = (_asked("search", workers, paths, asked) for _ in range(2))
    return {
        name: {
            "MB": sizes[name]["bytes"] / 1e6,
            "open and first": statistics.median(opened[name]),
            **{f"unseen p{share}": harness.percentile(unseen[name], share / 100) for share in (50, 99)},
            **{f"warm p{share}": harness.percentile(warm[name], share / 100) for share in (50, 99)},
        }
        for name in workers
    }


def _asked(
    job: str, workers: dict[str, Worker], paths: dict[str, Path], queries: Sequence[str]
) -> dict[str, list[float]]:
    """Milliseconds that each query took, by side."""
    taken: dict[str, list[float]] = {name: [] for name in workers}
    for at in range(0, len(queries), TOGETHER):
        for name, worker in workers.items():
            answer = worker(job, file=paths[name], queries=list(queries[at : at + TOGETHER]))
            if answer["refused"]:
                raise SystemExit(f"{name} refuses queries that all others answer: {answer['refused']}")
            taken[name] += [1000 * seconds for seconds in answer["times"]]
    return taken


def _table(number: int, sides: dict[str, Figures]) -> Table:
    columns = list(next(iter(sides.values())))
    rows: list[list[Cell]] = [[name, *figures.values()] for name, figures in sides.items()]
    return Table(f"{number:,} documents, milliseconds", ["library", *columns], rows)


def _checks(measured: dict[int, dict[str, Figures]]) -> list[Check]:
    found = []
    fewest, most = min(measured), max(measured)
    for name in OURS:
        for number, sides in measured.items():
            what, figures = f"{name}, {number:,} documents: ", sides[name]
            found += [
                Check(what + "open + first search", figures["open and first"], FIRST, "ms"),
                Check(what + "unseen query p99", figures["unseen p99"], UNSEEN, "ms"),
                Check(what + "warm query p50", figures["warm p50"], WARM, "ms"),
            ]
        grown = measured[most][name]["warm p50"] / measured[fewest][name]["warm p50"]
        found.append(Check(f"{name}: warm query p50, {most:,} documents / {fewest:,}", grown, FLAT, "x"))
    return found
