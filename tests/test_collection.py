"""A collection: what is open, for how long, and which state of a file is read."""

from __future__ import annotations

import gc
import inspect
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import memcodec
from memcodec import Collection, Filter
from memcodec.errors import Closed, ConfigError, NotFound, StorageError
from memcodec.ingest.item import text_item
from memcodec.memory import Memory
from memcodec.search.engine import Searcher
from tests.support.descriptors import open_on
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


@pytest.mark.slow
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
    with collection._files.reading(str(notes)) as (old,):
        append(notes, {"badger.txt": "A badger."})
        closed.clear()
        assert collection.search("badger")[0].document.uri == "badger.txt"
        assert not closed
        assert len(list(old.memory.documents())) == 5  # the state from before is whole as long as it is read
    assert closed == {str(notes): 1}
    gc.collect()
    mine = {id(each.memory.reader) for each in collection._files.opened.values()}
    searchers = [each for each in gc.get_objects() if type(each) is Searcher]
    assert all(id(reader) in mine for each in searchers for reader in each._indexes.readers)
    collection.close()
    assert closed == {str(notes): 2, str(other): 1}


def test_what_did_not_change_is_not_opened_again(
    notes: Path, monkeypatch: pytest.MonkeyPatch, closed: Counter[str]
) -> None:
    with Collection(notes) as collection:
        reader = collection._files.opened[str(notes)].memory.reader
        with monkeypatch.context() as patch:
            patch.setattr(memcodec, "open", lambda *_, **__: pytest.fail("opened again"))
            assert collection.search("heron")
            assert collection.get(0).text == DOCUMENTS["heron.md"]
        notes.touch()
        assert collection.search("heron")
        assert collection._files.opened[str(notes)].memory.reader is reader
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
        first = collection.add_items(
            [text_item("An otter.", uri="otter.txt"), text_item("A lynx.", uri="lynx.txt")]
        )
        again = collection.add_items([text_item("An otter.", uri="otter.txt")])
        assert first.report.commit is not None
        assert (first.report.commit.number, first.report.added) == (2, 2)
        assert (again.report.file, again.report.commit) == (str(notes), None)
        assert again.documents == first.documents[:1]
        with pytest.raises(NotFound, match=r"no file 'x.mp4' is served"):
            collection.add_items([text_item("x")], file="x.mp4")


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


# The same verbs as a memory's


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return create(
        tmp_path / "other.mp4", {"moor.md": "A heron on the moor.\n", "kettle.txt": "Another kettle."}
    )


def test_documents_of_all_files(notes: Path, other: Path) -> None:
    with Collection([notes, other]) as collection:
        assert [each.uri for each in collection] == ["heron.md", "kettle.txt", "moor.md", "kettle.txt"]
        assert len(collection) == 4
        assert "moor.md" in collection and collection.documents()[0] in collection
        assert "absent" not in collection
        assert [each.uri for each in collection.documents(Filter(path="m*"))] == ["moor.md"]
        assert [(file, len(some)) for file, some in collection.listing(Filter(path="k*"))] == [
            (str(notes), 1),
            (str(other), 1),
        ]
        assert collection.listing(Filter(path="m*"))[0] == (str(notes), [])
        with pytest.raises(NotFound, match=r"no document matches 'm\*'"):
            collection.documents(Filter(path="m*"), file=str(notes))
        assert len(collection.documents(Filter(documents=["heron.md", "moor.md"]))) == 2
        with pytest.raises(NotFound, match="no document absent"):
            collection.documents(Filter(documents=["heron.md", "absent"]))
        assert [each.documents for each in collection.info()] == [2, 2]


def test_a_document_is_read_from_the_file_that_has_it(notes: Path, other: Path) -> None:
    with Collection([notes, other]) as collection:
        assert collection.read("moor.md") == "A heron on the moor.\n"
        assert collection.read_bytes("moor.md") == b"A heron on the moor.\n"
        assert collection.file_of("moor.md") == str(other)
        with pytest.raises(ConfigError, match=r"'kettle\.txt': several files have one; say which"):
            collection.read("kettle.txt")
        assert collection.read("kettle.txt", file=str(other)) == "Another kettle."
        (hit,) = collection.search("another kettle", file=str(other))
        assert collection.read(hit.document) == "Another kettle."
        assert collection.document(hit.document.id) == hit.document
        with pytest.raises(NotFound):
            collection.read("absent")


def test_the_same_document_in_two_files_is_one(notes: Path, tmp_path: Path) -> None:
    copy = shutil.copy(notes, tmp_path / "copy.mp4")
    with Collection([notes, copy]) as collection:
        assert collection.read("heron.md") == DOCUMENTS["heron.md"]


def test_searches_take_filters_and_options(notes: Path, other: Path) -> None:
    with Collection([notes, other]) as collection:
        found = collection.search("heron kettle", only=Filter(path="*.md"), explain=True, merge=True)
        assert {hit.document.uri for hit in found} == {"heron.md", "moor.md"}
        assert len(found.whys) == 2 and found.language == "english"
        with pytest.raises(ConfigError, match="column"):
            collection.search("heron (swift OR")
        assert [hit.chunk for hit in collection.around(0, file=str(other))] == [0]


def test_a_folder_is_the_memory_files_in_it(notes: Path, other: Path) -> None:
    (notes.parent / "film.mp4").write_text("something else")
    with Collection(notes.parent) as collection:
        assert sorted(collection.names) == sorted([str(notes), str(other)])
        (note,) = collection.notes
        assert "film.mp4" in note
    with pytest.raises(ConfigError):
        Collection([])


def test_an_old_state_of_all(notes: Path, other: Path) -> None:
    append(notes, {"badger.txt": "A badger."})
    with Collection([notes, other], as_of=1) as collection:
        assert not collection.search("badger") and len(collection) == 4
        append(notes, {"stoat.txt": "A stoat."})
        assert "stoat.txt" not in collection


def test_a_link_is_the_file_it_leads_to(notes: Path) -> None:
    link = notes.with_name("link.mp4")
    link.symlink_to(notes)
    with Collection([notes, link]) as collection:
        assert collection.names == [str(notes)]


CALLS: dict[str, Callable[[Collection], object]] = {
    "graph": lambda collection: collection.graph(),
    "topics": lambda collection: collection.topics(),
    "trends": lambda collection: collection.trends(),
    "synthesize": lambda collection: collection.synthesize("heron"),
    "dashboard": lambda collection: collection.dashboard(),
    "topic_diff": lambda collection: collection.topic_diff("other.mp4"),
    "add_items": lambda collection: collection.add_items([text_item("x")]),
    "at": lambda collection: collection.at(1),
    "around": lambda collection: collection.around(0),
    "document": lambda collection: collection.document("heron.md"),
    "documents": lambda collection: collection.documents(),
    "file_of": lambda collection: collection.file_of("heron.md"),
    "follow": lambda collection: collection.follow("heron"),
    "forget": lambda collection: collection.forget(Filter(path="heron.md")),
    "get": lambda collection: collection.get(0),
    "info": lambda collection: collection.info(),
    "ledger": lambda collection: collection.ledger(),
    "listing": lambda collection: collection.listing(),
    "log": lambda collection: collection.log(),
    "read": lambda collection: collection.read("heron.md"),
    "read_bytes": lambda collection: collection.read_bytes("heron.md"),
    "requests": lambda collection: collection.requests(),
    "search": lambda collection: collection.search("heron"),
    "search_pictures": lambda collection: collection.search_pictures("red", model="clip"),
    "warnings": lambda collection: collection.warnings(),
    "__len__": len,
    "__iter__": iter,
    "__contains__": lambda collection: "heron.md" in collection,
    "__enter__": lambda collection: collection.__enter__(),
}


def test_every_public_method_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(Collection) if not name.startswith("_")}
    assert public - {"close", "names"} == {name for name in CALLS if not name.startswith("_")}


@pytest.mark.parametrize("name", CALLS)
def test_a_closed_collection_says_so_and_opens_nothing(name: str, notes: Path) -> None:
    with Collection(notes) as collection:
        assert collection.search("heron")
        assert open_on(notes)
    with pytest.raises(Closed, match=r"notes\.mp4: this collection is closed; open it again"):
        CALLS[name](collection)
    collection.close()
    assert not open_on(notes)


def test_how_it_shows(notes: Path, other: Path) -> None:
    collection = Collection([notes, other])
    assert repr(collection) == f"<Collection {notes}, {other}: 4 documents>"
    assert collection._repr_html_().count("<tr>") == 3
    other.unlink()
    assert "cannot read" in repr(collection)
    collection.close()
    assert repr(collection).endswith(": closed>") and "closed" in collection._repr_html_()
