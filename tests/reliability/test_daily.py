"""One user's days in any order: whatever they do with folders and commands, the file is what a plain model says."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from memcodec.file import recall
from tests.reliability import sealing
from tests.reliability.daily import User
from tests.reliability.folder_model import below

#: places of folders: two of one name, one within another, one whose name differs in case
FOLDERS = ("projA", "projB", "old/projA", "projA/docs", "Notes", "notes")
NAMES = (
    "README.md",
    "docs/a.md",
    "a b.txt",
    "-dash.md",
    "caf\u00e9.md",
    "cafe\u0301.md",
    "A.md",
    "a.md",
    "projB/README.md",
)
URIS = ("inbox", "README.md", "projB/README.md", "notes/a.md")

DAYS = int(os.environ.get("DAYS", "15"))

folders, names = st.sampled_from(FOLDERS), st.sampled_from(NAMES)
old_texts = st.one_of(st.none(), st.integers(0, 5))


class Days(RuleBasedStateMachine):
    """Rules are what a user does."""

    file = "notes.flac"

    def __init__(self) -> None:
        super().__init__()
        self.top = Path(tempfile.mkdtemp()).resolve()
        self.before = os.environ.get("XDG_STATE_HOME")
        os.environ["XDG_STATE_HOME"] = str(self.top / "state")
        self.user = User(self.top, self.file)
        self.texts = [b""]
        self.places = {each: self.top / each for each in FOLDERS}

    def at(self, folder: str) -> Path:
        """Where a folder lies now."""
        top = next((each for each in FOLDERS if below(folder, each)), None)
        return self.places[folder] if top is None else self.places[top] / folder.removeprefix(f"{top}/")

    def teardown(self) -> None:
        if self.user.file.exists():
            self.user.restore()
        if self.before is not None:
            os.environ["XDG_STATE_HOME"] = self.before
        shutil.rmtree(self.top)

    @initialize()
    def begin(self) -> None:
        for folder in ("projA", "projB"):
            for name in ("README.md", "docs/a.md"):
                self.user.write(self.at(folder) / name, self._text(None))
        self.user.encode(self.top / "projA")

    def _text(self, old: int | None) -> bytes:
        if old is not None and old < len(self.texts):
            return self.texts[old]
        self.texts.append(self.user.text(len(self.texts)))
        return self.texts[-1]

    # Folders

    @rule(folder=folders, name=names, old=old_texts)
    def write(self, folder: str, name: str, old: int | None) -> None:
        self.user.write(self.at(folder) / name, self._text(old))

    @rule(folder=folders, name=names)
    def delete(self, folder: str, name: str) -> None:
        (self.at(folder) / name).unlink(missing_ok=True)

    @rule(folder=folders, name=names, to=folders, other=names)
    def move(self, folder: str, name: str, to: str, other: str) -> None:
        path, new = self.at(folder) / name, self.at(to) / other
        if path.is_file():
            new.parent.mkdir(parents=True, exist_ok=True)
            path.replace(new)

    @rule(folder=folders)
    def drop_folder(self, folder: str) -> None:
        shutil.rmtree(self.at(folder), ignore_errors=True)

    @rule(folder=folders, way=st.sampled_from(["append", "sync"]), is_back=st.booleans())
    def move_folder(self, folder: str, way: str, is_back: bool) -> None:
        """A root moves to where no folder was before; its name is said. It may come back."""
        path, new = self.at(folder), self.top / "moved" / str(len(self.texts)) / Path(folder).name
        home = self.user.model.home(str(path))
        if not path.is_dir() or home is None or home[1] != "." or new.exists():
            return
        if not home[0].name or any(below(place, str(path)) for _, place in self.user.model.places):
            return
        self._text(None)
        new.parent.mkdir(parents=True)
        path.rename(new)
        getattr(self.user, way)(new, name=self.user.model.shown()[home[0]])
        if is_back:
            new.rename(path)
        else:
            self.places[folder] = new

    # Commands

    @rule(some=st.lists(folders, min_size=1, max_size=2, unique=True), key=st.sampled_from(["", "a"]))
    def append(self, some: list[str], key: str) -> None:
        sources = [self.at(each) for each in some if self.at(each).is_dir()]
        if any(each.is_file() for source in sources for each in source.rglob("*")):  # else it is an error
            self.user.append(*sources, tags={key: "1"} if key else None)

    @rule(folder=folders, name=names)
    def append_file(self, folder: str, name: str) -> None:
        if (self.at(folder) / name).is_file():
            self.user.append(self.at(folder) / name)

    @rule(some=st.lists(folders, max_size=2, unique=True))
    def sync(self, some: list[str]) -> None:
        sources = [self.at(each) for each in some if self.at(each).is_dir()]
        if sources or self.user.remembered():
            self.user.sync(*sources)

    @rule(uri=st.one_of(st.none(), st.sampled_from(URIS)), piped=st.booleans(), old=old_texts)
    def note(self, uri: str | None, piped: bool, old: int | None) -> None:
        data = self._text(old if uri is not None else None)
        if data:
            self.user.note(data, uri, piped=piped)

    @precondition(lambda self: len(self.user.model.docs) > 1)
    @rule(at=st.integers(0, 50))
    def forget(self, at: int) -> None:
        self.user.forget(self.user.model.docs[at % len(self.user.model.docs)])

    @precondition(lambda self: self.user.model.docs)
    @rule(at=st.integers(0, 50), key=st.sampled_from("ab"))
    def tag(self, at: int, key: str) -> None:
        self.user.tag(self.user.model.docs[at % len(self.user.model.docs)], key, "1")

    @rule(at=st.integers(0, 50))
    def rollback(self, at: int) -> None:
        self.user.rollback([*self.user.past][at % len(self.user.past)])

    @rule(at=st.integers(0, 50))
    def branch(self, at: int) -> None:
        self.user.branch([*self.user.past][at % len(self.user.past)])

    @precondition(lambda self: self.user.model.docs)
    @rule()
    def compact(self) -> None:
        self.user.compact()

    @precondition(lambda self: self.user.model.docs)
    @rule(at=st.integers(0, 50))
    def merge_with_past(self, at: int) -> None:
        old = [number for number, model in self.user.past.items() if model.docs]
        self.user.merge_with_past(old[at % len(old)])

    @precondition(lambda self: self.user.model.docs)
    @rule()
    def merge(self) -> None:
        """A colleague's folder has the same name as one of ours, and the same files."""
        place = self.top / "colleague" / str(len(self.texts))
        other = User(place, self.file)
        for name in ("README.md", "docs/a.md"):
            other.write(place / "projA" / name, self._text(None))
        os.environ["XDG_STATE_HOME"] = str(place / "state")
        other.encode(place / "projA")
        os.environ["XDG_STATE_HOME"] = str(self.top / "state")
        self.user.merge(other.file, other.model.of("colleague"))


class SealedDays(Days):
    """The same with a sealed file."""

    file = f"notes.{sealing.MEDIA[-1]}"


def run(examples: int, steps: int, days: type[Days] = Days) -> None:
    checks = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        report_multiple_bugs=False,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recall, "_FRESH", 20_000_000)  # most files are then known by their looks
        run_state_machine_as_test(days, settings=checks)


def test_some_days_in_any_order() -> None:
    run(8, 10)


@pytest.mark.slow
def test_days_in_any_order() -> None:
    """``DAYS=300 pytest tests/reliability/test_daily.py`` for more of them."""
    run(DAYS, 30)


@pytest.mark.slow
def test_days_in_any_order_with_a_sealed_file() -> None:
    run(DAYS if sealing.FULL else 2, 30 if sealing.FULL else 15, SealedDays)
