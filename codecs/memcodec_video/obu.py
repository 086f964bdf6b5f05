"""Open bitstream units, of which AV1 samples are made (AV1 specification, section 5.3)."""

from __future__ import annotations

_FRAME = 6  # obu_type: frame header and tiles in one unit
_LENGTH = 8  # bytes of a size, at most


def lengthened(sample: bytes) -> bytes | None:
    """The sample with as many bytes again behind its frame's tiles; None where no frame unit is found.

    A decoder that is led astray by damage reads beyond the tiles' end, and then throws away all it had decoded; of one
    that has bytes to go on with, what stands before the damage is right.
    """
    start = 0
    while start < len(sample):
        kind, extended, sized = sample[start] >> 3 & 15, sample[start] >> 2 & 1, sample[start] >> 1 & 1
        at = start + 1 + extended
        size, body = _size(sample, at)
        if not sized or body > len(sample):
            return None
        if kind == _FRAME:
            return b"".join((sample[:at], _coded(2 * len(sample) - body), sample[body:], sample))
        start = body + size
    return None


def _size(data: bytes, at: int) -> tuple[int, int]:
    """A number in LEB128, and where what follows it begins."""
    size = 0
    for place, byte in enumerate(data[at : at + _LENGTH]):
        size |= (byte & 127) << 7 * place
        if byte < 128:
            return size, at + place + 1
    return 0, len(data) + 1


def _coded(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)
