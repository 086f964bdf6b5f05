"""Small indexes become large ones as a file grows, and search never notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import memcodec
from fixtures.prose import prose
from memcodec.config.settings import Encode, Index, Settings
from memcodec.errors import Damaged
from memcodec.file.fold_policy import FAN, NewIndex, folded, folded_live
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.upkeep.repair import repair
from tests.file.test_untrusted import rewritten
from tests.support.memories import (
    LEXICAL,
    Embedder,
    append,
    contents,
    create,
    damaged,
    embedder,
    forget,
    hits,
    is_sound,
    reading,
)

__all__ = ["embedder"]
COMMITS = 75
NONE = Settings(encode=Encode(index="none"), index=Index(model="none"))


def sizes(path: Path, as_of: int | None = None) -> list[int]:
    """Chunks of every index run that has any."""
    with reading(path, as_of) as reader:
        return [run.record.chunks for run in reader.indexes if run.record.chunks]


def notes(count: int) -> dict[str, str]:
    return {f"{number}.md": prose(number, 300) for number in range(count)}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commit for each document. Do not change it: copy it first."""
    path = tmp_path_factory.mktemp("folds") / "grown.mp4"
    with memcodec.create(path, model="none") as memory:
        for uri, text in notes(COMMITS).items():
            memory.add(text, uri=uri)
            memory.commit()
    return path


@pytest.mark.slow
def test_few_indexes_whatever_the_number_of_commits(grown: Path) -> None:
    assert sizes(grown) == [64, 8, 1, 1, 1]
    for number in range(1, COMMITS):
        then = sizes(grown, number)
        assert sum(then) == number
        assert len(then) <= 2 * FAN
    assert is_sound(grown)


@pytest.mark.slow
def test_a_folded_index_is_the_one_that_would_have_been_built(grown: Path) -> None:
    with reading(grown) as reader:
        blob = reader.indexes[0].lexical
        assert blob is not None
        built = LexicalBuilder("english")
        built.add(list(notes(COMMITS).values())[:64])
        assert bytes(blob.whole()) == bytes(built.to_bytes())


@pytest.mark.slow
def test_search_is_that_of_one_encode(grown: Path, tmp_path: Path) -> None:
    fresh = create(tmp_path / "fresh.mp4", notes(COMMITS))
    assert hits(grown, k=30) == hits(fresh, k=30)
    for number in (7, 8, 20, 64, 70):
        older = create(tmp_path / "older.mp4", notes(number), force=True)
        with memcodec.open(grown, as_of=number) as then, memcodec.open(older) as alone:
            assert [(hit.text, pytest.approx(hit.score)) for hit in then.search("heron", 30)] == [
                (hit.text, hit.score) for hit in alone.search("heron", 30)
            ]


def test_dropped_documents_are_folded_and_not_found(tmp_path: Path) -> None:
    path, left = create(tmp_path / "m.flac", {"0.md": notes(1)["0.md"]}), notes(20)
    for uri, text in left.items():
        append(path, {uri: text})
    forget(path, *[f"{number}.md" for number in range(0, 20, 3)])
    for number in range(100, 109):
        append(path, {f"{number}": prose(number, 300)})
    assert len(sizes(path)) < 10
    expected = {uri: text for number, (uri, text) in enumerate(left.items()) if number % 3}
    fresh = create(tmp_path / "f.flac", expected | {f"{n}": prose(n, 300) for n in range(100, 109)})
    assert hits(path) == hits(fresh)
    assert contents(path) == contents(fresh)


def test_indexes_of_different_kinds_stay_apart(tmp_path: Path) -> None:
    path = create(tmp_path / "m.flac", {"0": "heron 0"})
    for number in range(1, 10):
        append(path, {str(number): f"heron {number}"}, settings=NONE if number == 4 else None)
    with reading(path) as reader:
        assert [run.lexical is None for run in reader.indexes] == [False] * 4 + [True] + [False] * 5
    for number in range(10, 14):
        append(path, {str(number): f"heron {number}"})
    with reading(path) as reader:
        assert [run.lexical is None for run in reader.indexes][:5] == [False] * 4 + [True]
    assert sizes(path)[:6] == [1, 1, 1, 1, 1, 8]
    assert len(hits(path, ["heron"], 20)[0]) == 13


def test_vectors_are_folded(tmp_path: Path, embedder: Embedder) -> None:
    path = create(tmp_path / "m.flac", {"0": prose(0, 300)}, model="words")
    for number in range(1, 18):
        append(path, {str(number): prose(number, 300)})
    assert sizes(path) == [8, 8, 1, 1]
    queries = [prose(number, 300) for number in range(18)]
    assert [found[0].uri for found in hits(path, queries, 1, "semantic")] == [str(n) for n in range(18)]
    fresh = create(tmp_path / "f.flac", {str(n): prose(n, 300) for n in range(18)}, model="words")
    near = hits(path, ["patient heron"], 4, "semantic")[0], hits(fresh, ["patient heron"], 4, "semantic")[0]
    assert {hit.uri for hit in near[0]} == {hit.uri for hit in near[1]}


def test_a_damaged_index_stops_neither_commits_nor_folding(tmp_path: Path) -> None:
    path = create(tmp_path / "m.flac", {"0": "heron 0"})
    append(path, {"1": "heron 1"})
    with reading(path) as reader:
        place = reader.indexes[0].record.lexical
        assert place is not None
    damaged(path, [place], path)
    for number in range(2, 20):
        append(path, {str(number): f"heron {number}"})
    assert sizes(path)[0] == 1
    assert len(sizes(path)) < 12
    with memcodec.open(path) as memory:
        assert "lexical" in [damage.part for damage in memory.verify().damage]
    repair(path, tmp_path / "out.flac", settings=LEXICAL)
    assert len(hits(tmp_path / "out.flac", ["heron"], 30)[0]) == 20


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["lexical", "vectors"])
def test_an_index_of_other_chunks_than_the_record_says_is_not_folded(
    kind: str, tmp_path: Path, embedder: Embedder
) -> None:
    path = create(tmp_path / "m.mp4", {"0": prose(0, 300)}, model="words")
    append(path, {"1": prose(1, 3000)}, settings=Settings.of(model="words"))
    forget(path, "1")

    def change(record: dict[str, Any]) -> None:
        one, other = record["indexes"][:2]
        one[kind], other[kind] = other[kind], one[kind]
        if kind == "vectors":
            one[kind][0]["chunks"], other[kind][0]["chunks"] = one["chunks"], other["chunks"]

    path.write_bytes(rewritten(path, change))
    with reading(path) as reader, pytest.raises(Damaged, match=r"do not agree; run `repair\(\)`"):
        folded_live(reader.indexes[:2], 2)


def test_an_index_is_written_again_only_to_become_much_larger() -> None:
    """A thousand commits: each chunk is written once for each power of eight, and runs are few."""
    runs, written, most = list[NewIndex](), 0, 0
    for _ in range(1000):
        _, after = folded([], [*runs, NewIndex(1, 1)])
        written += sum(run.chunks for run in after if not any(run is each for each in runs))
        runs, most = after, max(most, len(after))
    assert sum(run.chunks for run in runs) == sum(run.segments for run in runs) == 1000
    assert written <= 4 * 1000
    assert most <= 25
    # Commits that add no chunks leave few, too.
    for _ in range(100):
        _, runs = folded([], [*runs, NewIndex(1, 0)])
    assert len(runs) <= 30


def test_nothing_is_folded_out_of_nothing() -> None:
    assert folded([], []) == ([], [])
