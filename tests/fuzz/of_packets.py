"""Changes of packets, of the records they carry, of parity, and of sheets that show them."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterator
from functools import lru_cache
from random import Random

import numpy as np

from memcodec.format import packet, parity, spare
from memcodec.format.checksum import crc32c
from memcodec.media import registry
from memcodec.share.paper import symbol
from memcodec.share.paper.label import Label
from memcodec.storage import MemorySource
from tests.fuzz import plain, values
from tests.fuzz.draft import Draft
from tests.fuzz.seeds import Seed

_FIELDS = ((3, 1), (4, 4), (8, 4), (12, 4), (16, 2), (18, 2))  # kind, stream, commit, sequence, mark, length
_MOST = 600  # packets of a mutant without an index


@lru_cache(16)
def packets_of(seed: Seed) -> list[bytes]:
    """All packets of a seed."""
    media = registry.get(seed.codec).open(MemorySource(seed.data))
    with contextlib.closing(media):
        return list(media.scan())


def sealed(data: bytes | bytearray) -> bytes:
    """A packet with its checksum put right."""
    head = bytes(data[: packet.HEADER_SIZE - 4])
    body = bytes(data[packet.HEADER_SIZE :])
    return head + struct.pack("<I", crc32c(head + body)) + body


def in_place(draft: Draft) -> None:
    """Packets where they stand, of a file whose index stays."""
    draft.forged = draft.unpacked = True
    for _ in range(draft.rng.choice((1, 1, 2, 5))):
        old = draft.rng.choice(packets_of(draft.seed))
        at = draft.data.find(plain.frame(old))
        new = changed(draft.rng, old)
        if at >= 0 and len(new) == len(old):
            draft.data[at : at + plain.FRAME_HEAD + len(old)] = plain.frame(new)


def changed(rng: Random, old: bytes) -> bytes:
    """A packet with another field or payload, its checksum right."""
    data = bytearray(old)
    if rng.random() < 0.6:
        at, size = rng.choice(_FIELDS)
        number = values.bounded(rng, int.from_bytes(data[at : at + size], "little"), 8 * size)
        data[at : at + size] = number.to_bytes(size, "little")
    else:
        data[packet.HEADER_SIZE :] = values.changed(rng, bytes(data[packet.HEADER_SIZE :]))
    return sealed(data)


def _loose(draft: Draft) -> list[bytes]:
    draft.forged = draft.unpacked = True
    if draft.packets is None:
        draft.packets = list(packets_of(draft.seed))
    return draft.packets


def loose(draft: Draft) -> None:
    """Packets alone, without an index: changed, lost, doubled."""
    packets, rng = _loose(draft), draft.rng
    for _ in range(rng.choice((1, 2, 5, 20))):
        if not packets:
            return
        at = rng.randrange(len(packets))
        chosen = rng.random()
        if chosen < 0.25:
            del packets[at : at + rng.choice((1, 2, 8))]
        elif chosen < 0.35:
            packets.append(packets[at])
        elif chosen < 0.4:
            packets += _spares(rng, packets[at])
        else:
            packets[at] = changed(rng, packets[at])


def _spares(rng: Random, of: bytes) -> list[bytes]:
    """Spare packets of a dictionary of no text, of the stream of another packet; some changed."""
    length = rng.choice((1, 1000, 8192, 9001, 1 << 17))
    made = spare.make(rng.randbytes(length), of[4:8], int.from_bytes(of[8:12], "little"))
    found = list(spare.find([made]))
    return [changed(rng, each) if rng.random() < 0.3 else each for each in found]


def stream(draft: Draft) -> None:
    """The records of one commit: changed, and cut into packets anew, with parity over them."""
    packets, rng = _loose(draft), draft.rng
    parsed = [each for each in map(packet.parse, packets) if each is not None]
    streams = sorted({each.stream for each in parsed if each.kind == packet.DATA})
    if not streams:
        return
    chosen = rng.choice(streams)
    data = {
        each.sequence: each.payload for each in parsed if each.stream == chosen and each.kind == packet.DATA
    }
    records = _records(rng, _unpack(b"".join(data[at] for at in sorted(data))))
    others = [each for each in packets if (known := packet.parse(each)) is None or known.stream != chosen]
    draft.packets = others + list(_cut(rng, *chosen, records, max(map(len, data.values()))))


def _unpack(data: bytes) -> list[tuple[int, bytes]]:
    records, at = [], 0
    while at + 4 <= len(data):
        word = int.from_bytes(data[at : at + 4], "little")
        records.append((word & 0xFF, data[at + 4 : at + 4 + (word >> 8)]))
        at += 4 + (word >> 8)
    return records


def _records(rng: Random, records: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(records)) if records else 0
        chosen = rng.random()
        if chosen < 0.12:
            del records[at : at + 1]
        elif chosen < 0.24:
            records[at:at] = records[at : at + 1] * rng.choice((1, 3, 40))
        elif chosen < 0.3:
            rng.shuffle(records)
        elif records:
            records[at] = _other_record(rng, *records[at])
    return records


def _other_record(rng: Random, kind: int, body: bytes) -> tuple[int, bytes]:
    if rng.random() < 0.1:
        return rng.choice(b"DBMSEX\0Z"), body
    if kind == ord("B"):
        if rng.random() < 0.5:
            return kind, struct.pack(
                "<I", values.bounded(rng, int.from_bytes(body[:4], "little"), 32)
            ) + body[4:]
        return kind, body[:4] + (values.bomb(rng) if rng.random() < 0.2 else values.changed(rng, body[4:]))
    if kind == ord("E"):
        return kind, _other(rng, body)
    inner = values.unzstd(body)
    if inner is None or rng.random() < 0.1:
        return kind, values.bomb(rng) if rng.random() < 0.4 else values.changed(rng, body)
    return kind, values.zstd(_other(rng, inner))


def _other(rng: Random, data: bytes) -> bytes:
    try:
        return values.dumps(values.other_json(rng, json.loads(data)))
    except (ValueError, RecursionError):
        return values.changed(rng, data)


def _cut(
    rng: Random, file_id: bytes, commit: int, records: list[tuple[int, bytes]], size: int
) -> Iterator[bytes]:
    data, marks = bytearray(), dict[int, int]()
    for kind, body in records:
        marks.setdefault(len(data) // size, len(data) % size)
        data += struct.pack("<I", kind | (len(body) & 0xFFFFFF) << 8) + body
    payloads = [bytes(data[at : at + size]) for at in range(0, len(data), size)][:_MOST]
    for number, payload in enumerate(payloads):
        mark = marks.get(number, packet.NO_RECORD)
        yield packet.Packet(packet.DATA, file_id, commit, number, mark, len(payload), payload).to_bytes()
    if payloads and rng.random() < 0.5 and size % 8 == 0:
        symbols = np.frombuffer(b"".join(each.ljust(size, b"\0") for each in payloads), np.uint8).reshape(
            -1, size
        )
        for number, made in enumerate(parity.make(symbols, 2, lambda: None)):
            last = len(payloads[-1])
            yield packet.Packet(
                packet.PARITY, file_id, commit, len(payloads) + number, number, last, made.tobytes()
            ).to_bytes()


def sheet(draft: Draft) -> None:
    """A page of symbols: labels and packets, changed."""
    rng = draft.rng
    draft.forged = draft.unpacked = True
    chosen = [each for each in packets_of(draft.seed) if len(each) <= symbol.PACKET_SIZE["L"]]
    texts = [symbol.encode(changed(rng, each)) for each in rng.sample(chosen, 3)]
    numbers = [rng.choice((0, 1, 2, 5, 999)) for _ in range(5)]
    numbers[1] = max(numbers[:2])
    label = Label("0a1b2c3d", "00000001", *numbers)
    drawn = [symbol.draw(text, "L") for text in texts] + [symbol.draw(str(label), "Q", 5)]
    page = np.full((104, 100 * len(drawn) + 8), 255, np.uint8)
    for at, each in enumerate(drawn):
        page[8 : 8 + len(each), 8 + 100 * at : 8 + 100 * at + len(each)] = each
    draft.pictures.append(np.kron(page, np.ones((3, 3), np.uint8)))
