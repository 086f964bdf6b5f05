"""Filters: which documents a search looks at, without a change to any score."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.config.times import parse_span
from memcodec.errors import ConfigError
from memcodec.file.filter import Filter
from memcodec.file.reader import Reader
from memcodec.model import Document
from memcodec.search.engine import Searcher
from memcodec.search.filters import accepts
from memcodec.search.query import Field
from tests.search.support import searching, uris, write
from tests.support import far, memories
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]

DOCUMENTS = {
    "birds/herons.md?place=pond": "A heron waits in the reeds.",
    "birds/swifts.md?place=sky": "A swift and a heron, and the heron waits.",
    "notes.txt?place=pond": "The heron is late today.",
    "empty-handed.py": "Nothing here.",
}
TIME = datetime(2026, 4, 2, 8, tzinfo=UTC)


def document(**fields: Any) -> Document:
    given: dict[str, Any] = {
        "id": "1",
        "uri": "a/b.md",
        "title": "Grey Herons",
        "time": TIME,
        "sha256": "",
        "size": 1,
    }
    return Document(**(given | fields))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("filters") / "birds.mp4", DOCUMENTS)


@pytest.fixture
def searcher(file: Path) -> Iterator[Searcher]:
    with searching(file) as made:
        yield made


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filter(), {"birds/herons.md", "birds/swifts.md", "notes.txt"}),
        (Filter(tags={"place": "pond"}), {"birds/herons.md", "notes.txt"}),
        (Filter(path="birds/*"), {"birds/herons.md", "birds/swifts.md"}),
        (Filter(type="md"), {"birds/herons.md", "birds/swifts.md"}),
        (Filter(tags={"place": "pond"}, path="birds/*"), {"birds/herons.md"}),
        (Filter(tags={"place": "moon"}), set()),
        (Filter(since=datetime(2999, 1, 1, tzinfo=UTC)), set()),
        (Filter(until=datetime(2999, 1, 1, tzinfo=UTC)), {"birds/herons.md", "birds/swifts.md", "notes.txt"}),
    ],
)
def test_what_a_filter_takes_scores_as_without_it(
    searcher: Searcher, filters: Filter, expected: set[str]
) -> None:
    everything = {hit.chunk: hit.score for hit in searcher.search("heron", 50)}
    found = searcher.search("heron", 50, "lexical", filters)
    assert set(uris(found)) == expected
    assert all(hit.score == everything[hit.chunk] for hit in found)
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("heron tag:place=pond", Filter(tags={"place": "pond"})),
        ("heron path:birds/*", Filter(path="birds/*")),
        ("heron type:md", Filter(type="md")),
    ],
)
def test_a_field_takes_what_a_filter_takes(searcher: Searcher, query: str, filters: Filter) -> None:
    found = searcher.search(query, 50)
    assert found and found == list(searcher.search("heron", 50, "lexical", filters))


def test_conditions_and_a_filter_both_hold(searcher: Searcher) -> None:
    assert uris(searcher.search("heron -swift", 9, "lexical", Filter(path="birds/*"))) == ["birds/herons.md"]


def test_a_query_of_conditions_alone_finds_documents(searcher: Searcher) -> None:
    assert set(uris(searcher.search("tag:place=pond"))) == {"birds/herons.md", "notes.txt"}


def test_both_sides_honour_a_filter(tmp_path: Path, embedder: Embedder) -> None:
    path = write(tmp_path / "both.mp4", DOCUMENTS, model="words")
    with searching(path) as searcher:
        for mode in ("semantic", "hybrid"):
            for query, filters in (("heron", Filter(path="birds/*")), ("heron path:birds/*", None)):
                found = searcher.search(query, 9, mode, filters)  # type: ignore[arg-type]
                assert set(uris(found)) == {"birds/herons.md", "birds/swifts.md"}
                assert found.mode == mode
        everything = {hit.chunk: hit.score for hit in searcher.search("heron", 9, "semantic")}
        found = searcher.search("heron", 9, "semantic", Filter(path="birds/*"))
        assert all(hit.score == everything[hit.chunk] for hit in found)


def test_dropped_documents_stay_out(tmp_path: Path) -> None:
    path = write(tmp_path / "less.mp4", DOCUMENTS)
    memories.forget(path, "notes.txt")
    with searching(path) as searcher:
        assert uris(searcher.search("heron", 9, "lexical", Filter(tags={"place": "pond"}))) == [
            "birds/herons.md"
        ]


def test_far_away_a_filter_costs_few_round_trips(tmp_path: Path) -> None:
    path = write(tmp_path / "far.mp4", {f"{number}.md": f"heron {number} waits" for number in range(300)})
    for number in range(3):
        memories.append(path, {f"more/{number}.txt": "another heron"})
    source = far.source(path.read_bytes())
    found = Searcher([Reader(source)]).search("heron", 5, "lexical", Filter(path="more/*"))
    assert sorted(uris(found)) == ["more/0.txt", "more/1.txt", "more/2.txt"]
    assert source.requests.rounds <= 6


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("title", "grey herons", True),
        ("title", "heron", False),  # words, not their beginnings
        ("title", "herons grey", False),
        ("path", "b.md", True),
        ("path", "*.txt", False),
        ("path", "b*", False),  # a glob is of the whole uri
        ("tag", "k", True),
        ("tag", "k=v", True),
        ("tag", "k=w", False),
        ("tag", "v", False),
        ("type", "Markdown", True),
        ("type", ".md", True),
        ("lang", "en", True),
        ("lang", "en-GB", True),
        ("lang", "e", False),
        ("author", "ada", True),
        ("since", "2026-04-02", True),
        ("since", "2026-04-02T08:00:01Z", False),
        ("until", "2026-04-02", True),
        ("before", "2026-04-02", False),
        ("before", "2026-05", True),
        ("after", "2025", True),
        ("after", "2026", False),
    ],
)
def test_fields(name: str, value: str, held: bool) -> None:
    given = document(tags={"k": "v"}, type="markdown", language="en-gb", author="Ada Lovelace")
    assert accepts(Field(name, value, 1), parse_span)(given) is held


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("birds", True),
        ("tags=birds", True),
        ("tags=draft, birds", True),
        ("tags", True),
        ("bird", False),
        ("tags=bird", False),
        ("place=birds", False),
        ("pond", False),
        ("x", True),
    ],
)
def test_each_tag_of_a_list_can_be_asked_for(value: str, held: bool) -> None:
    found = document(tags={"tags": "draft, birds", "place": "pond", "keywords": "x,y"})
    assert accepts(Field("tag", value, 1), lambda _: (TIME, TIME))(found) is held
    key, equals, wanted = value.partition("=")
    assert not equals or Filter(tags={key: wanted}).accepts(found) is held


@pytest.mark.parametrize("name", ["[2024] Walnut.md", "Why wait?.md", "a*b.md", "[!x].md", "x[.md"])
def test_a_path_with_a_glob_s_characters_is_itself(name: str) -> None:
    found = document(uri=f"notes/{name}")
    assert accepts(Field("path", name, 1), lambda _: (TIME, TIME))(found)
    assert Filter(path=f"notes/{name}").accepts(found)
    assert not accepts(Field("path", name, 1), lambda _: (TIME, TIME))(document(uri="notes/other.md"))


def test_a_time_that_is_none_points_at_its_place() -> None:
    with pytest.raises(ConfigError, match=r"^query, column 7: since:soon: not a time"):
        accepts(Field("since", "soon", 7), parse_span)


def test_a_file_without_lexical_index_cannot_meet_conditions(tmp_path: Path) -> None:
    path = write(tmp_path / "none.mp4", {"a.txt": "heron"}, index="none")
    with memcodec.open(path) as memory:
        assert memory.search("heron") == []
        with pytest.raises(ConfigError, match="no lexical index"):
            memory.search("heron -swift")
