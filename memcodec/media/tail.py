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
from memcodec.format import journal as journal_format
from memcodec.format.checksum import crc32c
from memcodec.media import journal
from memcodec.media.journal import Carrier, Journal
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

    def carrier(self, commit: C) -> tuple[Carrier | None, int]:
        """How groups of a journal stand behind that commit, and the container's number for the first.

        None, as by default: this medium has no journal.
        """
        return None, 0

    def group_trailer(self, data: bytes | memoryview) -> bytes:
        """The trailer of the group of a journal that ``data`` ends with; nothing where it does not end in one."""
        return b""

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

    def ending_at(self, source: Source, end: int, most: int | None = None, held: int = 0) -> C | None:
        """The intact commit that ends at byte ``end`` and is no longer than ``most`` bytes, or None.

        ``held``: from that byte on the file is here already, so what lies there is looked at first.
        """
        if not self.trailer + self.behind <= end <= source.size:
            return None
        first = max(0, end - TAIL)
        if first < held <= end - self.trailer - self.behind:
            first = held
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

    def newest(self, source: Source) -> tuple[C | None, Journal | None]:
        """The last intact commit of a file, and the journal behind it.

        One read of the tail gives both where they fit in it: what the file ends in tells where the journal begins.
        """
        last, held = self.ending_at(source, source.size), max(0, source.size - TAIL)
        ends_in_group = False
        if last is None and source.size:
            tail = source.get_bytes(held, source.size - held)
            told = journal_format.trailer(self.group_trailer(tail))
            if told is not None and told[0] < source.size:
                if source.far:
                    source.prefetch(
                        [(max(0, told[0] - TAIL), source.size - max(0, told[0] - TAIL))][: told[0] < held]
                    )
                last = self.ending_at(source, told[0], held=held)
                ends_in_group = last is not None
        last = last or self.last_before(source, source.size)
        return last, self.journal_behind(source, last, whole=ends_in_group) if last is not None else None

    def journal_behind(self, source: Source, last: C, *, whole: bool = False) -> Journal:
        """The journal behind a file's last commit. ``whole``: there is likely nothing else up to the file's end."""
        carrier, number = self.carrier(last)
        found = journal.empty(last.end, last.record, number)
        if carrier is not None and last.end < source.size:
            found.read_on(source, carrier, whole=whole)
            if found.end < source.size and found.end > found.start:
                found.look_behind(source, carrier)
        return found

    def is_at_end(self, data: bytes) -> bool:
        """Whether a file's last bytes look like the end of a commit, or of a journal. For telling what a file is."""
        return self.trailer_of(data).endswith(self.magic) or bool(self.group_trailer(data))

    def is_broken(self, source: Source, end: int) -> bool:
        """Whether the file ends as a commit does though its last intact one ends at ``end``: that one was damaged."""
        size = min(len(self.magic) + self.behind, source.size - end)
        last = bytes(source.get_bytes(source.size - size, size))[: len(self.magic)]
        # The magic itself may be what is damaged; but most of it is no accident, if nothing else in a file is like it.
        return sum(map(int.__eq__, last, self.magic)) >= len(self.magic) - 2

    def to_continue(self, target: Target) -> tuple[C, Journal]:
        """The commit that a target ends in, and the journal behind it. Raises CodecError when anything follows."""
        source = target.source()
        try:
            last, behind = self.newest(source)
        finally:
            source.close()
        if last is None or behind is None or behind.end != target.size:
            raise CodecError(f"{target.name}: does not end in a commit; cut it there or repair it first")
        return last, behind
