"""One stream of pieces out of a confined child process: the child reads a stranger's bytes, which it asks its parent
for, and gives what it makes of them. It can open no file of its own, and crashes alone.

What goes over the pipes. To the parent a line of JSON: ``["read", offset, size]``; ``["give", head, size]`` and so many
bytes; ``["end"]``; ``["error", class, message]``; ``["size"]``. To the child a line with a number: after "size" the
file's size, after "read" how many bytes follow.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

from memcodec import errors
from memcodec.errors import MemcodecError
from memcodec.process import children, machine
from memcodec.process.scratch import Scratch

SECONDS = 180.0  #: for one piece
_MEMORY, _LEAST_MEMORY = 3 << 30, 256 << 20
_MOST = 1 << 30  # of one piece
_LINE = 1 << 20

Piece = tuple[dict[str, Any], bytes]


class Ended(Exception):
    """The child ended before its work did: it crashed, took too long for a piece, or needed more memory."""


def memory() -> int:
    """Bytes of data that a child which begins now may hold: 3 GiB, or all that is free here if that is less."""
    free = machine.free_memory()
    return _MEMORY if free is None else max(_LEAST_MEMORY, min(_MEMORY, free))


def stream(function: str, file: BinaryIO, *, seconds: float = SECONDS) -> Iterator[Piece]:
    """What ``function`` ("module:name") yields in a child, where it is called with what reads ``file``.

    Its pieces are a dict that JSON has and bytes. Raises Ended, and what the function raises of the error tree.
    """
    child = None
    with Scratch() as scratch:
        try:
            child = _started(function, scratch)
            yield from _pieces(child, file, seconds)
        finally:
            if child is not None:
                _end(child)


def environment(scratch: str) -> dict[str, str]:
    """A child's: a safe path, temporary files in ``scratch``, and no threads that only cost memory."""
    folders = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), scratch)
    return {**children.environment(), **folders, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _started(function: str, scratch: str) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    return children.start(
        "-c",
        f"from memcodec.isolation.inside import serve; serve({function!r}, {memory()})",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(scratch),
        start_new_session=True,  # an interrupt from the keyboard is its parent's business
        creationflags=flags,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()


def _pieces(child: subprocess.Popen[bytes], file: BinaryIO, seconds: float) -> Iterator[Piece]:
    assert child.stdin is not None and child.stdout is not None  # they are pipes
    watch = _Watch(child, seconds)
    watch.start()
    try:
        while True:
            with watch.waiting():
                said = _said(child.stdout)
                data = _exactly(child.stdout, said[2]) if said[0] == "give" else b""
            if said[0] == "size":
                _answer(child.stdin, file.seek(0, os.SEEK_END))
            elif said[0] == "read":
                file.seek(max(0, said[1]))
                data = file.read(min(max(0, said[2]), _MOST))
                _answer(child.stdin, len(data), data)
            elif said[0] == "give":
                yield said[1], data
            elif said[0] == "error":
                raise error_of(*said[1:])
            else:
                return
    finally:
        watch.end()


def _answer(questions: IO[bytes], number: int, data: bytes = b"") -> None:
    with contextlib.suppress(OSError):  # it is gone, as the next reading tells
        questions.write(b"%d\n" % number + data)
        questions.flush()


def _said(answers: IO[bytes]) -> Any:
    line = answers.readline(_LINE)
    try:
        said = json.loads(line)
        is_known = (said[0], *map(type, said[1:])) in _SAYINGS
    except (ValueError, TypeError, LookupError, RecursionError):
        is_known = False
    if not is_known:
        raise Ended("ended before its work did")
    return said


_SAYINGS = {("end",), ("size",), ("read", int, int), ("give", dict, int), ("error", str, str)}


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size) if 0 <= size <= _MOST else b""
    if len(data) != size:
        raise Ended("ended before its work did")
    return data


def error_of(name: str, message: str) -> Exception:
    """The error by its name, if it is one of the tree: a child may say anything."""
    kind = getattr(errors, name, None)
    return kind(message) if isinstance(kind, type) and issubclass(kind, MemcodecError) else Ended(message)


class _Watch(threading.Thread):
    """Kills a child that lets its parent wait too long."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        super().__init__(daemon=True)
        self._child, self._seconds = child, seconds
        self._until = float("inf")
        self._done = threading.Event()

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        self._until = time.monotonic() + self._seconds
        try:
            yield
        finally:
            self._until = float("inf")

    def end(self) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        while not self._done.wait(min(1.0, self._seconds)):
            if time.monotonic() > self._until:
                self._child.kill()
