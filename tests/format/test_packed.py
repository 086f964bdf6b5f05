from __future__ import annotations

import random
import struct

import pytest
import zstandard

from memcodec.errors import Damaged
from memcodec.format import packed
from memcodec.format.blob import SMALL
from memcodec.format.checksum import crc32c


def test_small_blobs_come_back_and_others_stand_as_they_are() -> None:
    likely = b"MCIX" + bytes(500) + random.Random(1).randbytes(500)
    written = packed.pack(likely)
    assert packed.is_packed(written)
    assert len(written) < len(likely)
    assert packed.unpack(written, "it") == likely
    for plain in (random.Random(2).randbytes(900), bytes(SMALL), likely * 20):
        assert packed.pack(plain) is plain


def test_any_byte_changed_is_damage() -> None:
    written = bytes(packed.pack(b"MCIX" + bytes(300) + random.Random(3).randbytes(200)))
    for place in range(4, len(written)):
        changed = bytearray(written)
        changed[place] ^= 1
        with pytest.raises(Damaged):
            packed.unpack(changed, "it")


def test_a_blob_that_unpacks_to_more_than_it_may_claim_is_refused() -> None:
    for size in (9 * 60, SMALL + 1):
        frame = zstandard.ZstdCompressor().compress(bytes(size))
        data = packed.MAGIC + struct.pack("<I", crc32c(frame)) + frame
        assert size > packed.claimed(len(data))
        with pytest.raises(Damaged, match="at most"):
            packed.unpack(data, "it")
