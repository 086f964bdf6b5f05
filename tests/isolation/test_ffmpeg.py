"""A media file is its own bytes: none makes FFmpeg open another file or a socket, whatever it is named."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from memcodec import errors
from memcodec.ingest.kinds import speech
from memcodec.isolation import ffmpeg
from tests.cli.support import program
from tests.isolation.doors import doors
from tests.support.memories import create
from tests.support.needs import needs, needs_library

NAMES = ("x.mp4", "x.flac", "x.wav")
HEARD = (
    "import sys; from memcodec.ingest.kinds import speech; speech._sound(sys.stdin.buffer.read(), 'x.wav')"
)


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("doors") / "secret.mp4", {"diary.txt": "Nobody may read this."})


@pytest.mark.parametrize("kind", list(doors(Path("/secret.mp4"))))
def test_a_door_is_no_recording(secret: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(secret.parent)
    began = time.monotonic()
    with pytest.raises(errors.SourceError, match=r"^x\.wav: [^\n]*$"):
        speech._sound(doors(secret)[kind], "x.wav")
    assert time.monotonic() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_repair_opens_the_file_it_is_given_and_nothing_else(
    secret: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(secret.parent)
    for kind, data in doors(secret).items():
        file, out, calls = secret.parent / name, tmp_path / f"{kind}.mp4", tmp_path / "calls"
        file.write_bytes(data)
        command = [
            needs("strace"),
            "-f",
            "--seccomp-bpf",
            "-o",
            calls,
            "-e",
            "trace=%network,open,openat,stat,access",
        ]
        done = subprocess.run(
            [*command, *program("repair", name, "-o", out)], capture_output=True, text=True, timeout=60
        )
        traced = [line for line in calls.read_text().splitlines() if _is_a_way_out(line, secret.name)]
        assert not traced, kind
        assert done.returncode == errors.Damaged.exit_code and not out.exists(), kind
        assert done.stderr.count("\n") == 1 and name in done.stderr, kind


@pytest.mark.slow
def test_a_recording_is_heard_without_a_socket(secret: Path, tmp_path: Path) -> None:
    needs_library("faster_whisper")
    for kind, data in doors(secret).items():
        calls = tmp_path / "calls"
        command = [
            needs("strace"),
            "-f",
            "--seccomp-bpf",
            "-o",
            calls,
            "-e",
            "trace=%network,open,openat",
            sys.executable,
        ]
        done = subprocess.run([*command, "-c", HEARD], input=data, capture_output=True, timeout=60)
        assert b"SourceError: x.wav: " in done.stderr
        traced = [line for line in calls.read_text().splitlines() if _is_a_way_out(line, secret.name)]
        assert not traced, kind


def test_the_containers_that_people_have_are_open(tmp_path: Path) -> None:
    sources = ["-f", "lavfi", "-i", "testsrc=d=0.2:s=64x64", "-f", "lavfi", "-i", "sine=d=0.2"]
    for end in (
        "mp4",
        "mov",
        "mkv",
        "avi",
        "flv",
        "ts",
        "mpg",
        "flac",
        "wav",
        "ogg",
        "mp3",
        "aac",
        "aiff",
        "caf",
    ):
        path = tmp_path / f"x.{end}"
        subprocess.run([needs("ffmpeg"), "-v", "error", *sources, path], check=True)
        with path.open("rb") as file, ffmpeg.opened(file) as container:
            assert next(ffmpeg.frames(container.streams.audio[0]), None) is not None, end


def _is_a_way_out(line: str, secret: str) -> bool:
    """A call that reaches for another file or a socket. AF_UNIX: the C library asks for the user's name so."""
    reached = ("socket(" in line or "bind(" in line or "connect(" in line) and "AF_UNIX" not in line
    return reached or secret in line or ".png" in line
