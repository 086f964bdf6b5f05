"""What the tests of background indexing share."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import memcodec
from memcodec.index.vectors.segment import VectorSegment
from memcodec.jobs import Options
from memcodec.jobs.presence import is_there, who
from memcodec.upkeep.index import coverage, missing

CHUNKS = 82
SMALL = Options(workers=2, batch=8, every=0.2)  #: many batches and some commits, of little work


class Silent:
    """A watch that writes down what it was told."""

    def __init__(self) -> None:
        self.beginnings: list[tuple[int, int]] = []
        self.steps: list[tuple[int, int]] = []
        self.lexical: list[tuple[int, int]] = []
        self.notes: list[str] = []

    def indexed(self, done: int, total: int) -> None:
        self.lexical.append((done, total))

    def began(self, done: int, total: int) -> None:
        self.beginnings.append((done, total))

    def went_on(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def tick(self) -> None:
        pass

    def committing(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def was_rebuilt(self, model: str) -> None:
        self.notes.append(f"rebuilt with {model}")


def assert_complete(path: Path, chunks: int = CHUNKS) -> None:
    """Every chunk has one vector, which is that of its text, and the file is sound."""
    with memcodec.open(path) as memory:
        assert missing(memory.reader) == []
        assert coverage(memory.reader) == (chunks, chunks)
        found = Counter[int]()
        for run in memory.reader.indexes:
            for each in run.vectors:
                found.update(range(run.first_chunk + each.first, run.first_chunk + each.first + each.chunks))
                assert sum(map(len, VectorSegment(each.blob).codes())) == each.chunks
        assert found == Counter(range(chunks))
        hits = memory.search("heron", chunks, mode="semantic", min_score=0)
        assert sorted(hit.chunk for hit in hits) == list(range(chunks))
        assert_right(memory, range(0, chunks, 7))
        assert memory.verify(deep=True).ok


def assert_right(memory: memcodec.Memory, chunks: range) -> None:
    """A chunk's own text finds that chunk (or one of the same text) first."""
    for number in chunks:
        text = memory.get(number).text
        assert memory.search(text, 1, mode="semantic", min_score=0)[0].text == text, number


def children(pid: int) -> list[int]:
    """The worker processes of a supervisor."""
    try:
        numbers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(each) for each in numbers if b"jobs.workers" in command(int(each))]


def command(pid: int) -> bytes:
    """A process's command line; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def run(*args: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, without a terminal: the head of a session of its own."""
    return subprocess.run(
        [sys.executable, "-m", "memcodec", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environ},
    )


def end_supervisor(folder: Path) -> None:
    """End the supervisor of a state folder, if there is one, and wait until it is gone."""
    while is_there(folder):
        if (pid := who(folder)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
