"""A campaign: mutants one after the other on all cores, each worker a process with limits. Faults are counted and kept.

Worker w of W takes the mutants w, W + w, 2 W + w ...: what a campaign finds does not depend on W. A worker that dies is
replaced by one that goes on behind the mutant it died of.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.fuzz import limits, mutants, seeds
from tests.fuzz.exercise import Fault, exercise
from tests.fuzz.mutants import Mutant

PATIENCE = 300.0  #: seconds without a word from a worker: it waits for something that will not come
_FORK = multiprocessing.get_context("fork")


@dataclass(slots=True)
class Found:
    """A fault: how often it came, and the mutant that first showed it."""

    fault: Fault
    number: int
    words: str
    count: int = 1


@dataclass(slots=True)
class Campaign:
    """What became of the mutants of one campaign."""

    seed: int
    done: int = 0
    seconds: float = 0.0
    found: dict[tuple[str, str], Found] = field(default_factory=dict)

    @property
    def kinds(self) -> Counter[str]:
        """How many faults of each kind, not how often they came."""
        return Counter(each.fault.kind for each in self.found.values())

    def take(self, number: int, words: str, fault: Fault) -> bool:
        """Count a fault; whether it is the first of its kind."""
        known = self.found.get(fault.key)
        if known is None:
            self.found[fault.key] = Found(fault, number, words)
            return True
        known.count += 1
        if number < known.number:
            known.fault, known.number, known.words = fault, number, words
        return False


class Worker:
    """A process that reads mutants ``first``, ``first + step`` ... until it is told to stop, or dies."""

    def __init__(self, seed: int, first: int, step: int, last: int) -> None:
        self.next, self.step, self.operation = first, step, ""
        self.heard = time.monotonic()
        self.pipe, theirs = _FORK.Pipe(duplex=False)
        self.process: BaseProcess = _FORK.Process(
            target=_work, args=(theirs, seed, first, step, last), daemon=True
        )
        self.process.start()
        theirs.close()

    def died(self) -> Fault:
        """What is said of its end."""
        self.process.join(10)
        code = self.process.exitcode
        name = signal.Signals(-code).name if code is not None and code < 0 else f"exit {code}"
        kind = "hang" if name in ("SIGPROF", "SIGKILL") else "crash"
        return Fault(kind, self.operation, f"{name} {self.operation}", "the process ended")


def _work(pipe: Connection, seed: int, first: int, step: int, last: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits.silence()
    limits.limit()
    number = first

    def note(operation: str) -> None:
        limits.restart_clock()
        pipe.send(("at", number, operation))

    for number in range(first, last, step):
        note("make")
        made = mutants.make(seed, number)
        told = [(number, made.words, fault) for fault in exercise(made, note)]
        pipe.send(("done", number, told))
        if any(fault.kind in ("hang", "memory") for *_, fault in told):
            gc.collect()


def run(
    seed: int,
    workers: int,
    most: int,
    seconds: float | None = None,
    first: int = 0,
    tell: Callable[[Campaign, Found | None], None] = lambda campaign, found: None,
) -> Campaign:
    """Read mutants ``first`` up to ``first + most`` of campaign ``seed``, or for so many ``seconds``."""
    seeds.install()
    warm()
    campaign, began, last = Campaign(seed), time.monotonic(), first + most
    alive = [Worker(seed, first + at, workers, last) for at in range(min(workers, most))]
    while alive and (seconds is None or time.monotonic() - began < seconds):
        for worker in _ready(alive):
            replaced = _hear(campaign, worker, last, tell)
            if replaced is not worker:
                alive.remove(worker)
                alive += [replaced] if replaced is not None else []
        campaign.seconds = time.monotonic() - began
    for worker in alive:
        worker.process.kill()
        worker.process.join()
    return campaign


def warm() -> None:
    """Each seed is read once, so that workers are forked with all that is imported, and their limits begin there."""
    with contextlib.suppress(ImportError):  # an extra that is asked for symbols no other reader sees
        importlib.import_module("cv2")
    corpus, _ = mutants.corpus()
    for each in corpus:
        exercise(Mutant(each, each.data, (), True, True, (), mutants.Random(0)))
        _ = each.texts, each.chunks, each.documents


def _ready(alive: Sequence[Worker]) -> list[Worker]:
    heard = wait([each.pipe for each in alive], timeout=5)
    for each in alive:
        if each.pipe in heard:
            each.heard = time.monotonic()
        elif time.monotonic() - each.heard > PATIENCE:
            each.process.kill()
    return [each for each in alive if each.pipe in heard]


def _hear(
    campaign: Campaign, worker: Worker, last: int, tell: Callable[[Campaign, Found | None], None]
) -> Worker | None:
    """One word of a worker. Returns who goes on: itself, another one, or nobody."""
    try:
        word, number, what = worker.pipe.recv()
    except (EOFError, OSError):
        return _succeed(campaign, worker, last, tell)
    if word == "at":
        worker.next, worker.operation = number, what
        return worker
    for number, words, fault in what:
        if campaign.take(number, words, fault):
            tell(campaign, campaign.found[fault.key])
    campaign.done += 1
    worker.next = number + worker.step
    tell(campaign, None)
    return worker


def _succeed(
    campaign: Campaign, worker: Worker, last: int, tell: Callable[[Campaign, Found | None], None]
) -> Worker | None:
    """Another worker behind the mutant that this one died of, if it did."""
    worker.process.join(10)
    if worker.next >= last or worker.process.exitcode == 0:
        return None
    fault = worker.died()
    campaign.done += 1
    if campaign.take(worker.next, "see --only", fault):
        tell(campaign, campaign.found[fault.key])
    first = worker.next + worker.step
    return Worker(campaign.seed, first, worker.step, last) if first < last else None


# Making a fault smaller, and keeping it


def smallest(seed: int, found: Found) -> tuple[list[int], bytes]:
    """The fewest of a mutant's changes that show the same fault, and the file they make."""
    needed = list(range(mutants.steps_of(seed, found.number)))
    for step in list(needed):
        fewer = [each for each in needed if each != step]
        if fewer and found.fault.key in _faults(seed, found.number, fewer):
            needed = fewer
    return needed, mutants.make(seed, found.number, needed).data


def _faults(seed: int, number: int, only: Sequence[int]) -> set[tuple[str, str]]:
    """The faults of one mutant, read in a process of its own."""
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_one, args=(theirs, seed, number, only))
    process.start()
    theirs.close()
    operation = ""
    for word in _words(ours):
        if isinstance(word, str):
            operation = word
            continue
        process.join()
        return {fault.key for fault in word}
    process.join()
    code = process.exitcode or 0
    name = signal.Signals(-code).name if code < 0 else f"exit {code}"
    return {("hang" if name == "SIGPROF" else "crash", f"{name} {operation}")}


def _words(pipe: Connection) -> Iterator[str | list[Fault]]:
    try:
        while True:
            yield pipe.recv()
    except (EOFError, OSError):
        return


def _one(pipe: Connection, seed: int, number: int, only: Sequence[int]) -> None:
    limits.silence()
    limits.limit()

    def note(operation: str) -> None:
        limits.restart_clock()
        pipe.send(operation)

    pipe.send(exercise(mutants.make(seed, number, only), note))


def keep(seed: int, found: Found, folder: Path) -> Path:
    """Write the smallest file that shows a fault, and beside it what it shows."""
    steps, data = smallest(seed, found)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.fault.kind}-{seed}-{found.number}"
    path.write_bytes(data)
    made = mutants.make(seed, found.number, steps)
    path.with_suffix(".txt").write_text(f"{found.fault}\n{made.words}\n{len(data)} bytes\n", "utf-8")
    return path
