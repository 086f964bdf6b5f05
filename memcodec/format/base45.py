"""Base45 (RFC 9285) over numpy: two bytes as three characters of QR's alphanumeric alphabet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_CHARACTERS = np.frombuffer(ALPHABET, np.uint8)
_FOREIGN = 255
_VALUES = np.full(256, _FOREIGN, np.uint8)
_VALUES[_CHARACTERS] = np.arange(45)


def digits(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """Base-45 digits of each row of ``data`` [n, bytes]: [n, characters], least significant first (section 4)."""
    rows, size = data.shape
    pairs = data[:, : size // 2 * 2].reshape(rows, -1, 2).astype(np.uint16)
    values = pairs[..., 0] << 8 | pairs[..., 1]
    high, low = np.divmod(values, np.uint16(45))
    triples = np.stack([low, high % 45, high // 45], axis=-1).reshape(rows, -1)
    if size % 2 == 0:
        return triples
    last = data[:, -1:].astype(np.uint16)
    return np.concatenate([triples, last % 45, last // 45], axis=1)


def encode(data: bytes) -> bytes:
    """The base45 text of ``data``, as ASCII."""
    values = digits(np.frombuffer(data, np.uint8)[None])[0]
    return bytes(_CHARACTERS[values])


def decode(text: bytes) -> bytes:
    """The bytes a base45 text stands for. Raises ValueError for any text ``encode`` cannot give."""
    return undigits(_VALUES[np.frombuffer(text, np.uint8)])


def undigits(values: npt.NDArray[np.integer]) -> bytes:
    """The bytes that base-45 digits stand for. Raises ValueError for any that ``digits`` cannot give."""
    if values.size % 3 == 1 or np.any(values >= 45):
        raise ValueError("not base45: wrong length or a foreign character")
    whole = values.size // 3 * 3
    pairs = values[:whole].reshape(-1, 3).astype(np.float32) @ np.array([1, 45, 45 * 45], np.float32)
    last = values[whole:].astype(np.int64) @ np.array([1, 45])[: values.size - whole]
    if np.any(pairs > 0xFFFF) or last > 0xFF:
        raise ValueError("not base45: a group is too large")
    return pairs.astype(">u2").tobytes() + (bytes([int(last)]) if values.size > whole else b"")
