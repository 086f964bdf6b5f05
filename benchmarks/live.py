"""Live: what goes into a ring a second, how soon it is found, what a search takes, and that memory stays flat."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import memcodec
from benchmarks import environments, harness
from benchmarks.results import Cell, Check, Section, Table

D, K, BATCH = 384, 10, 256
KEEP = 100_000
Vectors = npt.NDArray[np.float32]


class _Scale(NamedTuple):
    vectors: int
    keep: int
    lines: int
    queries: int


FULL, QUICK = _Scale(KEEP, KEEP, 200_000, 200), _Scale(5_000, 5_000, 4_000, 10)
_PATHS = ("/cart", "/checkout", "/orders", "/search", "/login", "/static/app.js", "/api/v1/items")
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4)")


def run(quick: bool) -> Section:
    scale = QUICK if quick else FULL
    lines = list(_log(scale.lines))
    size = statistics.mean(map(len, lines))
    with harness.scratch(in_memory=True) as folder:
        vectors = _unit(scale.vectors)
        in_rows, found_rows, checks = _vectors(scale, vectors, folder)
    line_rows, line_checks = _lines(scale, lines)
    return Section(
        name="live",
        title="Live: a ring of now",
        intro=(
            f"{scale.vectors:,} vectors of {D} numbers into a ring of {scale.keep:,}, each with a text, in batches of "
            f"{BATCH} and one by one; then the nearest {K} to {scale.queries} of them, by turns. Then lines of a web "
            f"server's log, {size:.0f} bytes on average, by words, and with vectors of the static model. Load of the "
            f"machine at the end: {harness.load_average():.1f}."
        ),
        tables=[
            Table("Vectors in", ["", f"a second, by {BATCH}", "a second, one by one"], in_rows),
            Table("Nearest of all", ["", "p50 ms", "p95 ms"], found_rows),
            Table(
                "Lines of a log",
                ["", "lines / s", "found after, p50 ms", "p99 ms", "search p50 ms", "memory grew, MB"],
                line_rows,
                "*found after*: from before `add` to the first search that finds a line, at a tenth of that rate. "
                f"*memory grew*: while ten times as many lines came as are kept, {scale.lines // 10:,}.",
            ),
        ],
        checks=[*checks, *line_checks],
    )


def _unit(count: int) -> Vectors:
    made = np.random.default_rng(7).standard_normal((count, D)).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def _log(count: int) -> Iterator[str]:
    chance = random.Random(11)
    for number in range(count):
        address = ".".join(str(chance.randrange(256)) for _ in range(4))
        path, agent = chance.choice(_PATHS), chance.choice(_AGENTS)
        status = chance.choices(("200", "304", "404", "503"), (80, 10, 7, 3))[0]
        yield (
            f"{address} - - [29/Nov/2026:03:{number // 60 % 60:02}:{number % 60:02} +0000] "
            f'"GET {path}?id={number} HTTP/1.1" '
            f'{status} {chance.randrange(90_000)} "-" "{agent}"'
        )


# Vectors


def _vectors(
    scale: _Scale, vectors: Vectors, folder: Path
) -> tuple[list[list[Cell]], list[list[Cell]], list[Check]]:
    texts: list[str | bytes] = [f"line {number}" for number in range(BATCH)]
    with memcodec.live(keep=scale.keep, dimensions=D, words=False) as ring:

        def fill(batch: int) -> float:
            def work() -> None:
                for at in range(0, len(vectors), batch):
                    part = vectors[at : at + batch]
                    ring.add_many(texts[: len(part)], vectors=part)

            return len(vectors) / harness.seconds(work)

        fill(BATCH)
        ours_in = [fill(BATCH), fill(1)]
        index = _bare(vectors)
        with _imesde(scale, vectors, folder) as peer:
            theirs_in = [peer("ingest", batch=each)["rate"] for each in (BATCH, 1)] if peer else [None, None]
            works: dict[str, Callable[[Vectors], object]] = {
                "memcodec": lambda query: ring.nearest(query, K),
                "FAISS, scalar quantizer alone": lambda query: index.search(query[None] * 127, K),
            }
            times: dict[str, list[float]] = {name: [] for name in works}
            for query in vectors[: scale.queries]:
                for name, work in works.items():
                    times[name].append(harness.seconds(lambda work=work, query=query: work(query)))  # type: ignore[misc]
            if peer:
                times["imesde"] = peer("search", count=scale.queries, k=K)["times"]
    p50 = {name: statistics.median(each) * 1000 for name, each in times.items()}
    found: list[list[Cell]] = [
        [name, p50[name], harness.percentile(each, 0.95) * 1000] for name, each in times.items()
    ]
    checks = [
        Check("vectors into a ring, by 256: a second", ours_in[0], 500_000, least=True),
        Check(
            "nearest in a ring, p50 / FAISS's alone",
            p50["memcodec"] / p50["FAISS, scalar quantizer alone"],
            1.3,
        ),
    ]
    if peer:
        checks += [
            Check("vectors into a ring, by 256 / imesde's", ours_in[0] / theirs_in[0], 10, least=True),
            Check("nearest in a ring, p50 / imesde's", p50["memcodec"] / p50["imesde"], 0.1),
        ]
    rows: list[list[Cell]] = [["memcodec", *ours_in], *([["imesde", *theirs_in]] if peer else [])]
    return rows, found, checks


def _bare(vectors: Vectors) -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    index = faiss.IndexScalarQuantizer(D, kind, faiss.METRIC_INNER_PRODUCT)
    index.add(vectors * np.float32(127 * np.sqrt(D) / 4))
    return index


@contextmanager
def _imesde(scale: _Scale, vectors: Vectors, folder: Path) -> Iterator[Any]:
    """imesde in an environment of its own, with a model that it needs to be there; None where it does not install."""
    interpreter = environments.python("imesde")
    if interpreter is None:
        yield None
        return
    from importlib.util import find_spec

    from memcodec.models import embedding
    from memcodec.models.embedding import source, store

    embedding.load()
    exported = next(each for each in store.exported() if each.name == embedding.DEFAULT)
    package = find_spec(source.PACKAGE)  # as its authors' graph has it: ours lacks inputs that imesde gives
    assert package is not None and package.origin is not None
    np.save(folder / "vectors.npy", vectors)
    with environments.Worker("use_imesde", folder, interpreter) as worker:
        files = {
            "model": Path(package.origin).with_name("model.onnx"),
            "tokenizer": exported.folder / store.TOKENIZER,
        }
        worker("begin", **files, vectors=folder / "vectors.npy", slots=scale.keep)
        yield worker


# Lines


def _lines(scale: _Scale, lines: list[str]) -> tuple[list[list[Cell]], list[Check]]:
    rows, checks = list[list[Cell]](), list[Check]()
    for name, model, least in (("by words", "none", 10_000), ("with static vectors", "static", 5_000)):
        rate = _rate(scale, lines, model)
        waits, search = _visible(scale, lines, model, rate / 10)
        grew = _grown(scale, lines, model)
        p99 = harness.percentile(waits, 0.99) * 1000
        rows.append([name, rate, statistics.median(waits) * 1000, p99, search * 1000, grew / 1e6])
        checks += [
            Check(f"lines into a ring, {name}: a second", rate, least, least=True),
            Check(f"a new line is found, {name}: p99 ms", p99, 50),
            Check(f"memory over ten times what is kept, {name}: MB", grew / 1e6, 25),
        ]
        harness.say(f"  {name}: {rate:,.0f} a second, found after {p99:.1f} ms (p99)")
    return rows, checks


def _rate(scale: _Scale, lines: list[str], model: str) -> float:
    """Lines a second, as they come down a pipe: until the last has its vector."""
    with memcodec.live(keep=scale.keep, model=model, lag="block") as ring:
        ring.add_many(list(lines[:1000]))

        def work() -> None:
            for at in range(0, len(lines), BATCH):
                ring.add_many(list(lines[at : at + BATCH]))
            _embedded(ring)

        return len(lines) / harness.seconds(work)


def _embedded(ring: Any) -> None:
    while ring.found_end("hybrid") < ring.end:
        time.sleep(0.001)


def _visible(scale: _Scale, lines: list[str], model: str, rate: float) -> tuple[list[float], float]:
    """Seconds till a line is found that comes among others, and of a search."""
    waits, searches, stop = list[float](), list[float](), threading.Event()
    with memcodec.live(keep=scale.keep, model=model) as ring:
        ring.add_many(list(lines[: scale.keep]))
        _embedded(ring)

        def flow() -> None:
            number, begun = 0, time.perf_counter()
            while not stop.is_set():
                ring.add(lines[number % len(lines)])
                number += 1
                time.sleep(max(0.0, begun + number / rate - time.perf_counter()))

        thread = threading.Thread(target=flow)
        thread.start()
        try:
            for number in range(scale.queries):
                mark = f"marker{number}x"
                begun = time.perf_counter()
                wanted = ring.add(f"{lines[number]} {mark}")
                while True:
                    asked = time.perf_counter()
                    found = ring.search(mark, 1)
                    searches.append(time.perf_counter() - asked)
                    if found and found[0].chunk == wanted:
                        break
                waits.append(time.perf_counter() - begun)
        finally:
            stop.set()
            thread.join()
    return waits, statistics.median(searches)


def _grown(scale: _Scale, lines: list[str], model: str) -> int:
    """Bytes that the process grows by, from when a ring is full to when ten times as many lines have come."""
    import psutil

    process, keep = psutil.Process(), scale.lines // 10
    with memcodec.live(keep=keep, model=model, lag="block") as ring:
        for at in range(0, 2 * keep, BATCH):
            ring.add_many(list(lines[at : at + BATCH]))
        _embedded(ring)
        before = process.memory_info().rss
        for at in range(0, len(lines), BATCH):
            ring.add_many(list(lines[at : at + BATCH]))
        _embedded(ring)
        return int(process.memory_info().rss - before)
