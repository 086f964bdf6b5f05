"""FLAC streams and frames (RFC 9639): mono, 48 kHz, fixed blocks of 4,096 samples. Bytes only; libsndfile has the rest.

Frames of two kinds: *spectra*, coded by libsndfile and renumbered here, and *raw* frames, which carry 4,096 bytes as
they stand: the samples are those bytes, signed, in a fixed predictor of order 0 whose one partition is "escaped" to
8 bits a residual (section 9.2.7.1). So the bytes lie in the file as they are, whatever the stream's sample size, and
sound no louder than 8 bits can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from memcodec.errors import CodecError
from memcodec_audio.crc import Bytes, crc8, crc16, crc16_rows, shift16

RATE = 48_000  #: Hz
BLOCK = 4096  #: samples of every frame
RAW = BLOCK  #: bytes a raw frame carries
INFO = 42  #: bytes of "fLaC" and the STREAMINFO block
TOTAL_AT = 18  #: where in the file the 8 bytes stand that hold the total number of samples
STREAMINFO, PADDING, APPLICATION, VORBIS_COMMENT = 0, 1, 2, 4
NUMBERS = 1 << 31  #: of frames: more than a number of 6 bytes counts
MAX_FRAME = 4 * BLOCK  #: bytes no frame of 16 or 24 bits reaches

_MARKER = b"fLaC"
_SAMPLE_CODES = {16: 0x08, 24: 0x0C}  # the header's fourth byte: mono, sample size
_PREFIX = b"\xff\xf8\xca"  # sync, fixed block size; 4,096 samples at 48 kHz
# Subframe: fixed predictor, order 0. Residual: 5-bit parameters, one partition, escaped, 8 bits each.
_RAW_HEAD = bytes([0b0_001000_0, 0b01_0000_11, 0b111_01000])
_FRAME = re.compile(re.escape(_PREFIX) + b"[\x08\x0c]")
_BEGINS = 256  # that are kept: libsndfile counts every few frames from 0
_LEAST = 3  # bytes no subframe and checksum have less than; a number may be a byte longer than the one before


class StreamInfo(NamedTuple):
    """What STREAMINFO says (section 8.2)."""

    min_block: int
    max_block: int
    rate: int
    channels: int
    bits: int
    samples: int


class Header(NamedTuple):
    """A frame header of the one kind written here. ``size`` counts its bytes, CRC-8 included."""

    number: int
    bits: int
    size: int


def block(kind: int, body: bytes, *, last: bool = False) -> bytes:
    """A metadata block (section 8.1)."""
    return bytes([kind | last << 7]) + len(body).to_bytes(3, "big") + body


def stream_head(bits: int, samples: int, *, last: bool = False) -> bytes:
    """ "fLaC" and STREAMINFO, ``INFO`` bytes. The MD5 stays unset: an appended file's would have to read it all."""
    sizes = BLOCK.to_bytes(2, "big") * 2 + bytes(6)
    return _MARKER + block(STREAMINFO, sizes + total(bits, samples) + bytes(16), last=last)


def total(bits: int, samples: int) -> bytes:
    """The 8 bytes at ``TOTAL_AT``: sample rate, channels, sample size, and the total number of samples."""
    known = samples if samples < 1 << 36 else 0  # 0 says that it is not known
    return (RATE << 44 | (bits - 1) << 36 | known).to_bytes(8, "big")


def parse_info(head: bytes) -> StreamInfo | None:
    """STREAMINFO of a file that begins so, or None when it does not begin as a FLAC file."""
    if len(head) < INFO or head[:4] != _MARKER or head[4] & 0x7F != STREAMINFO:
        return None
    low, high = int.from_bytes(head[8:10], "big"), int.from_bytes(head[10:12], "big")
    packed = int.from_bytes(head[TOTAL_AT : TOTAL_AT + 8], "big")
    channels, bits = (packed >> 41 & 7) + 1, (packed >> 36 & 31) + 1
    return StreamInfo(low, high, packed >> 44, channels, bits, packed & (1 << 36) - 1)


def vorbis_comments(vendor: str, comments: Sequence[tuple[str, str]]) -> bytes:
    """The body of a VORBIS_COMMENT block (section 8.6)."""
    texts = [vendor, *(f"{name}={text}" for name, text in comments)]
    vendor_field, *fields = (len(text.encode()).to_bytes(4, "little") + text.encode() for text in texts)
    return vendor_field + len(fields).to_bytes(4, "little") + b"".join(fields)


def coded_number(number: int) -> bytes:
    """A frame number as UTF-8 codes a character, up to 31 bits (section 9.1.5)."""
    if number < 0x80:
        return bytes([number])
    extra = 1
    while number >> 5 * extra + 6:
        extra += 1
    lead = 0xFF00 >> extra + 1 & 0xFF
    tail = [0x80 | number >> 6 * place & 0x3F for place in range(extra - 1, -1, -1)]
    return bytes([lead | number >> 6 * extra, *tail])


def header(number: int, bits: int) -> bytes:
    """A frame header (section 9.1). Raises CodecError where FLAC has no more numbers."""
    if number >= NUMBERS:
        raise CodecError("its frames have no numbers left; `compact()` rewrites it from number 0")
    plain = _PREFIX + bytes([_SAMPLE_CODES[bits]]) + coded_number(number)
    return plain + bytes([crc8(plain)])


def parse_header(data: bytes | memoryview) -> Header | None:
    """The frame header that ``data`` begins with, if it is one of these and its CRC-8 is right."""
    if len(data) < 6 or bytes(data[:3]) != _PREFIX or data[3] not in _SAMPLE_CODES.values():
        return None
    lead = data[4]
    size = 1 if lead < 0x80 else 8 - (lead ^ 0xFF).bit_length()
    if not 1 <= size <= 6 or len(data) < 5 + size:
        return None
    number = lead & (0x7F if size == 1 else 0x7F >> size)
    for byte in data[5 : 4 + size]:
        number = number << 6 | byte & 0x3F
    bits = 16 if data[3] == _SAMPLE_CODES[16] else 24
    # Comparing with the one right way to write it checks the CRC-8 and every continuation byte.
    return Header(number, bits, 5 + size) if bytes(data[: 5 + size]) == header(number, bits) else None


def find(window: bytes | memoryview, start: int = 0) -> list[tuple[int, Header]]:
    """Every frame header in the window, with its place."""
    found = []
    for match in _FRAME.finditer(window, start):
        parsed = parse_header(window[match.start() : match.start() + 11])
        if parsed is not None:
            found.append((match.start(), parsed))
    return found


def frames_of(data: bytes | memoryview, count: int, bits: int) -> list[memoryview] | None:
    """The ``count`` frames that fill ``data``, numbered on from the first; None when their headers do not say so."""
    first, view = parse_header(data[:11]), memoryview(data)
    if first is None or first.bits != bits or first.number + count > NUMBERS:
        return None
    starts = [0]
    held = bytes(data) if count > 1 else b""
    for number in range(first.number + 1, first.number + count):
        starts.append(held.find(header(number, bits), starts[-1] + 1))
        if starts[-1] < 0:
            return None
    frames = [view[start:end] for start, end in zip(starts, [*starts[1:], len(view)], strict=True)]
    return frames if min(map(len, frames)) > first.size + _LEAST else None


def renumber(frame: bytes | memoryview, number: int) -> bytes:
    """A frame with another number: CRC-16 is linear, so only the header's share of it is computed again.

    A checksum that was wrong stays wrong. Raises ValueError for what does not begin with a frame header.
    """
    parsed = parse_header(frame[:11])
    if parsed is None or len(frame) < parsed.size + 2:
        raise ValueError("no frame header")
    return with_header(frame, begin(parsed.number, parsed.bits), begin(number, parsed.bits))


class Begin(NamedTuple):
    """A frame's header, and its CRC-16."""

    header: bytes
    crc: int


@lru_cache(_BEGINS)
def begin(number: int, bits: int) -> Begin:
    """How a frame of that number begins. Raises CodecError where FLAC has no more numbers."""
    made = header(number, bits)
    return Begin(made, crc16(made))


def with_header(frame: bytes | memoryview, old: Begin, new: Begin) -> bytes:
    """A frame that begins with the header ``old``, with ``new`` in its place."""
    body = frame[len(old.header) : -2]
    crc = int.from_bytes(frame[-2:], "big") ^ shift16(old.crc ^ new.crc, len(body))
    return b"".join((new.header, body, crc.to_bytes(2, "big")))


def raw_head(number: int, bits: int) -> bytes:
    """What stands before the bytes of a raw frame."""
    return header(number, bits) + _RAW_HEAD


def is_raw(frame: bytes | memoryview, parsed: Header) -> bool:
    """Whether a frame that begins so, with that header, is a raw one."""
    return bytes(frame[parsed.size : parsed.size + len(_RAW_HEAD)]) == _RAW_HEAD


def raw_frames(number: int, bits: int, data: bytes | memoryview) -> bytes:
    """Raw frames from ``number`` on that carry ``data``, a multiple of ``RAW`` bytes."""
    heads = [raw_head(number + at, bits) for at in range(len(data) // RAW)]
    parts = []
    for head, row, crc in zip(
        heads, np.frombuffer(data, np.uint8).reshape(-1, RAW), _sums(heads, data), strict=True
    ):
        parts += [head, row.tobytes(), crc.to_bytes(2, "big")]
    return b"".join(parts)


def raw_is_intact(frames: Sequence[memoryview]) -> list[bool]:
    """Whether each raw frame's CRC-16 is right. They are whole: ``raw_head``, ``RAW`` bytes, checksum."""
    heads = [bytes(frame[: len(frame) - RAW - 2]) for frame in frames]
    data = b"".join(frame[len(frame) - RAW - 2 : -2] for frame in frames)
    return [
        int.from_bytes(frame[-2:], "big") == crc
        for frame, crc in zip(frames, _sums(heads, data), strict=True)
    ]


def _sums(heads: Sequence[bytes], data: bytes | memoryview) -> list[int]:
    rows: Bytes = np.frombuffer(data, np.uint8).reshape(-1, RAW)
    bodies = crc16_rows(rows).tolist() if len(rows) else []
    return [shift16(crc16(head), RAW) ^ body for head, body in zip(heads, bodies, strict=True)]
