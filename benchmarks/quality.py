"""Search quality: how well each mode finds the section that a heading stood over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import memcodec
from benchmarks import corpora, harness, sections
from benchmarks.results import Cell, Check, Section, Table
from benchmarks.sections import Question
from memcodec.ingest.chunker import Chunker
from memcodec.search.results import Mode

MODEL = "all-MiniLM-L6-v2"
MODES: tuple[Mode, ...] = ("lexical", "semantic", "hybrid")
K = 10
CHARACTERS, QUICK = 2_200_000, 60_000  # of a corpus; about 1,000 make a chunk
Quality = dict[str, dict[str, float]]  # of each mode: nDCG and recall


def run(quick: bool) -> Section:
    rows: list[list[Cell]] = []
    figures: dict[str, Quality] = {}
    checks: list[Check] = []
    for name, folder in {"Python documentation": corpora.python_docs(), "CMake manual": _cmake()}.items():
        texts = [path.read_text() for path in corpora.files(folder) if ".rst" in path.suffixes]
        asked = sections.spread(sections.questions(texts), QUICK if quick else CHARACTERS)
        with harness.scratch() as scratch:
            chunks, quality = _measure(asked, scratch / "file.mp4")
        figures[name] = quality
        rows += [[name, len(asked), chunks, mode, of["nDCG"], of["recall"]] for mode, of in quality.items()]
        checks += _checks(name, quality)
    return Section(
        name="quality",
        title="Search quality",
        intro=(
            "Each section of a manual is a document, without its heading; the heading is the query, and the "
            "section's chunks are what is relevant. Headings that stand twice or are one word, and sections "
            f"below {sections.SHORTEST} or above {sections.LONGEST:,} characters, are left out. {MODEL}, int8."
        ),
        tables=[
            Table(
                f"The first {K} hits",
                ["corpus", "queries", "chunks", "mode", f"nDCG@{K}", f"recall@{K}"],
                rows,
                "Means over the queries. nDCG counts a relevant chunk as 1, others as 0; recall is the share of "
                "the relevant chunks.",
            )
        ],
        checks=checks,
        figures=figures,
    )


def _checks(name: str, quality: Quality) -> list[Check]:
    hybrid = quality["hybrid"]
    return [
        Check(
            f"{name}: {measure}@{K}, hybrid / {mode}", hybrid[measure] / quality[mode][measure], 1, "x", True
        )
        for measure in hybrid
        for mode in ("lexical", "semantic")
    ]


def _measure(asked: Sequence[Question], file: Path) -> tuple[int, Quality]:
    with memcodec.create(file, model=MODEL) as memory:
        for number, each in enumerate(asked):
            memory.add(each.text, uri=str(number))
    relevant = [sum(1 for _ in Chunker().spans([each.text.encode()])) for each in asked]
    with memcodec.open(file) as memory:
        assert memory.info().chunks == sum(relevant)
        harness.say(f"  {len(asked)} sections, {sum(relevant)} chunks")
        return sum(relevant), {mode: _quality(memory, mode, asked, relevant) for mode in MODES}


def _quality(
    memory: memcodec.Memory, mode: Mode, asked: Sequence[Question], relevant: Sequence[int]
) -> dict[str, float]:
    gains, recalls = 0.0, 0.0
    for number, (question, count) in enumerate(zip(asked, relevant, strict=True)):
        hits = memory.search(question.query, k=K, mode=mode)
        right = [hit.rank for hit in hits if hit.document.uri == str(number)]
        gains += _gain(right) / _gain(range(1, min(K, count) + 1))
        recalls += len(right) / count
    return {"nDCG": gains / len(asked), "recall": recalls / len(asked)}


def _gain(ranks: Iterable[int]) -> float:
    """Discounted cumulative gain: Jarvelin and Kekalainen, ACM TOIS 20 (2002)."""
    return sum(1 / math.log2(rank + 1) for rank in ranks)


def _cmake() -> Path:
    """The sources of CMake's manual (1,900 files)."""
    found = sorted(Path("/usr/share").glob("cmake-*/Help"))
    if not found:
        raise SystemExit("no /usr/share/cmake-*/Help: type  sudo apt-get install cmake-data")
    return found[-1]
