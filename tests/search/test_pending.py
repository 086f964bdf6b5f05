"""What stands in a journal is found by meaning before it is folded: as well as after, and each text embedded once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.models import embedding
from memcodec.models.embedding.embedder import Embedder
from memcodec.search import pending
from tests.search.support import uris, write

WALNUTS = "Ada is allergic to walnuts."
QUERY = "nut allergies"  # not a word of it stands in the text
OTHERS = {
    "travel.md": "Ada prefers the night train to Vienna.",
    "weir.md": "The heron stood at the weir until the mist had gone.",
}
SCARCE = "memcodec.search.pending.MOST"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "agent.mp4", OTHERS, model=embedding.DEFAULT, vectors=8)


@pytest.fixture(autouse=True)
def _as_of_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache folder keeps nothing; small texts go to the journal."""
    monkeypatch.setattr("memcodec.models.embedding.kept._cache", lambda: None)
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 64 << 10)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is embedded from now on, queries left out."""
    texts, embed = list[str](), Embedder.embed

    def told(self: Embedder, given: Sequence[str], **options: Any) -> Any:
        texts.extend(given)
        return embed(self, given, **options)

    monkeypatch.setattr(Embedder, "embed", told)
    return texts


def _note(memory: memcodec.Memory, text: str, uri: str) -> None:
    memory.add(text, uri=uri)
    memory.commit()


def test_a_note_is_found_by_meaning_at_once(file: Path) -> None:
    with memcodec.open(file) as memory:
        _note(memory, WALNUTS, "food.md")
        assert memory.info().parts["journal"]
        for mode in ("hybrid", "semantic"):
            found = memory.search(QUERY, mode=mode)
            assert (uris(found)[0], found.mode, found.late, found.notes) == ("food.md", mode, 0, ())
        before = [(hit.document.uri, hit.score) for hit in memory.search(QUERY, explain=True)]
        memory.fold()
        after = [(hit.document.uri, hit.score) for hit in memory.search(QUERY)]
    assert [uri for uri, _ in after] == [uri for uri, _ in before]
    assert [score for _, score in after] == pytest.approx([score for _, score in before], abs=0.01)


def test_each_note_is_embedded_once(file: Path, embedded: list[str]) -> None:
    """By a process that keeps a file open, even where the cache folder holds nothing."""
    with memcodec.open(file) as memory:
        for number in range(3):
            _note(memory, f"{WALNUTS} Number {number}.", f"{number}.md")
            assert f"{number}.md" in uris(memory.search(QUERY))
            assert embedded == [f"{WALNUTS} Number {n}." for n in range(number + 1)]


def test_a_filter_embeds_what_it_takes(file: Path, embedded: list[str]) -> None:
    with memcodec.open(file) as memory:
        _note(memory, WALNUTS, "food.md")
        _note(memory, "The joiner comes on Monday about shelves.", "shelves.md")
        only = memcodec.Filter(path="food.md")
        assert uris(memory.search(QUERY, only=only)) == ["food.md"]
        assert embedded == [WALNUTS]


def test_beyond_the_bound_the_newest_texts_come_first(
    file: Path, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then events; the rest is found by words, and says so."""
    monkeypatch.setattr(SCARCE, 2)
    with memcodec.open(file) as memory:
        for number, text in enumerate(("A cashew made her ill.", "Bread is fine.", WALNUTS)):
            _note(memory, text, f"{number}.md")
        with memory.ledger() as ledger:
            ledger.append([("run", b'{"say":"peanuts are legumes"}')])
        memory.refresh()
        found = memory.search(QUERY)
        assert sorted(embedded) == sorted([WALNUTS, "Bread is fine."])
        assert uris(found)[0] == "2.md"
        assert "vectors cover 4 of 6 chunks" in found.notes[0]
        assert uris(memory.search("cashew"))[0] == "0.md"
        monkeypatch.setattr(SCARCE, 4)
    with memcodec.open(file) as memory:
        assert "run/run/000000000000.jsonl" in uris(
            memory.search("legumes such as groundnuts", mode="semantic")
        )


def test_what_is_replaced_is_not_found(file: Path) -> None:
    with memcodec.open(file) as memory:
        _note(memory, WALNUTS, "food.md")
        assert uris(memory.search(QUERY))[0] == "food.md"
        _note(memory, "The kettle is descaled on Fridays.", "food.md")
        assert all("walnut" not in hit.text for hit in memory.search(QUERY))


def test_nonsense_comes_no_nearer_for_it(file: Path) -> None:
    with memcodec.open(file) as memory:
        _note(memory, WALNUTS, "food.md")
        assert memory.search("zxqv wqpl vvrk") == []


def test_never_is_never(file: Path, embedded: list[str]) -> None:
    with memcodec.open(file, settings=memcodec.Settings.of(late="never")) as memory:
        _note(memory, WALNUTS, "food.md")
        assert "food.md" not in uris(memory.search(QUERY, mode="semantic"))
    with memcodec.open(file) as memory:
        assert memory.search(QUERY, mode="lexical") == []
    assert embedded == []


def test_many_files_are_one(file: Path, tmp_path: Path, embedded: list[str]) -> None:
    other = write(tmp_path / "other.mp4", {"cat.md": "A kitten on the rug."}, model=embedding.DEFAULT)
    embedded.clear()
    with memcodec.Collection([file, other]) as files:
        with memcodec.open(file) as memory:
            _note(memory, WALNUTS, "food.md")
        with memcodec.open(other) as memory:
            _note(memory, "Peanut butter is off the list for the boy.", "boy.md")
        assert uris(files.search(QUERY, k=1)) == ["food.md"]
        assert uris(files.search("what the child may not eat", k=1, min_score=0.0)) == ["boy.md"]
    assert len(embedded) == 2


def test_the_bound_is_what_the_page_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "JOURNAL.md").read_text("utf-8")
    assert f"newest {pending.MOST} chunks" in page
