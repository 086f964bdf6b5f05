"""A frame of AV1 that is damaged further on shows what stands before the damage."""

from __future__ import annotations

import random
from contextlib import closing

from memcodec.format.packet import DATA, NO_RECORD, Packet
from memcodec.media import registry
from memcodec.storage import MemoryTarget
from memcodec_video import symbols
from memcodec_video.decode import Decoder
from memcodec_video.layout import Layout
from memcodec_video.obu import lengthened

LAYOUT = Layout("L", 3, 3, 1)


def test_symbols_before_the_damage_are_read() -> None:
    chance, target = random.Random(1), MemoryTarget()
    packets = [
        Packet(DATA, b"abcd", 1, number, NO_RECORD, 2840, chance.randbytes(2840)).to_bytes()
        for number in range(3)
    ]
    with closing(registry.get("av1").create(target, "dense")) as writer:
        (frame,) = writer.write_packets(packets, 3)
    sample, decoder, draws = bytes(target.read(frame.offset, frame.length)), Decoder("av1"), 20
    saved = 0
    for _ in range(draws):
        at = (
            len(sample) * chance.randrange(78, 87) // 100
        )  # in the third row of superblocks, behind the first symbol
        luma = decoder.decode(sample[:at] + chance.randbytes(len(sample) - at))
        if luma is not None:
            found = symbols.read_slots(luma, LAYOUT, [0, 1, 2], symbols.Tries(len(sample)))
            assert all(a in (None, b) for a, b in zip(found, packets, strict=True))
            saved += found[0] is not None
    assert saved >= draws * 3 // 4


def test_what_is_no_frame_is_not_lengthened() -> None:
    chance = random.Random(2)
    assert lengthened(b"") is None
    assert lengthened(b"\x32") is None
    assert lengthened(b"\x32\xff\xff\xff\xff\xff\xff\xff\xff") is None
    assert lengthened(b"\x12\x00\x32\x02ab") == b"\x12\x00\x32\x08ab\x12\x00\x32\x02ab"
    for _ in range(2000):
        lengthened(chance.randbytes(chance.randrange(40)))
