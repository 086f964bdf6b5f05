"""A memory file mirrors its folders: against a model of two of them, edited in any order; and what is never dropped."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec import ConfigError, Filter, Ingest, Memory, Settings, SourceError, SyncReport
from memcodec.file import recall

PLAIN = Settings.of(model="none", index="none", parity=0)
FOLDERS = ("notes", "notes/work", "other/notes")
NAMES = ("a.txt", "b.txt", "README.txt")
NOTES = {"a.txt": "a note of its own", "inbox": "from a pipe"}
WORDS = ("heron", "kettle", "glacier", "")

edits = st.tuples(
    st.sampled_from(["write", "write", "write", "delete", "move", "touch", "drop folder"]),
    st.sampled_from(FOLDERS),
    st.sampled_from(NAMES),
    st.sampled_from(WORDS),
    st.sampled_from(FOLDERS),
    st.sampled_from(NAMES),
)


@contextlib.contextmanager
def new_memory(*folders: Path) -> Iterator[Memory]:
    """Of notes that came from nowhere, and of these folders."""
    with memcodec.create(settings=PLAIN) as memory:
        for uri, text in NOTES.items():
            memory.add(text, uri=uri)
        memory.add_path(*folders)
        memory.commit()
        yield memory


@pytest.mark.slow
@settings(deadline=None, max_examples=12)  # files are read and written
@given(st.lists(st.lists(edits, max_size=6), min_size=1, max_size=4))
def test_the_file_is_what_the_folders_are(rounds: list[list[tuple[str, str, str, str, str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        for each in FOLDERS:
            (top / each).mkdir(parents=True, exist_ok=True)
        roots = top / "notes", top / "other/notes"
        with new_memory(*roots) as memory:
            for number, changes in enumerate(rounds):
                before = on_disk(top)
                for change in changes:
                    edit(top, number, *change)
                told = memory.sync(*roots, dry_run=True, allow_empty=True)
                done = memory.sync(*roots, allow_empty=True)
                check(memory, top, before, told, done)


def edit(top: Path, number: int, what: str, folder: str, name: str, word: str, to: str, other: str) -> None:
    path = top / folder / name
    if what == "write":
        path.write_text(f"{word} {number}" if word else "")
    elif what == "drop folder":
        for each in (top / folder).glob("*.txt"):
            each.unlink()
    elif not path.exists():
        return
    elif what == "delete":
        path.unlink()
    elif what == "touch":
        os.utime(path, ns=(1, 1))
    else:
        path.replace(top / to / other)


def on_disk(top: Path) -> dict[str, str]:
    return {str(each.relative_to(top)): each.read_text() for each in top.rglob("*.txt")}


def check(memory: Memory, top: Path, before: dict[str, str], told: SyncReport, done: SyncReport) -> None:
    now = on_disk(top)
    texts = [memory.read(each) for each in memory.documents()]
    assert sorted(texts) == sorted([*NOTES.values(), *now.values()])
    assert {uri: memory.read(uri) for uri in NOTES} == NOTES
    assert replace(told, dry_run=False, size=0) == replace(done, commit=None, size=0)
    assert done.unchanged == sum(before.get(name) == text for name, text in now.items())
    assert len(done.changed) == sum(before.get(name, text) != text for name, text in now.items())
    assert len(done.new) + len(done.renamed) == len(now.keys() - before.keys())
    assert len(done.removed) + len(done.renamed) == len(before.keys() - now.keys())
    gone, came = (
        [each[name] for name in each.keys() - other.keys() if each[name]]
        for each, other in ((before, now), (now, before))
    )
    assert len(done.renamed) == sum(min(gone.count(text), came.count(text)) for text in {*gone})
    assert bool(done) == (done.commit is not None) == (before != now)
    assert not memory.sync(top / "notes", top / "other/notes", allow_empty=True)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text(f"what stands in {name}")
    return folder


@pytest.fixture
def memory(notes: Path) -> Iterator[Memory]:
    with new_memory(notes) as made:
        yield made


def uris(memory: Memory) -> set[str]:
    return {each.uri for each in memory.documents()}


def test_what_looks_the_same_is_not_read_and_a_touch_costs_one_reading(
    notes: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_FRESH", -(10**18))  # files that were written just now count as settled
    size = sum(each.stat().st_size for each in notes.iterdir())
    assert memory.sync(notes).read == size
    assert memory.sync(notes).read == 0
    os.utime(notes / "a.txt")
    again = memory.sync(notes)
    assert (again.read, again.unchanged, again.commit) == ((notes / "a.txt").stat().st_size, 3, None)
    (notes / "a.txt").write_text("WHAT stands in a.txt")  # of the same size
    assert len(memory.sync(notes).changed) == 1


def test_a_file_that_was_just_written_is_read_again(notes: Path, memory: Memory) -> None:
    """It may be written to once more within one tick of the disk's clock, and look the same."""
    assert memory.sync(notes).read == memory.sync(notes).read > 0


def test_sources_are_remembered_on_this_machine_alone(notes: Path, memory: Memory, tmp_path: Path) -> None:
    (notes / "new.txt").write_text("new")
    assert len(memory.sync().new) == 1
    assert memory.sync().sources == (str(notes),)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
        with pytest.raises(
            ConfigError, match="root 'notes': not known where on this machine; name the folder"
        ):
            memory.sync()
        memory.sync(notes)
        assert memory.sync().unchanged == 4


def test_a_digest_alone_names_no_folder(notes: Path, memory: Memory) -> None:
    memory.sync(notes)
    root = next(each.root for each in memory.documents() if each.root is not None)
    assert recall.remembered([root]) == {root: str(notes)}
    assert recall.remembered([root._replace(key="00" * (len(root.key) // 2))]) == {}


def test_a_path_that_a_stranger_wrote_into_a_file_is_no_source(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("a key")
    with new_memory() as mine:
        mine.add_path(secret)
        mine.commit()
    (secret / "other.txt").write_text("another key")
    with tempfile.TemporaryDirectory() as elsewhere, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", elsewhere)  # the stranger's machine, on which the same path is
        with memcodec.create(tmp_path / "theirs.mp4", settings=PLAIN) as theirs:
            theirs.add_path(secret, options=Ingest(keep_paths=True))
    with (
        memcodec.open(tmp_path / "theirs.mp4") as theirs,
        pytest.raises(ConfigError, match="not known where"),
    ):
        theirs.sync()


def test_a_folder_that_is_empty_or_gone_drops_nothing_unless_told(notes: Path, memory: Memory) -> None:
    before = uris(memory)
    for name in NAMES:
        (notes / name).unlink()
    for _ in range(2):
        for dry_run in (True, False):
            with pytest.raises(
                ConfigError, match=r"notes: nothing is there, and 3 documents .* `allow_empty=True`"
            ):
                memory.sync(notes, dry_run=dry_run)
        assert uris(memory) == before
        notes.rmdir() if notes.exists() else None
    assert len(memory.sync(notes, allow_empty=True).removed) == 3
    assert uris(memory) == set(NOTES) and len(memory.log()) == 2
    with pytest.raises(SourceError, match="no such file or folder"):
        memory.sync(notes)


def test_dropped_documents_are_in_the_past(notes: Path, memory: Memory, tmp_path: Path) -> None:
    (notes / "b.txt").unlink()
    (uri,) = memory.sync(notes).removed
    memory.save(tmp_path / "copy.mp4")
    with memcodec.open(tmp_path / "copy.mp4", as_of=1) as old:
        assert old.read(uri) == "what stands in b.txt"


def test_part_of_a_root_is_mirrored_alone(notes: Path, memory: Memory) -> None:
    (notes / "work").mkdir()
    for name in ("x.txt", "y.txt"):
        (notes / "work" / name).write_text(name)
    memory.sync(notes)
    (notes / "work/x.txt").unlink()
    (notes / "a.txt").unlink()
    assert [uri.rpartition("/")[2] for uri in memory.sync(notes / "work").removed] == ["x.txt"]
    assert [uri.rpartition("/")[2] for uri in memory.sync(notes / "a.txt").removed] == ["a.txt"]


def test_what_is_left_out_or_cannot_be_read_keeps_its_document(
    notes: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = uris(memory)
    exclude = Ingest(exclude=("b.txt",))
    (notes / "a.txt").write_text("other")
    kept = memory.sync(notes, options=exclude)
    assert [uri.rpartition("/")[2] for uri in kept.kept] == ["b.txt"] and uris(memory) == before
    dropped = memory.sync(notes, options=exclude, delete_excluded=True)
    assert [uri.rpartition("/")[2] for uri in dropped.removed] == ["b.txt"]
    (notes / "a.txt").write_text("can never be read")
    monkeypatch.setattr("memcodec.ingest.files.open_regular", _refused)
    told = memory.sync(notes)
    assert len(told.kept) == 2 and not told and len(told.skipped.failures) == 3
    assert "a.txt: cannot be read: Permission denied" in told.skipped.failures


def _refused(path: str) -> None:
    raise PermissionError(13, "Permission denied", path)


def test_a_renamed_file_keeps_what_it_was_marked_with(notes: Path, memory: Memory) -> None:
    (old,) = [each for each in memory.documents() if memory.read(each) == "what stands in b.txt"]
    memory.tag(Filter(documents=old.uri), tags={"project": "pond"}, title="Of the pond")
    (notes / "deep").mkdir()
    (notes / "b.txt").rename(notes / "deep/c.txt")
    report = memory.sync(notes, tags={"seen": "yes"})
    ((was, now),) = report.renamed
    made = memory.document(now)
    assert was == old.uri and not report.new and not report.removed
    assert (made.title, dict(made.tags)) == ("Of the pond", {"project": "pond", "seen": "yes"})


@pytest.mark.parametrize("way", ["sync", "add_path"])
def test_a_file_that_is_edited_keeps_what_it_was_marked_with(notes: Path, memory: Memory, way: str) -> None:
    (old,) = [each for each in memory.documents() if memory.read(each) == "what stands in b.txt"]
    memory.tag(Filter(documents=old.uri), tags={"project": "pond", "state": "draft"}, author="Ada")
    (notes / "b.txt").write_text("it stands there no more")
    getattr(memory, way)(notes, tags={"state": "done"})
    memory.commit()
    made = memory.document(old.uri)
    assert (made.author, dict(made.tags)) == ("Ada", {"project": "pond", "state": "done"})


def test_a_folder_that_moves_takes_no_marks_away(notes: Path, memory: Memory) -> None:
    memory.tag(Filter(path="*"), tags={"project": "pond"})
    moved = notes.rename(notes.with_name("papers"))
    assert len(memory.sync(moved, root="notes").changed) == 1
    assert all(dict(each.tags) == {"project": "pond"} for each in memory.documents())


def test_a_folder_that_was_emptied_is_a_source_still(notes: Path, memory: Memory) -> None:
    for each in notes.iterdir():
        each.unlink()
    assert len(memory.sync(allow_empty=True).removed) == 3
    assert not memory.sync()
    (notes / "again.txt").write_text("filled again")
    assert memory.sync().new == ("again.txt",)
    (notes / "again.txt").unlink()
    assert memory.sync(allow_empty=True).removed == ("again.txt",)
    notes.rmdir()
    with pytest.raises(ConfigError, match="name one"):
        memory.sync()


def test_a_folder_from_which_nothing_came_is_no_source_of_its_own(
    notes: Path, memory: Memory, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert memory.sync(tmp_path / "empty", allow_empty=True).sources == (str(tmp_path / "empty"),)
    assert memory.sync().sources == (str(notes),)


def test_a_lone_file_in_a_folder_that_came_later_is_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "pond"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(name)
    with new_memory(folder / "a.txt") as memory:
        memory.add_path(folder)
        memory.commit()
        assert memory.sync(folder).unchanged == 2
        (folder / "a.txt").unlink()
        assert len(memory.sync(folder).removed) == 1
        assert len(memory.documents()) == 3


def test_a_colleagues_documents_stay(notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    (theirs / "notes").mkdir(parents=True)
    (theirs / "notes/a.txt").write_text("theirs")
    for place, folder in ((mine, notes), (theirs, theirs / "notes")):
        place.mkdir(exist_ok=True)
        with memcodec.create(place / "m.mp4", settings=PLAIN) as memory:
            memory.add_path(folder)
    memcodec.merge([mine / "m.mp4", theirs / "m.mp4"], tmp_path / "all.mp4")
    (notes / "a.txt").unlink()
    with memcodec.open(tmp_path / "all.mp4", settings=PLAIN) as memory:
        assert memory.sync(notes).removed == ("a.txt",)
        assert sorted(memory.read(each) for each in memory.documents())[0] == "theirs"
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
        with pytest.raises(
            ConfigError, match=r"^root 'notes', root 'notes-2': not known where on this machine"
        ):
            memory.sync()


def test_after_a_merge_with_an_older_copy_a_file_is_one_document(notes: Path, tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "old.mp4", settings=PLAIN) as memory:
        memory.add_path(notes)
    (tmp_path / "new.mp4").write_bytes((tmp_path / "old.mp4").read_bytes())
    (notes / "a.txt").write_text("a newer version")
    with memcodec.open(tmp_path / "new.mp4", settings=PLAIN) as memory:
        assert memory.sync(notes).changed == ("a.txt",)
    memcodec.merge([tmp_path / "new.mp4", tmp_path / "old.mp4"], tmp_path / "all.mp4")
    with memcodec.open(tmp_path / "all.mp4", settings=PLAIN) as memory:
        assert len(memory.documents()) == 4
        report = memory.sync(notes)
        assert (report.removed, report.unchanged) == (("a.txt",), 3)
        assert (memory.read("a.txt"), len(memory.documents())) == ("a newer version", 3)


def test_a_root_that_moved_goes_on_and_is_known_there(notes: Path, memory: Memory) -> None:
    moved = notes.rename(notes.with_name("papers"))
    report = memory.sync(moved, root="notes")
    assert (len(report.new), len(report.removed), report.unchanged + len(report.changed)) == (0, 0, 3)
    assert memory.sync(moved).unchanged == 3
    assert memory.sync().sources == (str(moved),)


def pack(path: Path, how: int = zipfile.ZIP_STORED, /, **files: str) -> None:
    with zipfile.ZipFile(path, "w", how) as file:
        for name, text in files.items():
            file.writestr(f"{name}.txt", text)


def test_an_archive_is_read_when_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    pack(folder / "all.zip", a="one", b="two")
    with new_memory(folder) as memory:
        assert memory.sync(folder).unchanged == 2
        pack(folder / "all.zip", a="one", c="three")
        report = memory.sync(folder)
        assert (report.new, report.removed) == (("all.zip/c.txt",), ("all.zip/b.txt",))
        assert memory.sync(folder).unchanged == 2
        (folder / "all.zip").unlink()
        (folder / "d.txt").write_text("four")
        assert len(memory.sync(folder).removed) == 2


def test_what_is_no_text_is_looked_into_once(
    notes: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_FRESH", -(10**18))
    photo = b"\x7fELF" + bytes(3000)
    (notes / "photo").write_bytes(photo)
    assert memory.sync(notes).read > 3000
    again = memory.sync(notes)
    assert (again.read, again.skipped.total) == (0, 1)
    (notes / "photo").write_text("now it is text")
    assert len(memory.sync(notes).new) == 1
    (notes / "photo").write_bytes(photo)
    assert len(memory.sync(notes).removed) == 1


def test_other_bytes_of_the_same_documents_are_no_change(
    notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_FRESH", -(10**18))
    pack(notes / "all.zip", zipfile.ZIP_STORED, a="one " * 100, b="two")
    with new_memory(notes) as memory:
        assert memory.sync(notes).unchanged == 5
        pack(notes / "all.zip", zipfile.ZIP_DEFLATED, a="one " * 100, b="two")
        told = memory.sync(notes)
        assert (told.unchanged, told.commit, told.read > 0) == (5, None, True)
        assert memory.sync(notes).read == 0


def test_standard_input_is_no_source(memory: Memory) -> None:
    with pytest.raises(ConfigError, match="standard input"):
        memory.sync("-")
