"""``memcodec append --follow``: real processes, at the end of real pipes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import memcodec
from tests.cli.support import DOCUMENTS, Run, program, uris, without_signal_mask

pytestmark = pytest.mark.slow

RATE = 2000  # lines an interval


@pytest.fixture
def file(memory_file: str) -> str:
    return str(shutil.copy(memory_file, "log.mp4"))


def line(number: int) -> bytes:
    mixed = number * 2654435761 % 2**32
    return f"2026-04-02T08:00:00Z {number:07} GET /heron/{mixed:08x} status={mixed % 500} ok\n".encode()


class Following:
    """``append FILE - --follow``, and what was written to it."""

    def __init__(self, file: str, *options: str) -> None:
        self.file = file
        self.times: list[float] = []  # when each line was written
        self.child = subprocess.Popen(
            program("append", file, "-", "--follow", *options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            preexec_fn=without_signal_mask,
        )

    def write(self, count: int) -> None:
        """The next lines; returns when they stand in the pipe."""
        first = len(self.times)
        data = b"".join(map(line, range(first, first + count)))
        assert self.child.stdin is not None
        while data:
            data = data[self.child.stdin.write(data) or 0 :]
        self.times += [time.monotonic()] * count

    def write_for(self, intervals: float, interval: float = 1.0) -> None:
        """``RATE`` lines an interval of so many seconds."""
        began = time.monotonic()
        while (passed := (time.monotonic() - began) / interval) < intervals:
            self.write(max(0, int(passed * RATE) - len(self.times)))
            time.sleep(0.01)
        self.write(max(0, int(intervals * RATE) - len(self.times)))

    def committed(self) -> bytes:
        """All lines that the file holds, in the order they were committed."""
        with memcodec.open(self.file) as memory:
            found = [
                each for each in memory.reader.documents() if each.stored.document.uri.startswith("stdin/")
            ]
            return b"".join(each.segment.text(each.stored.start, each.stored.end) for each in found)

    def wait_for(self, lines: int) -> None:
        """Until so many lines are in the file."""
        deadline = time.monotonic() + 60
        while self.committed().count(b"\n") < lines:
            assert time.monotonic() < deadline and self.child.poll() is None
            time.sleep(0.05)

    def end(self, number: int = 0) -> tuple[int, str, str]:
        """Send a signal, or end the input; exit code and output."""
        if number:
            self.child.send_signal(number)
            # The pipe stays open, as that of a writer who knows nothing of it.
            self.child.wait(60)
        out, err = self.child.communicate(timeout=60)
        return self.child.returncode, out.decode(), err.decode()

    @property
    def written(self) -> bytes:
        return b"".join(map(line, range(len(self.times))))


@pytest.fixture
def following(file: str) -> Iterator[Following]:
    made = Following(file)
    yield made
    made.child.kill()
    made.child.communicate()


def check(run: Run, file: str) -> None:
    """Sound to the last frame, and alone."""
    run("verify", file, "--deep")
    assert [path.name for path in Path().iterdir()] == [file]


def test_the_end_of_the_input(run: Run, following: Following) -> None:
    following.write(10)
    following.wait_for(10)
    following.write(5)
    code, out, err = following.end()
    assert (code, err) == (0, "")
    assert out.startswith("log.mp4\n") and "lines    15, " in out and "commits  2\n" in out
    assert following.committed() == following.written
    added = sorted(uris(run, "log.mp4") - DOCUMENTS.keys())
    assert len(added) == 2 and all(uri.startswith("stdin/") and uri.endswith(".txt") for uri in added)
    check(run, "log.mp4")


@pytest.mark.parametrize(
    ("intervals", "interval", "options"), [(3, 1.0, []), (25, 0.1, ["--interval", "0.1"])]
)
def test_an_interrupt_loses_nothing(
    run: Run, file: str, intervals: int, interval: float, options: list[str]
) -> None:
    following = Following(file, *options)
    following.write_for(intervals, interval)
    code, out, err = following.end(signal.SIGINT)
    assert (code, err) == (130, "")
    assert f"lines    {intervals * RATE:,}, " in out
    assert following.committed() == following.written
    check(run, "log.mp4")
    with memcodec.open("log.mp4") as memory:
        assert 2 < len(memory.log()) < 3 + intervals  # about one an interval
        (hit, *_) = memory.search(f"{intervals * RATE - 1:07}", mode="lexical")
        assert f"{intervals * RATE - 1:07}" in hit.text


def test_a_kill_loses_no_more_than_the_last_interval(run: Run, following: Following) -> None:
    following.write(100)
    following.wait_for(100)
    following.write_for(3)
    killed = time.monotonic()
    following.end(signal.SIGKILL)
    kept = following.committed()
    assert following.written.startswith(kept) and kept.endswith(b"\n")
    lost = following.times[kept.count(b"\n") :]
    with memcodec.open("log.mp4") as memory:
        times = [commit.time.timestamp() for commit in memory.log()][1:]
    slowest = max(
        after - before for before, after in pairwise(times)
    )  # the interval, or longer: a busy machine
    assert all(killed - written < 1 + 2 * slowest for written in lost)
    run("append", "log.mp4", "-", input="more\n")  # what was torn is cut
    check(run, "log.mp4")


def test_a_termination_is_like_an_interrupt(following: Following) -> None:
    following.write(100)
    following.wait_for(1)
    following.write(100)
    assert following.end(signal.SIGTERM)[0] == 128 + signal.SIGTERM
    assert following.committed() == following.written


def test_a_line_that_is_not_whole_waits_for_its_end(file: str) -> None:
    following = Following(file, "--interval", "0.05")
    assert following.child.stdin is not None
    following.write(1)
    following.child.stdin.write(b"half ")
    following.wait_for(1)
    time.sleep(0.3)
    assert following.committed() == line(0)
    following.child.stdin.write(b"and half")
    assert following.end(signal.SIGINT)[0] == 130
    assert following.committed() == line(0) + b"half and half"


def test_another_writer_is_waited_for(file: str) -> None:
    following = Following(file, "--interval", "0.05", "--batch", "1kB")
    following.write(10)
    following.wait_for(10)
    with memcodec.open(file, wait=60) as memory:
        memory.add("mine", uri="mine.txt")  # takes the lock
        following.write(3000)
        time.sleep(0.5)
    code, _, err = following.end()
    assert (code, err) == (0, "")
    assert following.committed() == following.written


def test_bytes_that_are_no_text_come_back(run: Run, file: str) -> None:
    following = Following(file, "--json")
    assert following.child.stdin is not None
    following.child.stdin.write(b"gr\xfc\xdfe\n\0\xff\n")
    code, out, err = following.end()
    assert (code, err) == (0, "")
    made = json.loads(out)
    assert set(made) == {"file", "commits", "lines", "bytes", "size", "seconds", "stopped", "notes", "job"}
    assert (made["lines"], made["bytes"], made["stopped"], made["job"]) == (2, 9, None, None)
    assert made["size"] == Path(file).stat().st_size
    run("restore", file, "-o", "out", "--path", "stdin/*")
    (restored,) = [path for path in Path("out").rglob("*") if path.is_file()]
    assert restored.read_bytes() == b"gr\xfc\xdfe\n\0\xff\n"


def test_nothing_comes(run: Run, file: str) -> None:
    before = Path(file).read_bytes()
    code, out, err = Following(file).end()
    assert (code, err) == (0, "") and "lines    0" in out
    assert Path(file).read_bytes() == before


def test_no_vectors_unless_asked_for(file: str) -> None:
    following = Following(file, "--json")
    following.write(10)
    assert json.loads(following.end()[1])["notes"] == []
    with memcodec.open(file) as memory:
        assert memory.info().lexical and memory.info().model is None


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("log.mp4", "a.txt", "--follow"), 3, "--follow reads standard input alone"),
        (("log.mp4", "-", "a.txt", "--follow"), 3, "--follow reads standard input alone"),
        (("s3://bucket/log.mp4", "-", "--follow"), 11, "files of this machine"),
        (("absent.mp4", "-", "--follow"), 11, "no such file"),
        (("log.mp4", "-", "--follow", "--interval", "0"), 2, "'0' is not a number of seconds"),
        (("log.mp4", "-", "--follow", "--batch", "much"), 3, "'much' is not a size"),
    ],
)
def test_what_cannot_be_followed(run: Run, file: str, args: tuple[str, ...], code: int, words: str) -> None:
    error = run("append", *args, code=code).stderr
    assert words in error and error.count("\n") == 1
