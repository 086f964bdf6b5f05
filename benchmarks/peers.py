"""memcodec beside memvid-sdk and memvid 0.1.3: the same chunks, the same queries, the same run, in process."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import corpora, environments, harness
from benchmarks.environments import Worker, WorkerError
from benchmarks.results import Cell, Check, Section, Table

SLOW = 200  #: chunks for what takes a tenth of a second each
ATTEMPTS, PATIENCE = 3, 240.0  #: times to try, and seconds to wait for, what may hang
SPARE = 1.25  #: queries drawn for each one needed: a library may refuse some
Figures = dict[str, float]


class Sizes(NamedTuple):
    chunks: int
    queries: int
    openings: int
    rounds: int


FULL, QUICK = Sizes(2000, 500, 100, 5), Sizes(100, 50, 10, 2)


class Material:
    """What all libraries are given: chunks as a JSON file, some of them as another, and queries out of them."""

    def __init__(self, sizes: Sizes, folder: Path) -> None:
        chunks = corpora.chunks(sizes.chunks)
        self.sizes, self.folder = sizes, folder
        self.texts, self.few = folder / "chunks.json", folder / "few.json"
        self.texts.write_text(json.dumps(chunks))
        self.few.write_text(json.dumps(chunks[:: max(1, len(chunks) // SLOW)][:SLOW]))
        self.size = sum(len(chunk.encode()) for chunk in chunks)
        self.asked = corpora.queries(chunks, int(sizes.queries * SPARE))


def run(quick: bool) -> Section:
    sizes = QUICK if quick else FULL
    section = _section(sizes)
    with harness.scratch(in_memory=True) as folder:
        material = Material(sizes, folder)
        sdk = environments.python("memvid-sdk")
        if sdk is not None:
            _beside_sdk(section, sdk, material)
        old = environments.python("memvid")
        if old is not None:
            section.tables.append(_memvid(old, material))
    return section


def _section(sizes: Sizes) -> Section:
    return Section(
        name="peers",
        title="Beside its peers",
        intro=(
            f"{sizes.chunks:,} chunks of 1,000 characters of the Python documentation, each a document; "
            f"{sizes.queries} queries of 2 to 4 words out of them, k=10, hits with their text; "
            f"{sizes.rounds} rounds in turn, each library in its own process and environment, medians of "
            f"the rounds; open + first search with a new object each time, {sizes.openings} times. "
            f"memvid-sdk: lexical index on, vectors and telemetry off, file opened read-only. Files lie "
            f"in memory (/dev/shm), so that no library waits for a disk."
        ),
    )


def _beside_sdk(section: Section, sdk: str, material: Material) -> None:
    files = {"memcodec": material.folder / "ours.mp4", "memvid-sdk": material.folder / "theirs.mv2"}
    puts = _puts(sdk, files, material)
    with (
        Worker("use_memcodec", material.folder) as one,
        Worker("use_memvid_sdk", material.folder, sdk) as other,
    ):
        found = _searches({"memcodec": one, "memvid-sdk": other}, files, material)
    first = material.asked[0]
    found["memcodec"]["process"] = _fresh("use_memcodec", None, files["memcodec"], first)
    found["memvid-sdk"]["process"] = _fresh("use_memvid_sdk", sdk, files["memvid-sdk"], first)
    section.tables += [_put_table(puts, material.size), _search_table(found)]
    section.checks += _checks(puts, found)
    section.figures = {**found, "put": puts}


def _puts(sdk: str, files: dict[str, Path], material: Material) -> dict[str, dict[str, Any]]:
    """memcodec before and after memvid-sdk, so that a slow minute falls on both."""
    ours, theirs = files.values()
    with Worker("use_memcodec", material.folder) as worker:
        worker("put", texts=material.few, file=ours)  # imports and thread pools
        runs = [worker("put", texts=material.texts, file=ours) for _ in range(3)]
        each = _patiently(sdk, material, texts=material.few, file=theirs, how="each")
        many = _patiently(sdk, material, texts=material.texts, file=theirs, how="many")
        runs += [worker("put", texts=material.texts, file=ours) for _ in range(3)]
    middle = sorted(runs, key=lambda put: float(put["seconds"]))[len(runs) // 2]
    puts = {"memcodec": middle, "memvid-sdk put_many": many, "memvid-sdk put": each}
    for name, put in puts.items():
        harness.say(f"  {name}: {put['chunks'] / put['seconds']:.0f} chunks/s")
    return puts


def _patiently(sdk: str, material: Material, **arguments: Any) -> dict[str, Any]:
    """memvid-sdk's put; once in a while it stands still for good, all its threads waiting, and is begun anew."""
    for attempt in range(ATTEMPTS):
        with Worker("use_memvid_sdk", material.folder, sdk) as worker:
            try:
                return {**worker("put", timeout=PATIENCE, **arguments), "hung": attempt}
            except WorkerError as error:
                harness.say(f"  memvid-sdk: {error}")
    raise SystemExit(f"memvid-sdk did not finish a put in {ATTEMPTS} attempts")


def _searches(workers: dict[str, Worker], files: dict[str, Path], material: Material) -> dict[str, Figures]:
    sizes, asked = material.sizes, material.asked
    answers = [worker("search", file=files[name], queries=asked) for name, worker in workers.items()]
    refused = {number for answer in answers for number in answer["refused"]}
    asked = [query for number, query in enumerate(asked) if number not in refused][: sizes.queries]
    found = _rounds(workers, files, asked, sizes.rounds)
    opened = _openings(workers, files, asked[: sizes.openings])
    for (name, figures), answer in zip(found.items(), answers, strict=True):
        figures |= {"open": opened[name], "refused": len(answer["refused"])}
    return found


def _openings(workers: dict[str, Worker], files: dict[str, Path], asked: list[str]) -> Figures:
    """Milliseconds of open + first search, the libraries in turn query by query."""
    times: dict[str, list[float]] = {name: [] for name in workers}
    for query in asked:
        for name, worker in workers.items():
            times[name] += worker("first", file=files[name], queries=[query])["times"]
    return {name: statistics.median(values) * 1000 for name, values in times.items()}


def _fresh(script: str, interpreter: str | None, file: Path, query: str) -> float:
    """Milliseconds from starting an interpreter to the first query's answer: median of a few."""

    def work() -> None:
        with Worker(script, file.parent, interpreter) as worker:
            worker("first", file=file, queries=[query])

    return statistics.median(harness.seconds(work) for _ in range(7)) * 1000


def _rounds(
    workers: dict[str, Worker], files: dict[str, Path], asked: list[str], rounds: int
) -> dict[str, Figures]:
    """Latencies in milliseconds: the median over the rounds of each round's p50 and p99."""
    seen: dict[str, list[dict[str, Any]]] = {name: [] for name in workers}
    for number in range(rounds + 1):
        for name, worker in workers.items():
            answer = worker("search", file=files[name], queries=asked)
            if number:  # the first warms up
                seen[name].append(answer)
    return {name: _latency(answers, len(asked)) for name, answers in seen.items()}


def _latency(answers: list[dict[str, Any]], queries: int) -> Figures:
    figures = {
        key: statistics.median(harness.percentile(answer["times"], share) for answer in answers) * 1000
        for key, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    }
    return figures | {
        "hits": answers[0]["hits"] / queries,
        "characters": answers[0]["characters"] / max(1, answers[0]["hits"]),
    }


def _put_table(puts: dict[str, dict[str, Any]], size: int) -> Table:
    rows: list[list[Cell]] = []
    for name, put in puts.items():
        chunks, bytes_ = put["chunks"], put["bytes"] if name != "memvid-sdk put" else None
        rate, processor = chunks / put["seconds"], put["cpu"] / chunks * 1000
        rows.append([name, chunks, rate, processor, put.get("hung"), bytes_, bytes_ and bytes_ / size])
    return Table(
        "Writing",
        ["library", "chunks", "chunks / s", "processor ms a chunk", "hung", "file bytes", "file / text"],
        rows,
        "`put_many` is memvid-sdk's fastest way and the one compared, in batches of 400 (given 2,000 at "
        "once it stands still, at a file of 3.2 times the text, against which memcodec's would be 0.24); `put`, "
        "one call a chunk, is shown on fewer chunks. Processor time "
        "counts all cores, and does not grow when the machine has other work.",
    )


def _search_table(found: dict[str, Figures]) -> Table:
    keys = ("p50", "p90", "p99", "open", "process", "hits", "characters", "refused")
    return Table(
        "Lexical search, milliseconds",
        [
            "library",
            "p50",
            "p90",
            "p99",
            "open + first search",
            "fresh process",
            "hits a query",
            "characters a hit",
            "queries refused",
        ],
        [[name, *(figures[key] for key in keys)] for name, figures in found.items()],
        "*open + first search*: a new object on the file each time, then one query, closed again. "
        "*Fresh process* also starts Python and imports the library. memvid-sdk refuses queries in "
        'which *and*, *or*, *not* stand as words, and answers some others with "Lexical index is not '
        'enabled": what one library refused is timed on neither.',
    )


def _checks(puts: dict[str, dict[str, Any]], found: dict[str, Figures]) -> list[Check]:
    rates = {name: put["chunks"] / put["seconds"] for name, put in puts.items()}
    ours, theirs = found["memcodec"], found["memvid-sdk"]
    sizes = puts["memcodec"]["bytes"] / puts["memvid-sdk put_many"]["bytes"]
    latencies = [
        Check(f"{what}: memcodec / memvid-sdk", ours[key] / theirs[key], 1.0, "x")
        for key, what in (
            ("p50", "lexical search p50"),
            ("p99", "lexical search p99"),
            ("open", "open + first lexical search"),
        )
    ]
    return [
        Check(
            "put rate: memcodec / memvid-sdk",
            rates["memcodec"] / rates["memvid-sdk put_many"],
            20,
            "x",
            least=True,
        ),
        Check("file size: memcodec / memvid-sdk", sizes, 0.2, "x"),
        *latencies,
    ]


def _memvid(interpreter: str, material: Material) -> Table:
    texts: list[str] = json.loads(material.few.read_text())
    size = sum(len(text.encode()) for text in texts)
    asked = material.asked[: material.sizes.openings]
    with Worker("use_memvid", material.folder, interpreter) as worker:
        put = worker("put", texts=material.few, file=material.folder / "memvid.mp4")
        decoded = worker("decode", video=put["video"], count=len(texts))
        worker("search", video=put["video"], queries=asked[:5])
        times = worker("search", video=put["video"], queries=asked)["times"]
    rows: list[list[Cell]] = [
        ["chunks", len(texts)],
        ["chunks / s", len(texts) / put["seconds"]],
        ["codec it used (its default is h265)", str(put["codec"])],
        ["frames its own reader decodes", f"{decoded['decoded']} of {decoded['frames']}"],
        *([f"{suffix} file / text", bytes_ / size] for suffix, bytes_ in put["files"].items()),
        ["all files / text", sum(put["files"].values()) / size],
        ["search (semantic) p50, ms", statistics.median(times) * 1000],
    ]
    return Table(
        "memvid 0.1.3 (QR codes in a video, index beside it)",
        ["figure", "measured"],
        rows,
        "It has no lexical search; where a frame does not decode, its search returns the text from its "
        "JSON file.",
    )
