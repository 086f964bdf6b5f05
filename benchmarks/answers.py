"""Whether a search answers: the right document first for what is known, nothing for nonsense, and a better ranking."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import memcodec
from benchmarks import harness, knownitems, quality, sections
from benchmarks.knownitems import Item
from benchmarks.quality import CHARACTERS, MODEL, QUICK, K
from benchmarks.results import Cell, Check, Section, Table
from benchmarks.sections import Question
from memcodec.ingest.chunker import Chunker
from memcodec.search.engine import Searcher

TUNED = "Python documentation"  #: what the settings were chosen on: the others only confirm them
_RRF, _DEPTH = 10, 100  # of the fusion before
_ENOUGH, _BETTER = 0.95, 1.02


def run(quick: bool) -> Section:
    with harness.scratch() as scratch:
        first, nothing = _items(scratch / "items.mp4")
    sets = {
        name: sections.spread(sections.questions(texts), QUICK if quick else CHARACTERS)
        for name, texts in quality._corpora().items()
    }
    ranked = {name: _compare(asked) for name, asked in sets.items()}
    return Section(
        name="answers",
        title="Search that answers",
        intro=(
            "*Known items*: documents in ten languages, each beside others that nearly hold the same "
            "(`benchmarks/knownitems.py`); the query is what one holds. *Nonsense* is put to the same file. Then the "
            f"labelled sets of the section above: fused as before, by ranks (BM25 and cosine, "
            f"1 / ({_RRF} + rank)), and as now, by scores, with neighbouring words. Settings were chosen on the "
            f"{TUNED} alone. {MODEL}."
        ),
        tables=[
            _shares("Known items", "first", first),
            _shares("Nonsense", "no hit", nothing),
            _fused(ranked),
        ],
        checks=[
            Check("known items: right document first", _share(first), _ENOUGH, least=True),
            Check("nonsense: no hit", _share(nothing), _ENOUGH, least=True),
            *(
                Check(f"{name}: fused nDCG@{K}, after / before", after / before, _BETTER, "x", least=True)
                for name, (before, after) in ranked.items()
            ),
        ],
        figures={"fused": {name: list(pair) for name, pair in ranked.items()}},
    )


Outcome = dict[str, list[bool]]  # of each kind of query, for each whether it came out right


def _share(outcome: Outcome) -> float:
    return float(np.mean([each for of in outcome.values() for each in of]))


def _shares(title: str, what: str, outcome: Outcome) -> Table:
    rows: list[list[Cell]] = [[kind, len(of), float(np.mean(of))] for kind, of in outcome.items()]
    return Table(title, ["kind", "queries", what], rows)


def _items(file: Path) -> tuple[Outcome, Outcome]:
    """Whether known items' documents come first, and whether nonsense has no hit."""
    texts, asked = knownitems.documents()
    with memcodec.create(file, model=MODEL) as memory:
        for uri, text in texts.items():
            memory.add(text, uri=uri)
    with memcodec.open(file) as memory:
        first = _outcome(asked, lambda item: _uri(memory, item.query) == item.uri)
        nothing = _outcome(knownitems.nonsense(), lambda item: not memory.search(item.query, k=1))
    return first, nothing


def _outcome(items: Sequence[Item], is_right: Callable[[Item], bool]) -> Outcome:
    found: Outcome = defaultdict(list)
    for item in items:
        found[item.kind].append(is_right(item))
        if not found[item.kind][-1]:
            harness.say(f"  {item}")
    return found


def _uri(memory: memcodec.Memory, query: str) -> str:
    return next((hit.document.uri for hit in memory.search(query, k=1)), "")


def _compare(asked: Sequence[Question]) -> tuple[float, float]:
    """Mean nDCG of hybrid search, fused as before and as now."""
    relevant = [sum(1 for _ in Chunker().spans([each.text.encode()])) for each in asked]
    owners = np.repeat(np.arange(len(asked)), relevant)
    with harness.scratch() as scratch:
        with memcodec.create(scratch / "file.mp4", model=MODEL) as memory:
            for number, each in enumerate(asked):
                memory.add(each.text, uri=str(number))
        with memcodec.open(scratch / "file.mp4") as memory:
            searcher = Searcher([memory.reader])
            before = [_as_before(searcher, each.query) for each in asked]
            after = quality._quality(memory, "hybrid", asked, relevant)["nDCG"]
    gains = [
        quality._gain((np.flatnonzero(owners[chunks] == number) + 1).tolist())
        / quality._gain(range(1, min(K, count) + 1))
        for number, (chunks, count) in enumerate(zip(before, relevant, strict=True))
    ]
    return float(np.mean(gains)), after


def _as_before(searcher: Searcher, query: str) -> list[int]:
    """The first chunks of a file of one commit by reciprocal rank fusion of BM25 and cosines."""
    indexes, semantic = searcher._indexes, searcher._semantic
    by_words = indexes.collection.search(query, _DEPTH).chunk.tolist()
    by_meaning = [each.chunk for each in semantic.rank(query, [run.live for _, run in indexes.runs], _DEPTH)]
    scores: Counter[int] = Counter()
    for ranked in (by_words, by_meaning):
        for rank, chunk in enumerate(ranked, 1):
            scores[chunk] += 1 / (_RRF + rank)  # type: ignore[assignment]
    return sorted(scores, key=lambda chunk: (-scores[chunk], chunk))[:K]


def _fused(ranked: dict[str, tuple[float, float]]) -> Table:
    rows: list[list[Cell]] = [
        [name, "chosen on" if name == TUNED else "confirmed on", before, after, after / before]
        for name, (before, after) in ranked.items()
    ]
    return Table(f"Fused nDCG@{K}", ["corpus", "settings", "before", "after", "after / before"], rows)
