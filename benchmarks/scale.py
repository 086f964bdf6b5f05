"""A vector index of up to a million vectors: how it is made, opened and searched, beside FAISS with the same lists."""

from __future__ import annotations

import json
import math
import mmap
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import harness
from benchmarks.clusters import DIMENSIONS, Clusters, Vectors
from benchmarks.results import Cell, Check, Section, Table
from memcodec.config.settings import VECTOR_BITS
from memcodec.format.arrays import Codes
from memcodec.format.blob import Blob
from memcodec.index.vectors import segment as vectors
from memcodec.index.vectors.rotation import rotation
from memcodec.index.vectors.segment import VectorSegment
from memcodec.model import Extent
from memcodec.storage.local import LocalSource

COUNTS, QUICK = (10_000, 100_000, 1_000_000), (2_000, 14_000)
QUERIES, K = 1_000, 10
_OPENINGS = 51
_MB = 1e6
Figures = dict[str, float]


def run(quick: bool) -> Section:
    measured: dict[int, Figures] = {}
    for count in QUICK if quick else COUNTS:
        with harness.scratch() as folder:
            measured[count] = {
                key: value
                for step in ("build", "bare", "search", "resident")
                for key, value in harness.child("benchmarks.scale", step, str(folder), str(count)).items()
            }
        harness.say(
            f"  {count:,}: " + ", ".join(f"{key} {value:.4g}" for key, value in measured[count].items())
        )
    return Section(
        name="scale",
        title="Vectors at size",
        intro=(
            f"Made vectors of {DIMENSIONS} numbers around 10,000 topics (`benchmarks/clusters.py`), "
            f"{VECTOR_BITS} bits a number; {QUERIES:,} queries around the same topics, none of them "
            f"in the index; k={K}, one thread. The sides take turns query by query on files in the system's "
            "cache. *Bare FAISS* is an 8-bit index of what the codes stand for, with the same centroids and lists, "
            "mapped through `ZeroCopyIOReader`, at the same nprobe. "
            f"Load of the machine at the end: {harness.load_average():.1f}."
        ),
        tables=[_building(measured), _opening(measured), _searching(measured)],
        checks=_checks(measured),
        figures={str(count): figures for count, figures in measured.items()},
    )


def _building(measured: dict[int, Figures]) -> Table:
    return _table(
        "Building",
        measured,
        {"seconds": "build s", "CPU seconds": "build CPU s", "peak MB": "build MB", "file MB": "file MB"},
        "From float vectors that come in pieces to the blob; making the vectors is not counted. The peak is the "
        "process's resident memory, Python's and FAISS's own included.",
    )


def _opening(measured: dict[int, Figures]) -> Table:
    return _table(
        "Opening, milliseconds",
        measured,
        {
            "open": "open",
            "bare open": "bare open",
            "open and first search": "first",
            "bare open and first search": "bare first",
        },
        "memcodec checks the CRC32C of what it touches: of the head when it opens, of the centroids and of each list "
        "when they are first used.",
    )


def _searching(measured: dict[int, Figures]) -> Table:
    return _table(
        "Searching",
        measured,
        {
            "p50 ms": "p50",
            "p99 ms": "p99",
            "bare p50 ms": "bare p50",
            "bare p99 ms": "bare p99",
            "recall@10": "recall",
            "recall stated": "stated",
            "lists": "lists",
            "nprobe": "nprobe",
            "memory MB": "anonymous MB",
            "mapped MB": "mapped MB",
        },
        "recall@10 is against an exact search of the float vectors; *stated* is what the segment says of itself "
        "(measured on its own vectors when it was made). *memory* is resident and not of a mapped file after all "
        "queries, the interpreter included; *mapped* the pages of files.",
    )


def _table(title: str, measured: dict[int, Figures], columns: dict[str, str], note: str) -> Table:
    rows: list[list[Cell]] = [
        [count, *(figures.get(key) for key in columns.values())] for count, figures in measured.items()
    ]
    return Table(title, ["vectors", *columns], rows, note)


def _checks(measured: dict[int, Figures]) -> list[Check]:
    checks = []
    for count, of in measured.items():
        name = f"{count:,} vectors: "
        checks += [
            Check(name + "opening / bare FAISS", of["open"] / of["bare open"], 2, "x"),
            Check(name + "search p50 / bare FAISS", of["p50"] / of["bare p50"], 1.3, "x"),
            Check(name + "search p99 / p50", of["p99"] / of["p50"], 5, "x"),
            Check(name + "recall@10", of["recall"], 0.85, least=True),
            Check(name + "recall@10, stated less measured", of["stated"] - of["recall"], 0.03),
            Check(name + "memory beyond mapped pages", of["anonymous MB"], 200, "MB"),
        ]
    return checks


def _build(folder: Path, count: int) -> Figures:
    making = np.zeros(2)

    def pieces() -> Iterator[Vectors]:
        nonlocal making
        made = Clusters().pieces(count)
        while True:
            before = _clocks()
            piece = next(made, None)
            making += _clocks() - before
            if piece is None:
                return
            yield piece

    before = _clocks()
    blob = vectors.build(pieces(), model="made", precision="int8", dimensions=DIMENSIONS, bits=VECTOR_BITS)
    seconds, spent = _clocks() - before - making
    peak = harness.peak_rss() / _MB
    (folder / "blob").write_bytes(blob)
    return {"build s": seconds, "build CPU s": spent, "build MB": peak, "file MB": len(blob) / _MB}


def _clocks() -> Any:
    """Seconds gone by, and seconds that this process's threads have worked."""
    return np.array([time.perf_counter(), time.process_time()])


def _bare(folder: Path, count: int) -> Figures:
    """FAISS's file with the same content, and the exact answers."""
    import faiss

    faiss.write_index(_same_in_faiss(_segment(folder)), str(folder / "faiss"))
    queries = _queries()
    heap = faiss.ResultHeap(len(queries), K, keep_max=True)
    at = 0
    for piece in Clusters().pieces(count):
        scores, found = faiss.knn(queries, piece, K, metric=faiss.METRIC_INNER_PRODUCT)
        heap.add_result(scores, found + at)
        at += len(piece)
    heap.finalize()
    np.save(folder / "exact.npy", heap.I)
    return {}


def _same_in_faiss(segment: VectorSegment) -> Any:
    faiss: Any = import_module("faiss")

    meta = segment.meta
    kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    if meta.layout == "flat":
        index = faiss.IndexScalarQuantizer(DIMENSIONS, kind, metric)
        index.is_trained = True
        faiss.copy_array_to_vector(_trained(), index.sq.trained)
        index.add(_turned_back(segment, np.concatenate(list(segment.codes()))))
        return index
    lists = segment.lists()
    coarse = faiss.IndexFlatIP(DIMENSIONS)
    coarse.add(lists.centroids() @ _matrix())
    index = faiss.IndexIVFScalarQuantizer(coarse, DIMENSIONS, meta.nlist, kind, metric, False)
    faiss.copy_array_to_vector(_trained(), index.sq.trained)
    for number in range(meta.nlist):
        kept, chunks = lists.read(number)
        codes = index.sq.compute_codes(_turned_back(segment, kept))
        index.invlists.add_entries(number, len(codes), faiss.swig_ptr(chunks), faiss.swig_ptr(codes))
    index.is_trained, index.ntotal, index.nprobe = True, meta.count, _probed(segment)
    return index


def _trained() -> Vectors:
    """One range for all numbers, far enough for any of these."""
    reach = 5 / math.sqrt(DIMENSIONS)
    return np.repeat(np.array([-reach, 2 * reach], np.float32), DIMENSIONS)


def _turned_back(segment: VectorSegment, codes: Codes) -> Vectors:
    return segment.coder.decode(codes) @ _matrix()


def _matrix() -> Vectors:
    return rotation(DIMENSIONS).astype(np.float32)


def _probed(segment: VectorSegment) -> int:
    """Lists that a search looks at, on average: it counts vectors, FAISS counts lists."""
    if segment.meta.layout == "flat":
        return 0
    return round(statistics.mean(len(segment.search_spans(query)) for query in _queries()))


def _queries() -> Vectors:
    return np.concatenate(list(Clusters().pieces(QUERIES, seed=1)))


def _segment(folder: Path) -> VectorSegment:
    source = LocalSource(folder / "blob")
    return VectorSegment(Blob(source.view, "the index", source.size, Extent(0, source.size)))


def _mapped(folder: Path) -> tuple[Any, object]:
    faiss: Any = import_module("faiss")

    with (folder / "faiss").open("rb") as file:
        data = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size), faiss.IO_FLAG_MMAP_IFC)
    return index, data  # the one points into the other


def _search(folder: Path, count: int) -> Figures:
    import faiss

    faiss.omp_set_num_threads(1)
    queries = _queries()
    opening = _opened(folder, queries[0])
    segment = _segment(folder)
    bare, _held = _mapped(folder)
    works: dict[str, Callable[[Vectors], Any]] = {
        "": lambda query: segment.search(query, K),
        "bare ": lambda query: bare.search(query[None], K),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    found = []
    for query in queries:
        for name, work in works.items():
            started = time.perf_counter()
            answer = work(query)
            times[name].append((time.perf_counter() - started) * 1000)
            if not name:
                found.append(answer[1])
    exact = np.load(folder / "exact.npy")
    right = sum(np.isin(ours, theirs).sum() for ours, theirs in zip(found, exact, strict=True))
    meta = segment.meta
    figures = opening | {
        "recall": float(right / exact.size),
        "lists": meta.nlist,
        "nprobe": _probed(_segment(folder)),
    }
    if meta.recall is not None:
        figures["stated"] = meta.recall
    for name, taken in times.items():
        figures |= {f"{name}p50": statistics.median(taken), f"{name}p99": harness.percentile(taken, 0.99)}
    return figures


def _opened(folder: Path, query: Vectors) -> Figures:

    def bare_first() -> None:
        index, _held = _mapped(folder)
        index.search(query[None], K)

    works: dict[str, Callable[[], object]] = {
        "open": partial(_segment, folder),
        "bare open": partial(_mapped, folder),
        "first": lambda: _segment(folder).search(query, K),
        "bare first": bare_first,
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(_OPENINGS):
        for name, work in works.items():
            times[name].append(harness.seconds(work) * 1000)
    return {name: statistics.median(taken) for name, taken in times.items()}


def _resident(folder: Path, count: int) -> Figures:
    queries = _queries()
    segment = _segment(folder)
    for query in queries:
        segment.search(query, K)
    pages = [
        int(field) * os.sysconf("SC_PAGE_SIZE") for field in Path("/proc/self/statm").read_text().split()
    ]
    return {"anonymous MB": (pages[1] - pages[2]) / _MB, "mapped MB": pages[2] / _MB}


if __name__ == "__main__":
    step = {"build": _build, "bare": _bare, "search": _search, "resident": _resident}[sys.argv[1]]
    print(json.dumps(step(Path(sys.argv[2]), int(sys.argv[3]))))
