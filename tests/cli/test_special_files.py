"""A pipe, a device or a socket where a file is meant: one line at once, from every command."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcodec.cli import COMMANDS
from tests.cli.support import Run
from tests.support.world import RECIPIENT

SECONDS = 20  # a command that waits for the other end waits for ever
#: command lines for a special file ``IT``, by command; ``M`` is a memory file
READING = {
    "encode": ["encode IT -o new.mp4 --model none", "encode notes -o new.mp4 --model IT"],
    "append": ["append IT notes", "append M IT"],
    "sync": ["sync IT notes", "sync M IT"],
    "merge": ["merge IT M -o new.mp4", "merge M IT -o new.mp4"],
    "tag": ["tag IT --path x --tag a=b"],
    "forget": ["forget IT --path x"],
    "sign": ["sign IT --key notes/a.txt"],
    "seal": [f"seal IT -o new.mp4 --seal-to {RECIPIENT}"],
    "capsule": [f"capsule IT -o new.mp4 --path * --to {RECIPIENT}"],
    "unseal": ["unseal IT -o new.mp4"],
    "recipients": ["recipients IT", f"recipients IT --add {RECIPIENT}"],
    "rotate": ["rotate IT", "rotate M --identity IT"],
    "reseal": ["reseal IT -o new.mp4"],
    "compact": ["compact IT", "compact IT -o new.mp4"],
    "index": ["index IT", "index IT --background", "index IT --rebuild", "index M --model IT"],
    "jobs": ["jobs status IT"],
    "convert": ["convert IT new.flac"],
    "search": ["search x IT", "search x M IT"],
    "show": ["show IT x"],
    "open": ["open IT 1"],
    "get": ["get IT 1"],
    "cat": ["cat IT x"],
    "mount": ["mount IT notes"],
    "chat": ["chat IT"],
    "mcp": ["mcp IT"],
    "runs": ["runs list IT"],
    "live": [],
    "graph": ["graph IT", "graph M IT -o new.html"],
    "synthesize": ["synthesize IT --query x"],
    "topics": ["topics IT"],
    "trends": ["trends IT"],
    "dashboard": ["dashboard IT -o new.html"],
    "list": ["list IT"],
    "restore": ["restore IT -o out"],
    "log": ["log IT"],
    "timeline": ["timeline IT"],
    "diff": ["diff IT 1 2"],
    "branch": ["branch IT 1 -o new.mp4"],
    "fold": ["fold IT"],
    "rollback": ["rollback IT 1"],
    "info": ["info IT"],
    "verify": ["verify IT", "verify IT --deep"],
    "prove": ["prove IT x"],
    "repair": ["repair IT -o new.mp4"],
    "split": ["split IT --size 1MB"],
    "join": ["join IT -o new.mp4", "join M IT -o new.mp4"],
    "publish": ["publish IT s3://bucket/x.mp4"],
    "fetch": [],
    "page": ["page IT -o new", "page IT -o new.html --single"],
    "serve": ["serve IT"],
    "print": ["print IT -o new.pdf"],
    "scan": ["scan IT -o new.mp4"],
    "spectrum": ["spectrum IT -o new.png"],
    "codecs": [],
    "models": [],
    "about": [],
    "config": [],
    "doctor": [],
    "cache": [],
    "help": [],
    "completion": [],
}
#: the same where it would be replaced
WRITING = [
    "encode notes -o IT --model none --force --codec av1",
    "merge M M -o IT --force",
    "compact M -o IT --force",
    "convert M IT --force",
    f"seal M -o IT --force --seal-to {RECIPIENT}",
    f"capsule M -o IT --force --path * --to {RECIPIENT}",
    "branch M 1 -o IT --force",
    "repair M -o IT --force --model none",
    "spectrum M -o IT --force",
    "restore M -o IT",
]


def test_every_command_is_looked_at() -> None:
    assert READING.keys() == COMMANDS.keys()


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    def late(*_: object) -> None:
        raise AssertionError("it waits for the other end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "socket", "device"])
def special(request: pytest.FixtureRequest, memory_file: str, tmp_path: Path) -> Iterator[Path]:
    """In the working folder, beside the memory file M and a folder of notes."""
    Path("M").symlink_to(memory_file)
    Path("notes").mkdir()
    Path("notes/a.txt").write_text("The heron waits.\n")
    path = Path("it.mp4")
    if request.param == "pipe":
        os.mkfifo(path)
        yield path
    elif request.param == "device":
        path.symlink_to("/dev/zero")
        yield path
    else:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            yield path
    assert path.exists()


def refused(run: Run, command: str, special: Path) -> None:
    result = run(*(special if word == "IT" else word for word in command.split()), code=None)
    assert result.exit_code not in (0, 2), result.output
    told = [line for line in result.stderr.splitlines() if not line.startswith("note: ")]
    assert len(told) == 1, result.stderr
    assert told[0].startswith("memcodec: ") and "Errno" not in told[0]


@pytest.mark.parametrize("command", [command for commands in READING.values() for command in commands])
def test_it_is_refused_at_once(command: str, special: Path, run: Run) -> None:
    refused(run, command, special)


@pytest.mark.parametrize("command", WRITING)
def test_it_is_not_replaced(command: str, special: Path, run: Run) -> None:
    refused(run, command, special)


def test_in_a_folder_it_is_passed_over(special: Path, run: Run) -> None:
    special.rename("notes/it.txt")
    os.mkfifo(special)
    run("encode", "notes", "-o", "new.mp4", "--model", "none")
    Path("notes/new.mp4").symlink_to(Path("new.mp4").absolute())
    assert "The heron waits" in run("search", "heron", "notes").stdout


def test_what_is_piped_to_standard_input_is_taken(run: Run) -> None:
    run("encode", "-", "-o", "new.mp4", "--model", "none", input=b"from a pipe")
    assert "from a pipe" in run("show", "new.mp4", "stdin-*").stdout
