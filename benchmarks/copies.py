"""What is copied instead of encoded: merge of ten files, and compact of a file that forgot a document."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import memcodec
from benchmarks import harness, stock
from benchmarks.results import Cell, Check, Table
from benchmarks.stock import Documents
from memcodec.upkeep.compact import CompactReport

COMPACT_LIMIT = 0.3
MERGE_LIMIT = 20.0
FILES = 10


@dataclass
class Merge:
    """A merge beside encoding all again: in one go, and file by file."""

    codec: str
    megabytes: float
    seconds: list[float]
    one_encode: float
    encodes: float
    size: int
    one_size: int
    queries: int
    differing: int

    @property
    def faster(self) -> float:
        """How often the merge fits into the quicker way of encoding all again."""
        return min(self.one_encode, self.encodes) / statistics.median(self.seconds)


def merge(texts: Documents, queries: Sequence[str], suffix: str, folder: Path, rounds: int) -> Merge:
    """Encodes the texts in one go to ``folder/one``, and as ten files; merges those."""
    new, one = stock.fresh(folder / "merged", suffix), folder / f"one{suffix}"
    one_encode = harness.seconds(lambda: stock.encode(one, texts))
    parts = {folder / f"part{number}{suffix}": part for number, part in enumerate(shares(texts))}
    encodes = sum(harness.seconds(partial(stock.encode, *each)) for each in parts.items())
    seconds = [harness.seconds(lambda: memcodec.merge(list(parts), new())) for _ in range(rounds)]
    merged = folder / "merged" / f"0{suffix}"
    with memcodec.open(merged) as mine, memcodec.open(one) as other:
        if len(list(mine.documents())) != len(texts):
            raise SystemExit("the merged file lacks documents: its time would mean nothing")
        codec, differing = mine.info().codec, stock.differing(mine, other, queries)
    sizes = merged.stat().st_size, one.stat().st_size
    return Merge(
        codec, stock.size(texts) / 1e6, seconds, one_encode, encodes, *sizes, len(queries), differing
    )


def shares(texts: Documents) -> list[dict[str, str]]:
    """The texts as neighbours, in ``FILES`` equal shares."""
    uris = list(texts)
    bounds = [len(uris) * number // FILES for number in range(FILES + 1)]
    return [{uri: texts[uri] for uri in uris[start:end]} for start, end in itertools.pairwise(bounds)]


@dataclass
class Compact:
    """A compact after one document was forgotten, beside encoding the others again."""

    codec: str
    megabytes: float
    times: dict[str, list[float]]
    report: CompactReport

    @property
    def copied(self) -> float:
        """The share of the new file's frames that were copied."""
        return self.report.copied / (self.report.copied + self.report.encoded)


def compact(texts: Documents, suffix: str, folder: Path, rounds: int) -> Compact:
    """Forgets the document in the middle."""
    file, gone = folder / f"forgetful{suffix}", list(texts)[len(texts) // 2]
    rest = {uri: text for uri, text in texts.items() if uri != gone}
    stock.encode(file, texts)
    new, reports = stock.fresh(folder / "compacted", suffix), list[CompactReport]()
    with ExitStack() as stack:
        memory = stack.enter_context(memcodec.open(file))
        memory.forget(memcodec.Filter(path=gone))
        codec = memory.info().codec
        works = {
            "compact": lambda: reports.append(memory.compact(new())),
            "encode": lambda: stock.encode(new(), rest),
        }
        times = harness.alternate(works, rounds)
    return Compact(codec, stock.size(texts) / 1e6, times, reports[-1])


def merge_table(merges: list[Merge]) -> Table:
    rows: list[list[Cell]] = [
        [
            each.codec,
            each.megabytes,
            statistics.median(each.seconds),
            each.one_encode,
            each.encodes,
            each.faster,
            each.size / each.one_size,
            f"{each.differing} of {each.queries}",
        ]
        for each in merges
    ]
    columns = (
        "text MB, merge s, one encode s, ten encodes s, times faster, file / one encode, "
        "queries answered otherwise"
    )
    return Table(
        "Merge of ten files",
        ["codec", *columns.split(", ")],
        rows,
        "Each file has its own lexical index, which is carried over. *times faster* than the quicker way to encode all "
        "again.",
    )


def compact_table(compacts: list[Compact]) -> Table:
    rows: list[list[Cell]] = [
        [
            each.codec,
            each.megabytes,
            statistics.median(each.times["compact"]),
            statistics.median(each.times["encode"]),
            harness.ratio(each.times["compact"], each.times["encode"]),
            100 * each.copied,
        ]
        for each in compacts
    ]
    columns = "text MB, compact s, encode s, compact / encode, frames copied %"
    return Table(
        "Compact, with one document forgotten",
        ["codec", *columns.split(", ")],
        rows,
        "The time includes verifying the new file. *encode*: the documents that are left, encoded again.",
    )


def checks(merges: list[Merge], compacts: list[Compact]) -> list[Check]:
    found = [
        Check(
            f"{each.codec}: compact with one document forgotten / encode of the others",
            harness.ratio(each.times["compact"], each.times["encode"]),
            COMPACT_LIMIT,
            "x",
        )
        for each in compacts
    ]
    for each in merges:
        what = f"{each.codec}: merge of ten files, {each.megabytes:.0f} MB of text"
        found += [
            Check(f"{what}, encoding again / merge", each.faster, MERGE_LIMIT, "x", least=True),
            Check(f"{what}, queries answered otherwise than by one encode", each.differing, 0),
        ]
    return found
