"""Changes of the commit record and of the blobs it leads to."""

from __future__ import annotations

import json
import struct
from random import Random
from typing import Any

from memcodec.format.blob import ENTRY, HEAD
from tests.fuzz import values
from tests.fuzz.draft import Draft, Section, blob_of, blob_places, sealed_head, sections_of

_ZSTD = b"\x28\xb5\x2f\xfd"


def record(draft: Draft) -> None:
    """JSON values of the commit record."""
    draft.record = values.other_json(draft.rng, draft.open_record())


def part(draft: Draft) -> None:
    """JSON values of the record of a part of a split file."""
    draft.unpacked = True
    record(draft)


def wrong_blob(draft: Draft) -> None:
    """One blob in the place of another."""
    places = blob_places(draft.seed)
    draft.put(draft.rng.choice(places), draft.blob(draft.rng.choice(places)))


def unit(draft: Draft) -> None:
    """What is inside a unit of a section."""

    def change(rng: Random, sections: list[Section]) -> None:
        section = rng.choice([each for each in sections if each.units] or [sections[0]])
        if section.units:
            at = rng.randrange(len(section.units))
            section.units[at] = _inside(rng, section, section.units[at])

    _in_sections(draft, change)


def shape(draft: Draft) -> None:
    """Which sections and units there are."""
    _in_sections(draft, lambda rng, sections: rng.choice(_SHAPES)(rng, sections))


def head(draft: Draft) -> None:
    """Fields of a blob's head."""
    rng, place = draft.rng, draft.rng.choice(blob_places(draft.seed))
    blob = bytearray(draft.blob(place))
    sections, units = (HEAD.unpack_from(blob)[at] for at in (2, 5))
    fields = [(6, 2), (24, 8), (32, 4), (36, 4)]
    for at in range(HEAD.size, HEAD.size + ENTRY.size * sections, ENTRY.size):
        fields += [(at + 16, 8), (at + 24, 8), (at + 32, 4), (at + 36, 4), (at + 40, 4)]
    table = HEAD.size + ENTRY.size * sections
    fields += [(table + 4 * each, 4) for each in range(units, min(2 * units, len(blob) // 4))]
    for _ in range(rng.choice((1, 1, 2, 3))):
        at, size = rng.choice(fields)
        old = int.from_bytes(blob[at : at + size], "little")
        if at + size <= len(blob):
            blob[at : at + size] = values.bounded(rng, old, 8 * size).to_bytes(size, "little")
    draft.put(place, sealed_head(blob))


def _in_sections(draft: Draft, change: Any) -> None:
    place = draft.rng.choice(blob_places(draft.seed))
    try:
        kind, sections = sections_of(draft.blob(place))
    except Exception:  # an earlier step left no blob
        return
    if sections:
        change(draft.rng, sections)
        draft.put(place, blob_of(kind, sections))


def _inside(rng: Random, section: Section, data: bytes) -> bytes:
    if data.startswith(_ZSTD):
        return _repacked(rng, data)
    if data[4:8] == _ZSTD and rng.random() < 0.7:  # a block of terms: its table, then the lists
        size = int.from_bytes(data[:4], "little")
        table = _repacked(rng, data[4 : 4 + size])
        return struct.pack("<I", len(table)) + table + data[4 + size :]
    if data[:1] in (b"{", b"["):
        return _json(rng, data)
    return values.changed(rng, data)


def _repacked(rng: Random, frame: bytes) -> bytes:
    if rng.random() < 0.03:
        return values.bomb(rng)
    plain = values.unzstd(frame)
    if plain is None or rng.random() < 0.05:
        return values.changed(rng, frame)
    return values.zstd(_json(rng, plain) if plain[:1] in (b"{", b"[") else values.changed(rng, plain))


def _json(rng: Random, data: bytes) -> bytes:
    if rng.random() < 0.05:
        return rng.choice((b"[" * 100_000, b"{}", b"[]", b"null", b"NaN", b'"x"', data[:-1], b"9" * 5000))
    try:
        return values.dumps(values.other_json(rng, json.loads(data)))
    except (ValueError, RecursionError):
        return values.changed(rng, data)


def _drop(rng: Random, sections: list[Section]) -> None:
    sections.remove(rng.choice(sections))


def _double(rng: Random, sections: list[Section]) -> None:
    sections.insert(rng.randrange(len(sections)), rng.choice(sections))


def _rename(rng: Random, sections: list[Section]) -> None:
    one, other = rng.choice(sections), rng.choice(sections)
    one.name, other.name = other.name, rng.choice((one.name, b"\xff" * 16, b""))


def _repage(rng: Random, sections: list[Section]) -> None:
    section = rng.choice(sections)
    section.paged = not section.paged


def _units(rng: Random, sections: list[Section]) -> None:
    units = rng.choice(sections).units
    if not units:
        units += [b""] * rng.choice((1, 3))
        return
    at = rng.randrange(len(units))
    units[at : at + 1] = rng.choice(
        ([], [b""], [units[at]] * 2, [units[at][: len(units[at]) // 2]], [units[at], b""], [units[at] * 300])
    )


_SHAPES = (_drop, _double, _rename, _repage, _units, _units, _units)
