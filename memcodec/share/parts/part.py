"""A part: a media file that shows which part of what it is, carries pieces of a slice, and ends in a record.

The record stands where a memory file has its commit record. It is a JSON object (RFC 8259) of a format number that
readers of whole files refuse, and ``part``, an object of the fields of ``Part``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from memcodec.config.units import format_size
from memcodec.errors import Damaged, NewerFormat
from memcodec.format.checksum import crc32c
from memcodec.media.contract import Codec
from memcodec.model import Extent
from memcodec.share.parts.erasure import MOST_PARTS
from memcodec.share.parts.plan import SplitPlan
from memcodec.storage import Target

FORMAT = 4  #: what a reader of whole memory files has to know to tell a part
VERSION = 1
_LONGEST_NAME = 255
_SHOWN_NAME = 60
_MASK = bytes(each ^ 0x55 for each in range(256))
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Piece(NamedTuple):
    """Where a piece stands in its part, as the codec has it, and its CRC32C."""

    offset: int
    crc32c: int


@dataclass(frozen=True, slots=True)
class Part:
    """Part ``number``, from 1, of the file that ``name``, ``sha256`` and the plan describe."""

    plan: SplitPlan
    number: int
    name: str
    sha256: str
    pieces: tuple[Piece, ...] = ()

    @property
    def words(self) -> str:
        """``part 3 of 5``."""
        return f"part {self.number} of {self.plan.total}"

    def extent(self, place: int) -> Extent:
        """Where a piece stands."""
        return Extent(self.pieces[place].offset, self.plan.span(place)[1])

    def to_bytes(self) -> bytes:
        """The record as stored."""
        fields = {
            "version": VERSION,
            "number": self.number,
            "needed": self.plan.needed,
            "spare": self.plan.spare,
            "name": self.name,
            "size": self.plan.size,
            "sha256": self.sha256,
            "pieces": self.pieces,
        }
        return json.dumps({"format": FORMAT, "part": fields}, separators=(",", ":")).encode()

    def page(self) -> str:
        """What people see of it."""
        name = self.name if len(self.name) <= _SHOWN_NAME else self.name[: _SHOWN_NAME - 3] + "..."
        name = "".join(letter if letter.isprintable() else "?" for letter in name)
        return (
            f"PART {self.number} OF {self.plan.total} (memcodec)\n\n"
            f"This is {self.words} of the file {name} ({format_size(self.plan.size)}). Any {self.plan.needed} of the "
            "parts give it back, byte for byte, under whatever names:\n\n"
            "memcodec join PART... -o FILE\n\n"
            f"SHA-256 of the file: {self.sha256}. Format: docs/FORMAT.md of memcodec, Parts."
        )


def parse(data: bytes) -> Part | None:
    """A part's record; None when it is another one. Raises NewerFormat, or Damaged when it makes no sense."""
    try:
        raw = json.loads(data)
        return _part(raw["part"]) if isinstance(raw, dict) and "part" in raw else None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged(f"its record cannot be read: {error}; leave it out") from error


def _part(raw: Any) -> Part:
    version = _number(raw, "version", 1, 1 << 32)
    if version > VERSION:
        raise NewerFormat(f"a part of version {version}; this release joins up to {VERSION}: update memcodec")
    needed = _number(raw, "needed", 1, MOST_PARTS)
    plan = SplitPlan(_number(raw, "size", 1, 1 << 62), needed, _number(raw, "spare", 0, MOST_PARTS - needed))
    number = _number(raw, "number", 1, plan.total)
    name, sha256, pieces = raw["name"], raw["sha256"], raw["pieces"]
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _SHA256.fullmatch(sha256):
        raise ValueError("bad name or sha256")
    if len(pieces) != plan.pieces:
        raise ValueError("bad pieces")
    return Part(plan, number, name, sha256, tuple(_piece(each) for each in pieces))


def _piece(raw: Any) -> Piece:
    offset, checksum = raw
    if type(offset) is not int or type(checksum) is not int or offset < 0:
        raise ValueError("bad piece")
    return Piece(offset, checksum)


def _number(raw: Any, name: str, least: int, most: int) -> int:
    value: int = raw[name]
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"bad {name}")
    return value


def masked(piece: bytes) -> bytes:
    """A piece as it is stored, or back: players and scanners must not take what is in it for frames of the part."""
    return piece.translate(_MASK)


def write(codec: Codec, target: Target, part: Part, pieces: Iterable[bytes]) -> None:
    """Make a part with these pieces in an empty target."""
    # A part is data for machines between two pictures for people: no profile makes it survive re-encoding.
    writer = codec.create(target, "dense")
    try:
        writer.write_guide([part.page()])
        written = [Piece(writer.write_blob(masked(piece)).offset, crc32c(piece)) for piece in pieces]
        record = Part(part.plan, part.number, part.name, part.sha256, tuple(written))
        writer.commit(record.to_bytes())
    finally:
        writer.close()
