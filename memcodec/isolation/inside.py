"""The child of ``child.py``: confined, it works on a file that its parent reads for it."""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
from typing import BinaryIO, cast

from memcodec.errors import MemcodecError, SourceError
from memcodec.isolation.confine import confine

_AHEAD = 1 << 18  # bytes asked for at once, at least


def serve(function: str, memory: int) -> None:
    """Gives what ``function`` ("module:name") yields, holding at most ``memory`` bytes of data. Ends the process."""
    parent = _Parent(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # a library that prints must not speak between the pieces
    confine(memory)
    module, _, name = function.partition(":")
    try:
        file = cast(BinaryIO, _Asked(parent))
        for head, data in getattr(importlib.import_module(module), name)(file):
            parent.say("give", head, len(data), data=data)
        parent.say("end")
    except MemcodecError as error:
        parent.say("error", type(error).__name__, str(error))
    except MemoryError:
        parent.say("error", SourceError.__name__, "needs more memory than it may have")
    os._exit(0)  # nothing is left to be done, and the threads of a library need not end


class _Parent:
    def __init__(self, answers: BinaryIO, questions: BinaryIO) -> None:
        self._in, self._out = answers, questions

    def say(self, *words: object, data: bytes = b"") -> None:
        self._out.write(json.dumps(words).encode() + b"\n")
        self._out.write(data)
        self._out.flush()

    def read(self, offset: int, size: int) -> bytes:
        self.say("read", offset, size)
        return self._in.read(self._number())

    def size(self) -> int:
        self.say("size")
        return self._number()

    def _number(self) -> int:
        return int(self._in.readline() or b"0")


class _Asked(io.RawIOBase):
    """The file that the parent reads."""

    def __init__(self, parent: _Parent) -> None:
        self._parent, self._place = parent, 0
        self._held, self._at = b"", 0  # what was read last, and where it lies

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place}
        self._place = max(0, offset + (start[whence] if whence in start else self._parent.size()))
        return self._place

    def read(self, size: int = -1) -> bytes:
        size = self._parent.size() - self._place if size < 0 else size
        if not self._at <= self._place <= self._place + size <= self._at + len(self._held):
            self._held, self._at = self._parent.read(self._place, max(size, _AHEAD)), self._place
        begin = self._place - self._at
        data = self._held[begin : begin + max(0, size)]
        self._place += len(data)
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
