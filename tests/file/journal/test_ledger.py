"""Events of many scopes: written by many, numbered on, read back before and after they are folded."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import Closed, ConfigError, StorageError
from memcodec.file.journal.ledger import FileLedger
from memcodec.file.journal.limits import Limits
from memcodec.format.journal import Event
from memcodec.storage import Source
from memcodec.storage.open import place_of
from memcodec.storage.turns import LocalTurns

NONE = Settings.of(model="none")


def _ledger(file: Path, **options: object) -> FileLedger:
    return FileLedger(place_of(file), NONE, **options)  # type: ignore[arg-type]


def test_events_are_numbered_on_over_folds(file: Path) -> None:
    with memcodec.open(file, settings=NONE) as memory:
        ledger = memory.ledger()
        assert ledger.append([("a", b"{}"), ("b", b'"two"')]) == 0
        assert ledger.append([("a", b"[3]")]) == 2
        before = list(ledger.events("a"))
        assert memory.fold().added == 2
        assert list(ledger.events("a")) == before == [Event("a", 0, b"{}"), Event("a", 2, b"[3]")]
        assert ledger.append([("a", b"4")]) == 3
        assert [each.number for each in ledger.events("a", after=0)] == [2, 3]
        assert list(ledger.scopes()) == ["a", "b"]
        assert list(ledger.events("none")) == []
        ledger.close()
        assert [document.uri for document in memory][2:] == [
            "run/a/000000000000.jsonl",
            "run/b/000000000001.jsonl",
            "run/a/000000000003.jsonl",
        ]
    with memcodec.open(file) as memory:
        memory.compact()
        ledger = memory.ledger()
        assert ledger.append([("a", b"5")]) == 4
        assert [each.number for each in ledger.events("a")] == [0, 2, 3, 4]
        ledger.close()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    bodies=st.lists(
        st.binary(max_size=300) | st.text().map(lambda text: json.dumps(text).encode()), max_size=8
    )
)
def test_any_body_comes_back_from_a_fold(file: Path, bodies: list[bytes]) -> None:
    with _ledger(file) as ledger:
        known = list(ledger.events("any"))
        first = ledger.append([("any", body) for body in bodies])
        ledger.fold()
        made = [Event("any", first + n, body) for n, body in enumerate(bodies)]
        assert list(ledger.events("any")) == [*known, *made]
    with _ledger(file) as other:
        assert list(other.events("any")) == [*known, *made]


def test_one_document_has_at_most_a_megabyte(file: Path) -> None:
    body = json.dumps("x" * 300_000).encode()
    with _ledger(file, limits=Limits(size=1 << 30)) as ledger:
        for _ in range(7):
            ledger.append([("large", body)])
        ledger.fold()
        assert [each.number for each in ledger.events("large")] == list(range(7))
        assert [each.number for each in ledger.events("large", after=3)] == [4, 5, 6]
    with memcodec.open(file) as memory:
        sizes = [document.size for document in memory if document.uri.startswith("run/large/")]
    assert len(sizes) == 3
    assert max(sizes) <= 1_000_000


def test_a_guard_that_raises_leaves_everything(file: Path) -> None:
    with _ledger(file) as ledger, _ledger(file) as other:
        other.append([("state", b"1")])

        def swap(wanted: int) -> Callable[[], None]:
            def guard() -> None:
                found = [int(each.body) for each in ledger.events("state")]
                if found[-1] != wanted:
                    raise ValueError(found[-1])

            return guard

        ledger.append([("state", b"2")], guard=swap(1))
        size = file.stat().st_size
        with pytest.raises(ValueError, match="2"):
            ledger.append([("state", b"3")], guard=swap(1))
        assert file.stat().st_size == size
        assert [each.body for each in other.events("state")] == [b"1", b"2"]


def test_threads_and_ledgers_share_one_count(file: Path) -> None:
    """A counter that four threads of two ledgers swap strictly rises, and nothing is lost."""
    ledgers = [_ledger(file), _ledger(file)]

    def work(ledger: FileLedger) -> None:
        for _ in range(25):
            while True:
                last = max((int(each.body) for each in ledger.events("n")), default=0)

                def guard(last: int = last) -> None:
                    if max((int(each.body) for each in ledger.events("n")), default=0) != last:
                        raise LookupError

                try:
                    ledger.append([("n", b"%d" % (last + 1))], guard=guard)
                except LookupError:
                    continue
                break

    threads = [threading.Thread(target=work, args=(ledgers[n % 2],)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [int(each.body) for each in ledgers[0].events("n")] == list(range(1, 101))
    for each in ledgers:
        each.close()


def test_it_is_folded_when_it_is_large_or_long(file: Path) -> None:
    with _ledger(file, limits=Limits(count=10)) as ledger:
        for n in range(25):
            ledger.append([("a", b"%d" % n)])
        assert [int(each.body) for each in ledger.events("a")] == list(range(25))
    with memcodec.open(file) as memory:
        assert [each.kind for each in memory.log()] == ["add", "add", "add"]
    with _ledger(file, limits=Limits(size=2000)) as ledger:
        ledger.append([("b", os.urandom(3000))])
    with memcodec.open(file) as memory:
        assert len(memory.log()) == 4
        assert not memory.fold()


def test_it_is_folded_when_it_is_idle(file: Path) -> None:
    with _ledger(file, limits=Limits(idle=0.2)) as ledger:
        ledger.append([("a", b"1")])
        for _ in range(100):
            with memcodec.open(file) as memory:
                if len(memory.log()) == 2:
                    break
            threading.Event().wait(0.05)
        assert [each.body for each in ledger.events("a")] == [b"1"]
        assert not ledger.fold()


@pytest.mark.parametrize("durability", ["strict", "batched", "none"])
def test_durability(file: Path, durability: str, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = list[float]()
    monkeypatch.setattr("memcodec.storage.local.sync_data", lambda fd: synced.append(fd))
    ledger = _ledger(file, durability=durability)
    ledger.append([("a", b"1")])
    if durability == "strict":
        assert synced
    if durability == "batched":
        threading.Event().wait(0.3)
        assert synced
    ledger.close()
    assert bool(synced) == (durability != "none")


def test_a_sync_that_fails_is_told_and_nothing_more_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(fd: int) -> None:
        raise OSError(5, "Input/output error")

    ledger = _ledger(file, durability="strict")
    ledger.append([("a", b"1")])
    monkeypatch.setattr("memcodec.storage.local.sync_data", failing)
    with pytest.raises(StorageError, match="did not confirm"):
        ledger.append([("a", b"2")])
    monkeypatch.undo()
    with pytest.raises(StorageError, match="did not confirm"):
        ledger.append([("a", b"3")])
    with _ledger(file) as other:
        assert [each.body for each in other.events("a")] == [b"1", b"2"]
        other.append([("a", b"4")])


def test_what_is_read_only_or_in_memory_can_be_read(file: Path) -> None:
    with _ledger(file) as ledger:
        ledger.append([("a", b"1")])
        ledger.fold()
        ledger.append([("a", b"2")])
    with memcodec.open(file.read_bytes()) as memory:
        held = memory.ledger()
        assert [each.body for each in held.events("a")] == [b"1", b"2"]
        with pytest.raises(StorageError):
            held.append([("a", b"3")])
        held.close()


def test_what_cannot_be_stored_is_refused(file: Path) -> None:
    with _ledger(file) as ledger:
        for scope in ("", "a b", "ü", "x" * 65, "../a"):
            with pytest.raises(ConfigError, match="scope"):
                ledger.append([(scope, b"")])
        with pytest.raises(ConfigError, match="1,048,576"):
            ledger.append([("a", bytes((1 << 20) + 1))])
        assert ledger.append([]) == 0
    with pytest.raises(Closed):
        ledger.append([("a", b"")])
    with pytest.raises(ConfigError, match="durability"):
        _ledger(file, durability="soon")


def test_a_new_file_begins_with_an_empty_commit(file: Path) -> None:
    new = file.with_name("new" + file.suffix)
    with memcodec.create(new, model="none") as memory, closing(memory.ledger()) as ledger:
        ledger.append([("a", b"1")])
    with memcodec.open(new) as memory:
        assert memory.log()[0].added == 0
        assert memory.fold()
        assert len(memory) == 1
        assert not memory.verify(deep=True).damage


def test_a_file_in_ram_has_one_too() -> None:
    with memcodec.create(model="none") as memory:
        memory.add("text")
        memory.commit()
        ledger = memory.ledger()
        ledger.append([("a", b"1")])
        assert [each.body for each in ledger.events("a")] == [b"1"]
        ledger.close()


@pytest.mark.parametrize("how", ["replaced", "moved away"])
def test_a_ledger_follows_the_name(file: Path, how: str) -> None:
    """Another file under it, put there at once or when the first was moved, is written to from then on."""
    other, away = file.with_name(f"other{file.suffix}"), file.with_name(f"away{file.suffix}")
    shutil.copy(file, other)
    with FileLedger(place_of(file), NONE) as ledger:
        ledger.append([("run", b"first")])
        size = file.stat().st_size
        os.link(file, away)
        if how == "replaced":
            other.replace(file)
        else:
            away.unlink()
            file.rename(away)
            time.sleep(0.02)  # as long as a name is trusted
            other.rename(file)
        ledger.append([("run", b"second")])
        assert [each.body for each in ledger.events("run")] == [b"second"]
    assert away.stat().st_size == size


def test_a_torn_tail_may_be_cut_off_while_others_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens the file, or looks for what is new, holds one that another process shortens."""
    stale, source = list[Source](), LocalTurns.source
    monkeypatch.setattr(LocalTurns, "source", lambda turns: stale.pop() if stale else source(turns))

    def tear() -> None:
        size = file.stat().st_size
        with file.open("ab") as torn:
            torn.write(bytes(5000))
        stale.append(place_of(file).open())
        os.truncate(file, size)

    tear()
    with closing(_ledger(file)) as ledger, closing(_ledger(file)) as other:
        assert ledger.append([("a", b"1")]) == 0
        assert not stale
        other.append([("a", b"2")])
        tear()
        assert [each.body for each in ledger.events("a")] == [b"1", b"2"]
        assert not stale


def test_a_ledger_opens_its_file_again_when_a_torn_tail_is_cut_off(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads waits for no lock: the file may shrink while the last record is looked for."""
    with closing(_ledger(file)) as ledger:
        ledger.append([("a", b"1")])
    with memcodec.open(file, settings=NONE) as memory:
        memory.fold()  # what is in media is read by a reader
    place = place_of(file)
    size, stale, source = file.stat().st_size, list[Source](), type(place).open
    with file.open("ab") as torn:
        torn.write(bytes(5000))
    stale.append(place.open())
    os.truncate(file, size)
    monkeypatch.setattr(type(place), "open", lambda each: stale.pop() if stale else source(each))
    with closing(_ledger(file)) as ledger:
        assert [each.body for each in ledger.events("a")] == [b"1"]
    assert not stale
