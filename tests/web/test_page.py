"""What people do on the page: type, read, download, go back in time; and what files and servers do to it."""

from __future__ import annotations

import base64
import gzip
import http.server
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import MemcodecError
from memcodec.share.page import PageOptions, write_page
from tests.seal.people import person, sealed
from tests.support.browser import PageError
from tests.support.chromium import Chromium, Tab
from tests.support.needs import lacks, needs
from tests.support.servers import WebServer
from tests.web.conftest import DIST, grow, uris, visit

MUTATIONS = int(os.environ.get("MEMCODEC_PAGE_MUTATIONS", "60"))  # CONTRIBUTING.md: 3,000 before a release
HOSTILE = [
    "<img src=x onerror=\"globalThis.hurt='image'\">",
    "</title></script><script>globalThis.hurt='script'</script>",
    "\"><svg onload=globalThis.hurt='svg'>",
    "javascript:globalThis.hurt='uri'",
    "{{7*7}} ${7*7} `x` &lt;b&gt; \x1b[31m \u202egnp.exe",
    "__proto__", "constructor",
]  # fmt: skip


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("memory") / "notes.mp4", "av1", commits=4)


def _served(site: WebServer, memory: Path, name: str, options: PageOptions = PageOptions(copy=True)) -> str:  # noqa: B008
    write_page(str(memory), str(site.folder / name), options, force=True)
    return site.url(f"{name}/index.html")


def _found(tab: Tab) -> int:
    count: int = tab.run("document.querySelectorAll('.hits li').length")
    return count


def test_a_visitor_searches_reads_and_downloads(browser: Chromium, site: WebServer, memory: Path) -> None:
    tab = browser.tab()
    visit(tab, _served(site, memory, "visited", PageOptions(copy=True, title="My <notes>")))
    assert tab.run("document.title") == tab.run("document.querySelector('h1').textContent") == "My <notes>"
    tab.key("/")
    tab.type("red fox")  # as it is typed: nothing is pressed
    tab.until("document.querySelectorAll('.hits li').length")
    with memcodec.open(memory) as opened_memory:
        wanted = opened_memory.search("red fox", mode="lexical")
        assert uris(tab, len(wanted)) == [hit.document.uri for hit in wanted]
        assert tab.run("location.search") == "?q=red+fox"
        assert tab.run("document.querySelector('.hits mark').textContent").lower() in ("red", "fox")
        tab.key("ArrowDown")
        assert tab.run("document.activeElement.closest('li') === document.querySelector('.hits li')")
        tab.key("Enter", "\r")
        tab.until("!!document.querySelector('.check.intact')")
        assert wanted[0].text.split()[0] in tab.run("document.querySelector('.here').textContent")
        text = tab.run("fetch(document.querySelector('.check a').href).then(a => a.text(), () => 'refused')")
        assert text in (
            "refused",
            opened_memory.read(wanted[0].document.id),
        )  # the policy lets no script fetch it
        shown = tab.run("document.querySelector('.body').textContent")
        assert shown == opened_memory.read(wanted[0].document.id)
        deep = tab.run("location.href")
        tab.key("Escape")
        assert tab.run("document.querySelector('.view').hidden") and _found(tab) == len(wanted)
        visit(tab, deep)  # a link that somebody was sent
        tab.until("!!document.querySelector('.check.intact')")
        assert tab.run("document.querySelector('.body').textContent") == shown
        tab.run("document.querySelector('.back').click()")
        tab.run("document.querySelector('article button').click()")
        tab.until("!!document.querySelector('canvas')")
        assert tab.run("document.querySelector('canvas').width") == 552
        assert "Frame" in tab.run("document.querySelector('figcaption').textContent")
    assert tab.complaints == []
    asked = {each["uri"].split("?")[0] for each in site.requests() if "visited" in each["uri"]}
    # What shows documents and frames came when they were asked for, and nothing that nobody asked for did.
    wanted = ("index.html", "memcodec.js.gz", "views.js.gz", "notes.mp4")
    assert asked - {"/visited/favicon.ico"} == {f"/visited/{each}" for each in wanted}


@pytest.mark.parametrize("change", ["lacks", "unpacks", "alters"])
def test_scripts_come_whatever_a_host_does_to_packed_files(
    change: str, browser: Chromium, site: WebServer, memory: Path
) -> None:
    """It may lack them, unpack them on their way, or change what is in them: then the files as they are serve."""
    url = _served(site, memory, change)
    for packed in (site.folder / change).glob("*.js.gz"):
        plain = packed.with_suffix("").read_bytes()
        if change == "lacks":
            packed.unlink()
        elif change == "unpacks":
            packed.write_bytes(plain)
        else:
            packed.write_bytes(gzip.compress(b"globalThis.hurt = 1;" + plain))
    site.forget()
    tab = browser.tab()
    visit(tab, f"{url}?q=%22red+fox%22")
    tab.until("document.querySelectorAll('.hits li').length")
    tab.run("document.querySelector('.hits h2 a').click()")
    tab.until("!!document.querySelector('.check.intact')")
    assert tab.run("globalThis.hurt") is None
    plain_ones = {each["uri"].rpartition("/")[2] for each in site.requests() if each["uri"].endswith(".js")}
    wanted = {"memcodec.js", "conditions.js", "views.js"}
    assert plain_ones == (set() if change == "unpacks" else wanted)


def test_texts_that_nobody_sees_are_not_read(browser: Chromium, site: WebServer, tmp_path: Path) -> None:
    chance, path = random.Random(12), tmp_path / "many.mp4"
    with memcodec.create(path, model="none") as many:
        for number in range(30):
            words = " ".join("".join(chance.choices("abcdefghijk", k=8)) for _ in range(4000))
            many.add(f"heron number {number}: é {'heron ' * (number % 7)}{words}", uri=f"{number}.txt")
    with memcodec.open(path) as many:
        wanted = [hit.document.uri for hit in many.search("heron", mode="lexical")]
    url = f"{_served(site, path, 'unseen')}?q=heron"

    def read() -> int:
        return sum(each["body"] for each in site.requests() if each["range"])

    for height, shown in ((1130, 5), (720, 3)):
        tab = browser.tab()
        tab.size(1280, height)
        site.forget()
        visit(tab, url)
        tab.until("document.getElementById('status').textContent.startsWith('10 hits')")
        found = tab.run("[...document.querySelectorAll('.hits .uri')].map(each => each.textContent)")
        assert found == wanted[:shown], "as many as the window shows"
    before = read()
    assert uris(tab, 10) == wanted
    assert read() > 1.3 * before
    tab.run("document.querySelectorAll('.hits h2 a')[7].click()")
    tab.until("!!document.querySelector('.check.intact')")
    deep = tab.run("location.href")
    tab.key("Escape")
    assert _found(tab) == 10  # who comes back finds what was there

    keys = browser.tab()
    keys.size(1280, 720)
    visit(keys, url)
    keys.until("document.querySelectorAll('.hits li').length == 3")  # as many as the window shows
    keys.run("document.getElementById('q').focus()")
    for number in range(1, 11):
        keys.until(f"document.querySelectorAll('.hits li').length >= {number}")
        keys.key("ArrowDown")
        here = keys.run("document.activeElement.closest('li')?.querySelector('.uri').textContent")
        assert here == wanted[number - 1]

    tall = browser.tab()
    tall.size(1280, 4000)
    visit(tall, url)
    tall.until("document.querySelectorAll('.hits li').length == 10")  # all are in sight

    linked = browser.tab()
    visit(linked, deep)
    linked.until("!!document.querySelector('.check.intact')")
    assert linked.run("document.querySelector('.here').textContent").startswith("heron number")


def test_the_past_is_a_slider_away(browser: Chromium, site: WebServer, memory: Path) -> None:
    tab = browser.tab()
    visit(tab, f"{_served(site, memory, 'past')}?q=heron")
    tab.until("document.querySelectorAll('.hits li').length")
    with memcodec.open(memory) as now, memcodec.open(memory, as_of=1) as before:
        newest, oldest = (len(each.search("heron", mode="lexical")) for each in (now, before))
    assert len(uris(tab, newest)) == newest > oldest
    tab.run(
        "slider = document.getElementById('history'); slider.value = 0; slider.dispatchEvent(new Event('change'))"
    )
    tab.until(
        "location.search.includes('at=1') && document.querySelectorAll('.hits li').length == " + str(oldest)
    )
    assert "commit 1" in tab.run("document.querySelector('output').textContent")
    tab.run("document.querySelector('.about a').click()")
    tab.until("!!document.querySelector('.documents li')")
    with memcodec.open(memory, as_of=1) as before:
        assert tab.run("document.querySelectorAll('.documents li').length") == len(before)


def test_names_and_texts_put_no_markup_in(browser: Chromium, site: WebServer, tmp_path: Path) -> None:
    path = tmp_path / "hostile.mp4"
    with memcodec.create(path, model="none") as hostile:
        for number, text in enumerate(HOSTILE):
            hostile.add(
                f"fox {text} fox", title=text, uri=f"{text}{number}", tags={"__proto__": text, "x": text}
            )
    tab = browser.tab()
    url = _served(site, path, "hostile", PageOptions(copy=True, title=HOSTILE[1]))
    for query in ("fox", *HOSTILE):
        tab.go("about:blank")
        visit(tab, f"{url}?q={query.replace('%', '').replace('#', '').replace('&', '')}")
        tab.until("!!document.querySelector('footer') && !document.body.hasAttribute('aria-busy')")
    visit(tab, f"{url}?q=fox")
    assert len(uris(tab, len(HOSTILE))) == len(HOSTILE)
    for number in range(len(HOSTILE)):
        tab.run(f"document.querySelectorAll('.hits h2 a')[{number}].click()")
        tab.until("!!document.querySelector('.check.intact')")
        assert tab.run("document.querySelectorAll('img, svg, iframe, object, b').length") == 0
        tab.run("document.querySelector('.back').click()")
        tab.until("document.querySelector('.view').hidden")
    assert tab.run("globalThis.hurt") is None
    assert "\u202e" not in tab.run("document.body.innerText")


def test_one_file_holds_page_and_memory(browser: Chromium, tmp_path: Path, memory: Path) -> None:
    report = write_page(str(memory), str(tmp_path / "notes.html"), PageOptions(single=True))
    ((page, size),) = report.files
    assert size <= 1.34 * memory.stat().st_size + 100_000
    tab = browser.tab()
    tab.offline()
    visit(tab, page.as_uri())
    tab.run("document.getElementById('q').focus()")
    tab.type("red fox")
    tab.until("document.querySelectorAll('.hits li').length")
    with memcodec.open(memory) as opened_memory:
        wanted = [hit.document.uri for hit in opened_memory.search("red fox", mode="lexical")]
    assert uris(tab, len(wanted)) == wanted
    assert tab.run("location.hash") == "#q=red+fox"
    tab.run("document.querySelector('h2 a').click()")
    tab.until("!!document.querySelector('.check.intact')")
    assert tab.complaints == []


# Servers


class _Web(http.server.SimpleHTTPRequestHandler):
    """A server of one file: with ranges unless it ``ignores`` them; ``shares`` it with pages of any origin."""

    data = b""
    ignores = shares = False
    etag = '"1"'
    sent = 0

    def do_GET(self) -> None:
        kind, start, end = type(self), 0, len(self.data)
        if not self.ignores and (wanted := self.headers.get("Range")):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = (int(first), min(end, int(last) + 1)) if first else (max(0, end - int(last)), end)
            self.send_response(206 if start < len(self.data) else 416)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(self.data)}")
        else:
            self.send_response(200)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", str(max(0, end - start)))
        if self.shares:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Expose-Headers", "Content-Range, ETag")
        self.end_headers()
        try:
            for at in range(start, end, 1 << 16):
                self.wfile.write(self.data[at : min(end, at + (1 << 16))])
                kind.sent += min(end, at + (1 << 16)) - at
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _web(**settings: object) -> Iterator[tuple[type[_Web], str]]:
    handler = type("Handler", (_Web,), settings)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield handler, f"http://127.0.0.1:{server.server_port}/notes.mp4"
        finally:
            server.shutdown()


def _status(tab: Tab, url: str) -> str:
    visit(tab, url)
    tab.until("document.getElementById('status').textContent && !document.body.hasAttribute('aria-busy')")
    text: str = tab.run("document.getElementById('status').textContent")
    return text


def test_a_file_of_another_host_is_read_if_that_lets_it(
    browser: Chromium, site: WebServer, memory: Path
) -> None:
    with _web(data=memory.read_bytes(), shares=True) as (_, url):
        write_page(url, str(site.folder / "far"), PageOptions(), force=True)
        page = site.url("far/index.html?q=red+fox")
        assert "hits" in _status(browser.tab(), page)
    with _web(data=memory.read_bytes()) as (_, other):
        write_page(other, str(site.folder / "far"), PageOptions(), force=True)
        assert "CORS" in _status(browser.tab(), page)


def test_a_server_that_ignores_ranges_is_left_at_once(
    browser: Chromium, site: WebServer, tmp_path: Path
) -> None:
    with _web(data=bytes(80 << 20), shares=True, ignores=True) as (handler, url):
        tab = browser.tab()
        visit(tab, site.url("bare.html"))
        with pytest.raises(PageError, match="ignores byte ranges"):
            tab.run(f"memcodec.Memory.open(new memcodec.WebPlace({json.dumps(url)}))")
        assert handler.sent < 40 << 20


def test_a_file_that_is_replaced_is_read_anew(
    browser: Chromium, site: WebServer, memory: Path, tmp_path: Path
) -> None:
    newer = shutil.copy(memory, tmp_path / "notes.mp4")
    with memcodec.open(newer) as grown:
        grown.add("A heron stands still.", uri="new.md")
    with _web(data=memory.read_bytes(), shares=True) as (handler, url):
        write_page(url, str(site.folder / "replaced"), PageOptions(), force=True)
        tab = browser.tab()
        tab.size(1280, 4000)  # all hits are in sight
        assert "hit" in _status(tab, site.url("replaced/index.html?q=squirrel"))
        handler.data, handler.etag = Path(newer).read_bytes(), '"2"'
        tab.run(
            "field = document.getElementById('q'); field.value = 'stands heron'; field.form.requestSubmit()"
        )
        tab.until("[...document.querySelectorAll('.hits .uri')].some(each => each.textContent == 'new.md')")


@pytest.mark.parametrize("data", [b"", b"<!doctype html>", bytes(70000), b"memcodc1"])
def test_what_is_no_memory_is_one_line(data: bytes, tab: Tab, site: WebServer) -> None:
    (site.folder / "none.mp4").write_bytes(data)
    with pytest.raises(PageError, match=r"memcodec repair|cannot be fetched|answers|ignores|shorter"):
        tab.run(f"memcodec.Memory.open(new memcodec.WebPlace({json.dumps(site.url('none.mp4'))}))")


@pytest.mark.parametrize("suffix", ["mp4", "flac"])
def test_a_sealed_file_is_one_line(suffix: str, tab: Tab, site: WebServer, tmp_path: Path) -> None:
    path = sealed(tmp_path / f"sealed.{suffix}", person().recipient)
    shutil.copy(path, site.folder)
    with pytest.raises(PageError, match="the file is sealed, and a page opens no sealed file"):
        tab.run(f"memcodec.Memory.open(new memcodec.WebPlace({json.dumps(site.url(path.name))}))")
    with pytest.raises(MemcodecError, match="is sealed"):
        write_page(str(path), str(tmp_path / "page"))


# Damage


_MUTATED = """(async (encoded, query) => {
  const data = Uint8Array.from(atob(encoded), each => each.charCodeAt(0));
  try {
    const memory = await memcodec.Memory.open(new memcodec.LocalPlace(new Blob([data])));
    const hits = await new memcodec.Searcher(memory).search(query, 5);
    const texts = hits.map(hit => hit.found.text);
    for (const each of (await memory.documents()).slice(-2)) {
      const found = await memory.content(each);
      texts.push(found.isIntact ? new TextDecoder().decode(found.data) : null);
    }
    return texts;
  } catch (error) {
    return String(error);
  }
})"""


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["av1", "h264", "flac"])
def test_a_damaged_file_gives_the_right_answer_or_an_error(codec: str, tab: Tab, tmp_path: Path) -> None:
    path = tmp_path / f"damaged.{'flac' if codec == 'flac' else 'mp4'}"
    for number in range(3):
        with memcodec.open(path) if number else memcodec.create(path, codec=codec, model="none") as small:
            for each in range(4):
                small.add(
                    f"Text {each} of commit {number}: a red fox. " * (20 * each + 1),
                    uri=f"{number}-{each}.md",
                )
    whole, chance = path.read_bytes(), random.Random(5)
    with memcodec.open(path) as small:
        texts = {hit.text for hit in small.search("fox", 50, mode="lexical")}
        texts |= {small.read(document) for document in small}
    for number in (1, 2):
        with memcodec.open(path, as_of=number) as older:  # of a torn file the state before is right, too
            texts |= {hit.text for hit in older.search("fox", 50, mode="lexical")}
            texts |= {older.read(document) for document in older}
    errors = 0
    for _ in range(MUTATIONS):
        data = bytearray(whole)
        kind = chance.randrange(4)
        at = chance.randrange(len(data)) if kind else len(data) - chance.randrange(3000) - 1
        if kind < 2:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            data[at : at + 40] = chance.randbytes(40)
        else:
            del data[at:]
        encoded = base64.b64encode(data).decode()
        answer = tab.run(
            f"Promise.race([{_MUTATED}({encoded!r}, 'red fox'), new Promise(done => setTimeout(done, 5000, 'late'))])"
        )
        assert answer != "late"
        errors += isinstance(answer, str)
        if not isinstance(answer, str):
            assert set(answer) <= texts | {None}
        else:
            assert answer.startswith("Error") and "\n" not in answer, answer
    assert 0 < errors < MUTATIONS


# How it is made


def test_the_scripts_are_those_of_the_sources(tmp_path: Path) -> None:
    web = DIST.parent
    node = needs("node")
    if not (web / "node_modules").is_dir():
        lacks("esbuild", "make page")
    subprocess.run([node, "build.mjs", str(tmp_path)], cwd=web, check=True, capture_output=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(DIST): path.read_bytes() for path in DIST.rglob("*") if path.is_file()}
    assert sorted(made) == sorted(kept)
    assert [name for name in kept if made[name] != kept[name]] == []


def test_the_stemmers_are_those_of_the_package(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(DIST.parent)!r}); import stemmers, pathlib; "
        f"stemmers.write(pathlib.Path({str(tmp_path)!r}))",
    ]
    subprocess.run(command, check=True)
    kept = DIST.parent / "src" / "stems"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        path.name: path.read_text() for path in kept.iterdir()
    }


def test_no_script_is_evaluated_or_fetched_from_elsewhere() -> None:
    script = (DIST / "memcodec.js").read_text("utf-8")
    assert "eval(" not in script and "new Function" not in script and "innerHTML" not in script
    assert "http://" not in script and "https://" not in script


def test_no_byte_of_the_file_is_fetched_twice(browser: Chromium, site: WebServer, tmp_path: Path) -> None:
    """By one visitor, whatever is asked: of a file that has a shortcut, and boxes between its frames."""
    chance, path = random.Random(4), tmp_path / "long.mp4"
    words = ["".join(chance.choices("abcdefghijklmnop", k=7)) for _ in range(4000)]
    with memcodec.create(path, model="none") as memory:
        for number in range(30):
            memory.add(" ".join(chance.choices(words, k=6000)), uri=f"{number}.txt")
    tab, url = browser.tab(), _served(site, path, "once")
    site.forget()
    visit(tab, url)
    for query in chance.sample(words, 12):
        tab.run(f"field = document.getElementById('q'); field.value = '{query}'; field.form.requestSubmit()")
        tab.until(
            f"location.search == '?q={query}' && !document.body.hasAttribute('aria-busy')"
            " && document.querySelectorAll('.hits li').length"
        )
    spans = sorted(
        tuple(map(int, each["range"].removeprefix("bytes=").split("-")))
        for each in site.requests()
        if each["uri"].endswith("long.mp4")
    )
    assert len(spans) > 30
    twice = sum(max(0, min(before[1], after[1]) + 1 - after[0]) for before, after in pairwise(spans))
    assert twice < 0.02 * sum(last + 1 - first for first, last in spans)  # but for gaps between neighbours
