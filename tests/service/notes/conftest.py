"""A service whose notes rest after a moment, a state folder of its own, and what a crash leaves of a note."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import memcodec
from memcodec.errors import NotFound
from memcodec.service.notes import kept
from memcodec.service.notes.shared import Shared
from tests.service.conftest import Service, address

REST = 0.4  # seconds


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def noting(path: Path, state: Path, *, port: int = 0, rest: float = REST) -> Iterator[Service]:
    """A service that notes are edited at. It is killed at the end unless it was stopped."""
    command = [sys.executable, "-m", "tests.service.notes.serving", str(path), str(port), str(rest)]
    environ = {**os.environ, "MEMCODEC_MODEL": "none", "XDG_STATE_HOME": str(state)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ)
    try:
        yield Service(address(process), process)
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def held(state: Path) -> list[Path]:
    """The files of notes that are not let go yet."""
    return sorted((state / "memcodec" / "notes").glob("*.note"))


def surviving(path: Path, state: Path, uri: str) -> str:
    """What is left of a note when its service was killed: what the next one begins with."""
    for each in held(state):
        read = kept.read(each)
        if read is not None and read.head.uri == uri:
            states = (read.base.state, *(intent.state for intent in read.intents))
            return Shared(*states, *read.updates).text
    return in_file(path, uri)


def in_file(path: Path, uri: str) -> str:
    """What a memory file has of it; nothing, if it has none."""
    with memcodec.open(path) as memory:
        try:
            return memory.read(uri)
        except NotFound:
            return ""


def commits(path: Path) -> list[int]:
    with memcodec.open(path) as memory:
        return [each.number for each in memory.log()]
