"""Folders for temporary files go with their processes, also with one that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from memcodec.process import scratch
from memcodec.process.scratch import Scratch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no lock on a folder")

READING = """
from memcodec.ingest.kinds import sandbox
assert sandbox.extract(b"text", "a.txt").text == "text"
print(sandbox._idle[0].scratch.path, flush=True)
input()
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    scratch._sweep.cache_clear()
    return tmp_path


def test_what_a_killed_process_left_is_removed_by_the_next(root: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", READING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reading:
        assert reading.stdout is not None
        left = Path(reading.stdout.readline().strip())
        (left / "page.ps").write_text("half of a page")
        with Scratch() as live:
            assert left.exists() and Path(live).parent == root
        reading.send_signal(signal.SIGKILL)
    assert left.exists()
    scratch._sweep.cache_clear()
    with Scratch() as live:
        assert [str(each) for each in root.iterdir()] == [live]
    assert not list(root.iterdir())


def test_nothing_else_is_removed(root: Path) -> None:
    others = ["memcodec-scratch-", "memcodec-scratch-notes.of.mine", "memcodec-notes", "scratch"]
    for name in others:
        (root / name).mkdir()
    (root / "memcodec-scratch-abcdefgh").write_text("a file")
    (root / "memcodec-scratch-ijklmnop").symlink_to(root / "scratch")
    before = sorted(root.iterdir())
    with Scratch():
        pass
    assert sorted(root.iterdir()) == before
