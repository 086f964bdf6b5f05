"""A commit's stream, written: records laid end to end, cut into packets, kept aside until parity is made of them."""

from __future__ import annotations

import mmap
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from memcodec.format import packet, parity
from memcodec.format.cipher import AROUND, StreamCipher, seal_packets
from memcodec.format.commit import Ranges
from memcodec.format.packet import NO_RECORD, Packet, payload_size
from memcodec.format.scratch import ScratchFile

Symbols = parity.Symbols
_FEW = 128  # packets: of as many or more the largest are best
_LEAST = 4  # a group of which not even such a share was read is beyond recovery


class Packetizer:
    """Cuts a stream of records into data packets of ``payload`` bytes for one commit of one file.

    With a ``cipher`` they are sealed, and the last ones hold ``wrapped``, the seal.
    """

    def __init__(
        self,
        file_id: bytes,
        commit: int,
        payload: int,
        cipher: StreamCipher | None = None,
        wrapped: bytes = b"",
    ) -> None:
        self.file_id, self.commit, self.payload = file_id, commit, payload
        self.cipher, self._wrapped = cipher, wrapped
        self.room = cipher.room if cipher is not None else payload  #: bytes of the stream in a packet
        self.tail = 0  #: packets of the seal
        self.size = 0  #: stream bytes so far
        self.count = 0  #: packets so far
        self.parity_count: int | None = None  #: parity packets; None while data may follow
        self._rest = bytearray()
        self._mark = NO_RECORD
        self._spool = ScratchFile()

    def add(self, record: bytes) -> Iterator[bytes]:
        """Append one record; yields the packets it fills."""
        if self._mark == NO_RECORD:
            self._mark = len(self._rest)
        self._rest += record
        self.size += len(record)
        while len(self._rest) >= self.room:
            yield self._packet(bytes(self._rest[: self.room]))
            del self._rest[: self.room]
            # What is left belongs to the record under way; the next record sets the next mark.
            self._mark = NO_RECORD

    def finish(self) -> Iterator[bytes]:
        """The last, short packet, if there is one; and those of the seal."""
        if self._rest:
            yield self._packet(bytes(self._rest))
            self._rest.clear()
        if self.cipher is not None:
            for each in seal_packets(self._wrapped, self.file_id, self.commit, self.count, self.payload):
                yield self._keep(each)
                self.tail += 1

    def _packet(self, data: bytes) -> bytes:
        if self.cipher is not None:
            return self._keep(self.cipher.seal(self.count, self._mark, data))
        return self._keep(
            Packet(packet.DATA, self.file_id, self.commit, self.count, self._mark, len(data), data)
        )

    def _keep(self, made: Packet) -> bytes:
        self._spool.write(made.payload.ljust(self.payload, b"\0"))
        self.count += 1
        return made.to_bytes()

    def parity(self, count: int) -> Iterator[bytes]:
        """``count`` parity packets over everything added (rounded up so that every group has as many)."""
        groups = parity.groups(self.count)
        each = -(-count // groups)
        self.parity_count = each * groups
        spool = mmap.mmap(self._spool.fileno(), 0, access=mmap.ACCESS_READ)
        symbols = np.frombuffer(spool, np.uint8).reshape(self.count, self.payload)
        repair = [
            parity.make(symbols[group::groups], each, lambda: _let_go(spool)) for group in range(groups)
        ]
        is_sealed = self.cipher is not None
        last = self.payload if is_sealed else self.size - (self.count - 1) * self.payload
        for number in range(self.parity_count):
            payload = repair[number % groups][number // groups].tobytes()
            sequence = self.count + number
            yield Packet(
                packet.PARITY, self.file_id, self.commit, sequence, number, last, payload, is_sealed
            ).to_bytes()

    def close(self) -> None:
        """Drop what was kept aside."""
        self._spool.close()


def _let_go(spool: mmap.mmap) -> None:
    """Pages that were read are not this process's memory any more."""
    if sys.platform != "win32":
        spool.madvise(mmap.MADV_DONTNEED)


def recover(packets: Iterable[Packet], total: int, payload: int, void: Ranges = ()) -> dict[int, bytes]:
    """The payloads of a commit's missing data packets, by sequence, as far as parity brings them back.

    ``packets`` are the intact ones of that commit, in any order; ``total`` is how many data packets it has, those in
    ``void`` all zeros. Payloads come padded to ``payload`` bytes. What it takes grows with the packets there are,
    whatever ``total`` says.
    """
    count = parity.groups(total)
    known: dict[int, dict[int, bytes]] = defaultdict(dict)
    for each in packets:
        if each.kind in packet.SOURCES and each.sequence < total:
            known[each.sequence % count][each.sequence // count] = each.payload.ljust(payload, b"\0")
        elif each.kind == packet.PARITY and each.data_packets == total and len(each.payload) == payload:
            group = each.mark % count
            known[group][parity.group_size(total, group) + each.mark // count] = each.payload
    found: dict[int, bytes] = {}
    for group, symbols in known.items():
        size = parity.group_size(total, group)
        if len(symbols) * _LEAST < size:
            continue  # too few, whatever stands nowhere: at most half do, and a group has its share of them
        zeros = dict.fromkeys(_void_symbols(void, group, count, size), bytes(payload))
        symbols = zeros | symbols
        missing = [index for index in range(size) if index not in symbols]
        source = parity.recover(size, payload, symbols) if missing else None
        if source is not None:
            found.update({index * count + group: source[index].tobytes() for index in missing})
    return found


def _void_symbols(void: Ranges, group: int, count: int, size: int) -> Iterator[int]:
    """Which of a group's data packets stand nowhere."""
    for first, number in void:
        start, stop = (-(-(place - group) // count) for place in (first, first + number))
        yield from range(max(0, start), min(stop, size))


def payload_for(
    size: int, share: float, packets: Sequence[tuple[int, float]], wrapped: int | None = None
) -> int:
    """The payload of the packets that carry a stream of about ``size`` bytes, and its parity, in the least media.
    ``wrapped``: bytes of the seal, if they are sealed.

    ``packets`` are sizes of packets, rising, each with what a frame with one costs. Few large packets need as many
    parity packets as more and smaller ones do; many small ones spend more on headers.
    """

    def cost(each: tuple[int, float]) -> float:
        room = payload_size(each[0])
        count = -(-size // room)
        if wrapped is not None:
            count = -(-size // (room - AROUND)) + -(-wrapped // room)
        return (count + parity_packets(count, 1, share)) * each[1]

    largest = payload_size(packets[-1][0])
    if size > _FEW * largest:
        return largest
    return payload_size(min(reversed(packets), key=cost)[0])


def parity_packets(data: int, per_frame: int, share: float) -> int:
    """How many parity packets protect ``data`` data packets at a parity rate of ``share`` (0.1 is a tenth).

    At least ``share`` of them, and enough that a run of 88% of what they could bring back in theory (8% of the frames
    at a tenth) may be lost wherever it begins and ends: a run touches one frame more than it fills. Two more make
    RaptorQ all but certain.
    """
    if share <= 0 or data == 0:
        return 0
    count = int(np.ceil(share * data))
    burst = 0.88 * share / (1 + share)
    while count < 1 << 31:
        frames = -(-(data + count) // per_frame)
        needed = (int(np.ceil(burst * frames)) + 1) * per_frame + 2
        if count >= needed:
            return count
        count = needed
    raise ValueError(f"a parity rate of {share} cannot be met")
