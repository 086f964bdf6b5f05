"""A memory's packets made again for paper, and dealt to pages so that every page has its share of every commit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from memcodec.file.content import CommitOptions
from memcodec.file.reader import Reader
from memcodec.file.segment import SegmentReader
from memcodec.format import packet
from memcodec.format.stream import Packetizer
from memcodec.upkeep.convert import CopiedContent

SPARE = 4  #: parity packets beyond the rate: RaptorQ wants two, and a commit of one packet some more


@dataclass(frozen=True, slots=True)
class SymbolShare:
    """How many symbols a commit takes."""

    data: int
    parity: int

    @property
    def needed(self) -> int:
        """How many of them, whichever they are, are all but certain to give back the rest: RaptorQ likes two more."""
        return min(self.data + 2, self.data + self.parity)


def shares(data: Sequence[int], rate: float, slots: int) -> list[SymbolShare]:
    """Symbols for streams of so many data packets; the rest of the last page goes to the least protected as parity."""
    spare = [math.ceil(count * rate) + SPARE if rate else 0 for count in data]
    for _ in range(-(sum(data) + sum(spare)) % slots if rate else 0):
        weakest = min(range(len(data)), key=lambda number: spare[number] / data[number])
        spare[weakest] += 1
    return [SymbolShare(*pair) for pair in zip(data, spare, strict=True)]


class Cut:
    """A segment's stream, cut to packets of another size. Raises Damaged when part of the segment is lost."""

    def __init__(self, segment: SegmentReader, reader: Reader, payload: int) -> None:
        stream_id, commit = segment.stream
        content = CopiedContent(segment, _options(reader))
        self._cutter = Packetizer(bytes.fromhex(stream_id), commit, payload)
        try:
            records = content.records(lambda: self._cutter.size)
            self.data = [data for record in records for data in self._cutter.add(record)]
            self.data += self._cutter.finish()
        except BaseException:
            self.close()
            raise

    def packets(self, spare: int) -> list[bytes]:
        """All of them, and so many of parity."""
        return self.data + list(self._cutter.parity(spare)) if spare else self.data

    def close(self) -> None:
        self._cutter.close()


def _options(reader: Reader) -> CommitOptions:
    """A commit of the medium that the memory has now: a scan writes the same again."""
    record = reader.record
    file_id = bytes.fromhex(record.file)
    return CommitOptions(
        file_id, file_id, record.commit, 0, datetime.now(UTC), record.codec, record.profile, parity=0
    )


def deal(streams: Sequence[Sequence[bytes]], slots: int) -> list[list[bytes]]:
    """Pages of packets. Each commit runs evenly from the first page to the last, its packets in their order."""
    line = sorted(
        ((index + 0.5) / len(packets), number, index)
        for number, packets in enumerate(streams)
        for index in range(len(packets))
    )
    return [
        [streams[number][index] for _, number, index in line[at : at + slots]]
        for at in range(0, len(line), slots)
    ]


def spans(packets: Sequence[bytes]) -> Iterator[str]:
    """What is on a page, for people: ``1a2b3c4d/1: 0-47``, the streams with their runs of sequence numbers."""
    found: dict[tuple[bytes, int], list[int]] = {}
    for data in packets:
        if (parsed := packet.parse(data)) is not None:
            found.setdefault(parsed.stream, []).append(parsed.sequence)
    for (file_id, commit), numbers in found.items():
        run = f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])
        yield f"stream {file_id.hex()}/{commit}: {run}"
