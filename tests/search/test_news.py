"""What ``follow`` gives: of all that is added to a file each thing once, whatever becomes of its journal meanwhile."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import memcodec
from memcodec import Collection, Filter
from memcodec.config.settings import Settings
from memcodec.file.journal.ledger import FileLedger
from memcodec.file.journal.limits import Limits
from memcodec.search.news import Following
from memcodec.storage.open import place_of
from tests.support.servers import web_server

MEDIA = ("mp4", "flac")
NONE = Settings.of(model="none")
NOTES = 12  # of each of two processes
ADD = """
import sys, memcodec
from memcodec.config.settings import Settings
for number in range(int(sys.argv[3])):
    with memcodec.open(sys.argv[1], wait=60, settings=Settings.of(model="none")) as memory:
        memory.add(f"heron {sys.argv[2]}{number}", uri=f"{sys.argv[2]}{number}")
        memory.commit()
        if number % 5 == 4:
            memory.fold()
"""


@pytest.fixture(autouse=True)
def _small_texts_go_to_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.file.journal.limits.SMALL", 64 << 10)


@pytest.fixture(scope="module")
def _begun(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for medium in MEDIA:
        made[medium] = path = tmp_path_factory.mktemp("begun") / f"begun.{medium}"
        with memcodec.create(path, model="none") as memory:
            memory.add("heron of the first commit", uri="first")
    return made


@pytest.fixture(params=MEDIA)
def file(request: pytest.FixtureRequest, _begun: dict[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(_begun[request.param], tmp_path / f"file.{request.param}"))


def note(file: Path, *texts: str, uri: str | None = None) -> None:
    """Each a commit in the journal."""
    with memcodec.open(file, settings=NONE) as memory:
        for text in texts:
            memory.add(f"heron {text}", uri=uri or text)
            memory.commit()


def commit(file: Path, *texts: str) -> None:
    """All in one commit with media."""
    with memcodec.open(file, settings=Settings.of(model="none", journal=False)) as memory:
        for text in texts:
            memory.add(f"heron {text}", uri=text)


def fold(file: Path) -> None:
    with memcodec.open(file, settings=NONE) as memory:
        memory.fold()


@contextmanager
def followed(file: Path, k: int = 10, only: Filter | None = None) -> Iterator[Following]:
    with Collection(file) as searched, closing(searched.follow("heron", k, "lexical", only)) as following:
        yield following


def look(following: Following) -> list[str]:
    return sorted(hit.text.removeprefix("heron ") for found in following.look() for hit in found)


def test_notes_from_before_are_not_given_and_new_ones_once(file: Path) -> None:
    note(file, "a", "b")
    with followed(file) as following:
        assert look(following) == []
        note(file, "c")
        assert look(following) == ["c"]
        assert look(following) == []
        note(file, "d", "e")
        assert look(following) == ["d", "e"]


def test_a_fold_gives_only_what_was_not_given_from_the_journal(file: Path) -> None:
    note(file, "a")
    with followed(file) as following:
        note(file, "b")
        assert look(following) == ["b"]
        fold(file)
        assert look(following) == []
        note(file, "c")
        assert look(following) == ["c"]
        note(file, "d")
        fold(file)
        assert look(following) == ["d"]
        note(file, "e")
        commit(file, "f", "g")  # which folds it
        note(file, "h")
        assert look(following) == ["e", "f", "g", "h"]
        assert look(following) == []


def test_what_is_compacted_was_there_before(file: Path) -> None:
    note(file, "a")
    with followed(file) as following:
        commit(file, "b")
        note(file, "c")
        assert look(following) == ["b", "c"]
        note(file, "d")
        with memcodec.open(file, settings=NONE) as memory:
            memory.compact()
        note(file, "e")
        assert look(following) == ["d", "e"]
        with memcodec.open(file, settings=NONE) as memory:
            memory.forget(Filter(path="d"))
            memory.compact()
        assert look(following) == []


def test_far_away_what_is_compacted_was_there_before(file: Path, tmp_path: Path) -> None:
    with web_server(tmp_path / "web") as server:

        def publish() -> None:
            shutil.copy(file, server.folder / "new")
            (server.folder / "new").rename(server.folder / file.name)

        note(file, "a")
        publish()
        address = server.url(file.name)
        with Collection(address) as searched, closing(searched.follow("heron", 10, "lexical")) as following:
            assert look(following) == []
            commit(file, "b")
            note(file, "c")
            publish()
            assert look(following) == ["b", "c"]
            with memcodec.open(file, settings=NONE) as memory:
                memory.compact()
            note(file, "d")
            publish()
            assert look(following) == ["d"]


def test_a_new_version_is_new(file: Path) -> None:
    note(file, "a")
    with followed(file) as following:
        note(file, "a, again", uri="a")
        assert look(following) == ["a, again"]
        note(file, "first, again", uri="first")
        fold(file)
        assert look(following) == ["first, again"]


def test_as_many_as_were_added_are_given_however_seldom_it_looks(file: Path) -> None:
    names = [f"{number:02}" for number in range(20)]
    with followed(file, k=3) as following:
        note(file, *names[:10])
        assert look(following) == names[:10]
        note(file, *names[10:])
        fold(file)
        assert look(following) == names[10:]
        commit(file, *(f"one commit {name}" for name in names))
        assert len(look(following)) == 3


def test_conditions_hold_of_what_is_new(file: Path) -> None:
    note(file, "a/1", "b/1")
    with followed(file, only=Filter(path="a/*")) as following:
        note(file, "a/2", "b/2")
        assert look(following) == ["a/2"]
        fold(file)
        note(file, "a/3")
        assert look(following) == ["a/3"]


def test_of_a_run_that_grows_what_has_grown_is_given(file: Path) -> None:
    def events(*numbers: int) -> None:
        with FileLedger(place_of(file), NONE, limits=Limits(idle=1e9)) as ledger:
            ledger.append([("one", b'"heron %d, %b"' % (number, b"x" * 900)) for number in numbers])

    def numbers(following: Following) -> set[int]:
        texts = (hit.text for found in following.look() for hit in found)
        return {int(each.split(",")[0]) for text in texts for each in text.split('"heron ')[1:]}

    events(1, 2, 3)
    with followed(file) as following:
        events(4)
        assert 4 in (seen := numbers(following))
        assert not seen & {1, 2}
        fold(file)
        assert numbers(following) == set()
        events(5)
        assert numbers(following) == {5}
        events(6, 7, 8)
        fold(file)
        assert {6, 7, 8} <= numbers(following) <= {5, 6, 7, 8}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_notes_commits_folds_and_looks(file: Path, seed: int) -> None:
    chance, given, added = random.Random(seed), Counter[str](), list[str]()
    note(file, "before")
    with followed(file, k=100) as following:
        for step in range(25):
            fresh = [f"{step} {number}" for number in range(chance.randint(1, 3))]
            kind = chance.choice(["note", "note", "note", "commit", "fold", "compact", "look", "look"])
            if kind == "note":
                note(file, *fresh)
                added += fresh
            elif kind == "commit":
                commit(file, *fresh)
                added += fresh
            elif kind == "fold":
                fold(file)
            elif kind == "compact":
                with memcodec.open(file, settings=NONE) as memory:
                    memory.compact()
            else:
                given.update(look(following))
        given.update(look(following))
    assert given == Counter(added)


@pytest.mark.slow
def test_two_processes_that_write_notes_and_fold(file: Path) -> None:
    given = Counter[str]()
    with followed(file) as following:
        writers = [
            subprocess.Popen([sys.executable, "-c", ADD, file, name, str(NOTES)])
            for name in ("left ", "right ")
        ]
        while any(writer.poll() is None for writer in writers):
            given.update(look(following))
        given.update(look(following))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert given == Counter(f"{name} {number}" for name in ("left", "right") for number in range(NOTES))
