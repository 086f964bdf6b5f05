"""A memory file is one file, at every moment: complete, or not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import memcodec
from memcodec.errors import MemcodecError, NotAMemoryFile, StorageError

ENCODE = "import memcodec, sys\nwith memcodec.create(sys.argv[1], model='none') as m: m.add_path(sys.argv[2])"


@contextmanager
def watching(folder: Path) -> Iterator[set[frozenset[str]]]:
    """Every listing the folder shows while the block runs."""
    seen: set[frozenset[str]] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(frozenset(os.listdir(folder)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


@pytest.mark.slow
def test_the_folder_never_shows_anything_else(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    with watching(tmp_path) as seen:
        with memcodec.create(path, model="none") as memory:
            memory.add_path(folder)
        with memcodec.open(path) as memory:
            memory.search("heron")
            memory.verify(deep=True)
    assert seen == {frozenset(), frozenset({"m.mp4"})}


@pytest.mark.slow
def test_a_file_shows_itself_complete(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    process = subprocess.Popen([sys.executable, "-c", ENCODE, str(path), str(folder)])
    while process.poll() is None:
        if path.exists():
            with memcodec.open(path) as memory:
                assert memory.verify().ok
            break
    assert process.wait() == 0
    assert path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("delay", [0.3, 0.6, 0.9])
def test_a_killed_encode_leaves_nothing_behind(
    folder: Path, tmp_path: Path, number: int, delay: float
) -> None:
    path = tmp_path / "m.mp4"
    process = subprocess.Popen(
        [sys.executable, "-c", ENCODE, str(path), str(folder)],
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background shell ignores it
    )
    time.sleep(delay)
    process.send_signal(number)
    process.wait()
    left = os.listdir(tmp_path)
    assert left in ([], ["m.mp4"])
    if left:
        with memcodec.open(path) as memory:
            assert memory.verify(deep=True).ok


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    path.write_bytes(b"precious")
    with pytest.raises(StorageError, match="`force=True`"):
        memcodec.create(path)
    with pytest.raises(MemcodecError), memcodec.create(path, force=True, model="none") as memory:
        memory.add("text")
        raise MemcodecError("something went wrong on the way")
    assert path.read_bytes() == b"precious"
    with memcodec.create(path, force=True, model="none") as memory:
        memory.add("text")
    assert os.listdir(tmp_path) == ["m.mp4"]
    with memcodec.open(path) as memory:
        assert memory.get(0).text == "text"


def test_nothing_added_leaves_no_file(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4"):
        pass
    assert os.listdir(tmp_path) == []


def test_a_folder_that_refuses_is_told_in_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "m.mp4", tmp_path, Path("/proc/m.mp4")):
        with pytest.raises(StorageError) as caught:
            memcodec.create(path)
        assert "\n" not in str(caught.value)


def test_other_files_are_told_apart(tmp_path: Path, lexical_file: Path) -> None:
    for name, data in (("empty", b""), ("text", b"hello" * 1000), ("zeros", bytes(10_000))):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(NotAMemoryFile):
            memcodec.open(tmp_path / name)
    with pytest.raises(StorageError):
        memcodec.open(tmp_path / "missing.mp4")
    whole = lexical_file.read_bytes()
    (tmp_path / "half.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotAMemoryFile, match="repair"):
        memcodec.open(tmp_path / "half.mp4")
