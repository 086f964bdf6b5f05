"""What the format asks of whoever holds a key: bytes sealed and opened. ``memcodec.seal`` does it.

A key seals nothing itself: for each stream, blob and record one is derived from it and a salt (docs/FORMAT.md, "Sealed
files"), so that no two of them share a nonce.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from memcodec.format import packet
from memcodec.format.packet import NO_RECORD, Packet

TAG = 16  #: bytes that sealing adds
MARK = struct.Struct("<H")  # in a data packet, before the stream's bytes: where the first record begins
AROUND = TAG + MARK.size  #: bytes of a sealed data packet's payload that are none of the stream's
PACKETS, INDEX, RECORD = "packets", "index", "record"  #: what keys are derived for
NAME = 4  #: bytes of a key's name
BLOB_SALT = 12
STREAM_SALT = 4


class Cipher(Protocol):
    """Seals each of some numbered parts once."""

    def seal(self, number: int, data: bytes | memoryview, about: bytes) -> bytes:
        """The part, ``TAG`` bytes longer. It opens under the same number and ``about`` alone."""

    def open(self, number: int, data: bytes | memoryview, about: bytes, what: str) -> bytes:
        """What was sealed. Raises Forged, naming ``what``, for anything else."""


class Key(Protocol):
    """A memory key: what all keys of an epoch are derived from."""

    @property
    def name(self) -> bytes:
        """Four bytes that tell it from others."""

    def wrapped(self, salt: bytes) -> bytes:
        """The seal, for a stream of that salt: how whoever may gets at the key (``format.envelope.Seal``)."""

    def cipher(self, purpose: str, salt: bytes) -> Cipher:
        """For one stream, blob or record."""


class Keys(Protocol):
    """The keys that are known of one file."""

    def key(self, name: bytes) -> Key:
        """Raises Sealed for one that is not known."""

    def all(self) -> Sequence[Key]:
        """Those that are known."""


class StreamCipher(NamedTuple):
    """Seals and opens the data packets of one stream. ``payload``: bytes of a packet's."""

    cipher: Cipher
    file_id: bytes
    commit: int
    salt: bytes
    payload: int

    @property
    def room(self) -> int:
        """Bytes of the stream in a packet."""
        return self.payload - AROUND

    def _packet(self, sequence: int, payload: bytes) -> Packet:
        mark, length = struct.unpack("<HH", self.salt)
        return Packet(packet.DATA, self.file_id, self.commit, sequence, mark, length, payload, sealed=True)

    def seal(self, sequence: int, mark: int, data: bytes) -> Packet:
        """A packet of stream bytes, of which the last one's are filled up with zeros."""
        plain = MARK.pack(mark) + data.ljust(self.room, b"\0")
        return self._packet(sequence, self.cipher.seal(sequence, plain, self._packet(sequence, b"").head))

    def open(self, sequence: int, payload: bytes) -> Packet:
        """What a packet was made of, as a data packet that is not sealed. Raises Forged."""
        what = f"packet {sequence} of commit {self.commit}"
        plain = self.cipher.open(sequence, payload, self._packet(sequence, b"").head, what)
        mark, data = MARK.unpack_from(plain)[0], plain[MARK.size :]
        if mark != NO_RECORD:
            mark = min(mark, len(data))
        return Packet(packet.DATA, self.file_id, self.commit, sequence, mark, len(data), data)


def stream_cipher(
    key: Key, file_id: bytes, commit: int, payload: int, salt: bytes | None = None
) -> StreamCipher:
    """For a stream that is there, or, without a salt, for a new one."""
    salt = os.urandom(STREAM_SALT) if salt is None else salt
    cipher = key.cipher(PACKETS, file_id + struct.pack("<IH", commit, payload) + salt)
    return StreamCipher(cipher, file_id, commit, salt, payload)


def seal_packets(wrapped: bytes, file_id: bytes, commit: int, first: int, payload: int) -> list[Packet]:
    """The packets of a seal, numbered from ``first`` on, behind a stream's data."""
    pieces = [wrapped[at : at + payload] for at in range(0, len(wrapped), payload)]
    return [
        Packet(
            packet.SEAL,
            file_id,
            commit,
            first + number,
            len(pieces) - number,
            len(piece),
            piece.ljust(payload, b"\0"),
            sealed=True,
        )
        for number, piece in enumerate(pieces)
    ]


def joined_seal(packets: Mapping[int, Packet]) -> bytes:
    """The seal whose packets these are, by sequence, among others; nothing when one is missing."""
    parts = sorted((number, each) for number, each in packets.items() if each.kind == packet.SEAL)
    found, due = list[bytes](), 0
    for number, each in parts:
        if not found:
            due = number
        if number != due:
            return b""
        found.append(each.payload[: each.length])
        due += 1
    if not parts or parts[-1][1].mark != 1 or parts[0][1].mark != len(found):
        return b""
    return b"".join(found)
