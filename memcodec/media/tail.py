"""Commits found from a file's end, whatever container they stand in.

A codec seals each commit record (``Tail.seal``) together with what the codec must know to go on, and puts the sealed
bytes into its container so that the last of them, the *trailer*, stand in one piece at the commit's end. One read of a
file's tail then finds the newest commit, whose link leads to the one before. The bytes are untrusted: what is not right
to the last bit is no commit.

A codec has a subclass of ``TailCommit`` for what it keeps there, and one of ``Tail`` that reads it.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import ClassVar, Generic, TypeVar

from memcodec.errors import CodecError
from memcodec.format.checksum import crc32c
from memcodec.storage import Source, Target, reads

TAIL = 32 << 10  #: bytes the first read of the tail takes: a commit up to this long needs no second one
_CHECK = struct.Struct("<I8s")  # CRC32C, magic
CHECK_SIZE = _CHECK.size  #: bytes that ``Tail.seal`` adds
_WINDOW = 1 << 20
_TRIES = 16  # false ends of commits longer than TAIL that a search looks into: a forged file has thousands


@dataclass(frozen=True, slots=True)
class TailCommit:
    """One commit: its record, the bytes of the file it takes, and the codec's link to the one before (0: none)."""

    record: bytes
    start: int
    end: int
    previous: int


C = TypeVar("C", bound=TailCommit)


class Tail(ABC, Generic[C]):
    """How the commits of one codec end."""

    magic: ClassVar[bytes]  #: the trailer's last 8 bytes, no other codec's
    trailer: ClassVar[int]  #: bytes of the trailer, those of ``seal`` included
    behind: ClassVar[int] = 0  #: bytes of container between the trailer and the commit's end

    @abstractmethod
    def start(self, trailer: bytes, end: int) -> int:
        """Where a commit that ends at ``end`` begins, as its trailer has it; that may be anywhere."""

    @abstractmethod
    def parse(self, data: memoryview, start: int, end: int) -> C:
        """The commit in bytes ``start`` to ``end`` of a file. Raises ValueError for one that is not whole and right,
        or whose link does not point before it.
        """

    def before(self, source: Source, commit: C) -> C | None:
        """The commit that another one's link leads to, None when it is damaged. By default links say where one ends."""
        return self.ending_at(source, commit.previous)

    def moved(self, source: Source, last: C) -> int:
        """How many bytes further on than it was written a file's last commit lies, and with it all that belongs to it.

        Other programs change what stands before a recording: tags, pictures. 0 where the commit cannot tell.
        """
        return 0

    def seal(self, body: bytes) -> bytes:
        """``body`` with its CRC32C and the magic."""
        return body + _CHECK.pack(crc32c(body), self.magic)

    def unseal(self, sealed: bytes | memoryview) -> bytes:
        """What ``seal`` was given. Raises ValueError for anything else."""
        body = bytes(sealed[:-CHECK_SIZE])
        if self.seal(body) != sealed:
            raise ValueError("not what was sealed")
        return body

    def ending_at(self, source: Source, end: int, most: int | None = None) -> C | None:
        """The intact commit that ends at byte ``end`` and is no longer than ``most`` bytes, or None."""
        if not self.trailer + self.behind <= end <= source.size:
            return None
        first = max(0, end - TAIL)
        tail = source.get_bytes(first, end - first)
        trailer = self.trailer_of(tail)
        if not trailer.endswith(self.magic):
            return None
        start = self.start(trailer, end)
        if not max(0, end - (most or end)) <= start < end:
            return None
        data = tail[start - first :] if start >= first else reads.whole(source, start, end - start)
        try:
            return self.parse(data, start, end)
        except ValueError:
            return None

    def trailer_of(self, data: bytes | memoryview) -> bytes:
        """The trailer of a commit that ``data`` ends with."""
        return bytes(data[-self.trailer - self.behind :][: self.trailer])

    def last_before(self, source: Source, end: int) -> C | None:
        """The last intact commit in the first ``end`` bytes: at their very end, or else searched for backwards."""
        found, tries, limit = self.ending_at(source, end), count(), end
        while found is None and end > 0:
            start = max(0, end - _WINDOW)
            window = bytes(source.get_bytes(start, end - start))
            place = window.rfind(self.magic)
            while place >= 0 and found is None:
                stop = start + place + len(self.magic) + self.behind
                most = TAIL if next(tries) >= _TRIES else None
                found = self.ending_at(source, stop, most) if stop <= limit else None
                place = window.rfind(self.magic, 0, place)
            # Windows overlap by all but one byte of the magic, so none is cut in two.
            end = start + len(self.magic) - 1 if start else 0
        return found

    def chain(self, source: Source, last: C | None) -> Iterator[C]:
        """That commit and those before it, newest first, each read as it is taken; damaged ones are left out."""
        while last is not None:
            yield last
            if not last.previous:
                return
            # A damaged commit hides where the one before it lies: look for that.
            linked = self.before(source, last) if last.previous <= last.start else None
            last = linked or self.last_before(source, last.start)

    def is_at_end(self, data: bytes) -> bool:
        """Whether a file's last bytes look like the end of a commit. For telling what a file is."""
        return self.trailer_of(data).endswith(self.magic)

    def is_broken(self, source: Source, end: int) -> bool:
        """Whether the file ends as a commit does though its last intact one ends at ``end``: that one was damaged."""
        size = min(len(self.magic) + self.behind, source.size - end)
        last = bytes(source.get_bytes(source.size - size, size))[: len(self.magic)]
        # The magic itself may be what is damaged; but most of it is no accident, if nothing else in a file is like it.
        return sum(map(int.__eq__, last, self.magic)) >= len(self.magic) - 2

    def to_continue(self, target: Target) -> C:
        """The commit that a target ends in. Raises CodecError when it does not end in one."""
        source = target.source()
        try:
            last = self.ending_at(source, source.size)
        finally:
            source.close()
        if last is None:
            raise CodecError(f"{target.name}: does not end in a commit; cut it there or repair it first")
        return last
