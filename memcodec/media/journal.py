"""A journal found behind a file's last commit: its groups, one proven by the other, in whatever container they stand.

A codec has a ``Carrier``: it puts a group into the container so that a player passes over it, and takes it out. The
bytes are untrusted: what is not right to the last bit, or does not follow from the group before, is no group.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any

from memcodec.format import journal
from memcodec.format.journal import Group
from memcodec.media import recent
from memcodec.storage import Source

_WINDOW = 1 << 20  # bytes read at once where nothing says how long a journal is
_LOCAL = (
    recent.MOST
)  # bytes of a file of this machine: they are proven while the processor still has them at hand
_TRIES = 16  # groups behind a damaged place that are looked at


class Carrier(ABC):
    """How groups stand in one file's container. ``number``: what the container counts, of the group in question."""

    end: bytes  #: the last 8 bytes of a group in such a container
    ahead: int  #: bytes from a group's beginning in the file that tell how long it is

    @abstractmethod
    def padded(self, size: int) -> int:
        """How many bytes a group of at least so many has."""

    @abstractmethod
    def wrap(self, group: bytes | memoryview, number: int) -> bytes:
        """What stands in the file."""

    @abstractmethod
    def length(self, data: memoryview, at: int, number: int) -> int:
        """How many bytes of the file the group takes that begins at ``data[at]``; 0 where none begins."""

    @abstractmethod
    def unwrap(self, data: memoryview, at: int, number: int) -> bytes | memoryview:
        """The group that begins there, all of which is in ``data``. Raises ValueError where there is none."""

    @abstractmethod
    def after(self, number: int, size: int) -> int:
        """What the container counts behind a group of that many bytes."""

    @abstractmethod
    def number_at(self, data: memoryview, place: int) -> tuple[int, int] | None:
        """Where in ``data`` a group begins whose own first byte may be at ``place``, and its number."""


@dataclass
class Journal:
    """Groups from ``start`` to ``end`` of a file; ``link`` and ``number`` are for the group that may follow."""

    start: int
    end: int
    link: bytes
    number: int
    groups: list[Group] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  #: bytes of the file that each group takes
    damaged: bool = False  #: behind ``end`` stands what no crash explains
    memo: dict[str, Any] = field(
        default_factory=dict
    )  #: what others made of it, for the next one of the same groups

    def copy(self) -> Journal:
        """One that does not change with this one."""
        return replace(self, groups=list(self.groups), sizes=list(self.sizes))

    def read_on(self, source: Source, carrier: Carrier, *, whole: bool) -> None:
        """Take in the groups that follow. ``whole``: as far as the file goes, there is likely nothing else."""
        link, start = self.link, self.end
        if self.groups or start >= source.size:
            self._read_on(source, carrier, memoryview(b""), whole=whole)
            return
        window = _read(source, start, _most(source, whole=whole))
        known = recent.recall(self, window)
        if known is not None:
            self.groups, self.sizes = list(known.journal.groups), list(known.journal.sizes)
            self.end, self.link, self.number = known.journal.end, known.journal.link, known.journal.number
            self.memo = known.memo
        self._read_on(source, carrier, window, whole=whole)
        if (
            self.groups
            and self.end - start <= len(window)
            and (known is None or self.end > known.journal.end)
        ):
            recent.remember(link, self, window[: self.end - start], self.memo)

    def _read_on(self, source: Source, carrier: Carrier, window: memoryview, *, whole: bool) -> None:
        """``window``: what stands from the journal's beginning on, as far as it was read."""
        first = self.start if window else self.end
        while self.end < source.size:
            at = self.end - first
            if len(window) - at < carrier.ahead and first + len(window) < source.size:
                window, first, at = _read(source, self.end, _most(source, whole=whole)), self.end, 0
            size = carrier.length(window, at, self.number)
            if not size or self.end + size > source.size:
                return
            if len(window) - at < size:
                window, first, at = (
                    _read(source, self.end, max(size, _most(source, whole=whole))),
                    self.end,
                    0,
                )
            try:
                found = Group(carrier.unwrap(window, at, self.number))
            except ValueError:
                return
            if (found.base, found.link) != (self.start, self.link):
                return
            if self.groups and found.number != self.groups[-1].following:
                return
            self.enter(found, carrier, size)

    def enter(self, group: Group, carrier: Carrier, size: int) -> None:
        """Take in a group that takes so many bytes of the file."""
        self.groups.append(group)
        self.sizes.append(size)
        self.end += size
        self.link, self.number = group.next_link, carrier.after(self.number, group.size)

    def look_behind(self, source: Source, carrier: Carrier) -> None:
        """Tell a damaged group from a torn one: behind it stands one that was written when it was on the disk.

        What a power failure leaves of writes that nobody had synced may have holes, too; none of them was promised.
        """
        start = max(self.end, source.size - _WINDOW)
        data = _read(source, start, _WINDOW)
        held, place = bytes(data), len(data)
        for _ in range(_TRIES):
            place = held.rfind(journal.MAGIC, 0, place)
            if place < 0:
                return
            found = _group_at(data, place, carrier)
            if found is not None and found.base == self.start and found.durable > self.end:
                self.damaged = True
                return


def _group_at(data: memoryview, place: int, carrier: Carrier) -> Group | None:
    begun = carrier.number_at(data, place)
    if begun is None:
        return None
    at, number = begun
    size = carrier.length(data, at, number)
    if not size or at + size > len(data):
        return None
    try:
        return Group(carrier.unwrap(data, at, number))
    except ValueError:
        return None


def _most(source: Source, *, whole: bool) -> int:
    """How many bytes are read at once."""
    if not source.far:
        return _LOCAL
    return source.size if whole else _WINDOW


def _read(source: Source, start: int, most: int) -> memoryview:
    return source.get_bytes(start, min(most, source.size - start))


def empty(start: int, commit: bytes, number: int) -> Journal:
    """The journal of a file that has none behind its last commit, whose record that is."""
    return Journal(start, start, journal.first_link(commit), number)


def salvaged(source: Source, carrier: Carrier, start: int = 0) -> list[Group]:
    """Every group that is right in itself, from byte ``start`` on, whatever stands around it; in the file's order."""
    found, at, kept = list[Group](), start, 0
    while at < source.size:
        window = _read(source, at, 4 * _WINDOW)
        held, place = bytes(window), -1
        while (place := held.find(journal.MAGIC, place + 1)) >= 0:
            if at + place < kept:
                continue
            begun = carrier.number_at(window, place)
            if begun is None:
                continue
            begin, number = at + begun[0], begun[1]
            size = carrier.length(window, begun[0], number)
            if not size or begin + size > source.size:
                continue
            whole = _read(source, begin, size)
            group = _intact(whole, carrier, number)
            if group is not None:
                found.append(group)
                kept = begin + size
        at += max(1, len(window) - 1024) if at + len(window) < source.size else len(window)
    return found


def _intact(data: memoryview, carrier: Carrier, number: int) -> Group | None:
    try:
        return Group(carrier.unwrap(data, 0, number))
    except ValueError:
        return None
