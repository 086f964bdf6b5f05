"""A file under change. The codec's own writer puts what was changed behind the old bytes, with every checksum right."""

from __future__ import annotations

import contextlib
import json
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

import zstandard

from memcodec.format import packed
from memcodec.format.blob import ENTRY, HEAD, HOT, PAGE, SEALED, Blob, in_memory, seal
from memcodec.format.checksum import crc32c
from memcodec.media import registry
from memcodec.storage import MemorySource
from memcodec.storage.ram import MemoryTarget
from tests.fuzz.seeds import Seed
from tests.fuzz.values import dumps

Place = tuple[int, int]


@dataclass(slots=True)
class Section:
    """A section of a blob as units; pages are units of one length."""

    name: bytes
    units: list[bytes]
    paged: bool
    flags: int


@dataclass(slots=True)
class Draft:
    """One mutant in the making."""

    rng: Random
    seed: Seed
    data: bytearray
    record: Any = None  #: of the newest commit
    blobs: dict[Place, bytes] = field(default_factory=dict)  #: those that were changed, by their old places
    packets: list[bytes] | None = None  #: instead of the file, one without an index that holds these
    pictures: list[Any] = field(default_factory=list)  #: pages to be scanned
    forged: bool = False  #: something was changed with its checksums put right
    unpacked: bool = False  #: so was a packet
    retold: bool = False  #: so was a group of the journal

    @classmethod
    def of(cls, rng: Random, seed: Seed) -> Draft:
        return cls(rng, seed, bytearray(seed.data))

    def open_record(self) -> Any:
        """The newest commit record, to be changed."""
        self.forged = True
        if self.record is None:
            self.record = json.loads(_record_of(self.seed))
        return self.record

    def blob(self, place: Place) -> bytes:
        """A blob as it is now."""
        return self.blobs.get(place) or read_blob(self.seed, place)

    def put(self, place: Place, blob: bytes) -> None:
        self.open_record()
        self.blobs[place] = blob

    def settle(self) -> None:
        """Write record and blobs behind the rest, as one more sealed commit."""
        if self.record is None:
            return
        target = MemoryTarget(self.data)
        with contextlib.closing(registry.get(self.seed.codec).reopen(target)) as writer:
            moved = {place: list(writer.write_blob(self._packed(blob))) for place, blob in self.blobs.items()}
            try:
                record = dumps(_replaced(self.record, moved))
            except RecursionError:  # it became deeper than Python writes
                record = b"[" * 100_000
            writer.commit(record)
        self.record, self.blobs = None, {}

    def _packed(self, blob: bytes) -> bytes:
        """The blob as it is, or packed: whatever its size, and whether or not that pays."""
        if self.rng.random() < 0.5:
            return blob
        frame = zstandard.ZstdCompressor().compress(blob)
        return packed.MAGIC + struct.pack("<I", crc32c(frame)) + frame


def _replaced(value: Any, moved: dict[Place, list[int]]) -> Any:
    """JSON with other places of blobs."""
    if isinstance(value, list):
        if len(value) == 2 and all(type(each) is int for each in value):
            return moved.get((value[0], value[1]), value)
        return [_replaced(each, moved) for each in value]
    if isinstance(value, dict):
        return {name: _replaced(each, moved) for name, each in value.items()}
    return value


@lru_cache(32)
def _record_of(seed: Seed) -> bytes:
    media = registry.get(seed.codec).open(MemorySource(seed.data))
    with contextlib.closing(media):
        return next(iter(media.commits()))


@lru_cache(512)
def read_blob(seed: Seed, place: Place) -> bytes:
    """The bytes of a blob as the seed has it."""
    from memcodec.model import Extent

    media = registry.get(seed.codec).open(MemorySource(seed.data))
    with contextlib.closing(media):
        data = media.read_blob(Extent(*place))
        return packed.unpack(data, "a blob") if packed.is_packed(data) else bytes(data)


@lru_cache(32)
def blob_places(seed: Seed) -> list[Place]:
    """Where the blobs stand that the newest record leads to."""
    found, waiting = list[Place](), [json.loads(_record_of(seed))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value):
            with contextlib.suppress(Exception):
                place = value[0], value[1]
                in_memory(read_blob(seed, place), "blob")
                found.append(place)
        elif isinstance(value, list | dict):
            waiting += value.values() if isinstance(value, dict) else value
    return found


def sections_of(data: bytes) -> tuple[str, list[Section]]:
    """A blob's kind and sections."""
    blob: Blob = in_memory(data, "blob")
    made = []
    for name in blob.names():
        section = blob.section(name)
        units = [bytes(blob.unit(name, number)) for number in range(section.number)]
        flags = HOT * section.hot + SEALED * section.sealed
        made.append(Section(name.encode(), units, section.ends is None, flags))
    return blob.kind, made


def blob_of(kind: str, sections: list[Section]) -> bytes:
    """A blob with these units, every checksum right. Unlike ``BlobWriter`` it refuses nothing."""
    directory, checks, lengths, body = b"", list[int](), list[int](), bytearray()
    for each in sections:
        sealed = each.flags & SEALED
        own = [unit + seal(at, unit) for at, unit in enumerate(each.units)] if sealed else each.units
        data = b"".join(own)
        units = [data[at : at + PAGE] for at in range(0, len(data), PAGE)] if each.paged else own
        unit = PAGE if each.paged else 0
        directory += ENTRY.pack(each.name[:16], len(body), len(data), len(units), unit, each.flags)
        checks += map(crc32c, units) if not sealed else ()
        lengths += map(len, units) if not each.paged else ()
        body += data + bytes(-len(data) % 64)
    table = directory + struct.pack(f"<{len(checks) + len(lengths)}I", *checks, *lengths)
    head = HEAD.size + len(table) + -(HEAD.size + len(table)) % 64
    blob = bytearray(head + len(body))
    blob[HEAD.size : HEAD.size + len(table)] = table
    blob[head:] = body
    name = kind.encode().ljust(16, b"\0")[:16]
    HEAD.pack_into(blob, 0, b"MCIX", 2, len(sections), name, len(blob), len(checks), head, 0)
    return sealed_head(blob)


def sealed_head(blob: bytearray) -> bytes:
    """A blob with the checksum of its head put right, as far as a head is there."""
    if len(blob) >= HEAD.size:
        *_, head, _ = HEAD.unpack_from(blob)
        struct.pack_into("<I", blob, 40, 0)
        struct.pack_into("<I", blob, 40, crc32c(blob[:head]))
    return bytes(blob)
