"""The query language in searches: conditions, why a hit ranks where it does, and what is set off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcodec import answers
from memcodec.errors import ConfigError
from memcodec.index.lexical.tokens import Analyzer
from memcodec.search.engine import Searcher
from memcodec.search.highlight import marks, snippet
from memcodec.search.query import parse
from tests.search.support import searching, uris, write
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]

DOCUMENTS = {
    "grey.txt": "The grey heron waits. It waits in the reeds.",
    "apart.txt": "A heron is grey, and a heron waits.",
    "swift.txt": "A swift is no heron.",
}
ENGLISH = Analyzer("english")


@pytest.fixture
def searcher(tmp_path: Path) -> Iterator[Searcher]:
    with searching(write(tmp_path / "a.mp4", DOCUMENTS)) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"grey heron"', {"grey.txt"}),
        ("heron -swift", {"grey.txt", "apart.txt"}),
        ("heron AND grey", {"grey.txt", "apart.txt"}),
        ("swift OR reeds", {"swift.txt", "grey.txt"}),
        ("swi*", {"swift.txt"}),
        ("heron -path:swift", {"grey.txt", "apart.txt"}),
        ("badger", set()),
    ],
)
def test_conditions(searcher: Searcher, query: str, expected: set[str]) -> None:
    found = searcher.search(query)
    assert set(uris(found)) == expected
    assert (found.query, found.parsed.text) == (query, query)
    assert list(searcher.search(parse(query))) == list(found)


def test_a_query_that_cannot_be_read_points_at_the_place(searcher: Searcher) -> None:
    with pytest.raises(ConfigError, match="column 7"):
        searcher.search("heron (grey AND")


def test_conditions_hold_for_hits_by_meaning_too(tmp_path: Path, embedder: Embedder) -> None:
    with searching(write(tmp_path / "a.mp4", DOCUMENTS, model="words")) as searcher:
        for mode in ("hybrid", "semantic"):
            assert "swift.txt" in uris(searcher.search("heron", 9, mode))  # type: ignore[arg-type]
            found = searcher.search("heron -swift", 9, mode)  # type: ignore[arg-type]
            assert set(uris(found)) == {"grey.txt", "apart.txt"} and found.mode == mode
        assert searcher.search("path:swift", 9, "hybrid").mode == "lexical"


def test_scores_are_explained(tmp_path: Path, embedder: Embedder) -> None:
    with searching(write(tmp_path / "a.mp4", DOCUMENTS, model="words")) as searcher:
        assert searcher.search("heron").whys == ()
        found = searcher.search("heron waits -swift", explain=True)
    assert len(found.whys) == len(found) == 2
    for hit, why in zip(found, found.whys, strict=True):
        assert why.lexical and why.semantic and why.words
        assert sum(share.score for share in why.words.shares) == pytest.approx(why.lexical.score, rel=1e-5)
        assert 0 < why.semantic.score / 2 < hit.score <= 1
        assert ("NOT swift", True) in [(each.text, each.holds) for each in why.words.conditions]
    answer: Any = answers.documents.search(found)["hits"][0]
    assert answer["why"]["lexical"] == {
        "rank": found.whys[0].lexical.rank,
        "score": found.whys[0].lexical.score,
    }  # type: ignore[union-attr]
    assert answer["why"]["words"]["shares"][0].keys() == {"word", "repeats", "df", "tf", "score"}


def _marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end, _ in marks(text, parse(query), ENGLISH)]


def test_a_phrase_is_set_off_as_a_whole_only_where_it_stands() -> None:
    text = "A grey bird. The heron is grey; the Grey\nHerons wait."
    assert _marked(text, '"grey heron"') == ["Grey\nHerons"]
    assert _marked(text, "grey heron") == ["grey", "heron", "grey", "Grey", "Herons"]
    assert _marked(text, '"grey heron" wait* -bird title:bird') == ["Grey\nHerons", "wait"]
    assert _marked("東京の冬", '"京の"') == ["京の"]


def test_a_snippet_shows_the_phrase() -> None:
    filler = "lorem ipsum dolor " * 20
    text = f"heron grey heron {filler} the grey heron stands {filler}"
    assert "the grey heron stands" in snippet(text, parse('"the grey heron"'), ENGLISH, 60).text
    assert snippet(text, parse("-heron lorem"), ENGLISH, 60).spans
