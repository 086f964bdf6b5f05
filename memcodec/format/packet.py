"""The packet: the self-describing, checksummed payload of exactly one QR symbol or one spectrum.

    0   2  magic "mc"
    2   1  version, 1
    3   1  kind: 0 data, 1 parity, 2 guide (plain text for people; file id and commit are 0: no part of any stream),
           4 spare (of a dictionary, in the index: spare.py)
    4   4  file id
    8   4  commit number, from 1
    12  4  sequence: a data packet's number in its commit's stream, from 0; parity packets count on from there
    16  2  data: where in the payload the first record begins, 65535 if none does; parity: its own number, from 0
    18  2  data: payload bytes; parity: payload bytes of the commit's last data packet
    20  4  CRC32C of bytes 0-19 and the payload
    24  .. payload

All numbers are little-endian. A packet is right or lost, never doubtful: the checksum decides.

Packets of a sealed stream have version 2 (docs/FORMAT.md, "Sealed files"). Data packets are all full; their payloads
are sealed, and bytes 16-19 are the stream's salt. After them come packets of kind 3: how the key is got at.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from memcodec.format.checksum import crc32c

MAGIC, VERSION, SEALED_VERSION = b"mc", 1, 2
DATA, PARITY, GUIDE, SEAL, SPARE = 0, 1, 2, 3, 4
SOURCES = (DATA, SEAL)  #: the kinds that parity is made of
HEADER = struct.Struct("<2sBB4sIIHHI")
HEADER_SIZE = HEADER.size
NO_RECORD = 0xFFFF
_CRC_AT = HEADER_SIZE - 4


@dataclass(frozen=True, slots=True)
class Packet:
    """A parsed packet. ``mark`` and ``length`` are the two fields at bytes 16 and 18, by kind."""

    kind: int
    file_id: bytes
    commit: int
    sequence: int
    mark: int
    length: int
    payload: bytes
    sealed: bool = False  #: whether it is of a sealed stream

    @property
    def stream(self) -> tuple[bytes, int]:
        """What it belongs to: one commit of one file."""
        return self.file_id, self.commit

    @property
    def data_packets(self) -> int | None:
        """How many data packets the commit has, as a parity packet tells."""
        return self.sequence - self.mark if self.kind == PARITY else None

    def to_bytes(self) -> bytes:
        """The packet as it stands in a symbol."""
        head = self.head
        return b"".join((head, struct.pack("<I", crc32c(head + self.payload)), self.payload))

    @property
    def head(self) -> bytes:
        """Its header without the checksum."""
        version = SEALED_VERSION if self.sealed else VERSION
        fields = (MAGIC, version, self.kind, self.file_id, self.commit, self.sequence, self.mark, self.length)
        return HEADER.pack(*fields, 0)[:_CRC_AT]

    @property
    def salt(self) -> bytes:
        """Of a sealed stream, as its data packets tell."""
        return struct.pack("<HH", self.mark, self.length)


def payload_size(packet_size: int) -> int:
    """Payload bytes of a full packet: a multiple of 8, the symbol alignment RaptorQ likes best (RFC 6330, 4.3)."""
    return (packet_size - HEADER_SIZE) // 8 * 8


def is_intact(data: bytes) -> bool:
    """Whether ``data`` is exactly one packet as it was written."""
    if len(data) <= HEADER_SIZE or data[:2] != MAGIC or data[2] not in (VERSION, SEALED_VERSION):
        return False
    if data[2:4] == bytes([VERSION, DATA]) and len(data) != HEADER_SIZE + int.from_bytes(
        data[18:20], "little"
    ):
        return False
    return crc32c(data[:_CRC_AT] + data[HEADER_SIZE:]) == int.from_bytes(data[_CRC_AT:HEADER_SIZE], "little")


def parse(data: bytes) -> Packet | None:
    """The packet in ``data``, or None when it is not intact."""
    if not is_intact(data):
        return None
    _, version, kind, file_id, commit, sequence, mark, length, _ = HEADER.unpack_from(data)
    return Packet(
        kind, file_id, commit, sequence, mark, length, data[HEADER_SIZE:], version == SEALED_VERSION
    )
