"""Chunks that have no vectors yet: ranked by meaning when a query asks, and what was made for it is kept."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

import memcodec
from memcodec.config import folders
from memcodec.errors import Damaged, MissingExtra
from memcodec.file.places import ChunkText
from memcodec.file.reader import read_file
from memcodec.models import embedding
from memcodec.models.embedding import kept
from memcodec.models.embedding.embedder import Embedder
from memcodec.search.corpus import Indexes
from memcodec.search.engine import Searcher
from memcodec.search.fusion import Ranked, fuse
from memcodec.search.late import Late, Lateness
from tests.search.support import uris, write

PETS = {
    "rug.md": "A kitten was resting on the rug by the fire all day.",
    "market.md": "The kitten market, a resting place for shares, fell on Monday.",
    "other.md": "Nothing of the kind stands in this one.",
}
QUERY = "resting kitten asleep"
LATE = memcodec.Settings.of(late="always")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return write(tmp_path / "bare.mp4", PETS)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of this test alone, but for the model."""
    models = folders.models()
    embedding.load()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folders.cache().mkdir(parents=True)
    shutil.copytree(models, folders.models())
    return folders.vectors()


def test_a_file_without_vectors_is_searched_by_meaning_where_that_is_wished(bare: Path, cache: Path) -> None:
    with memcodec.open(bare) as memory:
        usual = memory.search(QUERY, explain=True)
        assert (usual.mode, usual.late, usual.notes) == ("lexical", 0, ())
    with memcodec.open(bare, settings=LATE) as memory:
        found = memory.search(QUERY, explain=True)
        words = memory.search(QUERY, mode="lexical")
    assert (found.mode, found.late) == ("hybrid", 2) and "by meaning too" in found.notes[-1]
    assert uris(found)[0] == "rug.md" and all(why.late and why.semantic for why in found.whys)
    assert (words.mode, words.late) == ("lexical", 0)


def test_late_scores_are_those_of_stored_vectors(bare: Path, tmp_path: Path, cache: Path) -> None:
    full = write(tmp_path / "full.mp4", PETS, model=embedding.DEFAULT, vectors=8)
    with memcodec.open(bare, settings=LATE) as late, memcodec.open(full) as stored:
        first, second = late.search(QUERY), stored.search(QUERY)
    assert second.late == 0 and uris(first) == uris(second)[: len(first)]
    assert [hit.score for hit in first] == pytest.approx(
        [hit.score for hit in second][: len(first)], abs=0.01
    )


def test_what_was_appended_after_the_vectors_is_found_by_meaning(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "grown.mp4", {"market.md": PETS["market.md"]}, model=embedding.DEFAULT)
    settings = memcodec.Settings.of(index="background")
    with memcodec.open(path, settings=settings) as memory:
        memory.add(PETS["rug.md"], uri="rug.md")
    with memcodec.open(path) as memory:
        found = memory.search(QUERY, explain=True)
        assert (uris(found)[0], found.late) == ("rug.md", 1) and "vectors cover 1 of 2" in found.notes[0]
        assert [why.late for why in found.whys] == [True, False]
    with memcodec.open(path, settings=memcodec.Settings.of(late="never")) as memory:
        assert memory.search(QUERY).late == 0


def test_what_was_made_is_kept_for_the_next_process(
    bare: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search() -> list[tuple[str, float]]:
        with memcodec.open(bare, settings=LATE) as memory:
            return [(hit.document.uri, hit.score) for hit in memory.search(QUERY)]

    first = search()
    assert cache.stat().st_mode & 0o077 == 0
    embedded = list[str]()
    embed = Embedder.embed
    monkeypatch.setattr(
        Embedder, "embed", lambda self, texts: (embedded.extend(texts), embed(self, texts))[1]
    )
    assert search() == first and embedded == []
    kept.clear()
    assert search() == first and len(embedded) == 2


@pytest.mark.parametrize("where", ["a file in the way", "RAM"])
def test_nothing_is_kept_where_it_cannot_or_must_not_be(bare: Path, cache: Path, where: str) -> None:
    if where == "RAM":
        file: Path | bytes = bare.read_bytes()
    else:
        file = bare
        cache.write_text("")
    with memcodec.open(file, settings=LATE) as memory:
        assert memory.search(QUERY).late == 2
    assert not cache.is_dir()


def test_without_the_extra_search_is_by_words(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    with memcodec.open(bare, settings=LATE) as memory:
        found = memory.search(QUERY)
        assert (found.mode, found.late) == ("lexical", 0) and found
        with pytest.raises(MissingExtra):
            embedding.load()


def test_a_file_names_no_model(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file without vectors it is the user's, which settings name."""
    asked = list[str]()

    def load(name: str) -> Embedder:
        asked.append(name)
        raise memcodec.ModelError("not here")

    monkeypatch.setattr(embedding, "load", load)
    reader = read_file(bare)
    found = Searcher([reader], lateness=Lateness("always", "mine")).search(QUERY)
    reader.close()
    assert (asked, found.mode, found.notes) == (["mine"], "lexical", ("lexical search only: not here",))


def test_neither_kind_is_favoured_where_a_cosine_is_not_known() -> None:
    """What is ranked by words alone counts as the last of its own kind, stored or late."""
    words = [Ranked(0, chunk, 1.0) for chunk in range(4)]
    stored, late = [Ranked(0, 0, 0.9), Ranked(0, 9, 0.4)], [Ranked(0, 1, 0.8), Ranked(0, 8, 0.1)]
    found = fuse(words, stored, lambda keys: {}, 9, late, lambda each: each.chunk in (1, 3, 8))
    scores = {each.chunk: round(2 * each.score, 6) for each in found}
    assert scores == {0: 0.9, 1: 0.8, 9: 0.4, 2: 0.4, 8: 0.1, 3: 0.1}


def test_damaged_chunks_are_left_out_of_it(bare: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at for its meaning alone does not stop a search; a hit's own text does."""
    read = Late._read

    def damaged(self: Late, chunks: Sequence[Ranked]) -> list[tuple[Ranked, str]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Indexes, "read", lost)
            return read(self, chunks)

    def lost(self: Indexes, ranked: Sequence[Ranked]) -> list[ChunkText]:
        found = whole(self, ranked)
        if any(each.place.stored.document.uri == "market.md" for each in found):
            raise Damaged("gone")
        return found

    whole = Indexes.read
    monkeypatch.setattr(Late, "_read", damaged)
    with memcodec.open(bare, settings=LATE) as memory:
        found = memory.search(QUERY)
    assert found.late == 1 and set(uris(found)) == {"rug.md", "market.md"}
