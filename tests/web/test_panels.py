"""Graph, topics and dashboard beside the page: they lead to its documents, from a web server and from a disk."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import memcodec
from memcodec.share.page import PageOptions, write_page
from tests.insight.conftest import documents
from tests.support.chromium import Chromium, Tab
from tests.support.servers import WebServer
from tests.web.conftest import visit
from tests.web.test_page import HOSTILE

LAID = ("graph.html", "topics.html", "dashboard.html")
LABELS = ["Search", "Graph", "Topics", "Dashboard"]


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("a-secret-folder") / "birds & bread.mp4"
    with memcodec.create(path, model="none") as made:
        for uri, text in documents(45):
            made.add(text, uri=uri)
    return path


def _labels(tab: Tab) -> list[str]:
    found: list[str] = tab.run("[...document.querySelectorAll('nav a')].map(each => each.textContent)")
    return found


def _follow(tab: Tab, selector: str, to: str) -> None:
    """Click a link, and wait for the page that it leads to."""
    tab.run(f"document.querySelector({selector!r}).click()")
    tab.until(f"location.pathname.endsWith({to!r}) && document.readyState === 'complete'")


def _choose(tab: Tab, name: str) -> None:
    """A concept of the graph, by the button in its table."""
    tab.run(
        f"[...document.querySelectorAll('button[data-i]')].find(each => each.textContent === {name!r}).click()"
    )


def test_they_lie_beside_the_page_and_lead_into_it(browser: Chromium, site: WebServer, memory: Path) -> None:
    out = site.folder / "panels"
    options = PageOptions(copy=True, insight=True)
    report = write_page(str(memory), str(out), options)
    assert {each.name for each, _ in report.files} >= {"index.html", *LAID}
    sums = dict(reversed(each.split("  ")) for each in (out / "sha256sums").read_text().splitlines())  # type: ignore[misc]
    for name in LAID:
        page = (out / name).read_bytes()
        assert sums[name] == hashlib.sha256(page).hexdigest()
        assert b"a-secret-folder" not in page and b"birds &amp; bread.mp4" in page
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    write_page(str(memory), str(out), options, force=True)
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before

    tab = browser.tab()
    visit(tab, site.url("panels/index.html"))
    assert _labels(tab) == LABELS
    assert tab.run("document.querySelector('nav [aria-current=page]').textContent") == "Search"
    for label in LABELS[1:]:
        _follow(tab, f"nav a[href='{label.lower()}.html']", f"{label.lower()}.html")
        assert _labels(tab) == LABELS
        assert tab.run("document.querySelector('nav [aria-current=page]').textContent") == label
        assert tab.run("document.querySelector('h1').textContent") == f"{label} of birds & bread.mp4"
        assert tab.run("document.querySelectorAll('td a').length") > 3

    _follow(tab, "nav a[href='graph.html']", "graph.html")
    _choose(tab, "heron")
    text = tab.run("document.querySelector('#panel > ul:last-child a').textContent")
    tab.run("document.querySelector('#panel > ul:last-child a').click()")
    tab.until("location.pathname.endsWith('index.html') && !!document.querySelector('.check.intact')")
    assert tab.run("new URLSearchParams(location.search).get('q')") == '"heron"'
    assert tab.run("document.querySelector('.place').textContent").startswith(text.partition(":")[0])
    assert tab.run("document.querySelector('.here mark').textContent").lower().startswith("heron")
    tab.run("history.back()")
    tab.until("location.pathname.endsWith('graph.html') && document.readyState === 'complete'")
    _choose(tab, "heron")
    tab.run("document.querySelector('#panel p a').click()")
    tab.until("document.querySelectorAll('.hits li').length")
    assert "heron" in tab.run("document.querySelector('.hits mark').textContent").lower()

    _follow(tab, "nav a[href='dashboard.html']", "dashboard.html")
    uri = tab.run("[...document.querySelectorAll('td a')].at(-1).textContent")
    tab.run("[...document.querySelectorAll('td a')].at(-1).click()")
    tab.until("location.pathname.endsWith('index.html') && !!document.querySelector('.check.intact')")
    assert tab.run("document.querySelector('.view .place').textContent").startswith(uri)
    assert tab.complaints == []


def test_beside_a_page_with_the_memory_inside_they_open_from_a_disk(
    browser: Chromium, tmp_path: Path, memory: Path
) -> None:
    report = write_page(str(memory), str(tmp_path / "my birds.html"), PageOptions(single=True, insight=True))
    names = ["my birds.html", *(f"my birds-{name}" for name in LAID)]
    assert [each.name for each, _ in report.files] == names
    tab = browser.tab()
    tab.offline()
    visit(tab, (tmp_path / names[0]).as_uri())
    assert _labels(tab) == LABELS
    _follow(tab, "nav a:nth-child(2)", "my%20birds-graph.html")
    _choose(tab, "heron")
    tab.run("document.querySelector('#panel > ul:last-child a').click()")
    tab.until("location.pathname.endsWith('my%20birds.html') && !!document.querySelector('.check.intact')")
    assert tab.run("document.querySelector('.here mark').textContent").lower().startswith("heron")
    for name in ("topics", "dashboard"):
        tab.go((tmp_path / f"my birds-{name}.html").as_uri())
        assert tab.run("document.querySelectorAll('td a').length") > 3
    assert tab.complaints == []


def test_hostile_names_and_texts_put_no_markup_in(browser: Chromium, tmp_path: Path) -> None:
    path = tmp_path / "hostile.mp4"
    with memcodec.create(path, model="none") as hostile:
        for number, (_, text) in enumerate(documents(30)):
            evil = HOSTILE[number % len(HOSTILE)]
            hostile.add(f"# {evil}\n\n{evil} {text}", title=evil, uri=f"{evil}{number}")
    options = PageOptions(single=True, insight=True, title=HOSTILE[1])
    pages = [each for each, _ in write_page(str(path), str(tmp_path / "h.html"), options).files]
    assert len(pages) == 4
    for page in pages:
        tab = browser.tab()
        tab.go(page.as_uri())
        tab.until("document.querySelectorAll('nav a').length === 4")
        tab.run(
            "for (const each of [...document.querySelectorAll('button[data-i]')].slice(0, 9)) each.click()"
        )
        assert tab.run("globalThis.hurt") is None
        assert tab.run("document.querySelectorAll('img, iframe, object, b, nav script').length") == 0
        leads = tab.run("[...document.querySelectorAll('a')].map(each => each.getAttribute('href'))")
        assert all(each.startswith(("h.html", "h-", "#")) for each in leads if each), leads


def test_what_lies_there_is_not_replaced_unasked(tmp_path: Path, memory: Path) -> None:
    (tmp_path / "topics.html").write_text("mine")
    with pytest.raises(memcodec.StorageError, match=r"topics\.html: exists already"):
        write_page(str(memory), str(tmp_path), PageOptions(insight=True))
    assert [each.name for each in tmp_path.iterdir()] == ["topics.html"]
    write_page(str(memory), str(tmp_path), PageOptions())
    assert (tmp_path / "topics.html").read_text() == "mine"


def test_without_the_extra_it_is_one_line_and_nothing_is_written(tmp_path: Path, memory: Path) -> None:
    shutil.copy(memory, tmp_path / "m.mp4")
    (tmp_path / "networkx.py").write_text("raise ImportError('not here')")
    done = subprocess.run(
        [sys.executable, "-m", "memcodec", "page", "m.mp4", "-o", "site", "--insight"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode not in (0, 1), done.stderr
    assert done.stderr.count("\n") == 1 and "pip install 'memcodec[insight]'" in done.stderr
    assert not (tmp_path / "site").exists()
