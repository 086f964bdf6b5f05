"""The commit record: the last thing a commit writes, and the sole commit point. One JSON object (RFC 8259).

It leads to the file's whole state after that commit. ``entries`` say what each commit did: the last ones stand in the
record, older ones in ``tables``, so that a record stays short and two reads are enough for any number of commits.
``indexes`` are the search indexes, each over a run of consecutive segments.

``openings`` are for a reader far away, who gets with them in one read what else takes many.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from memcodec.errors import Damaged, NewerFormat, NotAMemoryFile, OlderFormat, Sealed
from memcodec.format.budget import MAX_PACKETS, MAX_PAYLOAD, parse_json
from memcodec.format.cipher import AROUND
from memcodec.format.documents import root, root_row
from memcodec.model import Extent, Root

FORMAT = 5
SEALED_FORMAT = 6  #: of what stands in the place of a sealed file's records (format/envelope.py)
OLDEST = 4  #: format that is read: it knows no journal
MAX_COMMIT = (1 << 32) - 1  #: commits are numbered below it
_MOST = 1 << 62
KINDS = ("add", "merge", "forget", "rollback", "compact", "index")

Ranges = tuple[tuple[int, int], ...]  #: runs of consecutive numbers: the first, and how many
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """One stream of packets and its catalogue, in numbers.

    ``packets`` data packets of ``payload`` bytes carry a stream of ``stream`` bytes, ``parity`` parity packets protect
    them, ``text`` bytes of text in ``documents`` documents and ``chunks`` chunks come out. Packets in ``void`` are all
    zeros and stand nowhere: what they held was compacted away. Of a sealed stream: the name of the ``key`` and the
    ``salt``, both in hexadecimal; the last ``tail`` data packets hold the seal.
    """

    file: str
    commit: int
    packets: int
    parity: int
    payload: int
    stream: int
    text: int
    documents: int
    chunks: int
    catalogue: Extent
    void: Ranges = ()
    key: str = ""
    salt: str = ""
    tail: int = 0

    @property
    def room(self) -> int:
        """Bytes of the stream in a packet."""
        return self.payload - (AROUND if self.key else 0)

    @property
    def full(self) -> int:
        """How many packets carry the stream."""
        return self.packets - self.tail


@dataclass(frozen=True, slots=True)
class Change:
    """Documents of one segment, by their ordinals. ``segment`` counts the state's segments from 0."""

    segment: int
    ordinals: Ranges


@dataclass(frozen=True, slots=True)
class Origin:
    """Where merged segments came from: a file's name and id, its commit, and how many of its segments."""

    name: str
    file: str
    commit: int
    segments: int
    documents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What one commit did. Its bytes begin at ``begin``; ``time`` is ISO 8601 in UTC.

    ``added`` documents are new, ``changed`` ones replaced a version of theirs, ``removed`` ones went (the replaced not
    counted). ``segments`` join the state's; then documents are dropped from it, or revived. ``roots`` are known before
    those of the segments.
    """

    commit: int
    time: str
    kind: str
    begin: int
    added: int
    changed: int
    removed: int
    segments: tuple[SegmentRecord, ...] = ()
    drop: tuple[Change, ...] = ()
    revive: tuple[Change, ...] = ()
    origins: tuple[Origin, ...] = ()
    roots: tuple[Root, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A blob with ``entries`` entries, and the number of their first commit."""

    entries: int
    first: int
    place: Extent


@dataclass(frozen=True, slots=True)
class VectorsRecord:
    """The vectors of ``chunks`` chunks of an index, from ``first`` on."""

    first: int
    chunks: int
    place: Extent


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """The search index of ``segments`` consecutive segments with ``chunks`` chunks in all, numbered through.

    ``vectors`` cover all of them, or none, or, while they are being made, some.
    """

    segments: int
    chunks: int
    lexical: Extent | None = None
    vectors: tuple[VectorsRecord, ...] = ()

    @property
    def blobs(self) -> list[tuple[str, Extent]]:
        """Its blobs by kind."""
        lexical = [("lexical", self.lexical)] if self.lexical is not None else []
        return lexical + [("vectors", each.place) for each in self.vectors]


@dataclass(frozen=True, slots=True)
class PicturesRecord:
    """The vectors of ``pictures`` documents that are pictures, by one model."""

    pictures: int
    place: Extent


@dataclass(frozen=True, slots=True)
class Opening:
    """Copies, in a blob at ``place``, of what is read first of the index blobs between ``begin`` and there."""

    begin: int
    place: Extent


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """One commit and the state it leaves. ``codec`` and ``profile`` say how its frames were made."""

    file: str
    commit: int
    time: str
    codec: str
    profile: str
    writer: str
    tables: tuple[Table, ...]
    entries: tuple[Entry, ...]
    indexes: tuple[IndexRecord, ...]
    openings: tuple[Opening, ...] = ()
    pictures: tuple[PicturesRecord, ...] = ()
    format: int = FORMAT  #: of the record as it was read
    events: int = 0  #: events that the file was given so far: the number of the next one
    #: of a sealed file: the keys of older commits, in hexadecimal, and whom this one's is for
    keys: tuple[str, ...] = field(default=(), repr=False)
    recipients: tuple[str, ...] = ()

    @property
    def places(self) -> list[Extent]:
        """Every blob that it names itself."""
        named = [table.place for table in self.tables] + [opening.place for opening in self.openings]
        named += [pictures.place for pictures in self.pictures]
        return [*named, *(place for index in self.indexes for _, place in index.blobs)]

    def to_bytes(self) -> bytes:
        """The record as stored. A file without pictures does not name them, nor one without events."""
        row = _row(self) | {"entries": [_entry_row(entry) for entry in self.entries]}
        for name in ("pictures", "events", "keys", "recipients"):
            if not row[name]:
                del row[name]
        del row["format"]
        return _json({"format": FORMAT, **row})


def is_envelope(data: bytes | memoryview) -> bool:
    """Whether a commit record is a sealed one (format/envelope.py)."""
    return bytes(data[:32]).startswith(b'{"format":%d,' % SEALED_FORMAT)


def written_at(record: CommitRecord) -> int:
    """The file offset that a record was written for: behind the last blob it names, or where its commit begins."""
    places = [segment.catalogue for entry in record.entries for segment in entry.segments]
    places += record.places
    begin = record.entries[-1].begin if record.entries else 0
    return max(begin, *(place.offset + place.length for place in places), 0)


def pack_entries(entries: Sequence[Entry]) -> bytes:
    """What a table holds."""
    return _json([_entry_row(entry) for entry in entries])


def _entry_row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = _row(entry)
    del row["roots"]
    for segment in row["segments"]:
        if not segment["key"]:
            del segment["key"], segment["salt"], segment["tail"]
    return row | ({"roots": [root_row(each) for each in entry.roots]} if entry.roots else {})


def _row(value: Any) -> Any:
    """A dataclass as a dict, and all those in it. (``asdict`` copies each number, too.)"""
    if isinstance(value, tuple):
        return [_row(each) for each in value]
    names = _names(value.__class__.__name__) if is_dataclass(value) else ()
    return {name: _row(getattr(value, name)) for name in names} if names else value


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(globals()[kind]))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def parse(data: bytes) -> CommitRecord:
    """Read a commit record. Raises NewerFormat, OlderFormat, or Damaged when it is not one."""
    return _reading("the commit record", lambda: _record(parse_json(data, "the commit record")))


def unpack_entries(data: bytes) -> list[Entry]:
    """Read a table. Raises Damaged."""
    return _reading(
        "a table of commits", lambda: [_entry(each) for each in _list(parse_json(data, "a table of commits"))]
    )


def _reading(what: str, read: Callable[[], _T]) -> _T:
    try:
        return read()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"{what} cannot be read: {error}; run `repair()`") from error


def _record(raw: Mapping[str, Any]) -> CommitRecord:
    if "part" in raw:
        part = raw["part"]
        raise NotAMemoryFile(
            f"part {part['number']} of {part['needed'] + part['spare']} of {part['name']}; put the parts together "
            "first: memcodec join PART... -o FILE"
        )
    _check_format(raw["format"])
    plain = _plain(CommitRecord, {"events": 0, **raw})
    _check_stream(plain)
    tables = tuple(Table(**_plain(Table, each), place=_place(each["place"])) for each in _list(raw["tables"]))
    entries = tuple(_entry(each) for each in _list(raw["entries"]))
    indexes = tuple(_index(each) for each in _list(raw["indexes"]))
    openings = tuple(
        Opening(**_plain(Opening, each), place=_place(each["place"])) for each in _list(raw["openings"])
    )
    pictures = tuple(
        PicturesRecord(**_plain(PicturesRecord, each), place=_place(each["place"]))
        for each in _list(raw.get("pictures", []))
    )
    return CommitRecord(
        **plain,
        tables=tables,
        entries=entries,
        indexes=indexes,
        openings=openings,
        pictures=pictures,
        keys=_texts(raw.get("keys", [])),
        recipients=_texts(raw.get("recipients", [])),
    )


def _check_format(version: Any) -> None:
    if not _is_number(version):
        raise ValueError("bad format")
    if version == SEALED_FORMAT:
        raise Sealed("is sealed")
    if version > FORMAT:
        raise NewerFormat(f"format version {version}; this release reads {SEALED_FORMAT}: update memcodec")
    if version < OLDEST:
        raise OlderFormat(f"made before the first release (format {version}); encode its sources again")


def _plain(kind: type[Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The string and non-negative integer fields of a dataclass, checked."""
    texts, numbers = _plain_fields(kind.__name__)
    found: dict[str, Any] = {name: raw[name] for name in (*texts, *numbers)}
    for name in numbers:
        if type(found[name]) is not int or not 0 <= found[name] < _MOST:
            raise ValueError(f"bad {name}")
    for name in texts:
        if type(found[name]) is not str:
            raise ValueError(f"bad {name}")
        found[name].encode()  # half a character is a ValueError
    return found


@cache
def _plain_fields(kind: str) -> tuple[list[str], list[str]]:
    """Those that are strings, and those that are numbers."""
    texts, numbers = (
        [each.name for each in fields(globals()[kind]) if each.type == one] for one in ("str", "int")
    )
    return texts, numbers


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < _MOST


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise ValueError("not a list")
    return raw


def _check_stream(plain: Mapping[str, Any]) -> None:
    """A file's id and a commit's number as packets have them: four bytes each, and room for one commit more."""
    if bytes.fromhex(plain["file"]).hex() != plain["file"] or len(plain["file"]) != 8:
        raise ValueError("bad file")
    if plain["commit"] >= MAX_COMMIT:
        raise ValueError("bad commit")


def _texts(raw: Any) -> tuple[str, ...]:
    if not all(type(each) is str for each in _list(raw)):
        raise ValueError("not strings")
    return tuple(raw)


def _segment(raw: Mapping[str, Any]) -> SegmentRecord:
    plain = _plain(SegmentRecord, {"key": "", "salt": "", "tail": 0, **raw})
    if plain["key"] and (len(bytes.fromhex(plain["key"])), len(bytes.fromhex(plain["salt"]))) != (4, 4):
        raise ValueError("bad key")
    if plain["tail"] > plain["packets"] or (plain["key"] and plain["payload"] <= AROUND):
        raise ValueError("bad count of packets")
    if not 8 <= plain["payload"] <= MAX_PAYLOAD or plain["payload"] % 8:
        raise ValueError("bad payload")
    _check_stream(plain)
    if plain["packets"] + plain["parity"] > MAX_PACKETS:
        raise ValueError("bad count of packets")
    return SegmentRecord(**plain, catalogue=_place(raw["catalogue"]), void=_ranges(raw["void"]))


def _entry(raw: Mapping[str, Any]) -> Entry:
    plain = _plain(Entry, raw)
    if plain["kind"] not in KINDS:
        raise ValueError(f"bad kind {plain['kind'][:20]!r}")
    return Entry(
        **plain,
        segments=tuple(_segment(each) for each in _list(raw["segments"])),
        drop=_changes(raw["drop"]),
        revive=_changes(raw["revive"]),
        origins=tuple(Origin(**_plain(Origin, each)) for each in _list(raw["origins"])),
        roots=tuple(root(each) for each in _list(raw.get("roots", []))),
    )


def _changes(raw: Any) -> tuple[Change, ...]:
    return tuple(Change(**_plain(Change, each), ordinals=_ranges(each["ordinals"])) for each in _list(raw))


def _index(raw: Mapping[str, Any]) -> IndexRecord:
    plain, end = _plain(IndexRecord, raw), 0
    vectors = tuple(
        VectorsRecord(**_plain(VectorsRecord, each), place=_place(each["place"]))
        for each in _list(raw["vectors"])
    )
    for each in vectors:
        if each.first < end or each.first + each.chunks > plain["chunks"]:
            raise ValueError("bad vectors")
        end = each.first + each.chunks
    return IndexRecord(**plain, lexical=_extent(raw["lexical"]), vectors=vectors)


def _ranges(raw: Any) -> Ranges:
    """Rising, apart from each other."""
    found, end = [], 0
    for first, count in _list(raw):
        if not _is_number(first) or not _is_number(count) or first < end or count < 1:
            raise ValueError("bad ranges")
        end = first + count
        found.append((first, count))
    return tuple(found)


def _place(raw: Any) -> Extent:
    offset, length = raw
    if not _is_number(offset) or not _is_number(length):
        raise ValueError("bad extent")
    return Extent(offset, length)


def _extent(raw: Any) -> Extent | None:
    return None if raw is None else _place(raw)
