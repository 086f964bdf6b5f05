"""What a search of a file on a web server, or in a bucket, asks of it: round trips, requests, bytes."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import corpora, harness, parts, stock
from benchmarks.results import Check, Section, Table
from memcodec import Memory
from memcodec import open as open_memory
from memcodec.config.settings import Index, Settings
from memcodec.format import commit
from memcodec.models import embedding
from memcodec.search.results import Mode
from tests.support.s3servers import S3, CountingProxy, radosgw_running
from tests.support.servers import web_server

HITS = 5
ADDED = 5 * stock.LENGTH  #: characters appended
SIZES, QUERIES = (1_000_000, 10_000_000, 100_000_000), 50
QUICK_SIZES, QUICK_QUERIES = (300_000,), 5
COLD, WARM = "cold", "warm"
#: of the largest file: round trips, requests, KB at the median and at most
_LIMITS = {("lexical", COLD): (3, 12, 200, 300), ("hybrid", COLD): (6, None, None, 1500)}
_MODES: tuple[Mode, ...] = ("lexical", "hybrid")


@dataclass(frozen=True)
class _Asked:
    """What one search took."""

    rounds: int
    requests: int
    kilobytes: float


def run(quick: bool) -> Section:
    sizes, count = (QUICK_SIZES, QUICK_QUERIES) if quick else (SIZES, QUERIES)
    rows: list[list[str | float | int | None]] = []
    checks: list[Check] = []
    figures: dict[str, object] = {}
    with harness.scratch() as folder, _places(folder) as places:
        for size in sizes:
            file = _file(size, quick)
            queries = corpora.queries(list(stock.documents(min(size, 5_000_000)).values()), count)
            for place, (served, url) in places.items():
                shutil.copyfile(file, served / file.name) if served else _upload(file, url)
                for mode in _MODES:
                    for state, asked in _measured(f"{url}/{file.name}", queries, mode).items():
                        rows.append([f"{size / 1e6:g} MB", place, mode, state, *_summary(asked)])
                        figures[f"{size}/{place}/{mode}/{state}"] = rows[-1][4:]
                        if size == sizes[-1] and place == "nginx":
                            checks += _checks(mode, state, asked)
        where = _where(file, f"{places['nginx'][1]}/{file.name}", queries)
        appended = [_append(suffix, sizes[-1], places["radosgw"][1], quick) for suffix in (".mp4", ".flac")]
    return Section(
        name="remote",
        title="From afar",
        intro=_INTRO.format(count=count, hits=HITS),
        tables=[
            Table("A search", _COLUMNS, rows),
            Table(
                f"Where the bytes go: lexical, cold, {sizes[-1] / 1e6:g} MB, nginx",
                _PARTS,
                where,
                _PARTS_NOTE,
            ),
            Table("An append", _APPEND, appended, _APPEND_NOTE),
        ],
        checks=[]
        if quick
        else [*checks, Check("append to .mp4: MB that travel", _travelled(appended[0]), 2)],
        figures=figures,
    )


_COLUMNS = [
    "text",
    "place",
    "mode",
    "handle",
    "round trips, most",
    "requests, most",
    "KB, median",
    "KB, p95",
    "KB, most",
]
_PARTS = ["what", "KB, median", "KB, most"]
_PARTS_NOTE = (
    "Each line's median is its own. Tried and left: lengths of chunks packed by their neighbours' (2.90 bits instead "
    "of 2.99), a dictionary of 64 KiB (16 KB less, text packed 2.5% worse), larger and smaller blocks of terms."
)
_APPEND = ["medium", "file, MB", "text appended, KB", "MB up", "MB down"]
_APPEND_NOTE = (
    "All bytes of TCP connections between the command and radosgw, as a proxy counted them; lexical index. A FLAC "
    "states its length in its first bytes: S3 has no smaller part than 5 MiB, so these go down and up again."
)
_INTRO = (
    "`.mp4` files of the Python documentation and GCIDE with both indexes, on nginx and on Ceph's radosgw; {count} "
    "queries of 2 to 4 words that stand together in the text, {hits} hits with their text each. Cold: a new handle for "
    "each search, opening and all. Warm: one handle that was searched twice before. KB are thousands of bytes of "
    "bodies, what frames several ranges in one answer included. A web server takes all ranges of a round in one "
    "request; object stores take one each, side by side."
)


@contextlib.contextmanager
def _places(folder: Path) -> Iterator[dict[str, tuple[Path | None, str]]]:
    """By name: the folder that is served, or none; and the URL that files stand below."""
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(web_server(folder / "web"))
        places: dict[str, tuple[Path | None, str]] = {"nginx": (web.folder, web.url("").rstrip("/"))}
        (folder / "s3").mkdir()
        store = S3("radosgw", stack.enter_context(radosgw_running(folder / "s3")))
        os.environ.update(store.env())
        store.client.create_bucket(Bucket=store.bucket)
        places["radosgw"] = None, store.url("").rstrip("/")
        yield places


def _append(suffix: str, size: int, bucket: str, quick: bool) -> list[str | float | int | None]:
    """What travels when 100 KB are appended to an object."""
    file = _file(size, quick, suffix, "none")
    _upload(file, bucket)
    texts = stock.documents(size + ADDED)
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    with contextlib.closing(CountingProxy(endpoint)) as proxy:
        os.environ["AWS_ENDPOINT_URL"] = proxy.endpoint
        try:
            settings = Settings(index=Index(model="none"))
            with open_memory(f"{bucket}/{file.name}", settings=settings) as memory:
                for uri in list(texts)[-ADDED // stock.LENGTH :]:
                    memory.add(texts[uri], uri=f"new/{uri}")
        finally:
            os.environ["AWS_ENDPOINT_URL"] = endpoint
    megabytes = [round(each / 1e6, 2) for each in (proxy.up, proxy.down)]
    return [suffix, round(file.stat().st_size / 1e6, 1), ADDED // 1000, *megabytes]


def _travelled(row: Sequence[str | float | int | None]) -> float:
    return sum(each for each in row[-2:] if isinstance(each, float | int))


def _upload(file: Path, url: str) -> None:
    from memcodec.share.delivery import publish

    publish(file, f"{url}/{file.name}", force=True)


def _file(size: int, quick: bool, suffix: str = ".mp4", model: str = embedding.DEFAULT) -> Path:
    """A file of so many characters, kept for the next run: vectors of 100 MB take 15 minutes."""
    kind = "" if model == embedding.DEFAULT else "-lexical"
    path = harness.cache_folder() / f"remote-{size}{kind}-format{commit.FORMAT}{suffix}"
    if quick or not path.exists():
        harness.say(f"encoding {size:,} characters")
        new = path.with_name(f"new-{path.name}")
        stock.encode(new, stock.documents(size), model)
        new.replace(path)
    return path


def _measured(url: str, queries: Sequence[str], mode: Mode) -> dict[str, list[_Asked]]:
    cold = []
    for query in queries:
        with contextlib.closing(open_memory(url)) as memory:
            cold.append(_asked(memory, query, mode, _Asked(0, 0, 0)))
    with contextlib.closing(open_memory(url)) as memory:
        memory.search("the first", HITS, mode)
        memory.search("and the second", HITS, mode)
        warm = [_asked(memory, query, mode, _so_far(memory)) for query in queries]
    return {COLD: cold, WARM: warm}


def _where(file: Path, url: str, queries: Sequence[str]) -> list[list[str | float | int | None]]:
    """KB of each part of the file in cold lexical searches, median and most, the largest first."""
    with contextlib.closing(open_memory(file)) as memory:
        named = list(parts.of(memory.reader))
    brought = []
    for query in queries:
        with contextlib.closing(open_memory(url)) as memory:
            memory.search(query, HITS, "lexical")
            assert memory.reader.source.requests is not None, "a URL is far"
            brought.append(parts.brought(named, memory.reader.source.requests))
    sizes = {name: [each[name] / 1000 for each in brought] for name in set().union(*brought)}
    rows = [(name, round(float(np.median(of)), 1), round(max(of), 1)) for name, of in sizes.items()]
    return [list(row) for row in sorted(rows, key=lambda row: (-row[1], row[0])) if row[2]]


def _asked(memory: Memory, query: str, mode: Mode, before: _Asked) -> _Asked:
    found = memory.search(query, HITS, mode)
    assert found.mode == mode and all(hit.text for hit in found)
    now = _so_far(memory)
    kilobytes = now.kilobytes - before.kilobytes
    return _Asked(now.rounds - before.rounds, now.requests - before.requests, kilobytes)


def _so_far(memory: Memory) -> _Asked:
    asked = memory.reader.source.requests
    assert asked is not None, "a URL is far"
    return _Asked(asked.rounds, asked.requests, asked.received / 1000)


def _summary(asked: Sequence[_Asked]) -> list[float | int]:
    sizes = [each.kilobytes for each in asked]
    median, high = (round(float(np.percentile(sizes, at)), 1) for at in (50, 95))
    most = round(max(sizes), 1)
    return [max(each.rounds for each in asked), max(each.requests for each in asked), median, high, most]


def _checks(mode: str, state: str, asked: Sequence[_Asked]) -> Iterator[Check]:
    rounds, requests, middle, _, most = _summary(asked)
    if state == WARM:
        yield Check(f"{mode}, warm: round trips", rounds, 2)
        return
    limits = _LIMITS[mode, state]
    yield Check(f"{mode}, cold: round trips", rounds, limits[0])
    if limits[1] is not None:
        yield Check(f"{mode}, cold: requests", requests, limits[1])
    if limits[2] is not None:
        yield Check(f"{mode}, cold: KB, median", middle, limits[2])
    yield Check(f"{mode}, cold: KB, most", most, limits[3])
