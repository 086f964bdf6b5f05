"""A collection: what is open, for how long, and which state of a file is read."""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from pathlib import Path

import pytest

import memcodec
from memcodec.collection import Collection
from memcodec.errors import NotFound, StorageError
from memcodec.ingest.item import text_item
from memcodec.memory import Memory
from memcodec.search.engine import Searcher
from tests.support.memories import append, create

DOCUMENTS = {"heron.md": "The heron nests in April.\n", "kettle.txt": "The kettle whistles.\n"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("collection") / "notes.mp4", DOCUMENTS)


@pytest.fixture
def notes(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file was closed."""
    count, close = Counter[str](), Memory.close

    def counting(memory: Memory) -> None:
        count[memory.name] += 1
        close(memory)

    monkeypatch.setattr(Memory, "close", counting)
    return count


def test_an_old_state_is_closed_when_nobody_reads_it(
    notes: Path, tmp_path: Path, closed: Counter[str]
) -> None:
    other = create(tmp_path / "other.mp4", {"moor.md": "A heron on the moor.\n"})
    closed.clear()
    collection = Collection([notes, other])
    for number in range(3):
        assert collection.search("heron")
        append(notes, {f"{number}.txt": "A note."})  # which opens and closes it, too
        closed.clear()
    with collection._reading(str(notes)) as (old,):
        append(notes, {"badger.txt": "A badger."})
        closed.clear()
        assert collection.search("badger")[0].document.uri == "badger.txt"
        assert not closed
        assert len(list(old.memory.documents())) == 5  # the state from before is whole as long as it is read
    assert closed == {str(notes): 1}
    gc.collect()
    mine = {id(each.memory.reader) for each in collection._opened.values()}
    searchers = [each for each in gc.get_objects() if type(each) is Searcher]
    assert all(id(reader) in mine for each in searchers for reader in each._indexes.readers)
    collection.close()
    assert closed == {str(notes): 2, str(other): 1}


def test_what_did_not_change_is_not_opened_again(
    notes: Path, monkeypatch: pytest.MonkeyPatch, closed: Counter[str]
) -> None:
    with Collection(notes) as collection:
        reader = collection._opened[str(notes)].memory.reader
        with monkeypatch.context() as patch:
            patch.setattr(memcodec, "open", lambda *_, **__: pytest.fail("opened again"))
            assert collection.search("heron")
            assert collection.get(0).text == DOCUMENTS["heron.md"]
        notes.touch()
        assert collection.search("heron")
        assert collection._opened[str(notes)].memory.reader is reader
        assert closed == {str(notes): 1}  # the one that was opened to look


def test_a_commit_that_others_have_begun_is_not_seen(notes: Path, tmp_path: Path) -> None:
    grown = Path(shutil.copy(notes, tmp_path / "grown.mp4"))
    append(grown, {"badger.txt": "A badger."})
    tail = grown.read_bytes()[notes.stat().st_size :]
    with Collection(notes) as collection:
        for part, seen in ((tail[: len(tail) // 2], False), (tail[len(tail) // 2 :], True)):
            with notes.open("ab") as file:
                file.write(part)
            assert bool(collection.search("badger")) is seen


def test_a_file_that_is_gone_is_an_error_until_it_is_back(notes: Path, tmp_path: Path) -> None:
    with Collection(notes) as collection:
        notes.rename(tmp_path / "away.mp4")
        with pytest.raises(StorageError, match=r"notes\.mp4"):
            collection.search("heron")
        (tmp_path / "away.mp4").rename(notes)
        assert collection.search("heron")


def test_the_same_file_twice_is_one(notes: Path) -> None:
    with Collection([notes, str(notes)]) as collection:
        assert collection.names == [str(notes)]
        assert len(collection.search("heron")) == 1


def test_one_file_that_cannot_be_opened_closes_the_others(
    notes: Path, tmp_path: Path, closed: Counter[str]
) -> None:
    with pytest.raises(StorageError):
        Collection([notes, tmp_path / "none.mp4"])
    assert closed[str(notes)] == 1


def test_adding_gives_the_document_whether_it_is_new_or_not(notes: Path) -> None:
    with Collection(notes) as collection:
        first = collection.add(
            [text_item("An otter.", uri="otter.txt"), text_item("A lynx.", uri="lynx.txt")]
        )
        again = collection.add([text_item("An otter.", uri="otter.txt")])
        assert first.commit is not None
        assert (first.commit.number, first.commit.added) == (2, 2)
        assert again == (str(notes), None, first.documents[:1])
        with pytest.raises(NotFound, match=r"no file 'x.mp4' is served"):
            collection.add([text_item("x")], file="x.mp4")


def test_a_damaged_newest_commit_is_told(notes: Path) -> None:
    whole = len(notes.read_bytes())
    append(notes, {"badger.txt": "A badger."})
    data = bytearray(notes.read_bytes())
    data[-200:-100] = bytes(100)
    with Collection(notes) as collection:
        assert collection.warnings() == []
    notes.write_bytes(data)
    assert len(data) > whole
    with Collection(notes) as collection:
        (text,) = collection.warnings()
        assert text.startswith(f"{notes}: its newest commit is damaged")
        assert collection.search("badger") == []
