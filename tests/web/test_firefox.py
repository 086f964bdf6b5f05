"""The page in Firefox: it finds what the library finds, whether Firefox decodes the video or the page does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import memcodec
from memcodec.share.page import PageOptions, write_page
from tests.support.browser import PageError
from tests.support.firefox import Firefox, firefox
from tests.support.servers import WebServer
from tests.web.conftest import DIST, grow, opened, search_and_read
from tests.web.test_search import QUERIES, asked, compare

pytestmark = pytest.mark.slow
_ABLE = """async codec => typeof VideoDecoder !== "undefined" && (await VideoDecoder.isConfigSupported(
  { codec: codec === "vp9" ? "vp09.00.41.08" : "avc1.64001f" })).supported"""
_ASKED = [
    "red fox",
    '"red fox"',
    "fox -red",
    "conn*",
    "title:queries",
    "café",
    "東京",
    "C++",
    "number OR again diary",
]


@pytest.fixture(scope="module", params=[True, False], ids=["WebCodecs", "no WebCodecs"])
def browser(request: pytest.FixtureRequest) -> Iterator[Firefox]:
    """Firefox as it comes, and as those are that have no WebCodecs."""
    with firefox(**{"dom.media.webcodecs.enabled": request.param}) as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("memories")


@pytest.mark.parametrize("kind", ["av1-dense", "flac-dense", "vp9-dense", "h264-dense", "av1-robust"])
def test_firefox_finds_what_the_library_finds(
    kind: str, browser: Firefox, site: WebServer, folder: Path
) -> None:
    codec, profile = kind.split("-")
    path = folder / f"{kind}.{'flac' if codec == 'flac' else 'mp4'}"
    if not path.exists():
        grow(path, codec, profile, commits=2)
    shutil.copy(DIST / "dav1d.wasm", site.folder)
    browser.go(site.url("bare.html"))
    search = opened(browser, site, path)
    if codec in ("vp9", "h264"):
        # H.264 comes to Firefox with the system's FFmpeg, if that is there.
        able = browser.run(f"({_ABLE})({codec!r})")
        if not able:
            with pytest.raises(PageError, match="this browser cannot decode"):
                search("red fox", 10)
            return
    with memcodec.open(path) as memory:
        text = " ".join(memory.read(document) for document in memory.documents())
        assert compare(search, memory, [*_ASKED, *asked(text, QUERIES // 4, seed=11)]) > 9


def test_a_visitor_with_firefox_searches_and_reads(browser: Firefox, site: WebServer, folder: Path) -> None:
    path = folder / "read.mp4"
    if not path.exists():
        grow(path, "av1", commits=2)
    write_page(str(path), str(site.folder / "firefox"), PageOptions(copy=True), force=True)
    browser.go("about:blank")
    site.forget()
    search_and_read(browser, site.url("firefox/index.html"), path)
    decodes = browser.run("typeof VideoDecoder !== 'undefined'")
    assert any("dav1d.wasm" in each["uri"] for each in site.requests()) != decodes


def test_what_firefox_does_not_decode_is_one_line(browser: Firefox, site: WebServer, tmp_path: Path) -> None:
    path = tmp_path / "h265.mp4"
    with memcodec.create(path, codec="h265", model="none") as memory:
        memory.add("A red fox.", uri="fox.md")
    write_page(str(path), str(site.folder / "firefox265"), PageOptions(copy=True), force=True)
    browser.go(site.url("firefox265/index.html?q=fox"))
    status = "document.getElementById('status')?.textContent"
    browser.until(f"{status} && !document.body.hasAttribute('aria-busy')")
    told = browser.run(status)
    assert "\n" not in told
    assert told.startswith(("this browser cannot decode H.265 video", "1 hit"))
