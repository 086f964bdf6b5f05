"""Opens and re-reads the files of this machine for loaders: regular files only, no more than allowed."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from io import FileIO
from typing import BinaryIO, NamedTuple

from memcodec.config.units import format_size
from memcodec.errors import SourceError
from memcodec.format.scratch import ScratchFile
from memcodec.ingest.item import PIECE, pieces_of, time_of
from memcodec.ingest.names import to_uri
from memcodec.ingest.spot import Spot
from memcodec.model import Rights
from memcodec.storage.attributes import rights_of
from memcodec.storage.descriptors import open_regular

PIPED = "stdin"  #: the name of what comes by a pipe, which has none
SMALL = 1 << 20  #: bytes of a file that is read once while it is loaded, and held
HELD = 32 << 20  #: bytes of what was taken out of files that are in memory, at most


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file to load: ``name`` chooses the loader, ``read`` gives the pieces, as often as needed.

    ``read`` raises OSError; ``limit`` is the most bytes that may be taken from it; ``rights`` are the file's own,
    ``spot`` is where it lies, if it lies anywhere; ``anew`` as of an ``Item``; ``look`` is what was seen of it
    before it was read. ``data``: its bytes, while they are held.
    """

    name: str
    uri: str
    time: datetime
    limit: int
    read: Callable[[], Iterator[bytes]]
    rights: Rights | None = None
    spot: Spot | None = None
    anew: bool = False
    look: Look | None = None
    data: bytes | None = field(default=None, repr=False)

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, those that are held or else anew. Raises OSError."""
        return self.read() if self.data is None else pieces_of(self.data)

    def held(self) -> RawFile:
        """The same with its bytes, if it is a small one that can be read: to load a file takes several looks at it."""
        if self.data is not None or self.look is None or self.look.size > SMALL:
            return self
        pieces, size = list[bytes](), 0
        try:
            for piece in self.read():
                pieces.append(piece)
                size += len(piece)
                if size > min(SMALL, self.limit):  # it has grown
                    return self
        except OSError:
            return self  # who loads it tells
        return replace(self, data=b"".join(pieces))


class Look(NamedTuple):
    """What a look at a file tells without reading it: bytes, times in nanoseconds since 1970, its number on its disk.

    One that was written to, or replaced, looks different. ``changed`` is Windows' time of creation.
    """

    size: int
    modified: int
    changed: int
    number: int


def regular_file(path: str, spot: Spot, status: os.stat_result, limit: int) -> RawFile:
    """The file at ``path``; ``status`` is what a look at it found."""
    rights = rights_of(path, status)
    time = time_of(status.st_mtime_ns)
    look = Look(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return RawFile(path, spot.uri, time, limit, partial(read_regular, path), rights, spot, look=look)


def standard_input(limit: int, stream: BinaryIO | None = None, uri: str | None = None) -> RawFile:
    """Standard input, read to its end into an anonymous file. Raises SourceError beyond ``limit`` bytes.

    Without a ``uri`` its own is made of the time.
    """
    stream = stream or sys.stdin.buffer
    spool, taken = ScratchFile(), 0
    while piece := stream.read(PIECE):
        taken += len(piece)
        if taken > limit:
            spool.close()
            raise SourceError(f"standard input: larger than {format_size(limit)}; raise `max_file_size`")
        spool.write(piece)

    def read() -> Iterator[bytes]:
        return (spool.read(at, PIECE) for at in range(0, taken, PIECE))

    weakref.finalize(read, spool.close)
    now = datetime.now(UTC)
    own = f"stdin-{now:%Y-%m-%dT%H-%M-%SZ}" if uri is None else to_uri(uri)
    return RawFile(PIPED, own, now, limit, read, anew=uri is None)


def read_regular(path: str) -> Iterator[bytes]:
    """The pieces of the file at ``path``. Raises OSError, also when it is a pipe, a device or a socket."""
    with open_regular(path) as file:
        yield from _pieces(file)


def _pieces(file: FileIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


class Scratch:
    """Keeps bytes as long as somebody may still read them: the first in memory, as they are read again and again, then
    in a file. For many threads."""

    def __init__(self, held: int = HELD) -> None:
        self._file = ScratchFile()
        self._lock, self._size, self._room = threading.Lock(), 0, held
        weakref.finalize(self, self._file.close)

    def keep(self, data: bytes) -> Callable[[], Iterator[bytes]]:
        """Put bytes aside; what is returned gives them again, in pieces."""
        with self._lock:
            if len(data) <= self._room:
                self._room -= len(data)
                return partial(pieces_of, data)
            start = self._size
            self._file.write(data, start)
            self._size += len(data)
        return partial(self._pieces, start, start + len(data))

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, PIECE):
            with self._lock:
                piece = self._file.read(at, min(PIECE, end - at))
            yield piece
