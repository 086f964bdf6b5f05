"""``memcodec merge``."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import (
    DOCUMENTS,
    FOLDER,
    NEWER,
    Run,
    bytes_written,
    program,
    uris,
    without_signal_mask,
    write_documents,
)

NAMES = {
    "file",
    "files",
    "documents",
    "duplicates",
    "conflicts",
    "copied_segments",
    "carried_segments",
    "codec",
    "profile",
    "size",
    "seconds",
    "job",
}


@pytest.fixture
def files(run: Run, memory_file: str) -> list[str]:
    """One file of ``DOCUMENTS``, one of ``NEWER`` and of a document that both have."""
    both = {"birds/swifts.txt": DOCUMENTS["birds/swifts.txt"]}
    run("encode", write_documents(Path("in") / FOLDER, NEWER | both), "-o", "newer.mp4", "--model", "none")
    return [str(shutil.copy(memory_file, "birds.mp4")), "newer.mp4"]


def merged(run: Run, *args: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run("merge", *args, "--json").stdout)
    assert set(answer) == NAMES
    return answer


def test_documents_are_joined(run: Run, files: list[str]) -> None:
    before = [Path(file).read_bytes() for file in files]
    answer = merged(run, *files, "-o", "all.mp4")
    assert (answer["files"], answer["documents"]) == (2, len(DOCUMENTS) + 2)
    assert (answer["duplicates"], answer["conflicts"]) == (1, 2)  # swifts.txt; both notes.txt
    assert (answer["copied_segments"], answer["carried_segments"]) == (2, 0)
    assert answer["size"] == Path("all.mp4").stat().st_size
    assert uris(run, "all.mp4") == {*DOCUMENTS, *NEWER}
    for query, uri in (
        ("swallows", "letters/june.txt"),
        ("reeds", "birds/herons.md"),
        ("broken", "notes.txt"),
    ):
        hits = json.loads(run("search", query, "all.mp4", "--json").stdout)["hits"]
        assert {hit["document"]["uri"] for hit in hits} == {uri}
    run("verify", "all.mp4", "--deep")
    assert [Path(file).read_bytes() for file in files] == before


@pytest.mark.slow
def test_the_report_and_where_parts_came_from(run: Run, files: list[str]) -> None:
    words = run("merge", *files, "-o", "all.mp4").stdout
    assert words.startswith("all.mp4\n")
    assert f"documents  {len(DOCUMENTS) + 2} of 2 files, 1 that several files have, kept once, " in words
    assert "2 that share a uri and differ, all kept" in words
    assert "frames     2 segments copied\n" in words
    info = run("info", "all.mp4").stdout
    assert f"merged     birds.mp4 (commit 1, {len(DOCUMENTS)} documents)" in info
    assert "newer.mp4 (commit 1, " in info
    assert run("merge", *files, "-o", "more.mp4", "--quiet").output == ""


def test_a_file_with_itself_is_the_file(run: Run, memory_file: str) -> None:
    answer = merged(run, memory_file, memory_file, "-o", "all.mp4")
    assert (answer["documents"], answer["conflicts"]) == (len(DOCUMENTS), 0)
    listing = [
        json.loads(run("list", file, "--json").stdout)["documents"] for file in (memory_file, "all.mp4")
    ]
    assert listing[0] == listing[1]


def test_another_medium_is_carried_over(run: Run, files: list[str]) -> None:
    run("convert", files[1], "newer.flac")
    answer = merged(run, files[0], "newer.flac", "-o", "all.mp4")
    assert (answer["copied_segments"], answer["carried_segments"]) == (1, 1)
    assert uris(run, "all.mp4") == {*DOCUMENTS, *NEWER}
    assert merged(run, files[0], "newer.flac", "-o", "all.flac")["codec"] == "flac"
    assert uris(run, "all.flac") == {*DOCUMENTS, *NEWER}
    for file in ("all.mp4", "all.flac"):
        run("verify", file, "--deep")


@pytest.mark.slow
def test_codec_and_profile_are_the_first_files(run: Run, folder: Path, files: list[str]) -> None:
    run("encode", folder, "-o", "a.mp4", "--codec", "h264", "--profile", "robust", "--model", "none")
    answer = merged(run, "a.mp4", files[1], "-o", "all.mp4")
    assert (answer["codec"], answer["profile"]) == ("h264", "robust")
    answer = merged(
        run, "a.mp4", files[1], "-o", "all.mp4", "--codec", "av1", "--profile", "dense", "--force"
    )
    assert (answer["codec"], answer["profile"], answer["copied_segments"]) == ("av1", "dense", 1)


def test_merge_refuses(run: Run, files: list[str]) -> None:
    before = Path(files[0]).read_bytes()
    assert ".mp4" in run("merge", *files, "-o", "all.ogg", code=3).stderr
    assert "input" in run("merge", *files, "-o", files[0], "--force", code=3).stderr
    Path("all.mp4").write_text("mine")
    assert "--force" in run("merge", *files, "-o", "all.mp4", code=11).stderr
    assert (Path("all.mp4").read_text(), Path(files[0]).read_bytes()) == ("mine", before)


@pytest.mark.slow
def test_an_interrupt_leaves_no_file(run: Run, tmp_path: Path) -> None:
    words = " ".join(f"{number * 2654435761 % 2**32:x}" for number in range(300_000))
    Path("in.txt").write_text(words)
    run("encode", "in.txt", "-o", "a.flac", "--model", "none")
    child = subprocess.Popen(
        program("merge", "a.flac", "-o", tmp_path / "all.mp4"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=without_signal_mask,
    )
    deadline = time.monotonic() + 60
    while bytes_written(child, tmp_path) < 200_000 and time.monotonic() < deadline:
        assert child.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout, stderr) == (130, b"", b"memcodec: interrupted\n")
    assert list(tmp_path.iterdir()) == []
