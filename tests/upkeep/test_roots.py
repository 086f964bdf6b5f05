"""Roots stay with their documents, through all that makes a file of others, and go with them."""

from __future__ import annotations

from pathlib import Path

import pytest

import memcodec
from memcodec.file.roots import known
from memcodec.model import Root


def folder(path: Path, **texts: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (path / f"{name}.txt").write_text(text)
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return folder(tmp_path / "mine" / "notes", readme="the walnut", own="of mine")


@pytest.fixture
def file(tmp_path: Path, mine: Path) -> Path:
    return made(tmp_path / "m.flac", mine)


def made(file: Path, *sources: Path) -> Path:
    with memcodec.create(file, model="none", codec="flac") as memory:
        memory.add_path(*sources)
    return file


def roots(file: Path) -> list[Root]:
    with memcodec.open(file) as memory:
        return known(memory.reader)


def texts(file: Path) -> list[tuple[str, str | None, str]]:
    """Uri, root's name and text of every document."""
    with memcodec.open(file) as memory:
        return sorted(
            (each.uri, each.root and each.root.name, memory.read(each)) for each in memory.documents()
        )


def test_merged_roots_of_one_name_are_two(file: Path, mine: Path, tmp_path: Path) -> None:
    theirs = folder(tmp_path / "theirs" / "Notes", readme="the heron", more="of theirs")
    merged = tmp_path / "merged.flac"
    report = memcodec.merge([file, made(tmp_path / "other.flac", theirs)], merged)
    assert report.conflicts == 2
    (mine / "readme.txt").write_text("the walnut shelf")
    with memcodec.open(merged) as memory:
        assert [each["name"] for each in memory.info().roots] == ["notes", "Notes-2"]
        memory.add_path(mine)
        assert (memory.commit().changed, memory.last_report and memory.last_report.elsewhere) == (1, 0)
        moved = folder(tmp_path / "moved", readme="the grey heron", new="of theirs too", own="theirs as well")
        memory.add_path(moved, root="notes-2")
        report = memory.commit()
        assert (report.added, report.changed, report.elsewhere) == (2, 1, 1)
    assert texts(merged) == [
        ("Notes-2/own.txt", "Notes-2", "theirs as well"),
        ("more.txt", "Notes-2", "of theirs"),
        ("new.txt", "Notes-2", "of theirs too"),
        ("own.txt", "notes", "of mine"),
        ("readme.txt", "Notes-2", "the grey heron"),
        ("readme.txt", "notes", "the walnut shelf"),
    ]


def test_what_two_folders_have_alike_is_once_in_each(file: Path, mine: Path, tmp_path: Path) -> None:
    theirs = folder(tmp_path / "theirs" / "pond", readme="the walnut")
    merged = tmp_path / "merged.flac"
    report = memcodec.merge([file, made(tmp_path / "other.flac", theirs)], merged)
    assert (report.documents, report.duplicates, report.conflicts) == (3, 0, 0)
    (mine / "readme.txt").write_text("the elm")
    with memcodec.open(merged) as memory:
        memory.add_path(mine)
    assert [(root, text) for uri, root, text in texts(merged) if uri == "readme.txt"] == [
        ("notes", "the elm"),
        ("pond", "the walnut"),
    ]


def test_files_of_one_folder_go_on_as_one(file: Path, mine: Path, tmp_path: Path) -> None:
    (mine / "own.txt").write_text("changed meanwhile")
    merged = tmp_path / "merged.flac"
    memcodec.merge([file, made(tmp_path / "other.flac", mine)], merged)
    (mine / "own.txt").write_text("changed again")
    with memcodec.open(merged) as memory:
        memory.add_path(mine)
    assert [(uri, text) for uri, _, text in texts(merged)] == [
        ("own.txt", "changed again"),
        ("readme.txt", "the walnut"),
    ]


@pytest.mark.parametrize("way", ["convert", "repair", "compact", "tag"])
def test_they_stay(file: Path, mine: Path, tmp_path: Path, way: str) -> None:
    before, new = roots(file), tmp_path / "new.flac"
    if way == "convert":
        memcodec.convert(file, new)
    elif way == "repair":
        memcodec.repair(file, new)
    else:
        with memcodec.open(file) as memory:
            memory.tag(memcodec.Filter(path=("*",)), tags={"a": "b"})
            memory.compact(new) if way == "compact" else memory.save(new)
    assert roots(new) == before
    (mine / "own.txt").write_text("changed")
    with memcodec.open(new) as memory:
        memory.add_path(mine / "own.txt")
        report = memory.commit()
    assert (report.added, report.changed, report.elsewhere) == (0, 1, 0)


@pytest.mark.parametrize("way", ["compact", "merge"])
def test_a_folder_is_known_in_all_its_places(file: Path, mine: Path, tmp_path: Path, way: str) -> None:
    """Though the one document that told of the last place went."""
    moved = mine.rename(tmp_path / "notes")
    with memcodec.open(file) as memory:
        (told,) = memory.sync(moved, root="notes").changed
        (moved / told).unlink()
        assert memory.sync(moved).removed == (told,)
        if way == "compact":
            memory.compact()
    if way == "merge":
        memcodec.merge([file], tmp_path / "merged.flac")
        (tmp_path / "merged.flac").replace(file)
    converted = tmp_path / "converted.mp4"
    memcodec.convert(file, converted)
    for each in (file, converted):
        with memcodec.open(each) as memory:
            assert len({root.digest for root in known(memory.reader)}) == 2
            assert (memory.sync(moved).unchanged, memory.sync().sources) == (1, (str(moved),))


def test_roots_of_one_name_are_called_as_they_were(file: Path, mine: Path, tmp_path: Path) -> None:
    """Though the first one's documents are now the later ones."""
    merged = tmp_path / "merged.flac"
    memcodec.merge([file, made(tmp_path / "b.flac", folder(tmp_path / "b" / "notes", b="beech"))], merged)
    for name in ("own", "readme"):
        (mine / f"{name}.txt").write_text("changed")
    with memcodec.open(merged) as memory:
        assert len(memory.sync(mine).changed) == 2
        memory.compact()
    assert [root for _, root, _ in texts(merged)] == ["notes-2", "notes", "notes"]


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_copies_the_marks_of_the_first_stay(file: Path, tmp_path: Path, is_first: bool) -> None:
    old, merged = tmp_path / "old.flac", tmp_path / "merged.flac"
    old.write_bytes(file.read_bytes())
    with memcodec.open(file) as memory:
        memory.tag(memcodec.Filter(path="own.txt"), tags={"a": "b"})
    report = memcodec.merge([file, old] if is_first else [old, file], merged)
    assert (report.documents, report.duplicates, report.conflicts) == (2, 1, 0)
    with memcodec.open(merged) as memory:
        assert [dict(each.tags) for each in memory.documents() if each.tags] == [{"a": "b"}] * is_first


def test_they_go_with_their_documents(file: Path, tmp_path: Path) -> None:
    other = folder(tmp_path / "secret" / "affair", letter="to nobody")
    with memcodec.open(file) as memory:
        memory.add_path(other)
        memory.commit()
        assert [each.name for each in known(memory.reader)] == ["notes", "affair"]
        memory.forget(memcodec.Filter(path=("affair/*",)))
        assert [each["documents"] for each in memory.info().roots] == [2, 0]
        memory.compact()
        assert [each.name for each in known(memory.reader)] == ["notes"]
    with memcodec.open(memcodec.repair(file, tmp_path / "salvaged.flac").file) as memory:
        assert [each.name for each in known(memory.reader)] == ["notes"]


def test_a_file_of_before_roots_takes_one(tmp_path: Path, mine: Path) -> None:
    file = tmp_path / "old.flac"
    with memcodec.create(file, model="none", codec="flac") as memory:
        for path in mine.iterdir():
            memory.add(path.read_text(), uri=path.name)
    with memcodec.open(file) as memory:
        memory.add_path(mine)
        report = memory.commit()  # the smallest is stored again, with its root
        assert (report.added, report.changed, report.unchanged, report.elsewhere) == (0, 1, 1, 0)
        memory.add_path(mine)
        assert not memory.commit()
        (mine / "readme.txt").write_text("new")
        memory.add_path(mine)
        assert memory.commit().elsewhere == 1  # what it was before came from nowhere that is known


def test_members_of_one_name_and_archives_of_one_name(tmp_path: Path) -> None:
    import zipfile

    for place, text in (("a", "alder"), ("b", "birch")):
        (tmp_path / place).mkdir()
        with zipfile.ZipFile(tmp_path / place / "x.zip", "w") as archive:
            archive.writestr("note.txt", text)
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("note.txt", f"{text} again")
    file = made(tmp_path / "m.flac", tmp_path / "a" / "x.zip", tmp_path / "b" / "x.zip")
    want = ["b/x.zip/note-2.txt", "b/x.zip/note.txt", "x.zip/note-2.txt", "x.zip/note.txt"]
    assert [uri for uri, _, _ in texts(file)] == want
    with memcodec.open(file) as memory:
        memory.add_path(tmp_path / "b" / "x.zip", tmp_path / "a" / "x.zip")
        report = memory.commit()
        assert (report.commit, report.unchanged) == (None, 4)
