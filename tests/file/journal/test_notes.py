"""Small texts in the journal: everybody who reads a file sees them, and folding changes nothing but the bytes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import NotFound
from memcodec.format.journal import Group

NONE = Settings.of(model="none")
COMMITTED = ("heron.txt", "letter.txt")


def _state(memory: memcodec.Memory) -> dict[str, Any]:
    """What readers see of a file, but for where it lies."""
    documents = list(memory)
    return {
        "documents": sorted(
            (each.id, each.uri, each.title, each.time, each.sha256, dict(each.tags)) for each in documents
        ),
        "texts": {each.uri: memory.read(each) for each in documents},
        "found": {
            word: {(hit.document.uri, hit.text) for hit in memory.search(word, mode="lexical", k=50)}
            for word in ("heron", "kingfisher", "letter", '"shallow water"', "nowhere")
        },
    }


def _add(memory: memcodec.Memory, text: str, uri: str, **options: Any) -> memcodec.CommitReport:
    memory.add(text, uri=uri, **options)
    return memory.commit()


def test_a_note_is_small_and_seen_by_everybody(file: Path, tmp_path: Path) -> None:
    with memcodec.open(file, settings=NONE) as memory:
        size = file.stat().st_size
        name = memory.add("A kingfisher at the weir.", uri="k.txt", title="Weir", tags={"kind": "bird"})
        report = memory.commit()
        assert report.added == 1
        assert report.commit is not None
        assert report.commit.number == 2
        assert report.written == file.stat().st_size - size <= 1000
        assert name in memory
        assert len(memory) == 3
        (hit,) = memory.search("kingfisher", mode="lexical")
        assert (hit.document.id, hit.text) == (name, "A kingfisher at the weir.")
        assert memory.document("k.txt").tags == {"kind": "bird"}
        assert [each.number for each in memory.log()] == [1, 2]
        assert memory.info().documents == 3
        assert memory.info().parts["journal"] == report.written
        assert memory.verify(deep=True).ok
        memory.restore(tmp_path / "out")
        assert (tmp_path / "out" / "k.txt").read_text() == "A kingfisher at the weir."
        assert memory.add("A kingfisher at the weir.", uri="k.txt", title="Weir") == name
        assert not memory.commit()
    assert file.stat().st_size == size + report.written


def test_new_versions_take_the_place_of_old_ones(file: Path) -> None:
    with memcodec.open(file, settings=NONE) as memory:
        assert _add(memory, "A new letter.", "letter.txt").changed == 1
        assert memory.read("letter.txt") == "A new letter."
        assert _add(memory, "The newest letter.", "letter.txt").changed == 1
        assert len(memory) == 2
        before = _state(memory)
        assert memory.fold()
        assert _state(memory) == before
        assert [(each.number, each.changed) for each in memory.log()] == [(1, 0), (3, 1)]
    with memcodec.open(file, as_of=1) as memory:
        assert memory.read("letter.txt").startswith("An old")


def test_old_states_within_a_journal_can_be_read_and_brought_back(file: Path) -> None:
    with memcodec.open(file, settings=NONE) as memory:
        for number in range(2, 6):
            _add(memory, f"note {number}", f"{number}.txt")
        times = [each.time for each in memory.log()]
        for number in range(1, 6):
            wanted = [*COMMITTED, *(f"{n}.txt" for n in range(2, number + 1))]
            for as_of in (number, times[number - 1]):
                with memcodec.open(file, as_of=as_of) as old:
                    assert [each.uri for each in old] == wanted
                    assert len(old.log()) == number
        with pytest.raises(NotFound, match="no commit 9"):
            memcodec.open(file, as_of=9)
        assert memory.diff(2, 4).added == [memory.document("3.txt"), memory.document("4.txt")]
        assert memory.rollback(3)
        assert [each.uri for each in memory] == [*COMMITTED, "2.txt", "3.txt"]


CHANGES = ["forget", "tag", "add a large text", "merge", "convert", "compact", "compact to", "save"]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_else_is_done_has_the_notes(file: Path, tmp_path: Path, change: str) -> None:
    out = tmp_path / f"out{file.suffix}"
    with memcodec.open(file, settings=NONE) as memory:
        _add(memory, "A kingfisher at the weir.", "k.txt")
        _add(memory, "A letter about a kingfisher.", "letter.txt")
        ledger = memory.ledger()
        ledger.append([("run", b'{"heron":1}')])
        before = _state(memory)
        memory.refresh()
        before = _state(memory)
        size = file.stat().st_size
        if change == "forget":
            memory.forget(memcodec.Filter(path="heron.txt"))
            assert [each.uri for each in memory][:2] == ["k.txt", "letter.txt"]
        elif change == "tag":
            memory.tag(memcodec.Filter(path="k.txt"), tags={"a": "b"})
            assert memory.document("k.txt").tags == {"a": "b"}
        elif change == "add a large text":
            _add(memory, "large " * 20_000, "large.txt")
            assert len(memory) == 5
            assert [each.number for each in memory.log()] == [1, 3, 4]
        elif change == "compact":
            memory.compact()
            assert _state(memory) == before
        elif change == "compact to":
            memory.compact(out)
        elif change == "merge":
            memcodec.merge([file], out)
        elif change == "convert":
            memcodec.convert(file, out, settings=NONE)
        else:
            memory.save(out)
        assert memory.verify(deep=True).ok
        assert [each.body for each in ledger.events("run")] == [b'{"heron":1}']
        ledger.append([("run", b"2")])
        assert [each.number for each in ledger.events("run")] == [0, 1]
        ledger.close()
    if out.exists():
        with memcodec.open(out) as made:
            assert _state(made) == before
            assert made.verify(deep=True).ok
            ledger = made.ledger()
            assert ledger.append([("run", b"2")]) == 1
            ledger.close()
        assert file.stat().st_size > size


def test_no_journal(file: Path) -> None:
    with memcodec.open(file, settings=NONE.with_options(journal=False)) as memory:
        report = _add(memory, "A kingfisher.", "k.txt")
        assert report.written > 2000
        assert memory.info().parts["journal"] == 0
        assert not memory.fold()


def test_it_is_folded_when_it_is_large(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from memcodec.file.journal.limits import Limits

    monkeypatch.setattr("memcodec.file.writer.LIMITS", Limits(count=3))
    with memcodec.open(file, settings=NONE) as memory:
        for number in range(7):
            _add(memory, f"note {number}", f"{number}.txt")
        assert len(memory) == 9
        assert [each.number for each in memory.log()] == [1, 4, 7, 8]
        assert memory.verify(deep=True).ok


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["heron", "kingfisher", "a letter", "löß"]),
        st.sampled_from(["add", "fold", "event"]),
    ),
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(operations=OPERATIONS)
def test_folding_changes_nothing_that_is_seen(file: Path, operations: list[tuple[str, str, str]]) -> None:
    """Whatever was added, in whatever order: a file and its folded copy say the same."""
    path = file.with_name(f"again{file.suffix}")
    shutil.copy(file, path)
    known = {"heron.txt", "letter.txt"}
    with memcodec.open(path, settings=NONE) as memory:
        ledger = memory.ledger()
        for uri, text, operation in operations:
            if operation == "add":
                _add(memory, text, uri)
                known.add(uri)
            elif operation == "fold":
                memory.fold()
            else:
                ledger.append([(uri, text.encode())])
        memory.refresh()
        events = [list(ledger.events(each)) for each in ledger.scopes()]
        before = _state(memory)
        assert {each for each in before["texts"] if "/" not in each} == known
        memory.fold()
        assert _state(memory) == before
        assert [list(ledger.events(each)) for each in ledger.scopes()] == events
        assert memory.verify(deep=True).ok
        ledger.close()


def test_a_journal_that_grows_is_parsed_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed, parse = list[Group](), Group._parsed

    def counted(self: Group) -> Any:
        parsed.append(self)
        return parse(self)

    monkeypatch.setattr(Group, "_parsed", counted)
    for number in range(12):
        with memcodec.open(file, settings=NONE) as memory:
            _add(memory, f"note {number}", f"{number}.txt")
            assert len(memory) == 3 + number
    assert len(parsed) == 12


def test_what_is_known_of_a_journal_is_of_its_bytes(file: Path) -> None:
    """A copy that went on otherwise, and a file that was cut, are read as they are."""
    other = file.with_name(f"other{file.suffix}")
    with memcodec.open(file, settings=NONE) as memory:
        _add(memory, "the same", "same.txt")
        size = file.stat().st_size
        shutil.copy(file, other)
        _add(memory, "here alone", "here.txt")
    with memcodec.open(other, settings=NONE) as memory:
        _add(memory, "there alone", "there.txt")
    for path, uri in ((file, "here.txt"), (other, "there.txt"), (file, "here.txt")):
        with memcodec.open(path) as memory:
            assert [each.uri for each in memory] == [*COMMITTED, "same.txt", uri]
    data = file.read_bytes()
    for length in (len(data) - 1, size, size - 1):
        file.write_bytes(data[:length])
        with memcodec.open(file) as memory:
            assert [each.uri for each in memory] == [*COMMITTED, "same.txt"][: 3 if length >= size else 2]
