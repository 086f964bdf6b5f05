"""How commands end: one line, the right code, never a traceback; signals and closed pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from memcodec import errors
from memcodec.cli import exits
from tests.cli.support import Run, Spawn, bytes_written, program, without_signal_mask

ERRORS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.MemcodecError)
]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_keeps_its_exit_code(kind: type[errors.MemcodecError]) -> None:
    with pytest.raises(exits.Failure, match="what is wrong") as caught, exits.translated():
        raise kind("what is wrong")
    assert caught.value.exit_code == kind.exit_code


MISTAKES = [
    (2, ["encode", "x"]),
    (2, ["search", "--mode", "psychic", "q", "x.mp4"]),
    (2, ["list", "--bogus", "x.mp4"]),
    (2, ["get", "x.mp4", "one"]),
    (3, ["encode", "text.txt", "-o", "a.mp3"]),
    (3, ["encode", "text.txt", "-o", "a.mp4", "--parity", "101"]),
    (3, ["encode", "text.txt", "-o", "a.mp4", "--tag", "novalue"]),
    (3, ["encode", "text.txt", "-o", "a.mp4", "--max-file-size", "big"]),
    (4, ["encode", "absent.txt", "-o", "a.mp4"]),
    (4, ["encode", "binary.dat", "-o", "a.mp4"]),
    (5, ["list", "text.txt"]),
    (5, ["list", "empty.mp4"]),
    (7, ["encode", "text.txt", "-o", "a.mp4", "--codec", "betamax"]),
    (11, ["info", "absent.mp4"]),
    (9, ["info", "."]),
    (11, ["encode", "text.txt", "-o", "absent/a.mp4", "--model", "none"]),
    (2, ["append", "absent.mp4"]),
    (2, ["append", "absent.mp4", "text.txt", "--wait", "nan"]),
    (2, ["forget", "absent.mp4"]),
    (2, ["list", "absent.mp4", "--as-of", "some day"]),
    (2, ["timeline", "absent.mp4", "--since", "2026-13-01"]),
    (2, ["rollback", "absent.mp4", "0"]),
    (3, ["append", "absent.mp4", "text.txt", "--tag", "novalue"]),
    (3, ["forget", "absent.mp4", "--tag", "a=1", "--tag", "a=2"]),
    (5, ["append", "text.txt", "text.txt"]),
    (5, ["append", "empty.mp4", "text.txt"]),
    (5, ["merge", "text.txt", "-o", "a.mp4"]),
    (5, ["compact", "text.txt"]),
    (11, ["append", "absent.mp4", "text.txt"]),
    (11, ["log", "absent.mp4"]),
    (11, ["merge", "absent.mp4", "-o", "a.mp4"]),
]


@pytest.mark.parametrize(("code", "args"), MISTAKES)
def test_a_mistake_gives_one_line_and_a_code(run: Run, code: int, args: list[str]) -> None:
    Path("text.txt").write_text("text")
    Path("binary.dat").write_bytes(b"\xff\x00")
    Path("empty.mp4").touch()
    before = set(Path().iterdir())
    result = run(*args, code=code)
    assert result.stdout == ""
    assert result.stderr.startswith("memcodec: ") and result.stderr.count("\n") == 1
    assert set(Path().iterdir()) == before


def test_an_unknown_setting_names_the_nearest(spawn: Spawn) -> None:
    Path("memcodec.toml").write_text("[encode]\nchunksize = 3\n")
    done = spawn("encode", ".", "-o", "a.mp4")
    assert done.returncode == 3
    assert b"chunk_size" in done.stderr and b"Traceback" not in done.stderr


def test_an_error_message_cannot_steer_the_terminal(run: Run) -> None:
    assert "\x1b" not in run("info", "no\x1b[2Jsuch.mp4", code=11).stderr


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch, run: Run, memory_file: str) -> None:
    import memcodec.memory

    def broken(*args: object, **more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(memcodec.memory, "open", broken)
    with pytest.raises(ZeroDivisionError):
        run("info", memory_file)


@pytest.mark.slow
@pytest.mark.parametrize("args", [["list"], ["info"], ["verify"], ["search", "heron"]])
def test_json_is_all_that_standard_output_holds(spawn: Spawn, memory_file: str, args: list[str]) -> None:
    done = spawn(*args, memory_file, "--json")
    assert done.returncode == 0 and done.stderr == b""
    json.loads(done.stdout.decode("utf-8"))


@pytest.mark.slow
def test_json_of_a_file_whose_name_is_not_utf8(spawn: Spawn, memory_file: str) -> None:
    name = os.fsdecode(b"caf\xe9.mp4")
    Path(name).write_bytes(Path(memory_file).read_bytes())
    assert json.loads(spawn("info", name, "--json").stdout)["file"] == name
    assert spawn("info", name).returncode == 0


def test_a_closed_pipe_is_quiet(memory_file: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        program("list", memory_file), stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_head_is_quiet(memory_file: str) -> None:
    shell = f"{' '.join(program('list', memory_file))} | head -1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, check=False, timeout=60)
    assert done.stdout.startswith(b"ID") and done.stderr == b""


@pytest.mark.slow
def test_an_interrupt_while_encoding_leaves_no_file(tmp_path: Path) -> None:
    words = " ".join(f"{number * 2654435761 % 2**32:x}" for number in range(600_000))
    (tmp_path / "in.txt").write_text(words)
    out = tmp_path / "out"
    out.mkdir()
    args = program("encode", tmp_path / "in.txt", "-o", out / "a.mp4", "--model", "none")
    child = subprocess.Popen(
        args,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=without_signal_mask,
    )
    deadline = time.monotonic() + 60
    while bytes_written(child, out) < 200_000 and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.poll() is None, "it ended before it could be interrupted"
    child.send_signal(signal.SIGINT)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout, stderr) == (130, b"", b"memcodec: interrupted\n")
    assert list(out.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_without_standard_streams_nothing_is_printed_into_the_file(
    tmp_path: Path, closed: tuple[int, ...]
) -> None:
    (tmp_path / "heron.txt").write_text("The heron waits.")

    def close() -> None:
        for stream in closed:
            os.close(stream)

    for command in (
        "encode heron.txt -o a.mp4 --model none",
        "search heron a.mp4 --mode lexical",
        "append a.mp4 -",
    ):
        done = subprocess.run(
            [*program(), *command.split()],
            cwd=tmp_path,
            preexec_fn=close,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        assert b"Traceback" not in done.stderr
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert subprocess.run([*program(), "verify", "a.mp4"], cwd=tmp_path, capture_output=True).returncode == 0
