"""How long a search takes that nobody asked before, and how long when it was: by the number of documents."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import corpora, environments, harness, stock, stores
from benchmarks.environments import Worker
from benchmarks.results import Cell, Check, Section, Table
from benchmarks.stores import Peer

LENGTH = 1_000  #: characters of a document, at most
TOGETHER = 50  #: queries that one side is asked before it is the others' turn
Figures = dict[str, float]


class _Scale(NamedTuple):
    documents: tuple[int, ...]
    queries: int
    openings: int
    peers: bool  # whether those are asked that have an environment of their own


FULL = _Scale((1_000, 10_000, 100_000), 1_000, 50, peers=True)
QUICK = _Scale((300, 600), 30, 5, peers=False)
OURS = ("memcodec mp4", "memcodec flac")
_BESIDE = ("SQLite FTS5", "tantivy")
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
    with ExitStack() as stack:
        sides = [_Side(peer, folder, stack) for peer in _peers(scale)]
        for side in sides:
            side.ask("put", texts=given)
        for query in asked[: scale.openings]:
            for side in sides:
                side.opened.append(1000 * side.ask("first", query=query)["seconds"])
        for side in sides:
            side.ask("search", queries=["to open it"])
        for taken in ("unseen", "warm"):
            for at in range(0, len(asked), TOGETHER):
                for side in sides:
                    side.search(asked[at : at + TOGETHER], getattr(side, taken))
        return {side.peer.name: side.figures() for side in sides}


def _peers(scale: _Scale) -> Iterator[Peer]:
    for peer in stores.PEERS:
        ours = peer.name in OURS or (peer.name in _BESIDE and not peer.environment)
        if ours or (scale.peers and peer.name in _BESIDE and environments.python(peer.environment)):
            yield peer


class _Side:
    """A library in its own process, on a folder of its own; and the milliseconds that it took."""

    def __init__(self, peer: Peer, folder: Path, stack: ExitStack) -> None:
        interpreter = environments.python(peer.environment) if peer.environment else None
        self.peer, self._folder = peer, folder / peer.name.replace(" ", "-")
        self._worker = stack.enter_context(Worker(peer.script, folder, interpreter))
        self.opened: list[float] = []
        self.unseen: list[float] = []
        self.warm: list[float] = []

    def ask(self, job: str, **arguments: Any) -> dict[str, Any]:
        return self._worker(job, timeout=3600, folder=self._folder, **arguments)

    def search(self, queries: Sequence[str], taken: list[float]) -> None:
        times = self.ask("search", queries=list(queries))["times"]
        if None in times:
            raise SystemExit(f"{self.peer.name} refuses a query that is words alone")
        taken += [1000 * seconds for seconds in times]

    def figures(self) -> Figures:
        times = {"unseen": self.unseen, "warm": self.warm}
        return {
            "MB": corpora.size(self._folder) / 1e6,
            "open and first": statistics.median(self.opened),
            **{
                f"{name} p{share}": harness.percentile(each, share / 100)
                for name, each in times.items()
                for share in (50, 99)
            },
        }


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
