"""What a parser that was taken over would try. In the child: yields by name whether it was refused, and how."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO


def attempts(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    """``file`` says which port listens and which file is secret."""
    port, _, secret = file.read().decode().partition(" ")
    tries: dict[str, Callable[[], Any]] = {
        "tcp": lambda: socket.create_connection(("127.0.0.1", int(port)), 5),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "read": lambda: Path(secret).read_bytes(),
        "home": lambda: list(Path.home().iterdir()),
        "passwords": lambda: Path("/etc/passwd").read_bytes(),
        "write": lambda: Path(secret).with_name("new").write_bytes(b"x"),
        "delete": lambda: Path(secret).unlink(),
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "parent": lambda: os.kill(os.getppid(), 0),
        "descriptors": lambda: Path(f"/proc/{os.getppid()}/fd/0").readlink(),
    }
    for name, attempt in tries.items():
        try:
            attempt()
            yield {name: "done"}, b""
        except OSError as error:
            yield {name: type(error).__name__}, b""


def allowed(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    """What a parser needs: modules, temporary files, all of its file."""
    import pypdfium2  # noqa: F401

    with tempfile.TemporaryFile() as scratch:
        scratch.write(b"x")
    file.seek(-4, os.SEEK_END)
    yield {"scratch": tempfile.gettempdir()}, file.read()


def crash(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    yield {}, b"before"
    os.abort()


def hang(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    yield {}, b"before"
    file.read(1)
    while True:
        pass


def hoard(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    yield {}, bytes(5 << 30)


def lie(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    """Writes into every pipe that it has."""
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(descriptor, b'["give", 1]\n')
    yield {}, b"x"


def chatter(file: BinaryIO) -> Iterator[tuple[dict[str, str], bytes]]:
    print("a library that prints")  # noqa: T201
    sys.stdout.flush()
    yield {}, file.read()
