"""What codecs ask of a file whatever its container: its first bytes, whether a frame can stand there, its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from memcodec.errors import Damaged
from memcodec.model import Extent, Frame, PacketPlace
from memcodec.storage import Source

FIRST = 64  #: a file's first commit begins within so many bytes: after those that may change
HEAD = 4096  #: bytes of a file in which a codec's configuration surely is, and that ``Codec.sniff`` is shown

_WINDOW = 1 << 20


def head(source: Source) -> bytes:
    """A file's first bytes, up to ``HEAD`` of them."""
    return bytes(source.get_bytes(0, min(HEAD, source.size)))


def windows(source: Source) -> Iterator[bytes]:
    """All bytes of a file, some at a time."""
    for start in range(0, source.size, _WINDOW):
        yield bytes(source.get_bytes(start, min(_WINDOW, source.size - start)))


def is_inside(source: Source, place: Extent | Frame | PacketPlace, longest: int) -> bool:
    """Whether a frame of at most ``longest`` bytes can stand there."""
    return 0 < place.length <= longest and 0 <= place.offset <= source.size - place.length


def no_frame(source: Source, offset: int) -> Damaged:
    """The error for a frame that is not where the index has it."""
    return Damaged(f"{source.name}: no frame at byte {offset}; run `repair()` on it")


def joined(parts: Iterable[tuple[str, Extent]], size: int) -> Iterator[tuple[str, Extent]]:
    """Parts of a file of ``size`` bytes, each reaching to the next, with neighbours of one name made one."""
    name, start = "", 0
    for new, extent in chain(parts, [("", Extent(size, 0))]):
        if new != name and extent.offset > start:
            yield name, Extent(start, extent.offset - start)
            start = extent.offset
        name = new
