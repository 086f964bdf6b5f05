"""The commit record: the last thing a commit writes, and the sole commit point. One JSON object (RFC 8259).

It names the segments the commit adds; a file's state is the segments of its commits, oldest first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from memcodec.errors import Damaged, NewerFormat
from memcodec.model import Extent

FORMAT = 1
MAX_RECORD = 16 << 20


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """One commit's packets and index, in numbers.

    ``packets`` data packets of ``payload`` bytes carry a stream of ``stream`` bytes, ``parity`` parity packets protect
    them, ``text`` bytes of text in ``documents`` documents and ``chunks`` chunks come out. Blobs that do not exist are
    None.
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
    lexical: Extent | None
    vectors: Extent | None


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """One commit. ``time`` is ISO 8601 in UTC; ``codec`` and ``profile`` say how its frames were made."""

    file: str
    commit: int
    time: str
    codec: str
    profile: str
    writer: str
    segments: tuple[SegmentRecord, ...]

    def to_bytes(self) -> bytes:
        """The record as stored."""
        return json.dumps({"format": FORMAT, **asdict(self)}, separators=(",", ":")).encode()


def parse(data: bytes) -> CommitRecord:
    """Read a commit record. Raises NewerFormat, or Damaged when it is not one."""
    try:
        raw = json.loads(data)
        version = raw["format"]
        if isinstance(version, int) and version > FORMAT:
            raise NewerFormat(f"format version {version}; this release reads up to {FORMAT}: update memcodec")
        segments = tuple(_segment(each) for each in raw["segments"])
        return CommitRecord(segments=segments, **_plain(CommitRecord, raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(f"the commit record cannot be read: {error}") from error


def _plain(kind: type[Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The string and non-negative integer fields of a dataclass, checked."""
    found: dict[str, Any] = {}
    for each in fields(kind):
        if each.type not in ("str", "int"):
            continue
        value = raw[each.name]
        text = each.type == "str" and isinstance(value, str)
        number = each.type == "int" and type(value) is int and 0 <= value < 1 << 62
        if not text and not number:
            raise ValueError(f"bad {each.name}")
        found[each.name] = value
    return found


def _segment(raw: Mapping[str, Any]) -> SegmentRecord:
    blobs = {name: _extent(raw[name]) for name in ("catalogue", "lexical", "vectors")}
    if blobs["catalogue"] is None:
        raise ValueError("a segment without a catalogue")
    plain = _plain(SegmentRecord, raw)
    if plain["payload"] < 8 or plain["payload"] % 8:
        raise ValueError("bad payload")
    return SegmentRecord(**plain, **blobs)  # type: ignore[arg-type]


def _extent(raw: Any) -> Extent | None:
    if raw is None:
        return None
    offset, length = raw
    if (
        type(offset) is not int
        or type(length) is not int
        or min(offset, length) < 0
        or max(offset, length) >> 62
    ):
        raise ValueError("bad extent")
    return Extent(offset, length)
