"""Pages stand alone: no network, no markup from texts, less than a megabyte, and Chromium draws and explores them."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import memcodec
from memcodec import Memory
from memcodec.cli import main
from memcodec.insight.page import map as drawing
from tests.insight.conftest import FILL, LEXICAL, Make, documents
from tests.support.chatserver import chat_server, streamed

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)></script><!-- \u2028 & \' \x1b[31m'


class Tags(HTMLParser):
    """What is in a page: its elements, and what they would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.fetched, self.handlers = list[str](), list[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            str(value) for name, value in attrs if name in ("src", "href", "action", "xlink:href")
        ]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def hostile(make: Make) -> Memory:
    texts = [
        (
            f"{EVIL.replace('/', '')}{number}.md",
            f"# {EVIL} heron {number}\n\n{EVIL} [{EVIL}](x) **{EVIL}** {text}",
        )
        for number, (_, text) in enumerate(documents(30))
    ]
    return make(texts)


def check_alone(page: str) -> None:
    found = Tags(page)
    assert not found.fetched and not found.handlers
    known = "html head meta title style body script h1 h2 p div span section svg g line circle rect text table caption"
    known += " thead tbody tr th td dl dt dd label input output button"
    assert set(found.tags) <= set(known.split())
    assert found.tags.count("script") in (0, 2) and "img" not in found.tags
    assert "default-src 'none'" in page and "\x1b" not in page
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", page)


def test_hostile_texts_put_no_markup_in(make: Make) -> None:
    memory = hostile(make)
    check_alone(drawing.page(memory.graph(), [EVIL]))
    check_alone(memory.dashboard())
    for shown in (memory.graph(), memory.topics(), memory.trends(), memory.synthesize("heron")):
        assert "<script" not in shown._repr_html_() and "<img" not in shown._repr_html_()


def test_the_data_of_the_page_is_the_graph(grouped: Memory) -> None:
    made = grouped.graph()
    page = drawing.page(made, [grouped.name])
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert [each["name"] for each in data["concepts"]] == [each.name for each in made.concepts]
    assert len(data["relations"]) == len(made.relations) == page.count("<line ")
    uri, line, chunk, *_ = data["cites"][data["concepts"][0]["chunks"][0]]
    first = made.concepts[0].chunks[0]
    assert (uri, line, chunk) == (first.uri, first.line, first.chunk)
    for each in made.concepts:  # the table has it too
        assert f">{each.name}</button>" in page


def test_a_dashboard_says_what_is_there_without_a_script(grouped: Memory) -> None:
    page = grouped.dashboard()
    assert "<script" not in page and len(page.encode()) < 1_000_000
    for said in (
        "Growth by commit",
        "Where every byte went",
        "heron",
        "Duplicates",
        "unknown",
        "Nothing changed",
    ):
        assert said in page, said
    size = grouped.info().size
    assert (
        sum(
            int(n.replace(",", ""))
            for n in re.findall(r"<td>[a-z]+</td><td class=n>([\d,]+)</td></tr>", page)
        )
        >= size
    )


def test_a_dashboard_stays_small_and_finds_duplicates(make: Make) -> None:
    long = " ".join(FILL * 8)
    same = [
        (f"same/{number}.md", f"# A heading of {FILL[number]}\n\nThe same heron text. {long}")
        for number in range(6)
    ]
    many = [(f"{'long-name-' * 15}{number}.md", text) for number, (_, text) in enumerate(documents(150))]
    memory = make([*same, *many])
    page = memory.dashboard()
    assert len(page.encode()) < 1_000_000
    assert "same/0.md, same/1.md" in page


def run(*args: object) -> int:
    try:
        main.main(list(map(str, args)), standalone_mode=True)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_command_line_writes_each_form(grouped_path: Path, tmp_path: Path) -> None:
    for name in ("graph.html", "graph.json", "graph.graphml"):
        assert run("graph", grouped_path, "-o", tmp_path / name, "-q") == 0
    made = json.loads((tmp_path / "graph.json").read_text())
    assert made["relations"] and made["concepts"][0]["chunks"][0].keys() == {"file", "chunk", "uri", "line"}
    import networkx

    assert networkx.read_graphml(tmp_path / "graph.graphml").number_of_nodes() == len(made["concepts"])
    assert run("graph", grouped_path, "-o", tmp_path / "graph.html", "-q") == 11  # it is there
    assert run("graph", grouped_path, "-o", tmp_path / "graph.png", "-q") == 3
    assert run("dashboard", grouped_path, "-o", tmp_path / "d.html", "-q") == 0
    assert (tmp_path / "d.html").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_xml_does_not_take_are_cleaned(make: Make, tmp_path: Path) -> None:
    import networkx

    memory = hostile(make)
    path = tmp_path / "evil \x1b[31m\x01 & <b>.mp4"
    path.write_bytes(memory.path.read_bytes())
    made, claims = memory.graph(), list[str]()
    for number, edge in enumerate(made.relations[:12], 1):
        one, two = (made.concepts[each].name for each in (edge.a, edge.b))
        for said in memory.get(edge.chunks[0].chunk).text.split(". "):
            if one in said and two in said:
                quote = said[min(said.index(one), said.index(two)) :]
                claims.append(json.dumps({"pair": number, "relation": f"{one}\x1b\x02", "quote": quote}))
                break
    with chat_server() as server:
        server.script = streamed("\n".join(claims))
        options = ("--llm", server.url, "--llm-model", "m", "-q")
        assert run("graph", path, "-o", tmp_path / "g.graphml", *options) == 0
    graph = networkx.read_graphml(tmp_path / "g.graphml")
    assert graph.number_of_edges() == len(made.relations)
    assert any("\u241b\u2402" in each["relation"] for _, _, each in graph.edges(data=True))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_page_of_a_private_memory_is_private(tmp_path: Path) -> None:
    path = tmp_path / "mine.mp4"
    with memcodec.create(path, settings=LEXICAL) as memory:
        for uri, text in documents(12):
            memory.add(text, uri=uri)
    path.chmod(0o600)
    assert run("graph", path, "-o", tmp_path / "g.html", "-q") == 0
    assert stat.S_IMODE((tmp_path / "g.html").stat().st_mode) == 0o600


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="install chromium")
def test_chromium_draws_and_explores_it_from_a_file_without_a_network(make: Make, tmp_path: Path) -> None:
    memory = hostile(make)
    made = memory.graph()
    (tmp_path / "g.html").write_text(drawing.page(made, [memory.name]), encoding="utf-8")
    (tmp_path / "d.html").write_text(memory.dashboard(), encoding="utf-8")
    name = made.concepts[0].name
    graph = drawn(tmp_path / "g.html", tmp_path)
    assert graph.count("<circle") == len(made.concepts)
    assert 'id="tools" hidden' not in graph and re.search(r'id="?tools"?>', graph)  # the script ran
    assert f">{name}</button>" in graph and "<img" not in graph
    assert "Growth by commit" in drawn(tmp_path / "d.html", tmp_path)


def drawn(page: Path, folder: Path) -> str:
    """The page's elements as Chromium has them once its script ran."""
    flags = "--headless --no-sandbox --disable-gpu --virtual-time-budget=2000 --dump-dom"
    flags += " --proxy-server=127.0.0.1:9"  # nothing answers there
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        ["chromium", *flags.split(), profile, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout
