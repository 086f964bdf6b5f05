"""Late meaning: what hybrid search finds in files without vectors, when the best by words are embedded for a query."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import memcodec
from benchmarks import harness, quality, sections
from benchmarks.quality import CHARACTERS, MODEL, QUICK, K
from benchmarks.results import Check, Section, Table
from benchmarks.sections import Question
from memcodec.ingest.chunker import Chunker
from memcodec.search.engine import Searcher
from memcodec.search.late import MOST, Lateness

WITHIN = 0.01  #: of nDCG
FIRST = 20  #: queries that are first
Figures = dict[str, float]


def run(quick: bool) -> Section:
    found: dict[str, Figures] = {}
    for name, texts in quality._corpora().items():
        asked = sections.spread(sections.questions(texts), QUICK if quick else CHARACTERS)
        with harness.scratch() as folder:
            found[name] = _measure(asked, folder)
        harness.say(f"  {name}: {found[name]}")
    return Section(
        name="late",
        title="Late meaning",
        intro=(
            f"The labelled sets of *Search quality*, {MODEL}, k={K}, hybrid search. *Full*: vectors of all chunks. "
            "*Late*: `--model none`, no vectors at all, `late` set to `always`: of each query the best "
            f"{MOST} chunks by words are embedded when it is asked, and kept for those after it. *Words*: the same "
            "file without. Every query is asked once and, after all others, again, of one open file; nothing is kept "
            "on disk, and the model was loaded before. Processor time is that of all cores."
        ),
        tables=[
            Table(
                f"Fused nDCG@{K}, late",
                ["corpus", "words", "late", "full", "late - full"],
                [
                    [name, of["words"], of["late"], of["full"], of["late"] - of["full"]]
                    for name, of in found.items()
                ],
            ),
            Table(
                "Milliseconds a query",
                ["corpus", *_TIMES],
                [[name, *(of[each] for each in _TIMES)] for name, of in found.items()],
                "*full*: the same queries put to the file with vectors, asked once. A query costs less the more of "
                "its hits earlier ones have had embedded: *first 20* are the medians of the first twenty, *once* and "
                "*again* those of all.",
            ),
        ],
        checks=[
            Check(f"{name}: fused nDCG@{K}, full - late", of["full"] - of["late"], WITHIN)
            for name, of in found.items()
        ],
        figures=found,
    )


_TIMES = tuple(
    f"{turn}, {what}" for turn in ("first 20", "once", "again", "full") for what in ("clock", "processor")
)


class _Took(NamedTuple):
    """What the answer to one query gained, and its milliseconds."""

    gain: float
    clock: float
    processor: float


def _measure(asked: Sequence[Question], folder: Path) -> Figures:
    relevant = [sum(1 for _ in Chunker().spans([each.text.encode()])) for each in asked]
    full, none = folder / "full.mp4", folder / "none.mp4"
    _write(full, asked, MODEL)
    _write(none, asked, "none")
    with memcodec.open(none) as memory:
        words = _round(Searcher([memory.reader]), asked, relevant)
        late = Searcher([memory.reader], lateness=Lateness("always", MODEL, keep=False))
        late._semantic.load().embed_query("before the first")
        once, again = (_round(late, asked, relevant) for _ in range(2))
    with memcodec.open(full) as memory:
        searcher = Searcher([memory.reader])
        searcher._semantic.load().embed_query("before the first")
        whole = _round(searcher, asked, relevant)
    gains = {"words": words, "late": once, "full": whole}
    turns = {"first 20": once[:FIRST], "once": once, "again": again, "full": whole}
    return {
        **{name: statistics.fmean(each.gain for each in of) for name, of in gains.items()},
        **{f"{name}, clock": statistics.median(each.clock for each in of) for name, of in turns.items()},
        **{
            f"{name}, processor": statistics.median(each.processor for each in of)
            for name, of in turns.items()
        },
    }


def _write(file: Path, asked: Sequence[Question], model: str) -> None:
    with memcodec.create(file, model=model) as memory:
        for number, each in enumerate(asked):
            memory.add(each.text, uri=str(number))


def _round(searcher: Searcher, asked: Sequence[Question], relevant: Sequence[int]) -> list[_Took]:
    return [
        _took(searcher, each.query, str(number), count)
        for number, (each, count) in enumerate(zip(asked, relevant, strict=True))
    ]


def _took(searcher: Searcher, query: str, uri: str, relevant: int) -> _Took:
    began, worked = time.perf_counter(), time.process_time()
    hits = searcher.search(query, K)
    took = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)
    right = [hit.rank for hit in hits if hit.document.uri == uri]
    return _Took(quality._gain(right) / quality._gain(range(1, min(K, relevant) + 1)), *took)
