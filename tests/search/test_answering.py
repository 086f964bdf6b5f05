"""What is known comes first, what says nothing finds nothing, what is mistyped is told, and scores mean something."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from memcodec.errors import ConfigError
from memcodec.search import pattern
from memcodec.search.closeness import Closeness
from memcodec.search.query import parse
from tests.search.support import searching, uris, write
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]

FILLER = "the pond and the reeds, as they were when the year began; nothing else to tell of them. "


def _first(path: Path, query: str, **options: object) -> str:
    with searching(path) as searcher:
        return next(iter(uris(searcher.search(query, 3, **options))), "")  # type: ignore[arg-type]


def _permuted(join: str, *parts: str) -> dict[str, str]:
    """Texts that hold the parts in every order, the first of them the longest."""
    orders = list(permutations(parts))
    return {join.join(each): FILLER * (len(orders) - at) + join.join(each) for at, each in enumerate(orders)}


@pytest.mark.parametrize(
    "parts", [(".", "1", "10", "2"), (".", "192", "168", "7", "31"), ("_", "red", "fox", "den")]
)
def test_what_holds_the_words_together_and_in_order_comes_first(
    tmp_path: Path, parts: tuple[str, ...]
) -> None:
    texts = _permuted(*parts)
    path = write(tmp_path / "a.mp4", texts, chunk_size=4000)
    with searching(path) as searcher:
        assert {uri: uris(searcher.search(uri, 2))[0] for uri in texts} == {uri: uri for uri in texts}


def test_neighbours_in_a_query_count_where_they_are_neighbours(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.mp4", {"apart": f"heron {FILLER} grey heron's", "row": f"{FILLER} a grey heron"}
    )
    with searching(path) as searcher:
        found = searcher.search("grey heron", 2, "lexical", explain=True)
        assert all(0 < hit.score <= 1 for hit in found)
        assert [share.word for share in found.whys[0].words.shares] == ["grey", "heron", '"grey heron"']  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("C++", ["C C C", "a C#"]),
        ("--verbose", ["verbose verbose"]),
        ("José", ["Jose Jose"]),
        ("Jose", ["José José"]),
        ("مُحَمَّد", ["محمد محمد"]),
        ("דוד", ["דָּוִד דָּוִד"]),
        ("ısı", ["isi isi"]),
        ("a/b.c", ["a b c a b c", "a/b.cc a.b.c"]),
        ("1.2", ["1.2.3 1.2.4 1.2.5"]),
    ],
)
def test_what_is_written_so_comes_before_what_is_folded_so(
    tmp_path: Path, query: str, others: list[str]
) -> None:
    texts = {f"other {at}": text for at, text in enumerate(others)}
    path = write(tmp_path / "a.mp4", texts | {"right": f"{FILLER} {query}, {FILLER}"}, chunk_size=4000)
    assert _first(path, query) == "right"


def test_a_text_loses_by_how_far_it_is_from_what_is_written() -> None:
    close = Closeness(parse("where is std::vector"))
    ranked = ["a std::vector.", "a Std::Vector", "my_std::vector", "a vector of std"]
    factors = [close(text) for text in ranked]
    assert factors[0] == 1 and factors == sorted(factors, reverse=True) and len(set(factors)) == 4
    assert Closeness(parse("well-known words"))("well known") == 1


@pytest.mark.parametrize("query", ["", "  ", "?!", "-- ...", "()"])
def test_a_query_that_says_nothing_finds_nothing(tmp_path: Path, query: str, embedder: Embedder) -> None:
    with searching(write(tmp_path / "a.mp4", {"a": "a heron"}, model="words")) as searcher:
        assert not searcher.search(query) and not searcher.search(query, mode="semantic")


def test_what_is_no_nearer_than_nonsense_is_no_hit(tmp_path: Path, embedder: Embedder) -> None:
    path = write(tmp_path / "a.mp4", {"a": "a grey heron waits", "b": "kettle"}, model="words")
    embedder.noise = 0.5
    with searching(path) as searcher:
        assert uris(searcher.search("grey heron", mode="semantic")) == ["a", "b"]  # known words ask something
        assert not searcher.search("qzxv wvut", mode="semantic") and not searcher.search("qzxv wvut")
        assert len(searcher.search("qzxv wvut", mode="semantic", min_score=0)) == 2
        found = searcher.search("grey heron", min_score=0)
        assert len(found) == 2
        assert uris(searcher.search("grey heron", min_score=found[0].score)) == ["a"]


def test_a_text_without_the_words_must_be_nearer_than_nonsense(tmp_path: Path, embedder: Embedder) -> None:
    path = write(tmp_path / "a.mp4", {"a": "a grey heron waits", "b": "kettle"}, model="words")
    for noise, found in ((-1.0, ["a", "b"]), (0.5, ["a"])):
        embedder.noise = noise
        with searching(path) as searcher:
            assert uris(searcher.search("grey heron")) == found


def test_words_of_which_most_stand_nowhere_are_no_question(tmp_path: Path) -> None:
    with searching(
        write(tmp_path / "a.mp4", {"a": "a heron in a pond", "b": "a pond", "c": "a kettle"})
    ) as searcher:
        assert not searcher.search("qzxv a wvut") and searcher.search("qzxv a wvut", min_score=0)
        assert uris(searcher.search("heron wvut")) == ["a"]


def test_one_known_word_of_two_is_enough_where_it_is_in_all_there_is(tmp_path: Path) -> None:
    with searching(write(tmp_path / "a.mp4", {"a": "the third kettle boils over"})) as searcher:
        assert uris(searcher.search("kettle OR heron")) == uris(searcher.search("kettle heron")) == ["a"]


def test_a_question_in_known_words_is_answered_by_what_is_near(tmp_path: Path, embedder: Embedder) -> None:
    path = write(tmp_path / "a.mp4", {"a": "a grey heron waits", "b": "kettle"}, model="words")
    embedder.noise = 0.99
    with searching(path) as searcher:
        assert uris(searcher.search("grey kettle", mode="semantic")) and not searcher.search(
            "qzxv", mode="semantic"
        )


def test_what_comes_no_nearer_than_its_scrambled_letters_is_none(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.mp4", {"a": "alpha beta"}, model="words")
    embed = embedder.embed_query
    monkeypatch.setattr(
        embedder, "embed_query", lambda text: embed("alpha" if sorted(text) == sorted("qzxv") else text)
    )
    with searching(path) as searcher:
        assert not searcher.search("qzxv")
        monkeypatch.setattr(
            embedder, "embed_query", lambda text: embed("alpha" if text == "qzxv" else "other")
        )
        assert uris(searcher.search("qzxv")) == ["a"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hreon", "heron"),
        ("herom in the pond", "heron in the pond"),
        ("decoratr", "decorator"),
        ("kettel", "kettle"),
    ],
)
def test_a_slip_is_told_in_the_files_own_words(tmp_path: Path, typed: str, meant: str) -> None:
    texts = {"a": "A heron in the pond.", "b": "The decorator", "c": "decorators", "d": "kettles, a kettle"}
    with searching(write(tmp_path / "a.mp4", texts)) as searcher:
        assert searcher.search(typed).suggestion == meant
        assert searcher.search(meant).suggestion is None and searcher.search("qzxvw").suggestion is None


PATTERNS = {
    "a": "std::vector<int> one; STD::VECTOR two",
    "b": "std vector",
    "c": f"{FILLER * 3}x = foo(bar);\n" + "ends in the ne" + "xt one. " + FILLER * 3,
}


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("std::vector<", "exact", ["a"]),
        ("td::vec", "exact", ["a"]),
        ("std::Vector<", "exact", []),
        ("foo(bar);", "exact", ["c"]),
        (r"(?i)std\W+vector\b", "regex", ["a", "b"]),
        (r"foo\(\w+\)", "regex", ["c"]),
        (r"^x = ", "regex", []),
        ("zz", "exact", []),
    ],
)
def test_patterns_are_looked_up_in_texts(tmp_path: Path, text: str, mode: str, expected: list[str]) -> None:
    with searching(write(tmp_path / "a.mp4", PATTERNS)) as searcher:
        found = searcher.search(text, 9, mode)  # type: ignore[arg-type]
        assert sorted(set(uris(found))) == expected and found.mode == mode


def test_a_pattern_is_found_where_chunks_end_wherever_that_is(tmp_path: Path) -> None:
    text = " ".join(f"w{number}," for number in range(400))
    with searching(write(tmp_path / "a.mp4", {"a": text}, overlap=0)) as searcher:
        for number in range(0, 398, 7):
            wanted = f"w{number}, w{number + 1}, w{number + 2},"
            assert len(searcher.search(wanted, 9, "exact")) == 1, wanted


def test_expressions_take_linear_time_and_bad_ones_are_told(tmp_path: Path) -> None:
    with searching(write(tmp_path / "a.mp4", {"a": "a" * 5000}, chunk_size=8000)) as searcher:
        assert not searcher.search("(a*)*(a*)*b", mode="regex")
        for wrong in ("(a", r"(a)\1", "", "a" * (pattern.LONGEST + 1)):
            with pytest.raises(ConfigError):
                searcher.search(wrong, mode="regex")


def test_filters_bind_patterns_too(tmp_path: Path) -> None:
    from memcodec.file.filter import Filter

    with searching(write(tmp_path / "a.mp4", {"a.txt": "a heron", "b.txt": "a heron"})) as searcher:
        assert uris(searcher.search("heron", 9, "exact", Filter(path="b*"))) == ["b.txt"]
