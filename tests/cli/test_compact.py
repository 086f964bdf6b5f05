"""``memcodec compact``."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import memcodec
from tests.cli.support import (
    DOCUMENTS,
    NEWER,
    Run,
    bytes_written,
    program,
    uris,
    without_signal_mask,
)

LEFT = {uri: text for uri, text in (DOCUMENTS | NEWER).items() if uri != "evil.txt"}


def test_compact_replaces_the_file(run: Run, grown: str) -> None:
    before, ids = Path(grown).stat().st_size, json.loads(run("list", grown, "--json").stdout)["documents"]
    words = run("compact", grown).stdout
    after = Path(grown).stat().st_size
    assert after < before
    assert words.startswith(f"{grown}\n")
    assert f"documents  {len(LEFT)} kept, 2 gone for good" in words
    assert "file       " in words and " before, " in words and "frames     " in words
    assert json.loads(run("list", grown, "--json").stdout)["documents"] == ids
    assert json.loads(run("search", "swallows", grown, "--json").stdout)["hits"]
    assert "dropped" not in run("info", grown).stdout
    run("verify", grown, "--deep")
    assert [path.name for path in Path().iterdir()] == [grown]


def test_what_was_forgotten_is_gone(run: Run, grown: str) -> None:
    run("compact", grown)
    gone = [DOCUMENTS["evil.txt"].encode(), DOCUMENTS["notes.txt"].encode(), b"evil.txt"]
    with memcodec.open(grown) as memory:
        stored = b"".join(
            b"".join(block or b"" for block in segment.walk(0, -(-segment.record.text // 32768)))
            for segment in memory.reader.segments
        )
    assert not any(text in stored or text in Path(grown).read_bytes() for text in gone)
    for number in (1, 2, 3):
        assert "no commit" in run("list", grown, "--as-of", number, code=9).stderr


def test_json(run: Run, grown: str) -> None:
    before = Path(grown).stat().st_size
    result = run("compact", grown, "--json")
    answer = json.loads(result.stdout)
    assert set(answer) == {
        "file",
        "before",
        "after",
        "documents",
        "dropped",
        "copied_frames",
        "encoded_frames",
        "recoded_commits",
        "seconds",
        "notes",
    }
    assert (answer["before"], answer["after"]) == (before, Path(grown).stat().st_size)
    assert (answer["documents"], answer["dropped"]) == (len(LEFT), 2)
    assert result.stderr == ""


@pytest.mark.slow
def test_to_another_file(run: Run, grown: str) -> None:
    before = Path(grown).read_bytes()
    assert ".mp4" in run("compact", grown, "-o", "small.flac", code=3).stderr
    assert run("compact", grown, "-o", "small.mp4", "--quiet").output == ""
    assert uris(run, "small.mp4") == LEFT.keys()
    assert "--force" in run("compact", grown, "-o", "small.mp4", code=11).stderr
    run("compact", grown, "-o", "small.mp4", "--force")
    assert Path(grown).read_bytes() == before


@pytest.mark.parametrize("suffix", [".mp4", ".flac"])
def test_append_goes_on_after_it(run: Run, grown: str, folder: Path, suffix: str) -> None:
    file = grown if suffix == ".mp4" else "grown.flac"
    if file != grown:
        run("convert", grown, file)
    run("compact", file)
    run("append", file, folder)
    assert uris(run, file) == {*DOCUMENTS, *NEWER}
    run("restore", file, "-o", "out", "-q")
    assert Path("out/evil.txt").read_bytes().decode() == DOCUMENTS["evil.txt"]
    run("verify", file, "--deep")


@pytest.mark.slow
def test_an_interrupt_leaves_the_file_as_it_was(run: Run, tmp_path: Path) -> None:
    folder, file = tmp_path / "in", tmp_path / "a.mp4"
    folder.mkdir()
    for number in range(40):
        words = (f"{(number * 6_000 + index) * 2654435761 % 2**32:x}" for index in range(6_000))
        (folder / f"{number:02}.txt").write_text(" ".join(words))
    run("encode", folder, "-o", file, "--model", "none")
    run("forget", file, "--path", "*[02468].txt")
    shutil.rmtree(folder)
    before = file.read_bytes()
    child = subprocess.Popen(
        program("compact", file),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=without_signal_mask,
    )
    deadline = time.monotonic() + 60
    while bytes_written(child, tmp_path, file) < 200_000 and time.monotonic() < deadline:
        assert child.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout, stderr) == (130, b"", b"memcodec: interrupted\n")
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]
