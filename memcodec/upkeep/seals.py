"""The seal of a stream, out of what packets are left of it: parity brings it back as it does the text."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import NamedTuple

from memcodec.errors import MemcodecError
from memcodec.format import envelope, stream
from memcodec.format.cipher import joined_seal
from memcodec.format.envelope import Seal
from memcodec.format.packet import PARITY, SEAL, SOURCES, Packet


class StreamSeal(NamedTuple):
    """What leads to a stream's key. ``salt``: of the stream; of one that an older release wrote, nothing."""

    seal: Seal
    salt: bytes


def seal_of(packets: Mapping[int, Packet]) -> StreamSeal | None:
    """The seal in a stream's packets; None when it is lost."""
    for data in (joined_seal(packets), _recovered_seal(packets)):
        with contextlib.suppress(MemcodecError):
            if data:
                return StreamSeal(envelope.parse_seal(data), envelope.salt_in(data))
    return None


def total_of(packets: Mapping[int, Packet]) -> int:
    """How many data packets a stream has, as those that are left tell."""
    for each in packets.values():
        if each.kind == PARITY:
            return each.data_packets or 0
        if each.kind == SEAL:
            return each.sequence + each.mark
    return max(packets, default=-1) + 1


def recovered(packets: Mapping[int, Packet], total: int) -> dict[int, bytes]:
    """The payloads that parity brings back, by sequence."""
    size = max(len(each.payload) for each in packets.values())
    return stream.recover(packets.values(), total, size)


def _recovered_seal(packets: Mapping[int, Packet]) -> bytes:
    """It stands at the end of the stream; nothing else there begins as it does."""
    if not packets:
        return b""
    total = total_of(packets)
    payloads = {number: each.payload for number, each in packets.items() if each.kind in SOURCES}
    payloads |= recovered(packets, total)
    pieces = list[bytes]()
    for number in range(total - 1, max(-1, total - 1 - envelope.MOST_PACKETS), -1):
        if number not in payloads:
            break
        pieces.append(payloads[number])
        if envelope.SEAL_BEGINS.match(pieces[-1]):
            return b"".join(pieces[::-1]).rstrip(b"\0")
    return b""
