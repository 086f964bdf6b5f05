"""Encode, look, restore: byte for byte, for every codec and profile."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import write_tree
from memcodec.media import registry

COMBINATIONS = [(name, profile) for name in registry.names() for profile in ("dense", "robust")]


def same_trees(left: Path, right: Path) -> bool:
    names = sorted(path.relative_to(left) for path in left.rglob("*") if path.is_file())
    others = sorted(path.relative_to(right) for path in right.rglob("*") if path.is_file())
    return names == others and all(filecmp.cmp(left / name, right / name, shallow=False) for name in names)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "profile"), COMBINATIONS)
def test_a_folder_comes_back_whole(name: str, profile: str, tmp_path: Path) -> None:
    source = write_tree(tmp_path / "source", 12, 3000)
    path = tmp_path / f"file{registry.get(name).suffixes[0]}"
    with memcodec.create(path, codec=name, profile=profile, model="none") as memory:
        memory.add_path(source)
    with memcodec.open(path) as memory:
        assert not memory.restore(tmp_path / "out").losses
        info = memory.info()
        assert memory.verify(deep=True).ok
        assert memory.search("amber heron")
    assert same_trees(source, tmp_path / "out")
    assert (info.codec, info.profile, info.documents) == (name, profile, 12)


def test_every_byte_of_a_file_is_accounted_for(lexical_file: Path) -> None:
    with memcodec.open(lexical_file) as memory:
        info = memory.info()
    assert sum(info.parts.values()) == info.size == lexical_file.stat().st_size
    assert min(info.parts.values()) >= 0
    assert info.parts["guide"] > 0
    assert info.parts["text"] > info.parts["parity"] > 0
    assert info.parts["container"] < info.size * 0.05


def test_chunks_are_spans_of_their_documents(lexical_file: Path, folder: Path) -> None:
    with memcodec.open(lexical_file) as memory:
        hits = [memory.get(chunk) for chunk in range(memory.reader.chunks)]
    for hit in hits:
        data = (folder / hit.document.uri).read_bytes()
        assert data[hit.start : hit.end].decode() == hit.text
        lines = data[: hit.start].count(b"\n") + 1
        assert hit.line.first == lines


def test_search_finds_what_is_there(lexical_file: Path, folder: Path) -> None:
    wanted = "unfinished comet"
    with memcodec.open(lexical_file) as memory:
        hits = memory.search(wanted, k=5)
        assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        for hit in hits:
            assert "unfinished" in hit.text.lower()
            assert hit.text == memory.get(hit.chunk).text
        assert hits.mode == "lexical"
        assert hits.notes == ()  # it was made so
        assert memory.search("zzzqqq", mode="lexical") == []


def test_several_commits_in_one_session_are_one_state(tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    with memcodec.create(path, model="none") as memory:
        memory.add("The first heron.", uri="one")
        memory.commit()
        assert [hit.document.uri for hit in memory.search("heron")] == ["one"]
        memory.add("The second heron and another heron.", uri="two")
        memory.commit()
        assert {hit.document.uri for hit in memory.search("heron")} == {"one", "two"}
        assert not memory.commit()
    with memcodec.open(path) as memory:
        assert [document.uri for document in memory.documents()] == ["one", "two"]
        assert memory.verify(deep=True).ok
        assert memory.info().commits == 2
        assert memory.get(1).text == "The second heron and another heron."


def test_documents_without_a_byte_between_them(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        memory.add("", uri="a")
        memory.add("", uri="b")
    with memcodec.open(tmp_path / "m.mp4") as memory:
        assert [path.read_bytes() for _, path in memory.restore(tmp_path / "out").files] == [b"", b""]
        assert memory.verify(deep=True).ok
        assert memory.search("anything") == []


def test_a_file_without_index_restores_and_says_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    with memcodec.create(path, index="none") as memory:
        memory.add("A heron.", uri="one")
    with memcodec.open(path) as memory:
        assert memory.search("heron") == []
        assert memory.get(0).text == "A heron."
        assert memory.info().parts["lexical"] == 0


@pytest.mark.slow
def test_the_same_input_makes_the_same_blocks(tmp_path: Path, folder: Path) -> None:
    """Only the file id and what follows from it, and the times, differ between two encodes of the same folder."""
    blocks = []
    for name in ("a.mp4", "b.mp4"):
        with memcodec.create(tmp_path / name, model="none") as memory:
            memory.add_path(folder)
        with memcodec.open(tmp_path / name) as memory:
            (segment,) = memory.reader.segments
            blocks.append(segment.catalogue.block_spans(0, segment.catalogue.blocks)[1].tolist())
    assert blocks[0] == blocks[1]
