"""Changes of a journal: its groups, what they hold, and their order, with every checksum and link put right."""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass
from random import Random

import zstandard

from memcodec.format import journal
from memcodec.format.checksum import crc32c
from memcodec.media import registry
from memcodec.media.journal import Carrier
from memcodec.storage import MemorySource
from tests.fuzz import values
from tests.fuzz.draft import Draft

_BITS = (64, 32, 32, 64, 64, 64, 64, 32, 32, 8)  # of a header's fields; the first is the magic
_NUMBERS = range(2, 10)  # those that say something; the second, its size, follows from the rest
_MOST = 1 << 20  # bytes of a body that is changed


@dataclass(slots=True)
class _Group:
    """A group to be written anew: the fields of its header but the link, and its body as it is packed."""

    head: list[int | bytes]
    body: bytes

    def to_bytes(self, link: bytes, carrier: Carrier) -> bytes:
        """Sealed, with that link."""
        whole = carrier.padded(journal.LEAST + len(self.body))
        head = journal._HEADER.pack(self.head[0], whole, *self.head[2:], link)
        zeros, base = bytes(whole - journal.LEAST - len(self.body)), self.head[4]
        front = b"".join((head, journal.masked(self.body, link), zeros, struct.pack("<QI", base, whole)))
        return front + struct.pack("<I", crc32c(front)) + carrier.end


@dataclass(slots=True)
class _Journal:
    """All of a file's, taken apart. ``start``, ``number`` and ``link``: where it begins, and for its first group."""

    start: int
    number: int
    link: bytes
    carrier: Carrier
    groups: list[_Group]

    def to_bytes(self) -> bytes:
        """The groups one behind the other, each linked to the one before it."""
        made, link, number = list[bytes](), self.link, self.number
        for each in self.groups:
            data = each.to_bytes(link, self.carrier)
            made.append(self.carrier.wrap(data, number))
            link, number = journal.Group(data).next_link, self.carrier.after(number, len(data))
        return b"".join(made)


def _open(draft: Draft) -> _Journal | None:
    """The journal that a draft ends in."""
    draft.settle()
    data = bytes(draft.data)
    with contextlib.closing(registry.get(draft.seed.codec).open(MemorySource(data))) as media:
        found, carrier = media.journal, media.carrier
        if found is None or carrier is None or not found.groups:
            return None
        groups = list[_Group]()
        for each in found.groups:
            *head, link = journal._HEADER.unpack(each.data[: journal.HEADER])
            stored = each.data[journal.HEADER : journal.HEADER + head[7]]
            groups.append(_Group(head, journal.masked(stored, link)))
        first = found.groups[0]
        number = next(
            (
                told[1]
                for at in range(found.start, found.start + 64)
                if data[at : at + 8] == journal.MAGIC
                and (told := carrier.number_at(memoryview(data)[found.start :], at - found.start)) is not None
            ),
            0,
        )
        return _Journal(found.start, number, first.link, carrier, groups)


def _put(draft: Draft, made: _Journal) -> None:
    draft.forged = draft.retold = True
    with contextlib.suppress(struct.error, ValueError):  # it became more than stands in a file
        draft.data[made.start :] = made.to_bytes()


def group(draft: Draft) -> None:
    """A number in a group's header: which events, what size, what time."""
    found = _open(draft)
    if found is not None:
        for _ in range(draft.rng.choice((1, 1, 2))):
            own = draft.rng.choice(found.groups).head
            at = draft.rng.choice(_NUMBERS)
            old = own[at]
            assert isinstance(old, int)
            own[at] = values.bounded(draft.rng, old, _BITS[at])
        _put(draft, found)


def records(draft: Draft) -> None:
    """What a group holds: events, documents and commits, in bytes that are told to be whole."""
    found = _open(draft)
    if found is not None:
        own = draft.rng.choice(found.groups)
        body = _unpacked(own)
        for _ in range(draft.rng.choice((1, 1, 3))):
            body = _changed(draft.rng, body)
        own.head[8], own.head[9] = len(body), journal.PLAIN
        if draft.rng.random() < 0.5:
            body, own.head[9] = zstandard.compress(body), journal.ZSTANDARD
        own.body, own.head[7] = body, len(body)
        _put(draft, found)


def _unpacked(own: _Group) -> bytes:
    if own.head[9] != journal.ZSTANDARD:
        return own.body
    return zstandard.ZstdDecompressor().decompress(own.body, max_output_size=_MOST)


def _changed(rng: Random, body: bytes) -> bytes:
    """A record's kind or length, left out, twice; or a stretch of its bytes."""
    starts, at = list[int](), 0
    while at + 5 <= len(body):
        starts.append(at)
        at += 5 + int.from_bytes(body[at + 1 : at + 5], "little")
    if not starts or rng.random() < 0.4:
        place = rng.randrange(max(1, len(body)))
        end = place + rng.choice((4, 32, 200))
        return body[:place] + values.changed(rng, body[place:end]) + body[end:]
    at = rng.choice(starts)
    size = int.from_bytes(body[at + 1 : at + 5], "little")
    end = at + 5 + size
    chosen = rng.randrange(4)
    if chosen == 0:
        return body[:at] + rng.choice((b"e", b"d", b"c", b"x")) + body[at + 1 :]
    if chosen == 1:
        told = values.bounded(rng, size, 32).to_bytes(4, "little")
        return body[: at + 1] + told + body[at + 5 :]
    return body[:at] + body[at:end] * rng.choice((0, 2, 3)) + body[end:]


def chain(draft: Draft) -> None:
    """Groups left out, twice, in another order; their events numbered on, or as they were."""
    found = _open(draft)
    if found is None:
        return
    rng, groups = draft.rng, found.groups
    for _ in range(rng.choice((1, 1, 2))):
        at, other = rng.randrange(len(groups)), rng.randrange(len(groups))
        chosen = rng.randrange(4)
        if chosen == 0 and len(groups) > 1:
            del groups[at]
        elif chosen == 1:
            groups[at], groups[other] = groups[other], groups[at]
        elif chosen == 2:
            groups.insert(at, _Group(list(groups[other].head), groups[other].body))
        else:
            groups[:] = groups * rng.choice((1, 3))
    if rng.random() < 0.7:
        number = min(each.head[3] for each in groups)
        for each in groups:
            each.head[3] = number
            number += each.head[2]
    _put(draft, found)
