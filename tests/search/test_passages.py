"""Passages: neighbours become one, what says the same is folded, and as many hits come as there are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.search.passages import NEAR, are_near, shingles
from tests.search.support import places, searching, uris, write

LONG = "".join(f"The heron of day {number} waits in the reeds by the old mill. " for number in range(20))


def filler(seed: int, size: int) -> str:
    """Words that no query here has, others for another seed."""
    return " ".join(f"w{seed}n{number}" for number in range(size // 6))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long document, a copy of it, and others."""
    others = {f"{number}.txt": f"One heron, {filler(number, 120)}" for number in range(30)}
    return write(
        tmp_path_factory.mktemp("passages") / "a.mp4", {"long.txt": LONG, "copy.txt": LONG, **others}
    )


def test_neighbours_become_one_passage_without_doubled_text(file: Path) -> None:
    with searching(file) as searcher:
        chunks = searcher.search("reeds mill", 50)
        found = searcher.search("reeds mill", 50, merge=True)
    assert len(chunks) > 10
    assert places(found) == [("long.txt", 0, len(LONG)), ("copy.txt", 0, len(LONG))]
    assert [hit.text for hit in found] == [LONG, LONG]
    assert (found[0].rank, found[0].score, found[0].chunk) == (1, chunks[0].score, chunks[0].chunk)
    assert found[0].line.first == 1


def test_chunks_that_do_not_touch_stay_apart(tmp_path: Path) -> None:
    gap = filler(1, 1500)
    text = f"A heron at first. {gap} And a heron at last."
    with searching(write(tmp_path / "gap.mp4", {"a.txt": text})) as searcher:
        found = searcher.search("heron", 9, merge=True)
    assert [hit.document.uri for hit in found] == ["a.txt", "a.txt"]
    assert all(hit.text == text[hit.start : hit.end] for hit in found)
    assert len({hit.start for hit in found}) == 2


def test_a_chunk_between_two_passages_joins_them(tmp_path: Path) -> None:
    filler = "lorem " * 25
    text = f"{'heron ' * 25}{filler}heron {filler}{'heron ' * 25}"
    with searching(write(tmp_path / "bridge.mp4", {"a.txt": text}, overlap=0)) as searcher:
        apart = searcher.search("heron", 2, merge=True)
        (joined,) = searcher.search("heron", 9, merge=True)
    assert len(apart) in (1, 2)
    assert joined.start == 0 and joined.text == text[: joined.end]


def test_copies_are_folded_and_counted(file: Path) -> None:
    with searching(file) as searcher:
        (found,) = searcher.search("reeds mill", 50, merge=True, fold=True)
        apart = searcher.search("reeds mill", 50, fold=True)
    assert (found.document.uri, found.folded, found.text) == ("long.txt", 1, LONG)
    assert {hit.document.uri for hit in apart} == {"long.txt"}
    assert all(hit.folded == 1 for hit in apart)


def test_as_many_hits_come_as_there_are(file: Path) -> None:
    with searching(file) as searcher:
        for k in (1, 2, 5, 31):
            found = searcher.search("heron", k, merge=True, fold=True)
            assert len(found) == k
            assert [hit.rank for hit in found] == list(range(1, k + 1))
        assert len(searcher.search("heron", 99, merge=True, fold=True)) == 31


def test_hundreds_of_copies_leave_room_for_others(tmp_path: Path) -> None:
    copies = {f"copy/{number:03}.txt": "heron heron heron heron" for number in range(150)}
    path = write(tmp_path / "copies.mp4", {**copies, "other.txt": f"a heron {filler(1, 100)}"})
    with searching(path) as searcher:
        found = searcher.search("heron", 2, fold=True)
    assert uris(found) == ["copy/000.txt", "other.txt"]
    assert [hit.folded for hit in found] == [149, 0]


def test_without_wishes_chunks_come_as_they_rank(file: Path) -> None:
    with searching(file) as searcher:
        assert searcher.search("reeds", 7, merge=False, fold=False) == searcher.search("reeds", 7)


def test_memory_takes_the_same_wishes(file: Path) -> None:
    with memcodec.open(file) as memory, searching(file) as searcher:
        assert memory.search("reeds", merge=True, fold=True) == searcher.search(
            "reeds", merge=True, fold=True
        )


def test_near_duplicates_by_hand() -> None:
    words = [f"w{number}" for number in range(100)]
    same = shingles("  ".join(words).upper() + "!")
    assert are_near(shingles(" ".join(words)), same)
    one_off = shingles(" ".join([*words[:50], "other", *words[51:]]))  # 3 of 98 runs of three differ
    assert are_near(same, one_off)
    assert not are_near(same, shingles(" ".join(words[:80])))
    assert not are_near(shingles("version 1"), shingles("version 2"))
    assert not are_near(shingles("***"), shingles("---"))
    ten, shifted = (frozenset((str(each),) for each in range(at, at + 10)) for at in (0, 1))
    assert not are_near(ten, shifted)  # 9 of 11


@given(st.lists(st.sampled_from("abcd"), max_size=40), st.lists(st.sampled_from("abcd"), max_size=40))
@settings(deadline=None)
def test_nearness_is_the_jaccard_coefficient(one: list[str], other: list[str]) -> None:
    a, b = shingles(" ".join(one)), shingles(" ".join(other))
    assert are_near(a, b) == are_near(b, a) == (len(a & b) / len(a | b) >= NEAR)
    assert are_near(a, a)


def test_folding_is_the_same_each_time(tmp_path: Path) -> None:
    rng = random.Random(7)
    texts = [filler(number % 6, 300) for number in range(30)]
    path = write(tmp_path / "many.mp4", {f"{number}.txt": text for number, text in enumerate(texts)})
    query = " ".join(rng.sample(" ".join(texts).split(), 4))
    answers = []
    for _ in range(2):
        with searching(path) as searcher:
            answers.append(list(searcher.search(query, 9, merge=True, fold=True, diverse=0.4)))
    assert answers[0] and answers[0] == answers[1]
