"""A visit to a page that searches a memory: what the browser fetches and computes for it, beside Pagefind's."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import memcodec
from benchmarks import browser, corpora, environments, harness, visit_parts
from benchmarks.environments import Worker
from benchmarks.quality import K
from benchmarks.results import Check, Section, Table
from memcodec.share.page import PageOptions, write_page
from tests.support.chromium import Chromium, Tab, chromium
from tests.support.servers import WebServer, web_server

ROUNDS, FIRST, FURTHER, CPU = 4, 330, 60, 1.0  # of 11 MB: rounds, KB, KB, seconds
FIRST_LARGE = 600  # KB of 100 MB
SCRIPT = 70  # KB
_ASKED = """(async query => {
  const field = document.getElementById("q"), status = document.getElementById("status");
  field.value = query;
  status.textContent = "";
  field.form.requestSubmit();
  while (!/ in [0-9.]+ s/.test(status.textContent)) await new Promise(done => setTimeout(done, 5));
})"""
# Texts of hits out of sight come when somebody scrolls.
_SCROLLED = """(async () => {
  const all = parseInt(document.getElementById("status").textContent) || 0;
  while (document.querySelectorAll(".hits li").length < all) {
    scrollTo(0, document.body.scrollHeight);
    await new Promise(done => setTimeout(done, 5));
  }
})()"""
_WINDOW = 1280, 720


class Visit(NamedTuple):
    """One search: bytes with all code, requests, rounds of the file's reads, processor seconds of all processes; and
    the ranges of the file that were read."""

    kilobytes: float
    requests: int
    rounds: int
    seconds: float
    ranges: list[str]


class Visits(NamedTuple):
    """Searches by visitors of their own, and by one: the first screen of hits, or all ten of them."""

    first: list[Visit]
    first_seen: list[Visit]
    further: list[Visit]
    further_seen: list[Visit]


def run(quick: bool) -> Section:
    sizes = [300_000] if quick else [11_000_000, 100_000_000]
    asked = corpora.queries(corpora.chunks(11_000), 5 if quick else 50)
    figures: dict[str, dict[str, float]] = {}
    parts = Counter[str](), Counter[str]()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(harness.scratch())
        web, tabs = stack.enter_context(web_server(folder / "web")), stack.enter_context(chromium())
        for size in sizes:
            source = _texts(size, folder / f"{size}")
            file = folder / f"{size}.mp4"
            with memcodec.create(file, model="none") as memory:
                memory.add_path(source)
            write_page(str(file), str(web.folder / f"{size}"), PageOptions(copy=True))
            file.unlink()
            visits = _visits(tabs, web, f"{size}", asked)
            figures[_name(size)] = _summary(visits)
            if size == sizes[0]:
                parts = _parts(visits, str(web.folder / f"{size}" / f"{size}.mp4"))
            harness.say(f"  {size:,}")
        figures["Pagefind"] = _pagefind(folder, corpora.python_docs() if not quick else source, asked)
    return _section(figures, parts, len(asked), [_name(size) for size in sizes])


def _name(size: int) -> str:
    return f"memcodec, {size / 1e6:g} MB"


def _texts(size: int, into: Path) -> Path:
    if size == 11_000_000:
        return corpora.python_docs()
    return corpora.subset(size, into) if size < 11_000_000 else corpora.grown(size, into)


def _visits(tabs: Chromium, web: WebServer, name: str, asked: Sequence[str]) -> Visits:
    """Each query by a visitor of its own; then all of them by one."""
    found = Visits([], [], [], [])
    for whole in (True, False):
        first, further = (found.first, found.further) if whole else (found.first_seen, found.further_seen)
        first += [_visit(tabs, web, tabs.tab(), name, query, whole=whole) for query in asked]
        tab = tabs.tab()
        _visit(tabs, web, tab, name, asked[0], whole=whole)
        further += [_search(tabs, web, tab, query, whole=whole) for query in asked[1:]]
    return found


def _visit(tabs: Chromium, web: WebServer, tab: Tab, name: str, query: str, *, whole: bool) -> Visit:
    tab.size(*_WINDOW)
    with _counted(tabs, web) as counts:
        tab.go(web.url(f"{name}/index.html"))
        tab.until("globalThis.memcodec?.app.told && !document.body.hasAttribute('aria-busy')")
        _ask(tab, query, whole=whole)
        rounds = tab.run("memcodec.app.told.rounds")
    return _counts(web, counts, rounds)


def _search(tabs: Chromium, web: WebServer, tab: Tab, query: str, *, whole: bool) -> Visit:
    before = tab.run("memcodec.app.told.rounds")
    with _counted(tabs, web) as counts:
        _ask(tab, query, whole=whole)
    return _counts(web, counts, tab.run("memcodec.app.told.rounds") - before)


def _ask(tab: Tab, query: str, *, whole: bool) -> None:
    tab.run(f"{_ASKED}({json.dumps(query)})")
    if whole:
        tab.run(_SCROLLED)


def _counts(web: WebServer, counts: Sequence[float], rounds: int) -> Visit:
    ranges = [each["range"] for each in web.requests() if each["range"]]
    return Visit(counts[0], round(counts[1]), rounds, counts[2], ranges)


@contextlib.contextmanager
def _counted(tabs: Chromium, web: WebServer) -> Iterator[list[float]]:
    """KB and requests that the server answered meanwhile, and what the browser's processes spent."""
    web.forget()
    before, counts = _spent(tabs.pid), list[float]()
    yield counts
    seconds = _spent(tabs.pid) - before
    answered = [each for each in web.requests() if "favicon" not in each["uri"]]
    counts += [sum(each["body"] for each in answered) / 1000, len(answered), seconds]


def _spent(pid: int) -> float:
    """Processor seconds of a process and of all below it, those that ended included."""
    parents, ticks = dict[int, int](), dict[int, int]()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    below = {pid}
    for _ in range(8):
        below |= {each for each, parent in parents.items() if parent in below}
    return sum(ticks.get(each, 0) for each in below) / os.sysconf("SC_CLK_TCK")


def _summary(visits: Visits) -> dict[str, float]:
    return {
        "KB": statistics.median(each.kilobytes for each in visits.first),
        "KB, most": max(each.kilobytes for each in visits.first),
        "KB, in sight": statistics.median(each.kilobytes for each in visits.first_seen),
        "requests": statistics.median(each.requests for each in visits.first),
        "rounds, most": max(each.rounds for each in visits.first),
        "CPU s": statistics.median(each.seconds for each in visits.first),
        "further KB": statistics.fmean(each.kilobytes for each in visits.further),
        "further KB, in sight": statistics.fmean(each.kilobytes for each in visits.further_seen),
        "further rounds": statistics.fmean(each.rounds for each in visits.further),
        "further CPU s": statistics.median(each.seconds for each in visits.further),
    }


def _parts(visits: Visits, file: str) -> tuple[Counter[str], Counter[str]]:
    """KB of a first search and of a further one, on average, by what they are."""
    found = []
    for some in (visits.first, visits.further):
        of = visit_parts.of_ranges(file, (each for one in some for each in one.ranges))
        of["page and scripts"] = sum(each.kilobytes for each in some) - sum(of.values())  # type: ignore[assignment]
        found.append(Counter({name: value / len(some) for name, value in of.items()}))
    return found[0], found[1]


def _pagefind(folder: Path, source: Path, asked: Sequence[str]) -> dict[str, float]:
    """Each file a page of a site, every query by a page that has nothing cached."""
    interpreter = environments.python("pagefind")
    if interpreter is None:
        raise SystemExit("pagefind does not install: see above")
    given, site = folder / "texts.json", folder / "site"
    texts = [each.read_bytes().decode("utf-8", "replace") for each in corpora.files(source)]
    given.write_text(json.dumps(texts))
    with Worker("build_pagefind", folder, interpreter) as worker:
        worker("put", timeout=7200, folder=site, texts=given)
    found = list(browser.search(site, asked, K))
    kilobytes = [each.bytes / 1000 for each in found]
    return {
        "KB": statistics.median(kilobytes),
        "KB, most": max(kilobytes),
        "requests": statistics.median(each.requests for each in found),
    }


def _section(
    figures: dict[str, dict[str, float]],
    parts: tuple[Counter[str], Counter[str]],
    asked: int,
    ours: list[str],
) -> Section:
    small, script = figures[ours[0]], (Path(memcodec.__file__).parent / "web" / "dist" / "memcodec.js").stat()
    names, (first, further) = list(small), parts
    checks = [
        Check("script of the page", script.st_size / 1000, SCRIPT, "KB"),
        Check(f"rounds of a first search, {ours[0]}", small["rounds, most"], ROUNDS),
        Check(f"first search with ten texts and all code, {ours[0]}", small["KB"], FIRST, "KB"),
        Check(f"a further search with ten texts, {ours[0]}", small["further KB"], FURTHER, "KB"),
        Check(f"a further search, texts in sight, {ours[0]}", small["further KB, in sight"], FURTHER, "KB"),
        Check(f"processor time of a first search, {ours[0]}", small["CPU s"], CPU, "s"),
        Check("first search, beside Pagefind's", small["KB"] / figures["Pagefind"]["KB"], 1),
        *(
            Check(f"first search, {each}", figures[each]["KB"], FIRST_LARGE, "KB")
            for each in ours[1:]
        ),
    ]  # fmt: skip
    return Section(
        name="visit",
        title="A visit to a page",
        intro=(
            f"`memcodec page --copy` on nginx, visited by Chromium: {asked} queries of 2 to 4 words that stand "
            f"together in some text, {K} hits with their texts. A first search is that of a visitor who has nothing "
            "yet: the page, its script, and what of the file is read; a further one is by a visitor who asks all "
            "queries one after the other. The window has 1280 x 720 pixels: who scrolls to the end gets ten texts, and "
            "*in sight* is what is read for who does not. Bytes are those of answers' bodies, by the server's log. "
            "Processor time is that of all of the browser's processes, the start of the page's own included. Rounds "
            "are those of reads of the file. Pagefind: the same files of the Python documentation, each a page of a "
            "site; its results are pages, not passages."
        ),
        tables=[
            Table(
                "Visits",
                ["", *names],
                [[name, *(of.get(each) for each in names)] for name, of in figures.items()],
                "Medians, but for *most* and for KB and rounds of further searches, which are means.",
            ),
            Table(
                f"What is read with ten texts, {ours[0]}",
                ["", "first KB", "further KB"],
                [[name, value, further[name]] for name, value in first.most_common()],
                "Means. An English memory's script has Snowball's English beside `memcodec.js`.",
            ),
        ],
        checks=checks,
        figures=figures,
    )
