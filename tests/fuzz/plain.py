"""A codec without a medium: packets stand in the file as they are. What is behind the codec is reached at full speed.

head | frames: "pk", bytes of the packet (u16), the packet | blobs, 64-byte aligned | record | trailer
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from memcodec.format import journal, packet
from memcodec.media import registry
from memcodec.media.contract import Codec, PacketSize, Profile
from memcodec.media.journal import Carrier
from memcodec.media.reader import TailReader
from memcodec.media.tail import CHECK_SIZE, Tail, TailCommit
from memcodec.media.writer import TailWriter, begin_file
from memcodec.model import Extent, Frame, PacketPlace
from memcodec.storage import Source, Target

HEAD = b"memcodec-plain\0\0"
PACKET = 512 + packet.HEADER_SIZE
MARK, _LENGTH = b"pk", struct.Struct("<H")
FRAME_HEAD = len(MARK) + _LENGTH.size
_STATE = struct.Struct("<QQ")  # where the commit before ends, the record's length


@dataclass(frozen=True, slots=True)
class PlainCommit(TailCommit):
    """A commit. ``previous``: where the one before ends."""


class _Bare(Carrier):
    """Groups of a journal as they are."""

    end, ahead = b"group-pl", journal.HEADER

    def padded(self, size: int) -> int:
        return size

    def wrap(self, group: bytes | memoryview, number: int) -> bytes:
        return bytes(group)

    def length(self, data: memoryview, at: int, number: int) -> int:
        return journal.claimed(data[at : at + journal.HEADER]) or 0

    def unwrap(self, data: memoryview, at: int, number: int) -> memoryview:
        return data[at : at + self.length(data, at, number)]

    def after(self, number: int, size: int) -> int:
        return 0

    def number_at(self, data: memoryview, place: int) -> tuple[int, int] | None:
        return place, 0


_CARRIER = _Bare()


class _PlainTail(Tail[PlainCommit]):
    magic = b"memcodp1"
    trailer = _STATE.size + CHECK_SIZE

    def carrier(self, commit: PlainCommit) -> tuple[Carrier | None, int]:
        return _CARRIER, 0

    def group_trailer(self, data: bytes | memoryview) -> bytes:
        last = bytes(data[-journal.TRAILER :])
        return last if last.endswith(_Bare.end) else b""

    def start(self, trailer: bytes, end: int) -> int:
        return end - self.trailer - int(_STATE.unpack_from(trailer)[1])

    def parse(self, data: memoryview, start: int, end: int) -> PlainCommit:
        body = self.unseal(data)
        previous, _ = _STATE.unpack(body[-_STATE.size :])
        if previous > start:
            raise ValueError("a link that does not point back")
        return PlainCommit(body[: -_STATE.size], start, end, previous)


TAIL = _PlainTail()


def sealed(previous: int, record: bytes) -> bytes:
    """A commit as it stands in a file."""
    return TAIL.seal(record + _STATE.pack(previous, len(record)))


def frame(data: bytes) -> bytes:
    """A packet as it stands in a file."""
    return MARK + _LENGTH.pack(len(data)) + data


class PlainWriter(TailWriter):
    packet_size, frame_packets = PACKET, 1
    packet_sizes = (PacketSize(PACKET, 1),)

    def __init__(self, target: Target, previous: int = 0) -> None:
        super().__init__(target)
        self._previous = previous

    def write_guide(self, pages: Sequence[str]) -> None:
        """Nobody looks at this."""

    def write_packets(self, packets: Iterable[bytes], per_frame: int) -> Iterator[Frame]:
        for data in packets:
            yield Frame(self._target.append(frame(data)), FRAME_HEAD + len(data), 1)

    def accepts(self, source: Source) -> bool:
        return source.size >= len(HEAD) and bytes(source.get_bytes(0, len(HEAD))) == HEAD

    def copy_frames(self, source: Source, frames: Iterable[Frame]) -> Iterator[Frame]:
        for each in frames:
            data = source.get_bytes(each.offset, each.length)
            yield Frame(self._target.append(data), each.length, each.packets)

    def blob_place(self, length: int) -> Extent:
        raise NotImplementedError  # nothing is sealed here

    def write_blob(self, blob: bytes | memoryview) -> Extent:
        self._target.append(bytes(-self._target.size % 64))
        return Extent(self._target.append(blob), len(blob))

    def commit(self, record: bytes) -> Extent:
        with self._committing(sealed(self._previous, record)) as place:
            self._previous = self._target.size
        return place


class PlainReader(TailReader[PlainCommit]):
    _longest = FRAME_HEAD + 0xFFFF
    options: Mapping[str, str] = {}

    def __init__(self, source: Source) -> None:
        super().__init__(source, TAIL)

    def read_packets(self, places: Sequence[PacketPlace]) -> list[bytes | None]:
        return [
            bytes(self._source.get_bytes(place.offset, place.length))[FRAME_HEAD:]
            if place.slot == 0 and self._is_inside(place)
            else None
            for place in places
        ]

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        return self._source.view(extent.offset + start, extent.length - start if length is None else length)

    def scan(self) -> Iterator[bytes]:
        data = bytes(self._source.get_bytes(0, self._source.size))
        for match in re.finditer(MARK + b"(..)mc", data, re.DOTALL):
            begin = match.start() + FRAME_HEAD
            found = data[begin : begin + int.from_bytes(match[1], "little")]
            if packet.is_intact(found):
                yield found

    def layout(self) -> Iterator[tuple[str, Extent]]:
        if self._source.size:
            yield "media", Extent(0, self._source.size)


class Plain:
    name, suffixes, summary = "plain", (".plain",), "packets as they are, for the fuzzer"

    def missing(self) -> str | None:
        return None

    def guide(self, profile: Profile) -> tuple[str, str]:
        return "", ""

    def sniff(self, head: bytes) -> bool:
        return head.startswith(HEAD)

    def sniff_end(self, tail: bytes) -> bool:
        return TAIL.is_at_end(tail)

    def create(
        self, target: Target, profile: Profile, options: Mapping[str, str] | None = None
    ) -> PlainWriter:
        begin_file(target, HEAD)
        return PlainWriter(target)

    def reopen(self, target: Target) -> PlainWriter:
        return PlainWriter(target, TAIL.to_continue(target)[0].end)  # a journal behind it is folded by now

    def open(self, source: Source) -> PlainReader:
        return PlainReader(source)

    def picture(self, source: Source) -> bytes:
        return b""


def install() -> None:
    """Make it one of this process's codecs."""
    names, get = registry.names(), registry.get

    def get_any(name: str) -> Codec:
        return _PLAIN if name == Plain.name else get(name)

    registry.names = lambda: (Plain.name, *names)
    journal.END_MAGICS = (*journal.END_MAGICS, _Bare.end)
    registry.get = get_any


_PLAIN: Codec = Plain()
