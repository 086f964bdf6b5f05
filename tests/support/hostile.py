"""Memory files made by script whose checksums are right and whose claims are not. None is above 100 KB."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import zstandard

from memcodec.format import block, envelope, packet, sealed
from memcodec.format.blob import BlobWriter
from memcodec.format.budget import MAX_TABLE
from memcodec.format.cipher import BLOB_SALT, RECORD
from memcodec.format.envelope import Envelope, Seal
from memcodec.format.packet import Packet
from memcodec.media import registry
from memcodec.seal import aead, age
from memcodec.storage import MemoryTarget

MOST = 100_000  #: bytes of a hostile file
FILE = "01020304"
TIME = "2026-01-02T03:04:05Z"


def bomb(size: int, content: bytes = b" ") -> bytes:
    """A Zstandard frame that unpacks to so many bytes."""
    made = zstandard.ZstdCompressor(level=19, write_content_size=True)
    return made.compress((content * (size // len(content) + 1))[:size])


def entry(**changes: Any) -> dict[str, Any]:
    """A commit's entry with one segment, which ``segment`` makes another."""
    segment = {"file": FILE, "commit": 1, "packets": 1, "parity": 0, "payload": 8, "stream": 8, "text": 0}
    segment |= {"documents": 0, "chunks": 0, "catalogue": [0, 64], "void": []} | changes.pop("segment", {})
    made = {"commit": 1, "time": TIME, "kind": "add", "begin": 0, "added": 0, "changed": 0, "removed": 0}
    return made | {"segments": [segment], "drop": [], "revive": [], "origins": []} | changes


def memory(
    blobs: Sequence[bytes],
    record: Callable[[list[list[int]]], Mapping[str, Any]],
    codec: str = "h264",
    *,
    to: str | None = None,
) -> bytes:
    """A file of these blobs, with a commit record that is made of their places. ``to``: whom it is sealed for, as
    anybody may who knows the recipient.
    """
    target, key = MemoryTarget(), _key(to) if to is not None else None
    writer = registry.get(codec).create(target, "dense")
    places = list[list[int]]()
    for blob in blobs:
        written = blob if key is None else sealed.seal(blob, key, writer.blob_place)
        places.append(list(writer.write_blob(written)))
    made = {"format": 4, "file": FILE, "commit": 1, "time": TIME, "codec": codec, "profile": "dense"}
    made |= {"writer": "x", "tables": [], "entries": [], "indexes": [], "openings": []} | record(places)
    data = json.dumps(made, separators=(",", ":")).encode()
    writer.commit(data if key is None else _enveloped(data, key, target, codec))
    writer.close()
    data = target.read(0, target.size)
    assert len(data) <= MOST
    return data


def _key(to: str) -> aead.MemoryKey:
    key = aead.new_key()
    return aead.MemoryKey(key, Seal(aead.commitment(key), age.wrap(bytes(key), age.Recipients((to,)))))


def _enveloped(record: bytes, key: aead.MemoryKey, target: MemoryTarget, codec: str) -> bytes:
    """A commit record as a sealed file has it."""
    checks = envelope.checks_of(target.read, 0, target.size)
    outer = Envelope(FILE, 1, target.size, codec, "dense", key.seal, checks, salt=bytes(BLOB_SALT))
    packed = block.pack(record, MAX_TABLE, "what a commit says")
    return replace(outer, record=key.cipher(RECORD, outer.salt).seal(0, packed, outer.about)).to_bytes()


def history(size: int, content: bytes) -> bytes:
    """A table of commits that unpacks to so much JSON."""
    blob = BlobWriter("history")
    blob.add("entries", bomb(size, content), hot=True)
    return blob.to_bytes()


def catalogue(documents: int, group: bytes, text: int = 0) -> bytes:
    """A catalogue of which each group of documents is that frame."""
    blob = BlobWriter("catalogue")
    meta = {
        "documents": documents,
        "chunks": 0,
        "blocks": 0,
        "frames": 0,
        "dictionary": 0,
        "begin": 0,
        "media": 0,
    }
    blob.add("meta", json.dumps(meta).encode(), hot=True)
    groups = -(-documents // 16)
    for name in ("chunks", "blocks", "frames"):
        blob.add(name, b"", [])
        blob.add(f"{name}.first", b"", hot=True)
    rows = -(-documents // 256)
    row = (0).to_bytes(8, "little") + (0).to_bytes(8, "little") + b"\0"
    blob.add("starts", row * rows, [len(row)] * rows)
    blob.add("starts.first", bytes(8 * rows), hot=True)
    blob.add("documents", group * groups, [len(group)] * groups)
    blob.add("uris", np.zeros(documents, "<u8"))
    return blob.to_bytes()


def lexical(chunks: int, directory: bytes = b"", blocks: int = 0) -> bytes:
    """A lexical index of so many chunks, with that directory of terms."""
    blob = BlobWriter("lexical")
    meta = {"analyzer": "words", "version": 1, "language": "english", "chunks": chunks}
    blob.add("meta", json.dumps(meta).encode(), hot=True)
    blob.add("terms.dir", directory, hot=True)
    blob.add("terms", b"x" * blocks, [1] * blocks)
    frame = bomb(1 << 16, b"\1")
    count = -(-chunks // (1 << 16))
    blob.add("lengths", frame * count, [len(frame)] * count)
    return blob.to_bytes()


def data_packet(sequence: int, payload: bytes, mark: int = 0, stream: bytes = b"\1\2\3\4") -> bytes:
    """A data packet of commit 1."""
    return Packet(packet.DATA, stream, 1, sequence, mark, len(payload), payload).to_bytes()


def parity_packet(total: int, number: int, size: int, stream: bytes = b"\1\2\3\4") -> bytes:
    """A parity packet that says how many data packets there are."""
    return Packet(packet.PARITY, stream, 1, total + number, number, size, bytes(size)).to_bytes()
