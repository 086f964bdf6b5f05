"""The lengths of chunks in tokens, one byte each: exact up to 40, then kept to four significant bits.

The code is Lucene's for its norms (org.apache.lucene.util.SmallFloat, intToByte4): codes below 24 are themselves, and
24 + e stands for 24 + the float e of three bits of mantissa. Scores are made of these lengths alone, so that they
do not depend on how an index came about. Section "lengths" of a blob: units of 65,536 chunks, each a Zstandard frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from memcodec.format.arrays import Codes
from memcodec.format.blob import Blob, BlobWriter

FRAME = 1 << 16  # chunks
LEVEL = 19  # codes are few and near random: lower levels take up to a sixth more
SECTION = "lengths"
_EXACT = 24  # codes


def _float(code: int) -> int:
    """What an unsigned float of three bits of mantissa and five of exponent stands for."""
    exponent, mantissa = divmod(code, 8)
    return (8 | mantissa) << (exponent - 1) if exponent else mantissa


#: the least length that each code stands for: what scores take it to be
LENGTHS = np.array([*range(_EXACT), *(_EXACT + _float(code) for code in range(256 - _EXACT))], np.int64)


def encode(lengths: npt.NDArray[Any]) -> Codes:
    """The code of each length: the last that does not stand for more."""
    codes: Codes = (np.searchsorted(LENGTHS, lengths, "right") - 1).astype(np.uint8)
    return codes


def write(blob: BlobWriter, codes: Codes) -> None:
    """Add the section with the lengths of all chunks."""
    compress = zstandard.ZstdCompressor(LEVEL, write_checksum=False, write_content_size=True).compress
    frames = [compress(codes[at : at + FRAME].tobytes()) for at in range(0, len(codes), FRAME)]
    blob.add(SECTION, b"".join(frames), [len(frame) for frame in frames])


def agree(blob: Blob, chunks: int) -> bool:
    """Whether the section can hold the lengths of so many chunks, as far as the blob's head tells."""
    return blob.units(SECTION) == -(-chunks // FRAME)


def read(blob: Blob, chunks: int) -> Codes:
    """The codes of all chunks of a section that agrees. Raises ValueError or ZstdError for bytes that are none."""
    blob.budget.hold(chunks, "the lengths of its chunks")
    data, codes = blob.read(SECTION), np.empty(chunks, np.uint8)
    decompress = zstandard.ZstdDecompressor().decompress
    for number, at in enumerate(range(0, chunks, FRAME)):
        start, size = blob.unit_span(SECTION, number)
        frame, part = data[start : start + size], codes[at : at + FRAME]
        if zstandard.frame_content_size(frame) != len(part):
            raise ValueError("lengths of chunks do not add up")
        part[:] = np.frombuffer(decompress(frame), np.uint8)
    return codes
