"""The words of HTTP range requests (RFC 9110, section 14): asking, and strict reading of what comes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from memcodec.storage.remote.ranges import Span

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")
_NONE = re.compile(r"bytes \*/([0-9]{1,18})")
_BOUNDARY = re.compile(
    r'multipart/byteranges\s*;.*?boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE
)
_HEAD = 4096  # bytes of a part's header, and of what may stand before the first part


class ContentRange(NamedTuple):
    """A run of bytes that an answer says it holds."""

    offset: int
    length: int
    total: int  #: bytes of the whole file


def header(spans: Iterable[Span]) -> str:
    """The value of ``Range`` that asks for these (offset, length)."""
    return "bytes=" + ",".join(f"{offset}-{offset + length - 1}" for offset, length in spans)


def content_range(value: str) -> ContentRange | None:
    """What a ``Content-Range`` says; None for one that is missing, wrong, or does not tell the whole size."""
    found = _RANGE.fullmatch(value.strip())
    if found is None:
        return None
    first, last, total = map(int, found.groups())
    return ContentRange(first, last - first + 1, total) if first <= last < total else None


def unsatisfied(value: str) -> int | None:
    """The file's size, out of the ``Content-Range`` of a 416."""
    found = _NONE.fullmatch(value.strip())
    return int(found[1]) if found else None


def boundary(content_type: str) -> str | None:
    """What divides the parts; None when the answer is not in parts."""
    found = _BOUNDARY.match(content_type)
    return (found[1] or found[2]) if found else None


def parts(body: bytes, boundary: str) -> list[tuple[ContentRange, bytes]]:
    """The parts of a ``multipart/byteranges`` body (RFC 9110, section 14.6). Raises ValueError unless it is sound.

    Each part's ``Content-Range`` says where it ends: its bytes may hold anything, the boundary too.
    """
    delimiter = b"--" + boundary.encode("latin-1")
    found: list[tuple[ContentRange, bytes]] = []
    place = body.find(delimiter, 0, _HEAD)
    if place < 0 or (place > 0 and body[place - 2 : place] != b"\r\n"):
        raise ValueError("no part begins")
    while not body.startswith(b"--", place + len(delimiter)):
        place += len(delimiter)
        end = body.find(b"\r\n\r\n", place, place + _HEAD)
        if end < 0 or not body.startswith(b"\r\n", place):
            raise ValueError("a part without a header")
        part = _part(body[place + 2 : end])
        place = end + 4 + part.length
        found.append((part, body[end + 4 : place]))
        if not body.startswith(b"\r\n" + delimiter, place):
            raise ValueError("a part of another length than it says")
        place += 2
    return found


def _part(head: bytes) -> ContentRange:
    fields = dict(line.partition(b":")[::2] for line in head.lower().split(b"\r\n"))
    part = content_range(fields.get(b"content-range", b"").decode("latin-1"))
    if part is None:
        raise ValueError("a part that does not say what it is")
    return part
