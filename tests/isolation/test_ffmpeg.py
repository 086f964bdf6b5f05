"""A media file is its own bytes: none makes FFmpeg open another file or a socket, whatever it is named."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

import pytest

from memcodec import errors
from memcodec.ingest.kinds import speech
from memcodec.isolation import ffmpeg
from tests.isolation.doors import doors
from tests.support.memories import create
from tests.support.needs import needs, needs_library

NAMES = ("x.mp4", "x.flac", "x.wav")
REPAIR = """
import sys
from memcodec.cli import main
for name in sys.argv[2:]:
    try:
        main(["repair", name, "-o", sys.argv[1]])
    except SystemExit as error:
        print(error.code)
"""  # one process for all: each file is parsed in a child of its own
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
def test_repair_opens_the_file_it_is_given_and_nothing_else(
    secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(secret.parent)
    kinds, calls = doors(secret), tmp_path / "calls"
    names = [f"{kind} {name}" for kind, name in zip(kinds, cycle(NAMES))]
    for name, data in zip(names, kinds.values(), strict=True):
        Path(name).write_bytes(data)
    done = subprocess.run(
        [*_traced(calls), sys.executable, "-c", REPAIR, tmp_path / "out.mp4", *names],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not _ways_out(calls, secret)
    assert done.stdout.split() == [str(errors.Damaged.exit_code)] * len(names)
    assert not (tmp_path / "out.mp4").exists()
    said = done.stderr.splitlines()
    assert len(said) == len(names) and all(name in line for name, line in zip(names, said, strict=True))


@pytest.mark.slow
def test_a_recording_is_heard_without_a_socket(secret: Path, tmp_path: Path) -> None:
    needs_library("faster_whisper")
    for kind, data in doors(secret).items():
        calls = tmp_path / "calls"
        done = subprocess.run(
            [*_traced(calls), sys.executable, "-c", HEARD], input=data, capture_output=True, timeout=60
        )
        assert b"SourceError: x.wav: " in done.stderr
        assert not _ways_out(calls, secret), kind


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


def _traced(calls: Path) -> list[str]:
    """What writes down the calls of a command and its children that open files or sockets."""
    return [needs("strace"), "-f", "--seccomp-bpf", "-o", str(calls), "-e", "trace=%network,open,openat"]


def _ways_out(calls: Path, secret: Path) -> list[str]:
    """Calls that reach for another file or a socket. AF_UNIX: the C library asks for the user's name so."""
    lines = [line for line in calls.read_text().splitlines() if "AF_UNIX" not in line]
    assert any("openat(" in line for line in lines)
    return [line for line in lines if re.search(rf"(socket|bind|connect)\(|{secret.name}|\.png", line)]
