"""The page on which notes are edited, in Chromium: two people in browsers of their own, and a service that goes away.

MEMCODEC_NOTES_TABS, _TYPED and _RESTARTS make a large run of the last test: 5, 1000 and 20.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from tests.service.conftest import HERON, made, served, tokens
from tests.service.notes.conftest import free_port, held, in_file, noting, surviving
from tests.support.chromium import Chromium, Tab, chromium

URI = "birds/herons.md"
TABS = int(os.environ.get("MEMCODEC_NOTES_TABS", "2"))
TYPED = int(os.environ.get("MEMCODEC_NOTES_TYPED", "40"))
RESTARTS = int(os.environ.get("MEMCODEC_NOTES_RESTARTS", "2"))
_AT_EASE = "['saved', 'committed'].includes(document.body?.dataset.state)"
# Types tokens where no other stands, as a keyboard would: through the text area.
_TYPE = """
((name, count) => {
  const field = document.querySelector('#text');
  globalThis.typed = 0;
  globalThis.timer = setInterval(() => {
    if (typed >= Math.min(count, globalThis.allowed) || field.readOnly) return;
    if (document.body.dataset.state === 'lost' && Math.random() > 0.05) return;
    const ends = [0, ...[...field.value.matchAll(/\\[\\w+-\\d+\\]/g)].map(each => each.index + each[0].length)];
    const at = ends[Math.floor(Math.random() * ends.length)];
    field.focus();
    field.setRangeText(`[${name}-${typed++}]`, at, at, 'end');
    field.dispatchEvent(new InputEvent('input', { inputType: 'insertText' }));
  }, 20);
})
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as running:
        yield running


def _opened(browser: Chromium, url: str, uri: str = URI, name: str = "") -> Tab:
    tab = browser.tab()
    tab.go(f"{url}/notes/?file=birds.mp4&uri={uri}")
    tab.until(f"{_AT_EASE} && !document.querySelector('#text').readOnly")
    if name:
        tab.run(
            f"document.querySelector('#name').value = {name!r};"
            "document.querySelector('#name').dispatchEvent(new Event('change'))"
        )
    return tab


def _text(tab: Tab) -> str:
    found: str = tab.run("document.querySelector('#text').value")
    return found


def test_two_people_edit_a_note(browser: Chromium, tmp_path: Path) -> None:
    path, state = made(tmp_path / "birds.mp4", 1), tmp_path / "state"
    with noting(path, state) as service:
        ada, bob = _opened(browser, service.url, name="Ada"), _opened(browser, service.url, name="Bob")
        assert _text(ada) == _text(bob) == HERON
        bob.until("document.querySelector('.people').innerText.includes('Ada')")
        ada.run(
            "document.querySelector('#text').focus(); document.querySelector('#text').setSelectionRange(0, 0)"
        )
        ada.type("Of the pond: ")
        bob.until("document.querySelector('#text').value.startsWith('Of the pond: ')")
        bob.until("document.querySelector('.behind .caret')?.textContent === 'Ada'")
        bob.run(
            "document.querySelector('#text').focus();"
            "document.querySelector('#text').setSelectionRange(1e9, 1e9)"
        )
        bob.type("Ä𝔘 end")
        ada.until("document.querySelector('#text').value.endsWith('Ä𝔘 end')")
        ada.type("at the mill, ")  # the caret stayed where it was
        wanted = f"Of the pond: at the mill, {HERON}Ä𝔘 end"
        bob.until(f"document.querySelector('#text').value === {json.dumps(wanted)}")
        ada.send("Input.dispatchKeyEvent", type="keyDown", key="z", modifiers=2, windowsVirtualKeyCode=90)
        bob.until(
            f"document.querySelector('#text').value === {json.dumps(HERON + 'Ä𝔘 end')}"
        )  # Ada's own alone
        for tab in (ada, bob):
            tab.until("document.body.dataset.state === 'committed'")
            assert tab.run("document.querySelector('#saved').textContent") == "In the file."
            assert tab.complaints == []
        assert in_file(path, URI) == HERON + "Ä𝔘 end"
        # What a screen reader is told, and what keys reach.
        assert ada.run("document.querySelector('label[for=text]').textContent") == "Text of the note"
        assert ada.run("document.querySelector('#news').textContent").startswith("Guest ")
        assert ada.run("document.querySelector('#news').getAttribute('role')") == "status"
        assert ada.run(
            "[...document.querySelectorAll('a, input, textarea')].every(each => each.tabIndex === 0)"
        )
        bob.go("about:blank")
        ada.until("document.querySelector('#news').textContent === 'Bob has left.'")


def test_a_note_is_begun_by_its_name_and_markup_stays_text(browser: Chromium, tmp_path: Path) -> None:
    path, hostile = made(tmp_path / "birds.mp4", 1), "<img src=x onerror=globalThis.hurt=1>"
    with noting(path, tmp_path / "state") as service:
        tab = browser.tab()
        tab.go(f"{service.url}/notes/")
        tab.until("document.querySelector('.notes li') !== null")
        assert URI in tab.run("document.querySelector('.notes').innerText")
        tab.run("document.querySelector('#uri').focus()")
        tab.type(f"notes/{hostile}.md")
        tab.key("Enter", "\r")
        tab.until(f"{_AT_EASE} && location.search.includes('uri=')")
        tab.run(
            f"document.querySelector('#name').value = {hostile!r};"
            "document.querySelector('#name').dispatchEvent(new Event('change'));"
            "document.querySelector('#text').focus()"
        )
        tab.type(f"# Hello\n{hostile}")
        tab.until("document.body.dataset.state === 'committed'")
        assert tab.run("globalThis.hurt") is None
        assert tab.run("document.title") == f"notes/{hostile}.md"
    assert in_file(path, f"notes/{hostile}.md") == f"# Hello\n{hostile}"


def test_who_may_read_watches(browser: Chromium, tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    token, environ = tokens(file, "read")["read"], {"XDG_STATE_HOME": str(tmp_path / "state")}
    with served(path, "--write", "--live", "--tokens", file, **environ) as service:
        tab = browser.tab()
        tab.go(f"{service.url}/login")
        tab.run(
            f"document.querySelector('#token').value = '{token}'; document.querySelector('form').submit()"
        )
        tab.until("document.querySelector('#q') !== null")
        tab.go(f"{service.url}/notes/?file=birds.mp4&uri={URI}")
        tab.until(f"document.querySelector('#text').value === {json.dumps(HERON)}")
        assert tab.until("document.querySelector('#saved').textContent") == "You may read along."
        assert tab.run("document.querySelector('#text').readOnly")


def test_what_was_written_while_the_note_began_anew_is_merged(browser: Chromium, tmp_path: Path) -> None:
    path, state, port = made(tmp_path / "birds.mp4", 1), tmp_path / "state", free_port()
    with noting(path, state, port=port) as service:
        tab = _opened(browser, service.url, name="Ada")
        tab.run(
            "document.querySelector('#text').focus(); document.querySelector('#text').setSelectionRange(0, 0)"
        )
        tab.type("First. ")
        tab.until("document.body.dataset.state === 'committed'")
    tab.until("document.body.dataset.state === 'lost'")
    tab.type("Written alone. ")
    assert "held on this page alone" in tab.run("document.querySelector('#saved').textContent")
    for each in held(state):
        each.unlink()  # as if nobody had come back for ten minutes
    with memcodec.open(path) as memory:
        memory.add(memory.read(URI).replace("April", "May"), uri=URI)
        memory.commit()
    wanted = "First. Written alone. " + HERON.replace("April", "May")
    with noting(path, state, port=port):
        tab.until(f"document.querySelector('#text').value === {json.dumps(wanted)}")
        tab.until("document.body.dataset.state === 'committed'")
        assert in_file(path, URI) == wanted


def test_nothing_typed_is_lost_though_the_service_is_killed(browser: Chromium, tmp_path: Path) -> None:
    path, state, port, chance = (
        made(tmp_path / "birds.mp4", 1),
        tmp_path / "state",
        free_port(),
        random.Random(3),
    )
    uri, tabs, seen = "notes/all.md", list[Tab](), list[int]()
    for restart in range(RESTARTS + 1):
        with noting(path, state, port=port) as service:
            if not tabs:
                tabs = [_opened(browser, service.url, uri, f"T{number}") for number in range(TABS)]
                for number, tab in enumerate(tabs):
                    tab.run(f"{_TYPE}('t{number}', {TYPED // TABS})")
            for tab in tabs:
                tab.until("['saving', 'saved', 'committed'].includes(document.body?.dataset.state)")
                tab.run(f"globalThis.allowed = {TYPED / TABS * (restart + 1) / (RESTARTS + 1)}")
            if restart < RESTARTS:
                enough = TYPED * (restart + chance.uniform(0.1, 0.9)) / (RESTARTS + 1)
                while sum(tab.run("typed") for tab in tabs) < enough:
                    time.sleep(0.02)
                service.process.kill()
                service.process.wait()
                time.sleep(0.1)
                left = set(re.findall(r"\[\w+-\d+\]", surviving(path, state, uri)))
                safe = [set(re.findall(r"\[\w+-\d+\]", tab.run("memcodecNote.safe"))) for tab in tabs]
                for number, each in enumerate(safe):  # what others wrote may be here before it is stored
                    assert {token for token in each if token.startswith(f"[t{number}-")} <= left
                seen.append(len(left))
                continue
            for tab in tabs:
                tab.until(f"typed >= {TYPED // TABS} && {_AT_EASE}", 120)
            tabs[0].until("document.body.dataset.state === 'committed'")
            texts = [_text(tab) for tab in tabs]
            end = time.monotonic() + 20
            while len(set(texts)) > 1 and time.monotonic() < end:
                texts = [_text(tab) for tab in tabs]
            assert len(set(texts)) == 1
            found = re.findall(r"\[\w+-\d+\]", texts[0])
            assert "".join(found) == texts[0]
            assert sorted(found) == sorted(
                f"[t{who}-{each}]" for who in range(TABS) for each in range(TYPED // TABS)
            )
            assert in_file(path, uri) == texts[0]
    print(  # noqa: T201
        f"{TYPED} edits in {TABS} pages, {RESTARTS} kills when {seen} were stored, none lost, all texts equal"
    )
