"""Writers that are killed: what they acknowledged is in the file, of the rest all or nothing; the file goes on."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import memcodec
from tests.cli.support import program
from tests.reliability import support
from tests.reliability.actors import command
from tests.reliability.sealing import share
from tests.reliability.support import (
    PLAIN_AND_SEALED,
    append,
    contents,
    create,
    digest,
    forks,
    ok_but_torn,
    text,
)

pytestmark = pytest.mark.slow

ROUNDS = 200
REAL_ROUNDS = 10
DOCUMENTS = 3  # of each append
FIRST = {"first.txt": text("first")}


class Writer:
    """A ``memcodec append`` process; it acknowledges by printing its JSON."""

    def __init__(self, pid: int, output: int, wait: Callable[[], int | None]) -> None:
        self.pid, self._output, self._wait = pid, output, wait
        self.said = b""

    def run(self, seconds: float) -> None:
        """Let it run so long, or until it has acknowledged; then kill it."""
        end = time.monotonic() + seconds
        while not self.acknowledged and (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._output], [], [], left)
            if ready and not self._read():
                break
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        assert self._wait() in (0, -signal.SIGKILL)
        while self._read():  # what it printed before it died
            pass

    def _read(self) -> bytes:
        piece = os.read(self._output, 65536)
        self.said += piece
        return piece

    @property
    def acknowledged(self) -> bool:
        try:
            return json.loads(self.said)["commit"]["added"] >= DOCUMENTS
        except (ValueError, TypeError):
            return False


@contextlib.contextmanager
def forked(words: list[str], slow: bool) -> Iterator[Writer]:
    """From a process that has all modules: the same program, in a hundredth of the time."""
    context = forks()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=command, args=(words, theirs, slow))
    process.start()
    theirs.close()
    assert process.pid

    def wait() -> int | None:
        process.join()
        return process.exitcode

    with contextlib.closing(ours), contextlib.closing(process):
        yield Writer(process.pid, ours.fileno(), wait)


@contextlib.contextmanager
def spawned(words: list[str], slow: bool) -> Iterator[Writer]:
    """The real command line."""
    with subprocess.Popen(program(*words), stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield Writer(process.pid, process.stdout.fileno(), process.wait)


Start = Callable[[list[str], bool], contextlib.AbstractContextManager[Writer]]


class Rounds:
    """Appends to one file, each killed at a random moment; what must be in it afterwards."""

    def __init__(self, path: Path, sources: Path, start: Start) -> None:
        self.path, self._sources, self._start = path, sources, start
        self.known = {uri: digest(content.encode()) for uri, content in FIRST.items()}
        self.outcomes = Counter[str]()
        self._duration: dict[bool, float] = {}

    def run(self, number: int, rng: random.Random, slow: bool) -> None:
        made = self._write_sources(number)
        words = ["append", str(self.path), str(self._sources / str(number)), "-q", "--json", "--as", "all"]
        limit = self._duration.get(slow)
        began, size = time.monotonic(), self.path.stat().st_size
        with self._start(words, slow) as writer:
            writer.run(rng.uniform(0, 1.1 * limit) if limit else 60)
        if writer.acknowledged:
            taken = time.monotonic() - began
            self._duration[slow] = 0.7 * limit + 0.3 * taken if limit else taken
        self.check(made, writer.acknowledged, size)

    def _write_sources(self, number: int) -> dict[str, str]:
        folder = self._sources / str(number)
        folder.mkdir(parents=True)
        made = {}
        for place in range(DOCUMENTS):
            path = folder / f"{number}-{place}.txt"
            path.write_text(text(path.stem, 20 + place))
            made[path.name] = digest(path.read_bytes())
        return made

    def check(self, made: dict[str, str], acknowledged: bool, size: int) -> None:
        with memcodec.open(self.path) as memory:
            found = {document.uri: document.sha256 for document in memory.documents()}
            committed = found != self.known
            assert found == (self.known | made if committed else self.known)
            assert committed or not acknowledged
            torn = memory.reader.media.torn
            assert ok_but_torn(memory.verify())
        self.known = found
        kind = "acknowledged" if acknowledged else "committed" if committed else "torn" if torn else "nothing"
        self.outcomes[kind] += 1


def play(path: Path, tmp_path: Path, start: Start, count: int) -> Rounds:
    create(path, FIRST)
    rounds, rng = Rounds(path, tmp_path / "sources", start), random.Random(path.suffix)
    for number in range(count):
        rounds.run(number, rng, slow=start is forked and number % 2 == 1)
    return rounds


def assert_whole(rounds: Rounds, tmp_path: Path) -> None:
    """The file takes another append, and gives every document back byte for byte."""
    append(rounds.path, {"last.txt": text("last")})
    known = rounds.known | {"last.txt": digest(text("last").encode())}
    with memcodec.open(rounds.path) as memory:
        assert contents(memory) == known
        assert memory.verify(deep=True).ok


@pytest.mark.parametrize("medium", PLAIN_AND_SEALED)
def test_200_appends_killed_at_random_moments(
    medium: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = share(medium, ROUNDS, 16)
    rounds = play(tmp_path / f"m.{medium}", tmp_path, forked, count)
    assert_whole(rounds, tmp_path)
    assert rounds.outcomes.total() == count
    assert count < ROUNDS or rounds.outcomes["torn"]  # some kills came while it wrote
    assert rounds.outcomes["nothing"]
    with capsys.disabled():
        print(f" [{medium}: {dict(rounds.outcomes)}]", end="")  # noqa: T201


@pytest.mark.parametrize("medium", PLAIN_AND_SEALED)
def test_real_command_lines_killed(medium: str, tmp_path: Path) -> None:
    rounds = play(tmp_path / f"m.{medium}", tmp_path, spawned, share(medium, REAL_ROUNDS, 2))
    assert_whole(rounds, tmp_path)
    assert rounds.outcomes["acknowledged"]


SYNCS = 20


@pytest.mark.parametrize("medium", PLAIN_AND_SEALED)
def test_syncs_killed_at_random_moments(medium: str, tmp_path: Path) -> None:
    """The file mirrors the folder as it is, or as it was at the last whole sync; the next one makes it right."""
    path, notes = tmp_path / f"m.{medium}", tmp_path / "notes"
    notes.mkdir()
    rng, seen, limit = random.Random(medium), Counter[str](), 0.0
    _edit(notes, 0)
    with support.new(path) as memory:
        memory.add_path(notes)
    before = _folder(notes)
    for number in range(1, share(medium, SYNCS, 8) + 1):
        _edit(notes, number)
        now, began = _folder(notes), time.monotonic()
        with forked(["sync", str(path), str(notes), "--json"], number % 2 == 0) as writer:
            writer.run(rng.uniform(0.1, 1) * limit if limit else 60)
        limit = limit or 1.2 * (time.monotonic() - began)
        with memcodec.open(path) as memory:
            found = {each.uri: each.sha256 for each in memory.documents()}
            assert found in (before, now)
            assert ok_but_torn(memory.verify())
            seen["new" if found == now else "old"] += 1
        before = found
    assert seen["new"] and seen["old"]
    with memcodec.open(path) as memory:
        memory.sync(notes)
        assert contents(memory) == _folder(notes)


def _edit(folder: Path, number: int) -> None:
    """A new file, one that changes, one that is renamed and one that goes."""
    (folder / f"new-{number}.txt").write_text(text(f"new {number}"))
    (folder / "changed.txt").write_text(text(f"changed {number}"))
    (folder / f"old-{number}.txt").write_text(text(f"old {number}"))
    for old, new in ((f"old-{number - 1}.txt", f"moved-{number}.txt"), (f"moved-{number - 1}.txt", None)):
        if (folder / old).exists():
            (folder / old).rename(folder / new) if new else (folder / old).unlink()


def _folder(folder: Path) -> dict[str, str]:
    return {each.name: digest(each.read_bytes()) for each in folder.iterdir()}
