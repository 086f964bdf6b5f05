"""Browsers that have no decoder for a memory's video: the page brings one of AV1, and says what else is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import memcodec
from memcodec.share.page import PageOptions, write_page
from tests.support.browser import PageError
from tests.support.chromium import Chromium, Tab
from tests.support.servers import WebServer
from tests.web.conftest import DIST, grow, opened, search_and_read, visit
from tests.web.test_search import asked, compare

_WITHOUT = "delete globalThis.VideoDecoder;"
_MUTED = "VideoDecoder.isConfigSupported = async () => ({ supported: false });"


def _tab(browser: Chromium, script: str) -> Tab:
    """A tab whose pages find a browser changed by a script before their own run."""
    tab = browser.tab()
    tab.send("Page.addScriptToEvaluateOnNewDocument", source=script)
    return tab


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("decoded") / "notes.mp4", "av1", commits=3)


@pytest.mark.parametrize("change", [_WITHOUT, _MUTED], ids=["no WebCodecs", "no AV1"])
def test_a_page_brings_a_decoder_of_av1(
    change: str, browser: Chromium, site: WebServer, memory: Path
) -> None:
    write_page(str(memory), str(site.folder / "brought"), PageOptions(copy=True), force=True)
    tab = _tab(browser, change)
    site.forget()
    search_and_read(tab, site.url("brought/index.html"), memory)
    assert tab.complaints == []  # the policy lets it in
    asked_for = [each["uri"].rpartition("/")[2] for each in site.requests()]
    assert asked_for.count("dav1d.wasm.gz") == asked_for.count("dav1d.js.gz") == 1


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["dense", "robust"])
def test_it_finds_what_the_library_finds(
    profile: str, browser: Chromium, site: WebServer, tmp_path: Path
) -> None:
    path = grow(tmp_path / f"{profile}-brought.mp4", "av1", profile)
    shutil.copy(DIST / "dav1d.wasm", site.folder)
    tab = _tab(browser, _WITHOUT)
    tab.go(site.url("bare.html"))
    search = opened(tab, site, path)
    with memcodec.open(path) as memory:
        text = " ".join(memory.read(document) for document in memory.documents())
        assert compare(search, memory, [*asked(text, 20, seed=8), "red fox", "café"]) > 8


def test_who_can_decode_fetches_no_decoder(browser: Chromium, site: WebServer, memory: Path) -> None:
    write_page(str(memory), str(site.folder / "able"), PageOptions(copy=True), force=True)
    tab = browser.tab()
    site.forget()
    visit(tab, site.url("able/index.html?q=red+fox"))
    tab.until("document.querySelectorAll('.hits li').length")
    assert not [each["uri"] for each in site.requests() if "dav1d" in each["uri"]]


def test_a_decoder_that_was_changed_is_not_run(browser: Chromium, site: WebServer, memory: Path) -> None:
    write_page(str(memory), str(site.folder / "changed"), PageOptions(copy=True), force=True)
    for name in ("dav1d.wasm", "dav1d.wasm.gz"):
        data = (DIST / "dav1d.wasm").read_bytes()
        (site.folder / "changed" / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    tab = _tab(browser, _WITHOUT)
    visit(tab, site.url("changed/index.html?q=red+fox"))
    tab.until("document.getElementById('status').textContent.includes('dav1d.wasm, is missing or damaged')")
    assert tab.run("document.querySelectorAll('.hits li').length") == 0


def test_damage_does_not_lead_the_decoder_astray(
    browser: Chromium, site: WebServer, memory: Path, tmp_path: Path
) -> None:
    """Frames that are noise are an error, and the next search of whole ones is answered."""
    path = Path(shutil.copy(memory, tmp_path / "astray.mp4"))
    with memcodec.open(path) as whole:
        frames = whole.reader.segments[0].frames()
        data = bytearray(path.read_bytes())
    for frame in frames:
        data[frame.offset + 40 : frame.offset + frame.length - 40] = bytes(
            (37 * at + 11) % 256 for at in range(frame.length - 80)
        )
    path.write_bytes(data)
    shutil.copy(DIST / "dav1d.wasm", site.folder)
    tab = _tab(browser, _WITHOUT)
    tab.go(site.url("bare.html"))
    search = opened(tab, site, path)
    with pytest.raises(PageError, match="cannot be read from its frame"):
        search("commit record", 10)
    assert [uri for *_, uri in search("number 2 diary", 1)] == ["notes/diary.md"]


@pytest.mark.parametrize(
    ("codec", "line"),
    [
        ("h265", "this browser cannot decode H.265 video"),
        ("h264", "this browser cannot decode H.264 video"),
        ("vp9", "this browser cannot decode VP9 video"),
    ],
)
def test_of_other_codecs_a_line_says_what_is_missing(
    codec: str, line: str, browser: Chromium, site: WebServer, tmp_path: Path
) -> None:
    path = tmp_path / f"{codec}.mp4"
    with memcodec.create(path, codec=codec, model="none") as memory:
        memory.add("A red fox.", uri="fox.md")
    write_page(str(path), str(site.folder / codec), PageOptions(copy=True))
    assert not list((site.folder / codec).glob("dav1d*"))
    tab = browser.tab() if codec == "h265" else _tab(browser, _WITHOUT)
    visit(tab, site.url(f"{codec}/index.html?q=fox"))
    tab.until(
        f"document.getElementById('status').textContent.startsWith({line!r})"
        " && document.getElementById('status').textContent.includes('memcodec convert')"
    )


def test_a_page_in_one_file_says_that_it_carries_no_decoder(
    browser: Chromium, memory: Path, tmp_path: Path
) -> None:
    write_page(str(memory), str(tmp_path / "notes.html"), PageOptions(single=True))
    tab = _tab(browser, _WITHOUT)
    visit(tab, (tmp_path / "notes.html").as_uri() + "#q=red+fox")
    tab.until("document.getElementById('status').textContent.includes('carries no decoder')")
