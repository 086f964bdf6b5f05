"""Many spans of a source in few reads, none of them long: memory stays flat, and a torn tail may be cut meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from memcodec.storage.contract import Source

_MOST = 1 << 20  # bytes of one read: what a local file gives as a copy


def each(source: Source, extents: Iterable[tuple[int, int]]) -> Iterator[memoryview]:
    """The bytes of every (offset, length), in order. Neighbours are read together, up to 1 MiB at once."""
    lengths: list[int] = []
    start = end = 0
    for offset, length in extents:
        if lengths and (offset != end or end + length - start > _MOST):
            yield from _split(source.get_bytes(start, end - start), lengths)
            lengths = []
        if not lengths:
            start = end = offset
        lengths.append(length)
        end += length
    if lengths:
        yield from _split(source.get_bytes(start, end - start), lengths)


def _split(data: memoryview, lengths: Iterable[int]) -> Iterator[memoryview]:
    for length in lengths:
        yield data[:length]
        data = data[length:]


def whole(source: Source, offset: int, length: int) -> memoryview:
    """``length`` bytes from ``offset``, copied when they are many."""
    if length <= _MOST:
        return source.get_bytes(offset, length)
    end = offset + length
    pieces = ((start, min(_MOST, end - start)) for start in range(offset, end, _MOST))
    return memoryview(b"".join(each(source, pieces)))
