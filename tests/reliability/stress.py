"""Threads, forks and processes at one memory file, at random, for some seconds: what was acknowledged must be there.

    python -m tests.reliability.stress FOLDER [SECONDS] [THREADS]

An addition is acknowledged when the commit that its thread called after it has returned. Errors that are ours and say
why (closed, another process is writing) are part of the game; any other is foreign.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import memcodec
from memcodec import Collection, Memory, Settings
from memcodec.errors import Closed, StorageError
from tests.reliability import sealing

SETTINGS = Settings.of(parity=0, model="none")
WAIT = 3.0  # seconds for the file's lock, which the shared memory holds much of the time
FIRST = "herons stand in the water"


@dataclass
class Report:
    """What happened."""

    acknowledged: set[str] = field(default_factory=set)  #: ids, or uris where a child added
    calls: Counter[str] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)  #: in the file and added by nobody
    documents: int = 0
    sound: bool = False  #: whether every frame reads back

    def __str__(self) -> str:
        calls = ", ".join(f"{count:,} {name}" for name, count in sorted(self.calls.items()))
        told = "".join(f"\n{each}" for each in self.foreign[:3])
        return (
            f"{len(self.acknowledged):,} acknowledged, {len(self.lost)} lost, {len(self.foreign)} foreign exceptions;"
            f" {self.documents:,} documents, {'sound' if self.sound else 'NOT SOUND'}; {calls}{told}"
        )


class Stress:
    """One run. All threads share one memory, which any of them may close and open anew. The file is sealed if its name
    says so; MEMCODEC_IDENTITY opens it.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self.path, self.report = path, Report()
        self._end = time.monotonic() + seconds
        self._lock, self._number = threading.Lock(), 0
        with memcodec.create(path, settings=SETTINGS, seal=sealing.recipients_of(path)) as memory:
            memory.add(FIRST, uri="first")
        self._memory, self._collection = self._opened(), Collection(path, settings=SETTINGS)

    def _opened(self) -> Memory:
        return memcodec.open(self.path, settings=SETTINGS, wait=WAIT)

    def run(self, threads: int) -> Report:
        """The whole of it, to the last check."""
        workers = [threading.Thread(target=self._work, args=(seed,)) for seed in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self._memory.close()
        self._collection.close()
        with memcodec.open(self.path) as memory:
            there = [name for document in memory for name in (document.uri, document.id)]
            self.report.documents, self.report.sound = len(memory), memory.verify(deep=True).ok
        self.report.lost = self.report.acknowledged - set(there)
        assert len(there) == len(set(there))
        return self.report

    def _work(self, seed: int) -> None:
        chance = random.Random(seed)
        steps = (
            [self._add] * 6 + [self._search] * 8 + [self._own] * 2 + [self._close, self._fork, self._process]
        )
        while time.monotonic() < self._end:
            step = chance.choice(steps)
            try:
                step(chance)
            except (Closed, StorageError) as error:
                self._count(f"refused ({type(error).__name__})")
            except BaseException:
                with self._lock:
                    self.report.foreign.append(traceback.format_exc())
            else:
                self._count(step.__name__[1:])

    def _count(self, name: str) -> None:
        with self._lock:
            self.report.calls[name] += 1

    def _uri(self) -> str:
        with self._lock:
            self._number += 1
            return f"{os.getpid()}/{self._number}"

    def _acknowledge(self, names: list[str]) -> None:
        with self._lock:
            self.report.acknowledged |= set(names)

    def _add(self, chance: random.Random) -> None:
        """Some additions and a commit of the shared memory; then this thread sees them."""
        memory = self._memory
        names = [memory.add(f"kettle {n} {FIRST}", uri=self._uri()) for n in range(chance.randint(1, 3))]
        memory.commit()
        self._acknowledge(names)
        assert all(name in memory for name in names)

    def _own(self, chance: random.Random) -> None:
        """A memory of its own, committed by the end of its with."""
        uri = self._uri()
        with self._opened() as memory:
            memory.add(f"swift {FIRST}", uri=uri)
        self._acknowledge([uri])

    def _search(self, chance: random.Random) -> None:
        with self._lock:
            known = chance.choice([*self.report.acknowledged][-50:] or ["first"])
        memory = chance.choice([self._memory, self._collection])
        if chance.random() < 0.5:
            assert memory.search("heron")[0].text
        else:
            assert memory.read("first") == FIRST and len(list(memory)) > 0
        if memory is self._collection:
            assert known in memory
        elif chance.random() < 0.3:
            self._memory.refresh()

    def _close(self, chance: random.Random) -> None:
        old, self._memory = self._memory, self._opened()
        old.close()

    def _fork(self, chance: random.Random) -> None:
        """A child that reads with what it inherited, and adds with what it opens."""
        ours, theirs = os.pipe()
        uri, write = self._uri(), chance.random() < 0.3
        pid = os.fork()
        if not pid:
            os.write(
                theirs,
                _said(self._memory, self._collection, self.path, f"{uri}/child" if write else "").encode(),
            )
            os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            said = pipe.read().decode()
        os.waitpid(pid, 0)
        self._take(said)

    def _process(self, chance: random.Random) -> None:
        """The same in a process of multiprocessing: a memory goes there as its argument."""
        context = multiprocessing.get_context(chance.choice(["fork", "spawn"]))
        ours, theirs = context.Pipe()
        uri = f"{self._uri()}/process"
        with memcodec.open(self.path, settings=SETTINGS, wait=WAIT) as memory:
            process = context.Process(target=_process, args=(memory, self.path, uri, theirs))  # type: ignore[attr-defined]
            process.start()
            theirs.close()
            said = ours.recv()
            process.join()
        ours.close()
        self._take(said)

    def _take(self, said: str) -> None:
        kind, _, text = said.partition(" ")
        if kind == "foreign":
            raise RuntimeError(f"in a child: {text}")
        if kind == "refused":
            raise StorageError(text)
        if text:
            self._acknowledge([text])


def _said(memory: Memory, collection: Collection | None, path: Path, uri: str) -> str:
    """What a child did: "done" and the uri that it added, "refused", or "foreign" and why."""
    try:
        for each in (memory, collection):
            try:
                assert each is None or (each.search("heron") and each.read("first") == FIRST)
            except Closed:
                continue  # the parent writes, or has closed it
        if uri:
            with memcodec.open(path, settings=SETTINGS, wait=WAIT) as own:
                own.add(f"child {FIRST}", uri=uri)
        return f"done {uri}"
    except StorageError as error:
        return f"refused {error}"
    except BaseException:
        return f"foreign {traceback.format_exc()}"


def _process(memory: Memory, path: Path, uri: str, pipe: Connection) -> None:
    pipe.send(_said(memory, None, path, uri))


def main() -> None:
    folder, seconds, threads = Path(sys.argv[1]), *(sys.argv[2:] + ["60", "8"][len(sys.argv) - 2 :])
    folder.mkdir(parents=True, exist_ok=True)
    report = Stress(folder / "stress.mp4", float(seconds)).run(int(threads))
    sys.stdout.write(f"{threads} threads, {float(seconds):g} s: {report}\n")
    sys.exit(bool(report.lost or report.foreign or not report.sound))


if __name__ == "__main__":
    main()
