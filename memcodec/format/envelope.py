"""What stands in the place of a sealed file's commit record: what anybody may know, and the record, sealed.

A JSON object, so that releases which do not know it refuse the file by its ``format``. Its ``seal`` leads to the key:
one or more age files (https://age-encryption.org/v1), each of which holds it. ``checks`` are checksums of every byte
that the commit wrote before its record, piece by piece, for who verifies without a key.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from memcodec.errors import Damaged
from memcodec.format.budget import MAX_PACKETS, parse_json
from memcodec.format.checksum import crc32c
from memcodec.format.commit import SEALED_FORMAT

VERSION, RULED = 1, 2  #: of a seal; one of a capsule, which has rules, is refused by older releases
MOST_FILES = 16  #: age files of a seal
MOST_FILE = 1 << 18  #: bytes of one
MOST_PACKETS = 64  #: packets that a seal is looked for in, at the end of a stream
MOST_KEPT = 64  #: envelopes that one keeps
PIECE = 1 << 20  #: bytes that one checksum is over
SEAL_BEGINS = re.compile(rb'\{"seal":[12],')  #: as packets carry it
MOST_RULES = 1 << 16  #: bytes of the rules of a capsule, sealed
_NONE = "the seal of this file is none"


@dataclass(frozen=True, slots=True)
class Seal:
    """Where the key is. ``commitment`` is made of it, so that nothing else passes for it; ``files`` are age files.

    Of a capsule, ``rules`` are what readers are asked to keep to (seal/rules.py), sealed with the key. The commitment
    is made of them, too: without them, or with others, no key is the right one.
    """

    commitment: bytes
    files: tuple[bytes, ...]
    rules: bytes = b""

    @property
    def name(self) -> bytes:
        """Of the key."""
        return self.commitment[:4]

    def row(self) -> dict[str, Any]:
        """As JSON."""
        files = [base64.b64encode(each).decode() for each in self.files]
        row = {"seal": VERSION, "commitment": self.commitment.hex(), "age": files}
        if not self.rules:
            return row
        return row | {"seal": RULED, "rules": base64.b64encode(self.rules).decode()}

    def to_bytes(self, salt: bytes) -> bytes:
        """As the packets of a stream with that salt carry it."""
        return json.dumps(self.row() | {"salt": salt.hex()}, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Checks:
    """CRC32C of bytes ``begin`` to ``end`` of the file, ``PIECE`` at a time."""

    begin: int
    end: int
    sums: tuple[int, ...]

    def row(self) -> dict[str, Any]:
        """As JSON."""
        sums = base64.b64encode(np.array(self.sums, "<u4").tobytes()).decode()
        return {"begin": self.begin, "end": self.end, "crc32c": sums}


class Told(NamedTuple):
    """A stream of the commit: how many packets it has, those of data and those of parity."""

    file: str
    commit: int
    packets: int
    parity: int


def checks_of(read: Callable[[int, int], bytes | memoryview], begin: int, end: int) -> Checks:
    """The checksums of those bytes of a file."""
    sums = (crc32c(read(at, min(PIECE, end - at))) for at in range(begin, end, PIECE))
    return Checks(begin, end, tuple(sums))


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed commit record. ``at``: the file offset that it was written for. Without a ``record``, of a file that
    was repaired without the key, everything is to be read from the media. Such a one has ``kept`` those of the file
    before: they lead to its keys."""

    file: str
    commit: int
    at: int
    codec: str
    profile: str
    seal: Seal
    checks: Checks
    streams: tuple[Told, ...] = ()
    salt: bytes = b""
    record: bytes = b""
    kept: tuple[Envelope, ...] = ()

    @property
    def about(self) -> bytes:
        """What the record is sealed with."""
        return f"{self.file} {self.commit} {self.at}".encode()

    def to_bytes(self) -> bytes:
        """As it stands in the file."""
        row = {
            "format": SEALED_FORMAT,
            "file": self.file,
            "commit": self.commit,
            "at": self.at,
            "codec": self.codec,
            "profile": self.profile,
            "seal": self.seal.row(),
            "checks": self.checks.row(),
            "streams": self.streams,
            "salt": self.salt.hex(),
            "record": base64.b64encode(self.record).decode(),
        }
        if self.kept:
            row["kept"] = [base64.b64encode(each.to_bytes()).decode() for each in self.kept]
        return json.dumps(row, separators=(",", ":")).encode()


def parse(data: bytes, *, is_kept: bool = False) -> Envelope:
    """Read one; one that another keeps, keeps none. Raises Damaged."""
    raw = parse_json(data, "the commit record")
    try:
        if raw["format"] != SEALED_FORMAT or len(bytes.fromhex(raw["file"])) != 4:
            raise ValueError("none")
        return Envelope(
            raw["file"],
            _number(raw["commit"]),
            _number(raw["at"]),
            str(raw["codec"]),
            str(raw["profile"]),
            _seal(raw["seal"]),
            _checks(raw["checks"]),
            tuple(map(_told, raw["streams"])),
            bytes.fromhex(raw["salt"]),
            _unpacked(raw["record"]),
            () if is_kept else _kept(raw.get("kept", [])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Damaged(f"the commit record cannot be read: {error}; run `repair()`") from error


def parse_seal(data: bytes) -> Seal:
    """Read a seal that packets carried. Raises Damaged."""
    try:
        return _seal(parse_json(data, "a seal"))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Damaged(f"{_NONE}: {error}") from error


def salt_in(data: bytes) -> bytes:
    """The salt of the stream whose packets carried a seal; nothing where it is not told there."""
    try:
        return bytes.fromhex(parse_json(data, "a seal").get("salt", ""))
    except (ValueError, TypeError, AttributeError):
        return b""


def _seal(raw: Mapping[str, Any]) -> Seal:
    if raw["seal"] not in (VERSION, RULED):
        raise ValueError(f"a seal of version {raw['seal']!r}; update memcodec")
    commitment, files = bytes.fromhex(raw["commitment"]), tuple(map(_unpacked, raw["age"]))
    if len(commitment) != 32 or not 1 <= len(files) <= MOST_FILES:
        raise ValueError(_NONE)
    if any(len(each) > MOST_FILE for each in files):
        raise ValueError("a seal that is too long")
    rules = _unpacked(raw["rules"]) if raw["seal"] == RULED else b""
    if (raw["seal"] == RULED) != bool(rules) or len(rules) > MOST_RULES:
        raise ValueError(_NONE)
    return Seal(commitment, files, rules)


def _checks(raw: Mapping[str, Any]) -> Checks:
    begin, end = _number(raw["begin"]), _number(raw["end"])
    packed = _unpacked(raw["crc32c"])
    if end < begin or len(packed) != 4 * -(-(end - begin) // PIECE):
        raise ValueError("bad checksums")
    return Checks(begin, end, tuple(np.frombuffer(packed, "<u4").tolist()))


def _kept(raw: Any) -> tuple[Envelope, ...]:
    if type(raw) is not list or len(raw) > MOST_KEPT:
        raise ValueError("too many envelopes")
    return tuple(parse(_unpacked(each), is_kept=True) for each in raw)


def _told(raw: Any) -> Told:
    file, *numbers = raw
    if len(bytes.fromhex(file)) != 4:
        raise ValueError("no stream's id")
    commit, packets, parity = map(_number, numbers)
    if packets + parity > MAX_PACKETS:
        raise ValueError("bad count of packets")
    return Told(file, commit, packets, parity)


def _unpacked(raw: Any) -> bytes:
    return base64.b64decode(raw, validate=True)


def _number(raw: Any) -> int:
    if type(raw) is not int or not 0 <= raw < 1 << 62:
        raise ValueError("not a number")
    return raw
