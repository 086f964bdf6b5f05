"""One line of links stands at the top of every page of the service, and each leads to its page, of the same memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from tests.insight.conftest import documents
from tests.service.conftest import Service, served, tokens
from tests.support.chromium import Chromium, Tab, chromium

PAGES = {"Search": "/pages/", "Graph": "/insight/graph", "Topics": "/insight/topics", "Dashboard": "/insight/dashboard",
         "Manage": "/manage", "Notes": "/notes/"}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as one:
        yield one


def _filled(path: Path) -> Path:
    with memcodec.create(path, model="none") as memory:
        for uri, text in documents(30):
            memory.add(text, uri=uri)
    return path


def _here(tab: Tab, label: str) -> list[str]:
    """Waits until a page is there; returns the labels of its links."""
    current = "document.querySelector('nav.pages:not([hidden]) [aria-current=page]')?.textContent"
    tab.until(
        f"location.pathname.startsWith({json.dumps(PAGES.get(label, '/'))}) && document.readyState === 'complete'"
        f" && {current} === {json.dumps(label)}"
    )
    labels: list[str] = tab.run(
        "[...document.querySelectorAll('nav.pages a:not([hidden])')].map(each => each.textContent)"
    )
    return labels


def _follow(tab: Tab, label: str) -> list[str]:
    tab.run(
        "[...document.querySelectorAll('nav.pages a:not([hidden])')]"
        f".find(each => each.textContent === {json.dumps(label)}).click()"
    )
    return _here(tab, label)


def _choose(tab: Tab, name: str) -> None:
    """A memory, in a page that is of one of several."""
    tab.run(
        f"(field => {{ field.value = {json.dumps(name)}; field.dispatchEvent(new Event('change')); }})"
        "(document.getElementById('file'))"
    )


def _sign_in(tab: Tab, service: Service, token: str, to: str) -> None:
    tab.go(f"{service.url}{to}")
    tab.until("!!document.querySelector('#token')")
    tab.run(f"document.querySelector('#token').value = '{token}'; document.forms[0].submit()")


def test_every_page_leads_to_every_other(browser: Chromium, tmp_path: Path) -> None:
    """Also for who signed in, and out of pages in a sandbox."""
    _filled(tmp_path / "a & b.mp4")
    file = tmp_path / "tokens.json"
    token, tab = tokens(file, "write")["write"], browser.tab()
    with served(
        tmp_path, "--write", "--live", "--tokens", file, "--rate", 0, XDG_STATE_HOME=str(tmp_path)
    ) as service:
        _sign_in(tab, service, token, "/pages/a%20%26%20b.mp4/")
        assert _here(tab, "Search") == list(PAGES)
        leads = set[str]()
        for label in [*list(PAGES)[1:], *list(PAGES)[-2::-1]]:
            assert _follow(tab, label) == list(PAGES)
            asked = tab.run("decodeURIComponent(location.href)")
            assert "a & b.mp4" in asked, (label, asked)
            leads.add(tab.run("[...document.querySelectorAll('nav.pages a')].map(each => each.href).join()"))
        assert len(leads) == 1  # the same from everywhere
        assert tab.complaints == []


def test_of_several_memories_they_are_of_the_one_that_is_looked_at(browser: Chromium, tmp_path: Path) -> None:
    for name in ("first.mp4", "second.mp4"):
        _filled(tmp_path / name)
    tab = browser.tab()
    with served(tmp_path, "--write", "--live", "--rate", 0, XDG_STATE_HOME=str(tmp_path)) as service:
        tab.go(f"{service.url}/")
        assert _here(tab, "Memories") == ["Memories", *list(PAGES)[1:]]
        assert "Search" not in _follow(tab, "Graph") and "first.mp4, second.mp4" in tab.run("document.title")
        _follow(tab, "Memories")
        tab.run("document.querySelectorAll('li a')[1].click()")
        assert _here(tab, "Search") == ["Memories", *PAGES]
        _follow(tab, "Topics")
        assert tab.run("document.title") == "Topics of second.mp4"
        assert tab.run("document.querySelector('td a').pathname") == "/pages/second.mp4/"
        _follow(tab, "Notes")
        assert tab.until("document.getElementById('file').value") == "second.mp4"
        _choose(tab, "first.mp4")
        _follow(tab, "Manage")
        assert tab.until("document.getElementById('file')?.value") == "first.mp4"
        _choose(tab, "second.mp4")
        tab.until("document.title.startsWith('second.mp4')")
        _follow(tab, "Dashboard")
        assert tab.run("document.title") == "Dashboard of second.mp4"


def test_a_graph_leads_to_the_places_it_rests_on(browser: Chromium, tmp_path: Path) -> None:
    path, file = _filled(tmp_path / "birds.mp4"), tmp_path / "tokens.json"
    token, tab = tokens(file, "read")["read"], browser.tab()
    with served(path, "--tokens", file, "--rate", 0) as service:
        _sign_in(tab, service, token, "/insight/graph?file=birds.mp4")
        assert "Notes" not in _here(tab, "Graph")
        tab.run("document.querySelector('button[data-i]').click()")
        tab.until("!!document.querySelector('#panel > ul:last-child a')")
        tab.run("document.querySelector('#panel > ul:last-child a').click()")
        tab.until("location.pathname === '/pages/birds.mp4/' && !!document.querySelector('.check.intact')")
        assert tab.run("document.querySelector('.here mark') !== null")


def test_where_nothing_is_served_yet_they_lead_to_where_it_begins(browser: Chromium, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    tab = browser.tab()
    with served(tmp_path / "empty", "--write") as service:
        tab.go(f"{service.url}/")
        _here(tab, "Memories")
        assert "Graph" not in _follow(tab, "Manage")
        tab.until("document.body.innerText.includes('Make the first one')")


def test_what_goes_wrong_is_a_page_for_who_wanted_one(browser: Chromium, tmp_path: Path) -> None:
    path, tab = _filled(tmp_path / "birds.mp4"), browser.tab()
    with served(path) as service:
        for address, title, said in (
            ("/insight/graph?file=none.mp4", "Not Found", "no file 'none.mp4' is served"),
            ("/pages/birds.mp4/<b>x", "Not Found", "the page of birds.mp4 has no <b>x"),
            ("/insight/topics?since=whenever", "Bad Request", "whenever"),
        ):
            tab.go(f"{service.url}{address}")
            assert tab.run("document.querySelector('h1').textContent") == title
            assert said in tab.run("document.querySelector('p').textContent")
            assert tab.run("document.querySelectorAll('b').length") == 0
            assert tab.run("getComputedStyle(document.body).maxWidth") != "none"  # its style is found
            tab.run("document.querySelector('a').click()")
            assert "Graph" in _here(tab, "Search")
