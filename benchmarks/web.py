"""Pagefind beside memcodec: what a search fetches that nothing was fetched for before, and how good it is."""

from __future__ import annotations

import contextlib
import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import browser, corpora, environments, harness, quality, sections
from benchmarks.environments import Worker
from benchmarks.quality import K
from benchmarks.results import Cell, Section, Table
from benchmarks.sections import Question
from memcodec import open as open_memory
from memcodec.ingest.chunker import Chunker
from tests.support.servers import web_server

OURS, THEIRS = "memcodec mp4", "Pagefind"
Figures = dict[str, float]


class _Fetched(NamedTuple):
    requests: int
    kilobytes: float
    found: list[int]


class _Sides:
    """The workers that write, in a folder for all."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        interpreter = environments.python("pagefind")
        if interpreter is None:
            raise SystemExit("pagefind does not install: see above")
        self.folder, self.web = folder, stack.enter_context(web_server(folder / "web"))
        self._ours = stack.enter_context(Worker("store_memcodec", folder))
        self._theirs = stack.enter_context(Worker("build_pagefind", folder, interpreter))

    def write(self, name: str, texts: Sequence[str]) -> dict[str, tuple[Path, float]]:
        """Folder and seconds of each."""
        given = self.folder / "texts.json"
        given.write_text(json.dumps(texts))
        places = {OURS: self.web.folder / name, THEIRS: self.folder / f"{name}-site"}
        return {
            side: (place, worker("put", timeout=7200, folder=place, texts=given)["seconds"])
            for (side, place), worker in zip(places.items(), (self._ours, self._theirs), strict=True)
        }

    def ask(self, name: str, queries: Sequence[str]) -> dict[str, list[_Fetched]]:
        url = self.web.url(f"{name}/memory.mp4")
        asked = browser.search(self.folder / f"{name}-site", queries, K)
        return {
            OURS: [_afar(url, query) for query in queries],
            THEIRS: [_Fetched(each.requests, each.bytes / 1000, each.found) for each in asked],
        }


def run(quick: bool) -> Section:
    count, asked = (300, 10) if quick else (11_000, 100)
    figures: dict[str, Figures] = {OURS: {}, THEIRS: {}}
    sets = quality._corpora()
    with contextlib.ExitStack() as stack:
        sides = _Sides(stack.enter_context(harness.scratch(in_memory=True)), stack)
        _measure(sides, figures, corpora.chunks(count), asked)
        for name, texts in sets.items():
            questions = sections.spread(
                sections.questions(texts), quality.QUICK if quick else quality.CHARACTERS
            )
            _judge(sides, figures, name, questions)
            harness.say(f"  {name}")
    return _section(figures, count, asked, list(sets))


def _measure(sides: _Sides, figures: dict[str, Figures], chunks: list[str], asked: int) -> None:
    size = sum(len(each.encode()) for each in chunks)
    for side, (place, seconds) in sides.write("pages", chunks).items():
        figures[side] |= {"texts / s": len(chunks) / seconds, "files / text": corpora.size(place) / size}
    for side, fetched in sides.ask("pages", corpora.queries(chunks, asked)).items():
        figures[side] |= _summary(fetched)


def _summary(fetched: Sequence[_Fetched]) -> Figures:
    sizes, requests = [each.kilobytes for each in fetched], [each.requests for each in fetched]
    return {
        "requests": statistics.median(requests),
        "requests, most": max(requests),
        "KB": statistics.median(sizes),
        "KB, most": max(sizes),
        "hits": statistics.fmean(len(each.found) for each in fetched),
    }


def _afar(url: str, query: str) -> _Fetched:
    """A new handle, opened, asked and closed."""
    with contextlib.closing(open_memory(url)) as memory:
        found = [int(hit.document.uri) for hit in memory.search(query, K, "lexical") if hit.text]
        requests = memory.reader.source.requests
        assert requests is not None, "a URL is far"
        return _Fetched(requests.requests, requests.received / 1000, found)


def _judge(sides: _Sides, figures: dict[str, Figures], name: str, asked: Sequence[Question]) -> None:
    """nDCG, each chunk a page, those of a heading's section relevant."""
    spans = [list(_chunks(each.text)) for each in asked]
    owners = np.repeat(np.arange(len(asked)), [len(each) for each in spans])
    sides.write("labelled", [text for each in spans for text in each])
    for side, fetched in sides.ask("labelled", [each.query for each in asked]).items():
        gains = [
            quality._gain(rank for rank, chunk in enumerate(each.found, 1) if owners[chunk] == number)
            / quality._gain(range(1, min(K, len(spans[number])) + 1))
            for number, each in enumerate(fetched)
        ]
        figures[side][name] = float(np.mean(gains))


def _chunks(text: str) -> Iterator[str]:
    return (span.text for span in Chunker().spans([text.encode()]))


def _section(figures: dict[str, Figures], count: int, asked: int, sets: list[str]) -> Section:
    fetched = ["texts / s", "files / text", "requests", "requests, most", "KB", "KB, most", "hits"]
    return Section(
        name="web",
        title="Beside Pagefind: search from a web server",
        intro=(
            f"{count:,} chunks of 1,000 characters of the Python documentation, each a page or document; {asked} "
            f"queries of 2 to 4 words that stand together in some of them, the first {K} hits with their text, nothing "
            "cached before any. Pagefind 1.5.2 in Chromium: its script, WebAssembly, tables, chunks of the index and a "
            "fragment for each hit, as its server sends them (they are packed already). memcodec: its Python reader on "
            "nginx, a new handle for each query, an `.mp4` with the lexical index, from which the texts come back as "
            "well. Pagefind's hits have all words of the query, memcodec's any."
        ),
        tables=[
            Table(
                "A first search", ["library", *fetched], _rows(figures, fetched), "Medians where not *most*."
            ),
            Table(
                f"nDCG@{K} on the labelled sets, by words",
                ["library", *sets],
                _rows(figures, sets),
                "Chunks of *Search quality*, each a page or document.",
            ),
        ],
        figures=figures,
    )


def _rows(figures: dict[str, Figures], names: Sequence[str]) -> list[list[Cell]]:
    return [[side, *(of[name] for name in names)] for side, of in figures.items()]
