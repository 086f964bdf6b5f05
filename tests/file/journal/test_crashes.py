"""A journal and its fold that stop anywhere: the file opens, has all up to some group, and goes on."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import Damaged, MemcodecError, StorageError
from memcodec.file.journal.ledger import FileLedger
from memcodec.file.reader import Reader, read_file
from memcodec.format.journal import END_MAGICS, Event
from memcodec.storage import MemorySource
from memcodec.storage.open import place_of
from memcodec.upkeep.verify import verify
from tests.reliability.power import Disk, Recorder
from tests.reliability.support import complaints, ok_but_torn

NONE = Settings.of(model="none")
MOMENTS = int(os.environ.get("MEMCODEC_MOMENTS", "8"))  #: at which a file is cut, and players look at it
STATES = int(os.environ.get("MEMCODEC_POWER_STATES", "120"))  #: of each medium
HEAD = 42  # bytes of a FLAC file that state its length


def _ledger(file: Path, **options: str) -> FileLedger:
    return FileLedger(place_of(file), NONE, **options)


def _fill(file: Path) -> list[int]:
    """Events and notes; where the file ended after each."""
    ends = [file.stat().st_size]
    with _ledger(file, durability="none") as ledger:
        for number in range(4):
            ledger.append([("run", b"%d" % number), ("other", os.urandom(200 * number))])
            ends.append(file.stat().st_size)
            with memcodec.open(file, settings=NONE) as memory:
                memory.add(f"kingfisher {number}", uri=f"{number}.txt")
                memory.commit()
            ends.append(file.stat().st_size)
    return ends


def _seen(reader: Reader) -> list[str]:
    """Notes and events of a file."""
    found = [each.document for each in reader.documents()]
    return sorted(f"{each.uri} {each.sha256[:8]}" for each in found)


def test_cut_at_every_byte_of_a_journal(file: Path) -> None:
    begun = file.stat().st_size
    ends = _fill(file)
    data = file.read_bytes()
    states = list[list[str]]()
    for end in ends:
        with contextlib.closing(Reader(MemorySource(data[:end]))) as reader:
            states.append(_seen(reader))
            assert reader.media.torn == 0
    assert len(set(map(tuple, states))) == len(ends)
    for length in range(begun, len(data) + 1):
        with contextlib.closing(Reader(MemorySource(data[:length]))) as reader:
            whole = max(end for end in ends if end <= length)
            assert reader.media.torn == length - whole
            assert not reader.media.broken
            journal = reader.media.journal
            assert journal is not None
            assert len(journal.groups) == ends.index(whole)
            if length % 16 == 0 or length in ends:
                assert _seen(reader) == states[ends.index(whole)]
                assert ok_but_torn(verify(reader))


def test_the_next_writer_goes_on_behind_a_torn_group(file: Path, tmp_path: Path) -> None:
    ends = _fill(file)
    data = file.read_bytes()
    for length in random.Random(3).sample(range(ends[0], len(data)), MOMENTS):
        path = tmp_path / f"cut{file.suffix}"
        path.write_bytes(data[:length])
        torn = length - max(end for end in ends if end <= length)
        # `flac -t` looks a frame ahead, and complains of one that is cut; ffprobe of a type that is.
        if file.suffix == ".mp4" and torn not in range(8, 24):
            assert complaints(path) == ""
        with _ledger(path) as ledger:
            before = [each.body for each in ledger.events("run")]
            assert ledger.append([("run", b"next")]) == len(before) + len(list(ledger.events("other")))
        assert complaints(path) == ""
        with memcodec.open(path, settings=NONE) as memory:
            assert memory.verify(deep=True).ok
            assert memory.fold()
            ledger = memory.ledger()
            assert [each.body for each in ledger.events("run")] == [*before, b"next"]
            ledger.close()


def test_cut_at_any_byte_of_a_fold(file: Path) -> None:
    """Until its commit record is whole the journal stands."""
    _fill(file)
    journal = file.read_bytes()
    with contextlib.closing(read_file(file)) as reader:
        seen = _seen(reader)
    with memcodec.open(file, settings=NONE) as memory:
        memory.fold()
    data = file.read_bytes()
    with contextlib.closing(read_file(file)) as reader:
        assert _seen(reader) == seen
    lengths = {*range(len(journal), len(data), 37), *range(len(data) - 300, len(data) + 1)}
    for length in sorted(lengths):
        cut = bytearray(data[:length])
        cut[:HEAD] = journal[:HEAD]  # FLAC's stated length is written last of all
        with contextlib.closing(Reader(MemorySource(cut))) as reader:
            assert reader.media.torn == (0 if length == len(data) else length - len(journal))
            assert reader.record.commit == (5 if length == len(data) else 1)
            if length % 5 == 0:
                assert _seen(reader) == seen


class _Failing:
    """The system, of which one call fails."""

    def __init__(self, patch: pytest.MonkeyPatch, name: str, number: int) -> None:
        real, self.calls = getattr(os, name), 0

        def call(*args: object) -> object:
            self.calls += 1
            if self.calls == number + 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args)

        patch.setattr(os, name, call)


@contextlib.contextmanager
def _failing(name: str, number: int) -> Iterator[_Failing]:
    with pytest.MonkeyPatch.context() as patch:
        yield _Failing(patch, name, number)


def _append(file: Path) -> None:
    with _ledger(file, durability="strict") as ledger:
        ledger.append([("run", b"new")])


def _note(file: Path) -> None:
    with memcodec.open(file, settings=NONE.with_options(durability="strict")) as memory:
        memory.add("a new note", uri="new.txt")
        memory.commit()


def _fold(file: Path) -> None:
    with memcodec.open(file, settings=NONE) as memory:
        memory.fold()


@pytest.mark.parametrize("work", [_append, _note, _fold])
@pytest.mark.parametrize("call", ["pwrite", "fsync", "fdatasync"])
def test_each_call_that_fails(file: Path, tmp_path: Path, work: Callable[[Path], None], call: str) -> None:
    """It is told, nothing that was there is lost, and what comes next goes on."""
    _fill(file)
    with contextlib.closing(read_file(file)) as reader:
        seen = _seen(reader)
    for number in range(40):
        path = tmp_path / f"failing{file.suffix}"
        shutil.copy(file, path)
        with _failing(call, number) as failing:
            if failing.calls <= number:
                with contextlib.suppress(StorageError):
                    work(path)
                if failing.calls <= number:
                    break
        with contextlib.closing(read_file(path)) as reader:
            now = _seen(reader)
            missing = {each for each in seen if each not in now and not each.startswith("run/run/")}
            assert not missing
            assert not reader.media.broken
            assert ok_but_torn(verify(reader))
        with _ledger(path) as ledger:
            ledger.append([("run", b"after")])
            bodies = [each.body for each in ledger.events("run")]
            assert bodies[:4] == [b"0", b"1", b"2", b"3"]
            assert bodies[-1] == b"after"
    else:
        raise AssertionError("it never ends")


def test_power_that_fails(file: Path, tmp_path: Path) -> None:
    """Writes since the last sync are dropped, torn or reordered: all that was synced is there, up to some group."""
    place = tmp_path / "disk"
    place.mkdir()
    path = place / file.name
    shutil.copy(file, path)
    recorder = Recorder(place)
    synced: list[
        tuple[int, int]
    ] = []  # events recorded when so many events of the ledger were on stable storage
    with pytest.MonkeyPatch.context() as patch:
        recorder.patch(patch)
        with _ledger(path, durability="none") as ledger:
            for number in range(24):
                ledger.append([("run", b"%d" % number)])
                if number % 5 == 4:
                    ledger.sync()
                    synced.append((len(recorder.events), number + 1))
                if number == 12:
                    ledger.fold()
                    synced.append((len(recorder.events), number + 1))
    recorder.check()
    rng, disk, done = random.Random(len(file.suffix)), Disk(recorder), 0
    each = -(-STATES // len(recorder.events))
    for count, event in enumerate(recorder.events, 1):
        disk.do(event)
        promised = max((number for at, number in synced if at <= count), default=0)
        for _ in range(each):
            content = disk.crash(rng)[path.name]
            _check_state(content, promised)
            done += 1
    assert done >= STATES


def _check_state(content: bytes, promised: int) -> None:
    with contextlib.closing(Reader(MemorySource(content))) as reader:
        found = [each.document for each in reader.documents()]
        assert {"heron.txt", "letter.txt"} <= {each.uri for each in found}
        broken = reader.media.broken
    held = FileLedger(place_of(content), NONE)
    events = list(held.events("run"))
    held.close()
    assert events == [Event("run", n, b"%d" % n) for n in range(len(events))]
    assert len(events) >= promised or broken


def test_a_damaged_group_is_no_torn_one(file: Path) -> None:
    """What stands before it is read; nothing is written behind what was on stable storage."""
    ends = [file.stat().st_size]
    with _ledger(file, durability="strict") as ledger:
        for number in range(5):
            ledger.append([("run", b"%d" % number)])
            ends.append(file.stat().st_size)
    data = bytearray(file.read_bytes())
    data[(ends[2] + ends[3]) // 2] ^= 1
    file.write_bytes(data)
    with _ledger(file) as ledger:
        assert [each.body for each in ledger.events("run")] == [b"0", b"1"]
        with pytest.raises(Damaged, match="damaged"):
            ledger.append([("run", b"x")])
    with memcodec.open(file, settings=NONE) as memory:
        assert not memory.verify().ok
        assert memory.warnings()
        with pytest.raises(Damaged):
            memory.fold()
    assert file.read_bytes() == data


def test_right_checksums_over_wrong_contents(file: Path) -> None:
    """What stands before such a group is read and searched; it is told, and nothing is written."""
    from memcodec.file.journal.appender import Appender

    with memcodec.open(file, settings=NONE) as memory:
        memory.add("a kingfisher", uri="k.txt")
        memory.commit()
    appender = Appender(place_of(file), 1.0)
    with appender.turn() as target:
        appender.write(target, [b"nonsense"], 0)
    appender.close()
    with memcodec.open(file, settings=NONE) as memory:
        assert [hit.document.uri for hit in memory.search("kingfisher", mode="lexical")] == ["k.txt"]
        report = memory.verify(deep=True)
        assert [each.part for each in report.damage] == ["journal"]
        with pytest.raises(Damaged, match="journal"):
            memory.fold()
        with pytest.raises(MemcodecError):
            memory.forget(memcodec.Filter(path="heron.txt"))
    with _ledger(file) as ledger, pytest.raises(Damaged):
        list(ledger.events("run"))


def test_a_time_that_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group of the year 10000 or later is damage, as wrong contents are."""
    from memcodec.file.journal import appender as module

    monkeypatch.setattr(module.time, "time_ns", lambda: 254 * 10**18)
    with _ledger(file) as ledger:
        ledger.append([("run", b"x")])
    monkeypatch.undo()
    with memcodec.open(file, settings=NONE) as memory:
        assert {each.uri for each in memory} == {"heron.txt", "letter.txt"}
        assert [each.part for each in memory.verify().damage] == ["journal"]


def test_a_file_with_forged_lengths_opens(file: Path) -> None:
    """Whatever bytes stand behind the last commit, what is before them opens."""
    _fill(file)
    data = file.read_bytes()
    rng = random.Random(5)
    with contextlib.closing(read_file(file)) as reader:
        start = reader.end
    for _ in range(150):
        forged = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(start, len(forged))
            forged[at : at + 4] = rng.choice((b"\xff" * 4, bytes(4), END_MAGICS[0][:4], rng.randbytes(4)))
        with contextlib.closing(Reader(MemorySource(forged[: rng.choice((len(forged), at + 4))]))) as reader:
            assert {"heron.txt"} <= {each.document.uri for each in reader.documents()}
            list(reader.media.layout())
