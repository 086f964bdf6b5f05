"""Forty days of one user, with the real command line, against a plain model; the end is the folders, byte for byte.

``pytest -s tests/reliability/test_forty_days.py`` tells the days as they go. With MEMCODEC_SEALED_FULL they are lived
with a sealed file, too: otherwise that has the first twelve.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pytest

from tests.reliability import sealing
from tests.reliability.daily import User
from tests.reliability.folder_model import found

SEED, SEALED_DAYS = 40, 40 if sealing.FULL else 12
FILES = (
    "README.md",
    "docs/guide.md",
    "docs/a b.txt",
    "docs/-dash.md",
    "docs/caf\u00e9.md",
    "docs/cafe\u0301.md",
)


class Life:
    """The user, their folders, and what chance edits in them."""

    def __init__(self, top: Path, file: str) -> None:
        self.top, self.user, self.chance, self.texts = top, User(top, file), random.Random(SEED), 0

    def text(self) -> bytes:
        self.texts += 1
        return self.user.text(self.texts)

    def write(self, name: str, data: bytes | None = None) -> Path:
        self.user.write(self.top / name, self.text() if data is None else data)
        return self.top / name

    def fill(self, folder: str, *names: str) -> Path:
        for name in names:
            self.write(f"{folder}/{name}")
        return self.top / folder

    def move(self, name: str, to: str) -> Path:
        (self.top / to).parent.mkdir(parents=True, exist_ok=True)
        return (self.top / name).rename(self.top / to)

    def edit(self, folder: str, count: int) -> None:
        """Change, copy, add and delete files by chance."""
        for _ in range(count):
            files = sorted(found([str(self.top / folder)]))
            path, what = self.chance.choice(files), self.chance.choice(("change", "copy", "add", "delete"))
            if what == "change":
                self.user.write(Path(path), self.text())
            elif what == "copy":
                self.user.write(Path(path).with_name(f"copy {self.texts}.md"), Path(path).read_bytes())
            elif what == "add":
                self.write(f"{folder}/new/{self.texts}.md")
            elif len(files) > 3:
                Path(path).unlink()


@pytest.mark.slow
@pytest.mark.parametrize(("file", "count"), [("notes.mp4", 40), ("notes.sealed.mp4", SEALED_DAYS)])
def test_forty_days(file: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    life = Life(tmp_path.resolve() / "home", file)
    days = chain(first_days(life), moving_days(life), shared_days(life, monkeypatch), last_days(life))
    number = 0
    for number, what in enumerate(islice(days, count), 1):
        life.user.look_closely()
        live = len(life.user.model.docs)
        print(f"day {number:2}: {what}; {live} documents, {life.user.commands} commands so far")  # noqa: T201
        life.user.spawned = number % 18 == 9  # the next day in processes of its own
    assert number == count


def first_days(life: Life) -> Iterator[str]:
    """Two projects with equal names, notes and pipes."""
    user = life.user
    a, b = life.fill("projA", *FILES), life.fill("projB", *FILES)
    user.encode(a)
    yield "a project is taken in"
    user.append(b)
    assert {doc.uri for doc in user.model.docs} == {*FILES, *(f"projB/{name}" for name in FILES)}
    yield "a second one with the same names"
    user.append(a, b)
    yield "both again: nothing is new"
    life.fill("notes", "monday.md", "work/vpn.md", "work/mail.md")
    user.append(life.top / "notes")
    user.append(life.top / "notes/work/vpn.md")
    yield "a folder, and a file in it by its own name"
    life.write("notes/work/vpn.md")
    user.append(life.top / "notes/work")
    yield "a folder within a folder"
    for _ in range(2):
        user.note(life.text(), None, piped=True)
    user.note(life.text(), None, piped=False, tags={"from": "phone"})
    yield "notes from pipes and from the command line"
    today = life.text()
    for data in (life.text(), today, today):
        user.note(data, "log/today", piped=True)
    yield "a note that is written anew under its uri"
    life.write("projA/empty.md", b"")
    life.write("projA/twin.md", (a / "README.md").read_bytes())
    life.write("projB/empty.md", b"")
    user.sync()
    yield "empty files, and one text under two names"
    life.edit("projA", 4)
    life.edit("projB", 4)
    user.sync(a)
    user.sync()
    yield "edits, one project after the other"
    for name in ("-list.txt", "list.txt", "elsewhere/list.txt"):
        life.write(f"desk/{name}")
    with contextlib.chdir(life.top / "desk"):
        user.append(Path("-list.txt"), Path("list.txt"), Path("elsewhere/list.txt"))
    yield "lone files, two of one name, one with a dash first"


def moving_days(life: Life) -> Iterator[str]:
    """Renames, moves, deletions, and folders that lie elsewhere one day."""
    user, top = life.user, life.top
    a, b = top / "projA", top / "projB"
    doc = next(doc for doc in user.model.docs if doc.uri == "docs/guide.md")
    user.tag(doc, "state", "draft")
    life.move("projA/docs/guide.md", "projA/manual/guide.md")
    user.sync(a)
    assert [doc.tags for doc in user.model.docs if doc.uri == "manual/guide.md"] == [{"state": "draft"}]
    yield "a tagged file is renamed and keeps its tag"
    life.move("projA/manual/guide.md", "projB/docs/handbook.md")
    user.sync()
    yield "and moves to the other project"
    life.move("projB/README.md", "projB/readme.md")
    life.write("projB/ReadMe.md")
    user.sync(b)
    yield "names that differ in case"
    (top / "notes/work/vpn.md").unlink()
    user.sync()
    life.write("notes/work/vpn.md")
    user.sync()
    yield "a file is deleted, and is there again"
    life.write("notes/monday.md", (top / "notes/work/mail.md").read_bytes())
    life.move("notes/work/mail.md", "notes/tuesday.md")
    user.sync()
    yield "files swap their texts"
    life.fill("old/projA", "README.md", "docs/guide.md")
    user.append(top / "old/projA")
    assert "projA-2" in user.model.shown().values()
    yield "another folder of the same name"
    life.move("projB", "archive/projB")
    user.refused("sync", user.file, b)
    user.refused("sync", user.file)
    user.sync(top / "archive/projB", name="projB")
    life.edit("archive/projB", 3)
    user.sync()
    yield "a folder moves, and its name is said"
    user.refused("append", user.file, a, "--as", "projB")
    life.edit("archive/projB", 3)
    user.append(top / "archive/projB", tags={"year": "2026"})
    yield "what changed in it gets a tag"
    link = top / "link"
    link.symlink_to(top / "archive/projB")
    (a / "link.md").symlink_to(a / "README.md")
    life.edit("archive/projB", 2)
    user.append(link)
    user.sync(link, a)
    yield "by a symbolic link"
    user.forget(next(doc for doc in user.model.docs if doc.uri == "log/today"))
    user.forget(next(doc for doc in user.model.docs if doc.uri == "README.md"))
    user.sync(a)
    yield "a note is forgotten for good, a file until the next sync"


def shared_days(life: Life, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """History, other media, and a colleague with folders of the same names."""
    user, top = life.user, life.top
    a = top / "projA"
    state = max(user.past)
    life.edit("projA", 5)
    user.sync()
    user.rollback(state)
    yield "a day is undone"
    user.sync()
    yield "and done again, from the folders"
    user.convert()
    life.edit("notes", 2)
    user.sync()
    yield "the memory becomes sound"
    user.compact()
    life.edit("archive/projB", 2)
    user.sync()
    yield "its past goes"
    colleague = User(top / "colleague", f"notes{'.sealed' * sealing.is_sealed(user.file)}.flac")
    for name in ("projA/README.md", "projA/docs/guide.md", "projB/README.md", "projA/own.md"):
        colleague.write(colleague.top / name, life.text())
    colleague.write(colleague.top / "projA/empty.md", b"")
    with monkeypatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(colleague.top / "state"))
        colleague.encode(colleague.top / "projA")
        colleague.append(colleague.top / "projB")
    user.merge(colleague.file, colleague.model.of("colleague"))
    yield "a colleague's memory is merged in"
    life.edit("projA", 4)
    life.write("projA/own.md")
    user.sync()
    yield "one's own folders go on, the colleague's documents stay"
    for path in found([str(a)]):
        user.write(Path(path), life.text())
    user.append(a)
    user.compact()
    user.sync()
    yield "all of one's own first documents are written anew, and the past goes"
    user.convert()
    yield "the memory becomes a video"
    state = max(user.past)
    life.edit("archive/projB", 3)
    user.append(top / "archive/projB")
    user.branch(state)
    yield "a copy of yesterday's state"
    user.sync()
    yield "catches up"


def last_days(life: Life) -> Iterator[str]:
    """Days of chance, and the end."""
    user, top = life.user, life.top
    (top / "moved").mkdir()
    life.move("archive/projB", "moved/projB")
    life.edit("moved/projB", 2)
    user.append(top / "moved/projB", name="projB")
    yield "the folder moves once more"
    for each in found([str(top / "old/projA")]):
        Path(each).unlink()
    user.refused("sync", user.file)
    user.sync()
    yield "a folder is emptied"
    life.fill("old/projA", "README.md", "again.md")
    user.sync()
    yield "and filled again"
    for number in range(5):
        for folder in ("projA", "moved/projB", "notes"):
            life.edit(folder, 2)
        user.note(life.text(), None, piped=bool(number % 2))
        user.sync(*([top / "projA"] if number % 2 else []))
        yield "a day of chance"
    user.sync()
    user.compact()
    yield "all is in, and no more"
    assert user.command("verify", user.file, "--deep")["ok"]
    user.restore()
    user.compare_with_disk()
    yield "the folders are back, byte for byte"
