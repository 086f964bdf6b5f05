"""Several files: ranks as of one file that holds them all; and the memory files of a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import NotFound
from memcodec.file import discover
from memcodec.search.results import SearchOptions
from memcodec.storage.open import each_place
from tests.search.support import searching, write
from tests.support import memories
from tests.support.memories import Embedder, embedder

__all__ = ["embedder"]

WISHES: list[SearchOptions] = [{}, {"merge": True, "fold": True}, {"merge": True, "diverse": 0.5}]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["none", "words"])
def test_ranks_are_those_of_one_merged_file(tmp_path: Path, embedder: Embedder, model: str) -> None:
    texts = [memories.texts(name, 8, 700) for name in ("one", "two", "three")]
    paths = [
        write(tmp_path / f"{number}.mp4", each, model=model, chunk_size=400)
        for number, each in enumerate(texts)
    ]
    memcodec.merge(paths, tmp_path / "all.mp4")
    with searching(*paths) as several, searching(tmp_path / "all.mp4") as one:
        for query in (*memories.QUERIES, "heron -kettle", '"patient heron" OR glacier'):
            for wishes in WISHES:
                found, expected = several.search(query, 9, **wishes), one.search(query, 9, **wishes)
                assert found.mode == expected.mode == ("lexical" if model == "none" else "hybrid")
                assert [(hit.document.uri, hit.start, hit.end, hit.text, hit.folded) for hit in found] == [
                    (hit.document.uri, hit.start, hit.end, hit.text, hit.folded) for hit in expected
                ]
                assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected])


def expand(*names: str | Path) -> tuple[list[str], list[str]]:
    """The names of the files that these stand for, and what is told about others."""
    places, notes = discover.expand(each_place(names))
    return [place.name for place in places], notes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "memories"
    (home / "deep" / "deeper").mkdir(parents=True)
    write(home / "b.mp4", {"b.txt": "heron"})
    write(home / "deep" / "deeper" / "a.flac", {"a.txt": "heron"})
    (home / "holiday.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(100))
    (home / "notes.txt").write_text("heron")
    return home


def test_a_folder_stands_for_its_memory_files(folder: Path, tmp_path: Path) -> None:
    other = str(tmp_path / "other.mp4")
    files, notes = expand(folder, other, "https://example.org/far.mp4")
    assert files == [
        str(folder / "b.mp4"),
        str(folder / "deep/deeper/a.flac"),
        other,
        "https://example.org/far.mp4",
    ]
    assert notes == [f"{folder}: left out, as no memory files: holiday.mp4"]


def test_links_lead_nowhere_and_depth_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "deep" / "round").symlink_to(folder)
    os.mkfifo(folder / "pipe.mp4")
    assert len(expand(folder)[0]) == 2
    monkeypatch.setattr(discover, "MAX_DEPTH", 1)
    assert expand(folder)[0] == [str(folder / "b.mp4")]


def test_a_folder_without_any_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no memory file in this folder"):
        expand(tmp_path)


def test_too_many_are_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "MAX_FILES", 1)
    with pytest.raises(memcodec.errors.StorageError, match="more than 1 memory files"):
        expand(folder)
