"""What `add` gives, and what becomes of what was added: committed, dropped by an exception, or dropped and told of."""

from __future__ import annotations

import gc
import shutil
import threading
from pathlib import Path

import pytest

import memcodec
from memcodec import Filter, Memory
from memcodec.ingest.item import text_item
from memcodec.model import Document

NOTE = "A heron waits."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("adding") / "notes.mp4"
    with memcodec.create(path, model="none") as memory:
        memory.add(NOTE, uri="heron")
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def only(memory: Memory) -> Document:
    (document,) = memory
    return document


# Ids


def test_the_id_that_add_gives_is_the_documents(path: Path) -> None:
    with memcodec.open(path) as memory:
        ids = [memory.add(f"Swift {number}.", uri=f"swift/{number}") for number in range(3)]
        memory.commit()
        assert ids == [each.id for each in memory][1:]
        assert memory.read(ids[1]) == "Swift 1."
        assert ids[1] in memory
        assert {len(each) for each in ids} == {16}
        memory.forget(Filter(documents=ids[:2]))
        assert [each.id for each in memory][1:] == ids[2:]


def test_of_what_the_file_has_as_it_is_it_is_the_old_one(path: Path) -> None:
    with memcodec.open(path) as memory:
        old = only(memory).id
        assert memory.add(NOTE, uri="heron") == old
        new = memory.add("It flew.", uri="heron")
        assert memory.add("It flew.", uri="heron") == new != old
        assert memory.commit().unchanged == 2
        assert only(memory).id == new
        memory.forget(Filter(documents=new))
        again = memory.add("It flew.", uri="heron")
        memory.commit()
        assert only(memory).id == again


def test_the_state_that_counts_is_that_of_the_file_and_not_that_last_read(path: Path) -> None:
    with memcodec.open(path) as memory, memcodec.open(path) as other:
        assert len(memory) == 1
        theirs = other.add("A swift.", uri="swift")
        other.commit()
        assert memory.add("A swift.", uri="swift") == theirs


def test_of_what_a_loader_handed_in_before_it_is_the_same(path: Path) -> None:
    with memcodec.open(path) as memory:
        memory.add_items([text_item("A swift.", uri="swift"), text_item("An owl.", uri="owl")])
        swift = memory.add("A swift.", uri="swift")
        memory.commit()
        assert memory.document("swift").id == swift


def test_of_what_is_being_committed_it_is_the_same() -> None:
    texts = [f"Note {number}." for number in range(5)]
    told: list[list[str]] = []
    with memcodec.create(model="none") as memory:

        def add() -> None:
            ids = []
            for text in texts:
                ids.append(memory.add(text))
                memory.commit()
            told.append(ids)

        threads = [threading.Thread(target=add) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(told) == 3
        stored = {memory.read(each): each.id for each in memory}
        assert told == [[stored[text] for text in texts]] * 3
        assert len(memory) == len(texts)


# The end


def test_an_exception_drops_what_was_added_and_says_nothing_more(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt), memcodec.open(path) as memory:
        memory.add("A swift.")
        raise KeyboardInterrupt
    assert path.read_bytes() == before
    with pytest.raises(ValueError, match="closed"):
        memory.add("An owl.")


def test_an_exception_does_not_undo_what_was_committed(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), memcodec.open(path) as memory:
        memory.add("A swift.")
        memory.commit()
        memory.add("An owl.")
        raise ZeroDivisionError
    with memcodec.open(path) as memory:
        assert len(memory) == 2


def test_a_file_that_is_not_committed_to_is_never_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), memcodec.create(tmp_path / "notes.mp4") as memory:
        memory.add(NOTE)
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_closing_tells_of_what_was_never_committed(path: Path) -> None:
    memory = memcodec.open(path)
    memory.add("A swift.")
    with pytest.warns(ResourceWarning, match=r"notes\.mp4: 1 document was added and never committed"):
        memory.close()
    memory.close()
    memory = memcodec.open(path)
    memory.add("A swift.")
    memory.commit()
    memory.close()


def test_letting_go_tells_of_it_and_lets_go_of_the_file(path: Path, tmp_path: Path) -> None:
    memory = memcodec.open(path)
    memory.add_items([text_item("A swift."), text_item("An owl.")])
    new = memcodec.create(tmp_path / "new.mp4")
    with pytest.warns(ResourceWarning, match="2 documents were added and never committed"):
        del memory, new
        gc.collect()
    with memcodec.open(path) as other:
        other.add("A kite.")  # nobody holds the lock
    assert [each.name for each in tmp_path.iterdir()] == ["notes.mp4"]
