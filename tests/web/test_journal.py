"""What stands in a file's journal, read by a page: found, shown and counted as the library does it."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from pathlib import Path

import pytest

import memcodec
from memcodec import Filter
from memcodec.ingest.chunker import Chunker
from memcodec.ingest.kinds.terminal import shown
from memcodec.share.page import PageOptions, write_page
from tests.support.chromium import Chromium, Tab
from tests.support.servers import WebServer
from tests.web.conftest import ROOT, grow, opened, visit
from tests.web.test_page import MUTATIONS
from tests.web.test_search import WRITTEN, asked, compare

QUERIES = [
    "kingfisher",
    "tag:run wren",
    "path:run/* step",
    "heron note 3",
    "colours",
    "31mcolours",
    "ไทย",
    "été",
]
DOCUMENTS = """searcher.memory.documents().then(async held => {
  const made = [];
  for (const each of held) {
    const { data, isIntact } = await searcher.memory.content(each);
    made.push([each.document.id, each.document.uri, each.document.time, data.length, isIntact]);
  }
  return made;
})"""


LOADED = """new Promise(done => {
  const made = document.createElement("script");
  made.src = "journal.js";
  made.onload = made.onerror = done;
  document.head.append(made);
})"""
PARTS = """(encoded => {
  const data = Uint8Array.from(atob(encoded), each => each.charCodeAt(0));
  const { blake2b, chunks, hex, sha256, shown } = memcodecJournal.parts;
  const spans = chunks(data, []).map(each => [each.start, each.end, each.line, each.lastLine]);
  return [hex(sha256(data)), hex(blake2b(data, 32)), spans, shown(new TextDecoder().decode(data))];
})"""


def _journal(path: Path, notes: int = 12) -> Path:
    """Small adds behind the last commit: new documents, others in the place of some, and events of two scopes."""
    with memcodec.open(path) as memory:
        for number in range(notes):
            text = f"Note {number}: herons, Straße {number}, été\r\nand \x1b[31mcolours\x1b[0m in 東京都, a red fox.\n"
            memory.add(text, uri=f"notes/{number % 7}.md")
            memory.commit()
        memory.add((ROOT / "docs" / "CLI.md").read_text()[:60_000], uri="docs/CLI.md")
        memory.commit()
        memory.add((ROOT / "docs" / "TUTORIAL.md").read_text() + "heron", uri="docs/TUTORIAL.md")
        memory.commit()
        memory.add("🦊" * 900 + " 𝔘𝔫 word. " * 800 + "ภาษาไทยไม่มีช่องว่าง" * 200, uri="fox.txt")
        memory.commit()
        ledger = memory.ledger()
        bodies = [
            ("run-7", b'{"say":"a kingfisher"}'),
            ("run-7", b"no json, a step"),
            ("run-8", b'[NaN,"wren"]'),
        ]
        ledger.append(bodies)
        ledger.close()
    return path


@pytest.fixture(autouse=True)
def small_texts_go_to_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for users: other tests write commits."""
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 64 << 10)


@pytest.mark.parametrize("name", ["av1.mp4", "flac.flac", "french.mp4"])
def test_a_page_finds_what_stands_in_the_journal(
    name: str, browser: Chromium, tab: Tab, site: WebServer, tmp_path: Path
) -> None:
    language = "french" if "french" in name else None
    path = _journal(grow(tmp_path / name, "flac" if "flac" in name else "av1", language=language))
    if language:
        scripts = "".join(f"<script src={each}.js></script>" for each in (language, "memcodec"))
        (site.folder / "french.html").write_text(f"<!doctype html><meta charset=utf-8><body></body>{scripts}")
        tab = browser.tab()
        visit(tab, site.url("french.html"))
    with memcodec.open(path) as memory:
        assert len(memory.reader.waiting.items) > 10 and memory.reader.waiting.drop
        search = opened(tab, site, path)
        text = " ".join(memory.read(document) for document in memory.documents())
        assert compare(search, memory, [*WRITTEN[::2], *QUERIES, *asked(text, 40, seed=7)]) > 40
        held = [[each.id, each.uri, each.size] for each in memory.documents()]
        assert [[each[0], each[1], each[3]] for each in tab.run(DOCUMENTS)] == held
        assert all(each[4] for each in tab.run(DOCUMENTS))
        commits = [each.number for each in memory.log()]
        assert tab.run("searcher.memory.newest.map(each => each.commit)") == sorted(commits)
    for number in commits[::4]:
        with memcodec.open(path, as_of=number) as memory:
            search = opened(tab, site, path, as_of=number)
            compare(search, memory, ["heron", "red fox note 3", "docs", "kingfisher"])
            assert [each[0] for each in tab.run(DOCUMENTS)] == [each.id for each in memory.documents()]


def test_a_long_file_with_a_long_journal_is_read_in_few_rounds(
    tab: Tab, site: WebServer, tmp_path: Path
) -> None:
    chance, path = random.Random(3), tmp_path / "long.mp4"
    with memcodec.create(path, model="none") as memory:
        for number in range(60):
            words = ["".join(chance.choices("abcdefghij", k=9)) for _ in range(900)]
            memory.add(f"shared {' '.join(words)}", uri=f"{number}.txt")
    with memcodec.open(path) as memory:
        for number in range(0, 60, 2):
            words = ["".join(chance.choices("abcdefghij", k=9)) for _ in range(300)]
            memory.add(f"shared anew {' '.join(words)}", uri=f"{number}.txt")
            memory.commit()
    with memcodec.open(path) as memory:
        journal = memory.reader.media.journal
        assert journal is not None and journal.end - journal.start > 1 << 15 and path.stat().st_size > 1 << 18
        search = opened(tab, site, path)
        assert compare(search, memory, ["shared", "anew", "shared anew -anew", "path:2*.txt shared"]) == 4
    assert tab.run("searcher.memory.file.told.rounds") <= 8


def test_a_torn_journal_is_read_as_far_as_it_is_whole(tab: Tab, site: WebServer, tmp_path: Path) -> None:
    for name in ("torn.mp4", "torn.flac"):
        whole = _journal(grow(tmp_path / name, "flac" if "flac" in name else "av1")).read_bytes()
        with memcodec.open(tmp_path / name) as memory:
            assert memory.reader.media.journal is not None
            begin = memory.reader.media.journal.start
        for end in (begin + 10, begin + 900, (begin + len(whole)) // 2, len(whole) - 1):
            torn = tmp_path / f"{end}-{name}"
            torn.write_bytes(whole[:end])
            with memcodec.open(torn) as memory:
                search = opened(tab, site, torn)
                compare(search, memory, ["heron", "red fox note 3", "kingfisher"])
                assert tab.run("searcher.memory.commit") == memory.log()[-1].number


def test_the_journal_is_dead_once_it_is_folded(tab: Tab, site: WebServer, tmp_path: Path) -> None:
    path = _journal(grow(tmp_path / "folded.mp4", "av1"))
    with memcodec.open(path) as memory:
        memory.fold()
        memory.forget(Filter(path="notes/1.md"))
        search = opened(tab, site, path)
        assert compare(search, memory, ["heron", "red fox note 3", "kingfisher"]) == 3


def test_one_file_holds_page_memory_and_journal(browser: Chromium, tmp_path: Path) -> None:
    path = _journal(grow(tmp_path / "notes.mp4", "av1"))
    write_page(str(path), str(tmp_path / "notes.html"), PageOptions(single=True))
    tab = browser.tab()
    tab.offline()
    visit(tab, (tmp_path / "notes.html").as_uri() + "#q=kingfisher")
    tab.until("document.querySelectorAll('.hits li').length")
    assert tab.run("document.querySelector('.hits .uri').textContent").startswith("run/run-7/")
    assert tab.run("document.querySelectorAll('.hits article button').length") == 0  # it is in no frame yet
    tab.run("document.querySelector('h2 a').click()")
    tab.until("!!document.querySelector('.check.intact')")
    assert tab.complaints == []


def test_a_page_made_before_there_was_a_journal_reads_it(
    browser: Chromium, site: WebServer, tmp_path: Path
) -> None:
    path = grow(tmp_path / "later.mp4", "av1")
    write_page(str(path), str(site.folder / "later"), PageOptions(copy=True))
    assert "journal.js" not in (site.folder / "later" / "index.html").read_text()
    _journal(site.folder / "later" / "later.mp4")
    tab = browser.tab()
    visit(tab, site.url("later/index.html?q=kingfisher"))
    tab.until("document.querySelectorAll('.hits li').length")
    assert tab.complaints == []


# Parts of it, beside the library's own


def test_hashes_chunks_and_codes_are_those_of_the_library(tab: Tab, site: WebServer) -> None:
    tab.run(LOADED)
    chance, texts = random.Random(9), [b"", b"a", "é".encode() * 700]
    letters = "abc  \n\n.!?\r\n\t東京。é\u0301ا🦊👩\u200d👧한ไท\x85\u2028\x1b[31m\b%/"
    texts += ["".join(chance.choices(letters, k=chance.randint(1, 6000))).encode() for _ in range(120)]
    for text in texts:
        made = tab.run(f"{PARTS}({json.dumps(base64.b64encode(text).decode())})")
        assert made[0] == hashlib.sha256(text).hexdigest()
        assert made[1] == hashlib.blake2b(text, digest_size=32).hexdigest()
        spans = [list(span[:4]) for span in Chunker().spans([text])]
        assert made[2] == spans, text
        assert made[3] == shown(text.decode()), text


STATE = """(async encoded => {
  const data = Uint8Array.from(atob(encoded), each => each.charCodeAt(0));
  try {
    const memory = await memcodec.Memory.open(new memcodec.LocalPlace(new Blob([data])));
    const held = await memory.documents(), hits = await new memcodec.Searcher(memory).search("heron", 50);
    return [held.map(each => each.document.id), hits.map(hit => hit.found.text)];
  } catch (error) {
    return String(error);
  }
})"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["damaged.mp4", "damaged.flac"])
def test_of_a_damaged_journal_the_same_is_left_as_for_the_library(
    name: str, tab: Tab, tmp_path: Path
) -> None:
    """Wherever a bit falls in it, and whatever stands there instead."""
    path, chance = _journal(grow(tmp_path / name, "flac" if "flac" in name else "av1")), random.Random(8)
    whole, damaged = path.read_bytes(), tmp_path / f"one-{name}"
    with memcodec.open(path) as memory:
        assert memory.reader.media.journal is not None
        begin = memory.reader.media.journal.start
    counts = set[int]()
    for _ in range(max(8, MUTATIONS // 3)):
        data, at = bytearray(whole), chance.randrange(begin, len(whole))
        match chance.randrange(3):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at : at + 30] = chance.randbytes(30)
            case _:
                del data[at : at + chance.randrange(1, 300)]
        damaged.write_bytes(data)
        with memcodec.open(damaged) as memory:
            ids = [each.id for each in memory.documents()]
            texts = [hit.text for hit in memory.search("heron", 50, mode="lexical")]
        assert tab.run(f"{STATE}({json.dumps(base64.b64encode(data).decode())})") == [ids, texts], at
        counts.add(len(ids))
    assert len(counts) > 2
