"""Sealed files beside the same ones in plain: their size, encoding, searching here and from afar, and unlocking."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import memcodec
from benchmarks import corpora, harness, stock
from benchmarks.results import Cell, Check, Section, Table
from memcodec.config.settings import Settings
from memcodec.format.envelope import Seal
from memcodec.seal import aead, age
from memcodec.seal.keyring import Keyring, Unlocking
from tests.support.servers import web_server

SIZE, QUICK = 10_000_000, 1_000_000  # characters of text
ROUNDS, QUERIES, HITS = 3, 60, 5
UNLOCKS = 40
PLAIN, SEALED = "plain", "sealed"


def run(quick: bool) -> Section:
    identity = age.library().x25519.Identity.generate()
    secret, recipient = str(identity), str(identity.to_public())
    documents = stock.documents(QUICK if quick else SIZE)
    queries = corpora.queries(list(documents.values()), QUERIES)
    rows, searched, afar, checks = list[list[Cell]](), list[list[Cell]](), list[list[Cell]](), list[Check]()
    with harness.scratch() as folder, web_server(folder / "web") as web:
        for suffix in ("mp4", "flac"):
            files = {name: folder / f"{name}.{suffix}" for name in (PLAIN, SEALED)}
            works = {
                name: partial(_encode, path, documents, [recipient] if name == SEALED else [])
                for name, path in files.items()
            }
            taken = _taken(works, 1 if quick else ROUNDS)
            sizes = {name: path.stat().st_size for name, path in files.items()}
            ratio = min(taken[SEALED]) / min(taken[PLAIN])
            share = sizes[SEALED] / sizes[PLAIN]
            rows.append([suffix, sizes[PLAIN], sizes[SEALED], share, ratio])
            times = _searches(files, secret, queries)
            slower = times[SEALED] / times[PLAIN]
            searched.append([suffix, 1e3 * times[PLAIN], 1e3 * times[SEALED], slower])
            for path in files.values():
                shutil.copy(path, web.folder)
            asked = {name: _afar(web.url(path.name), secret, queries[:20]) for name, path in files.items()}
            more = asked[SEALED][1] / asked[PLAIN][1]
            afar.append([suffix, asked[PLAIN][0], asked[SEALED][0], asked[PLAIN][1], asked[SEALED][1], more])
            checks += [
                Check(f"sealed .{suffix}, of the plain file", share, 1.01),
                Check(f"encoding .{suffix}, of plain", ratio, 1.05),
                Check(f"lexical search of .{suffix}, p50, of plain", slower, 1.3),
                Check(f"round trips from afar, .{suffix}, more", asked[SEALED][0] - asked[PLAIN][0], 0),
                Check(f"bytes from afar, .{suffix}, of plain", more, 1.03),
            ]
    unlocked = _unlock(secret, recipient)
    checks.append(Check("unlocking with a key of X25519", 1e3 * unlocked, 5, unit="ms"))
    return Section(
        name="sealed",
        title="Sealed files",
        intro=(
            f"{sum(map(len, documents.values())) / 1e6:.1f} million characters, a lexical index, sealed for one key of "
            f"age and in plain, in turns. Searches: {QUERIES} queries of 2 to 4 words, {HITS} hits each, on an open "
            "file; from afar: a new handle for each, the most round trips and the median of bytes. Encoding is in "
            "processor time, the least of the rounds."
        ),
        tables=[
            Table(
                "Size and encoding", ["", "plain, bytes", "sealed, bytes", "size", "processor time"], rows, ""
            ),
            Table("A lexical search, warm, p50", ["", "plain, ms", "sealed, ms", "ratio"], searched, ""),
            Table(
                "A lexical search from afar, cold",
                ["", "rounds, plain", "rounds, sealed", "bytes, plain", "bytes, sealed", "ratio"],
                afar,
                "",
            ),
            Table("Unlocking", ["", "ms"], [["X25519", 1e3 * unlocked]], ""),
        ],
        checks=[] if quick else checks,
    )


def _taken(works: Mapping[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of processor time, of all threads, of works that are done in turns; the first turn does not count."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, work in works.items():
            began = time.process_time()
            work()
            taken[name].append(time.process_time() - began)
    return {name: each[1:] for name, each in taken.items()}


def _encode(path: Path, documents: dict[str, str], seal: list[str]) -> None:
    settings = Settings.of(model="none")
    with memcodec.create(path, settings=settings, seal=seal, force=True) as memory:
        for uri, text in documents.items():
            memory.add(text, uri=uri)


def _searches(files: dict[str, Path], secret: str, queries: list[str]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in files}
    memories = {name: memcodec.open(path, unlock=secret) for name, path in files.items()}
    for query in [*queries[:10], *queries]:
        for name, memory in memories.items():
            began = time.perf_counter()
            memory.search(query, k=HITS, mode="lexical")
            taken[name].append(time.perf_counter() - began)
    for memory in memories.values():
        memory.close()
    return {name: statistics.median(each[10:]) for name, each in taken.items()}


def _afar(url: str, secret: str, queries: list[str]) -> tuple[int, float]:
    """The most round trips, and the median of bytes."""
    rounds, received = list[int](), list[int]()
    for query in queries:
        with memcodec.open(url, unlock=secret) as memory:
            memory.search(query, k=HITS, mode="lexical")
            log = memory.requests()
            assert log is not None
            rounds.append(log.rounds)
            received.append(log.received)
    return max(rounds), statistics.median(received)


def _unlock(secret: str, recipient: str) -> float:
    key = bytes(aead.new_key())
    seal = Seal(aead.commitment(key), age.wrap(key, age.Recipients((recipient,))))
    unlocking = Unlocking([secret])

    def once() -> None:
        keys = Keyring(unlocking)
        keys.unlock(seal, "a file")
        keys.close()

    return statistics.median(harness.seconds(once) for _ in range(UNLOCKS))
