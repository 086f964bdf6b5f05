"""A file of very many commits: found as the library finds it, in few rounds, as it is and as it was."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

import memcodec
from memcodec import Filter, Settings
from memcodec.share.page import PageOptions, write_page
from tests.support.chromium import Chromium, Tab
from tests.support.memories import texts
from tests.support.servers import WebServer
from tests.web.conftest import opened, uris, visit
from tests.web.test_search import QUERIES, WRITTEN, asked, compare

MANY = int(os.environ.get("MEMCODEC_PAGE_MANY", "60"))  # commits; 1,000 before a release
ROUNDS = {".mp4": 7, ".flac": 8}  # of a first search, however many commits there are


@pytest.fixture(scope="module", params=["mp4", "flac"])
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commits in media, each of a document or two: new ones, changed ones, and every tenth forgets or tags some."""
    path = tmp_path_factory.mktemp("many") / f"many.{request.param}"
    some = list(texts("prose", MANY).values())
    with memcodec.create(path, model="none") as memory:
        memory.add("The diary of day 0: a red fox.", uri="diary.md")
    with memcodec.open(path, settings=Settings.of(journal=False)) as memory:
        for number in range(1, MANY):
            if number % 10 == 7:
                memory.forget(Filter(path=f"{number - 4}.md"))
            if number % 10 == 9:
                memory.tag(Filter(path=f"{number - 1}.md"), tags={"kind": "late"})
            memory.add(f"# Day {number}\n\nHerons of number {number}. {some[number]}", uri=f"{number}.md")
            if number % 6 == 5:
                memory.add(f"The diary of day {number}: {'a red fox, ' * (number % 9)}and é.", uri="diary.md")
            memory.commit()
    return path


@pytest.mark.slow
def test_all_of_it_is_found_as_the_library_finds_it(many: Path, tab: Tab, site: WebServer) -> None:
    with memcodec.open(many) as memory:
        numbers = [commit.number for commit in memory.log()]
        assert len(numbers) >= MANY
        text = " ".join(memory.read(document) for document in memory.documents())
        queries = [*WRITTEN[:24], "tag:kind=late day", "herons number", *asked(text, QUERIES, seed=4)]
        assert compare(opened(tab, site, many), memory, queries) > len(queries) // 3
    for number in sorted({numbers[0], numbers[len(numbers) // 3], numbers[-2]}):
        with memcodec.open(many, as_of=number) as memory:
            search = opened(tab, site, many, as_of=number)
            assert (
                compare(search, memory, ["herons number", "diary", "red fox", "path:1*.md day", "-fox"]) > 1
            )


@pytest.mark.slow
def test_a_first_search_takes_few_rounds(many: Path, browser: Chromium, site: WebServer) -> None:
    name = f"many-{many.suffix[1:]}"
    write_page(str(many), str(site.folder / name), PageOptions(copy=True))
    with memcodec.open(many) as memory:
        wanted = [hit.document.uri for hit in memory.search("herons of a red fox", mode="lexical")]
    tab = browser.tab()
    tab.size(1280, 4000)
    visit(tab, site.url(f"{name}/index.html?q=herons+of+a+red+fox"))
    assert uris(tab, len(wanted)) == wanted
    told = tab.run("memcodec.app.told")
    assert told["rounds"] <= ROUNDS[many.suffix], told
    tab.run("field = document.getElementById('q'); field.value = 'diary'; field.form.requestSubmit()")
    tab.until("location.search == '?q=diary' && !document.body.hasAttribute('aria-busy')")
    assert tab.run("memcodec.app.told.rounds") - told["rounds"] <= 3


@pytest.mark.slow
def test_a_first_search_of_a_short_text_takes_four_rounds_with_ten_texts(
    browser: Chromium, site: WebServer, tmp_path: Path
) -> None:
    """Of one that is too long to be fetched whole, and too short for a shortcut: most files of notes are so."""
    chance, path = random.Random(3), tmp_path / "short.mp4"
    with memcodec.create(path, model="none") as memory:
        for number in range(14):
            words = ["".join(chance.choices("abcdefghijk", k=7)) for _ in range(2500)]
            memory.add(
                f"heron of number {number}: {'heron ' * (number % 5)}{' '.join(words)}", uri=f"{number}.txt"
            )
    write_page(str(path), str(site.folder / "short"), PageOptions(copy=True))
    tab = browser.tab()
    tab.size(1280, 4000)
    visit(tab, site.url("short/index.html?q=heron+of+number"))
    uris(tab, 10)
    assert path.stat().st_size > 1 << 17
    assert tab.run("memcodec.app.told.rounds") <= 4
