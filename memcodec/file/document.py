"""Documents as people read them: found by id, uri or glob, their lines one by one, and the chunks around a chunk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memcodec.errors import Damaged, NotFound
from memcodec.file.reader import ChunkPlace, FoundDocument, Reader, matches
from memcodec.format.block import BLOCK_SIZE

_AT_LINE = re.compile(r"(.+):([1-9]\d{0,8})")
_NAMED = 3  # documents that an error names
_AHEAD = 64  # blocks read at once, at most


def locate(reader: Reader, name: str) -> tuple[FoundDocument, int | None]:
    """The document that a name means, and the line if the name ends in ``:LINE``. Raises NotFound."""
    found = _named(reader, name)
    if found is not None:
        return found, None
    at = _AT_LINE.fullmatch(name)
    found = _named(reader, at[1]) if at else None
    if at is None or found is None:
        raise NotFound(
            f"{reader.source.name}: no document {at[1] if at else name!r}; `memcodec list` shows what there is"
        )
    return found, int(at[2])


def _named(reader: Reader, name: str) -> FoundDocument | None:
    """The one document of that uri or id, or that a glob matches. Raises NotFound when it means several."""
    found = list(reader.named([name]))
    if not found:
        held = list(reader.documents())
        found = [each for each in held if each.document.id == name]
        found = found or [each for each in held if matches(each.stored, name)]
    if len(found) > 1:
        shown = ", ".join(f"{each.document.uri} ({each.document.id})" for each in found[:_NAMED])
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        raise NotFound(
            f"{reader.source.name}: {name!r} means {len(found):,} documents; name one, by its id: {shown}{more}"
        )
    return found[0] if found else None


def lines(found: FoundDocument) -> Iterator[str]:
    """A document's lines without their ends, read as they are asked for. Raises Damaged when one is lost."""
    rest = b""
    for piece in _pieces(found):
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _pieces(found: FoundDocument) -> Iterator[bytes]:
    start, end = found.stored.start, found.stored.end
    left, step = found.stored.blocks, 1
    while left:
        numbers, left = left[:step], left[step:]
        for number, block in zip(numbers, found.segment.walk(numbers.start, numbers.stop), strict=True):
            if block is None:
                raise Damaged(f"{found.document.uri}: part of it is lost beyond repair by parity")
            begin = number * BLOCK_SIZE
            yield block[max(0, start - begin) : end - begin]
        step = min(2 * step, _AHEAD)  # who reads on reads on


def neighbours(reader: Reader, number: int, count: int) -> list[tuple[int, ChunkPlace]]:
    """A chunk, and up to ``count`` before and after it in its document, each with its number. Raises NotFound."""
    place = reader.chunk(number)
    segment, own = place.segment, number - place.segment.first_chunk
    around = range(max(0, own - count), min(own + count + 1, segment.record.chunks))
    reader.prefetch_chunks([(segment, each) for each in around])
    reader.prefetch_texts([(segment, each) for each in around])
    placed = [(segment.first_chunk + each, reader.chunk_in(segment, each)) for each in around]
    return [each for each in placed if each[1].stored.start == place.stored.start]
