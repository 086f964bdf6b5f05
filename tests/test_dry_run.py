"""A dry run says what the run then does: of a commit, of forget and of merge. Of sync: tests/file/test_mirror.py."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec import CommitReport, Filter, Settings, StorageError
from memcodec.ingest.walk import walk
from memcodec.model import Commit

PLAIN = Settings.of(model="none", index="none", parity=0)
SOURCES = ("x/notes", "y/notes", "x/notes/a.txt", "y")
steps = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.sampled_from(["a.txt", "b.txt"]), st.integers(0, 2)), max_size=5
)


def timeless(commit: Commit | None) -> Commit | None:
    return replace(commit, time=datetime.min, size=0) if commit is not None else None


def same(told: CommitReport, done: CommitReport) -> bool:
    """Whether a dry run told what was done."""
    counts = [
        (each.added, each.changed, each.removed, each.unchanged, each.elsewhere) for each in (told, done)
    ]
    others = [(each.uris, each.notes, each.forgotten) for each in (told, done)]
    is_one = timeless(told.planned) == timeless(done.commit)
    return counts[0] == counts[1] and others[0] == others[1] and is_one and not told


@pytest.mark.slow
@settings(deadline=None, max_examples=12)  # files are read and written
@given(steps)
def test_of_a_commit(rounds: Sequence[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, memcodec.create(settings=PLAIN) as memory:
        top = Path(folder)
        for name in ("x/notes/a.txt", "y/notes/a.txt"):
            (top / name).parent.mkdir(parents=True)
            (top / name).write_text(name)
        for source, name, number in rounds:
            (top / "x/notes" / name).write_text(f"{name} {number}")
            items = list(walk([top / source]))
            told = memory.preview(items)
            memory.add_items(items)
            assert same(told, memory.commit())


def test_of_forget_and_without_a_lock(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4", settings=PLAIN) as memory:
        for name in ("a.txt", "b.txt"):
            memory.add(name, uri=name)
    with memcodec.open(tmp_path / "m.mp4") as writing, memcodec.open(tmp_path / "m.mp4") as memory:
        writing.add("c", uri="c.txt")  # has the lock
        told = memory.forget(Filter(path="a*"), dry_run=True)
        assert memory.preview(walk([Path(__file__)])).added == 1
        writing.commit()
    with memcodec.open(tmp_path / "m.mp4") as memory:
        done = memory.forget(Filter(path="a*"))
    assert [each.uri for each in told.forgotten] == [each.uri for each in done.forgotten] == ["a.txt"]
    assert told.removed == done.removed == 1


@pytest.mark.parametrize("out", ["new.mp4", "new.flac"])
def test_of_merge(out: str, tmp_path: Path) -> None:
    for name, texts in (("a", ["one", "two"]), ("b", ["two", "three"])):
        with memcodec.create(tmp_path / f"{name}.mp4", settings=PLAIN) as memory:
            for number, text in enumerate(texts):
                memory.add(text, uri=f"{number}.txt")
            memory.add("the same", uri="same.txt")
    files = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    before = set(tmp_path.iterdir())
    told = memcodec.merge(files, tmp_path / out, dry_run=True)
    assert set(tmp_path.iterdir()) == before and told.size == 0
    assert replace(memcodec.merge(files, tmp_path / out), size=0) == told
    assert (told.conflicts, told.duplicates) == (4, 1)
    with pytest.raises(StorageError, match="exists already"):
        memcodec.merge(files, tmp_path / out, dry_run=True)
