"""What of an update is let in: text that is put into a note, and text that is taken out; nothing else that Yjs knows.

An update comes from a stranger and is read here first, in the form that Yjs calls V1, so that the library that applies
it sees nothing but this, and a note takes no more memory than was reckoned with.

    update   structs deletions
    structs  count, of each client: count, client, clock, and its structs one behind the other
    struct   info: content in the low five bits, 128 a left neighbour, 64 a right one, 32 a key;
             the neighbours' ids; without one the parent; the content
    deletions count, of each client: client, count, and of each run: clock, length
"""

from __future__ import annotations

from typing import NamedTuple

from memcodec.service.notes.wire import Malformed, Reader

BODY, ABOUT = "text", "about"  #: the texts of a note: itself, and what tells it from one that began anew
EMPTY = b"\0\0"  #: the update that says nothing
_LEFT, _RIGHT, _KEY, _CONTENT = 128, 64, 32, 31
_COLLECTED, _DELETED, _STRING, _SKIP = 0, 1, 4, 10
_ROOT = 1  # a parent that is called by its name


class Measure(NamedTuple):
    """What an update puts in, in bytes of UTF-8, and the clocks that are to be known once it is applied."""

    inserted: int
    clocks: dict[int, int]


def measure(update: bytes) -> Measure:
    """Raises Malformed for what is no update, or one of anything but plain text with \\n at the ends of lines."""
    reader, clocks = Reader(update), dict[int, int]()
    inserted = sum(_structs(reader, clocks) for _ in range(reader.number()))
    for _ in range(reader.number()):
        client = reader.number()
        for _ in range(reader.number()):
            start = reader.number()
            clocks[client] = max(clocks.get(client, 0), start + reader.number())
    reader.end()
    return Measure(inserted, clocks)


def _structs(reader: Reader, clocks: dict[int, int]) -> int:
    """One client's."""
    count, client, clock = reader.number(), reader.number(), reader.number()
    inserted = 0
    for _ in range(count):
        info = reader.byte()
        content = info & _CONTENT
        if content in (_COLLECTED, _SKIP):
            clock += reader.number()
            continue
        if info & _KEY:
            raise Malformed("a note has no keys")
        for side in (_LEFT, _RIGHT):
            if info & side:
                reader.number(), reader.number()
        if not info & (_LEFT | _RIGHT) and (reader.number() != _ROOT or reader.text() not in (BODY, ABOUT)):
            raise Malformed(f"a note has one text, {BODY!r}, and nothing inside")
        if content == _DELETED:
            clock += reader.number()
        elif content == _STRING:
            text = reader.text()
            if "\r" in text:
                raise Malformed("lines of a note end in \\n alone")
            inserted += len(text.encode())
            clock += len(text.encode("utf-16-le")) // 2
        else:
            raise Malformed("a note is plain text, without marks or objects in it")
    clocks[client] = max(clocks.get(client, 0), clock)
    return inserted
