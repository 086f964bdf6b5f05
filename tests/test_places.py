"""One memory wherever it lies: the same answers from a path, bytes, a file object, RAM or an object of the caller's."""

from __future__ import annotations

import contextlib
import io
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec import Collection, Filter
from memcodec.errors import ConfigError, Damaged, MemcodecError, NotFound, StorageError
from memcodec.file.restore import read_documents
from memcodec.ingest.item import text_item
from memcodec.memory import Memory
from memcodec.storage import LocalSource, MemoryTarget, PlaceLike, RamFile
from memcodec.storage.open import place_of
from memcodec.upkeep.compact import compact
from tests.support.bare import Bare
from tests.support.memories import MEDIA, QUERIES, append, create, texts
from tests.support.s3servers import S3
from tests.support.sealing import SealedPlace, flip

FIRST, SECOND = texts("first", 6), texts("second", 3)


@pytest.fixture(scope="module", params=MEDIA)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory of two commits. Do not change it."""
    path = create(tmp_path_factory.mktemp("places") / f"notes.{request.param}", FIRST)
    append(path, SECOND)
    return path


def contents(memory: Memory) -> dict[str, str]:
    """Every document, proven by its hash."""
    found = {}
    for stored, data, lost in read_documents(memory.reader, lambda stored: True):
        if data is None:
            raise Damaged(f"{stored.document.uri}: {lost}")
        found[stored.document.uri] = data.decode()
    return found


def hits(memory: Memory) -> list[tuple[Any, ...]]:
    return [
        (query, hit.rank, hit.score, hit.document, hit.chunk, hit.start, hit.end, hit.text)
        for query in QUERIES
        for hit in memory.search(query, mode="lexical")
    ]


def in_ram(data: bytes) -> RamFile:
    file = RamFile()
    target = file.create()
    target.append(data)
    target.publish()
    target.close()
    return file


PLACES: dict[str, Callable[[Path], PlaceLike]] = {
    "path": lambda path: str(path),
    "bytes": lambda path: path.read_bytes(),
    "bytearray": lambda path: bytearray(path.read_bytes()),
    "memoryview": lambda path: memoryview(path.read_bytes()),
    "BytesIO": lambda path: io.BytesIO(path.read_bytes()),
    "file": lambda path: path.open("rb"),
    "bare object": lambda path: Bare(path.read_bytes()),
    "source": lambda path: LocalSource(path),
    "ram": lambda path: in_ram(path.read_bytes()),
    "sealed": lambda path: SealedPlace(place_of(flip(path.read_bytes(), 0))),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, made: Path) -> Iterator[PlaceLike]:
    """Where a copy of ``made`` lies."""
    given = PLACES[request.param](made)
    with given if isinstance(given, io.IOBase) else contextlib.nullcontext():
        yield given


def test_the_same_answers_from_everywhere(made: Path, place: PlaceLike) -> None:
    with memcodec.open(made) as known, memcodec.open(place) as memory:
        assert contents(memory) == contents(known) == FIRST | SECOND
        assert hits(memory) == hits(known) != []
        assert memory.log() == known.log()
        assert memory.get(3).text == known.get(3).text
        assert memory.info().size == known.info().size
        assert memory.verify(deep=True).ok
        assert {hit.file for hit in memory.search("heron")} == {memory.name}
        assert memory.to_bytes() == made.read_bytes()
    with memcodec.open(place, as_of=1) as old:
        assert contents(old) == FIRST
    with memcodec.open(place) as memory:
        assert sorted(each.uri for each in memory.diff(1).added) == sorted(SECOND)


def test_what_the_caller_opened_the_caller_closes(made: Path) -> None:
    with made.open("rb") as file:
        for _ in range(2):
            with memcodec.open(file) as memory:
                assert memory.search("heron")
        assert not file.closed


def test_a_source_given_is_the_callers_still(made: Path) -> None:
    source = LocalSource(made)
    for _ in range(2):
        with memcodec.open(source) as memory:
            assert contents(memory) == FIRST | SECOND
    assert source.get_bytes(0, 4)
    source.close()


# Made elsewhere than on disk

NEW: dict[str, Callable[[Path], PlaceLike]] = {
    "ram": lambda folder: RamFile(),
    "BytesIO": lambda folder: io.BytesIO(),
    "file": lambda folder: (folder / "opened").open("w+b"),
    "sealed": lambda folder: SealedPlace(place_of(folder / "sealed.mp4")),
}


@pytest.fixture(params=NEW)
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlaceLike]:
    """Where nothing is yet."""
    given = NEW[request.param](tmp_path)
    with given if isinstance(given, io.IOBase) else contextlib.nullcontext():
        yield given


@pytest.mark.slow
def test_a_life_elsewhere(new: PlaceLike, tmp_path: Path) -> None:
    with memcodec.create(new, model="none") as memory:
        for uri, text in FIRST.items():
            memory.add(text, uri=uri)
        first = memory.commit()
        assert first is not None and first.added == len(FIRST)
        assert memory.search("heron")
        memory.add("A second commit by the same hand.", uri="more.txt")
    with memcodec.open(new) as memory:
        assert [each.number for each in memory.log()] == [1, 2]
        for uri, text in SECOND.items():
            memory.add(text, uri=uri)
        memory.commit()
        memory.forget(Filter(path="more.txt"))
        assert contents(memory) == FIRST | SECOND
        memory.rollback(1)
        assert contents(memory) == FIRST
        memory.rollback(3)
        assert memory.tag(Filter(path="second/*"), tags={"seen": "yes"}) is not None
        assert memory.verify(deep=True).ok
        memory.restore(tmp_path / "restored")
        assert {uri: (tmp_path / "restored" / uri).read_text() for uri in FIRST} == FIRST
        memory.save(tmp_path / "saved.mp4")
        expected = hits(memory), memory.log(), contents(memory)
    with memcodec.open(tmp_path / "saved.mp4") as saved:
        assert (hits(saved), saved.log(), contents(saved)) == expected
        assert saved.verify(deep=True).ok


def test_a_memory_in_ram_needs_no_name(made: Path) -> None:
    codec = "flac" if made.suffix == ".flac" else "h264"
    with memcodec.create(codec=codec, model="none") as memory:
        assert memory.path is None and not memory.place.far and memory.name.startswith("<ram ")
        with pytest.raises(NotFound, match="nothing was committed yet"):
            memory.search("heron")
        memory.add("The heron nests in April.", uri="heron.md")
        memory.commit()
        data, place = memory.to_bytes(), memory.place
    for kept in (data, place):
        with memcodec.open(kept) as again:
            assert again.search("nesting", mode="lexical")[0].document.uri == "heron.md"


def test_save_takes_what_is_committed_and_overwrites_nothing(made: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(made, tmp_path))
    with memcodec.open(path) as memory:
        memory.add("Not committed.", uri="pending.txt")
        memory.save(tmp_path / "copy.bin")
        with pytest.raises(StorageError, match="exists already"):
            memory.save(tmp_path / "copy.bin")
        with pytest.raises(ConfigError, match="save never overwrites its input"):
            memory.save(path, force=True)
        with pytest.warns(ResourceWarning, match="never committed"):
            memory.close()
    assert (tmp_path / "copy.bin").read_bytes() == made.read_bytes() == path.read_bytes()


def test_save_leaves_a_torn_tail_behind(made: Path) -> None:
    with memcodec.open(made.read_bytes() + bytes(500)) as memory:
        assert memory.to_bytes() == made.read_bytes()


def test_an_old_state_saved_is_its_branch(made: Path, tmp_path: Path) -> None:
    with memcodec.open(made) as memory:
        memory.branch(1, tmp_path / "branch.bin")
    with memcodec.open(made.read_bytes()) as memory:
        ram = RamFile()
        memory.branch(1, ram)
    with memcodec.open(made, as_of=1) as old:
        assert old.to_bytes() == ram.to_bytes() == (tmp_path / "branch.bin").read_bytes()


@pytest.mark.parametrize("kind", ["ram", "BytesIO"])
def test_a_commit_that_fails_leaves_the_state_before(
    made: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    from memcodec.storage.fileobject import FileTarget

    place: Any = in_ram(made.read_bytes()) if kind == "ram" else io.BytesIO(made.read_bytes())
    kept, calls = MemoryTarget.append if kind == "ram" else FileTarget.append, 0

    def failing(target: Any, data: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            kept(target, bytes(data)[:7])
            raise StorageError("no room")
        return kept(target, data)

    with memcodec.open(place) as memory:
        memory.add("A third commit.", uri="third.txt")
        with monkeypatch.context() as patch:
            patch.setattr(MemoryTarget if kind == "ram" else FileTarget, "append", failing)
            with pytest.raises(StorageError, match="no room"):
                memory.commit()
        assert calls == 3
        assert memory.to_bytes() == made.read_bytes()
        memory.commit()
        assert contents(memory)["third.txt"] == "A third commit."


def test_one_writer_at_a_time_in_ram(made: Path) -> None:
    file = in_ram(made.read_bytes())
    with memcodec.open(file) as one, memcodec.open(file) as other:
        one.add("One.", uri="one.txt")
        with pytest.raises(StorageError, match="another writer is at it"):
            other.add("Other.", uri="other.txt")
        assert one.commit() is not None
        other.add("Other.", uri="other.txt")
        assert other.commit() is not None
    with memcodec.open(file) as memory:
        assert {"one.txt", "other.txt"} <= contents(memory).keys()


@pytest.mark.slow
def test_searches_go_on_while_it_grows(made: Path) -> None:
    file, failed, done = in_ram(made.read_bytes()), list[BaseException](), threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                with memcodec.open(file) as memory:
                    assert memory.search("heron", mode="lexical")
                    assert FIRST.items() <= contents(memory).items()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    with memcodec.open(file) as memory:
        for number in range(4):
            memory.add(f"A note about herons, number {number}.", uri=f"{number}.txt")
            memory.commit()
        memory.compact()
    done.set()
    for thread in threads:
        thread.join()
    assert failed == []


# Files made of files


@pytest.mark.slow
def test_compact_in_ram_or_to_another_place(made: Path) -> None:
    file = in_ram(made.read_bytes())
    with memcodec.open(file) as memory:
        memory.forget(Filter(path="second/*"))
        with memcodec.open(file) as other:
            other.add_items([])  # it has the lock from now on
            with pytest.raises(StorageError, match="another writer is at it"):
                memory.compact()
            other.close()
        report = memory.compact()
        assert (report.dropped, report.after) == (len(SECOND), len(file.to_bytes()))
        assert contents(memory) == FIRST
    out = io.BytesIO()
    with memcodec.open(made.read_bytes()) as memory:
        memory.compact(out)
    with memcodec.open(out) as memory:
        assert contents(memory) == FIRST | SECOND and len(memory.log()) == 1


def test_what_cannot_be_compacted_in_its_place_says_so(made: Path) -> None:
    data = made.read_bytes()
    file = io.BytesIO(data)
    for place, told in (
        (data, "can only be read"),
        (Bare(data), "can only be read"),
        (file, "is not replaced"),
    ):
        with memcodec.open(place) as memory, pytest.raises(StorageError, match=told) as caught:
            memory.compact()
        assert str(caught.value).startswith(memory.name) and "\n" not in str(caught.value)
    assert file.getvalue() == data
    with memcodec.open(file) as memory:
        memory.add("Nothing stays locked.")
    with pytest.raises(
        StorageError, match=r"^https://host/x\.mp4: is far away; compact a file of this machine"
    ):
        compact("https://host/x.mp4?key=1")


@pytest.mark.slow
def test_merge_convert_and_repair(made: Path) -> None:
    data, merged, converted, repaired = made.read_bytes(), RamFile(), io.BytesIO(), RamFile("repaired.flac")
    with memcodec.create(model="none") as other:
        other.add("An otter.", uri="otter.txt")
        other.commit()
        report = memcodec.merge([data, other.place, other.place], merged)
    assert (report.files, report.documents) == (3, len(FIRST | SECOND) + 1)
    memcodec.convert(merged, converted)
    converted.seek(len(converted.getvalue()) - 2000)
    converted.write(bytes(2000))
    memcodec.repair(converted, repaired)
    for place in (merged, repaired):
        with memcodec.open(place) as memory:
            assert contents(memory) == FIRST | SECOND | {"otter.txt": "An otter."}
            assert memory.info().codec == ("flac" if place is repaired or made.suffix == ".flac" else "av1")
    for write in (memcodec.convert, memcodec.repair, lambda file, out, force: memcodec.merge([file], out)):
        with pytest.raises(ConfigError, match="never overwrites its input"):
            write(merged, merged, force=True)


@pytest.mark.slow
def test_from_and_to_a_bucket(made: Path, ministack: S3) -> None:
    there = ministack.url(f"saved{made.suffix}")
    with memcodec.open(made.read_bytes()) as memory:
        memory.save(there)
        with pytest.raises(StorageError, match="exists already"):
            memory.save(there)
    assert ministack.get(f"saved{made.suffix}") == made.read_bytes()
    old, converted, merged = RamFile(), ministack.url("converted.flac"), ministack.url("merged.mp4")
    with memcodec.open(there) as memory:
        assert memory.place.far and memory.path is None and contents(memory) == FIRST | SECOND
        memory.branch(1, old)
    memcodec.convert(there, converted)
    memcodec.merge([old, converted], merged)
    for place, expected in ((old, FIRST), (converted, FIRST | SECOND), (merged, FIRST | SECOND)):
        with memcodec.open(place) as memory:
            assert contents(memory) == expected
    for given in ((there, None), (made, there)):
        with pytest.raises(StorageError, match="is far away; compact a file of this machine"):
            compact(*given)


def test_what_only_reads_is_not_changed(made: Path) -> None:
    for place in (made.read_bytes(), Bare(made.read_bytes())):
        with memcodec.open(place) as memory:
            for change in (
                lambda memory: memory.add("x"),
                lambda memory: memory.forget(Filter(path="*")),
                lambda memory: memory.rollback(1),
            ):
                with pytest.raises(StorageError, match="can only be read; save the memory elsewhere"):
                    change(memory)
            with pytest.raises(
                StorageError, match="is not a file on this machine's disk; save it to one first"
            ):
                memory.index_background()


# Several


@pytest.mark.slow
def test_a_collection_of_all_kinds(made: Path, tmp_path: Path) -> None:
    ram, file = RamFile(), io.BytesIO()
    for place, uri in ((ram, "otter.txt"), (file, "lynx.txt")):
        with memcodec.create(place, model="none") as memory:
            memory.add(f"A note about the {uri[:-4]}.", uri=uri)
    with Collection([made, ram, file, made.read_bytes(), Bare(ram.to_bytes())]) as collection:
        assert collection.names[0] == str(made) and len(collection.names) == 5
        assert {hit.file for hit in collection.search("note otter", mode="lexical")} >= {
            collection.names[1],
            collection.names[4],
        }
        assert {hit.file for hit in collection.search("heron", mode="lexical")} == {
            collection.names[0],
            collection.names[3],
        }
        for place, number in ((ram, 1), (file, 2)):
            with memcodec.open(place) as memory:  # somebody else
                memory.add("A badger came by.", uri="badger.txt")
            found = collection.search("badger", mode="lexical", file=collection.names[number])
            assert [hit.document.uri for hit in found] == ["badger.txt"]
            collection.add_items(
                [text_item("A marten, too.", uri="marten.txt")], file=collection.names[number]
            )
            assert collection.search("marten", mode="lexical", file=collection.names[number])
        with pytest.raises(StorageError, match="can only be read"):
            collection.add_items([text_item("x")], file=collection.names[3])
        with pytest.raises(NotFound):
            collection.search("heron", file="another")


def test_one_of_any_kind_is_a_collection(made: Path) -> None:
    data = made.read_bytes()
    for place in (made, str(made), data, bytearray(data), io.BytesIO(data), Bare(data), in_ram(data)):
        with Collection(place) as collection:
            assert len(collection.names) == 1 and collection.search("heron", mode="lexical")


def test_two_files_of_one_name_are_told_apart(made: Path) -> None:
    one, other = io.BytesIO(made.read_bytes()), io.BytesIO(made.read_bytes())
    one.name = other.name = "notes.mp4"  # type: ignore[attr-defined]
    with pytest.raises(
        ConfigError, match=r"^notes\.mp4: two files have this name; give each one of its own$"
    ):
        Collection([one, other])
    with Collection([one, one]) as collection:
        assert collection.names == ["notes.mp4"]


def test_a_memory_looks_again_when_asked(made: Path) -> None:
    for place in (in_ram(made.read_bytes()), io.BytesIO(made.read_bytes())):
        with memcodec.open(place) as memory:
            assert not memory.refresh()
            with memcodec.open(place) as other:
                other.add("A badger.", uri="badger.txt")
            assert "badger.txt" not in contents(memory)
            assert memory.refresh()
            assert "badger.txt" in contents(memory)


# What lies


def _read_all(place: PlaceLike) -> dict[str, str]:
    with memcodec.open(place) as memory:
        found = contents(memory)
        assert memory.search("heron", mode="lexical")
        return found


def test_a_source_that_is_cut_short_is_an_error(made: Path) -> None:
    data = made.read_bytes()
    for size in (0, 1, 100, *range(5000, len(data), len(data) // 9), len(data) - 1):
        with pytest.raises((StorageError, Damaged)):
            _read_all(Bare(data[:size], len(data)))


def test_a_source_that_claims_more_than_it_has_is_an_error(made: Path) -> None:
    data = made.read_bytes()
    for more in (1, 100, 5000, 1 << 20, 1 << 50):
        with pytest.raises((StorageError, Damaged)):
            _read_all(Bare(data, len(data) + more))


def test_a_source_that_claims_less_gives_an_old_state_or_none(made: Path) -> None:
    data, seen = made.read_bytes(), list[dict[str, str]]()
    for less in (1, 100, 5000, len(data) // 4, len(data) // 2, len(data) - 100, len(data)):
        try:
            seen.append(_read_all(Bare(data, len(data) - less)))
        except MemcodecError as error:
            assert "\n" not in str(error)
    assert FIRST in seen  # as of a file whose end is gone
    assert all(each == FIRST for each in seen)


def test_a_source_that_is_cut_while_it_is_read(made: Path) -> None:
    data = made.read_bytes()
    bare = Bare(data)
    with memcodec.open(bare) as memory:
        bare._data = data[:1000]
        with pytest.raises(StorageError, match="it was cut, or its size is wrong; open it again"):
            contents(memory)


def test_wrong_bytes_are_never_wrong_text(made: Path) -> None:
    class Wrong(Bare):
        """Flips a bit of the ``number``-th read."""

        number = count = 0

        def get_bytes(self, offset: int, length: int) -> bytes:
            self.count += 1
            found = bytearray(super().get_bytes(offset, length))
            if self.count == self.number:
                found[len(found) // 2] ^= 0x10
            return bytes(found)

    whole = Wrong(made.read_bytes())
    _read_all(whole)
    for number in range(1, whole.count + 1):
        wrong = Wrong(made.read_bytes())
        wrong.number = number
        try:
            found = _read_all(wrong)
        except MemcodecError:
            continue
        assert found == FIRST | SECOND or found == FIRST  # a record that does not read: the state before it
