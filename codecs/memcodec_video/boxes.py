"""Finding boxes and frames in a file that may be damaged. Nothing here trusts a size it has read."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from memcodec.format.journal import END_MAGICS
from memcodec.media.container import joined
from memcodec.model import Extent
from memcodec.storage import Source
from memcodec_video.commits import MAGIC
from memcodec_video.mp4 import (
    COMMIT_TYPE,
    FIRST_FLAGS,
    FOOTER,
    FOOTER_MAGIC,
    INDEX_TYPE,
    JOURNAL_TYPE,
    PAGE,
    footer_crc,
)

DAMAGED = b""  #: the kind of a stretch in which no box could be found
_TOP_LEVEL = frozenset(
    (b"ftyp", b"moov", b"moof", b"mdat", b"uuid", b"free", b"skip", b"sidx", b"styp", b"mfra", b"wide")
)
_RESYNC = re.compile(rb"moof|mdat|uuid|moov")
_WINDOW = 1 << 20
_MAX_FRAMES = 4096  # a fragment's; memcodec writes a few
_MAX_MOOF = 1 << 20


class Box(NamedTuple):
    """A top-level box: ``body`` is where its contents begin."""

    kind: bytes
    offset: int
    body: int
    end: int


def read_box(source: Source, offset: int) -> Box | None:
    """The top-level box at ``offset``, or None where there is none that fits the file."""
    if offset + 8 > source.size:
        return None
    size, kind = struct.unpack(">I4s", source.get_bytes(offset, 8))
    body = offset + 8
    if kind not in _TOP_LEVEL:
        return None
    if size == 1 and body + 8 <= source.size:
        (size,) = struct.unpack(">Q", source.get_bytes(body, 8))
        body += 8
    if size < body - offset or offset + size > source.size:
        return None
    return Box(kind, offset, body, offset + size)


def sample_description(head: bytes) -> bytes | None:
    """The first ``stsd`` box of a file that begins so: how its samples are coded (ISO/IEC 14496-12, section 8.5.2)."""
    found: Box | None = Box(b"", 0, 0, len(head))
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
        found = found and _child(head, found, kind)
    return head[found.offset : found.end] if found else None


def _child(data: bytes, parent: Box, wanted: bytes) -> Box | None:
    start = parent.body
    while start + 8 <= parent.end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > parent.end:
            return None
        if kind == wanted:
            return Box(kind, start, start + 8, start + size)
        start += size
    return None


def walk(source: Source) -> Iterator[Box]:
    """Every top-level box from byte 0 to the end, with what lies between recognisable ones as DAMAGED."""
    offset = 0
    while offset < source.size:
        found = read_box(source, offset)
        if found is None or not _true_end(source, found):
            found = Box(DAMAGED, offset, offset, _resync(source, offset + 1, source.size))
        yield found
        offset = found.end


def _true_end(source: Source, box: Box) -> bool:
    """Whether the box ends where it says: a changed size may well lead to the beginning of a later box."""
    if box.kind == b"moov" or (box.kind == b"mdat" and not _footer(source, box.body, box.end)):
        return _leads_on(source, box) and _resync(source, box.body, box.end) >= box.end
    return _leads_on(source, box)


def _leads_on(source: Source, box: Box) -> bool:
    """Whether another box follows, or the box itself proves its end."""
    if box.end == source.size or read_box(source, box.end) is not None:
        return True
    if box.kind == b"mdat":
        return bool(_footer(source, box.body, box.end))
    if box.kind == b"uuid" and box.end - box.body >= 8:
        return source.get_bytes(box.end - 8, 8) in (MAGIC, *END_MAGICS)
    return _plausible(source, box)


def _resync(source: Source, offset: int, end: int) -> int:
    """The next place between ``offset`` and ``end`` that looks like a box which leads on, or else ``end``.

    What it costs grows with the bytes from one to the other: whoever asks again and again asks for others.
    """
    while offset < end:
        length = min(_WINDOW, end - offset)
        window = source.get_bytes(offset, length)
        for match in _RESYNC.finditer(window):
            start = offset + match.start() - 4
            found = read_box(source, start) if match.start() >= 4 else None
            if found is not None and _plausible(source, found) and _leads_on(source, found):
                return start
        if length < _WINDOW:
            break
        offset += length - 8
    return end


def _plausible(source: Source, box: Box) -> bool:
    """A type's four letters come up by chance in big files: look one step deeper."""
    if box.end - box.body < 16:
        return False
    start = bytes(source.get_bytes(box.body, 16))
    if box.kind in (b"moof", b"moov"):
        return start[4:8] in (b"mfhd", b"mvhd")
    if box.kind == b"uuid":
        return start in (INDEX_TYPE, COMMIT_TYPE, JOURNAL_TYPE)
    return box.kind == b"mdat" and bool(_footer(source, box.body, box.end))


def samples(source: Source) -> Iterator[Extent]:
    """Where every frame's bytes lie, as far as either the ``moof`` or the ``mdat`` footer beside them survives.

    Without the repeats of a guide page, where a ``moof`` tells of them.
    """
    announced: list[Extent] = []
    one_page = False
    end = 0
    for box in walk(source):
        if box.kind == b"moof":
            announced, one_page = _announced(source, box), _defaults(source, box) == PAGE
        elif box.kind in (b"mdat", DAMAGED):
            found = _found(source, box, announced)
            for extent in found[:1] if one_page else found:
                if extent.offset >= end:  # no byte is decoded twice, however many boxes name it
                    yield extent
                    end = extent.offset + extent.length
            announced, one_page = [], False


def _found(source: Source, box: Box, announced: list[Extent]) -> list[Extent]:
    """The frames of an ``mdat``; of a damaged stretch also those announced: it may reach into the next fragment."""
    named = _footer(source, box.body, box.end)
    if box.kind == DAMAGED and named:
        return [each for each in announced if each.offset + each.length <= named[0].offset] + named
    return named or announced


def _footer(source: Source, start: int, end: int) -> list[Extent]:
    """The frames that the footer ending at ``end`` names, those after ``start``; empty when it is damaged."""
    if end - start < FOOTER.size:
        return []
    count, crc, magic = FOOTER.unpack(source.get_bytes(end - FOOTER.size, FOOTER.size))
    table_start = end - FOOTER.size - count * 4
    if magic != FOOTER_MAGIC or count > _MAX_FRAMES or table_start < start:
        return []
    table = bytes(source.get_bytes(table_start, count * 4))
    if footer_crc(table) != crc:
        return []
    extents: list[Extent] = []
    offset = table_start
    for size in reversed(struct.unpack(f"<{count}I", table)):
        offset -= size
        if offset < start:
            break
        extents.append(Extent(offset, size))
    return extents[::-1]


def _announced(source: Source, moof: Box) -> list[Extent]:
    """The frames a ``moof`` of memcodec's own making names; empty when it is not one or is damaged."""
    if moof.end - moof.body > _MAX_MOOF:
        return []
    data = bytes(source.get_bytes(moof.offset, moof.end - moof.offset))
    place = data.find(b"trun") + 8
    if place < 8 or place + 8 > len(data):
        return []
    count, offset = struct.unpack_from(">Ii", data, place)
    sizes = place + (12 if data[place - 1] & FIRST_FLAGS else 8)
    if count > _MAX_FRAMES or sizes + count * 4 > len(data) or offset < 0:
        return []
    offset += moof.offset
    extents = []
    for size in struct.unpack_from(f">{count}I", data, sizes):
        if offset + size > source.size:
            break
        extents.append(Extent(offset, size))
        offset += size
    return extents


def names(source: Source, commits_end: int, *, moved: bool = False) -> Iterator[tuple[str, Extent]]:
    """The file's parts by name, neighbours of one name joined; what lies after ``commits_end`` is "torn".

    Of a file that was ``moved``, what stands before the first frame is another program's.
    """
    return joined(_named(source, commits_end, moved), source.size)


def _named(source: Source, commits_end: int, moved: bool) -> Iterator[tuple[str, Extent]]:
    name = ""
    for box in walk(source):
        if box.offset >= commits_end:
            name = "torn"
        elif moved and box.kind == DAMAGED and name in ("", "header"):
            name = "header"
        else:
            name = _name(source, box, name)
        yield name, Extent(box.offset, box.end - box.offset)


def _name(source: Source, box: Box, before: str) -> str:
    if box.kind == b"uuid" and box.end - box.body >= 16:
        return {INDEX_TYPE: "index", COMMIT_TYPE: "commit", JOURNAL_TYPE: "journal"}.get(
            bytes(source.get_bytes(box.body, 16)), "other"
        )
    if box.kind == b"moof":
        return "guide" if _is_guide(source, box) else "media"
    if box.kind == b"mdat":
        return "guide" if before == "guide" else "media"
    return {b"ftyp": "header", b"moov": "header", DAMAGED: "damaged"}.get(box.kind, "other")


def _is_guide(source: Source, moof: Box) -> bool:
    """Whether its frames are repeats, or, as memcodec once wrote them, shown for seconds."""
    return _defaults(source, moof)[1] > 1


def _defaults(source: Source, moof: Box) -> tuple[int, int]:
    """The flags of its ``tfhd`` and the field they announce, which has a fixed place in memcodec's own fragments."""
    head = source.get_bytes(moof.offset, min(52, moof.end - moof.offset))
    if len(head) < 52 or bytes(head[36:40]) != b"tfhd":
        return 0, 0
    return int.from_bytes(head[40:44], "big"), int.from_bytes(head[48:52], "big")
