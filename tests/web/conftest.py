"""A browser and a web server for all tests of the page, and memories of several kinds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec import Filter
from memcodec.ingest.item import text_item
from tests.support.browser import Page
from tests.support.chromium import Chromium, Tab, chromium
from tests.support.servers import WebServer, web_server

ROOT = Path(__file__).parent.parent.parent
DIST = ROOT / "memcodec" / "web" / "dist"
_PAGES = ("QUERIES", "SEARCH", "TUTORIAL", "HOSTING", "DENSITY")
_SCRIPTS = "<script src=english.js></script><script src=sound.js></script><script src=memcodec.js></script>"
_BARE = f"<!doctype html><meta charset=utf-8><body></body>{_SCRIPTS}"

Search = Callable[[str, int], list[tuple[int, float, str, str]]]

#: what words are hard to cut, to fold and to tell apart
SAMPLES = {
    "letters.md": "# Café\n\nJosé naïve resume résumé Straße STRASSE İstanbul ΣΊΣΥΦΟΣ ὈΔΥΣΣΕΎΣ й и ё đà Łódź ﬁn ½ ②\n",
    "scripts.md": "東京都に住む人は多い。\n\nภาษาไทยไม่มีช่องว่าง\n\n한국어를 배우다\n\nकिताब पढ़ना\n\nשָׁלוֹם עולם مَرْحَبًا\n",
    "code.md": "C++ and C# and c; std::vector<int> foo_bar PyObject_Call 1.10.1 1.10.12 --force e-mail -x\n",
    "more.md": "Running runs ran runner. Cats, dogs and a red fox; the red-brown fox. AND or NOT.\n" * 3,
    "🦊 emoji.md": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐐔𐐯𐑅𐐨𐑉𐐯𐐻 👩‍👩‍👧 foxes\n",
}


def grow(
    path: Path, codec: str, profile: str = "dense", commits: int = 1, language: str | None = None
) -> Path:
    """A memory of some pages and samples; of several commits documents were replaced, forgotten and brought back."""
    settings = memcodec.Settings.of(language=language) if language else None
    with memcodec.create(path, codec=codec, profile=profile, model="none", settings=settings) as memory:
        for name in _PAGES:
            text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
            item = text_item(text, title=name.title(), uri=f"docs/{name}.md", tags={"kind": "page"})
            memory.add_items([replace(item, author="Ada Lovelace")])
        for uri, text in SAMPLES.items():
            memory.add_items([replace(text_item(text, title=uri, uri=f"samples/{uri}"), language="en-GB")])
    for number in range(1, commits):
        with memcodec.open(path) as memory:
            memory.add(f"Commit {number} tells of herons and of number {number}.", uri=f"notes/{number}.md")
            memory.add(f"The diary of day {number}: a red fox, {'again ' * number}", uri="notes/diary.md")
        if number % 5 == 3:
            with memcodec.open(path) as memory:
                memory.forget(Filter(path=f"notes/{number - 1}.md"))
        if number == 6:
            with memcodec.open(path) as memory:
                memory.forget(Filter(path="docs/SEARCH.md"))
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A web server with a page that does nothing but load the script."""
    with web_server(tmp_path_factory.mktemp("site")) as server:
        for script in DIST.rglob("*.js"):
            shutil.copy(script, server.folder)
        (server.folder / "bare.html").write_text(_BARE)
        yield server


@pytest.fixture
def tab(browser: Chromium, site: WebServer) -> Tab:
    """A page that has the script, and nothing open."""
    made = browser.tab()
    made.go(site.url("bare.html"))
    return made


def visit(tab: Page, url: str) -> None:
    """Go to a page, and wait for its script: that comes packed, after the page."""
    tab.go(url)
    tab.until("'memcodec' in globalThis")


def uris(tab: Page, count: int) -> list[str]:
    """Of all hits, once they are there: those out of sight come when somebody scrolls."""
    tab.until(
        f"(scrollTo(0, document.body.scrollHeight), document.querySelectorAll('.hits li').length == {count})"
    )
    found: list[str] = tab.run("[...document.querySelectorAll('.hits .uri')].map(each => each.textContent)")
    return found


def search_and_read(tab: Page, url: str, path: Path) -> None:
    """Search a page's memory for a red fox, read the first hit, and look at the picture that holds it."""
    visit(tab, f"{url}?q=red+fox")
    tab.until("document.querySelectorAll('.hits li').length")
    with memcodec.open(path) as memory:
        wanted = memory.search("red fox", mode="lexical")
        assert uris(tab, len(wanted)) == [hit.document.uri for hit in wanted]
        tab.run("document.querySelector('.hits h2 a').click()")
        tab.until("!!document.querySelector('.check.intact')")
        assert tab.run("document.querySelector('.body').textContent") == memory.read(wanted[0].document.id)
    tab.run("document.querySelector('.back').click()")
    tab.run("document.querySelector('article button').click()")
    tab.until("!!document.querySelector('canvas')")


def opened(tab: Page, site: WebServer, path: Path, as_of: int | None = None) -> Search:
    """A memory, opened in the page by ranges: what searches it there."""
    name = f"{path.stat().st_ino}-{path.name}"
    if not (site.folder / name).exists():
        shutil.copy(path, site.folder / name)
    commit = "undefined" if as_of is None else str(as_of)
    tab.run(
        f"memcodec.Memory.open(new memcodec.WebPlace({json.dumps(site.url(name))}), {commit})"
        ".then(memory => { window.searcher = new memcodec.Searcher(memory); })"
    )

    def search(query: str, k: int = 10) -> list[tuple[int, float, str, str]]:
        found: list[list[Any]] = tab.run(
            f"searcher.search({json.dumps(query)}, {k}).then(hits => hits.map(hit => [hit.chunk, hit.score, "
            "hit.found.text, hit.found.place.document.uri]))"
        )
        return [tuple(each) for each in found]

    return search
