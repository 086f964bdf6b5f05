"""One writer at a time, between real processes: who holds the file, when it is free, which file is meant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from memcodec.errors import StorageError
from memcodec.storage import LocalSource, LocalTarget, lock

WRITER = """
import sys, time
from memcodec.storage import LocalTarget
target = LocalTarget.reopen(sys.argv[2])
print("has it", flush=True)
sys.stdin.readline()
target.append(b"its commit")
target.close()
"""


@contextmanager
def writer(path: Path, script: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the file open for writing until its stdin ends."""
    script.write_text(WRITER)
    command = [sys.executable, str(script), "append", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"has it\n"
        yield process
        process.kill()


def later(seconds: float, act: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "notes.mp4"
    path.write_bytes(b"committed")
    return path


def test_a_second_writer_is_told_who_holds_the_file(path: Path, tmp_path: Path) -> None:
    with writer(path, tmp_path / "memcodec") as process:
        with pytest.raises(StorageError) as refused:
            LocalTarget.reopen(path)
        shown = str(refused.value)
        assert shown.startswith(f"{path}: PID {process.pid} (memcodec append {str(path)[:20]}")
        assert shown.endswith("is writing to it; try again later, or wait with `wait`")
        assert "\n" not in shown
    assert sorted(tmp_path.iterdir()) == [tmp_path / "memcodec", path]


def test_readers_are_not_asked(path: Path, tmp_path: Path) -> None:
    with writer(path, tmp_path / "script"), closing(LocalSource(path)) as source:
        assert bytes(source.get_bytes(0, 9)) == b"committed"


def test_waiting_ends_when_the_writer_does_and_sees_its_bytes(path: Path, tmp_path: Path) -> None:
    with writer(path, tmp_path / "script") as process:
        assert process.stdin is not None
        timer = later(0.2, process.stdin.close)
        with closing(LocalTarget.reopen(path, wait=20)) as target:
            assert target.read(0, 100) == b"committedits commit"
            assert target.size == 19
        timer.join()


def test_waiting_has_an_end(path: Path) -> None:
    with closing(LocalTarget.reopen(path)):
        began = time.monotonic()
        with pytest.raises(StorageError, match=f"PID {os.getpid()} "):
            LocalTarget.reopen(path, wait=0.2)
        assert 0.2 <= time.monotonic() - began < 5


def test_a_killed_writer_holds_nothing(path: Path, tmp_path: Path) -> None:
    with writer(path, tmp_path / "script") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        LocalTarget.reopen(path).close()


def test_one_who_waited_gets_the_file_that_has_the_name_now(path: Path) -> None:
    old, new = LocalTarget.reopen(path), path.with_name("new")
    new.write_bytes(b"compacted")

    def replace() -> None:
        new.replace(path)
        old.close()

    timer = later(0.2, replace)
    with closing(LocalTarget.reopen(path, wait=20)) as target:
        target.append(b", more")
    timer.join()
    assert path.read_bytes() == b"compacted, more"


def test_a_new_file_is_its_writers_own_from_the_first_commit_on(path: Path) -> None:
    made = path.with_name("made.mp4")
    with closing(LocalTarget.create(made)) as target:
        target.append(b"one")
        target.publish()
        with pytest.raises(StorageError, match="is writing"):
            LocalTarget.reopen(made)
    LocalTarget.reopen(made).close()


def test_a_file_under_a_writer_is_not_replaced(path: Path, tmp_path: Path) -> None:
    with writer(path, tmp_path / "script") as process:
        with pytest.raises(StorageError, match=f"PID {process.pid}"):
            LocalTarget.create(path, replace=True)
        assert process.stdin is not None
        timer = later(0.2, process.stdin.close)
        with closing(LocalTarget.create(path, replace=True, wait=20)) as target:
            assert path.read_bytes() == b"committedits commit"
            with pytest.raises(StorageError, match="is writing"):
                LocalTarget.reopen(path)
            target.append(b"new")
            target.publish()
            with pytest.raises(StorageError, match="is writing"):
                LocalTarget.reopen(path)
        timer.join()
    with closing(LocalTarget.reopen(path)) as target:
        assert target.read(0, 100) == b"new"


def test_a_file_that_came_meanwhile_is_asked_for_too(path: Path) -> None:
    path.unlink()
    with closing(LocalTarget.create(path, replace=True)) as target:
        path.write_bytes(b"another's")
        with closing(LocalTarget.reopen(path)), pytest.raises(StorageError, match="is writing"):
            target.publish()
        assert path.read_bytes() == b"another's"
        target.publish()
    assert path.read_bytes() == b""


def test_whoever_holds_the_lock_may_replace_the_file(path: Path) -> None:
    with (
        closing(LocalTarget.reopen(path)),
        closing(LocalTarget.create(path, replace=True, locked=True)) as new,
    ):
        new.append(b"compacted")
        new.publish()
    assert path.read_bytes() == b"compacted"


def test_a_holder_nobody_can_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> str:
        raise OSError

    with closing(LocalTarget.reopen(path)):
        monkeypatch.setattr(Path, "read_text", unreadable)
        with pytest.raises(StorageError, match="another process is writing to it; try again later"):
            LocalTarget.reopen(path)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (b"/usr/bin/python3\0/usr/bin/memcodec\0append\0a.mp4\0", " (memcodec append a.mp4)"),
        (b"/usr/bin/python3\0-m\0memcodec\0", " (python3 -m memcodec)"),
        (b"evil\x1b[2J\nname\0", " (evil?[2J?name)"),
        (b"tool\0" + b"x" * 90 + b"\0", " (tool " + "x" * 52 + "...)"),
        (b"", ""),
    ],
    ids=["script", "module", "control letters", "long", "gone"],
)
def test_the_holders_command_is_one_plain_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, words: bytes, shown: str
) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: words)
    with closing(LocalTarget.reopen(path)), path.open("rb") as file:
        assert lock.holder(file.fileno()) == f"PID {os.getpid()}{shown}"
