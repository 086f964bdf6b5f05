"""``sync`` as it is run: what it prints, what it refuses, and ``--watch`` in a process of its own."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

import memcodec
from tests.cli.support import Run, program, without_signal_mask


@pytest.fixture
def notes(run: Run) -> Path:
    """A folder, and ``m.mp4`` that was made of it."""
    folder = Path("notes").absolute()
    folder.mkdir()
    for name in ("a.md", "b.md", "c.md"):
        (folder / name).write_text(f"# {name}\nof herons\n")
    run("encode", folder, "-o", "m.mp4", "--model", "none", "-q")
    return folder


def uris() -> list[str]:
    with memcodec.open("m.mp4") as memory:
        return sorted(each.uri for each in memory.documents())


def test_what_would_be_done_is_what_is_done(notes: Path, run: Run) -> None:
    (notes / "a.md").write_text("# a.md\nof swifts\n")
    (notes / "b.md").rename(notes / "d.md")
    (notes / "c.md").unlink()
    (notes / "new.md").write_text("new")
    before = Path("m.mp4").read_bytes()
    told = run("sync", "m.mp4", "--dry-run", "--verbose").stdout
    assert told.splitlines()[:4] == ["+ new.md", "M a.md", "R b.md -> d.md", "- c.md"]
    assert "would change; nothing was written" in told and Path("m.mp4").read_bytes() == before
    would = json.loads(run("sync", "m.mp4", "-n", "--json").stdout)
    done = json.loads(run("sync", "m.mp4", "--json").stdout)
    free = {"commit", "dry_run", "written", "size", "seconds"}
    assert {name: would[name] for name in would.keys() - free} == {
        name: done[name] for name in done.keys() - free
    }
    assert (would["commit"], done["commit"]["number"]) == (None, 2)
    assert uris() == ["a.md", "d.md", "new.md"]
    again = run("sync", "m.mp4").stdout
    assert "nothing to do: 3 unchanged" in again and "left as it was" in again


def test_dry_runs_need_no_lock(notes: Path, run: Run) -> None:
    (notes / "new.md").write_text("new")
    with Path("m.mp4").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for words in (["sync"], ["append"]):
            answer = json.loads(run(*words, "m.mp4", notes, "--dry-run", "--json").stdout)
            assert answer["commit"] is None
        run("forget", "m.mp4", "--path", "a.md", "--dry-run")
        run("sync", "m.mp4", notes, code=11)


@pytest.mark.parametrize("folder", ["empty", "gone"])
def test_a_disk_that_is_not_there_drops_nothing(folder: str, notes: Path, run: Run) -> None:
    for each in notes.iterdir():
        each.unlink()
    if folder == "gone":
        notes.rmdir()
    refused = run("sync", "m.mp4", code=3).stderr
    assert "nothing is there, and 3 documents came from it" in refused and "--allow-empty" in refused
    assert len(uris()) == 3
    run("sync", "m.mp4", "--allow-empty")
    assert uris() == []


def test_a_source_is_to_be_known(
    notes: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert (
        "root 'notes': not known where on this machine; name the folder"
        in run("sync", "m.mp4", code=3).stderr
    )
    assert "no such file" in run("sync", "none.mp4", notes, code=11).stderr
    assert "no such file or folder" in run("sync", "m.mp4", "nowhere", code=4).stderr


@pytest.mark.parametrize("words", [["--dry-run"], ["--json"]])
def test_watching_is_for_people(words: list[str], notes: Path, run: Run) -> None:
    run("sync", "m.mp4", "--watch", *words, code=2)


@contextlib.contextmanager
def watching(*words: str) -> Iterator[tuple[subprocess.Popen[str], Queue[str]]]:
    """``sync --watch``, and the lines that it prints."""
    lines: Queue[str] = Queue()
    with subprocess.Popen(
        program("sync", "m.mp4", "--watch", *words),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=without_signal_mask,
    ) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()])
        reader.start()
        try:
            yield process, lines
        finally:
            process.kill()
            reader.join()


@pytest.mark.slow
def test_it_keeps_at_it_until_it_is_interrupted(notes: Path) -> None:
    with watching() as (process, lines):
        assert "3 unchanged" in lines.get(timeout=30)
        (notes / "new.md").write_text("new")
        assert "1 new, 3 unchanged" in lines.get(timeout=30)
        with Path("m.mp4").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            (notes / "a.md").write_text("changed while another one writes")
            with pytest.raises(Empty):
                lines.get(timeout=1)
        assert "1 changed, 3 unchanged" in lines.get(timeout=30)
        away = notes.rename(notes.with_name("away"))  # as a disk that goes, and comes back
        with pytest.raises(Empty):
            lines.get(timeout=1)
        (away / "b.md").unlink()
        away.rename(notes)
        assert "1 removed, 3 unchanged" in lines.get(timeout=30)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert uris() == ["a.md", "c.md", "new.md"]
    with memcodec.open("m.mp4") as memory:
        assert memory.verify(deep=True).ok


@pytest.mark.slow
def test_a_lone_file_that_an_editor_replaces_is_watched(notes: Path, run: Run) -> None:
    lone = Path("lone.txt").absolute()
    lone.write_text("one")
    run("append", "m.mp4", lone, "-q")
    with watching(str(lone)) as (_, lines):
        assert "1 unchanged" in lines.get(timeout=30)
        shutil.copy(lone, "lone.tmp")
        Path("lone.tmp").write_text("two")
        Path("lone.tmp").replace(lone)
        assert "1 changed" in lines.get(timeout=30)
