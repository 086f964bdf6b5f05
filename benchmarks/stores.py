"""What people would pick instead to search texts: the same texts and questions, each library in its own environment."""

from __future__ import annotations

import json
import random
import shutil
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import corpora, environments, harness, quality, sections
from benchmarks.environments import Worker
from benchmarks.quality import MODEL, K
from benchmarks.results import Cell, Check, Section, Table
from memcodec.ingest.chunker import Chunker

PAGE = 4096  #: bytes that are damaged together, as on a disk
DAMAGE = 0.05  #: of a store's pages
_ROUNDS, _OPENINGS = 3, 30
_SLOW = 60  #: seconds: what takes that long to write is written once


class Peer(NamedTuple):
    """A library: its worker, its environment ("" is memcodec's own), and what it is asked."""

    name: str
    script: str
    environment: str
    lexical: bool = True
    hybrid: bool = False


PEERS = (
    Peer("memcodec mp4", "store_memcodec", "", hybrid=True),
    Peer("memcodec flac", "store_memcodec", "", hybrid=True),
    Peer("SQLite FTS5", "store_sqlite", ""),
    Peer("tantivy", "store_tantivy", "tantivy"),
    Peer("LanceDB", "store_lancedb", "lancedb", hybrid=True),
    Peer("memvid-sdk", "store_memvid_sdk", "memvid-sdk"),
    Peer("Chroma", "store_chroma", "chroma", lexical=False, hybrid=True),
)
_RACES = (
    ("texts written a second", "rate", True),
    ("files", "size", False),
    ("open + first search", "open", False),
    ("unseen search p50", "p50", False),
    ("unseen search p99", "p99", False),
)
Figures = dict[str, dict[str, float | str | None]]  # of each peer, by what was measured


def run(quick: bool) -> Section:
    count, asked = (300, 60) if quick else (11_000, 1_000)
    figures: Figures = {peer.name: {} for peer in PEERS}
    with ExitStack() as stack:
        folder = stack.enter_context(harness.scratch(in_memory=True))
        workers = {peer: each for peer in PEERS if (each := _worker(peer, folder, stack))}
        _measure(workers, figures, _Texts(folder, corpora.chunks(count), asked))
        sets = quality._corpora()
        for name, texts in sets.items():
            _judge(
                workers,
                figures,
                name,
                _Questions(folder, texts, quality.QUICK if quick else quality.CHARACTERS),
            )
    return _section(figures, count, asked, list(sets))


def _worker(peer: Peer, folder: Path, stack: ExitStack) -> Worker | None:
    interpreter = environments.python(peer.environment) if peer.environment else None
    if peer.environment and interpreter is None:
        return None
    return stack.enter_context(Worker(peer.script, folder, interpreter))


class _Texts:
    """Chunks as documents, and queries of words that stand together in some of them, none asked twice."""

    def __init__(self, folder: Path, chunks: list[str], asked: int) -> None:
        self.folder, self.size = folder, sum(len(each.encode()) for each in chunks)
        self.count, self.texts = len(chunks), folder / "texts.json"
        self.texts.write_text(json.dumps(chunks))
        self.queries = list(dict.fromkeys(corpora.queries(chunks, 2 * asked)))[:asked]

    def place(self, peer: Peer) -> Path:
        return self.folder / f"store-{peer.name.replace(' ', '-')}"


def _measure(workers: dict[Peer, Worker], figures: Figures, texts: _Texts) -> None:
    """Writing, size, opening, searching and what damage leaves, of those that search by words; in turn."""
    asked = {peer: worker for peer, worker in workers.items() if peer.lexical}
    for peer, worker in asked.items():
        taken = [worker("put", folder=texts.place(peer), texts=texts.texts)]
        while len(taken) < _ROUNDS and taken[0]["seconds"] < _SLOW:
            taken.append(worker("put", folder=texts.place(peer), texts=texts.texts))
        put = sorted(taken, key=lambda each: float(each["seconds"]))[len(taken) // 2]
        share = put["taken"] / texts.count
        figures[peer.name] |= {"taken": share, "rate": put["taken"] / put["seconds"]}
        figures[peer.name]["cpu"] = put["cpu"] / put["taken"] * 1000
        figures[peer.name]["size"] = corpora.size(texts.place(peer)) / (texts.size * share)
        harness.say(f"  {peer.name}: {figures[peer.name]}")
    times = {
        peer: worker("search", folder=texts.place(peer), queries=texts.queries)["times"]
        for peer, worker in asked.items()
    }
    taken_by_all = [
        at for at in range(len(texts.queries)) if all(each[at] is not None for each in times.values())
    ]
    opened: dict[Peer, list[float]] = {peer: [] for peer in asked}
    for at in taken_by_all[:_OPENINGS]:
        for peer, worker in asked.items():
            opened[peer].append(worker("first", folder=texts.place(peer), query=texts.queries[at])["seconds"])
    for peer, worker in asked.items():
        searched = [times[peer][at] for at in taken_by_all]
        figures[peer.name] |= {
            "open": statistics.median(opened[peer]) * 1000,
            **{f"p{share}": harness.percentile(searched, share / 100) * 1000 for share in (50, 99)},
            "refused": times[peer].count(None),
            **_after_damage(worker, texts, peer),
        }


def _after_damage(worker: Worker, texts: _Texts, peer: Peer) -> dict[str, float | str | None]:
    """Of a copy some of whose pages are noise: the share of texts that come back, and of those that come back wrong."""
    damaged = texts.place(peer).with_name(f"damaged-{texts.place(peer).name}")
    shutil.copytree(texts.place(peer), damaged)
    damage(damaged)
    read = worker("read", folder=damaged, texts=texts.texts)
    shutil.rmtree(damaged)
    return {
        "left": read["right"] / texts.count,
        "wrong": read["wrong"] / texts.count,
        "stopped": read["stopped"],
    }


def damage(folder: Path) -> None:
    """Make noise of some pages of a folder's files, drawn over all of them alike."""
    chance = random.Random(corpora.SEED)
    pages = [(path, at) for path in corpora.files(folder) for at in range(0, path.stat().st_size, PAGE)]
    for path, at in chance.sample(pages, max(1, round(DAMAGE * len(pages)))):
        with path.open("r+b") as file:
            length = min(PAGE, path.stat().st_size - at)
            file.seek(at)
            file.write(chance.randbytes(length))


class _Questions:
    """A labelled set: its chunks are the documents, those of a heading's section are what is relevant."""

    def __init__(self, folder: Path, texts: Sequence[str], characters: int) -> None:
        asked = sections.spread(sections.questions(texts), characters)
        spans = [
            (number, span.text)
            for number, each in enumerate(asked)
            for span in Chunker().spans([each.text.encode()])
        ]
        self.owners, self.queries = np.array([number for number, _ in spans]), [each.query for each in asked]
        self.folder, self.texts = folder, folder / "labelled.json"
        self.texts.write_text(json.dumps([text for _, text in spans]))
        self.vectors, self.asked = folder / "vectors.f32", folder / "asked.f32"
        self.dimensions = self._embed([text for _, text in spans])

    def _embed(self, texts: list[str]) -> int:
        from memcodec.models import embedding

        model = embedding.load(MODEL)
        self.vectors.write_bytes(model.embed(texts).tobytes())
        self.asked.write_bytes(b"".join(model.embed_query(query).tobytes() for query in self.queries))
        return int(model.dimensions)

    def gain(self, found: Sequence[Sequence[int] | None]) -> float:
        """Mean nDCG; a query that was refused has found nothing."""
        counts = np.bincount(self.owners, minlength=len(self.queries))
        gains = []
        for number, (ranked, count) in enumerate(zip(found, counts, strict=True)):
            right = [rank for rank, chunk in enumerate(ranked or (), 1) if self.owners[chunk] == number]
            gains.append(quality._gain(right) / quality._gain(range(1, min(K, int(count)) + 1)))
        return float(np.mean(gains))


def _judge(workers: dict[Peer, Worker], figures: Figures, name: str, asked: _Questions) -> None:
    for peer, worker in workers.items():
        place = asked.folder / f"{name}-{peer.name}".replace(" ", "-")  # Chroma wants a new one each time
        vectors: dict[str, Any] = (
            {"vectors": asked.vectors, "dimensions": asked.dimensions} if peer.hybrid else {}
        )
        worker("put", folder=place, texts=asked.texts, timeout=1800, **vectors)
        if peer.lexical:
            found = worker("search", folder=place, queries=asked.queries)["found"]
            figures[peer.name][f"{name}, words"] = asked.gain(found)
        if peer.hybrid:
            vectors["vectors"] = asked.asked
            found = worker("fused", folder=place, queries=asked.queries, **vectors)["found"]
            figures[peer.name][f"{name}, both"] = asked.gain(found)
        shutil.rmtree(place)
        harness.say(f"  {name}: {peer.name}")


def _section(figures: Figures, count: int, asked: int, sets: list[str]) -> Section:
    return Section(
        name="stores",
        title="Beside what people would pick instead: search",
        intro=(
            f"{count:,} chunks of 1,000 characters of the Python documentation, each a document; {asked:,} queries of "
            f"2 to 4 words that stand together in some of them, each asked once, k={K}, hits with their text; open + "
            "first search with a new object each time. Every library in its own process and environment, in turn, in "
            "one run, as its documentation shows: any word of a query, English stems where it has them, the texts kept "
            "in it; files lie in memory (/dev/shm). After damage, "
            f"{DAMAGE:.0%} of the {PAGE:,}-byte pages of its files are noise, and all texts are asked for (memcodec: "
            "after `repair`)."
        ),
        tables=[
            Table(
                "Writing and searching by words",
                [
                    "library",
                    "texts taken",
                    "texts / s",
                    "processor ms a text",
                    "files / text",
                    "open + first, ms",
                    "p50, ms",
                    "p99, ms",
                    "queries refused",
                ],
                list(_rows(figures, ("taken", "rate", "cpu", "size", "open", "p50", "p99", "refused"))),
                "*texts taken*: below 1 where the library refused the rest: memvid-sdk ends at 50 MB unless a key is "
                "bought. Its other figures are of what it took.",
            ),
            Table(
                f"After {DAMAGE:.0%} damage",
                ["library", "texts that come back", "that come back wrong", "what its reader says"],
                list(_rows(figures, ("left", "wrong", "stopped"))),
            ),
            Table(
                f"nDCG@{K} on the labelled sets",
                ["library", *(f"{name}, {how}" for name in sets for how in ("words", "both"))],
                list(_rows(figures, [f"{name}, {how}" for name in sets for how in ("words", "both")])),
                f"Chunks of the section *Search quality*, each a document. *both*: words and {MODEL}'s vectors, the "
                "same for all, fused as the library does; Chroma has vectors alone.",
            ),
        ],
        checks=[_beside_best(figures, *each) for each in _RACES],
        figures=figures,
    )


def _beside_best(figures: Figures, what: str, key: str, least: bool) -> Check:
    """memcodec's figure over the best of the others'."""
    others = {
        name: value
        for name, of in figures.items()
        if not name.startswith("memcodec") and (value := of.get(key))
    }
    best = (max if least else min)(others, key=lambda name: float(others[name]))
    ratio = float(figures["memcodec mp4"][key] or 0) / float(others[best])
    return Check(f"{what}: memcodec mp4 / {best}", ratio, 1.0, "x", least)


def _rows(figures: Figures, keys: Sequence[str]) -> Iterator[list[Cell]]:
    for name, of in figures.items():
        if any(key in of for key in keys):
            yield [name, *(of.get(key) for key in keys)]
