"""A file of a thousand commits of one document each: what they cost, and what they cost a search."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import memcodec
from benchmarks import harness, stock
from benchmarks.results import Cell, Check, Table
from benchmarks.stock import Documents
from memcodec import Memory

EDGE = 100  #: commits at either end that the medians are taken of
FIRST = 5  #: of so many queries one, in turn, is asked of files opened afresh
GROWN_LIMIT, COMPACT_LIMIT, SIZE_LIMIT = 3.0, 1.2, 1.15
APPEND_LIMIT = OPEN_LIMIT = 2.0
Opener = Callable[[], Memory]


@dataclass
class Searched:
    """Milliseconds of searches in one file: on a handle that is warm, and from opening it to the first answer."""

    warm: list[float]
    first: list[float]

    @property
    def p50(self) -> float:
        return harness.percentile(self.warm, 0.5)

    @property
    def first_p50(self) -> float:
        return harness.percentile(self.first, 0.5)


@dataclass
class Grown:
    """A file of many commits beside one encode of the same documents. ``seconds``: of each commit, in order."""

    codec: str
    seconds: list[float]
    encoding: float
    compacting: float
    sizes: dict[str, int]
    runs: dict[str, int]
    searches: dict[str, Searched]
    differing: dict[str, int]

    @property
    def middle(self) -> int:
        return len(self.seconds) // 2


def measure(texts: Documents, queries: Sequence[str], suffix: str, folder: Path, rounds: int) -> Grown:
    """Grows a file document by document, compacts it, and searches it beside files that were encoded in one go."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("commits", "one", "half", "compacted")
    grown, one, half, compacted = (folder / f"{name}{suffix}" for name in names)
    seconds = _grow(grown, texts)
    encoding = harness.seconds(lambda: stock.encode(one, texts))
    middle = len(texts) // 2
    stock.encode(half, dict(list(texts.items())[:middle]))
    with memcodec.open(grown) as memory:
        codec = memory.info().codec
        compacting = harness.seconds(lambda: memory.compact(compacted))
    files: dict[str, Opener] = {
        "one encode": partial(memcodec.open, one),
        "commits": partial(memcodec.open, grown),
        "compacted": partial(memcodec.open, compacted),
        "one encode of the first half": partial(memcodec.open, half),
        "as of the middle": partial(memcodec.open, grown, as_of=middle),
    }
    return Grown(
        codec,
        seconds,
        encoding,
        compacting,
        {
            "one encode": one.stat().st_size,
            "commits": grown.stat().st_size,
            "compacted": compacted.stat().st_size,
        },
        {name: _runs(opened) for name, opened in files.items()},
        search(files, queries, rounds),
        _differing(files, queries),
    )


def _grow(path: Path, texts: Documents) -> list[float]:
    """Seconds of each commit, from opening the file to closing it; the first makes it."""
    works = [stock.encode] + [stock.append] * (len(texts) - 1)
    return [
        harness.seconds(partial(work, path, {uri: text}))
        for work, (uri, text) in zip(works, texts.items(), strict=True)
    ]


def search(files: Mapping[str, Opener], queries: Sequence[str], rounds: int) -> dict[str, Searched]:
    """Every query in every file in turn, some on a fresh opening too; the first round is not counted."""
    found = {name: Searched([], []) for name in files}
    with ExitStack() as stack:
        handles = {name: stack.enter_context(opened()) for name, opened in files.items()}
        for number in range(rounds + 1):
            for query in queries:
                for name in files:
                    warm = harness.seconds(partial(handles[name].search, query))
                    found[name].warm += [warm * 1000] if number else []
            for query in queries[number % FIRST :: FIRST]:
                for name, opened in files.items():
                    first = harness.seconds(partial(_open_and_search, opened, query))
                    found[name].first += [first * 1000] if number else []
    return found


def _open_and_search(opened: Opener, query: str) -> None:
    with opened() as memory:
        memory.search(query)


def _runs(opened: Opener) -> int:
    with opened() as memory:
        return len(memory.reader.indexes)


def _differing(files: Mapping[str, Opener], queries: Sequence[str]) -> dict[str, int]:
    """How many queries each file answers otherwise than the one encode of its documents does."""
    pairs = {
        "commits": "one encode",
        "compacted": "one encode",
        "as of the middle": "one encode of the first half",
    }
    found = {}
    for name, other in pairs.items():
        with files[name]() as mine, files[other]() as theirs:
            found[name] = stock.differing(mine, theirs, queries)
    return found


def commit_table(grown: list[Grown]) -> Table:
    rows: list[list[Cell]] = [
        [
            each.codec,
            len(each.seconds),
            sum(each.seconds),
            statistics.median(each.seconds[1 : EDGE + 1]) * 1000,
            statistics.median(each.seconds[-EDGE:]) * 1000,
            max(each.seconds) * 1000,
            each.encoding,
            each.compacting,
        ]
        for each in grown
    ]
    columns = "commits, s in all, first ms, last ms, slowest ms, one encode s, compact s"
    return Table(
        "A thousand commits",
        ["codec", *columns.split(", ")],
        rows,
        f"One document of some 1,500 characters each, in a warm process that opens and closes the file every time; "
        f"*first* and *last*: medians of {EDGE}. Old indexes are folded in some of them: the slowest.",
    )


def search_table(grown: list[Grown]) -> Table:
    rows: list[list[Cell]] = [
        [
            each.codec,
            name,
            each.sizes.get(name),
            each.runs[name],
            searched.p50,
            searched.first_p50,
            each.differing.get(name),
        ]
        for each in grown
        for name, searched in each.searches.items()
    ]
    columns = "file, bytes, indexes, search p50 ms, open + first search p50 ms, queries answered otherwise"
    return Table(
        "Search in it",
        ["codec", *columns.split(", ")],
        rows,
        "Lexical, k=10, hits with their text; every query goes to all files in turn. *queries answered otherwise* than "
        "by the one encode of the same documents: other documents, spans, texts, scores or order.",
    )


def checks(grown: list[Grown]) -> list[Check]:
    return [check for each in grown for check in _checks(each)]


def _checks(grown: Grown) -> list[Check]:
    commits, searches, sizes = f"{len(grown.seconds):,} commits", grown.searches, grown.sizes
    found = []
    for name, what, base, limit in (
        ("commits", commits, "one encode", GROWN_LIMIT),
        ("compacted", f"{commits}, compacted", "one encode", COMPACT_LIMIT),
        ("as of the middle", f"as of commit {grown.middle}", "one encode of the first half", GROWN_LIMIT),
    ):
        warm = searches[name].p50 / searches[base].p50
        first = searches[name].first_p50 / searches[base].first_p50
        opened = OPEN_LIMIT if name == "commits" else limit
        found += [
            Check(f"{grown.codec}: {what}, search p50 / one encode", warm, limit, "x"),
            Check(f"{grown.codec}: {what}, open + first search / one encode", first, opened, "x"),
            Check(f"{grown.codec}: {what}, queries answered otherwise", grown.differing[name], 0),
        ]
    ratio = sizes["compacted"] / sizes["one encode"]
    later = statistics.median(grown.seconds[-EDGE:]) / statistics.median(grown.seconds[1 : EDGE + 1])
    found.append(Check(f"{grown.codec}: append, last of {commits} / first", later, APPEND_LIMIT, "x"))
    return [*found, Check(f"{grown.codec}: {commits}, compacted, file / one encode", ratio, SIZE_LIMIT, "x")]
