"""Processes that are killed while they append, swap, note and fold: nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import StorageError
from memcodec.file.journal import limits
from memcodec.file.journal.ledger import FileLedger
from memcodec.storage.open import place_of
from tests.reliability.support import complaints, forks, running

NONE = Settings.of(model="none")
KILLS = int(os.environ.get("MEMCODEC_KILLS", "16"))
WRITERS = 4


def work(file: str, name: str, told: Connection) -> None:
    """Swap a counter, append lines, note and fold now and then; tell what was acknowledged, until killed."""
    rng, limits.SMALL = random.Random(), 64 << 10
    ledger = FileLedger(place_of(file), NONE)
    number = 0
    while True:
        last = max((int(each.body) for each in ledger.events("counter")), default=0)

        def guard(last: int = last) -> None:
            if max((int(each.body) for each in ledger.events("counter")), default=0) != last:
                raise LookupError

        with contextlib.suppress(LookupError):
            ledger.append([("counter", b"%d" % (last + 1))], guard=guard)
            told.send(("counter", last + 1))
        number += 1
        ledger.append([(name, b"%d" % number), (name, b"0")])
        told.send((name, number))
        if rng.random() < 0.05:
            with memcodec.open(file, wait=60, settings=NONE) as memory:
                memory.add(f"note {name} {number}", uri=f"{name}/{number}.txt")
                memory.commit()
            told.send(("note", f"{name}/{number}.txt"))
        if rng.random() < 0.02:
            ledger.fold()


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(file: Path) -> None:
    rng, context = random.Random(7), forks()
    acknowledged: dict[str, list[object]] = {}
    kills = 0
    for turn in range(-(-KILLS // WRITERS)):
        with contextlib.ExitStack() as stack:
            pipes, processes = [], []
            for writer in range(WRITERS):
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=work, args=(str(file), f"w{turn}x{writer}", theirs))
                processes.append(stack.enter_context(running(process)))
                theirs.close()
                pipes.append(stack.enter_context(contextlib.closing(ours)))
            for process in processes:
                time.sleep(rng.uniform(0.05, 0.5))
                assert process.pid
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            for pipe, process in zip(pipes, processes, strict=True):
                process.join()
                assert process.exitcode == -signal.SIGKILL, "it ended by itself"
                with contextlib.suppress(EOFError):
                    while True:
                        name, value = pipe.recv()
                        acknowledged.setdefault(name, []).append(value)
        if file.suffix == ".mp4":
            assert complaints(file) == ""
    assert kills >= KILLS
    with FileLedger(place_of(file), NONE) as ledger:
        counter = [int(each.body) for each in ledger.events("counter")]
        assert counter == list(range(1, len(counter) + 1)), "it rises by one, and nothing was written twice"
        assert len(counter) >= max(acknowledged.pop("counter", [0]))  # type: ignore[type-var]
        notes = acknowledged.pop("note", [])
        for name, numbers in acknowledged.items():
            found = [int(each.body) for each in ledger.events(name)]
            assert set(numbers) <= set(found), name
            assert len(found) % 2 == 0, "half a group"
        ledger.append([("end", b"{}")])
    with memcodec.open(file, settings=NONE) as memory:
        assert set(notes) <= {document.uri for document in memory}
        memory.fold()
        assert memory.verify(deep=True).ok
    assert complaints(file) == ""


def test_a_child_of_a_fork_opens_its_own(file: Path) -> None:
    with FileLedger(place_of(file), NONE) as ledger:
        ledger.append([("a", b"1")])
        if not (child := os.fork()):
            code = 1
            with contextlib.suppress(StorageError):
                ledger.append([("a", b"2")])
                code = 0
            os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        ledger.append([("a", b"3")])
        assert [each.body for each in ledger.events("a")] == [b"1", b"2", b"3"]
