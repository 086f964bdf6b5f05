"""Groups of a journal as bytes: what is written behind the last commit, at once, until it is folded into media.

    header | body | zeros | trailer

A group's ``link`` is the BLAKE2b-256 of the header and the trailer of the group before it, and the trailer's CRC32C is
over all that stands before: so which groups there are, in which order, is proven from the commit on. The body is
combined by exclusive or with a mask drawn from the link: nothing that somebody has stored can pass for a part of the
container.
"""

from __future__ import annotations

import hashlib
import json
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import zstandard

from memcodec.errors import Damaged, SourceError
from memcodec.format import budget
from memcodec.format.checksum import crc32c

MAGIC = b"mc-group"
END_MAGICS: tuple[bytes, ...] = (b"group-mp", b"group-fl")  #: of groups in MP4, and in FLAC
# Magic, group's bytes, events, number of its first event, where the journal begins, up to where it was known to be
# on stable storage, microseconds since 1970, bytes of the body as it stands and unpacked, how it is packed, link.
_HEADER = struct.Struct("<8sIIQQQQIIB3x32s")
_BEGIN = struct.Struct("<8sI")
_TRAILER = struct.Struct("<QII8s")  # where the journal begins, group's bytes, CRC32C, magic
_LAST = struct.Struct("<QI")  # as much of it as the checksum is over
HEADER, TRAILER = _HEADER.size, _TRAILER.size
LEAST = HEADER + TRAILER  #: bytes of the smallest group
MAX_BODY = 64 << 20  #: bytes that a group's body has at most, packed or not
MAX_EVENT = 1 << 20  #: bytes of an event's body
MAX_SCOPE = 64  #: letters of a scope
MAX_TEXT = 1 << 20  #: bytes of a document's text in a journal
_MOST = LEAST + 2 * MAX_BODY  # bytes of a group that is looked at
MOST_EVENTS = 1 << 62  #: of a file: their numbers are below it

PLAIN, ZSTANDARD = 0, 1
_MOST_TIME = 253_402_300_800_000_000  # microseconds: the year 10000
_PACKED_FROM = 384  # bytes of a body that are worth compressing
_LEVEL = 3
_OWN = threading.local()
_RECORD = struct.Struct("<BI")  # kind, bytes that follow
_SIZE = struct.Struct("<I")
EVENT, DOCUMENT, COMMIT = b"edc"
_KEY = 64  # bytes of the mask, which repeats
_WORDS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")


class Event(NamedTuple):
    """One line of a ledger: whose it is, its ``number`` in the file, what it says."""

    scope: str
    number: int
    body: bytes


class Text(NamedTuple):
    """A small document: its JSON as in media with ``start`` 0, ids of those it takes the place of, its bytes."""

    row: dict[str, Any]
    drop: tuple[str, ...]
    data: bytes


class Note(NamedTuple):
    """What a group of documents is, as a commit: its number, what is new in it."""

    commit: int
    added: int
    changed: int


Record = tuple[str, bytes] | Text | Note  #: what goes in; an event is its scope and its body


@lru_cache
def is_scope(scope: str) -> bool:
    """Whether it may be one: 1 to 64 of ``0-9A-Za-z_-``."""
    return 0 < len(scope) <= MAX_SCOPE and scope.isascii() and _WORDS.issuperset(scope.encode())


def pack_event(scope: str, body: bytes) -> bytes:
    """An event as a record."""
    name = _named(scope)
    return b"".join((_RECORD.pack(EVENT, len(name) + len(body)), name, body))


@lru_cache
def _named(scope: str) -> bytes:
    name = scope.encode()
    return b"%c%b" % (len(name), name)


def pack_text(text: Text) -> bytes:
    """A document as a record. Raises SourceError for one that is too long."""
    if len(text.data) > MAX_TEXT:
        raise SourceError(f"a text of {len(text.data):,} bytes: a journal takes {MAX_TEXT:,}")
    row = _json({"document": text.row, "drop": text.drop})
    return (
        _RECORD.pack(DOCUMENT, _SIZE.size + len(row) + len(text.data))
        + _SIZE.pack(len(row))
        + row
        + text.data
    )


def pack_note(note: Note) -> bytes:
    """What a group is, as a record."""
    row = _json(list(note))
    return _RECORD.pack(COMMIT, len(row)) + row


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def first_link(commit: bytes) -> bytes:
    """The link of a journal's first group: the digest of the commit record before it."""
    return hashlib.blake2b(commit, digest_size=32).digest()


def group(
    records: Sequence[bytes],
    *,
    events: int,
    number: int,
    base: int,
    durable: int,
    time: int,
    link: bytes,
    padded: Callable[[int], int] = int,
    end: bytes = END_MAGICS[0],
) -> Group:
    """A group of records, ``events`` of them events. ``number``: of the first of these; ``time``: microseconds since
    1970; ``padded``: how many bytes one of so many takes; ``end``: how it ends.

    Raises SourceError for more than a reader takes.
    """
    body, packing = b"".join(records), PLAIN
    size = len(body)
    if size > MAX_BODY:
        raise SourceError(f"{size:,} bytes at once: a journal takes {MAX_BODY:,}; write them in parts")
    if size >= _PACKED_FROM:
        packed = _compressor().compress(body)
        if len(packed) < size:
            body, packing = packed, ZSTANDARD
    stored = len(body)
    whole = padded(LEAST + stored)
    head = (MAGIC, whole, events, number, base, durable, time, stored, size, packing, link)
    zeros, last = bytes(whole - LEAST - stored), _LAST.pack(base, whole)
    front = b"".join((_HEADER.pack(*head), masked(body, link), zeros, last))
    made = Group.__new__(Group)
    made._take(b"".join((front, _SIZE.pack(crc32c(front)), end)), head)
    return made


def _compressor() -> zstandard.ZstdCompressor:
    """This thread's own."""
    if not hasattr(_OWN, "zstd"):
        _OWN.zstd = zstandard.ZstdCompressor(level=_LEVEL)
    made: zstandard.ZstdCompressor = _OWN.zstd
    return made


def masked(body: bytes | memoryview, link: bytes) -> bytes:
    """The body as it stands in the file, or, of that, the body."""
    size = len(body)
    key = hashlib.blake2b(link, digest_size=_KEY, person=b"memcodec-mask").digest()
    mask = key * (size // _KEY + 1)
    return (int.from_bytes(body, "little") ^ int.from_bytes(mask[:size], "little")).to_bytes(size, "little")


def trailer(data: bytes | memoryview) -> tuple[int, int] | None:
    """Where the journal of a group that ``data`` ends with begins, and how many bytes the group has. Unproven."""
    if len(data) < TRAILER or data[-8:] not in END_MAGICS:
        return None
    base, size, _, _ = _TRAILER.unpack(data[-TRAILER:])
    return (base, size) if size >= LEAST else None


def claimed(data: bytes | memoryview, at: int = 0) -> int | None:
    """How many bytes the group has that begins at ``data[at]``, as its header says; None where there is none."""
    if len(data) - at < HEADER:
        return None
    magic, size = _BEGIN.unpack_from(data, at)
    return size if magic == MAGIC and LEAST <= size <= _MOST else None


class Group:
    """A group that was read: proven by its checksum, and its contents parsed when they are asked for. Or a new one."""

    __slots__ = (
        *("size", "events", "number", "base", "durable", "time", "link", "following", "data"),
        *("_stored", "_unpacked", "_packing", "_records"),
    )

    def __init__(self, data: bytes | memoryview) -> None:
        """Raises ValueError for bytes that are no whole group. ``data`` is exactly the group's."""
        length = len(data)
        if not LEAST <= length <= _MOST:
            raise ValueError("no group")
        head = _HEADER.unpack_from(data)
        base, size, crc, end = _TRAILER.unpack_from(data, length - TRAILER)
        if head[0] != MAGIC or head[1] != length or end not in END_MAGICS:
            raise ValueError("no group")
        if (base, size) != (head[4], length) or LEAST + head[7] > length or crc != crc32c(data[:-12]):
            raise ValueError("not what was written")
        self._take(data, head)

    def _take(self, data: bytes | memoryview, head: tuple[Any, ...]) -> None:
        _, self.size, self.events, self.number, self.base, self.durable, self.time, *rest = head
        self._stored, self._unpacked, self._packing, self.link = rest
        self.following: int = self.number + self.events  #: the number of the event that may follow
        self.data = data
        self._records: list[Event | Text | Note] | None = None

    @property
    def next_link(self) -> bytes:
        """The link of the group that follows."""
        return hashlib.blake2b(b"".join((self.data[:HEADER], self.data[-TRAILER:])), digest_size=32).digest()

    @property
    def records(self) -> list[Event | Text | Note]:
        """What it holds. Raises Damaged for contents that no writer wrote, checksums or not."""
        if self._records is None:
            try:
                self._records = list(self._parsed())
            except (ValueError, KeyError, TypeError, AttributeError, struct.error, RecursionError) as error:
                raise Damaged(f"a group of the journal cannot be read: {error}; run `repair()`") from error
        return self._records

    def _body(self) -> bytes:
        if max(self._stored, self._unpacked) > MAX_BODY or self._packing not in (PLAIN, ZSTANDARD):
            raise ValueError("more than a group holds")
        body = masked(self.data[HEADER : HEADER + self._stored], self.link)
        if self._packing == ZSTANDARD:
            body = budget.unpack(body, MAX_BODY, "group of a journal")
        if len(body) != self._unpacked:
            raise ValueError("not as long as it says")
        return body

    def _parsed(self) -> Iterator[Event | Text | Note]:
        if self.following >= MOST_EVENTS or self.time >= _MOST_TIME:
            raise ValueError("a number that is none")
        body, at, number = self._body(), 0, self.number
        while at < len(body):
            kind, size = _RECORD.unpack_from(body, at)
            at += _RECORD.size
            if at + size > len(body):
                raise ValueError("a record that is cut")
            if kind == EVENT:
                yield _event(body, at, at + size, number)
                number += 1
            elif kind == DOCUMENT:
                yield _text(body[at : at + size])
            elif kind == COMMIT:
                yield _note(body[at : at + size])
            else:
                raise ValueError("a record of no kind")
            at += size
        if number != self.following:
            raise ValueError("not as many events as it says")


def _event(body: bytes, start: int, end: int, number: int) -> Event:
    if start >= end:
        raise ValueError("an event without a scope")
    name_end = start + 1 + body[start]
    scope = body[start + 1 : name_end].decode("ascii")
    if name_end > end or not is_scope(scope) or end - name_end > MAX_EVENT:
        raise ValueError("an event that is none")
    return Event(scope, number, body[name_end:end])


def _text(data: bytes) -> Text:
    (size,) = _SIZE.unpack_from(data)
    if _SIZE.size + size > len(data):
        raise ValueError("a document that is cut")
    raw, text = (
        budget.parse_json(data[_SIZE.size : _SIZE.size + size], "a document of a journal"),
        data[_SIZE.size + size :],
    )
    row, drop = raw["document"], raw["drop"]
    if not isinstance(row, dict) or not isinstance(drop, list) or not all(type(each) is str for each in drop):
        raise ValueError("a document of the wrong kind")
    if row.get("start") != 0 or row.get("size") != len(text) or "original" in row or len(text) > MAX_TEXT:
        raise ValueError("a document that does not add up")
    if hashlib.sha256(text).hexdigest() != row["sha256"]:
        raise ValueError("a document that is not what its hash says")
    text.decode()
    return Text(row, tuple(drop), text)


def _note(data: bytes) -> Note:
    commit, added, changed = budget.parse_json(data, "a journal")
    if not all(type(each) is int and 0 <= each < (1 << 32) - 1 for each in (commit, added, changed)):
        raise ValueError("a commit that is none")
    return Note(commit, added, changed)


def events_of(records: Iterable[Event | Text | Note]) -> Iterator[Event]:
    """The events among records."""
    return (each for each in records if isinstance(each, Event))
