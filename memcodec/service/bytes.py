"""A file's bytes over HTTP (RFC 9110, section 14), as far as its last commit, under an ETag that names the commit.

What is behind the last commit, a journal or a commit under way, is not shown: who reads by ranges sees one whole state.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import memcodec

PIECE = 1 << 18
_SMALL = 1 << 20  # bytes that are answered at once
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_TRIES = 5
KINDS = {".mp4": "video/mp4", ".flac": "audio/flac"}

Mark = tuple[int, int, int, int]


class State(NamedTuple):
    """A state of a file: its bytes as far as ``end``, its last commit's number."""

    mark: Mark
    end: int
    commit: int
    etag: str


class Stored:
    """One file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._state: State | None = None

    @property
    def kind(self) -> str:
        """Its media type."""
        return KINDS.get(self.path.suffix.lower(), "application/octet-stream")

    def state(self) -> State:
        """The newest one. Raises what ``memcodec.open`` raises."""
        mark = _mark(self.path.stat())
        with self._lock:
            if self._state is None or self._state.mark != mark:
                with memcodec.open(self.path) as memory:
                    reader = memory.reader_for("any")
                    tag = f'"{reader.record.file}-{reader.record.commit}-{reader.end}"'
                    self._state = State(mark, reader.end, reader.record.commit, tag)
            return self._state

    def open(self) -> tuple[int, State]:
        """A descriptor of the file, and the state that it has; close it."""
        for _ in range(_TRIES):
            state = self.state()
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            there = _mark(os.fstat(descriptor))
            # What grew since has the same bytes before the state's end; another file has not.
            if there[:2] == state.mark[:2] and there[2] >= state.end:
                return descriptor, state
            os.close(descriptor)
        raise memcodec.StorageError(f"{self.path.name}: is replaced again and again; try later")


def _mark(found: os.stat_result) -> Mark:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def span(asked: str | None, size: int) -> tuple[int, int] | None:
    """Which bytes are asked for, (start, end); None: all of them. Raises ValueError for none that there are.

    What is no single range of bytes is passed over, as the standard has it: the whole file answers it.
    """
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
        if match[2] and int(match[2]) < start:
            return None
    if start >= end:
        raise ValueError
    return start, end


def pieces(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    """Bytes of a file, which is closed at the end."""
    try:
        while start < end:
            data = _at(descriptor, start, min(PIECE, end - start))
            start += len(data)
            yield data
    finally:
        os.close(descriptor)


def whole(descriptor: int, start: int, end: int) -> bytes | None:
    """The same at once, if it is little; else None, and the file stays open."""
    return b"".join(pieces(descriptor, start, end)) if end - start <= _SMALL else None


def _at(descriptor: int, start: int, size: int) -> bytes:
    if hasattr(os, "pread"):
        data: bytes = os.pread(descriptor, size, start)
    else:
        os.lseek(descriptor, start, os.SEEK_SET)
        data = os.read(descriptor, size)
    if not data:
        raise memcodec.StorageError("the file was cut while it was read")
    return data
