"""FLAC's two checksums (RFC 9639, section 9.1.8 and 9.3), and CRC-16 over many long frames at once."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

_POLY8, _POLY16 = 0x07, 0x8005
_LANE = 64  # bytes one lane of ``crc16_rows`` takes
_AT_ONCE = 2304  # bytes that ``crc16_at_once`` takes

Bytes = npt.NDArray[np.uint8]
Sums = npt.NDArray[np.uint16]


def _table(poly: int, bits: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = value << 1 ^ (poly if value >> bits - 1 else 0)
            value &= (1 << bits) - 1
        table.append(value)
    return table


_TABLE8, _TABLE16 = _table(_POLY8, 8), _table(_POLY16, 16)
_WIDE16 = np.array(_TABLE16, np.uint16)


def crc8(data: bytes) -> int:
    """CRC-8 of a frame header."""
    value = 0
    for byte in data:
        value = _TABLE8[value ^ byte]
    return value


def crc16(data: bytes) -> int:
    """CRC-16, byte by byte: for short data."""
    value = 0
    for byte in data:
        value = value << 8 & 0xFFFF ^ _TABLE16[value >> 8 ^ byte]
    return value


def _multiply(a: int, b: int) -> int:
    """The product of two polynomials over GF(2), modulo CRC-16's."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        b >>= 1
        a = a << 1 ^ (_POLY16 if a & 0x8000 else 0)
        a &= 0xFFFF
    return product


@lru_cache(4096)
def _power(size: int) -> int:
    """What ``size`` bytes that follow multiply a CRC-16 by: x^(8 size)."""
    if size == 0:
        return 1
    half = _power(size // 2)
    square = _multiply(half, half)
    return _multiply(square, 1 << 8) if size % 2 else square


def shift16(crc: int, size: int) -> int:
    """The CRC-16 of data with that CRC and ``size`` zero bytes after it."""
    return _multiply(crc, _power(size))


@cache
def _shift_table(size: int) -> tuple[Sums, Sums]:
    """``shift16`` by ``size`` as two tables, for a CRC's high and low byte."""
    high = [shift16(byte << 8, size) for byte in range(256)]
    return np.array(high, np.uint16), np.array([shift16(byte, size) for byte in range(256)], np.uint16)


def crc16_rows(rows: Bytes) -> Sums:
    """The CRC-16 of each row of bytes [n, size]: every row in lanes, all lanes abreast, then folded two by two."""
    count, size = rows.shape
    lanes = 1 << max(0, -(-size // _LANE) - 1).bit_length()
    padded = np.zeros((count, lanes * _LANE), np.uint8)
    padded[:, lanes * _LANE - size :] = rows  # leading zeros do not change it
    columns = np.ascontiguousarray(padded.reshape(count * lanes, _LANE).T)
    sums = np.zeros(count * lanes, np.uint16)
    for column in columns:
        sums = sums << 8 ^ _WIDE16[sums >> 8 ^ column]
    width = _LANE
    while sums.size > count:
        high, low = _shift_table(width)
        left, right = sums[0::2], sums[1::2]
        sums = high[left >> 8] ^ low[left & 255] ^ right
        width *= 2
    return sums


@cache
def _by_place() -> Sums:
    """What a byte adds to the CRC-16 of data in which so many bytes follow it [bytes that follow, byte]."""
    made = np.empty((_AT_ONCE, 256), np.uint16)
    made[0] = _WIDE16
    for place in range(1, _AT_ONCE):
        made[place] = made[place - 1] << 8 ^ _WIDE16[made[place - 1] >> 8]
    return made


def crc16_at_once(data: bytes) -> int:
    """CRC-16 of up to 2,304 bytes: a look-up for each, all at once."""
    size = len(data)
    places = np.arange(size - 1, -1, -1)
    return int(np.bitwise_xor.reduce(_by_place()[places, np.frombuffer(data, np.uint8)]))
